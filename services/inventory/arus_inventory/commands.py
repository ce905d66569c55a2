"""Commands of the catalogue: check, record and event in one transaction, under a lock of the record."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from arus_runtime import outbox
from arus_runtime.auth import ForbiddenError, Principal
from arus_runtime.ids import is_ulid, new_ulid
from arus_runtime.postgres import Tx
from arus_runtime.web import FieldProblem, IfMatchHeader, Problem
from psycopg.errors import UniqueViolation

from arus_inventory import codec, store
from arus_inventory.state import Location, Product


async def add_location(tx: Tx, principal: Principal, values: dict[str, Any], at: datetime) -> Location:
    """Record a new location; raises the 409 when its external code is taken."""
    if principal.locations is not None:  # a new location lies outside every list of known ones
        raise ForbiddenError("locations", "c")
    location = Location(id=new_ulid(), version=1, created_at=at, updated_at=at, **values)
    try:
        await store.add_location(tx, principal.tenant_id, location)
    except UniqueViolation as error:
        raise _taken("external_code", location.external_code) from error
    await _tell_location(tx, principal.tenant_id, location)
    return location


async def change_location(
    tx: Tx,
    principal: Principal,
    location_id: str,
    *,
    if_match: IfMatchHeader,
    at: datetime,
    change: Callable[[Location], Location],
) -> Location:
    """Change a location if the caller has seen its version; no difference, no event."""
    visible = is_ulid(location_id) and principal.sees(location_id)
    standing = await store.hold_location(tx, location_id) if visible else None
    if standing is None:
        raise Problem(404, "not_found")
    if_match.check(standing.version)
    changed = change(standing)
    if changed == standing:
        return standing
    changed = replace(changed, version=standing.version + 1, updated_at=at)
    try:
        await store.change_location(tx, changed)
    except UniqueViolation as error:
        raise _taken("external_code", changed.external_code) from error
    await _tell_location(tx, principal.tenant_id, changed)
    return changed


async def add_product(tx: Tx, principal: Principal, values: dict[str, Any], at: datetime) -> Product:
    """Record a new product; raises the 409 when its code is taken."""
    product = Product(id=new_ulid(), version=1, created_at=at, updated_at=at, **values)
    try:
        await store.add_product(tx, principal.tenant_id, product)
    except UniqueViolation as error:
        raise _taken("code", product.code) from error
    await _tell_product(tx, principal.tenant_id, product)
    return product


async def change_product(
    tx: Tx,
    principal: Principal,
    product_id: str,
    *,
    if_match: IfMatchHeader,
    at: datetime,
    change: Callable[[Product], Product],
) -> Product:
    """Change a product if the caller has seen its version; no difference, no event."""
    standing = await store.hold_product(tx, product_id) if is_ulid(product_id) else None
    if standing is None:
        raise Problem(404, "not_found")
    if_match.check(standing.version)
    changed = change(standing)
    if changed == standing:
        return standing
    changed = replace(changed, version=standing.version + 1, updated_at=at)
    try:
        await store.change_product(tx, changed)
    except UniqueViolation as error:
        raise _taken("code", changed.code) from error
    await _tell_product(tx, principal.tenant_id, changed)
    return changed


async def _tell_location(tx: Tx, tenant_id: str, location: Location) -> None:
    await outbox.add(
        tx,
        codec.location_changed(tenant_id, location),
        tenant_id=tenant_id,
        key=codec.key(tenant_id, location.id),
        cause=f"{location.id}/{location.version}",
        label="changed",
        at=location.updated_at,
    )


async def _tell_product(tx: Tx, tenant_id: str, product: Product) -> None:
    await outbox.add(
        tx,
        codec.product_changed(tenant_id, product),
        tenant_id=tenant_id,
        key=codec.key(tenant_id, product.id),
        cause=f"{product.id}/{product.version}",
        label="changed",
        at=product.updated_at,
    )


def _taken(field: str, value: str | None) -> Problem:
    entry = FieldProblem(field, "already_exists", {"value": value})
    return Problem(409, "already_exists", errors=[entry], params={"field": field, "value": value})
