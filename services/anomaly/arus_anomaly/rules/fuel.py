"""The contract's rule for fuel (R-13, R-14): use is compared with the usual use of that place and product.

The baseline of a fact is the mean of the last 30 facts before it within 180 days, itself excluded; with fewer
than three there is no score. The score is volume / baseline × 100: below 120 NORMAL, to 150 WASPADA, above it
ANOMALI. Volumes are whole microlitres, and the exact fraction is compared, never a rounded score.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from itertools import islice, takewhile
from typing import Final, NamedTuple

from arus_anomaly.state import WINDOW_DAYS, WINDOW_FACTS, Fact, FuelHistory, Window

RULE: Final = "fuel-ratio/1"
FACTS_NEEDED: Final = 3
WASPADA_PCT: Final = 120
ANOMALI_PCT: Final = 150
_new: Final = tuple[object, ...].__new__  # a NamedTuple's own constructor costs twice as much


class Status(IntEnum):
    """What a verdict says. WITHDRAWN: the fact was voided, so nothing is said any more."""

    WITHDRAWN = 0
    NORMAL = 1
    WASPADA = 2
    ANOMALI = 3


class Judgement(NamedTuple):
    """A fact, what it was judged against, and what came of it."""

    fact: Fact
    window: Window
    status: Status
    reason_code: str
    replaces_earlier: bool
    """Something else was said of this fact before."""


def assess(volume_ul: int, window: Window) -> tuple[Status, str]:
    """Return the status and the reason code of a volume against its window."""
    bound, size = window
    if size < FACTS_NEEDED:
        return Status.NORMAL, "BASELINE_KURANG"
    if bound == 0:
        return Status.NORMAL, "BASELINE_NOL"
    # volume / (sum / size) × 100 against a bound, without a division
    score = volume_ul * size * 100
    if score < WASPADA_PCT * bound:
        return Status.NORMAL, "FUEL_NORMAL"
    if score <= ANOMALI_PCT * bound:
        return Status.WASPADA, "FUEL_WASPADA"
    return Status.ANOMALI, "FUEL_ANOMALI"


def risk_score(volume_ul: int, window: Window) -> str:
    """Return the score in percent with four decimals, rounded half up; "" when there is none."""
    bound, size = window
    if size < FACTS_NEEDED or bound == 0:
        return ""
    digits = str((2_000_000 * volume_ul * size + bound) // (2 * bound)).rjust(5, "0")
    return f"{digits[:-4]}.{digits[-4:]}"


def judge(fact: Fact, window: Window) -> Judgement:
    """Return what a fact comes to that nothing was said of before."""
    status, reason_code = assess(fact.volume_ul, window)
    return _new(Judgement, (fact, window, status, reason_code, False))


def conclude(history: FuelHistory) -> tuple[list[Judgement], list[Fact]]:
    """Return what the batch's late changes make us say: judgements and facts to withdraw, in their order.

    Judged is what the batch changed, and each fact whose window is not what it was before the batch.
    """
    gone, came = _net_changes(history)
    was: dict[Fact, Window] = {}
    now: dict[Fact, Window] = {}
    for points, facts in _stretches(history, sorted({*gone, *came}), came):
        before = [fact for fact in facts if fact not in came]
        before += [point for point in points if point in gone]
        was.update(_windows(sorted(before), points[0]))
        now.update(_windows(facts, points[0]))
    corrected = {fact.id for fact in gone}
    judged = [
        Judgement(fact, window, *assess(fact.volume_ul, window), fact not in came or fact.id in corrected)
        for fact, window in now.items()
        if was.get(fact) != window
    ]
    standing = {fact.id for fact in came}
    return judged, sorted(fact for fact in gone if fact.id not in standing)


def _net_changes(history: FuelHistory) -> tuple[set[Fact], set[Fact]]:
    """Return the facts that stood before the batch and no longer do, and those that stand only since then."""
    before: dict[bytes, Fact | None] = {}
    after: dict[bytes, Fact | None] = {}
    for change in history.changes():
        fact = change.after or change.before
        assert fact is not None
        after.setdefault(fact.id, change.after)
        before[fact.id] = change.before
    stood = {fact for fact in before.values() if fact}
    stands = {fact for fact in after.values() if fact}
    return stood - stands, stands - stood


def _stretches(
    history: FuelHistory, points: Sequence[Fact], came: set[Fact]
) -> Iterator[tuple[Sequence[Fact], Sequence[Fact]]]:
    """Yield runs of facts whose windows may differ: the changes in each, and its facts with what precedes it.

    A change reaches the 30 unchanged facts behind it, up to 180 days; so no window of a later stretch, now or
    before the batch, holds a change of an earlier one. points: the changed facts, in order.
    """
    end = 0
    while end < len(points):
        first = end
        facts = _preceding(history, points[first])
        left, horizon = 0, 0
        for fact in history.since(points[first]):
            while end < len(points) and points[end][:2] <= fact[:2]:
                left, horizon = WINDOW_FACTS, points[end].day + WINDOW_DAYS
                end += 1
            if fact not in came:
                if left == 0 or fact.day > horizon:
                    break
                left -= 1
            facts.append(fact)
        else:
            end = len(points)
        yield points[first:end], facts


def _preceding(history: FuelHistory, start: Fact) -> list[Fact]:
    """Return the facts that a window of start could hold, oldest first."""
    oldest = start.day - WINDOW_DAYS
    near = takewhile(lambda fact: fact.day >= oldest, history.until(start))
    return [*islice(near, WINDOW_FACTS)][::-1]


def _windows(facts: Iterable[Fact], start: Fact) -> Iterator[tuple[Fact, Window]]:
    """Yield each fact from start on with its window; facts: in order, with enough of them before start."""
    behind: deque[Fact] = deque()
    sum_ul = 0
    for fact in facts:
        while behind and (len(behind) > WINDOW_FACTS or behind[0].day < fact.day - WINDOW_DAYS):
            sum_ul -= behind.popleft().volume_ul
        if fact[:2] >= start[:2]:
            yield fact, Window(sum_ul, len(behind))
        behind.append(fact)
        sum_ul += fact.volume_ul
