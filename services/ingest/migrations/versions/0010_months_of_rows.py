"""Keep of an import the months that its rows hold, which may be others than its period.

Imports of before, and what the version before previews, are of their period alone.
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table imports add column months text[]")
