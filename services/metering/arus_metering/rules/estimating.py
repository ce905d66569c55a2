"""What a register would show where it was not read, or wrongly: the stand before and the usual use (avg3)."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from typing import Final, NamedTuple

from arus_runtime.periods import moved

from arus_metering.rules.amounts import LITRES

ACTUAL: Final = "ACTUAL"
AVERAGED: Final = 3
MONTH_DAYS: Final = 30


class Stand(NamedTuple):
    """A register that was read, or put in.

    stand_l: on the register, None: nobody wrote it down; multiplier: what one of its litres stands for;
    serial: plain, so that one meter has one.
    """

    day: date
    stand_l: int | None
    serial: str
    is_actual: bool
    multiplier: int = 1
    is_new: bool = False
    """Whether this is what a meter showed when it took another one's place."""
    replaces: str = ""
    """The serial of that one; "": nobody says."""
    written: str = ""
    """The serial as it was written."""


class Register(NamedTuple):
    """What is known of a meter. serial "": the one that was there last; dials None: unknown."""

    serial: str
    multiplier: int
    dials: int | None


class Estimated(NamedTuple):
    """What a register would show. use_l: since the base, which it goes on from."""

    stand_l: int
    use_l: int
    base: Stand
    usual_l: int
    """Of 30 days, rounded half up, for reading."""
    periods: int
    """How many uses that is the mean of."""


def estimated(before: Iterable[Stand], on: date, register: Register) -> Estimated | None:
    """Return what a register would show on a day, in whole m³ where it shows those; None where nothing tells.

    before: earlier stands. The use of a day is the mean of the last three between actual reads of one
    register, of fewer the last one's alone (R-20); uses below zero were no use. It counts from the last
    stand of the same register, or from what it showed when it was put in: nothing else follows from that,
    whose few days until the first read are no usual use. What another meter of the customer shows meanwhile
    says nothing.
    """
    stands = _earlier(before, on)
    known = _of_meter(stands, register.serial)
    of_day = [use for use in _uses([stand for stand in known if stand.is_actual]) if use.litres >= 0]
    base = _base(known, register.serial)
    if not of_day or base is None or base.stand_l is None:
        return None
    taken = of_day[-AVERAGED:] if len(of_day) >= AVERAGED else of_day[-1:]
    litres, days = 0, 1
    for use in taken:
        litres, days = litres * use.days + use.litres * days, days * use.days
    days *= len(taken)
    step_l = 1 if base.stand_l % LITRES else LITRES  # a register of whole m³ shows no part of one
    steps = _rounded(litres * (on - base.day).days, days * register.multiplier * step_l)
    shown_l = steps * step_l
    stand_l = base.stand_l + shown_l
    if register.dials:
        stand_l %= 10**register.dials * LITRES
    usual_l = _rounded(litres * MONTH_DAYS, days)
    return Estimated(stand_l, shown_l * register.multiplier, base, usual_l, len(taken))


def usual_day(read_on: date, read_of: date, of: date) -> date:
    """Return when a period would have been read: on the day of the month of another period's read.

    read_of, of: the first day of each period. A month that has no such day is read on its last.
    """
    months = (of.year - read_of.year) * 12 + of.month - read_of.month
    first = moved("month", read_on.replace(day=1), months)
    return first.replace(day=min(read_on.day, monthrange(first.year, first.month)[1]))


def meter_of(before: Iterable[Stand], on: date) -> Sequence[str]:
    """Return the serial of the meter that an estimate without one is of, and of the one that it replaced."""
    newest = _newest(_earlier(before, on))
    return (newest.serial, newest.replaces) if newest else ()


class _Use(NamedTuple):
    litres: int
    days: int


def _earlier(stands: Iterable[Stand], on: date) -> list[Stand]:
    return sorted((stand for stand in stands if stand.day < on), key=lambda stand: stand.day)


def _newest(stands: Sequence[Stand]) -> Stand | None:
    """Return the stand of the meter that was put in last, else the last one of all."""
    return next((stand for stand in reversed(stands) if stand.is_new), stands[-1] if stands else None)


def _of_meter(stands: Sequence[Stand], serial: str) -> Sequence[Stand]:
    """Return the stands of a meter and of those before it; serial "": of the one put in last, else read last.

    Those before it are read no more once it is.
    """
    newest = _newest(stands)
    serial = serial or (newest.serial or stands[-1].serial if newest else "")
    first = next((at for at, stand in enumerate(stands) if stand.serial == serial), len(stands))
    beside = {stand.serial for stand in stands[first:]} - {"", serial}
    return [
        stand
        for stand in stands
        if stand.serial not in beside or (stand.is_new and stand.replaces in ("", serial))
    ]


def _base(known: Sequence[Stand], serial: str) -> Stand | None:
    """Return the last stand of a register; of one that was put in, none from before."""
    put_in = max((at for at, stand in enumerate(known) if stand.is_new), default=None)
    if put_in is not None:
        known, serial = known[put_in:], serial or known[put_in].serial
    return next(
        (stand for stand in reversed(known) if not serial or not stand.serial or stand.serial == serial),
        None,
    )


def _uses(actual: Sequence[Stand]) -> list[_Use]:
    return [
        _Use((stand.stand_l - earlier.stand_l) * stand.multiplier, (stand.day - earlier.day).days)
        for earlier, stand in pairwise(actual)
        if stand.day > earlier.day
        and not (stand.is_new or earlier.is_new)
        and stand.stand_l is not None
        and earlier.stand_l is not None
        and (stand.serial == earlier.serial or not stand.serial or not earlier.serial)
    ]


def _rounded(litres: int, days: int) -> int:
    return (2 * litres + days) // (2 * days)
