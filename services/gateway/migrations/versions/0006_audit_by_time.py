"""What is old in the audit log is found without reading all of it; rows come in the order of their time."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute("create index audit_events_by_time on audit_events using brin (at)")
