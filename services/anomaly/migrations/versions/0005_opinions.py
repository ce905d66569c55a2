"""The second opinion on each fact, the incidents that follow, what people say of them, and calibrations."""

from alembic import op
from arus_runtime import ddl

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# What is shown is read from value, the event itself. severity: 0 none, 1 info, 2 warning, 3 critical.
OPINIONS = """
    tenant_id     text collate "C" not null,
    fact_id       text collate "C" not null,
    location_id   text collate "C" not null,
    product_id    text collate "C" not null,
    business_date date,
    severity      smallint not null check (severity between 0 and 3),
    incident_id   text collate "C"
"""
# The worker's own; state: 1 open, 2 closed, 3 withdrawn. fact_id: the newest fact that alarmed.
INCIDENTS = """
create table incidents (
    tenant_id   text collate "C" not null,
    id          text collate "C" not null,
    location_id text collate "C" not null,
    product_id  text collate "C" not null,
    domain      text collate "C" not null,
    state       smallint not null check (state between 1 and 3),
    severity    smallint not null check (severity between 1 and 3),
    first_date  date not null,
    last_date   date not null,
    facts       integer not null check (facts > 0),
    fact_id     text collate "C" not null,
    is_history  boolean not null,
    opened_at   timestamptz not null,
    changed_at  timestamptz not null,
    primary key (tenant_id, id)
);
create index incidents_newest on incidents (tenant_id, last_date desc, id desc) where state < 3;
create index incidents_by_location on incidents (tenant_id, location_id, last_date desc, id desc)
    where state < 3;
create index opinions_of_incident on opinions (tenant_id, incident_id, business_date, fact_id)
    where is_current and incident_id is not null;
create index opinions_superseded on opinions (tenant_id, fact_id) where not is_current;
"""
# Never changed: an answer is taken back by another one. fact_ids: the incident's facts when it was given.
ANSWERS = """
    tenant_id   text collate "C" not null,
    id          text collate "C" not null,
    incident_id text collate "C" not null,
    location_id text collate "C" not null,
    product_id  text collate "C" not null,
    answer      text not null check (answer in ('acknowledged', 'confirmed', 'false_positive', 'reverted')),
    cause       text check (cause in ('BOCOR', 'PENYALAHGUNAAN', 'SALAH_CATAT', 'PEMBOROSAN')),
    note        text not null default '',
    reverts     text collate "C",
    fact_ids    text[] not null,
    last_date   date not null,
    created_by  text not null,
    created_at  timestamptz not null default clock_timestamp(),
    primary key (tenant_id, id),
    check ((answer = 'reverted') = (reverts is not null)),
    check (cause is null or answer = 'confirmed')
"""
CALIBRATIONS = """
    tenant_id  text collate "C" not null,
    id         text collate "C" not null,
    domain     text collate "C" not null,
    facts      integer not null,
    keys       integer not null,
    body       jsonb not null,
    created_at timestamptz not null default clock_timestamp(),
    primary key (tenant_id, id)
"""


def upgrade() -> None:
    op.execute(ddl.append_table("opinions", OPINIONS, entity=("tenant_id", "fact_id")))
    op.execute(INCIDENTS)
    op.execute(ddl.tenant_policy("incidents"))
    op.execute(ddl.version_table("incident_answers", ANSWERS))
    op.execute("create index answers_of_incident on incident_answers (tenant_id, incident_id, number)")
    op.execute(
        "create unique index answers_reverted on incident_answers (tenant_id, reverts)"
        " where reverts is not null"
    )
    op.execute(ddl.version_table("calibrations", CALIBRATIONS))
