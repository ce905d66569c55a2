"""Names of places and goods, as the catalogue's topics last said."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal, LiteralString

from arus_runtime.postgres import Tx

Kind = Literal["locations", "products"]
_QUERIES: Final[Mapping[Kind, LiteralString]] = {
    "locations": "select id, name from locations where tenant_id = %s and id = any(%s)",
    "products": "select id, name from products where tenant_id = %s and id = any(%s)",
}


async def of(tx: Tx, kind: Kind, tenant_id: str, ids: Sequence[str]) -> dict[str, str]:
    """Return id → name of those that are known."""
    rows = await (await tx.execute(_QUERIES[kind], (tenant_id, list(ids)))).fetchall()
    return {row["id"]: row["name"] for row in rows}
