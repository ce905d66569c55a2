"""Notifications and deliveries, as REST shows them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, Self

from arus_runtime.web import Page
from arus_runtime.words import Language
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from arus_notify import codec, letters
from arus_notify.schemas.levels import ChannelName, SeverityName, name_of
from arus_notify.store.deliveries import Delivery
from arus_notify.store.notifications import Shown

State = Literal["waiting", "held", "sent", "digested", "failed", "skipped"]

NOTIFICATION: JsonDict = {
    "id": "5f0c3a9e-5a0d-5c9e-9d3c-0f6c2a1f7b11",
    "kind": "incident",
    "severity": "critical",
    "title": "Kritis: insiden di Gudang A, Solar",
    "text": "Pemakaian 520 L, 173% dari biasanya (300 L): ANOMALI.",
    "incident_id": "01JH8PV6W4RZ3M0T5X9K2C7B1N",
    "case_id": None,
    "standing": "open",
    "location": {"id": "01JGJ4M3Z8Q0T7C1V5X2B9N6KD", "name": "Gudang A"},
    "product": {"id": "01JGJ4M3ZA5R8W2E6T0Y4V1P7H", "name": "Solar"},
    "incidents": 1,
    "critical": 1,
    "import_id": None,
    "held": None,
    "created_at": "2025-01-10T10:15:01Z",
    "read_at": None,
}
DELIVERY: JsonDict = {
    "id": "0b9d2c77-3f0a-5d44-8c55-9a1f0b6f2d10",
    "channel": "email",
    "kind": "incident",
    "severity": "critical",
    "state": "sent",
    "reason": None,
    "detail": "<0b9d2c77-3f0a-5d44-8c55-9a1f0b6f2d10@arus>",
    "to": "s…@example.com",
    "person_id": "01JGJ4M3ZB0000000000000000",
    "webhook_id": None,
    "incident_id": "01JH8PV6W4RZ3M0T5X9K2C7B1N",
    "attempts": 1,
    "created_at": "2025-01-10T10:15:01Z",
    "ended_at": "2025-01-10T10:15:02Z",
}


class NamedRecord(BaseModel):
    """A record with its name."""

    id: str
    name: str


class NotificationRecord(BaseModel):
    """One entry of a person's list: an incident, the summary of old records, or news of a case."""

    model_config = ConfigDict(json_schema_extra={"examples": [NOTIFICATION]})

    id: str
    kind: Literal["incident", "summary", "case"]
    severity: SeverityName
    title: str
    text: str = Field(description="Why, in the asked language.")
    incident_id: str | None
    case_id: str | None
    standing: Literal["open", "closed", "withdrawn"] | None = Field(
        description="How the incident stands now; withdrawn: its records were corrected, there was none."
    )
    location: NamedRecord | None
    product: NamedRecord | None
    incidents: int
    critical: int
    import_id: str | None
    held: Literal["quiet", "budget"] | None = Field(
        description="Why it did not go out at once: quiet hours, or the limit of alarms a day."
    )
    created_at: datetime
    read_at: datetime | None

    @classmethod
    def of(cls, entry: Shown, names: Mapping[str, str], language: Language) -> Self:
        """Show an entry."""
        event = codec.incident(entry.said) if entry.said else None
        of_case = codec.case(entry.case_said) if entry.case_said else None
        place = event or (of_case if of_case and of_case.location_id else None)

        def named(record_id: str) -> NamedRecord:
            return NamedRecord(id=record_id, name=names.get(record_id, record_id))

        return cls.model_validate(
            {
                "id": entry.id,
                "kind": entry.kind,
                "severity": name_of(entry.severity),
                "title": letters.entry_headline(entry, names, language),
                "text": letters.entry_text(entry, names, language),
                "incident_id": entry.incident_id,
                "case_id": of_case.case_id if of_case else None,
                "standing": (entry.standing or "open") if event else None,
                "location": named(place.location_id) if place else None,
                "product": named(place.product_id) if place else None,
                "incidents": entry.incidents,
                "critical": entry.critical,
                "import_id": letters.import_of(entry.group_id or ""),
                "held": entry.held,
                "created_at": entry.created_at,
                "read_at": entry.read_at,
            }
        )


class NotificationPage(Page[NotificationRecord]):
    """One page of the list, and how much of the whole list is unread."""

    unread: int = Field(examples=[3])


class Unread(BaseModel):
    """How much of the list is unread."""

    unread: int = Field(examples=[0])


class DeliveryRecord(BaseModel):
    """One message to one address, and what became of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [DELIVERY]})

    id: str
    channel: ChannelName
    kind: Literal["incident", "summary", "case", "digest", "test"]
    severity: SeverityName
    state: State
    reason: str | None = Field(description="Why it is held, skipped, failed or not there yet.")
    detail: str | None = Field(description="What the other side said, or what it calls the message.")
    to: str = Field(description="The address, masked; a webhook's name.")
    person_id: str | None
    webhook_id: str | None
    incident_id: str | None
    attempts: int
    created_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        """Show a delivery."""
        return cls.model_validate(
            {
                "id": delivery.id,
                "channel": delivery.channel,
                "kind": delivery.kind,
                "severity": name_of(delivery.severity),
                "state": delivery.state,
                "reason": delivery.reason or None,
                "detail": delivery.detail or None,
                "to": delivery.to_shown,
                "person_id": delivery.person_id,
                "webhook_id": delivery.webhook_id,
                "incident_id": delivery.incident_id,
                "attempts": delivery.attempts,
                "created_at": delivery.created_at,
                "ended_at": delivery.ended_at,
            }
        )
