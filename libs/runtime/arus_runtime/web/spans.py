"""Days and moments as they are sent, and spans of business dates, as trends are asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Final

from fastapi import Depends, Query
from pydantic import AwareDatetime, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from arus_runtime import periods
from arus_runtime.periods import Compare, Period, Stretch
from arus_runtime.web.problems import wrong

MOST_POINTS: Final = 4_000
"""What one chart can show, and one answer may hold."""
OLDEST: Final = date(1900, 1, 1)
NEWEST: Final = date(2199, 12, 31)


def _as_written(value: object) -> object:
    """Refuse what is no day as people write one: seconds since 1970, a time."""
    if not isinstance(value, (str, int, float)):
        return value
    try:
        return periods.day(str(value))
    except ValueError:
        raise PydanticCustomError("not_date", "no date") from None


AS_WRITTEN: Final = BeforeValidator(_as_written)
Day = Annotated[date, AS_WRITTEN]
"""A date written as YYYY-MM-DD."""
BusinessDate = Annotated[date, Field(ge=OLDEST, le=NEWEST), AS_WRITTEN]
Moment = Annotated[
    AwareDatetime,
    Field(
        ge=datetime.combine(OLDEST, time.min, UTC),
        le=datetime.combine(NEWEST, time.max, UTC).replace(microsecond=0),
    ),
]
"""A time with its offset from UTC, which the database can hold in whatever zone."""
_USUAL: Final = {"day": timedelta(days=29), "week": timedelta(weeks=12), "month": timedelta(days=335)}


@dataclass(frozen=True, slots=True)
class Span:
    """The periods that are asked for, and those they are compared with."""

    period: Period
    whole: Stretch
    compare: Compare | None
    parts: Sequence[Stretch]
    befores: Sequence[Stretch | None]

    @property
    def before(self) -> Stretch | None:
        """All dates that are compared with, None when there are none."""
        known = [part for part in self.befores if part is not None]
        return Stretch(known[0].first, known[-1].last) if known else None


def span_of(
    period: Period, since: date | None, until: date | None, compare: Compare | None, series: int
) -> Span:
    """Return the span asked for; raises the 422 of reversed dates, or of more points than MOST_POINTS.

    series: how many there can be at most, each with a point a period.
    """
    last = until or datetime.now(UTC).date()
    first = since or max(last - _USUAL[period], OLDEST)
    if first > last:
        raise wrong("from", "too_large", bound=last, value=first)
    whole = Stretch(first, last)
    points = series * periods.count(period, whole)
    if points > MOST_POINTS:
        raise wrong("from", "too_many_points", bound=MOST_POINTS, value=points)
    parts = periods.cut(period, whole)
    befores = [periods.earlier(period, compare, part, len(parts)) if compare else None for part in parts]
    return Span(period, whole, compare, parts, befores)


@dataclass(frozen=True, slots=True)
class AskedSpan:
    """A span as it is asked for, not yet known to be answerable."""

    period: Period
    since: date | None
    until: date | None
    compare: Compare | None

    def of(self, series: int) -> Span:
        """Return the span for at most so many series; raises Problem 422."""
        return span_of(self.period, self.since, self.until, self.compare, series)


async def _spanned(
    period: Annotated[Period, Query(description="Weeks begin on Monday (ISO 8601).")] = "day",
    since: Annotated[
        BusinessDate | None,
        Query(
            alias="from",
            description="First business date; default: 30 days, 13 weeks or 12 months up to the last one.",
        ),
    ] = None,
    until: Annotated[
        BusinessDate | None,
        Query(alias="to", description="Last business date; default today (UTC)."),
    ] = None,
) -> AskedSpan:
    return AskedSpan(period, since, until, None)


Spanned = Annotated[AskedSpan, Depends(_spanned)]
"""A route's parameter that brings ?period=&from=&to=."""


async def _compared(
    span: Spanned,
    compare: Annotated[
        Compare | None,
        Query(
            description="previous: as many periods just before. last_year: 52 weeks earlier for days and"
            " weeks, 12 months for months. A period cut short is compared with as much of the earlier one."
        ),
    ] = None,
) -> AskedSpan:
    return replace(span, compare=compare)


Compared = Annotated[AskedSpan, Depends(_compared)]
"""A route's parameter that brings ?period=&from=&to=&compare=."""
