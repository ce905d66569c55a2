"""Slips of the pen: adjacent digits swapped, or one digit more or less, that explain a jump."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from arus_anomaly.rules.meter import findings as f
from arus_anomaly.rules.meter.findings import Finding
from arus_anomaly.rules.meter.meters import is_of_one
from arus_anomaly.rules.meter.register import Level, Register
from arus_anomaly.rules.meter.usage import LITRES, Use, Usual
from arus_anomaly.state.meter import ACTUAL, Period, Read

_SLIPS: Final = {"swapped": f.SWAPPED, "more": f.DIGIT_MORE, "less": f.DIGIT_LESS}
_NOT_TOLD: Final = 12 * 10_000
"""The number of a period later than all."""


def slip_of(
    register: Register, read: Read, base: Level, later: Sequence[Period]
) -> tuple[Finding, int] | None:
    """Return the slip of the pen that explains a jump: the use would be usual without it.

    None when the next read goes on from this stand plausibly: then the register stood there. Where the
    register went back, which it hardly did, or the next read lies above this stand, the next one must go on
    from what this one would be without the slip.
    """
    of, stand_l = register.usual, read.stand_l
    assert stand_l is not None
    following, decided_in = _next_of(register, read, later)
    register.hangs_on = max(register.hangs_on, decided_in)
    went_back = stand_l < base.stand_l
    if following and not went_back and _goes_on(read, stand_l, following, of):
        return None
    decides = following if following and (went_back or (following.stand_l or 0) >= stand_l) else None
    days = read.day - base.day
    for how, would_be_l in _without_slip(stand_l):
        use = Use((base.used_l + would_be_l - base.stand_l) * read.multiplier, days)
        if of.suits(use) and (decides is None or _goes_on(read, would_be_l, decides, of)):
            return _SLIPS[how], would_be_l
    return None


def _goes_on(read: Read, stand_l: int, following: Read, of: Usual) -> bool:
    """Say whether the next read goes on plausibly from what this one shows, or should."""
    assert following.stand_l is not None
    onward = Use((following.stand_l - stand_l) * read.multiplier, max(following.day - read.day, 1))
    return onward.litres >= 0 and not of.jumped_to(onward)


def _next_of(register: Register, read: Read, later: Iterable[Period]) -> tuple[Read | None, int]:
    """Return the next read of the same register, and the number of the period that decides which it is."""
    for period in later:
        if any(one.day > read.day for one in period.changed):
            return None, period.number
        for one in [one for one in period.reads if is_of_one(one, read)] or period.reads:
            if not is_of_one(one, read) or one.opens or register.changes.told_by(one, read.serial, read.day):
                return None, period.number
            if one.stand_l is not None and not one.skip and one.method == ACTUAL:
                return one, period.number
    return None, _NOT_TOLD


def _without_slip(stand_l: int) -> Iterator[tuple[str, int]]:
    """Yield what a stand would be without a slip of the pen: (swapped | more | less, litres).

    Two adjacent digits swapped back; one digit less, since one too many was written; one digit more.
    """
    whole, rest = divmod(stand_l, LITRES)
    digits = str(whole)
    for at in range(len(digits) - 1):
        swapped = digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
        yield "swapped", int(swapped) * LITRES + rest
    for at in range(len(digits) if whole > 9 else 0):
        yield "more", int(digits[:at] + digits[at + 1 :]) * LITRES + rest
    for at in range(len(digits) + 1):
        for digit in "0123456789":
            yield "less", int(digits[:at] + digit + digits[at:]) * LITRES + rest
