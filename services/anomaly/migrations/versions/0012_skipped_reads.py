"""Periods in which nothing was read are counted apart from what is said of those that were."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# The index holds all that a period's counts need.
COLUMN = """
alter table meter_verdicts add column is_skipped boolean not null default false;
drop index meter_verdicts_of_period;
create index meter_verdicts_of_period on meter_verdicts (tenant_id, period, nomen)
    include (kinds, rayon, is_skipped) where is_current;
"""


def upgrade() -> None:
    op.execute(COLUMN)
