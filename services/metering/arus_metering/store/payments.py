"""Payments as people list, enter and take them back, inside one tenant's transaction."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from arus_runtime.postgres import Tx
from psycopg.rows import class_row, dict_row

from arus_metering.state import Payment
from arus_metering.store.chunks import chunks, number
from arus_metering.store.versions import OWN

MANUAL: Final = "MANUAL"
PAIRED: Final = """
select *, source = 'MB' and (is_named or place <= daily) as is_repeat from (
  select *, count(*) filter (where source <> 'MB') over said as daily,
    row_number() over (partition by nomen, bill_period, payment_date, said_minor, is_named, source = 'MB'
      order by key, line) as place
  from (
    select *, case when count(*) filter (where source <> 'MB' and not is_named) over full_amount > 0
        then full_minor else amount_minor end as said_minor
    from (
      select nomen, bill_period, payment_date, source, amount_minor, key, line,
        amount_minor + penalty_minor as full_minor,
        receipt_number <> '' and bool_or(source = 'MB') over receipt and bool_or(source <> 'MB') over receipt
          or bill_number <> '' and bool_or(source = 'MB') over bill and bool_or(source <> 'MB') over bill
          as is_named
      from collections where is_current and {narrowed}
      window receipt as (partition by nomen, bill_period, receipt_number),
        bill as (partition by nomen, bill_period, payment_date, bill_number)
    ) named
    window full_amount as (partition by nomen, bill_period, payment_date, full_minor)
  ) matched
  window said as (partition by nomen, bill_period, payment_date, said_minor, is_named)
) paired
"""
"""Payments with whether the daily transactions hold one of the register of paid bills (MB) as well.

It is the same customer's for the same billing period, with the same receipt number, or of the same day with
the same bill number or amount; the penalty that MB keeps apart may be in the daily amount. Where there are
several of an amount without a number, as many as the daily list has.
"""
_ONE_PAIRED: Final = PAIRED.format(
    narrowed="tenant_id = p.tenant_id and nomen = p.nomen and bill_period = p.bill_period"
)
IS_REPEAT: Final = f"""
(p.source = 'MB' and (select is_repeat from ({_ONE_PAIRED}) o where o.key = p.key and o.line = p.line))
"""  # noqa: S608 - our own text
"""Whether a payment p stands in the daily transactions as well."""
RAYON: Final = """
coalesce(
  (select max(m.rayon) from customer_periods m where m.tenant_id = {0}.tenant_id and m.nomen = {0}.nomen
    and m.period = {0}.{1} and m.is_current and m.target_minor is not null),
  (select c.rayon from customers c where c.tenant_id = {0}.tenant_id and c.nomen = {0}.nomen), {0}.rayon)
"""
"""The rayon of a fact {0} of a month {1}: the billing master's, as all figures have it, else the customer's,
else its file's."""
_RAYON: Final = RAYON.format("p", "bill_period")
_COLUMNS: Final = f"""
key as id, nomen, {_RAYON} as rayon, source, payment_date, amount_minor, payment_type, bill_period,
receipt_number, number as version,
{IS_REPEAT} as is_repeat
"""
_LIST: Final = f"""
select {_COLUMNS} from collections p
where is_current and (%(nomen)s::text is null or nomen = %(nomen)s)
  and (%(rayon)s::text is null or {_RAYON} = %(rayon)s)
  and (%(period)s::text is null or bill_period = %(period)s)
  and (%(type)s::text is null or payment_type = %(type)s)
  and (%(first)s::date is null or payment_date >= %(first)s)
  and (%(last)s::date is null or payment_date <= %(last)s)
  and (%(day)s::date is null or (payment_date, key) < (%(day)s, %(key)s))
order by payment_date desc, key desc limit %(limit)s
"""  # noqa: S608 - our own names
_ONE: Final = f"select {_COLUMNS} from collections p where key = %s and is_current"  # noqa: S608 - our own names
_STANDING: Final = f"""
select number, nomen, rayon, {", ".join(OWN["collections"])} from collections where key = %s and is_current
order by line limit 1
"""  # noqa: S608 - our own names
_WITHDRAW: Final = """
with gone as (
  update collections set is_current = false, is_withdrawn = true where key = %s and not is_withdrawn
  returning tenant_id, key, hash, import_id)
insert into withdrawn_payments select distinct tenant_id, key, hash from gone where import_id <> ''
on conflict do nothing
"""


async def found(
    tx: Tx, asked: Mapping[str, Any], after: tuple[date, str] | None, limit: int
) -> list[Payment]:
    """Return payments, newest first."""
    rows = tx.cursor(row_factory=class_row(Payment))
    position = {"day": after and after[0], "key": after and after[1]}
    await rows.execute(_LIST, {**asked, **position, "limit": limit}, prepare=False)
    return await rows.fetchall()


def every(tx: Tx, asked: Mapping[str, Any], most: int) -> AsyncGenerator[Sequence[Payment]]:
    """Yield payments, newest first, some thousands at a time; at most so many in all."""
    return chunks(tx, Payment, _LIST, {**asked, "day": None, "key": None, "limit": most})


async def number_found(tx: Tx, asked: Mapping[str, Any], most: int) -> int:
    """Return how many payments are found, counted up to most + 1."""
    return await number(tx, _LIST, {**asked, "day": None, "key": None, "limit": most + 1})


async def one(tx: Tx, payment_id: str) -> Payment | None:
    """Return a payment that stands."""
    rows = tx.cursor(row_factory=class_row(Payment))
    await rows.execute(_ONE, (payment_id,))
    return await rows.fetchone()


async def standing(tx: Tx, payment_id: str) -> dict[str, Any] | None:
    """Return all columns of a payment that stands."""
    rows = tx.cursor(row_factory=dict_row)
    await rows.execute(_STANDING, (payment_id,))
    return await rows.fetchone()


async def withdraw(tx: Tx, payment_id: str) -> None:
    """Take a payment back, whatever said it, and remember the rows of files that did."""
    await tx.execute(_WITHDRAW, (payment_id,))
