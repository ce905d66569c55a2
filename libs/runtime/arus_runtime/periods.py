"""Business dates counted by day, ISO week or month, and what a stretch of them is compared with."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

Period = Literal["day", "week", "month"]
Compare = Literal["previous", "last_year"]

MONTH: Final = r"^(?:19|20)[0-9][0-9]-(?:0[1-9]|1[0-2])$"
"""What a month looks like in requests and files: YYYY-MM, of the last century or this one."""
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
ONE_DAY: Final = timedelta(days=1)
# 52 weeks, not 365 days: a Monday is compared with a Monday.
_LAST_YEAR: Final[Mapping[Period, int]] = {"day": 364, "week": 52, "month": 12}


def day(text: str) -> date:
    """Return the day that is written as YYYY-MM-DD; raises ValueError for any other text."""
    if not _DAY.fullmatch(text):
        raise ValueError(f"a day is written YYYY-MM-DD, got {text}")
    return date.fromisoformat(text)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Dates from the first to the last one, both included."""

    first: date
    last: date


def started(period: Period, day: date) -> date:
    """Return the first date of the period that a date lies in; weeks begin on Monday (ISO 8601)."""
    if period == "day":
        return day
    return day - day.weekday() * ONE_DAY if period == "week" else day.replace(day=1)


def moved(period: Period, start: date, steps: int) -> date:
    """Return the first date of the period so many steps after (or, negative, before) the one that starts."""
    if period == "day":
        return start + steps * ONE_DAY
    if period == "week":
        return start + steps * 7 * ONE_DAY
    months = start.year * 12 + start.month - 1 + steps
    return date(months // 12, months % 12 + 1, 1)


def cut(period: Period, whole: Stretch) -> list[Stretch]:
    """Return the periods of a stretch, oldest first; the outer ones end where the stretch ends."""
    parts: list[Stretch] = []
    start = started(period, whole.first)
    while start <= whole.last:
        after = moved(period, start, 1)
        parts.append(Stretch(max(start, whole.first), min(after - ONE_DAY, whole.last)))
        start = after
    return parts


def count(period: Period, whole: Stretch) -> int:
    """Return how many periods a stretch is cut into, without cutting it."""
    first, last = started(period, whole.first), started(period, whole.last)
    if period == "month":
        return (last.year - first.year) * 12 + last.month - first.month + 1
    return (last - first).days // (7 if period == "week" else 1) + 1


def earlier(period: Period, compare: Compare, part: Stretch, parts: int) -> Stretch | None:
    """Return what a part of a stretch of so many parts is compared with: as much of the earlier period.

    previous: as many periods earlier as there are parts. last_year: 52 weeks earlier for days and weeks,
    twelve months for months. A whole period is compared with a whole one, however long it is. None where the
    earlier month is over before the part begins.
    """
    start = started(period, part.first)
    steps = parts if compare == "previous" else _LAST_YEAR[period]
    before = moved(period, start, -steps)
    end = moved(period, before, 1) - ONE_DAY
    first = before + (part.first - start)
    is_whole = part.last == moved(period, start, 1) - ONE_DAY
    last = end if is_whole else min(before + (part.last - start), end)
    return Stretch(first, last) if first <= last else None
