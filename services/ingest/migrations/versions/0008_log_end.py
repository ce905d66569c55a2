"""A log that was found shorter than what was read of it is remembered."""

from alembic import op
from arus_runtime import ddl

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(ddl.log_end())
