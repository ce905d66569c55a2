"""The contract's rule for fuel (R-13, R-14): use is compared with the usual use of that place and product.

The baseline of a fact is the mean of the last 30 facts before it within 180 days, itself and confirmed
anomalies excluded; with fewer than three there is no score. The score is volume / baseline × 100: below 120
NORMAL, to 150 WASPADA, above it ANOMALI. These numbers are the built-in thresholds; an organisation may set
others (``rules.thresholds``). Volumes are whole microlitres, and the exact fraction is compared, never a
rounded score.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import IntEnum
from itertools import compress, islice, takewhile
from typing import Final, NamedTuple

from arus_runtime.tuples import new

from arus_anomaly.rules.feedback import NOTHING
from arus_anomaly.rules.thresholds import DEFAULTS, Thresholds
from arus_anomaly.state import WINDOW_DAYS, WINDOW_FACTS, Fact, FuelHistory, Window

RULE: Final = "fuel-ratio/1"
_MILLION: Final = 1_000_000
_WEEK: Final = 7


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
    by: Thresholds


class Basis(NamedTuple):
    """What a fact is judged by."""

    by: Thresholds = DEFAULTS
    confirmed: frozenset[bytes] = NOTHING
    """Confirmed anomalies, which are no part of its baseline."""


BasisOf = Callable[[bytes, int], Basis]
"""What the fact with this id and day is judged by."""


def builtin(_fact_id: bytes, _day: int) -> Basis:
    """Return the built-in thresholds, without any confirmed anomaly."""
    return Basis()


def assess(volume_ul: int, window: Window, by: Thresholds = DEFAULTS) -> tuple[Status, str]:
    """Return the status and the reason code of a volume against its window."""
    _, waspada_ppm, anomali_ppm, low_ppm, facts_needed, _ = by
    bound, size = window
    if size < facts_needed:
        return Status.NORMAL, "BASELINE_KURANG"
    if bound == 0:
        return Status.NORMAL, "BASELINE_NOL"
    # volume / (sum / size) in millionths against a bound, without a division
    score = volume_ul * size * _MILLION
    if score < waspada_ppm * bound:
        if low_ppm and score < low_ppm * bound:
            return Status.WASPADA, "RENDAH"
        return Status.NORMAL, "FUEL_NORMAL"
    if score <= anomali_ppm * bound:
        return Status.WASPADA, "FUEL_WASPADA"
    return Status.ANOMALI, "FUEL_ANOMALI"


def usual(days: Sequence[int], volumes_ul: Sequence[int], day: int, by: Thresholds) -> Window:
    """Return what a day's fact is judged against, given days and volumes of the facts of its plain window."""
    chosen = list(compress(volumes_ul, counted(days, day, by)))
    return Window(sum(chosen), len(chosen))


def counted(days: Sequence[int], day: int, by: Thresholds) -> Sequence[bool]:
    """Say which facts of a plain window the baseline of a day's fact is the mean of, given their days."""
    if by.by_weekday:
        same = [(other - day) % _WEEK == 0 for other in days]
        if sum(same) >= by.facts_needed:
            return same
    return [True] * len(days)


def risk_score(volume_ul: int, window: Window, facts_needed: int = DEFAULTS.facts_needed) -> str:
    """Return the score in percent with four decimals, rounded half up; "" when there is none."""
    bound, size = window
    if size < facts_needed or bound == 0:
        return ""
    digits = str((2_000_000 * volume_ul * size + bound) // (2 * bound)).rjust(5, "0")
    return f"{digits[:-4]}.{digits[-4:]}"


def judge(fact: Fact, window: Window, by: Thresholds = DEFAULTS) -> Judgement:
    """Return what a fact comes to that nothing was said of before."""
    status, reason_code = assess(fact.volume_ul, window, by)
    return new(Judgement, (fact, window, status, reason_code, False, by))


def conclude(
    history: FuelHistory, basis_of: BasisOf = builtin, passed_over: int = 0
) -> tuple[list[Judgement], list[Fact]]:
    """Return what the batch's late changes make us say: judgements and facts to withdraw, in their order.

    Judged is what the batch changed, and each fact whose window is not what it was before the batch.
    passed_over: how many facts of the key were ever confirmed anomalies: windows reach that much further.
    """
    reach = WINDOW_FACTS + passed_over
    gone, came = _net_changes(history)
    was: dict[Fact, Window] = {}
    now: dict[Fact, Window] = {}
    for points, facts in _stretches(history, sorted({*gone, *came}), came, reach):
        before = [fact for fact in facts if fact not in came]
        before += [point for point in points if point in gone]
        was.update(_windows(sorted(before), points[0], basis_of, reach))
        now.update(_windows(facts, points[0], basis_of, reach))
    corrected = {fact.id for fact in gone}
    judged = [
        Judgement(
            fact, window, *assess(fact.volume_ul, window, by), fact not in came or fact.id in corrected, by
        )
        for fact, window in now.items()
        if was.get(fact) != window
        for by in (basis_of(fact.id, fact.day).by,)
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
    history: FuelHistory, points: Sequence[Fact], came: set[Fact], reach: int
) -> Iterator[tuple[Sequence[Fact], Sequence[Fact]]]:
    """Yield runs of facts whose windows may differ: the changes in each, and its facts with what precedes it.

    A change reaches so many unchanged facts behind it, up to 180 days; so no window of a later stretch, now
    or before the batch, holds a change of an earlier one. points: the changed facts, in order.
    """
    end = 0
    while end < len(points):
        first = end
        facts = preceding(history, points[first], reach)
        left, horizon = 0, 0
        for fact in history.since(points[first]):
            while end < len(points) and points[end][:2] <= fact[:2]:
                left, horizon = reach, points[end].day + WINDOW_DAYS
                end += 1
            if fact not in came:
                if left == 0 or fact.day > horizon:
                    break
                left -= 1
            facts.append(fact)
        else:
            end = len(points)
        yield points[first:end], facts


def preceding(
    history: FuelHistory, start: Fact, count: int = WINDOW_FACTS, without: frozenset[bytes] = NOTHING
) -> list[Fact]:
    """Return the last facts before start that count, within 180 days, oldest first."""
    oldest = start.day - WINDOW_DAYS
    near = takewhile(lambda fact: fact.day >= oldest, history.until(start))
    return [*islice((fact for fact in near if fact.id not in without), count)][::-1]


def usual_of(facts: Sequence[Fact], day: int, by: Thresholds) -> Window:
    """Return what a day's fact is judged against, given the facts of its plain window."""
    return usual([fact.day for fact in facts], [fact.volume_ul for fact in facts], day, by)


class Trailing:
    """The facts of one key that its next one looks back on, as its facts go by in order.

    reach: how far back; more than 30 facts where confirmed anomalies among them are passed over.
    """

    __slots__ = ("_behind", "_reach", "_sum_ul")

    def __init__(self, reach: int = WINDOW_FACTS) -> None:
        self._behind: deque[Fact] = deque()
        self._reach = reach
        self._sum_ul = 0

    def window(self, day: int, basis: Basis) -> Window:
        """Return what a fact of the day is judged against; days: never before one that was asked for."""
        behind = self._behind
        while behind and (len(behind) > self._reach or behind[0].day < day - WINDOW_DAYS):
            self._sum_ul -= behind.popleft().volume_ul
        if self._reach > WINDOW_FACTS:
            usable = [fact for fact in behind if fact.id not in basis.confirmed][-WINDOW_FACTS:]
            return usual_of(usable, day, basis.by)
        if basis.by.by_weekday:
            return usual_of(behind, day, basis.by)
        return Window(self._sum_ul, len(behind))

    def add(self, fact: Fact) -> None:
        """Take a fact in behind the others."""
        self._behind.append(fact)
        self._sum_ul += fact.volume_ul


def _windows(
    facts: Iterable[Fact], start: Fact, basis_of: BasisOf, reach: int
) -> Iterator[tuple[Fact, Window]]:
    """Yield each fact from start on with what it is judged against; facts: in order, enough before start."""
    behind = Trailing(reach)
    for fact in facts:
        window = behind.window(fact.day, basis_of(fact.id, fact.day))
        if fact[:2] >= start[:2]:
            yield fact, window
        behind.add(fact)
