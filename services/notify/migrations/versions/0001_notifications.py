"""Alerts, who was told of them and how, how people want to be told, webhooks, and the worker's own tables."""

from alembic import op
from arus_runtime import ddl

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# severity and least: 2 info, 3 warning, 4 critical, 9 off.
TABLES = """
-- What people should know, once per incident and severity. said: the IncidentChanged that says it.
create table alerts (
    tenant_id   text collate "C" not null,
    incident_id text collate "C" not null,
    severity    smallint not null check (severity in (2, 3, 4)),
    location_id text collate "C" not null,
    group_id    text collate "C" not null,
    occurred_at timestamptz not null,
    said        bytea not null,
    primary key (tenant_id, incident_id, severity)
);
create index alerts_by_group on alerts (tenant_id, group_id) where group_id <> '';
create table incidents (
    tenant_id text collate "C" not null,
    id        text collate "C" not null,
    standing  text not null check (standing in ('open', 'closed', 'withdrawn')),
    primary key (tenant_id, id)
);
create table locations (
    tenant_id text collate "C" not null,
    id        text collate "C" not null,
    name      text not null,
    timezone  text not null,
    primary key (tenant_id, id)
);
create table products (
    tenant_id text collate "C" not null,
    id        text collate "C" not null,
    name      text not null,
    primary key (tenant_id, id)
);
create table preferences (
    tenant_id       text collate "C" not null,
    person_id       text collate "C" not null,
    in_app          smallint not null check (in_app in (2, 3, 4, 9)),
    email           smallint not null check (email in (2, 3, 4, 9)),
    whatsapp        smallint not null check (whatsapp in (2, 3, 4, 9)),
    -- Sealed: arus_runtime.crypto.
    whatsapp_number text not null,
    quiet_from      time,
    quiet_to        time,
    critical_passes boolean not null,
    digest_at       time,
    alarms_per_day  smallint not null check (alarms_per_day between 1 and 200),
    timezone        text not null,
    version         integer not null,
    primary key (tenant_id, person_id),
    check (num_nulls(quiet_from, quiet_to) in (0, 2))
);
-- What one person is told of one alert or summary. listed: it stands in the list of the console.
-- held: why it did not go out at once. alarmed_on: the person's date on which it did.
-- digest_id: the delivery of the digest that told it afterwards.
create table notifications (
    tenant_id   text collate "C" not null,
    id          text collate "C" not null,
    person_id   text collate "C" not null,
    kind        text not null check (kind in ('incident', 'summary')),
    severity    smallint not null check (severity in (2, 3, 4)),
    incident_id text collate "C",
    group_id    text collate "C",
    location_id text collate "C",
    incidents   integer not null,
    critical    integer not null,
    listed      boolean not null,
    held        text check (held in ('quiet', 'budget')),
    alarmed_on  date,
    digest_id   text collate "C",
    created_at  timestamptz not null,
    read_at     timestamptz,
    primary key (tenant_id, id),
    check (num_nonnulls(incident_id, group_id) = 1)
);
create index notifications_of_person on notifications (tenant_id, person_id, created_at desc, id desc)
    where listed;
create index notifications_alarmed on notifications (tenant_id, person_id, alarmed_on)
    where alarmed_on is not null;
create index notifications_for_digest on notifications (tenant_id, person_id)
    where alarmed_on is null and digest_id is null;
create table webhooks (
    tenant_id     text collate "C" not null,
    id            text collate "C" not null,
    name          text not null,
    url           text not null,
    -- Both sealed; the former one signs too until former_until.
    secret        text not null,
    former_secret text,
    former_until  timestamptz,
    least         smallint not null check (least in (2, 3, 4)),
    -- Null: everywhere.
    location_ids  text[],
    is_active     boolean not null,
    version       integer not null,
    created_by    text not null,
    created_at    timestamptz not null,
    updated_at    timestamptz not null,
    primary key (tenant_id, id)
);
-- The log of deliveries. to_shown: the address, masked. reason: a code; detail: what the other side said.
create table deliveries (
    tenant_id   text collate "C" not null,
    id          text collate "C" not null,
    channel     text not null check (channel in ('in_app', 'email', 'whatsapp', 'webhook')),
    kind        text not null check (kind in ('incident', 'summary', 'digest', 'test')),
    person_id   text collate "C",
    webhook_id  text collate "C",
    severity    smallint not null check (severity in (2, 3, 4)),
    incident_id text collate "C",
    group_id    text collate "C",
    location_id text collate "C",
    incidents   integer not null default 1,
    critical    integer not null default 0,
    state       text not null check (state in ('waiting', 'held', 'sent', 'digested', 'failed', 'skipped')),
    reason      text not null default '',
    detail      text not null default '',
    to_shown    text not null default '',
    attempts    integer not null default 0,
    created_at  timestamptz not null,
    ended_at    timestamptz,
    primary key (tenant_id, id),
    check (num_nonnulls(person_id, webhook_id) = 1)
);
create index deliveries_by_time on deliveries (tenant_id, created_at desc, id desc);
create index deliveries_of_person on deliveries (tenant_id, person_id, created_at desc, id desc)
    where person_id is not null;
create index deliveries_waiting on deliveries (created_at) where state = 'waiting';
"""
OF_TENANTS = (
    "alerts",
    "incidents",
    "locations",
    "products",
    "preferences",
    "notifications",
    "webhooks",
    "deliveries",
)


def upgrade() -> None:
    op.execute(TABLES)
    for table in OF_TENANTS:
        op.execute(ddl.tenant_policy(table))
    op.execute(ddl.worker_tables())
    op.execute(ddl.jobs_tables())
    op.execute(ddl.idempotency_tables())
