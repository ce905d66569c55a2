"""Where a register starts again, and what it counted between two stands."""

from typing import Final

from arus_anomaly.rules.meter.limits import Limits
from arus_anomaly.rules.meter.register import Level, Register
from arus_anomaly.rules.meter.usage import LITRES, Use, has_passed_its_end
from arus_anomaly.state.meter import Read

_DIALS: Final = 5
"""Digits of a register of which none are known; a stand of more digits has as many as it shows."""


def end_l(dials: int) -> int:
    """Return M, the first stand that a register of so many digits cannot show, in litres."""
    return 10**dials * LITRES


def end_of(dials: int, stand_l: int) -> int:
    """Return where a register starts again: M, in litres. dials: 0 where the books do not know them."""
    shown = len(str(max(stand_l, 0) // LITRES))
    return end_l(dials or max(_DIALS, shown))


def dials_of(register: Register, read: Read, stand_l: int, base: Level) -> int:
    """Return a register's digits, 0: unknown; four where nobody says and only so its use is usual."""
    dials, four_l = read.dials or register.dials, end_l(_DIALS - 1)
    if dials or not stand_l < base.stand_l < four_l:
        return dials
    use = Use((stand_l + four_l - base.stand_l) * read.multiplier, read.day - base.day)
    return _DIALS - 1 if register.usual.suits(use) else 0


def counted_on(from_l: int, to_l: int, m_l: int, most_l: int) -> tuple[int, bool]:
    """Return what a register counted between two stands, and whether it went past its end for that."""
    if to_l < from_l and has_passed_its_end(from_l, to_l, m_l, most_l):
        return to_l + m_l - from_l, True
    return to_l - from_l, False


def was_overestimated(register: Register, read: Read, stand_l: int, by: Limits) -> bool:
    """Say whether a register counted less since it was read than was estimated, and did not go back."""
    level, actual = register.level, register.actual
    if not register.is_behind_estimates or level is None or actual is None:
        return False
    most_l = register.usual.plausible_l(read.day - actual.day, by) // read.multiplier
    shown_l, estimated_l = (
        counted_on(
            actual.stand_l, to_l, end_of(dials_of(register, read, to_l, actual), actual.stand_l), most_l
        )[0]
        for to_l in (stand_l, level.stand_l)
    )
    return 0 <= shown_l < estimated_l
