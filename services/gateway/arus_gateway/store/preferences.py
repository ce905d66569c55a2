"""How members like to read, each in each organisation."""

from collections.abc import Mapping
from typing import Any

from arus_runtime.postgres import Tx
from psycopg.types.json import Jsonb


async def of(tx: Tx, tenant_id: str, person_id: str) -> dict[str, Any]:
    """Return what the member chose, empty when nothing."""
    row = await (
        await tx.execute(
            "select value from preferences where tenant_id = %s and person_id = %s", (tenant_id, person_id)
        )
    ).fetchone()
    return row["value"] if row else {}


async def hold(tx: Tx, tenant_id: str, person_id: str) -> dict[str, Any]:
    """Return what the member chose, as nobody else changes it before tx ends."""
    row = await (
        await tx.execute(
            """insert into preferences (tenant_id, person_id, value) values (%s, %s, '{}')
               on conflict (tenant_id, person_id) do update set value = preferences.value returning value""",
            (tenant_id, person_id),
        )
    ).fetchone()
    assert row is not None
    return row["value"]


async def keep(tx: Tx, tenant_id: str, person_id: str, value: Mapping[str, Any]) -> None:
    """Replace what the member chose, held before."""
    await tx.execute(
        "update preferences set value = %s where tenant_id = %s and person_id = %s",
        (Jsonb(dict(value)), tenant_id, person_id),
    )
