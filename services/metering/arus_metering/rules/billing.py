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


def correction(bills: Sequence[Bill]) -> Correction | None:
    """Return what was corrected, None where the volume is as billed first. bills: not withdrawn, in order.

    With a negative bill all that stand are added up: it reverses another. Without one the newest stands
    alone: it was made in place of the others.
    """
    if len(bills) < 2:
        return None
    first, standing = bills[0], [bill for bill in bills if bill.is_current]
    if not any(bill.volume_l < 0 or bill.amount_minor < 0 for bill in standing):
        standing = standing[-1:]
    delta = Correction(
        sum(bill.volume_l for bill in standing) - first.volume_l,
        sum(bill.amount_minor for bill in standing) - first.amount_minor,
    )
    return delta if delta.delta_l else None
