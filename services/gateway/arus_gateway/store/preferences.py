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


async def keep(tx: Tx, tenant_id: str, person_id: str, value: Mapping[str, Any]) -> None:
    """Replace what the member chose."""
    await tx.execute(
        """insert into preferences (tenant_id, person_id, value) values (%s, %s, %s)
           on conflict (tenant_id, person_id) do update set value = excluded.value""",
        (tenant_id, person_id, Jsonb(dict(value))),
    )
