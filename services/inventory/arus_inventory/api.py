"""REST routes of the catalogue: /locations and /products."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any

from arus_runtime.auth import Principal, require
from arus_runtime.commands import Commanded
from arus_runtime.ids import is_ulid
from arus_runtime.web import PREFIX, Ctx, IfMatch, Page, Paging, Problem, etag, router
from fastapi import Depends, Query, Response

from arus_inventory import commands, store
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

locations = router("locations")
products = router("products")

LocationReader = Annotated[Principal, Depends(require("locations", "r"))]
LocationCreator = Annotated[Principal, Depends(require("locations", "c"))]
LocationEditor = Annotated[Principal, Depends(require("locations", "u"))]
LocationRemover = Annotated[Principal, Depends(require("locations", "d"))]
ProductReader = Annotated[Principal, Depends(require("products", "r"))]
ProductCreator = Annotated[Principal, Depends(require("products", "c"))]
ProductEditor = Annotated[Principal, Depends(require("products", "u"))]
ProductRemover = Annotated[Principal, Depends(require("products", "d"))]

Text = Annotated[str | None, Query(max_length=200, description="Part of the name or code, in any case.")]
ActiveOnly = Annotated[bool | None, Query(description="Only active (true) or only inactive (false) ones.")]
CREATED: Mapping[int | str, dict[str, Any]] = {
    201: {"headers": {"Location": {"schema": {"type": "string"}}, "ETag": {"schema": {"type": "string"}}}}
}


@locations.get("/locations")
async def list_locations(
    *,
    context: Ctx,
    window: Paging,
    principal: LocationReader,
    q: Text = None,
    type: Annotated[LocationType | None, Query()] = None,  # noqa: A002 — the parameter's public name
    active: ActiveOnly = None,
) -> Page[LocationRecord]:
    """List locations by name."""
    async with context.db.tenant(principal.tenant_id) as tx:
        rows = await store.locations(
            tx,
            text=q or None,
            type_=type,
            active=active,
            within=principal.locations,
            after=window.after(str, str),
            limit=window.fetch,
        )
    return window.page(rows, LocationRecord.of, lambda row: (row.name, row.id))


@locations.post("/locations", status_code=201, response_model=LocationRecord, responses={**CREATED})
async def create_location(new: NewLocation, command: Commanded, principal: LocationCreator) -> Response:
    """Record a new location."""
    async with command.transaction() as tx:
        location = await commands.add_location(tx, principal, new.values(), datetime.now(UTC))
        headers = {"Location": f"{PREFIX}/locations/{location.id}", "ETag": etag(location.version)}
        return await command.answer(tx, 201, LocationRecord.of(location), headers)


@locations.get("/locations/{location_id}")
async def get_location(
    location_id: str, context: Ctx, response: Response, principal: LocationReader
) -> LocationRecord:
    """Show one location."""
    async with context.db.tenant(principal.tenant_id) as tx:
        visible = is_ulid(location_id) and principal.sees(location_id)
        location = await store.location(tx, location_id) if visible else None
    if location is None:
        raise Problem(404, "not_found")
    response.headers["ETag"] = etag(location.version)
    return LocationRecord.of(location)


@locations.patch("/locations/{location_id}", response_model=LocationRecord)
async def update_location(
    location_id: str,
    patch: LocationPatch,
    if_match: IfMatch,
    command: Commanded,
    principal: LocationEditor,
) -> Response:
    """Change what is sent and leave the rest."""

    def patched(location: Location) -> Location:
        return replace(location, **patch.values())

    async with command.transaction() as tx:
        location = await commands.change_location(
            tx, principal, location_id, if_match=if_match, at=datetime.now(UTC), change=patched
        )
        return await command.answer(tx, 200, LocationRecord.of(location), {"ETag": etag(location.version)})


@locations.put("/locations/{location_id}", response_model=LocationRecord)
async def replace_location(
    location_id: str,
    whole: LocationReplacement,
    if_match: IfMatch,
    command: Commanded,
    principal: LocationEditor,
) -> Response:
    """Replace everything but id, version and times; what is left out is emptied."""

    def replaced(location: Location) -> Location:
        return replace(location, **whole.values())

    async with command.transaction() as tx:
        location = await commands.change_location(
            tx, principal, location_id, if_match=if_match, at=datetime.now(UTC), change=replaced
        )
        return await command.answer(tx, 200, LocationRecord.of(location), {"ETag": etag(location.version)})


@locations.delete("/locations/{location_id}", status_code=204)
async def deactivate_location(
    location_id: str, if_match: IfMatch, command: Commanded, principal: LocationRemover
) -> Response:
    """Deactivate a location; its history stays, and doing it again changes nothing."""

    def deactivated(location: Location) -> Location:
        return replace(location, is_active=False)

    async with command.transaction() as tx:
        await commands.change_location(
            tx, principal, location_id, if_match=if_match, at=datetime.now(UTC), change=deactivated
        )
        return await command.answer(tx, 204)


@products.get("/products")
async def list_products(
    *,
    context: Ctx,
    window: Paging,
    principal: ProductReader,
    q: Text = None,
    kind: Annotated[ProductKind | None, Query()] = None,
    active: ActiveOnly = None,
) -> Page[ProductRecord]:
    """List products by name."""
    async with context.db.tenant(principal.tenant_id) as tx:
        rows = await store.products(
            tx, text=q or None, kind=kind, active=active, after=window.after(str, str), limit=window.fetch
        )
    return window.page(rows, ProductRecord.of, lambda row: (row.name, row.id))


@products.post("/products", status_code=201, response_model=ProductRecord, responses={**CREATED})
async def create_product(new: NewProduct, command: Commanded, principal: ProductCreator) -> Response:
    """Record a new product."""
    async with command.transaction() as tx:
        product = await commands.add_product(tx, principal, new.model_dump(), datetime.now(UTC))
        headers = {"Location": f"{PREFIX}/products/{product.id}", "ETag": etag(product.version)}
        return await command.answer(tx, 201, ProductRecord.of(product), headers)


@products.get("/products/{product_id}")
async def get_product(
    product_id: str, context: Ctx, response: Response, principal: ProductReader
) -> ProductRecord:
    """Show one product."""
    async with context.db.tenant(principal.tenant_id) as tx:
        product = await store.product(tx, product_id) if is_ulid(product_id) else None
    if product is None:
        raise Problem(404, "not_found")
    response.headers["ETag"] = etag(product.version)
    return ProductRecord.of(product)


@products.patch("/products/{product_id}", response_model=ProductRecord)
async def update_product(
    product_id: str,
    patch: ProductPatch,
    if_match: IfMatch,
    command: Commanded,
    principal: ProductEditor,
) -> Response:
    """Change what is sent and leave the rest."""

    def patched(product: Product) -> Product:
        return replace(product, **patch.model_dump(exclude_unset=True))

    async with command.transaction() as tx:
        product = await commands.change_product(
            tx, principal, product_id, if_match=if_match, at=datetime.now(UTC), change=patched
        )
        return await command.answer(tx, 200, ProductRecord.of(product), {"ETag": etag(product.version)})


@products.put("/products/{product_id}", response_model=ProductRecord)
async def replace_product(
    product_id: str,
    whole: ProductReplacement,
    if_match: IfMatch,
    command: Commanded,
    principal: ProductEditor,
) -> Response:
    """Replace everything but id, version and times."""

    def replaced(product: Product) -> Product:
        return replace(product, **whole.model_dump())

    async with command.transaction() as tx:
        product = await commands.change_product(
            tx, principal, product_id, if_match=if_match, at=datetime.now(UTC), change=replaced
        )
        return await command.answer(tx, 200, ProductRecord.of(product), {"ETag": etag(product.version)})


@products.delete("/products/{product_id}", status_code=204)
async def deactivate_product(
    product_id: str, if_match: IfMatch, command: Commanded, principal: ProductRemover
) -> Response:
    """Deactivate a product; its history stays, and doing it again changes nothing."""

    def deactivated(product: Product) -> Product:
        return replace(product, is_active=False)

    async with command.transaction() as tx:
        await commands.change_product(
            tx, principal, product_id, if_match=if_match, at=datetime.now(UTC), change=deactivated
        )
        return await command.answer(tx, 204)
