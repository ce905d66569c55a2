"""SQL of the catalogue, inside one tenant's transaction: row-level security adds the tenant to every read.

What searches is planned anew each time (prepare=False): a plan kept from when a table was empty reads it
whole when it is full.
"""

# ruff: noqa: S608 — what is spliced into the SQL is this module's own names of tables and columns

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Generic, LiteralString, TypeVar

from arus_runtime.postgres import Tx
from psycopg.rows import class_row

from arus_inventory.state import Location, Product

T = TypeVar("T", Location, Product)


@dataclass(frozen=True, slots=True)
class Table(Generic[T]):
    """Where one kind of record lies. code: the column of people's own code, unique, searched like a name."""

    name: LiteralString
    row: type[T]
    code: LiteralString
    kind: LiteralString
    columns: tuple[LiteralString, ...]


LOCATIONS: Final = Table(
    "locations",
    Location,
    code="external_code",
    kind="type",
    columns=(
        "id", "name", "type", "timezone", "external_code", "address", "latitude", "longitude", "capacity",
        "manager", "is_active", "version", "created_at", "updated_at",
    ),
)  # fmt: skip
PRODUCTS: Final = Table(
    "products",
    Product,
    code="code",
    kind="kind",
    columns=("id", "code", "name", "kind", "unit", "is_active", "version", "created_at", "updated_at"),
)
_NEVER_CHANGE: Final = frozenset(("id", "created_at"))


@dataclass(frozen=True, slots=True)
class Asked:
    """Which records are asked for; None: any. within: ids to choose from.

    text: part of a name; code: part of a code, for who may know it, which finds others beside those.
    """

    text: str | None
    code: str | None
    kind: str | None
    active: bool | None
    within: Collection[str] | None


async def one(tx: Tx, table: Table[T], record_id: str) -> T | None:
    """Return one record."""
    rows = tx.cursor(row_factory=class_row(table.row))
    await rows.execute(f"select {_listed(table.columns)} from {table.name} where id = %s", (record_id,))
    return await rows.fetchone()


async def hold(tx: Tx, table: Table[T], record_id: str) -> T | None:
    """Return one record and keep others from changing it until the transaction ends."""
    rows = tx.cursor(row_factory=class_row(table.row))
    await rows.execute(
        f"select {_listed(table.columns)} from {table.name} where id = %s for update", (record_id,)
    )
    return await rows.fetchone()


async def by_name(
    tx: Tx, table: Table[T], asked: Asked, after: tuple[str, str] | None, limit: int
) -> list[T]:
    """Return records by name. after: (name, id) of the last one seen."""
    rows = tx.cursor(row_factory=class_row(table.row))
    await rows.execute(
        f"""select {_listed(table.columns)} from {table.name}
            where (%(text)s::text is null or strpos(lower(name), lower(%(text)s)) > 0
                   or strpos(lower({table.code}), lower(%(code)s)) > 0)
              and (%(kind)s::text is null or {table.kind} = %(kind)s)
              and (%(active)s::boolean is null or is_active = %(active)s)
              and (%(within)s::text[] is null or id = any(%(within)s))
              and (%(name)s::text is null
                   or (lower(name) collate "C", id) > (lower(%(name)s) collate "C", %(id)s))
            order by lower(name) collate "C", id
            limit %(limit)s""",
        {
            "text": asked.text,
            "code": asked.code,
            "kind": asked.kind,
            "active": asked.active,
            "within": None if asked.within is None else list(asked.within),
            "name": after and after[0],
            "id": after and after[1],
            "limit": limit,
        },
        prepare=False,
    )
    return await rows.fetchall()


async def count(tx: Tx, table: Table[T], within: Collection[str] | None) -> tuple[int, int]:
    """Return how many records are active and how many there are at all. within: ids to choose from."""
    answer = await tx.execute(
        f"""select count(*) filter (where is_active) as active, count(*) as total from {table.name}
            where (%(within)s::text[] is null or id = any(%(within)s))""",
        {"within": None if within is None else list(within)},
    )
    row = await answer.fetchone()
    assert row is not None
    return row["active"], row["total"]


async def add(tx: Tx, table: Table[T], tenant_id: str, new: T) -> None:
    """Write a new record; raises UniqueViolation when its code is taken."""
    given = _listed(tuple(f"%({column})s" for column in table.columns))
    await tx.execute(
        f"insert into {table.name} (tenant_id, {_listed(table.columns)}) values (%(tenant_id)s, {given})",
        {"tenant_id": tenant_id, **_values(new)},
    )


async def change(tx: Tx, table: Table[T], changed: T) -> None:
    """Overwrite a record; raises UniqueViolation when its code is taken."""
    given = _listed(
        tuple(f"{column} = %({column})s" for column in table.columns if column not in _NEVER_CHANGE)
    )
    await tx.execute(f"update {table.name} set {given} where id = %(id)s", _values(changed))


def _listed(parts: tuple[LiteralString, ...]) -> LiteralString:
    return ", ".join(parts)


def _values(record: Location | Product) -> Mapping[str, Any]:
    return asdict(record)
