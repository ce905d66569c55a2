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
from arus_ingest.state import Entry, Location, Product
from arus_ingest.store import fuel as store


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


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Looks things up on behalf of one caller."""

    peers: Peers
    principal: Principal

    async def look_up(self, tx: Tx, location_ids: Collection[str], product_ids: Collection[str]) -> Known:
        """Return those that exist; raises the 503 when the owner must be asked and does not answer."""
        location_ids, product_ids = list(filter(is_ulid, location_ids)), list(filter(is_ulid, product_ids))
        known = await heard_of(tx, location_ids, product_ids)
        locations, products = known.locations, known.products
        doubtful_locations = [
            GetLocationRequest(location_id=id_) for id_ in location_ids if not _works(locations.get(id_))
        ]
        doubtful_products = [
            GetProductRequest(product_id=id_) for id_ in product_ids if not _is_fuel(products.get(id_))
        ]
        if doubtful_locations or doubtful_products:
            owner = Owner(self.peers, "inventory", self.principal, "catalogue_unreachable")
            stub = CatalogueServiceStub(owner.channel())
            asked_locations = await owner.known(stub.GetLocation, doubtful_locations)
            asked_products = await owner.known(stub.GetProduct, doubtful_products)
            locations |= {row.location.location_id: codec.location(row.location) for row in asked_locations}
            products |= {row.product.product_id: codec.product(row.product) for row in asked_products}
        return Known(locations, products)


def _works(location: Location | None) -> bool:
    return location is not None and location.is_active


def _is_fuel(product: Product | None) -> bool:
    return product is not None and product.is_active and product.kind == "fuel"
