"""Figures of the collection: what was billed, what was paid of it, how old what is owed is.

Every figure is of the customers that the billing master (MC) of the period has, each in the rayon that it
says, else where they are now. What is owed is owed by others too; a debt that a newer list of the month and
rayon leaves out is paid. A payment that stands in the daily transactions (COLLECTION, or entered by a person)
and in the register of paid bills (MB) counts once.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from arus_runtime.postgres import Tx
from psycopg.rows import dict_row

from arus_metering.store.debts import LISTED
from arus_metering.store.payments import RAYON

_BILLED: Final = """
select period, nomen, coalesce(nullif(max(rayon), ''),
    (select c.rayon from customers c where c.tenant_id = m.tenant_id and c.nomen = m.nomen), '') as rayon,
  sum(target_minor) as target_minor, sum(volume_l) as volume_l
from customer_periods m
where is_current and target_minor is not null and period between %(first)s and %(last)s
group by tenant_id, period, nomen
"""
_PAID: Final = """
select bill_period as period, nomen, payment_date as day, amount_minor from collections
where is_current and not is_repeat and bill_period between %(first)s and %(last)s
"""
_BY_PERIOD: Final = f"""
with billed as (select * from ({_BILLED}) b where %(rayon)s::text is null or rayon = %(rayon)s),
paid as (select period, nomen, sum(amount_minor) as amount_minor from ({_PAID}) p group by period, nomen)
select b.period, {{part}} as part, count(*) as customers, sum(b.volume_l)::bigint as volume_l,
  count(*) filter (where b.target_minor > 0) as target_customers, sum(b.target_minor)::bigint as target_minor,
  count(*) filter (where b.target_minor > 0 and p.amount_minor > 0) as paid_customers,
  coalesce(sum(p.amount_minor), 0)::bigint as paid_minor
from billed b left join paid p using (period, nomen)
group by 1, 2 order by 1, 2
"""  # noqa: S608 - our own text
_DAILY: Final = f"""
select p.day, count(*) as payments, sum(p.amount_minor)::bigint as paid_minor
from ({_PAID}) p join ({_BILLED}) b using (period, nomen)
where %(rayon)s::text is null or b.rayon = %(rayon)s
group by p.day order by p.day
"""  # noqa: S608 - our own text
# A list without rayons is of the one that nearly all of its customers belong to, else of the whole utility.
_AGEING: Final = f"""
with listed as (
  select *, {LISTED} as day, {RAYON.format("a", "as_of")} as of_rayon
  from arrears a where is_current and as_of = %(period)s),
whole as (
  select max(day) as day from (
    select number, day, max(debts) as of_one, sum(debts) as in_all from (
      select number, day, of_rayon, count(*) as debts from listed
      where rayon = '' and of_rayon <> '' group by 1, 2, 3) parts
    group by 1, 2) lists
  where of_one < 0.9 * in_all)
select case when age_days <= 30 then '0-30' when age_days <= 60 then '31-60' when age_days <= 90 then '61-90'
    else '>90' end as band,
  count(distinct nomen) as customers, sum(bills)::bigint as bills, sum(amount_minor)::bigint as amount_minor,
  sum(penalty_minor)::bigint as penalty_minor
from (
  select listed.*, listed.day >= greatest(
    max(listed.day) over (partition by coalesce(nullif(rayon, ''), of_rayon)), whole.day) as is_newest
  from listed cross join whole) known
where is_newest and (%(rayon)s::text is null or of_rayon = %(rayon)s)
group by band
"""  # noqa: S608 - our own text
_LISTED_ON: Final = """
select coalesce(max(listed_on), max((as_of || '-01')::date + interval '1 month' - interval '1 day')::date)
  as listed_on
from arrears where is_current and as_of = %(period)s
"""
_NEWEST: Final = (
    "select max(period) as period from customer_periods where is_current and target_minor is not null"
)
# One look into the index per period, not one per customer and period.
_PERIODS: Final = f"""
with recursive known as (
  {_NEWEST}
  union all
  select ({_NEWEST} and period < known.period) from known where period is not null
)
select period from known where period is not null order by period desc
"""  # noqa: S608 - our own text
_RAYONS: Final = f"""
select rayon from customer_periods
where is_current and target_minor is not null and rayon <> '' and period = ({_NEWEST})
union select rayon from customers where rayon <> '' order by rayon
"""  # noqa: S608 - our own text
_NEWEST_ARREARS: Final = "select max(as_of) as period from arrears where is_current"
_AS_OF: Final = """
select greatest((select max(greatest(recorded_at, withdrawn_at)) from imports),
  (select max(last_at) from entered)) as at
"""


async def by_period(
    tx: Tx, first: str, last: str, rayon: str | None, *, parted_by: str = ""
) -> Sequence[dict[str, Any]]:
    """Return the figures of each period. parted_by: "rayon" for each rayon apart."""
    part = "b.rayon" if parted_by == "rayon" else "''::text"
    return await _all(tx, _BY_PERIOD.format(part=part), {"first": first, "last": last, "rayon": rayon})


async def daily(tx: Tx, period: str, rayon: str | None) -> Sequence[dict[str, Any]]:
    """Return what was paid of a period on each day."""
    return await _all(tx, _DAILY, {"first": period, "last": period, "rayon": rayon})


async def ageing(tx: Tx, period: str, rayon: str | None) -> Sequence[dict[str, Any]]:
    """Return what is owed as of a period, by age: of each rayon what its newest list of the month says."""
    return await _all(tx, _AGEING, {"period": period, "rayon": rayon})


async def listed_on(tx: Tx, period: str) -> date | None:
    """Return the day of a period's newest list of debts, None where there is no list."""
    return (await _all(tx, _LISTED_ON, {"period": period}))[0]["listed_on"]


async def newest_period(tx: Tx) -> str | None:
    """Return the newest period that was billed."""
    return (await _all(tx, _NEWEST, {}))[0]["period"]


async def periods(tx: Tx) -> list[str]:
    """Return every period that was billed, newest first."""
    return [row["period"] for row in await _all(tx, _PERIODS, {})]


async def rayons(tx: Tx) -> list[str]:
    """Return every rayon that was billed in the newest period or has customers now."""
    return [row["rayon"] for row in await _all(tx, _RAYONS, {})]


async def newest_arrears(tx: Tx) -> str | None:
    """Return the newest period as of which something was owed."""
    return (await _all(tx, _NEWEST_ARREARS, {}))[0]["period"]


async def as_of(tx: Tx) -> datetime | None:
    """Return when the books last changed: by an import, taken in or back, or by a person."""
    return (await _all(tx, _AS_OF, {}))[0]["at"]


async def _all(tx: Tx, statement: str, values: dict[str, Any]) -> Sequence[dict[str, Any]]:
    # Right after an import the planner does not know yet how much there is, and would walk one side of a join
    # for every row of the other.
    await tx.execute("set local enable_nestloop = off")
    rows = tx.cursor(row_factory=dict_row)
    await rows.execute(statement.encode(), values, prepare=False)
    return await rows.fetchall()
