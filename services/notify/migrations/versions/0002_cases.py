"""News of cases: what there is to tell, to whom, and that they were told."""

from alembic import op
from arus_runtime import ddl

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# said: the CaseChanged that says it. people: ids of whom it is for. location_id: empty for nowhere.
CASE_ALERTS = """
create table case_alerts (
    tenant_id   text collate "C" not null,
    id          text collate "C" not null,
    what        text not null
                check (what in ('assigned', 'commented', 'visited', 'fell_due', 'became_overdue')),
    severity    smallint not null check (severity in (2, 3, 4)),
    location_id text collate "C" not null,
    people      jsonb not null,
    occurred_at timestamptz not null,
    said        bytea not null,
    primary key (tenant_id, id)
);
"""
TOLD = """
alter table notifications
    add column case_alert_id text collate "C",
    drop constraint notifications_kind_check,
    drop constraint notifications_check,
    add constraint notifications_kind_check check (kind in ('incident', 'summary', 'case')),
    add constraint notifications_check check (num_nonnulls(incident_id, group_id, case_alert_id) = 1);
alter table deliveries
    add column case_alert_id text collate "C",
    drop constraint deliveries_kind_check,
    add constraint deliveries_kind_check check (kind in ('incident', 'summary', 'case', 'digest', 'test'));
"""


def upgrade() -> None:
    op.execute(CASE_ALERTS)
    op.execute(ddl.tenant_policy("case_alerts"))
    op.execute(TOLD)
