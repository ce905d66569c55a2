"""Of the versions of a period's register read: which one stands, and which one the file brought."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final

from arus_metering.rules.amounts import LITRES
from arus_metering.state import ReadVersion

_ZONE: Final = timedelta(hours=7)
"""Days of the utility begin by WIB, so far ahead of UTC."""


def day_of(at: datetime) -> date:
    """Return which day it is for the utility. at: in UTC."""
    return (at + _ZONE).date()


def volume(
    stand_l: int,
    before_l: int | None,
    *,
    changed: tuple[int | None, int | None],
    dials: int | None,
    multiplier: int,
) -> int | None:
    """Return the use between two stands in litres; None where it cannot be told, or would be below zero.

    changed: what the meter before showed when it was taken out and the new one when it was put in, each None
    where nobody says. A register that came from its last tenth into its first went round.
    """
    old_final_l, new_start_l = changed
    if before_l is None or (old_final_l is None) != (new_start_l is None):
        return None
    use_l = stand_l - before_l
    if old_final_l is not None and new_start_l is not None:
        use_l = old_final_l - before_l + stand_l - new_start_l
    elif dials and 10 * before_l >= 9 * (full_l := 10**dials * LITRES) and 10 * stand_l <= full_l:
        use_l += full_l
    return use_l * multiplier if use_l >= 0 else None


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
