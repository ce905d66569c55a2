"""What a report is made of. It travels as JSON to the process that prints it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from arus_runtime.words import Language

Period = Literal["month", "week"]
Severity = Literal["critical", "warning", "info"]
Answer = Literal["none", "acknowledged", "confirmed", "false_positive"]


@dataclass(frozen=True, slots=True)
class Use:
    """Fuel used, and how many records say so; no record: nobody knows."""

    volume_ul: int
    transactions: int


@dataclass(frozen=True, slots=True)
class Part:
    """What one location or product used, in this period, in the one before, and a year earlier."""

    name: str
    now: Use
    before: Use
    last_year: Use
    waspada: int = 0
    anomali: int = 0
    days_without: int = 0


@dataclass(frozen=True, slots=True)
class Alarm:
    """An ANOMALI verdict. score_pct: of the usual."""

    day: date
    location: str
    product: str
    volume_l: Decimal
    usual_l: Decimal | None
    score_pct: Decimal | None
    reason: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How many incidents of a severity there are; subsided: use is usual again, whatever was answered."""

    severity: Severity
    incidents: int = 0
    unanswered: int = 0
    acknowledged: int = 0
    confirmed: int = 0
    false_positive: int = 0
    subsided: int = 0


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident: its alarming records of the period, what was expected of them, and what people said."""

    first: date
    last: date
    location: str
    product: str
    severity: Severity
    records: int
    volume_l: Decimal
    expected_l: Decimal | None
    answer: Answer
    cause: str | None
    note: str


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a report says. days: use of each date from first to last. scope: the location, None: all."""

    organisation: str
    scope: str | None
    made_by: str
    made_at: datetime
    timezone: str
    language: Language
    period: Period
    first: date
    last: date
    days: Sequence[Use]
    total: Part
    locations: Sequence[Part]
    products: Sequence[Part]
    normal: int
    waspada: int
    anomali: int
    worst: Sequence[Alarm]
    incidents: Sequence[Standing]
    worst_incidents: Sequence[Incident]
