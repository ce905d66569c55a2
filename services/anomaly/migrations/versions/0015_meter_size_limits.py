"""What register reads of a meter size are judged by: versions of limits beside those of every size.

They stand apart from ``meter_limits``: services of before read that table alone, and would judge every meter
by what was set for one size.
"""

from alembic import op
from arus_runtime import ddl

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# usage_class: "" for every class without its own. Null limits: what holds for the next wider one.
LIMITS = """
    tenant_id       text collate "C" not null,
    id              text collate "C" not null,
    usage_class     text collate "C" not null,
    meter_size      text collate "C" not null check (meter_size <> ''),
    extreme_m3      numeric(10, 3) check (extreme_m3 > 0),
    drop_pct        smallint check (drop_pct between 1 and 99),
    drop_floor_m3   numeric(10, 3) check (drop_floor_m3 >= 0),
    month_from_days smallint check (month_from_days >= 1),
    month_to_days   smallint check (month_to_days >= month_from_days),
    zeros           smallint check (zeros >= 2),
    estimates       smallint check (estimates >= 2),
    trouble_codes   text[],
    created_by      text not null,
    created_at      timestamptz not null default clock_timestamp(),
    primary key (tenant_id, id),
    check (num_nulls(extreme_m3, drop_pct, drop_floor_m3, month_from_days, month_to_days, zeros, estimates,
                     trouble_codes) in (0, 8))
"""


def upgrade() -> None:
    op.execute(ddl.version_table("meter_size_limits", LIMITS))
