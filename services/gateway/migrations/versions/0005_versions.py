"""Organisations and memberships count their changes, so that nobody overwrites what they have not seen."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    for table in ("organisations", "memberships"):
        op.execute(f"alter table {table} add column version bigint not null default 1")
