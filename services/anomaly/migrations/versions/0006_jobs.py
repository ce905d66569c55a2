"""Slow work: calibrations are fitted as jobs."""

from alembic import op
from arus_runtime import ddl

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(ddl.jobs_tables())
