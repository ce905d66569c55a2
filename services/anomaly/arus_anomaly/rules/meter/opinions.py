"""The second opinion on a use: what the customer's own past and its peers let expect (ADR-0005).

A use of 30 days is divided by how far the peers' use had moved by then, and the learned detector reads what
is left; what it expects is told in the use's own terms again. Nothing here changes what the rule says.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from math import exp
from statistics import median
from typing import Final, NamedTuple

from arus_anomaly.rules.learned import detector
from arus_anomaly.rules.learned.calibration import Calibration
from arus_anomaly.rules.learned.detector import Assessment, Fact, SideInputs, Stage
from arus_anomaly.rules.learned.explanation import Reason
from arus_anomaly.rules.learned.profile import METER
from arus_anomaly.rules.learned.severity import Severity
from arus_anomaly.state.memory import Memory

PEERS_NEEDED: Final = 20
"""With fewer of them, nothing is said of how peers moved."""
_LITRES: Final = 1_000
_TENTH: Final = Decimal("0.1")


class Seen(NamedTuple):
    """A use that was read, and rightly."""

    period: int
    day: int
    use30_l: int

    def value(self, levels: Mapping[int, float]) -> float:
        """Return the m³ of 30 days without what all peers did."""
        return self.use30_l / _LITRES / exp(levels.get(self.period, 0.0))


class Opinion(NamedTuple):
    """What the detector says of a use. said: ranges in m³ of 30 days."""

    said: Assessment
    facts: int
    """Uses that were known before."""
    calibration: str
    moved: float
    """How far (logarithm) peers had moved since the first period; 0.0: not at all, or unknown."""


class Movements:
    """How far peers moved, period by period."""

    def __init__(self) -> None:
        self._of: defaultdict[int, list[float]] = defaultdict(list)

    def add(self, period: int, movement: float) -> None:
        """Take in how far one of them moved."""
        self._of[period].append(movement)

    def medians(self) -> Mapping[int, float]:
        """Return the median of each period in which there are enough of them."""
        return {period: median(of) for period, of in self._of.items() if len(of) >= PEERS_NEEDED}


def reason(opinion: Opinion, use30_l: int) -> Reason:
    """Return why a use is seen as it is."""
    said = opinion.said
    if said.stage is Stage.LEARNING:
        needed = {"history_count": opinion.facts, "history_needed": METER.learning_facts}
        return Reason("METER_LEARNED_LEARNING", needed)
    params: dict[str, Decimal | int] = {
        "use30_m3": Decimal(use30_l) / _LITRES,
        "expected_m3": shown(said.expected),
        "low_m3": shown(said.low),
        "high_m3": shown(said.high),
    }
    if said.severity is Severity.NONE:
        return Reason("METER_LEARNED_NORMAL", params)
    params["one_in"] = round(10.0**said.decades)
    return Reason("METER_LEARNED_HIGH" if said.z > 0.0 else "METER_LEARNED_LOW", params)


def shown(cubic_metres: float) -> Decimal:
    """Return m³ with one decimal: nobody expects litres."""
    return Decimal(cubic_metres).quantize(_TENTH, ROUND_HALF_UP)


def levels(movements: Mapping[int, float]) -> Mapping[int, float]:
    """Return how far (logarithm) peers had moved by each period, since the first.

    movements: of a period, the median of how far peers lay above the mean of their three uses before.
    """
    found: dict[int, float] = {}
    for period in range(min(movements, default=0), max(movements, default=-1) + 1):
        before = [found[back] for back in range(period - 3, period) if back in found]
        found[period] = (sum(before) / len(before) if before else 0.0) + movements.get(period, 0.0)
    return found


def opinions(
    uses: Iterable[Seen], moved: Mapping[int, float], calibration_of: Callable[[Seen], Calibration]
) -> Mapping[int, Opinion]:
    """Return the opinion on each use by its period; uses: a customer's, the oldest first.

    A use of nothing, and a customer's first one, get none. moved: what ``levels`` says.
    """
    memory, told = Memory(), dict[int, Opinion]()
    for use in uses:
        level, calibration = moved.get(use.period, 0.0), calibration_of(use)
        known = memory
        memory, said = detector.score(memory, Fact(use.day, use.value(moved)), SideInputs(METER, calibration))
        if use.use30_l and known.values:
            times = exp(level)
            said = said._replace(expected=said.expected * times, low=said.low * times, high=said.high * times)
            told[use.period] = Opinion(said, known.facts, calibration.version, level)
    return told
