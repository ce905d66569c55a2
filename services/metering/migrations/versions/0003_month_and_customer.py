"""Find a customer's month by either index, and what is left of an import to withdraw.

While a table's first large import comes in, PostgreSQL knows nothing of its columns and may look for one
customer's month in the index by month; without the customer in it, that reads a million rows.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MONTHS = {
    "customer_periods": "period",
    "meter_readings": "period",
    "collections": "bill_period",
    "bills": "period",
    "arrears": "as_of",
}


def upgrade() -> None:
    for name, month in MONTHS.items():
        op.execute(f"drop index {name}_import")
        op.execute(f"""
            create index {name}_import on {name} (tenant_id, import_id, key) where not is_withdrawn""")
        op.execute(f"drop index {name}_month")
        op.execute(f"create index {name}_month on {name} (tenant_id, {month}, nomen) where is_current")
