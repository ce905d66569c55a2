"""Payments as people list, enter and take them back, inside one tenant's transaction."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from arus_runtime.postgres import Tx
from psycopg.rows import class_row, dict_row

from arus_metering.state import Payment
from arus_metering.store.chunks import chunks, number
from arus_metering.store.pairing import SETTLE
from arus_metering.store.versions import OWN

MANUAL: Final = "MANUAL"
RAYON: Final = """
coalesce(
  nullif((select max(m.rayon) from customer_periods m where m.tenant_id = {0}.tenant_id
    and m.nomen = {0}.nomen and m.period = {0}.{1} and m.is_current and m.target_minor is not null), ''),
  nullif((select c.rayon from customers c where c.tenant_id = {0}.tenant_id and c.nomen = {0}.nomen), ''),
  {0}.rayon)
"""
"""The rayon of a fact {0} of a month {1}: the billing master's, as all figures have it, else the customer's,
else its file's."""
_RAYON: Final = RAYON.format("p", "bill_period")
_COLUMNS: Final = f"""
key as id, nomen, {_RAYON} as rayon, source, payment_date, amount_minor, payment_type, bill_period,
receipt_number, number as version, is_repeat, said_by
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
  update collections set is_current = false, is_withdrawn = true,
    withdrawn_by = case when is_current then %(by)s end, withdrawn_at = case when is_current then %(at)s end
  where key = %(key)s and not is_withdrawn
  returning tenant_id, key, hash, import_id)
insert into withdrawn_payments
select distinct tenant_id, regexp_replace(key, '^(COLLECTION|MB)/[^/]*/', '\\1//'), hash from gone
where import_id <> ''
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


async def was_withdrawn(tx: Tx, payment_id: str) -> bool:
    """Say whether anything said of a payment was taken back."""
    answer = await tx.execute(
        "select from collections where key = %s and is_withdrawn limit 1", (payment_id,)
    )
    return await answer.fetchone() is not None


async def withdraw(tx: Tx, tenant_id: str, payment_id: str, by: str, at: datetime) -> None:
    """Take a payment back, whatever said it, and remember the rows of files that did."""
    await tx.execute(_WITHDRAW, {"key": payment_id, "by": by, "at": at})
    await tx.execute(SETTLE.encode(), {"tenant": tenant_id, "keys": [payment_id]})
