"""What people enter: versions of facts beside those of imports, inside one tenant's transaction."""

from typing import Final

from arus_runtime.postgres import Tx

from arus_metering.store import versions
from arus_metering.store.pairing import SETTLE
from arus_metering.store.versions import Version

_NOTE: Final = """
insert into entered (tenant_id, last_at) values (%s, now())
on conflict (tenant_id) do update set last_at = greatest(entered.last_at, excluded.last_at)
"""
_SIGNED: Final = frozenset({"customer_periods", "collections"})
"""Where a version says who entered it; of a read its edit does."""
_HOLD: Final = "select pg_advisory_xact_lock(hashtextextended(%s, 7))"


async def hold(tx: Tx, tenant_id: str, table: str) -> None:
    """Keep imports into a table, and other commands on it, waiting until the transaction ends."""
    await tx.execute(_HOLD, (f"{tenant_id}/{versions.HELD[table]}",))


async def note(tx: Tx, tenant_id: str) -> None:
    """Remember when a person last changed the books."""
    await tx.execute(_NOTE, (tenant_id,))


async def write(tx: Tx, table: str, tenant_id: str, entered: Version, said_by: str) -> int:
    """Write a version that a person entered as the current one of its key, and return its number."""
    await note(tx, tenant_id)
    row = await (await tx.execute("select nextval('versions') as number")).fetchone()
    assert row is not None
    number = row["number"]
    await tx.execute(
        versions.OVERTAKE.format(table=table).encode(),
        {"tenant": tenant_id, "keys": [entered.key], "number": number},
    )
    values = entered.columns(table, tenant_id, number, "", is_current=True)
    names = versions.columns(table)
    if table in _SIGNED:
        names, values = (*names, "said_by"), [*values, said_by]
    places = ", ".join(["%s"] * len(names))
    await tx.execute(
        f"insert into {table} ({', '.join(names)}) values ({places})".encode(),  # noqa: S608 - our own names
        values,
    )
    if table == "collections":
        await tx.execute(SETTLE.encode(), {"tenant": tenant_id, "keys": [entered.key]})
    return number
