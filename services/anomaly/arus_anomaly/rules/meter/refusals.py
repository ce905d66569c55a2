"""Which of a customer's reads no use counts from, by what is said of them."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from arus_anomaly.rules.meter import findings as f

_REFUSED: Final = frozenset(one.code for one in f.REFUSED - {f.WRONG_SERIAL})
_ESTIMATED: Final = frozenset((f.ESTIMATED.code, f.METHOD_UNKNOWN.code))


class Said(NamedTuple):
    """What is said of the read of a billing period."""

    read_id: str
    reason_codes: frozenset[str]
    stand_l: int | None
    from_l: int | None
    """The stand its use counts from."""
    serial: str = ""
    """Of its meter, from when on the customer is known to have several."""


def refused(said: Iterable[Said]) -> set[str]:
    """Return the ids of reads wrong in themselves, and of those that went back and the next one counts past.

    said: of one customer, oldest first. A read of another meter is not among them: its serial says so.
    """
    found, back = set[str](), dict[str, Said | None]()
    for one in said:
        if not _REFUSED.isdisjoint(one.reason_codes):
            found.add(one.read_id)
        elif one.stand_l is not None and _ESTIMATED.isdisjoint(one.reason_codes):
            before = back[one.serial] if one.serial in back else _of_another_name(one, back.values())
            if before and one.from_l not in (None, before.stand_l):
                found.add(before.read_id)
            back[one.serial] = one if f.NEGATIVE.code in one.reason_codes else None
    return found


def _of_another_name(one: Said, back: Iterable[Said | None]) -> Said | None:
    """Return the read that went back from where one counts: of its meter before that had its serial."""
    return next((before for before in back if before and before.from_l == one.from_l), None)
