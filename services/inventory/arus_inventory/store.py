"""SQL of the catalogue, inside one tenant's transaction: row-level security adds the tenant to every read.

What searches is planned anew each time (prepare=False): a plan kept from when a table was empty reads it
whole when it is full.
"""

# ruff: noqa: S608 — what is spliced into the SQL is this module's own list of columns

from collections.abc import Collection
from dataclasses import asdict
from typing import Final

from arus_runtime.postgres import Tx
from psycopg.rows import class_row

from arus_inventory.state import Location, Product

_LOCATION: Final = """
    id, name, type, timezone, external_code, address, latitude, longitude, capacity, manager,
    is_active, version, created_at, updated_at"""
_PRODUCT: Final = "id, code, name, kind, unit, is_active, version, created_at, updated_at"


async def location(tx: Tx, location_id: str) -> Location | None:
    """Return one location."""
    rows = tx.cursor(row_factory=class_row(Location))
    await rows.execute(f"select {_LOCATION} from locations where id = %s", (location_id,))
    return await rows.fetchone()


async def hold_location(tx: Tx, location_id: str) -> Location | None:
    """Return one location and keep others from changing it until the transaction ends."""
    rows = tx.cursor(row_factory=class_row(Location))
    await rows.execute(f"select {_LOCATION} from locations where id = %s for update", (location_id,))
    return await rows.fetchone()


async def locations(
    tx: Tx,
    *,
    text: str | None,
    type_: str | None,
    active: bool | None,
    within: Collection[str] | None,
    after: tuple[str, str] | None,
    limit: int,
) -> list[Location]:
    """Return locations by name.

    text: part of a name or external code; within: ids to choose from; after: (name, id) of the last one.
    """
    rows = tx.cursor(row_factory=class_row(Location))
    await rows.execute(
        f"""select {_LOCATION} from locations
            where (%(text)s::text is null or strpos(lower(name), lower(%(text)s)) > 0
                   or strpos(lower(external_code), lower(%(text)s)) > 0)
              and (%(type)s::text is null or type = %(type)s)
              and (%(active)s::boolean is null or is_active = %(active)s)
              and (%(within)s::text[] is null or id = any(%(within)s))
              and (%(name)s::text is null
                   or (lower(name) collate "C", id) > (lower(%(name)s) collate "C", %(id)s))
            order by lower(name) collate "C", id
            limit %(limit)s""",
        {
            "text": text,
            "type": type_,
            "active": active,
            "within": None if within is None else list(within),
            "name": after and after[0],
            "id": after and after[1],
            "limit": limit,
        },
        prepare=False,
    )
    return await rows.fetchall()


async def count_locations(tx: Tx, within: Collection[str] | None) -> tuple[int, int]:
    """Return how many locations are active and how many there are at all."""
    answer = await tx.execute(
        """select count(*) filter (where is_active) as active, count(*) as total from locations
           where (%(within)s::text[] is null or id = any(%(within)s))""",
        {"within": None if within is None else list(within)},
    )
    row = await answer.fetchone()
    assert row is not None
    return row["active"], row["total"]


async def add_location(tx: Tx, tenant_id: str, new: Location) -> None:
    """Write a new location; raises UniqueViolation when its external code is taken."""
    await tx.execute(
        f"""insert into locations (tenant_id, {_LOCATION})
            values (%(tenant_id)s, %(id)s, %(name)s, %(type)s, %(timezone)s, %(external_code)s, %(address)s,
                    %(latitude)s, %(longitude)s, %(capacity)s, %(manager)s, %(is_active)s, %(version)s,
                    %(created_at)s, %(updated_at)s)""",
        {"tenant_id": tenant_id, **asdict(new)},
    )


async def change_location(tx: Tx, changed: Location) -> None:
    """Overwrite a location; raises UniqueViolation when its external code is taken."""
    await tx.execute(
        """update locations
           set name = %(name)s, type = %(type)s, timezone = %(timezone)s, external_code = %(external_code)s,
               address = %(address)s, latitude = %(latitude)s, longitude = %(longitude)s,
               capacity = %(capacity)s, manager = %(manager)s, is_active = %(is_active)s,
               version = %(version)s, updated_at = %(updated_at)s
           where id = %(id)s""",
        asdict(changed),
    )


async def product(tx: Tx, product_id: str) -> Product | None:
    """Return one product."""
    rows = tx.cursor(row_factory=class_row(Product))
    await rows.execute(f"select {_PRODUCT} from products where id = %s", (product_id,))
    return await rows.fetchone()


async def hold_product(tx: Tx, product_id: str) -> Product | None:
    """Return one product and keep others from changing it until the transaction ends."""
    rows = tx.cursor(row_factory=class_row(Product))
    await rows.execute(f"select {_PRODUCT} from products where id = %s for update", (product_id,))
    return await rows.fetchone()


async def products(
    tx: Tx,
    *,
    text: str | None,
    kind: str | None,
    active: bool | None,
    after: tuple[str, str] | None,
    limit: int,
) -> list[Product]:
    """Return products by name. text: part of a name or code; after: (name, id)."""
    rows = tx.cursor(row_factory=class_row(Product))
    await rows.execute(
        f"""select {_PRODUCT} from products
            where (%(text)s::text is null or strpos(lower(name), lower(%(text)s)) > 0
                   or strpos(lower(code), lower(%(text)s)) > 0)
              and (%(kind)s::text is null or kind = %(kind)s)
              and (%(active)s::boolean is null or is_active = %(active)s)
              and (%(name)s::text is null
                   or (lower(name) collate "C", id) > (lower(%(name)s) collate "C", %(id)s))
            order by lower(name) collate "C", id
            limit %(limit)s""",
        {
            "text": text,
            "kind": kind,
            "active": active,
            "name": after and after[0],
            "id": after and after[1],
            "limit": limit,
        },
        prepare=False,
    )
    return await rows.fetchall()


async def add_product(tx: Tx, tenant_id: str, new: Product) -> None:
    """Write a new product; raises UniqueViolation when its code is taken."""
    await tx.execute(
        f"""insert into products (tenant_id, {_PRODUCT})
            values (%(tenant_id)s, %(id)s, %(code)s, %(name)s, %(kind)s, %(unit)s, %(is_active)s, %(version)s,
                    %(created_at)s, %(updated_at)s)""",
        {"tenant_id": tenant_id, **asdict(new)},
    )


async def change_product(tx: Tx, changed: Product) -> None:
    """Overwrite a product; raises UniqueViolation when its code is taken."""
    await tx.execute(
        """update products
           set code = %(code)s, name = %(name)s, kind = %(kind)s, unit = %(unit)s, is_active = %(is_active)s,
               version = %(version)s, updated_at = %(updated_at)s
           where id = %(id)s""",
        asdict(changed),
    )
