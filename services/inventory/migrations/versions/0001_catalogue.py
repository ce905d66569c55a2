"""Locations and products, and the outbox that tells others about them."""

from alembic import op
from arus_runtime import ddl

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

LOCATIONS = """
create table locations (
    tenant_id     text not null,
    id            text not null,
    name          text not null check (length(name) between 1 and 200),
    type          text not null,
    timezone      text not null,
    external_code text check (length(external_code) between 1 and 100),
    address       text,
    latitude      double precision check (latitude between -90 and 90),
    longitude     double precision check (longitude between -180 and 180),
    capacity      bigint check (capacity >= 0),
    manager       text,
    is_active     boolean not null,
    version       bigint not null,
    created_at    timestamptz not null,
    updated_at    timestamptz not null,
    primary key (tenant_id, id),
    check ((latitude is null) = (longitude is null))
);
create unique index locations_external_code on locations (tenant_id, lower(external_code));
create index locations_by_name on locations (tenant_id, (lower(name) collate "C"), id);
"""

PRODUCTS = """
create table products (
    tenant_id  text not null,
    id         text not null,
    code       text not null check (length(code) between 1 and 50),
    name       text not null check (length(name) between 1 and 200),
    kind       text not null,
    unit       text not null,
    is_active  boolean not null,
    version    bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (tenant_id, id)
);
create unique index products_code on products (tenant_id, lower(code));
create index products_by_name on products (tenant_id, (lower(name) collate "C"), id);
"""


def upgrade() -> None:
    op.execute(LOCATIONS)
    op.execute(PRODUCTS)
    op.execute(ddl.tenant_policy("locations"))
    op.execute(ddl.tenant_policy("products"))
    op.execute(ddl.outbox_tables())
    op.execute(ddl.idempotency_tables())
