"""Fuel facts, the keys they are ordered by, and this door's copy of the catalogue."""

from alembic import op
from arus_runtime import ddl

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# One row per (location, product): its lock puts the commands of one history into one order, the same in table
# and outbox.
FUEL_KEYS = """
create table fuel_keys (
    tenant_id   text not null,
    location_id text not null,
    product_id  text not null,
    primary key (tenant_id, location_id, product_id)
);
"""

FACTS = """
create table {table} (
    tenant_id     text not null,
    id            text not null,
    location_id   text not null,
    product_id    text not null,
    business_date date not null,
    volume_ul     bigint not null check (volume_ul > 0 and volume_ul <= 1000000000000),
    timezone      text not null,
    note          text,
    status        text not null check (status in ('active', 'voided')),
    recorded_at   timestamptz not null,
    recorded_by   text not null,
    changed_at    timestamptz not null,
    changed_by    text not null,
    version       bigint not null,
    primary key (tenant_id, id)
);
create index {table}_by_date on {table} (tenant_id, business_date desc, id desc);
create index {table}_by_key on {table} (tenant_id, location_id, product_id, business_date, id);
"""

CATALOGUE = """
create table locations (
    tenant_id text not null,
    id        text not null,
    name      text not null,
    timezone  text not null,
    is_active boolean not null,
    version   bigint not null,
    primary key (tenant_id, id)
);
create table products (
    tenant_id text not null,
    id        text not null,
    name      text not null,
    kind      text not null,
    is_active boolean not null,
    version   bigint not null,
    primary key (tenant_id, id)
);
"""

TENANT_TABLES = ("fuel_keys", "fuel_transactions", "fuel_deliveries", "locations", "products")


def upgrade() -> None:
    op.execute(FUEL_KEYS)
    op.execute(FACTS.format(table="fuel_transactions"))
    op.execute(FACTS.format(table="fuel_deliveries"))
    op.execute(CATALOGUE)
    for table in TENANT_TABLES:
        op.execute(ddl.tenant_policy(table))
    op.execute(ddl.worker_tables())
    op.execute(ddl.outbox_tables())
    op.execute(ddl.idempotency_tables())
