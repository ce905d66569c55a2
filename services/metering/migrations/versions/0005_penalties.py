"""Keep the penalty that a register of paid bills states apart, and say of a read how it was read (R-25).

Bills and what the billing master says of a month are looked up with the versions that do not stand any more:
a correction is against the first of them. So the index by customer holds every version.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table collections add column penalty_minor bigint not null default 0")
    op.execute("update meter_readings set read_method = 'TIDAK_DIKETAHUI' where read_method = ''")
    for table in ("bills", "customer_periods"):
        op.execute(f"drop index {table}_current")
        op.execute(f"create index {table}_of on {table} (tenant_id, nomen, period)")
