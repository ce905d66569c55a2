"""Who entered a version of a customer or payment, and who took a payment back, when.

Null: a file, or from before this was kept.
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table customer_periods add column said_by text")
    op.execute(
        "alter table collections add column said_by text, add column withdrawn_by text,"
        " add column withdrawn_at timestamptz"
    )
    op.execute(
        "create index collections_withdrawn on collections (tenant_id, nomen) where withdrawn_by is not null"
    )
