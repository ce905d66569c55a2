"""What facts are judged by: versions of thresholds, and the answers of the commands that set them."""

from alembic import op
from arus_runtime import ddl

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Null location or product: any. A null profile: what the next wider scope says holds.
THRESHOLDS = """
    tenant_id    text collate "C" not null,
    id           text collate "C" not null,
    location_id  text collate "C",
    product_id   text collate "C",
    waspada_pct  numeric(9, 4),
    anomali_pct  numeric(9, 4),
    low_pct      numeric(9, 4),
    facts_needed smallint check (facts_needed between 1 and 30),
    profile      text check (profile in ('plain', 'weekday')),
    created_by   text not null,
    created_at   timestamptz not null default clock_timestamp(),
    primary key (tenant_id, id),
    check (low_pct > 0 and low_pct < waspada_pct and waspada_pct <= anomali_pct),
    check (num_nulls(waspada_pct, anomali_pct, facts_needed, profile) in (0, 4)),
    check (low_pct is null or profile is not null)
"""


def upgrade() -> None:
    op.execute(ddl.version_table("thresholds", THRESHOLDS))
    op.execute("create index thresholds_by_time on thresholds (tenant_id, valid_from desc, id desc)")
    op.execute(ddl.idempotency_tables())
