"""Verdicts on register reads, one current per customer and billing period."""

from alembic import op
from arus_runtime import ddl

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# What is shown is read from value, the event itself. kinds: a bit for each of the seven, 0 for none.
METER_VERDICTS = """
    tenant_id text collate "C" not null,
    nomen     text collate "C" not null,
    period    text collate "C" not null,
    rayon     text not null,
    kinds     smallint not null,
    judged_at timestamptz not null
"""
INDEXES = """
create index meter_verdicts_of_period on meter_verdicts (tenant_id, period, nomen) include (kinds, rayon)
    where is_current;
"""


def upgrade() -> None:
    op.execute(ddl.append_table("meter_verdicts", METER_VERDICTS, entity=("tenant_id", "nomen", "period")))
    op.execute(INDEXES)
