"""What thresholds would have said of facts that were judged already (R-17)."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Final, NamedTuple

from arus_anomaly.rules import feedback
from arus_anomaly.rules.fuel import Basis, Status, Trailing, assess
from arus_anomaly.rules.thresholds import OfTenant, Scope, Thresholds, holding, reaches
from arus_anomaly.state import WINDOW_FACTS, Fact, Window

_ANY_DAY: Final = 0


class Judged(NamedTuple):
    """A fact and what was said of it."""

    location_id: str
    product_id: str
    fact: Fact
    status: Status


class Trial(NamedTuple):
    """A fact, what was said of it, and what would have been."""

    judged: Judged
    window: Window
    by: Thresholds
    status: Status
    reason_code: str

    @property
    def changes(self) -> bool:
        """Say that the status would be another."""
        return self.status != self.judged.status


class Known(NamedTuple):
    """What facts of one tenant are judged by: its versions, and what people said of its incidents."""

    versions: OfTenant
    answers: feedback.OfTenant


class Backtest:
    """Tries a draft on facts as they go by: each location's in order of business date and id.

    known: with the draft among the versions, as if it held from now on. since: the first business day that is
    asked about; what comes before is only looked back on.
    """

    def __init__(self, known: Known, draft: Scope, now: bytes, since: int) -> None:
        self._of, self._answers = known
        self._draft = draft
        self._now = now
        self._since = since
        self._location_id = ""
        self._products: dict[str, tuple[Trailing, Basis] | None] = {}

    def tried(self, facts: Iterable[Judged]) -> Iterator[Trial]:
        """Yield what the draft would have said of those facts that it reaches."""
        for judged in facts:
            if judged.location_id != self._location_id:
                self._location_id, self._products = judged.location_id, {}
            if judged.product_id not in self._products:
                self._products[judged.product_id] = self._start(judged.location_id, judged.product_id)
            found = self._products[judged.product_id]
            if found is None:
                continue
            (behind, basis), fact = found, judged.fact
            window = behind.window(fact.day, basis)
            behind.add(fact)
            if fact.day >= self._since:
                by = basis.by
                yield Trial(judged, window, by, *assess(fact.volume_ul, window, by))

    def _start(self, location_id: str, product_id: str) -> tuple[Trailing, Basis] | None:
        if not reaches(self._of, self._draft, location_id, product_id, self._now):
            return None
        by = holding(self._of, location_id, product_id, self._now)
        said = self._answers.get((location_id, product_id), ())
        confirmed = feedback.confirmed(said, self._now, _ANY_DAY)
        return Trailing(WINDOW_FACTS + len(confirmed)), Basis(by, confirmed)


Position = tuple[str, int, bytes]
"""Where a fact stands among all: its location, day and id."""


class Tally:
    """Counts what a draft would do, and keeps changed verdicts: at most so many, behind a position."""

    def __init__(self, most: int, after: Position | None) -> None:
        self.changes: list[Trial] = []
        self.before: defaultdict[str, Counter[Status]] = defaultdict(Counter)
        """By location."""
        self.after: defaultdict[str, Counter[Status]] = defaultdict(Counter)
        self.changed = Counter[str]()
        self._most = most
        self._after = after

    def count(self, trials: Iterable[Trial]) -> None:
        """Take in what was tried, in order."""
        for trial in trials:
            location_id = trial.judged.location_id
            self.before[location_id][trial.judged.status] += 1
            self.after[location_id][trial.status] += 1
            if trial.changes:
                self.changed[location_id] += 1
                if not self.full and (self._after is None or position(trial) > self._after):
                    self.changes.append(trial)

    @property
    def full(self) -> bool:
        """Say that no more changes are kept."""
        return len(self.changes) == self._most

    def named(self) -> tuple[Collection[str], Collection[str]]:
        """Return the locations and products that what is kept speaks of."""
        return list(self.before), {trial.judged.product_id for trial in self.changes}


def position(trial: Trial) -> Position:
    """Return where a tried fact stands."""
    return trial.judged.location_id, trial.judged.fact.day, trial.judged.fact.id
