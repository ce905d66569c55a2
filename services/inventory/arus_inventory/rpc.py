"""gRPC methods of the catalogue: its owner answers for records that a projection has not seen yet."""

from typing import Any

from arus.inventory.v1.api_pb2 import (
    CountLocationsRequest,
    CountLocationsResponse,
    GetLocationRequest,
    GetLocationResponse,
    GetProductRequest,
    GetProductResponse,
)
from arus.inventory.v1.api_pb2_grpc import CatalogueServiceServicer
from arus_runtime import rpc
from arus_runtime.auth import Principal
from arus_runtime.context import Context
from arus_runtime.web import Problem
from grpc.aio import ServicerContext
from typing_extensions import override

from arus_inventory import codec, store
from arus_inventory.commands import LOCATIONS, PRODUCTS, Shelf
from arus_inventory.store import T


class Catalogue(CatalogueServiceServicer):
    """CatalogueService: single records, within the caller's tenant and locations."""

    def __init__(self, context: Context) -> None:
        self._db = context.db

    @override
    async def GetLocation(
        self, request: GetLocationRequest, context: ServicerContext[Any, Any]
    ) -> GetLocationResponse:
        """Return a location; NOT_FOUND when the caller has no such one."""
        principal = rpc.require("locations", "r")
        location = await self._seen(LOCATIONS, principal, request.location_id)
        return GetLocationResponse(location=codec.location_changed(principal.tenant_id, location))

    @override
    async def GetProduct(
        self, request: GetProductRequest, context: ServicerContext[Any, Any]
    ) -> GetProductResponse:
        """Return a product; NOT_FOUND when the caller's tenant has no such one."""
        principal = rpc.require("products", "r")
        product = await self._seen(PRODUCTS, principal, request.product_id)
        return GetProductResponse(product=codec.product_changed(principal.tenant_id, product))

    @override
    async def CountLocations(
        self, request: CountLocationsRequest, context: ServicerContext[Any, Any]
    ) -> CountLocationsResponse:
        """Return how many locations the caller may see."""
        principal = rpc.require("locations", "r")
        async with self._db.tenant(principal.tenant_id) as tx:
            active, total = await store.count(tx, store.LOCATIONS, principal.locations)
        return CountLocationsResponse(active=active, total=total)

    async def _seen(self, shelf: Shelf[T], principal: Principal, record_id: str) -> T:
        record = None
        if shelf.sees(principal, record_id):
            async with self._db.tenant(principal.tenant_id) as tx:
                record = await store.one(tx, shelf.table, record_id)
        if record is None:
            raise Problem(404, "not_found")
        return record
