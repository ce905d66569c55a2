"""Fuel facts and catalogue records ⇄ the wire."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from arus.catalog.v1.events_pb2 import LocationChanged, ProductChanged
from arus.fuel.v1.events_pb2 import (
    FuelDeliveryCorrected,
    FuelDeliveryRecorded,
    FuelDeliveryVoided,
    FuelTransactionCorrected,
    FuelTransactionRecorded,
    FuelTransactionVoided,
)
from google.protobuf.message import Message

from arus_ingest.state import FuelFact, FuelKey, Location, Product


@dataclass(frozen=True, slots=True)
class Telling:
    """How one kind of fuel fact is told: the same three events, each kind with names of its own."""

    id_field: str
    recorded_as: Callable[..., Message]
    corrected_as: Callable[..., Message]
    voided_as: Callable[..., Message]

    def recorded(self, tenant_id: str, fact: FuelFact) -> Message:
        """Return the event of a fact that stands under its key from now on."""
        return self.recorded_as(**self._named(tenant_id, fact), **_said(fact), recorded_by=fact.recorded_by)

    def corrected(self, tenant_id: str, fact: FuelFact) -> Message:
        """Return the event of a fact that stays under its key and says something else now."""
        return self.corrected_as(**self._named(tenant_id, fact), **_said(fact), corrected_by=fact.changed_by)

    def voided(self, tenant_id: str, fact: FuelFact) -> Message:
        """Return the event of a fact that, since its last change, no longer stands under its key."""
        return self.voided_as(**self._named(tenant_id, fact), voided_by=fact.changed_by)

    def _named(self, tenant_id: str, fact: FuelFact) -> dict[str, Any]:
        return {
            "tenant_id": tenant_id,
            self.id_field: fact.id,
            "location_id": fact.location_id,
            "product_id": fact.product_id,
        }


TRANSACTIONS: Final = Telling(
    "transaction_id", FuelTransactionRecorded, FuelTransactionCorrected, FuelTransactionVoided
)
DELIVERIES: Final = Telling("delivery_id", FuelDeliveryRecorded, FuelDeliveryCorrected, FuelDeliveryVoided)


def key(tenant_id: str, of: FuelKey) -> str:
    """Return the key of a fuel topic."""
    return f"{tenant_id}:{of.location_id}:{of.product_id}"


def location(event: LocationChanged) -> Location:
    """Return what a fuel fact needs to know of a location."""
    return Location(event.location_id, event.timezone, event.is_active)


def product(event: ProductChanged) -> Product:
    """Return what a fuel fact needs to know of a product."""
    return Product(event.product_id, event.kind, event.is_active)


def _said(fact: FuelFact) -> dict[str, Any]:
    return {
        "business_date": fact.business_date.isoformat(),
        "volume_ul": fact.volume_ul,
        "timezone": fact.timezone,
    }
