"""What is known of locations and products: first from this door's own copy, else from their owner.

The copy follows by events, so a thing created a moment ago may be missing and one reactivated a moment ago
may look inactive. Nothing is therefore refused on the copy's word alone.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from typing import Final, TypeVar

from arus.inventory.v1.api_pb2 import GetLocationRequest, GetProductRequest
from arus.inventory.v1.api_pb2_grpc import CatalogueServiceStub
from arus_runtime.auth import Principal
from arus_runtime.ids import is_ulid
from arus_runtime.owner import Owner
from arus_runtime.postgres import Tx
from arus_runtime.rpc import Peers
from arus_runtime.web import wrong

from arus_ingest import codec
from arus_ingest.state import Entry, Location, Product
from arus_ingest.store import fuel as store

Outcome = TypeVar("Outcome")

MOST_UNSURE: Final = 500
"""Of how many things the owner is asked for one request."""


@dataclass(frozen=True, slots=True)
class Known:
    """The locations and products that exist, by id."""

    locations: dict[str, Location]
    products: dict[str, Product]

    def surely(self, entry: Entry) -> bool:
        """Say whether the place works and the product is a fuel, so that no owner need be asked."""
        return _works(self.locations.get(entry.location_id)) and _is_fuel(self.products.get(entry.product_id))


async def heard_of(tx: Tx, location_ids: Collection[str], product_ids: Collection[str]) -> Known:
    """Return those that this door's copy has."""
    return Known(
        *await store.known(tx, list(filter(is_ulid, location_ids)), list(filter(is_ulid, product_ids)))
    )


class _UnsureError(Exception):
    """Only the owner knows of some ids. It is asked between transactions: none waits for another service."""

    def __init__(self, location_ids: Collection[str], product_ids: Collection[str]) -> None:
        super().__init__("the owner must be asked")
        self.location_ids = location_ids
        self.product_ids = product_ids


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Looks things up on behalf of one caller. said: what the owner said; asked: of which ids."""

    peers: Peers
    principal: Principal
    said: Known = field(default_factory=lambda: Known({}, {}))
    asked: set[str] = field(default_factory=set[str])

    async def sure(self, attempt: Callable[[], Awaitable[Outcome]]) -> Outcome:
        """Return what an attempt with a transaction of its own comes to, asking the owner what it lacks.

        Raises the 503 when the owner must be asked and does not answer, and the 422 of too many unknown ids.
        """
        while True:
            try:
                return await attempt()
            except _UnsureError as unsure:
                await self._ask(unsure)

    async def look_up(self, tx: Tx, location_ids: Collection[str], product_ids: Collection[str]) -> Known:
        """Return those that exist, inside ``sure``."""
        location_ids, product_ids = list(filter(is_ulid, location_ids)), list(filter(is_ulid, product_ids))
        known = await heard_of(tx, location_ids, product_ids)
        locations, products = known.locations | self.said.locations, known.products | self.said.products
        places = [id_ for id_ in location_ids if id_ not in self.asked and not _works(locations.get(id_))]
        goods = [id_ for id_ in product_ids if id_ not in self.asked and not _is_fuel(products.get(id_))]
        if places or goods:
            raise _UnsureError(places, goods)
        return Known(locations, products)

    async def _ask(self, unsure: _UnsureError) -> None:
        ids = {*unsure.location_ids, *unsure.product_ids}
        if len(ids) > MOST_UNSURE:
            raise wrong("items", "too_many_unknown", value=len(ids), bound=MOST_UNSURE)
        owner = Owner(self.peers, "inventory", self.principal, "catalogue_unreachable")
        stub = CatalogueServiceStub(owner.channel())
        places = await owner.known(
            stub.GetLocation, [GetLocationRequest(location_id=id_) for id_ in unsure.location_ids]
        )
        goods = await owner.known(
            stub.GetProduct, [GetProductRequest(product_id=id_) for id_ in unsure.product_ids]
        )
        self.said.locations.update({row.location.location_id: codec.location(row.location) for row in places})
        self.said.products.update({row.product.product_id: codec.product(row.product) for row in goods})
        self.asked.update(ids)


def _works(location: Location | None) -> bool:
    return location is not None and location.is_active


def _is_fuel(product: Product | None) -> bool:
    return product is not None and product.is_active and product.kind == "fuel"
