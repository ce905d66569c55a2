"""A fact that moves to another location or product has a verdict under each, and each stands for itself.

The two keys may lie in two partitions, whose order nobody keeps: the new place may be told before the old
one is taken back. With one standing verdict of a fact, that stopped both, or the old one stayed.
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# What stands of a moved fact under each key is what was said last, unless that took it back. No tenant is set
# here, and a forced policy would hide every row from the owner as well.
MENDED = """
drop index {table}_current;
alter table {table} no force row level security;
with moved as (
  select tenant_id, fact_id from {table} group by tenant_id, fact_id
  having min(location_id) <> max(location_id) or min(product_id) <> max(product_id)
), last as (
  select distinct on (tenant_id, fact_id, location_id, product_id)
    tenant_id, fact_id, location_id, product_id, src_part, src_off, src_idx
  from {table} join moved using (tenant_id, fact_id)
  order by tenant_id, fact_id, location_id, product_id, src_off desc, src_idx desc
), stands as (
  select {table}.ctid as place_of,
    last.src_part is not null and {table}.{said} as is_last
  from {table} join moved using (tenant_id, fact_id)
  left join last using (tenant_id, fact_id, location_id, product_id, src_part, src_off, src_idx)
)
update {table} set is_current = stands.is_last from stands
where {table}.ctid = stands.place_of and {table}.is_current <> stands.is_last;
alter table {table} force row level security;
create unique index {table}_current on {table} (tenant_id, fact_id, location_id, product_id)
    where is_current;
"""


def upgrade() -> None:
    op.execute(MENDED.format(table="verdicts", said="status > 0"))
    op.execute(MENDED.format(table="opinions", said="business_date is not null"))
