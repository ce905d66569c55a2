"""Say of a payment whether the daily transactions hold it as well, and read figures from indexes alone.

Finding repeats out for every question sorted all payments of its periods four times; now who writes them
says it.
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# As `store/pairing.py` settles it from now on, once for all there is.
SETTLED = """
update collections c set is_repeat = true from (
  select tenant_id, key, number, line from (
    select *, count(*) filter (where source <> 'MB') over said as daily,
      row_number() over (partition by tenant_id, nomen, bill_period, payment_date, said_minor, is_named,
        source = 'MB' order by key, line) as place
    from (
      select *, case when count(*) filter (where source <> 'MB' and not is_named) over full_amount > 0
          then full_minor else amount_minor end as said_minor
      from (
        select tenant_id, nomen, bill_period, payment_date, source, amount_minor, key, number, line,
          amount_minor + penalty_minor as full_minor,
          receipt_number <> '' and bool_or(source = 'MB') over receipt
              and bool_or(source <> 'MB') over receipt
            or bill_number <> '' and bool_or(source = 'MB') over bill and bool_or(source <> 'MB') over bill
            as is_named
        from collections where is_current
        window receipt as (partition by tenant_id, nomen, bill_period, receipt_number),
          bill as (partition by tenant_id, nomen, bill_period, payment_date, bill_number)
      ) named
      window full_amount as (partition by tenant_id, nomen, bill_period, payment_date, full_minor)
    ) matched
    window said as (partition by tenant_id, nomen, bill_period, payment_date, said_minor, is_named)
  ) counted where source = 'MB' and (is_named or place <= daily)
) repeated
where c.tenant_id = repeated.tenant_id and c.key = repeated.key and c.number = repeated.number
  and c.line = repeated.line
"""
INDEXED = """
drop index collections_month;
create index collections_month on collections (tenant_id, bill_period, nomen)
  include (payment_date, amount_minor, is_repeat) where is_current;
drop index customer_periods_month;
create index customer_periods_month on customer_periods (tenant_id, period, nomen)
  include (rayon, target_minor, volume_l) where is_current;
"""


def upgrade() -> None:
    op.execute("alter table collections add column is_repeat boolean not null default false")
    # No tenant is set here, and a forced policy would hide every row from the owner as well.
    op.execute("alter table collections no force row level security")
    op.execute(SETTLED)
    op.execute("alter table collections force row level security")
    op.execute(INDEXED)
