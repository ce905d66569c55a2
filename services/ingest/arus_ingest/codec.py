"""Fuel facts, imports and catalogue records ⇄ the wire."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
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
from arus.imports.v1.api_pb2 import ListDependantsResponse
from arus.imports.v1.events_pb2 import (
    ImportChanged,
    ImportChunkPublished,
    ImportRowsAnswered,
    ImportWithdrawalAnswered,
    ImportWithdrawn,
)
from google.protobuf.message import Message

from arus_ingest.state import (
    Dependant,
    FuelFact,
    FuelKey,
    Import,
    ImportedRow,
    Location,
    Outcomes,
    Product,
    Rejection,
)


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


BILLED: Final = frozenset({"target_mc", "kubikasi"})
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


def import_key(tenant_id: str, import_id: str) -> str:
    """Return the key of an import's topics."""
    return f"{tenant_id}:{import_id}"


def chunk(tenant_id: str, of: Import, number: int, rows: Sequence[ImportedRow]) -> ImportChunkPublished:
    """Return one chunk of a committed import; the first has number 1."""
    event = ImportChunkPublished(
        tenant_id=tenant_id,
        import_id=of.id,
        type=of.type,
        period=of.period,
        chunk=number,
        chunks=of.chunks,
        file_name=of.file_name,
        imported_by=of.committed_by or of.uploaded_by,
    )
    nothing = _billed_nothing(of)
    for row in rows:
        fields = {**nothing, **row.fields} if nothing else row.fields
        event.rows.add(
            row_id=row.id, number=row.number, key=row.key, hash=row.hash, fields=fields, place=row.which
        )
    return event


def _billed_nothing(of: Import) -> Mapping[str, str]:
    """Return what a billing master leaves empty of who was billed nothing.

    A plain list of customers has no column for it, and says nothing of it.
    """
    if of.type != "MC" or not of.detections:
        return {}
    return dict.fromkeys(BILLED & of.detections[of.sheet]["columns"].keys(), "0")


def withdrawn(tenant_id: str, of: Import, by: str) -> ImportWithdrawn:
    """Return the wish to take an import back."""
    return ImportWithdrawn(
        tenant_id=tenant_id, import_id=of.id, type=of.type, period=of.period, withdrawn_by=by
    )


def changed(tenant_id: str, of: Import, progress: float) -> ImportChanged:
    """Return how far an import is. progress: of what goes on now, 0 to 1."""
    asked_by, asked_at = _asked(of)
    return ImportChanged(
        tenant_id=tenant_id,
        import_id=of.id,
        state=of.state,
        type=of.type,
        period=of.period,
        file_name=of.file_name,
        rows=of.rows,
        done=of.done,
        created=of.created,
        updated=of.updated,
        unchanged=of.unchanged,
        rejected=of.rejected,
        imported_by=of.uploaded_by,
        progress=progress,
        asked_by=asked_by,
        asked_at=asked_at.isoformat(),
    )


def _asked(of: Import) -> tuple[str, datetime]:
    """Return who asked for what goes on, and when."""
    if of.undone_by and of.undone_at:
        return of.undone_by, of.undone_at
    if of.committed_by and of.committed_at:
        return of.committed_by, of.committed_at
    return of.uploaded_by, of.uploaded_at


def rejections(event: ImportRowsAnswered) -> list[Rejection]:
    """Return the rows of a chunk that its book refused."""
    return [
        Rejection(row.row_id, row.field, row.code, dict(row.params))
        for row in event.rows
        if row.outcome == ImportRowsAnswered.OUTCOME_REJECTED
    ]


def outcomes(event: ImportRowsAnswered) -> Outcomes:
    """Return what the rows of a chunk came to."""
    came_to = Counter(row.outcome for row in event.rows)
    return Outcomes(
        created=came_to[ImportRowsAnswered.OUTCOME_CREATED],
        updated=came_to[ImportRowsAnswered.OUTCOME_UPDATED],
        unchanged=came_to[ImportRowsAnswered.OUTCOME_UNCHANGED],
        rejected=came_to[ImportRowsAnswered.OUTCOME_REJECTED],
    )


def dependants(said: ImportWithdrawalAnswered | ListDependantsResponse) -> list[Dependant]:
    """Return what keeps an import from being taken back; empty when nothing does."""
    return [Dependant(one.kind, one.id, one.label) for one in said.dependants]


def _said(fact: FuelFact) -> dict[str, Any]:
    return {
        "business_date": fact.business_date.isoformat(),
        "volume_ul": fact.volume_ul,
        "timezone": fact.timezone,
    }
