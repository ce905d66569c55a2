"""Verdicts say whether there was a read to judge: a corrected bill alone is none."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# The index holds all that a period's counts need.
COLUMN = """
alter table meter_verdicts add column is_read boolean not null default true;
drop index meter_verdicts_of_period;
create index meter_verdicts_of_period on meter_verdicts (tenant_id, period, nomen)
    include (kinds, rayon, is_skipped, is_read) where is_current;
"""


def upgrade() -> None:
    op.execute(COLUMN)
