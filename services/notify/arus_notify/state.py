"""What is remembered: how far people were told of incidents, and how each of them wants to be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import IntEnum, StrEnum
from typing import Final


class Severity(IntEnum):
    """How bad, as on the wire; OFF is above everything, so whoever waits for it is never told."""

    INFO = 2
    WARNING = 3
    CRITICAL = 4
    OFF = 9


class Channel(StrEnum):
    """By which way somebody is told."""

    IN_APP = "in_app"
    EMAIL = "email"
    WHATSAPP = "whatsapp"
    WEBHOOK = "webhook"


class Held(StrEnum):
    """Why an alert waits for the digest."""

    QUIET = "quiet"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True)
class Told:
    """The highest severity that people were told of, by incident; the newest incidents of one key."""

    severities: Mapping[str, Severity] = field(default_factory=dict[str, Severity])


@dataclass(frozen=True, slots=True)
class Alert:
    """Something about an incident that people should know, once per incident and severity.

    group_id: what it is summarised with; empty: it is told by itself. said: the IncidentChanged that says it.
    """

    tenant_id: str
    incident_id: str
    severity: Severity
    location_id: str
    group_id: str
    occurred_at: datetime
    said: bytes


@dataclass(frozen=True, slots=True)
class CaseAlert:
    """Something about a case that some people and the webhooks should know.

    what: opened, assigned, commented, visited, fell_due, became_overdue, resolved or closed. people: whom it
    is for. location_id: where the case lies, empty for nowhere. said: the CaseChanged that says it.
    """

    tenant_id: str
    id: str
    what: str
    severity: Severity
    location_id: str
    people: Sequence[str]
    occurred_at: datetime
    said: bytes


DEFAULT_DIGEST: Final = time(7)


@dataclass(frozen=True, slots=True)
class Preferences:
    """How a person wants to be told: per channel the least severity.

    whatsapp_number: sealed. quiet_from to quiet_to: local times, over midnight where from is later; None: no
    quiet hours. digest_at: None: no digest. timezone: empty: the organisation's. version 0: never changed.
    """

    in_app: Severity = Severity.INFO
    email: Severity = Severity.WARNING
    whatsapp: Severity = Severity.OFF
    whatsapp_number: str = ""
    quiet_from: time | None = None
    quiet_to: time | None = None
    critical_passes: bool = False
    digest_at: time | None = DEFAULT_DIGEST
    alarms_per_day: int = 20
    timezone: str = ""
    version: int = 0
