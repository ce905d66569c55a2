"""A register read may say itself whether the service was active; null: it does not."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table meter_readings add column is_active boolean")
