"""Let a master without a status say nothing of it, and of a month's lists of debts the newest be current.

Null in `is_active`: the file does not say.
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# As `store/debts.py` settles it from now on, once for all there is.
SETTLED = """
update arrears a set is_current = not a.is_current from (
  select tenant_id, key, number, line, is_current, dense_rank() over (partition by tenant_id, key
    order by coalesce(listed_on, (as_of || '-01')::date) desc, number desc) = 1 as is_newest
  from arrears where not is_withdrawn
) ranked
where (a.tenant_id, a.key, a.number, a.line) = (ranked.tenant_id, ranked.key, ranked.number, ranked.line)
  and ranked.is_newest <> ranked.is_current
"""


def upgrade() -> None:
    op.execute("alter table customer_periods alter column is_active drop not null")
    # No tenant is set here, and a forced policy would hide every row from the owner as well.
    op.execute("alter table arrears no force row level security")
    op.execute(SETTLED)
    op.execute("alter table arrears force row level security")
