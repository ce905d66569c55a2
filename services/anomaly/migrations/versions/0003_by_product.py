"""Verdicts of one product by date, in place of all by date: as many indexes as before, none read in vain.

All of a tenant's are the newest of each product, merged; a tenant has few products.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INDEXES = """
drop index verdicts_by_date;
create index verdicts_by_product on verdicts (tenant_id, product_id, business_date desc, fact_id desc)
    include (status) where is_current;
drop index verdicts_alarming;
create index verdicts_alarming on verdicts (tenant_id, product_id, business_date desc, fact_id desc)
    include (status, location_id) where is_current and status > 1;
"""


def upgrade() -> None:
    op.execute(INDEXES)
