"""Reports that were made, their files, who got them by mail, and schedules; and the queue of slow work.

Files are small (a report is some pages) and short-lived, so they lie in a table with a bound and an expiry
instead of an object store: one wall, one backup, and they go with their report.
"""

from alembic import op
from arus_runtime import ddl

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# locations: what the report may show, null: everywhere. day: of the month, or of the ISO week.
TABLES = """
create table report_schedules (
    tenant_id   text not null,
    id          text not null,
    period      text not null check (period in ('month', 'week')),
    day         smallint not null check (day between 1 and case period when 'month' then 28 else 7 end),
    at_minute   smallint not null check (at_minute between 0 and 1439),
    timezone    text not null,
    location_id text,
    locations   text[],
    format      text not null check (format in ('pdf', 'xlsx')),
    language    text not null check (language in ('id', 'en')),
    recipients  text[] not null check (cardinality(recipients) between 1 and 50),
    is_active   boolean not null,
    created_by  text not null,
    created_at  timestamptz not null,
    changed_at  timestamptz not null,
    version     bigint not null,
    primary key (tenant_id, id)
);
create table reports (
    tenant_id   text not null,
    id          text not null,
    period      text not null check (period in ('month', 'week')),
    first_date  date not null,
    last_date   date not null,
    timezone    text not null,
    location_id text,
    locations   text[],
    format      text not null check (format in ('pdf', 'xlsx')),
    language    text not null check (language in ('id', 'en')),
    made_by     text not null,
    schedule_id text,
    state       text not null check (state in ('waiting', 'done', 'failed')),
    error       text,
    asked_at    timestamptz not null,
    done_at     timestamptz,
    size_bytes  integer,
    primary key (tenant_id, id)
);
create index reports_of_schedule on reports (tenant_id, schedule_id, id desc) where schedule_id is not null;
create index reports_old on reports (asked_at);
create table report_files (
    tenant_id text not null,
    report_id text not null,
    content   bytea not null check (octet_length(content) <= 10485760),
    primary key (tenant_id, report_id),
    foreign key (tenant_id, report_id) references reports (tenant_id, id) on delete cascade
);
create table report_mails (
    tenant_id text not null,
    report_id text not null,
    person_id text not null,
    state     text not null check (state in ('waiting', 'sent', 'skipped', 'failed')),
    at        timestamptz not null,
    primary key (tenant_id, report_id, person_id),
    foreign key (tenant_id, report_id) references reports (tenant_id, id) on delete cascade
);
"""


def upgrade() -> None:
    op.execute(TABLES)
    for table in ("report_schedules", "reports", "report_files", "report_mails"):
        op.execute(ddl.tenant_policy(table))
    op.execute(ddl.jobs_tables())
