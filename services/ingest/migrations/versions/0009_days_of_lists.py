"""Keep of rows of a list of debts as of which day it is: an older list changes nothing of a newer one.

Rows of before say none, as lists without a day do.
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table import_rows add column listed_on date")
