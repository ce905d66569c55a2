"""What is known of locations and products: first from this door's own copy, else from their owner.

The copy follows by events, so a thing created a moment ago may be missing and one reactivated a moment ago
may look inactive. Nothing is therefore refused on the copy's word alone.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from arus.inventory.v1.api_pb2 import GetLocationRequest, GetProductRequest
from arus.inventory.v1.api_pb2_grpc import CatalogueServiceStub
from arus_runtime import rpc
from arus_runtime.auth import Principal
from arus_runtime.ids import is_ulid
from arus_runtime.postgres import Tx
from arus_runtime.rpc import Peers
from arus_runtime.web import Problem, UnavailableError

from arus_ingest import codec, store
from arus_ingest.state import Location, Product

if TYPE_CHECKING:  # the asynchronous face of a stub is only a type
    from arus.inventory.v1.api_pb2_grpc import CatalogueServiceAsyncStub

T = TypeVar("T", Location, Product)

OWNER: Final = "inventory"
CALLS_AT_ONCE: Final = 16


@dataclass(frozen=True, slots=True)
class Known:
    """The locations and products that exist, by id."""

    locations: dict[str, Location]
    products: dict[str, Product]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Looks things up on behalf of one caller."""

    peers: Peers
    principal: Principal

    async def look_up(self, tx: Tx, location_ids: Collection[str], product_ids: Collection[str]) -> Known:
        """Return those that exist; raises the 503 when the owner must be asked and does not answer."""
        location_ids, product_ids = list(filter(is_ulid, location_ids)), list(filter(is_ulid, product_ids))
        locations, products = await store.known(tx, location_ids, product_ids)
        doubtful_locations = [
            id_ for id_ in location_ids if not (id_ in locations and locations[id_].is_active)
        ]
        doubtful_products = [
            id_
            for id_ in product_ids
            if not (id_ in products and products[id_].is_active and products[id_].kind == "fuel")
        ]
        if doubtful_locations or doubtful_products:
            stub = self._stub()
            asked_locations = await _ask(doubtful_locations, lambda id_: self._location(stub, id_))
            asked_products = await _ask(doubtful_products, lambda id_: self._product(stub, id_))
            locations = {**locations, **{row.id: row for row in asked_locations}}
            products = {**products, **{row.id: row for row in asked_products}}
        return Known(locations, products)

    def _stub(self) -> "CatalogueServiceAsyncStub":
        try:
            return CatalogueServiceStub(self.peers.channel(OWNER))
        except UnavailableError as error:
            raise Problem(503, "catalogue_unreachable") from error

    async def _location(self, stub: "CatalogueServiceAsyncStub", location_id: str) -> Location:
        answer = await rpc.call(stub.GetLocation, GetLocationRequest(location_id=location_id), self.principal)
        return codec.location(answer.location)

    async def _product(self, stub: "CatalogueServiceAsyncStub", product_id: str) -> Product:
        answer = await rpc.call(stub.GetProduct, GetProductRequest(product_id=product_id), self.principal)
        return codec.product(answer.product)


async def _ask(ids: Collection[str], question: Callable[[str], Awaitable[T]]) -> list[T]:
    """Ask the owner about each id, a few at a time, and return what it knows."""
    turn = asyncio.Semaphore(CALLS_AT_ONCE)

    async def one(id_: str) -> T | None:
        async with turn:
            try:
                return await question(id_)
            except Problem as problem:
                if problem.status == 404:
                    return None
                raise
            except UnavailableError as error:
                raise Problem(503, "catalogue_unreachable") from error

    return [known for known in await asyncio.gather(*map(one, ids)) if known is not None]
