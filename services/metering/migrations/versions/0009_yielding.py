"""A row that a file said before leaves standing what a person made of it since."""

from alembic import op
from arus_runtime import ddl

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = ("customer_periods", "meter_readings", "collections", "bills", "arrears")


def upgrade() -> None:
    op.execute(
        """-- Rows of files that are payments which a person took back.
           create table withdrawn_payments (
             tenant_id text not null,
             key       text not null,
             hash      text not null,
             primary key (tenant_id, key, hash)
           )"""
    )
    op.execute(ddl.tenant_policy("withdrawn_payments"))
    for table in TABLES:
        # The number of a person's version, behind which this one stands while that is not withdrawn.
        op.execute(f"alter table {table} add column yields_to bigint")
