"""What is remembered of a case that people look into, and of what happened to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Case:
    """A case as it now is.

    About a fuel fact: fact_id, location_id and product_id, and incident_id if the fact alarmed. About a
    customer: nomen, rayon, customer, address, and period if it is about one. number: counts the cases of the
    organisation. reminded: how far the assignee was reminded of due_date (``rules.cases.Reminded``).
    """

    id: str
    number: int
    domain: str
    type: str
    description: str
    status: str
    priority: str
    assignee_id: str | None
    due_date: date | None
    resolution: str
    incident_id: str | None
    fact_id: str | None
    location_id: str | None
    product_id: str | None
    nomen: str | None
    period: str | None
    rayon: str | None
    customer: str | None
    address: str | None
    reminded: int
    opened_by: str
    opened_at: datetime
    updated_at: datetime
    ended_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody wrote of a case."""

    id: str
    text: str
    written_by: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a case. removed_at: when it was taken away; its name stays."""

    id: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    added_by: str
    added_at: datetime
    removed_by: str | None = None
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """What somebody found in the field. stand_l: what the register showed, in litres; None: not read."""

    id: str
    visited_at: datetime
    outcome: str
    stand_l: int | None
    note: str
    attachment_ids: Sequence[str]
    recorded_by: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of a case's history. changes: field → what it was and what it is; about_id: of what came."""

    id: str
    kind: str
    changes: Mapping[str, Sequence[Any]]
    about_id: str | None
    changed_by: str
    changed_at: datetime
