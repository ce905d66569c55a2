"""The outbox that tells others what became of webhooks."""

from alembic import op
from arus_runtime import ddl

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(ddl.outbox_tables())
