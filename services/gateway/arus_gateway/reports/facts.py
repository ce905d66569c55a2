"""What a report is made of. It travels as JSON to the process that prints it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from arus_runtime.words import Language

Period = Literal["month", "week"]


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
