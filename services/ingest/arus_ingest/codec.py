"""Fuel facts and catalogue records ⇄ the wire."""

from arus.catalog.v1.events_pb2 import LocationChanged, ProductChanged
from arus.fuel.v1.events_pb2 import (
    FuelDeliveryRecorded,
    FuelDeliveryVoided,
    FuelTransactionCorrected,
    FuelTransactionRecorded,
    FuelTransactionVoided,
)

from arus_ingest.state import FuelFact, FuelKey, Location, Product


def key(tenant_id: str, of: FuelKey) -> str:
    """Return the key of a fuel topic."""
    return f"{tenant_id}:{of.location_id}:{of.product_id}"


def transaction_recorded(tenant_id: str, fact: FuelFact) -> FuelTransactionRecorded:
    """Return the event of a transaction that stands under its key from now on."""
    return FuelTransactionRecorded(
        tenant_id=tenant_id,
        transaction_id=fact.id,
        location_id=fact.location_id,
        product_id=fact.product_id,
        business_date=fact.business_date.isoformat(),
        volume_ul=fact.volume_ul,
        timezone=fact.timezone,
        recorded_by=fact.recorded_by,
    )


def transaction_corrected(tenant_id: str, fact: FuelFact) -> FuelTransactionCorrected:
    """Return the event of a transaction that stays under its key and says something else now."""
    return FuelTransactionCorrected(
        tenant_id=tenant_id,
        transaction_id=fact.id,
        location_id=fact.location_id,
        product_id=fact.product_id,
        business_date=fact.business_date.isoformat(),
        volume_ul=fact.volume_ul,
        timezone=fact.timezone,
        corrected_by=fact.changed_by,
    )


def transaction_voided(tenant_id: str, fact: FuelFact, by: str) -> FuelTransactionVoided:
    """Return the event of a transaction that no longer stands under the fact's key."""
    return FuelTransactionVoided(
        tenant_id=tenant_id,
        transaction_id=fact.id,
        location_id=fact.location_id,
        product_id=fact.product_id,
        voided_by=by,
    )


def delivery_recorded(tenant_id: str, fact: FuelFact) -> FuelDeliveryRecorded:
    """Return the event of a delivery that came in."""
    return FuelDeliveryRecorded(
        tenant_id=tenant_id,
        delivery_id=fact.id,
        location_id=fact.location_id,
        product_id=fact.product_id,
        business_date=fact.business_date.isoformat(),
        volume_ul=fact.volume_ul,
        timezone=fact.timezone,
        recorded_by=fact.recorded_by,
    )


def delivery_voided(tenant_id: str, fact: FuelFact, by: str) -> FuelDeliveryVoided:
    """Return the event of a delivery that never happened."""
    return FuelDeliveryVoided(
        tenant_id=tenant_id,
        delivery_id=fact.id,
        location_id=fact.location_id,
        product_id=fact.product_id,
        voided_by=by,
    )


def location(event: LocationChanged) -> Location:
    """Return what a fuel fact needs to know of a location."""
    return Location(event.location_id, event.timezone, event.is_active)


def product(event: ProductChanged) -> Product:
    """Return what a fuel fact needs to know of a product."""
    return Product(event.product_id, event.kind, event.is_active)
