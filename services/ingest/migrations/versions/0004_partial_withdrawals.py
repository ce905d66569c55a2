"""A book takes a large import back some thousand rows at a time, and says when more are left."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        alter table import_withdrawals
            add column withdrawn bigint not null default 0,
            add column is_partial boolean not null default false""")
