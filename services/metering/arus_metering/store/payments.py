"""Payments as people list, enter and take them back, inside one tenant's transaction."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from arus_runtime.postgres import Tx
from psycopg.rows import class_row

from arus_metering.state import Payment
from arus_metering.store.chunks import chunks, number

MANUAL: Final = "MANUAL"
_SAME: Final = """
from collections o where o.tenant_id = p.tenant_id and o.nomen = p.nomen and o.bill_period = p.bill_period
  and o.payment_date = p.payment_date and o.amount_minor = p.amount_minor and o.is_current
"""
IS_REPEAT: Final = f"""
(p.source = 'MB' and (select count(*) {_SAME} and o.source <> 'MB')
  > (select count(*) {_SAME} and o.source = 'MB' and (o.key, o.line) < (p.key, p.line)))
"""
"""Whether the daily transactions hold a payment of the register of paid bills as well; see ``figures``."""
_COLUMNS: Final = f"""
key as id, nomen, rayon, source, payment_date, amount_minor, payment_type, bill_period, receipt_number,
{IS_REPEAT} as is_repeat
"""
_LIST: Final = f"""
select {_COLUMNS} from collections p
where is_current and (%(nomen)s::text is null or nomen = %(nomen)s)
  and (%(rayon)s::text is null or rayon = %(rayon)s)
  and (%(period)s::text is null or bill_period = %(period)s)
  and (%(type)s::text is null or payment_type = %(type)s)
  and (%(first)s::date is null or payment_date >= %(first)s)
  and (%(last)s::date is null or payment_date <= %(last)s)
  and (%(day)s::date is null or (payment_date, key) < (%(day)s, %(key)s))
order by payment_date desc, key desc limit %(limit)s
"""  # noqa: S608 - our own names
_ONE: Final = f"select {_COLUMNS} from collections p where key = %s and is_current"  # noqa: S608 - our own names
_WITHDRAW: Final = """
update collections set is_current = false, is_withdrawn = true where key = %s and is_current
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


async def withdraw(tx: Tx, payment_id: str) -> None:
    """Take a payment back."""
    await tx.execute(_WITHDRAW, (payment_id,))
