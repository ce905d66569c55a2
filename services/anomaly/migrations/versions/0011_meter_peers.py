"""How a period's use moved, so that a customer is compared with others of the class."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# movement: logarithm of the use of 30 days over the usual one; null where that says nothing.
COLUMNS = """
alter table meter_verdicts add column usage_class text collate "C" not null default '',
    add column movement double precision;
create index meter_verdicts_of_peers on meter_verdicts (tenant_id, period, usage_class, rayon, nomen)
    include (movement) where is_current and movement is not null;
"""


def upgrade() -> None:
    op.execute(COLUMNS)
