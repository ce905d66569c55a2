"""Cases that people look into: how they stand, what was written, attached and found, and their history."""

from alembic import op
from arus_runtime import ddl

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# reminded: 0 not yet, 1 that it is due, 2 that it is overdue.
CASES = """
create table cases (
    tenant_id   text collate "C" not null,
    id          text collate "C" not null,
    number      bigint not null check (number > 0),
    domain      text not null check (domain in ('fuel', 'meter')),
    type        text not null,
    description text not null,
    status      text not null
                check (status in ('open', 'in_progress', 'waiting_field', 'resolved', 'closed')),
    priority    text not null check (priority in ('low', 'medium', 'high', 'critical')),
    assignee_id text collate "C",
    due_date    date,
    resolution  text not null,
    incident_id text collate "C",
    fact_id     text collate "C",
    location_id text collate "C",
    product_id  text collate "C",
    nomen       text collate "C",
    period      text collate "C",
    rayon       text,
    customer    text,
    address     text,
    reminded    smallint not null check (reminded between 0 and 2),
    opened_by   text not null,
    opened_at   timestamptz not null,
    updated_at  timestamptz not null,
    ended_at    timestamptz,
    version     bigint not null,
    primary key (tenant_id, id),
    check (num_nonnulls(nomen, fact_id) = 1),
    check ((domain = 'meter') = (nomen is not null)),
    check ((fact_id is null) = (location_id is null)),
    check ((ended_at is null) = (status not in ('resolved', 'closed')))
);
create unique index cases_number on cases (tenant_id, number);
create index cases_of_customer on cases (tenant_id, nomen) where nomen is not null;
create index cases_of_fact on cases (tenant_id, fact_id) where fact_id is not null;
create index cases_due on cases (tenant_id, due_date) where due_date is not null and ended_at is null;
"""
COMMENTS = """
create table case_comments (
    tenant_id  text collate "C" not null,
    id         text collate "C" not null,
    case_id    text collate "C" not null,
    text       text not null check (length(text) between 1 and 4000),
    written_by text not null,
    written_at timestamptz not null,
    primary key (tenant_id, case_id, id),
    foreign key (tenant_id, case_id) references cases
);
"""
# The file lies in the file store until it is removed; that it was there stays.
ATTACHMENTS = """
create table case_attachments (
    tenant_id  text collate "C" not null,
    id         text collate "C" not null,
    case_id    text collate "C" not null,
    name       text not null check (length(name) between 1 and 255),
    media_type text not null,
    size_bytes bigint not null check (size_bytes > 0),
    sha256     text not null,
    added_by   text not null,
    added_at   timestamptz not null,
    removed_by text,
    removed_at timestamptz,
    primary key (tenant_id, case_id, id),
    foreign key (tenant_id, case_id) references cases,
    check (num_nulls(removed_by, removed_at) in (0, 2))
);
"""
# stand_l: what the register showed, in litres.
VISITS = """
create table case_visits (
    tenant_id      text collate "C" not null,
    id             text collate "C" not null,
    case_id        text collate "C" not null,
    visited_at     timestamptz not null,
    outcome        text not null,
    stand_l        bigint check (stand_l >= 0),
    note           text not null,
    attachment_ids text[] not null,
    recorded_by    text not null,
    recorded_at    timestamptz not null,
    primary key (tenant_id, case_id, id),
    foreign key (tenant_id, case_id) references cases
);
"""
# changes: field → [what it was, what it is]. changed_by empty: the clock.
CHANGES = """
create table case_changes (
    tenant_id  text collate "C" not null,
    id         text collate "C" not null,
    case_id    text collate "C" not null,
    kind       text not null,
    changes    jsonb not null,
    about_id   text collate "C",
    changed_by text not null,
    changed_at timestamptz not null,
    primary key (tenant_id, case_id, id),
    foreign key (tenant_id, case_id) references cases
);
"""


def upgrade() -> None:
    for table in (CASES, COMMENTS, ATTACHMENTS, VISITS, CHANGES):
        op.execute(table)
    for changed in ("cases", "case_attachments"):
        op.execute(ddl.tenant_policy(changed))
    for added in ("case_comments", "case_visits", "case_changes"):
        op.execute(ddl.tenant_adds(added))
