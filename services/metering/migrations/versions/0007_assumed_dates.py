"""A register read may be told without its date; then the one that is written is assumed."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table meter_readings add column is_date_assumed boolean not null default false")
