"""Files of imports are kept for so many days."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table imports add column swept_at timestamptz")
    op.execute("create index imports_to_sweep on imports (uploaded_at) where swept_at is null")
    op.execute("create index import_uploads_by_age on import_uploads (started_at)")
