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


# Known by what a corrected bill alone leaves: one kind, no class, nothing compared. No tenant is set here,
# and a forced policy would hide every row from the owner as well.
ALONE = """
alter table meter_verdicts no force row level security;
update meter_verdicts set is_read = false
    where is_current and kinds = 32 and usage_class = '' and movement is null and not is_skipped;
alter table meter_verdicts force row level security;
"""


def upgrade() -> None:
    op.execute(COLUMN)
    op.execute(ALONE)
