"""Commands of the catalogue: check, record and event in one transaction, under a lock of the record."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Generic

from arus_runtime import outbox
from arus_runtime.auth import ForbiddenError, Principal
from arus_runtime.ids import is_ulid, new_ulid
from arus_runtime.postgres import Tx
from arus_runtime.web import FieldProblem, IfMatchHeader, Problem
from google.protobuf.message import Message
from psycopg.errors import UniqueViolation

from arus_inventory import codec, store
from arus_inventory.store import T, Table


@dataclass(frozen=True, slots=True)
class Shelf(Generic[T]):
    """One kind of catalogue record: where it lies, how it is told, and which of them a caller may see.

    scope: ids of the records within the caller's scope, None for all.
    """

    table: Table[T]
    told: Callable[[str, T, str], Message]
    scope: Callable[[Principal], Collection[str] | None]

    def sees(self, principal: Principal, record_id: str) -> bool:
        """Say whether the record lies within the caller's scope."""
        within = self.scope(principal)
        return is_ulid(record_id) and (within is None or record_id in within)


def _own_locations(principal: Principal) -> Collection[str] | None:
    return principal.locations


def _everything(_: Principal) -> None:
    return None


LOCATIONS: Final = Shelf(store.LOCATIONS, codec.location_changed, _own_locations)
PRODUCTS: Final = Shelf(store.PRODUCTS, codec.product_changed, _everything)


async def add(tx: Tx, principal: Principal, shelf: Shelf[T], values: Mapping[str, Any], at: datetime) -> T:
    """Record something new; raises the 409 when its code is taken."""
    if shelf.scope(principal) is not None:  # what is new lies outside every list of what is known
        raise ForbiddenError(shelf.table.name, "c")
    new = shelf.table.row(id=new_ulid(), version=1, created_at=at, updated_at=at, **values)
    try:
        await store.add(tx, shelf.table, principal.tenant_id, new)
    except UniqueViolation as error:
        raise _taken(shelf, new) from error
    await _tell(tx, principal, shelf, new)
    return new


async def change(
    tx: Tx,
    principal: Principal,
    shelf: Shelf[T],
    record_id: str,
    *,
    if_match: IfMatchHeader,
    values: Mapping[str, Any],
    at: datetime,
) -> T:
    """Change fields of a record if the caller has seen its version; no difference, no event."""
    visible = shelf.sees(principal, record_id)
    standing = await store.hold(tx, shelf.table, record_id) if visible else None
    if standing is None:
        raise Problem(404, "not_found")
    if_match.check(standing.version)
    changed = replace(standing, **values)
    if changed == standing:
        return standing
    changed = replace(changed, version=standing.version + 1, updated_at=at)
    try:
        await store.change(tx, shelf.table, changed)
    except UniqueViolation as error:
        raise _taken(shelf, changed) from error
    await _tell(tx, principal, shelf, changed)
    return changed


async def _tell(tx: Tx, principal: Principal, shelf: Shelf[T], record: T) -> None:
    tenant_id = principal.tenant_id
    await outbox.add(
        tx,
        shelf.told(tenant_id, record, principal.user_id),
        tenant_id=tenant_id,
        key=codec.key(tenant_id, record.id),
        cause=f"{record.id}/{record.version}",
        label="changed",
        at=record.updated_at,
    )


def _taken(shelf: Shelf[T], record: T) -> Problem:
    field = shelf.table.code
    value = getattr(record, field)
    entry = FieldProblem(field, "already_exists", {"value": value})
    return Problem(409, "already_exists", errors=[entry], params={"field": field, "value": value})
