"""Severity of a surprise, and what people's answers to alarms change about it."""

from collections.abc import Iterable
from enum import IntEnum
from typing import Final

INFO_DECADES: Final = 2.0
WARNING_DECADES: Final = 3.0
CRITICAL_DECADES: Final = 4.0

RAISED_BY: Final = 0.25
MOST_RAISED: Final = 2.0
KEPT_SHARE: Final = 0.9
KEPT_DAYS: Final = 30
"""Of a raised bar nine tenths are left after thirty days."""


class Severity(IntEnum):
    """How much a fact surprises. CRITICAL alarms people; the others wait to be looked at."""

    NONE = 0
    INFO = 1
    WARNING = 2
    CRITICAL = 3


def severity(decades: float, cut: float) -> Severity:
    """Return the severity of a surprise on a key whose bar is raised by cut decades."""
    above = decades - cut
    if above >= CRITICAL_DECADES:
        return Severity.CRITICAL
    if above >= WARNING_DECADES:
        return Severity.WARNING
    return Severity.INFO if above >= INFO_DECADES else Severity.NONE


def cut_on(cut: float, cut_day: int, day: int) -> float:
    """Return what is left on a day of a bar raised on an earlier one."""
    if cut == 0.0 or day <= cut_day:
        return cut
    return cut * float(KEPT_SHARE ** ((day - cut_day) / KEPT_DAYS))


def raised(cut: float) -> float:
    """Return the bar after one more false alarm."""
    return min(cut + RAISED_BY, MOST_RAISED)


def cut_of(dismissal_days: Iterable[int]) -> tuple[float, int]:
    """Return the bar that dismissals on these days leave, and the day it is told for.

    Who takes a dismissal back asks again without it. dismissal_days: ascending.
    """
    cut, since = 0.0, 0
    for day in dismissal_days:
        cut, since = raised(cut_on(cut, since, day)), day
    return cut, since
