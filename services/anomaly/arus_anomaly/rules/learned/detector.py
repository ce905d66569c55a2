"""Judge one fact against the memory of its key, and learn from it.

y = ln value; expected = midmean of the last 21 deseasonalised y + the factor of its weekday (+ of its
holiday); z = (y − expected) / √variance, and the calibration turns z into decades, −log10 p.
"""

from collections.abc import Iterable
from enum import IntEnum
from math import exp, inf, log, sqrt
from typing import Final, NamedTuple

from arus_runtime.tuples import new

from arus_anomaly.rules.learned import level, scale
from arus_anomaly.rules.learned.calendar import ORDINARY, holiday
from arus_anomaly.rules.learned.calibration import (
    ONE_OF_TWO_SIDES,
    Calibration,
    two_sided,
    upward,
    z_of,
)
from arus_anomaly.rules.learned.incidents import Incident, followed
from arus_anomaly.rules.learned.profile import Profile, is_up_only, phase
from arus_anomaly.rules.learned.severity import INFO_DECADES, Severity, cut_on, severity
from arus_anomaly.state.memory import Memory

DETECTOR: Final = "learned/2"
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


class Expectation(NamedTuple):
    """What a fact was expected to say: a logarithm and how far facts may lie beside it."""

    log_value: float
    sigma: float
    scale: float
    phase: int
    holiday: int
    is_up_only: bool


class Surprise(NamedTuple):
    """How far a fact lay from what was expected of it."""

    expected: Expectation
    z: float
    shift: float
    """By how much (logarithm) the level is said to have shifted with this fact; 0.0: not."""


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
    return new(Expectation, (expected, sqrt(variance), own, when, kind, up_only))


def score(memory: Memory, fact: Fact, side: SideInputs) -> tuple[Memory, Assessment]:
    """Return the memory after a fact, and what is to be said of it.

    Raises ValueError for a value that is negative or not finite.
    """
    after, surprise = learn(memory, fact, side)
    if surprise is None:
        said, shift = (fact.value, 0.0, 0.0, 0.0, 0.0, Severity.NONE), 0.0
    else:
        expected, z, shift = surprise
        low, high = _normal(expected, memory.facts, side.calibration)
        said = exp(expected.log_value), low, high, z, *judged(memory, fact.day, z, expected, side)
    incident, quiet, worst = followed(memory.quiet, memory.worst, said[-1])
    if quiet != memory.quiet or worst != memory.worst:
        after = after._replace(quiet=quiet, worst=worst)
    return after, new(Assessment, (_stage(memory, side), *said, incident, shift))


def learn(memory: Memory, fact: Fact, side: SideInputs) -> tuple[Memory, Surprise | None]:
    """Return the memory after a fact, its incident aside, and how far the fact lay from what was expected.

    None: nothing is expected of a key's first value, and a zero says no more than how often zeros are. Raises
    ValueError for a value that is negative or not finite.
    """
    day, value = fact
    if not 0.0 <= value < inf:
        raise ValueError(f"value must be >= 0 and finite, got {value}")
    if value == 0.0 or not memory.values:
        values = (log(value),) if value else memory.values
        share = _share(memory, 0.0 if value else 1.0)
        after = memory._replace(values=values, zero_share=share, previous=value, facts=memory.facts + 1)
        return after, None
    expected = expectation(memory, day, side)
    residual = log(value) - expected.log_value
    z = residual / expected.sigma
    after, shift = _taught(memory, value, expected, residual, z)
    return after, new(Surprise, (expected, z, shift))


def judged(
    memory: Memory, day: int, z: float, expected: Expectation, side: SideInputs
) -> tuple[float, Severity]:
    """Return how rare a surprise is on a key, in decades, and how severe; learning keys alarm nobody."""
    facts = memory.facts
    if facts < PROVISIONAL_FACTS:
        return 0.0, Severity.NONE
    rare = upward if expected.is_up_only else two_sided
    decades = rare(side.calibration, facts, z)
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


def _taught(
    memory: Memory, value: float, expected: Expectation, residual: float, z: float
) -> tuple[Memory, float]:
    """Return the memory with what a fact teaches of level, season and scale, and a shift of the level.

    A holiday teaches only what that holiday does.
    """
    (
        values, factors, factor_facts, holiday_factors, holiday_facts, deviation, deviation_facts, excess,
        run, _, _, facts, *incident_and_cut,
    ) = memory  # fmt: skip
    own, shift = expected.scale, 0.0
    lesson = scale.bounded(residual, scale.LEARNED_SCALES * own)
    excess += (scale.bounded(z, EXCESS_BOUND) - excess) / min(facts + 1, EXCESS_FACTS)
    if expected.holiday != ORDINARY:
        kind = expected.holiday
        step = scale.bounded(lesson, scale.FACTOR_SCALES * expected.sigma)
        holiday_factors, holiday_facts = _stepped(holiday_factors, holiday_facts, kind, step)
    else:
        when = expected.phase
        step = scale.factor_step(residual, factor_facts[when], own)
        factors, factor_facts = _stepped(factors, factor_facts, when, step)
        values = level.remembered(values, expected.log_value + lesson - factors[when])
        run = level.run_of(run, z)
        if abs(run) >= level.SHIFT_RUN and len(values) >= level.SHIFT_RUN + level.SHIFT_PAST:
            run, shift, values = 0, level.shift(values), values[-level.SHIFT_RUN :]
        deviation = scale.learned_deviation(deviation, deviation_facts, lesson)
        deviation_facts += 1
    after = (
        values, factors, factor_facts, holiday_factors, holiday_facts, deviation, deviation_facts, excess,
        run, _share(memory, 0.0), value, facts + 1, *incident_and_cut,
    )  # fmt: skip
    return new(Memory, after), shift


def _stepped(
    factors: tuple[float, ...], counts: tuple[int, ...], at: int, step: float
) -> tuple[tuple[float, ...], tuple[int, ...]]:
    changed, counted = list(factors), list(counts)
    changed[at] = level.learned_factor(factors[at], counts[at], step)
    counted[at] += 1
    return tuple(changed), tuple(counted)


def _normal(expected: Expectation, facts: int, calibration: Calibration) -> tuple[float, float]:
    """Return between which values a fact surprises less than INFO."""
    decades = INFO_DECADES - ONE_OF_TWO_SIDES if expected.is_up_only else INFO_DECADES
    reach = z_of(calibration, facts, decades) * expected.sigma
    low = 0.0 if expected.is_up_only else exp(expected.log_value - reach)
    return low, exp(expected.log_value + reach)


def _stage(memory: Memory, side: SideInputs) -> Stage:
    return Stage.JUDGED if memory.facts >= side.profile.learning_facts else Stage.LEARNING


def _share(memory: Memory, is_zero: float) -> float:
    return memory.zero_share + (is_zero - memory.zero_share) / min(memory.facts + 1, ZERO_FACTS)
