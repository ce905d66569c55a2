"""News of cases that webhooks hear of: that one was opened, and that one is done."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """alter table case_alerts
             drop constraint case_alerts_what_check,
             add constraint case_alerts_what_check check (what in (
               'opened', 'assigned', 'commented', 'visited', 'fell_due', 'became_overdue', 'resolved',
               'closed'))"""
    )
