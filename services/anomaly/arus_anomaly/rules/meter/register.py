"""What is known of a customer's meter as the billing periods go by."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Final, NamedTuple

from arus_anomaly.rules.meter.changes import Changes
from arus_anomaly.rules.meter.limits import Limits
from arus_anomaly.rules.meter.usage import AVERAGED, LITRES, MONTH_DAYS, SPIKE_TIMES, Use, Usual, usual
from arus_anomaly.state.meter import ACTUAL, Read


class Level(NamedTuple):
    """A stand that use is counted from, and when it was read."""

    stand_l: int
    day: int
    used_l: int = 0
    """Used since that day on the registers before, where the stand is what this one showed when put in."""
    raw_l: int | None = None
    """The stand as a file brought it, where a person corrected it."""
    is_read: bool = True
    """Whether somebody read it, so that what is used from there on may be usual."""


@dataclass(slots=True)
class Register:
    """What is known of a customer's meter as the periods go by."""

    serial: str = ""
    dials: int = 0
    level: Level | None = None
    actual: Level | None = None
    before_back: Level | None = None
    seen: Level | None = None
    """The last stand as it was read, accepted or not."""
    estimates: int = 0
    zeros: int = 0
    """Both in a row: who comes to read ends a row of estimates, a register seen to move one of zeros."""
    is_behind_estimates: bool = False
    skipped: bool = False
    through: int | None = None
    """The last day that use is known of."""
    before_assumed: int | None = None
    """The last day before it, where it is assumed."""
    shows_fractions: bool = False
    was_fraction: bool = False
    hangs_on: int = 0
    """The number of the last period that something said so far was looked up in."""
    period: int = 0
    """The number of the last period with a read of it."""
    accepted: tuple[Use, ...] = ()
    """The last uses that count as usual, and the one before: it counts again where the last is taken out."""
    changes: Changes = field(default_factory=Changes)
    beside: tuple[Register, ...] = ()
    """What is known of the customer's other meters."""

    def copy(self) -> Register:
        """Return a register that goes on from here and leaves this one as it is."""
        copied = Register(*_values(self))
        copied.changes = Changes(*self.changes.known)
        copied.beside = tuple(one.copy() for one in self.beside)
        return copied

    @property
    def usual(self) -> Usual:
        """Return the mean use of the last accepted actual periods."""
        return usual(self.accepted)

    @property
    def says_what_was_before(self) -> bool:
        """Say whether the last stand is the last that is known: no use without a stand came behind it."""
        return self.level is not None and self.through == self.level.day

    def is_later(self, day: int) -> bool:
        """Say whether a day lies behind all use that is known."""
        return self.through is None or day > self.through

    def makes_room(self, day: int, least: int) -> None:
        """Take the last read for one of a month before a day, where its own is assumed and too near to it.

        least: so many days are a month; it stays behind the read before.
        """
        through, before = self.through, self.before_assumed
        if through is None or before is None or day - through >= least:
            return
        earlier = max(before + 1, day - MONTH_DAYS)
        if earlier >= min(through, day):
            return
        self.through = earlier
        for name in ("level", "actual", "seen", "before_back"):
            at: Level | None = getattr(self, name)
            if at and at.day == through:
                setattr(self, name, at._replace(day=earlier))

    def days_until(self, day: int) -> int:
        """Return the days since all use that is known; a month where none is."""
        return MONTH_DAYS if self.through is None else day - self.through

    def may_show(self, read: Read, stand_l: int) -> bool:
        """Say whether a stand has no fraction, or the register shows some; an estimate may have one.

        It does when an accepted read had one, its first read included, and from the second in a row on: the
        books know of no register how many digits it has behind the point.
        """
        is_first = self.level is None or read.opens or read.replacement is not None
        may = is_first or read.method != ACTUAL or self.shows_fractions or self.was_fraction
        return may or not stand_l % LITRES

    def sees(self, read: Read, stand_l: int) -> None:
        """Remember a stand that was read on it, accepted or not."""
        self.seen = Level(stand_l, read.day, raw_l=read.raw_l)
        if read.method == ACTUAL:
            self.was_fraction = stand_l % LITRES != 0

    def starts(self, read: Read, stand_l: int) -> None:
        """Take a stand as the first of a register."""
        self.forgets(read)
        self.accepts(read, stand_l)

    def forgets(self, read: Read) -> None:
        """Know nothing of the register that is put in but its serial."""
        self.changes.show_until(read.day)
        self.serial, self.dials = read.serial, 0
        self.level = self.actual = self.before_back = None
        self.shows_fractions = self.was_fraction = False

    def accepts(self, read: Read, stand_l: int) -> None:
        """Take a stand as what the next use counts from."""
        self.level = Level(stand_l, read.day, raw_l=read.raw_l, is_read=read.method == ACTUAL)
        self.goes_on(read)
        self.dials = read.dials or self.dials
        if read.method == ACTUAL:
            self.actual, self.is_behind_estimates = self.level, False
            self.shows_fractions |= stand_l % LITRES != 0

    def goes_on(self, read: Read) -> None:
        """Take the use until a read as known."""
        self.before_assumed = (self.through or 0) if read.is_date_assumed else None
        self.through, self.skipped = read.day, False
        self.serial = self.serial or read.serial

    def uses(self, read: Read, use: Use, limits: Limits, base: Level | None = None) -> None:
        """Take in what was used, where it was read and not estimated. base: the stand it counts from.

        It counts as usual, unless the register went back, or it is a spike: extreme, and more than twice what
        is usual (ADR-0013). A register that stands still while reads of it are refused or estimated, stands
        still.
        """
        if read.method != ACTUAL:
            return
        if use.litres:
            self.zeros = 0
        if base and not base.is_read:
            return
        is_spike = use.exceeds(limits) and self.usual.times_exceeded(use, SPIKE_TIMES)
        if use.litres >= 0 and not is_spike:
            self.accepted = (*self.accepted, use)[-AVERAGED - 1 :]

    def undoes(self, read: Read, back_l: int) -> None:
        """Take the last use, where it was twice the usual, out of it: the register went back on it."""
        *before, last = self.accepted or (Use(0, 1),)
        is_odd = not before or usual(before).times_exceeded(last, SPIKE_TIMES)
        if is_odd and 0 < back_l * read.multiplier <= last.litres:
            self.accepted = tuple(before)


_values: Final = attrgetter(*(field.name for field in fields(Register)))
"""A register's values, in the order in which one is made of them."""
