"""Payments as people list, enter and take them back, inside one tenant's transaction."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from arus_runtime.postgres import Tx
from psycopg.rows import class_row

from arus_metering.state import Payment
from arus_metering.store import versions
from arus_metering.store.versions import Version

MANUAL: Final = "MANUAL"
_COLUMNS: Final = """
key as id, nomen, rayon, source, payment_date, amount_minor, payment_type, bill_period, receipt_number
"""
_LIST: Final = f"""
select {_COLUMNS} from collections
where is_current and (%(nomen)s::text is null or nomen = %(nomen)s)
  and (%(rayon)s::text is null or rayon = %(rayon)s)
  and (%(period)s::text is null or bill_period = %(period)s)
  and (%(type)s::text is null or payment_type = %(type)s)
  and (%(first)s::date is null or payment_date >= %(first)s)
  and (%(last)s::date is null or payment_date <= %(last)s)
  and (%(day)s::date is null or (payment_date, key) < (%(day)s, %(key)s))
order by payment_date desc, key desc limit %(limit)s
"""  # noqa: S608 - our own names
_ONE: Final = f"select {_COLUMNS} from collections where key = %s and is_current"  # noqa: S608 - our own names
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


async def one(tx: Tx, payment_id: str) -> Payment | None:
    """Return a payment that stands."""
    rows = tx.cursor(row_factory=class_row(Payment))
    await rows.execute(_ONE, (payment_id,))
    return await rows.fetchone()


async def add(tx: Tx, tenant_id: str, entered: Version) -> None:
    """Write a payment that a person entered, in place of what stood under its id."""
    await write(tx, "collections", tenant_id, entered)


async def write(tx: Tx, table: str, tenant_id: str, entered: Version) -> None:
    """Write a version that a person entered as the current one of its key."""
    row = await (await tx.execute("select nextval('versions') as number")).fetchone()
    assert row is not None
    number = row["number"]
    await tx.execute(
        versions.OVERTAKE.format(table=table).encode(),
        {"tenant": tenant_id, "keys": [entered.key], "number": number},
    )
    names = versions.columns(table)
    places = ", ".join(["%s"] * len(names))
    await tx.execute(
        f"insert into {table} ({', '.join(names)}) values ({places})".encode(),  # noqa: S608 - our own names
        entered.columns(table, tenant_id, number, "", is_current=True),
    )


async def withdraw(tx: Tx, payment_id: str) -> None:
    """Take a payment back."""
    await tx.execute(_WITHDRAW, (payment_id,))
