"""How many bills a line of a list of debts is; what is stored of before counts as one."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table arrears add column bills integer not null default 1")
