"""REST routes of the catalogue: /locations and /products, one shape for both."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Generic

from arus_runtime.auth import Principal, require
from arus_runtime.commands import Command, Commanded
from arus_runtime.context import Context
from arus_runtime.web import PREFIX, Ctx, IfMatch, IfMatchHeader, Page, Paging, Problem, Window, etag, router
from fastapi import Depends, Query, Response
from pydantic import BaseModel

from arus_inventory import commands, store
from arus_inventory.commands import LOCATIONS, PRODUCTS, Shelf
from arus_inventory.schemas import (
    LocationPatch,
    LocationRecord,
    LocationReplacement,
    LocationType,
    NewLocation,
    NewProduct,
    ProductKind,
    ProductPatch,
    ProductRecord,
    ProductReplacement,
)
from arus_inventory.state import Location, Product
from arus_inventory.store import Asked, T

locations = router("locations")
products = router("products")

LocationReader = Annotated[Principal, Depends(require("locations", "r"))]
ProductReader = Annotated[Principal, Depends(require("products", "r"))]
CREATED: Final[Mapping[int | str, dict[str, Any]]] = {
    201: {"headers": {"Location": {"schema": {"type": "string"}}, "ETag": {"schema": {"type": "string"}}}}
}


@dataclass(frozen=True, slots=True)
class Face(Generic[T]):
    """How a shelf shows itself over REST, and who may do what there."""

    shelf: Shelf[T]
    shown: Callable[[T], BaseModel]

    @property
    def name(self) -> str:
        """The resource, and the path below /api/v1."""
        return self.shelf.table.name

    def may(self, action: str) -> Any:
        """Return the dependency that admits callers who may do the action."""
        return Depends(require(self.name, action))


PLACES: Final = Face(LOCATIONS, LocationRecord.of)
GOODS: Final = Face(PRODUCTS, ProductRecord.of)


async def _searched(
    q: Annotated[
        str | None, Query(max_length=200, description="Part of the name or code, in any case.")
    ] = None,
    active: Annotated[
        bool | None, Query(description="Only active (true) or only inactive (false) ones.")
    ] = None,
) -> Asked:
    return Asked(q or None, q or None, None, active, None)


Searched = Annotated[Asked, Depends(_searched)]


@locations.get("/locations")
async def list_locations(
    *,
    context: Ctx,
    window: Paging,
    principal: LocationReader,
    asked: Searched,
    type: Annotated[LocationType | None, Query()] = None,  # noqa: A002 — the parameter's public name
) -> Page[LocationRecord]:
    """List locations by name, with their details for who may read `locations.details`."""
    known = asked if _sees_details(principal) else replace(asked, code=None)
    rows = await _found(context, LOCATIONS, principal, replace(known, kind=type), window)
    return window.page(rows, _told(principal), _position)


@products.get("/products")
async def list_products(
    *,
    context: Ctx,
    window: Paging,
    principal: ProductReader,
    asked: Searched,
    kind: Annotated[ProductKind | None, Query()] = None,
) -> Page[ProductRecord]:
    """List products by name."""
    rows = await _found(context, PRODUCTS, principal, replace(asked, kind=kind), window)
    return window.page(rows, ProductRecord.of, _position)


@locations.post(
    "/locations",
    status_code=201,
    response_model=LocationRecord,
    responses={**CREATED},
    dependencies=[PLACES.may("c")],
)
async def create_location(new: NewLocation, command: Commanded) -> Response:
    """Record a new location."""
    return await _create(command, PLACES, new.values())


@products.post(
    "/products",
    status_code=201,
    response_model=ProductRecord,
    responses={**CREATED},
    dependencies=[GOODS.may("c")],
)
async def create_product(new: NewProduct, command: Commanded) -> Response:
    """Record a new product."""
    return await _create(command, GOODS, new.values())


@locations.get("/locations/{location_id}")
async def get_location(
    location_id: str, context: Ctx, response: Response, principal: LocationReader
) -> LocationRecord:
    """Show one location, with its details for who may read `locations.details`."""
    return _told(principal)(await _seen(context, LOCATIONS, principal, location_id, response))


@products.get("/products/{product_id}")
async def get_product(
    product_id: str, context: Ctx, response: Response, principal: ProductReader
) -> ProductRecord:
    """Show one product."""
    return ProductRecord.of(await _seen(context, PRODUCTS, principal, product_id, response))


@locations.patch("/locations/{location_id}", response_model=LocationRecord, dependencies=[PLACES.may("u")])
async def update_location(
    location_id: str, patch: LocationPatch, if_match: IfMatch, command: Commanded
) -> Response:
    """Change what is sent and leave the rest."""
    return await _change(command, PLACES, location_id, if_match, patch.values())


@products.patch("/products/{product_id}", response_model=ProductRecord, dependencies=[GOODS.may("u")])
async def update_product(
    product_id: str, patch: ProductPatch, if_match: IfMatch, command: Commanded
) -> Response:
    """Change what is sent and leave the rest."""
    return await _change(command, GOODS, product_id, if_match, patch.values())


@locations.put("/locations/{location_id}", response_model=LocationRecord, dependencies=[PLACES.may("u")])
async def replace_location(
    location_id: str, whole: LocationReplacement, if_match: IfMatch, command: Commanded
) -> Response:
    """Replace everything but id, version and times; what is left out is emptied."""
    return await _change(command, PLACES, location_id, if_match, whole.values())


@products.put("/products/{product_id}", response_model=ProductRecord, dependencies=[GOODS.may("u")])
async def replace_product(
    product_id: str, whole: ProductReplacement, if_match: IfMatch, command: Commanded
) -> Response:
    """Replace everything but id, version and times."""
    return await _change(command, GOODS, product_id, if_match, whole.values())


@locations.delete("/locations/{location_id}", status_code=204, dependencies=[PLACES.may("d")])
async def deactivate_location(location_id: str, if_match: IfMatch, command: Commanded) -> Response:
    """Deactivate a location; its history stays, and doing it again changes nothing."""
    return await _deactivate(command, LOCATIONS, location_id, if_match)


@products.delete("/products/{product_id}", status_code=204, dependencies=[GOODS.may("d")])
async def deactivate_product(product_id: str, if_match: IfMatch, command: Commanded) -> Response:
    """Deactivate a product; its history stays, and doing it again changes nothing."""
    return await _deactivate(command, PRODUCTS, product_id, if_match)


async def _found(
    context: Context, shelf: Shelf[T], principal: Principal, asked: Asked, window: Window
) -> list[T]:
    within = shelf.scope(principal)
    async with context.db.tenant(principal.tenant_id) as tx:
        return await store.by_name(
            tx, shelf.table, replace(asked, within=within), window.after(str, str), window.fetch
        )


def _told(principal: Principal) -> Callable[[Location], LocationRecord]:
    return LocationRecord.of if _sees_details(principal) else LocationRecord.named


def _sees_details(principal: Principal) -> bool:
    return principal.may("locations.details", "r")


def _position(record: Location | Product) -> tuple[str, str]:
    return record.name, record.id


async def _seen(
    context: Context, shelf: Shelf[T], principal: Principal, record_id: str, response: Response
) -> T:
    record = None
    if shelf.sees(principal, record_id):
        async with context.db.tenant(principal.tenant_id) as tx:
            record = await store.one(tx, shelf.table, record_id)
    if record is None:
        raise Problem(404, "not_found")
    response.headers["ETag"] = etag(record.version)
    return record


async def _create(command: Command, face: Face[T], values: Mapping[str, Any]) -> Response:
    async with command.transaction() as tx:
        record = await commands.add(tx, command.principal, face.shelf, values, datetime.now(UTC))
        headers = {"Location": f"{PREFIX}/{face.name}/{record.id}", "ETag": etag(record.version)}
        return await command.answer(tx, 201, face.shown(record), headers)


async def _change(
    command: Command, face: Face[T], record_id: str, if_match: IfMatchHeader, values: Mapping[str, Any]
) -> Response:
    async with command.transaction() as tx:
        record = await commands.change(
            tx,
            command.principal,
            face.shelf,
            record_id,
            if_match=if_match,
            values=values,
            at=datetime.now(UTC),
        )
        return await command.answer(tx, 200, face.shown(record), {"ETag": etag(record.version)})


async def _deactivate(command: Command, shelf: Shelf[T], record_id: str, if_match: IfMatchHeader) -> Response:
    async with command.transaction() as tx:
        await commands.change(
            tx,
            command.principal,
            shelf,
            record_id,
            if_match=if_match,
            values={"is_active": False},
            at=datetime.now(UTC),
        )
        return await command.answer(tx, 204)
