"""The utility's books: every fact as versions, one per import or command."""

from alembic import op
from arus_runtime import ddl

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

IMPORTS = """
-- A number for each import and each command: of a fact's versions the highest not withdrawn is current.
create sequence versions;
create table imports (
    tenant_id    text not null,
    import_id    text not null,
    type         text not null,
    period       text not null,
    number       bigint not null default nextval('versions'),
    withdrawn_at timestamptz,
    recorded_at  timestamptz not null default now(),
    primary key (tenant_id, import_id)
);
"""

VERSION = """
    tenant_id    text not null,
    -- What the fact is called, within its table: type, period and natural key.
    key          text not null,
    number       bigint not null,
    -- Of the file; 0 for what a person entered.
    line         int not null,
    import_id    text not null,
    row_id       text not null,
    hash         text not null,
    is_current   boolean not null,
    is_withdrawn boolean not null default false,
    recorded_at  timestamptz not null default now(),
    nomen        text not null check (length(nomen) between 1 and 40),
    rayon        text not null default '',
"""

TABLES = {
    "customer_periods": """
    period text not null, name text not null, address text not null, route text not null,
    usage_class text not null, meter_size text not null, serial text not null, is_active boolean not null,
    bill_number text not null,
    -- Null where a person entered the customer: nothing was billed.
    target_minor bigint, volume_l bigint,
    """,
    "meter_readings": """
    period text not null, read_date date not null, serial text not null,
    stand_awal_l bigint, stand_akhir_l bigint, volume_l bigint,
    read_method text not null, skip_status text not null, trouble text not null, reader text not null,
    usage_class text not null,
    replaced_on date, old_final_l bigint, new_start_l bigint, dials int, multiplier int,
    """,
    "collections": """
    source text not null, payment_date date not null, amount_minor bigint not null,
    payment_type text not null check (payment_type in ('CURRENT', 'UNDUE', 'ARREARS')),
    bill_period text not null, bill_number text not null, channel text not null, receipt_number text not null,
    volume_l bigint,
    """,
    "bills": """
    period text not null, bill_number text not null, bill_date date, due_date date,
    volume_l bigint not null, amount_minor bigint not null, penalty_minor bigint not null,
    """,
    "arrears": """
    as_of text not null, bill_period text not null, bill_number text not null, due_date date,
    amount_minor bigint not null, penalty_minor bigint not null, age_days int not null,
    """,
}
MONTH = {"collections": "bill_period", "arrears": "as_of"}

CUSTOMERS = """
create table customers (
    tenant_id   text not null,
    nomen       text not null,
    name        text not null,
    address     text not null,
    rayon       text not null,
    usage_class text not null,
    serial      text not null,
    is_active   boolean not null,
    version     bigint not null,
    updated_at  timestamptz not null default now(),
    primary key (tenant_id, nomen)
);
create index customers_by_name on customers (tenant_id, (lower(name) collate "C"), nomen);
create index customers_by_rayon on customers (tenant_id, rayon);
create table customer_grams (
    tenant_id text not null,
    nomen     text not null,
    rayon     text not null,
    words     text not null,
    grams     text[] not null,
    primary key (tenant_id, nomen)
);
create index customer_grams_index on customer_grams using gin (grams);
create table meter_replacements (
    tenant_id   text not null,
    id          text not null,
    nomen       text not null,
    replaced_on date not null,
    old_serial  text not null,
    old_final_l bigint check (old_final_l >= 0),
    new_serial  text not null,
    new_start_l bigint check (new_start_l >= 0),
    recorded_by text not null,
    recorded_at timestamptz not null default now(),
    primary key (tenant_id, id)
);
create index meter_replacements_of on meter_replacements (tenant_id, nomen, replaced_on);
"""

# Under row-level security an index is used with operators that leak nothing, and containment of arrays may
# leak. A policy's own condition comes first, so what is searched for is part of it; unset, it finds all.
SEARCHED = """
alter table customer_grams enable row level security;
alter table customer_grams force row level security;
create policy tenant_searches on customer_grams for select
  using (tenant_id = current_setting('arus.tenant', true)
         and grams @> coalesce(nullif(current_setting('arus.grams', true), ''), '{}')::text[]);
create policy tenant_adds on customer_grams for insert
  with check (tenant_id = current_setting('arus.tenant', true));
create policy tenant_changes on customer_grams for update
  using (tenant_id = current_setting('arus.tenant', true))
  with check (tenant_id = current_setting('arus.tenant', true));
create policy tenant_removes on customer_grams for delete
  using (tenant_id = current_setting('arus.tenant', true));
"""


def upgrade() -> None:
    op.execute(IMPORTS)
    for name, columns in TABLES.items():
        month = MONTH.get(name, "period")
        op.execute(f"""
            create table {name} ({VERSION}{columns} primary key (tenant_id, key, number, line));
            create index {name}_import on {name} (tenant_id, import_id);
            create index {name}_current on {name} (tenant_id, nomen, {month}) where is_current;
            create index {name}_month on {name} (tenant_id, {month}) where is_current;
        """)
    op.execute("create index collections_day on collections (tenant_id, payment_date) where is_current")
    op.execute(CUSTOMERS)
    op.execute(SEARCHED)
    for name in ("imports", *TABLES, "customers", "meter_replacements"):
        op.execute(ddl.tenant_policy(name))
    op.execute(ddl.worker_tables())
    op.execute(ddl.idempotency_tables())
