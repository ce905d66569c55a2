"""The catalogue as the gateway keeps it: names only."""

from arus.catalog.v1.events_pb2 import LocationChanged, ProductChanged
from arus_runtime.worker import Column, Effect, Meta, Projection, Table, Upsert

LOCATIONS = Table(
    "locations",
    (Column("tenant_id", "text"), Column("id", "text"), Column("name", "text")),
    key=("tenant_id", "id"),
)
PRODUCTS = Table(
    "products",
    (Column("tenant_id", "text"), Column("id", "text"), Column("name", "text")),
    key=("tenant_id", "id"),
)

catalogue = Projection(
    "catalogue", topics=("catalog.location.v1", "catalog.product.v1"), tables=(LOCATIONS, PRODUCTS)
)


@catalogue.on(LocationChanged)
def location_changed(event: LocationChanged, _: Meta) -> list[Effect]:
    """Keep what the place is called."""
    return [Upsert(LOCATIONS, (event.tenant_id, event.location_id, event.name))]


@catalogue.on(ProductChanged)
def product_changed(event: ProductChanged, _: Meta) -> list[Effect]:
    """Keep what the product is called."""
    return [Upsert(PRODUCTS, (event.tenant_id, event.product_id, event.name))]
