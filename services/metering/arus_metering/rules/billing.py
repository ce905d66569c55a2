"""Bills of one customer's period: when a later one corrects an earlier (R-24)."""

from collections.abc import Sequence
from typing import NamedTuple


class Bill(NamedTuple):
    """A bill that was made of a period. is_current: no later version of the same bill stands."""

    volume_l: int
    amount_minor: int
    is_current: bool
    is_withdrawn: bool = False


class Correction(NamedTuple):
    """What a period's bills come to now, against its first one."""

    delta_l: int
    delta_minor: int


def may_correct(bills: Sequence[Bill]) -> bool:
    """Say whether bills of a period can have corrected something, withdrawn ones included."""
    return len(bills) > 1 or any(map(is_adjustment, bills))


def is_adjustment(bill: Bill) -> bool:
    """Say whether a bill takes back some of another one."""
    return bill.volume_l < 0 or bill.amount_minor < 0


def correction(bills: Sequence[Bill]) -> Correction | None:
    """Return what was corrected, None where nothing was. bills: not withdrawn, in order.

    With an adjustment all that stand are added up: it reverses another bill, or where it comes first, a later
    one of as much, or one that is not among these. Without one the newest stands alone, made in place of the
    others, and corrects when its volume is not the one billed first.
    """
    standing = [bill for bill in bills if bill.is_current]
    adjusted = any(map(is_adjustment, standing))
    if not adjusted and len(bills) < 2:
        return None
    first = _reversed_by(bills[0], bills) if is_adjustment(bills[0]) else bills[0]
    if not adjusted:
        standing = standing[-1:]
    delta = Correction(
        sum(bill.volume_l for bill in standing) - first.volume_l,
        sum(bill.amount_minor for bill in standing) - first.amount_minor,
    )
    return delta if delta.delta_l or (adjusted and delta.delta_minor) else None


def _reversed_by(adjustment: Bill, bills: Sequence[Bill]) -> Bill:
    """Return the bill that an adjustment takes back whole, one of nothing where it is not among bills."""
    whole = (-adjustment.volume_l, -adjustment.amount_minor)
    return next((bill for bill in bills if bill[:2] == whole), Bill(0, 0, is_current=False))
