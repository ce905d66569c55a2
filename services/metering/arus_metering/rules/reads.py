"""Of the versions of a period's register read: which one stands, and which one the file brought."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final

from arus_metering.state import ReadVersion

_ZONE: Final = timedelta(hours=7)
"""Days of the utility begin by WIB, so far ahead of UTC."""


def day_of(at: datetime) -> date:
    """Return which day it is for the utility. at: in UTC."""
    return (at + _ZONE).date()


def standing(versions: Sequence[ReadVersion]) -> ReadVersion:
    """Return what is told of a period; of a read that stands twice in a file the last one. One is current."""
    return max((one for one in versions if one.is_current), key=lambda one: (one.number, one.line))


def raw(versions: Iterable[ReadVersion]) -> ReadVersion | None:
    """Return what the newest file that was not taken back says of a period."""
    brought = [one for one in versions if one.import_id and not one.is_withdrawn]
    return max(brought, key=lambda one: (one.number, one.line), default=None)


def edited(versions: Iterable[ReadVersion]) -> ReadVersion | None:
    """Return the newest version that a person made and nobody took back, whether it stands or not."""
    made = [one for one in versions if one.edit_id and not one.is_withdrawn]
    return max(made, key=lambda one: one.number, default=None)


def by_period(versions: Iterable[ReadVersion]) -> list[list[ReadVersion]]:
    """Return versions apart by their period, in their order."""
    return [list(found) for _, found in groupby(versions, key=lambda one: one.period)]
