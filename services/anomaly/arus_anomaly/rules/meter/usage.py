"""Use between two stands, and the usual use, as exact fractions of whole numbers."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from arus_anomaly.rules.meter.limits import Limits

MONTH_DAYS: Final = 30
AVERAGED: Final = 3
"""So many accepted actual periods make the usual use."""
PLAUSIBLE_TIMES: Final = 10
"""What passes the register's end may be so many times the extreme use: more means the stand went back."""
JUMP_TIMES: Final = 5
SPIKE_TIMES: Final = 2
"""A use so many times the usual is odd where it is extreme, too, or the register goes back (ADR-0013)."""
LITRES: Final = 1_000


class Use(NamedTuple):
    """Litres in some days (>= 1)."""

    litres: int
    days: int

    @property
    def of_month(self) -> int:
        """Return the litres of 30 days, rounded half up, for reading."""
        return (2 * self.litres * MONTH_DAYS + self.days) // (2 * self.days)

    def exceeds(self, limits: Limits) -> bool:
        """Say whether this is more than extreme: as it is for a month's days, else as of 30 days."""
        least, most = limits.month_days
        if least <= self.days <= most:
            return self.litres > limits.extreme_l
        return self.litres * MONTH_DAYS > limits.extreme_l * self.days


class Usual(NamedTuple):
    """The mean use of a day over some periods, as a fraction in litres. periods 0: none is known."""

    litres: int
    days: int
    periods: int

    @property
    def of_month(self) -> int:
        """Return the mean litres of 30 days, rounded half up, for reading."""
        return Use(self.litres, self.days).of_month if self.periods else 0

    def at_least(self, litres: int) -> bool:
        """Say whether a usual month is so many litres or more."""
        return self.periods > 0 and self.litres * MONTH_DAYS >= litres * self.days

    def dropped_to(self, use: Use, limits: Limits) -> bool:
        """Say whether a use is less than the share of the usual that counts as a drop.

        Only a mean of three periods may be too little to compare with; the one period before is not (R-20).
        """
        is_mean = self.periods >= AVERAGED
        if use.litres <= 0 or not self.litres or (is_mean and not self.at_least(limits.drop_floor_l)):
            return False
        return 100 * use.litres * self.days < limits.drop_pct * self.litres * use.days

    def times_exceeded(self, use: Use, times: int) -> bool:
        """Say whether a use is more than so many times the usual."""
        return self.periods > 0 and use.litres * self.days > times * self.litres * use.days

    def jumped_to(self, use: Use) -> bool:
        """Say whether a use is more than five times the usual, or went back by more than it."""
        back = Use(-use.litres, use.days)
        return self.times_exceeded(use, JUMP_TIMES) or (use.litres < 0 and self.times_exceeded(back, 1))

    def plausible_l(self, days: int, limits: Limits) -> int:
        """Return what may have been used in some days where a register went past its end.

        One earlier use alone, which may be a misread, makes no more plausible.
        """
        of_month = self.of_month if self.periods >= AVERAGED else 0
        return max(limits.extreme_l, of_month) * PLAUSIBLE_TIMES * days // MONTH_DAYS

    def suits(self, use: Use) -> bool:
        """Say whether a use lies between half and twice the usual."""
        if not self.periods or use.litres <= 0:
            return False
        mine, usual = use.litres * self.days, self.litres * use.days
        return usual <= 2 * mine and mine <= 2 * usual


def usual(uses: Sequence[Use]) -> Usual:
    """Return the mean of the last three accepted uses; of fewer the last one alone (R-20)."""
    if not uses:
        return Usual(0, 1, 0)
    if len(uses) < AVERAGED:
        return Usual(*uses[-1], 1)
    uses = uses[-AVERAGED:]
    litres, days = 0, 1
    for use in uses:
        litres, days = litres * use.days + use.litres * days, days * use.days
    return Usual(litres, days * len(uses), len(uses))


def has_passed_its_end(before_l: int, stand_l: int, end_l: int, most_l: int) -> bool:
    """Say whether a register went past its end (M) between two stands, by at most some use."""
    if before_l * 10 < end_l * 9 or stand_l * 10 > end_l:
        return False
    return stand_l + end_l - before_l <= most_l
