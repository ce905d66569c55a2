"""Pieces of a file are kept under names of their own, which begin with where they begin."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table import_uploads add column pieces text[] not null default '{}'")
