"""What is known of locations and products: first from this door's own copy, else from their owner.

The copy follows by events, so a thing created a moment ago may be missing and one reactivated a moment ago
may look inactive. Nothing is therefore refused on the copy's word alone.
"""

from collections.abc import Collection
from dataclasses import dataclass

from arus.inventory.v1.api_pb2 import GetLocationRequest, GetProductRequest
from arus.inventory.v1.api_pb2_grpc import CatalogueServiceStub
from arus_runtime.auth import Principal
from arus_runtime.ids import is_ulid
from arus_runtime.owner import Owner
from arus_runtime.postgres import Tx
from arus_runtime.rpc import Peers

from arus_ingest import codec
from arus_ingest.state import Location, Product
from arus_ingest.store import fuel as store


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
            GetLocationRequest(location_id=id_)
            for id_ in location_ids
            if not (id_ in locations and locations[id_].is_active)
        ]
        doubtful_products = [
            GetProductRequest(product_id=id_)
            for id_ in product_ids
            if not (id_ in products and products[id_].is_active and products[id_].kind == "fuel")
        ]
        if doubtful_locations or doubtful_products:
            owner = Owner(self.peers, "inventory", self.principal, "catalogue_unreachable")
            stub = CatalogueServiceStub(owner.channel())
            asked_locations = await owner.known(stub.GetLocation, doubtful_locations)
            asked_products = await owner.known(stub.GetProduct, doubtful_products)
            locations |= {row.location.location_id: codec.location(row.location) for row in asked_locations}
            products |= {row.product.product_id: codec.product(row.product) for row in asked_products}
        return Known(locations, products)
