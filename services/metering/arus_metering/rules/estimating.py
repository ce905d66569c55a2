"""What a register would show where it was not read, or wrongly: the stand before and the usual use (avg3)."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Final, NamedTuple

ACTUAL: Final = "ACTUAL"
AVERAGED: Final = 3


class Stand(NamedTuple):
    """A register that was read. stand_l: on the register; multiplier: what one of its litres stands for."""

    day: date
    stand_l: int
    serial: str
    is_actual: bool
    multiplier: int = 1


def estimated_l(before: Sequence[Stand], on: date, serial: str, multiplier: int) -> int | None:
    """Return the stand that a register would show on a day; None where nothing tells.

    before: earlier stands, oldest first. The use of a day is the mean of the last three between actual
    stands of one register, of fewer the last one's alone (R-20); uses below zero were no use. It counts from
    the last stand of the same register.
    """
    known = [stand for stand in before if stand.day < on]
    of_day = [use for use in _uses([stand for stand in known if stand.is_actual]) if use.litres >= 0]
    same = [stand for stand in known if not serial or not stand.serial or stand.serial == serial]
    if not of_day or not same:
        return None
    taken = of_day[-AVERAGED:] if len(of_day) >= AVERAGED else of_day[-1:]
    litres, days = 0, 1
    for use in taken:
        litres, days = litres * use.days + use.litres * days, days * use.days
    days *= len(taken) * multiplier
    base = same[-1]
    return base.stand_l + (2 * litres * (on - base.day).days + days) // (2 * days)


class _Use(NamedTuple):
    litres: int
    days: int


def _uses(actual: Sequence[Stand]) -> list[_Use]:
    return [
        _Use((stand.stand_l - earlier.stand_l) * stand.multiplier, (stand.day - earlier.day).days)
        for earlier, stand in pairwise(actual)
        if stand.day > earlier.day
        and (stand.serial == earlier.serial or not stand.serial or not earlier.serial)
    ]
