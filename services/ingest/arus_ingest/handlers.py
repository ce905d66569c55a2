"""The catalogue as this door has heard of it: a projection of inventory's compacted topics."""

from arus.catalog.v1.events_pb2 import LocationChanged, ProductChanged
from arus_runtime.worker import Column, Meta, Projection, Table, Upsert

LOCATIONS = Table(
    "locations",
    (
        Column("tenant_id", "text"),
        Column("id", "text"),
        Column("name", "text"),
        Column("timezone", "text"),
        Column("is_active", "bool"),
        Column("version", "int8"),
    ),
    key=("tenant_id", "id"),
)
PRODUCTS = Table(
    "products",
    (
        Column("tenant_id", "text"),
        Column("id", "text"),
        Column("name", "text"),
        Column("kind", "text"),
        Column("is_active", "bool"),
        Column("version", "int8"),
    ),
    key=("tenant_id", "id"),
)

catalogue = Projection(
    "catalogue", topics=("catalog.location.v1", "catalog.product.v1"), tables=(LOCATIONS, PRODUCTS)
)


@catalogue.on(LocationChanged)
def location_changed(event: LocationChanged, _meta: Meta) -> list[Upsert]:
    """Remember a location as it now is."""
    values = (event.tenant_id, event.location_id, event.name, event.timezone, event.is_active, event.version)
    return [Upsert(LOCATIONS, values)]


@catalogue.on(ProductChanged)
def product_changed(event: ProductChanged, _meta: Meta) -> list[Upsert]:
    """Remember a product as it now is."""
    values = (event.tenant_id, event.product_id, event.name, event.kind, event.is_active, event.version)
    return [Upsert(PRODUCTS, values)]
