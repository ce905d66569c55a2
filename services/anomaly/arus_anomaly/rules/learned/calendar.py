"""The Indonesian calendar: which days are not like others, year by year."""

from datetime import date, timedelta
from functools import lru_cache
from importlib.metadata import version
from typing import Final

import holidays

COUNTRY: Final = "ID"
VERSION: Final = f"holidays-{version('holidays')}"
"""Stored with what it was used for: another version of the library may know other dates."""

ORDINARY: Final = -1
LEBARAN: Final = 0
"""A week before Idulfitri to a week behind it: the journey home, the feast, and the way back."""
NATIONAL: Final = 1
"""Any other public holiday."""
_WEEK: Final = timedelta(days=7)
_FITR: Final = ("Hari Raya Idul Fitri", "Hari Raya Idul Fitri (perkiraan)")


@lru_cache(maxsize=4096)
def holiday(day: int) -> int:
    """Return what kind of holiday a day is, or ORDINARY; day: ``date.toordinal``."""
    return _year(date.fromordinal(day).year).get(day, ORDINARY)


@lru_cache(maxsize=64)
def _year(year: int) -> dict[int, int]:
    found: dict[int, int] = {}
    # A Lebaran near New Year reaches into the next year.
    known = holidays.country_holidays(COUNTRY, years=[year - 1, year, year + 1], language="id")
    for when in known:
        found.setdefault(when.toordinal(), NATIONAL)
    for when in lebaran(year - 1) + lebaran(year) + lebaran(year + 1):
        for day in range((when - _WEEK).toordinal(), (when + _WEEK).toordinal() + 1):
            found[day] = LEBARAN
    return {day: kind for day, kind in found.items() if date.fromordinal(day).year == year}


@lru_cache(maxsize=64)
def lebaran(year: int) -> tuple[date, ...]:
    """Return the first days of Idulfitri in a year, expected ones included: one, and two in 2033."""
    known = holidays.country_holidays(COUNTRY, years=year, language="id")
    return tuple(sorted(when for when, names in known.items() if {*names.split("; ")} & {*_FITR}))
