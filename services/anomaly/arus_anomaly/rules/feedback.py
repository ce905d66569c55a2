"""Feedback: what people said of incidents, as it holds for what is recorded later (R-13, R-16).

A confirmed incident's facts are kept out of baselines and of what the detector learns; an incident that was
none raises the key's bar. The last answer of an incident counts. It may be taken back: facts recorded from
then on are judged without it.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from arus_anomaly.state import WINDOW_DAYS


class Answer(StrEnum):
    """What a person says of an incident."""

    ACKNOWLEDGED = "acknowledged"
    CONFIRMED = "confirmed"
    FALSE_POSITIVE = "false_positive"
    REVERTED = "reverted"


class Given(NamedTuple):
    """An answer that somebody gave."""

    valid_from: bytes
    """Milliseconds since 1970 in 48 bits, as a ULID begins: ids of this time or later compare higher."""
    id: str
    answer: Answer
    day: int
    """When it was given (``date.toordinal``)."""
    reverts: str
    """The id of the answer that is taken back; "" for none."""
    facts: frozenset[bytes]
    """The incident's facts by then."""
    last_day: int
    """The newest business day of those."""
    incident: str
    """The id of what is answered."""


OfKey = Sequence[Given]
"""The answers about one location and product, oldest first."""
OfTenant = Mapping[tuple[str, str], OfKey]
"""By location and product; what nobody spoke of is absent."""
Answers = Mapping[str, OfTenant]
"""By tenant."""
NO_ANSWERS: Final[Answers] = {}
NOTHING: Final[frozenset[bytes]] = frozenset()
END: Final = bytes([255]) * 16
"""Higher than every ULID: whatever was said so far holds."""


def with_answers(answers: Answers, added: Iterable[tuple[str, tuple[str, str], Given]]) -> Answers:
    """Return answers with more, each with its tenant and its location and product."""
    changed: dict[str, dict[tuple[str, str], OfKey]] = {}
    for tenant_id, of, given in added:
        keys = changed.setdefault(tenant_id, dict(answers.get(tenant_id, {})))
        keys[of] = sorted((*keys.get(of, ()), given), key=lambda one: (one.valid_from, one.id))
    return {**answers, **changed}


def holding(of: OfKey, ulid: bytes) -> Sequence[Given]:
    """Return the answers that hold for the fact with this id, oldest first.

    Of each incident the last one that was not taken back: who says something else means it instead.
    """
    known = [given for given in of if given.valid_from <= ulid]
    reverted = {given.reverts for given in known}
    last = {
        given.incident: given.id
        for given in known
        if given.answer is not Answer.REVERTED and given.id not in reverted
    }
    return [given for given in known if last.get(given.incident) == given.id]


def confirmed(of: OfKey, ulid: bytes, day: int) -> frozenset[bytes]:
    """Return the confirmed anomalies that a fact of the day is judged without."""
    if not of:
        return NOTHING
    near = (
        given.facts
        for given in holding(of, ulid)
        if given.answer is Answer.CONFIRMED and given.last_day >= day - WINDOW_DAYS
    )
    return NOTHING.union(*near)


def now_confirmed(of: OfKey) -> frozenset[bytes]:
    """Return the facts that are said to be anomalies by now."""
    return NOTHING.union(*(given.facts for given in holding(of, END) if given.answer is Answer.CONFIRMED))


def ever_confirmed(of: OfKey) -> frozenset[bytes]:
    """Return all facts that were ever said to be anomalies."""
    return NOTHING.union(*(given.facts for given in of if given.answer is Answer.CONFIRMED))


def dismissal_days(of: OfKey, ulid: bytes) -> Sequence[int]:
    """Return the days of the false alarms that count for a fact, ascending."""
    return [given.day for given in holding(of, ulid) if given.answer is Answer.FALSE_POSITIVE]
