"""The day of which a list of debts is: of a month's lists the newest one holds."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table arrears add column listed_on date")
