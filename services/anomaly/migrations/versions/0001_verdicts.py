"""Verdicts, the names of what they speak about, and the worker's own tables."""

from alembic import op
from arus_runtime import ddl

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# What is shown is read from value, the event itself; columns are what is searched, sorted and counted by.
# verdict_id: the 16 bytes of a UUID, as the worker has them in hand.
# status: 0 withdrawn (never current), 1 NORMAL, 2 WASPADA, 3 ANOMALI.
VERDICTS = """
    tenant_id     text collate "C" not null,
    verdict_id    bytea not null check (length(verdict_id) = 16),
    fact_id       text collate "C" not null,
    location_id   text collate "C" not null,
    product_id    text collate "C" not null,
    domain        text collate "C" not null,
    business_date date not null,
    status        smallint not null check (status between 0 and 3),
    judged_at     timestamptz not null
"""
INDEXES = """
-- Newest first, all of them and those that need a person.
create index verdicts_by_date on verdicts (tenant_id, business_date desc, fact_id desc)
    include (status) where is_current;
create index verdicts_alarming on verdicts (tenant_id, business_date desc, fact_id desc)
    include (status, location_id) where is_current and status > 1;
-- The same of one place, and the history that a verdict looks back on.
create index verdicts_by_location
    on verdicts (tenant_id, location_id, business_date desc, fact_id desc)
    include (status) where is_current;
create index verdicts_superseded on verdicts (tenant_id, verdict_id) where not is_current;
"""
NAMES = """
create table {table} (
    tenant_id text collate "C" not null,
    id        text collate "C" not null,
    name      text not null,
    primary key (tenant_id, id)
);
"""


def upgrade() -> None:
    op.execute(ddl.worker_tables())
    op.execute(ddl.append_table("verdicts", VERDICTS, entity=("tenant_id", "verdict_id")))
    op.execute(INDEXES)
    for table in ("locations", "products"):
        op.execute(NAMES.format(table=table))
        op.execute(ddl.tenant_policy(table))
