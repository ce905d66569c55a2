"""When a person last changed the books, so that figures say of when they are."""

from alembic import op
from arus_runtime import ddl

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("create table entered (tenant_id text primary key, last_at timestamptz not null)")
    op.execute(ddl.tenant_policy("entered"))
