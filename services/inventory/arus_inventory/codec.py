"""Catalogue records ⇄ the wire."""

from arus.catalog.v1.events_pb2 import LocationChanged, ProductChanged

from arus_inventory.state import Location, Product


def key(tenant_id: str, record_id: str) -> str:
    """Return the key of a catalogue topic."""
    return f"{tenant_id}:{record_id}"


def location_changed(tenant_id: str, location: Location, by: str = "") -> LocationChanged:
    """Return the event that states a location as it now is. by: who made it so, where that is told.

    Where a household lives is personal data, which no topic without an end keeps (R-10).
    """
    home = location.type == "household"
    return LocationChanged(
        tenant_id=tenant_id,
        location_id=location.id,
        name=location.name,
        type=location.type,
        timezone=location.timezone,
        external_code=location.external_code or "",
        address="" if home else location.address or "",
        latitude=None if home else location.latitude,
        longitude=None if home else location.longitude,
        capacity=location.capacity,
        is_active=location.is_active,
        version=location.version,
        changed_by=by,
    )


def product_changed(tenant_id: str, product: Product, by: str = "") -> ProductChanged:
    """Return the event that states a product as it now is. by: who made it so, where that is told."""
    return ProductChanged(
        tenant_id=tenant_id,
        product_id=product.id,
        code=product.code,
        name=product.name,
        kind=product.kind,
        unit=product.unit,
        is_active=product.is_active,
        version=product.version,
        changed_by=by,
    )
