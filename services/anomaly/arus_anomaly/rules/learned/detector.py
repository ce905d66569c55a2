"""Judge one fact against the memory of its key, and learn from it.

y = ln value; expected = midmean of the last 21 deseasonalised y + the factor of its weekday (+ of its
holiday); z = (y − expected) / √variance, and the calibration turns z into decades, −log10 p.
"""

from collections.abc import Iterable
from enum import IntEnum
from math import exp, inf, log, sqrt
from typing import Final, NamedTuple

from arus_anomaly.rules.learned import level, scale
from arus_anomaly.rules.learned.calendar import ORDINARY, holiday
from arus_anomaly.rules.learned.calibration import (
    ONE_OF_TWO_SIDES,
    Calibration,
    spread,
    two_sided,
    upward,
    z_of,
)
from arus_anomaly.rules.learned.incidents import Incident, followed
from arus_anomaly.rules.learned.profile import Profile, is_up_only, phase
from arus_anomaly.rules.learned.severity import INFO_DECADES, Severity, cut_on, severity
from arus_anomaly.state.memory import Memory

DETECTOR: Final = "learned/1"
PROVISIONAL_FACTS: Final = 8
"""From here on a surprise is at least told, as provisional."""
REBUILT_FACTS: Final = 60
ZERO_FACTS: Final = 56
EXCESS_FACTS: Final = 10
EXCESS_BOUND: Final = 3.0


class Stage(IntEnum):
    """How far a key is known."""

    LEARNING = 0
    JUDGED = 1


class Fact(NamedTuple):
    """What the detector sees of a fact: its business date (``date.toordinal``) and its value, ≥ 0."""

    day: int
    value: float


class SideInputs(NamedTuple):
    """What else decides: versioned, and chosen by the fact's time."""

    profile: Profile
    calibration: Calibration


class Assessment(NamedTuple):
    """What the detector says of one fact. Ranges are in the unit of the value."""

    stage: Stage
    expected: float
    low: float
    high: float
    """Between low and high a value surprises less than one honest fact in a hundred does."""
    z: float
    decades: float
    """−log10 p; 0.0 before the eighth fact."""
    severity: Severity
    incident: Incident
    shift: float
    """By how much (logarithm) the level is said to have shifted with this fact; 0.0: not."""

    @property
    def p(self) -> float:
        """The share of honest facts that surprise as much."""
        return 10.0**-self.decades


class Expectation(NamedTuple):
    """What a fact was expected to say: a logarithm and how far facts may lie beside it."""

    log_value: float
    sigma: float
    scale: float
    phase: int
    holiday: int
    is_up_only: bool


def expectation(memory: Memory, day: int, side: SideInputs) -> Expectation:
    """Return what is expected of the next fact; memory.values: not empty."""
    profile, calibration = side
    when = phase(profile.season, day)
    own = scale.scale(memory.deviation, memory.deviation_facts, calibration.usual_scale)
    variance = scale.prediction_variance(own, len(memory.values), memory.factor_facts[when])
    expected = level.midmean(memory.values) + memory.factors[when]
    kind = ORDINARY if profile.holiday_doubts is None else holiday(day)
    if kind != ORDINARY:
        assert profile.holiday_doubts is not None
        expected += memory.holiday_factors[kind]
        variance += scale.holiday_variance(profile.holiday_doubts[kind], memory.holiday_facts[kind])
    up_only = is_up_only(profile, memory.zero_share, own)
    return Expectation(expected, sqrt(variance), own, when, kind, up_only)


def score(memory: Memory, fact: Fact, side: SideInputs) -> tuple[Memory, Assessment]:
    """Return the memory after a fact, and what is to be said of it.

    Raises ValueError for a value that is negative or not finite.
    """
    day, value = fact
    if not 0.0 <= value < inf:
        raise ValueError(f"value must be >= 0 and finite, got {value}")
    if value == 0.0:
        return _zero(memory, side)
    if not memory.values:
        return _first(memory, value, side)
    expected = expectation(memory, day, side)
    residual = log(value) - expected.log_value
    z = residual / expected.sigma
    decades, surprise = judged(memory, day, z, expected, side)
    incident, quiet, worst = followed(memory.quiet, memory.worst, surprise)
    taught, shift = _taught(memory, expected, residual, z)
    low, high = _normal(expected, memory.facts, side.calibration)
    return (
        taught._replace(
            zero_share=_share(memory, 0.0), previous=value, facts=memory.facts + 1, quiet=quiet, worst=worst
        ),
        Assessment(
            _stage(memory, side),
            exp(expected.log_value), low, high, z, decades, surprise, incident, shift,
        ),
    )  # fmt: skip


def judged(
    memory: Memory, day: int, z: float, expected: Expectation, side: SideInputs
) -> tuple[float, Severity]:
    """Return how rare a surprise is on a key, in decades, and how severe; learning keys alarm nobody."""
    facts = memory.facts
    if facts < PROVISIONAL_FACTS:
        return 0.0, Severity.NONE
    rare = upward if expected.is_up_only else two_sided
    decades = rare(side.calibration, z / spread(side.calibration, facts))
    if facts < side.profile.learning_facts:
        return decades, Severity.NONE
    return decades, severity(decades, cut_on(memory.cut, memory.cut_day, day))


def rebuilt(facts: Iterable[Fact], side: SideInputs) -> Memory:
    """Return the memory of a key that has confirmed anomalies.

    facts: its accepted facts as they stand now, oldest first, without those; the last 60 count.
    """
    memory = Memory()
    for fact in [*facts][-REBUILT_FACTS:]:
        memory, _ = score(memory, fact, side)
    return memory


def _taught(memory: Memory, expected: Expectation, residual: float, z: float) -> tuple[Memory, float]:
    """Return the memory with what a fact teaches of level, season and scale, and a shift of the level.

    A holiday teaches only what that holiday does.
    """
    own = expected.scale
    lesson = scale.bounded(residual, scale.LEARNED_SCALES * own)
    facts = min(memory.facts + 1, EXCESS_FACTS)
    excess = memory.excess + (scale.bounded(z, EXCESS_BOUND) - memory.excess) / facts
    if expected.holiday != ORDINARY:
        kind = expected.holiday
        step = scale.bounded(lesson, scale.FACTOR_SCALES * expected.sigma)
        factors, counts = _stepped(memory.holiday_factors, memory.holiday_facts, kind, step)
        return memory._replace(holiday_factors=factors, holiday_facts=counts, excess=excess), 0.0
    step = scale.factor_step(residual, memory.factor_facts[expected.phase], own)
    factors, counts = _stepped(memory.factors, memory.factor_facts, expected.phase, step)
    values = level.remembered(memory.values, expected.log_value + lesson - factors[expected.phase])
    run, shift = level.run_of(memory.run, z), 0.0
    if abs(run) >= level.SHIFT_RUN and len(values) >= level.SHIFT_RUN + level.SHIFT_PAST:
        run, shift, values = 0, level.shift(values), values[-level.SHIFT_RUN :]
    taught = memory._replace(
        values=values,
        factors=factors,
        factor_facts=counts,
        deviation=scale.learned_deviation(memory.deviation, memory.deviation_facts, lesson),
        deviation_facts=memory.deviation_facts + 1,
        excess=excess,
        run=run,
    )
    return taught, shift


def _stepped(
    factors: tuple[float, ...], counts: tuple[int, ...], at: int, step: float
) -> tuple[tuple[float, ...], tuple[int, ...]]:
    factor = level.learned_factor(factors[at], counts[at], step)
    return (*factors[:at], factor, *factors[at + 1 :]), (*counts[:at], counts[at] + 1, *counts[at + 1 :])


def _normal(expected: Expectation, facts: int, calibration: Calibration) -> tuple[float, float]:
    """Return between which values a fact surprises less than INFO."""
    decades = INFO_DECADES - ONE_OF_TWO_SIDES if expected.is_up_only else INFO_DECADES
    reach = z_of(calibration, decades) * (spread(calibration, facts) * expected.sigma)
    low = 0.0 if expected.is_up_only else exp(expected.log_value - reach)
    return low, exp(expected.log_value + reach)


def _stage(memory: Memory, side: SideInputs) -> Stage:
    return Stage.JUDGED if memory.facts >= side.profile.learning_facts else Stage.LEARNING


def _share(memory: Memory, is_zero: float) -> float:
    return memory.zero_share + (is_zero - memory.zero_share) / min(memory.facts + 1, ZERO_FACTS)


def _zero(memory: Memory, side: SideInputs) -> tuple[Memory, Assessment]:
    """Learn from a zero no more than how often zeros are."""
    incident, quiet, worst = followed(memory.quiet, memory.worst, Severity.NONE)
    after = memory._replace(
        zero_share=_share(memory, 1.0), previous=0.0, facts=memory.facts + 1, quiet=quiet, worst=worst
    )
    return after, Assessment(_stage(memory, side), 0.0, 0.0, 0.0, 0.0, 0.0, Severity.NONE, incident, 0.0)


def _first(memory: Memory, value: float, side: SideInputs) -> tuple[Memory, Assessment]:
    incident, quiet, worst = followed(memory.quiet, memory.worst, Severity.NONE)
    after = memory._replace(
        values=(log(value),), zero_share=_share(memory, 0.0), previous=value, facts=memory.facts + 1,
        quiet=quiet, worst=worst,
    )  # fmt: skip
    return after, Assessment(_stage(memory, side), value, 0.0, 0.0, 0.0, 0.0, Severity.NONE, incident, 0.0)
