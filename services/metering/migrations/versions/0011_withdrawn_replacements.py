"""A meter that was changed for another may be taken back; who did, and when, is kept beside it."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "alter table meter_replacements add column withdrawn_by text, add column withdrawn_at timestamptz"
    )
