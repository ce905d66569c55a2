"""Say of an import whether its month is part of its rows' keys, as it was of every type until now.

The default is what the version before writes.
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table imports add column month_in_keys boolean not null default true")
