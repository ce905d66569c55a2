"""What people enter: versions of facts beside those of imports, inside one tenant's transaction."""

from typing import Final

from arus_runtime.postgres import Tx

from arus_metering.store import versions
from arus_metering.store.versions import Version

_HOLD: Final = "select pg_advisory_xact_lock(hashtextextended(%s, 7))"


async def hold(tx: Tx, tenant_id: str, table: str) -> None:
    """Keep imports into a table, and other commands on it, waiting until the transaction ends."""
    await tx.execute(_HOLD, (f"{tenant_id}/{versions.HELD[table]}",))


async def write(tx: Tx, table: str, tenant_id: str, entered: Version) -> int:
    """Write a version that a person entered as the current one of its key, and return its number."""
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
    return number
