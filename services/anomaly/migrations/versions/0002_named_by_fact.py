"""A verdict is named by the fact it judges; a state's head is found by a number."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# The column's indexes and its check go with it.
NAMED_BY_FACT = """
alter table verdicts drop column verdict_id;
create unique index verdicts_current on verdicts (tenant_id, fact_id) where is_current;
create index verdicts_superseded on verdicts (tenant_id, fact_id) where not is_current;
"""
NUMBERED = """
alter table state add column if not exists id bigint generated always as identity;
create unique index if not exists state_id on state (id);
"""


def upgrade() -> None:
    op.execute(NAMED_BY_FACT)
    op.execute(NUMBERED)
