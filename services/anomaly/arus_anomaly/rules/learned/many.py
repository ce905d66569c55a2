"""Judge the facts of many keys at once: the bits of `detector.score`, fact by fact, many times faster.

Keys are rows of a table. The first facts of all keys are judged together, then the second ones, and so on; so
it pays when many keys have few facts each, as the batches of a worker do. Every float goes through the same
operations in the same order as in the one-by-one path; logarithms and exponentials are the C library's in
both, because numpy's own may differ in the last bit. Each function here says the same as its namesake there.
"""

from collections.abc import Callable, Sequence
from math import exp, log
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from arus_anomaly.rules.learned import detector, incidents, level, scale
from arus_anomaly.rules.learned.calendar import ORDINARY, holiday
from arus_anomaly.rules.learned.calibration import (
    HISTORY_BUCKETS,
    LOG_10,
    MOST_DECADES,
    ONE_OF_TWO_SIDES,
    Calibration,
    z_of,
)
from arus_anomaly.rules.learned.columns import Assessments, Floats, Ints, Memories
from arus_anomaly.rules.learned.detector import Fact, SideInputs
from arus_anomaly.rules.learned.profile import LUMPY_SCALE, LUMPY_ZERO_SHARE, Profile, phase
from arus_anomaly.rules.learned.severity import (
    CRITICAL_DECADES,
    INFO_DECADES,
    WARNING_DECADES,
    Severity,
    cut_on,
)
from arus_anomaly.state.memory import LEVEL_VALUES, NEVER, Memory

Flags = npt.NDArray[np.bool_]

NARROW: Final = 32
"""Fewer facts than this are judged faster one after the other than together."""
_SHIFTABLE: Final = level.SHIFT_RUN + level.SHIFT_PAST


class Batch(NamedTuple):
    """Facts that are judged together: at most one of each key."""

    rows: Ints
    days: Ints
    values: Floats
    phases: Ints
    holidays: Ints

    def part(self, which: "Flags | Ints") -> "Batch":
        """Return some of the facts."""
        return Batch._make(column[which] for column in self)


class Expectations(NamedTuple):
    """What facts were expected to say, a row each; the fields are those of `detector.Expectation`."""

    log_value: Floats
    sigma: Floats
    scale: Floats
    is_up_only: Flags


def score(
    memories: Memories, keys: Ints, days: Ints, values: Floats, side: SideInputs
) -> tuple[Memories, Assessments]:
    """Return the memories after the facts, and what is to be said of each.

    keys: the row of each fact's key; the facts of one key stand in their order. Raises ValueError for a
    value that is negative or not finite.
    """
    refused = ~((values >= 0.0) & (values < np.inf))
    if refused.any():
        raise ValueError(f"value must be >= 0 and finite, got {values[refused][0]}")
    after, said = memories.copy(), Assessments.new(len(keys))
    facts = Batch(keys, days, values, *_calendar(days, side.profile))
    turns = _turns(keys)
    wide = sum(len(turn) >= NARROW for turn in turns)  # turns only grow narrower
    for turn in turns[:wide]:
        batch = facts.part(turn)
        is_plain = (batch.values > 0.0) & (after.sizes[batch.rows] > 0)
        _judge_alone(after, facts, turn[~is_plain], side, said)
        said.put(turn[is_plain], _judged(after, batch.part(is_plain), side))
    if wide < len(turns):
        _judge_alone(after, facts, np.concatenate(turns[wide:]), side, said)
    return after, said


def _judge_alone(table: Memories, facts: Batch, which: Ints, side: SideInputs, said: Assessments) -> None:
    """Judge some facts one after the other; which: their positions, each key's in order."""
    memories: dict[int, Memory] = {}
    for at in which.tolist():
        row, fact = int(facts.rows[at]), Fact(int(facts.days[at]), float(facts.values[at]))
        memories[row], one = detector.score(memories.get(row) or table.row(row), fact, side)
        said.put(at, one)
    for row, memory in memories.items():
        table.put(row, memory)


def _turns(keys: Ints) -> Sequence[Ints]:
    """Return the positions of every key's first fact, then of the second ones, and so on."""
    order = np.argsort(keys, kind="stable")
    _, starts, counts = np.unique(keys[order], return_index=True, return_counts=True)
    turn = np.arange(len(keys)) - np.repeat(starts, counts)
    return np.split(order[np.argsort(turn, kind="stable")], np.cumsum(np.bincount(turn))[:-1])


def _calendar(days: Ints, profile: Profile) -> tuple[Ints, Ints]:
    unique, at = np.unique(days, return_inverse=True)
    phases = np.array([phase(profile.season, day) for day in unique.tolist()], np.int64)
    if profile.holiday_doubts is None:
        return phases[at], np.full(len(days), ORDINARY)
    return phases[at], np.array([holiday(day) for day in unique.tolist()], np.int64)[at]


def _judged(table: Memories, batch: Batch, side: SideInputs) -> Assessments:
    """Judge one fact of each row and write what it teaches."""
    calibration, rows = side.calibration, batch.rows
    expected = _expectations(table, batch, side)
    residual = _each(log, batch.values) - expected.log_value
    z = residual / expected.sigma
    facts = table.facts[rows]
    levelled = np.array(calibration.spreads)[np.searchsorted(HISTORY_BUCKETS, facts, side="right") - 1]
    rare = _decades(calibration, z / levelled, expected.is_up_only)
    decades = np.where(facts >= detector.PROVISIONAL_FACTS, rare, 0.0)
    is_judged = facts >= side.profile.learning_facts
    severity = np.where(is_judged, _severity(decades, _cut(table, batch)), Severity.NONE)
    one_side = z_of(calibration, INFO_DECADES - ONE_OF_TWO_SIDES)
    reach = np.where(expected.is_up_only, one_side, z_of(calibration, INFO_DECADES))
    reach = reach * (levelled * expected.sigma)
    said = Assessments(
        stage=is_judged.astype(np.int64),
        expected=_each(exp, expected.log_value),
        low=np.where(expected.is_up_only, 0.0, _each(exp, expected.log_value - reach)),
        high=_each(exp, expected.log_value + reach),
        z=z,
        decades=decades,
        severity=severity,
        incident=_follow(table, rows, severity),
        shift=_teach(table, batch, expected, residual, z),
    )
    table.zero_share[rows] += (0.0 - table.zero_share[rows]) / np.minimum(facts + 1, detector.ZERO_FACTS)
    table.previous[rows] = batch.values
    table.facts[rows] = facts + 1
    return said


def _expectations(table: Memories, batch: Batch, side: SideInputs) -> Expectations:
    profile, (rows, _, _, phases, holidays) = side.profile, batch
    own = _scale(table.deviation[rows], table.deviation_facts[rows], side.calibration.usual_scale)
    sizes = table.sizes[rows]
    expected = _midmean(table.values[rows], sizes) + table.factors[rows, phases]
    doubt = 1.0 / (table.factor_facts[rows, phases] + level.FACTOR_PRIOR)
    variance = own * own * (1.0 + level.MIDMEAN_VARIANCE / sizes + doubt)
    on = np.flatnonzero(holidays != ORDINARY)
    if len(on) and profile.holiday_doubts is not None:
        where = rows[on], holidays[on]
        doubts = np.array(profile.holiday_doubts)[holidays[on]]
        expected[on] += table.holiday_factors[where]
        prior = level.FACTOR_PRIOR
        variance[on] += doubts * doubts * (prior / (table.holiday_facts[where] + prior))
    up_only = (table.zero_share[rows] > LUMPY_ZERO_SHARE) | (own > LUMPY_SCALE) | profile.is_up_only
    return Expectations(expected, np.sqrt(variance), own, up_only)


def _teach(table: Memories, batch: Batch, expected: Expectations, residual: Floats, z: Floats) -> Floats:
    """Write what the facts teach; return the shifts they complete."""
    lesson = _bounded(residual, scale.LEARNED_SCALES * expected.scale)
    facts = np.minimum(table.facts[batch.rows] + 1, detector.EXCESS_FACTS)
    table.excess[batch.rows] += (_bounded(z, detector.EXCESS_BOUND) - table.excess[batch.rows]) / facts
    on = np.flatnonzero(batch.holidays != ORDINARY)
    step = _bounded(lesson[on], scale.FACTOR_SCALES * expected.sigma[on])
    _step(table.holiday_factors, table.holiday_facts, (batch.rows[on], batch.holidays[on]), step)
    plain = np.flatnonzero(batch.holidays == ORDINARY)
    shifts = np.zeros(len(z))
    part = batch.part(plain)
    bound = scale.FACTOR_SCALES * expected.scale[plain]
    is_first = table.factor_facts[part.rows, part.phases] < scale.FIRST_FACTS
    step = _bounded(residual[plain], np.where(is_first, scale.FIRST_STEP, bound))
    _step(table.factors, table.factor_facts, (part.rows, part.phases), step)
    shifts[plain] = _teach_level(
        table, part, expected.log_value[plain] + lesson[plain], lesson[plain], z[plain]
    )
    return shifts


def _teach_level(table: Memories, batch: Batch, learned: Floats, lesson: Floats, z: Floats) -> Floats:
    rows = batch.rows
    newest = learned - table.factors[rows, batch.phases]
    table.values[rows] = np.column_stack((table.values[rows, 1:], newest))
    table.sizes[rows] = np.minimum(table.sizes[rows] + 1, LEVEL_VALUES)
    counted = np.minimum(table.deviation_facts[rows] + 1, scale.DEVIATION_FACTS)
    table.deviation[rows] += (np.abs(lesson) - table.deviation[rows]) / counted
    table.deviation_facts[rows] += 1
    table.run[rows] = _run(table.run[rows], z)
    shifts = np.zeros(len(rows))
    is_shifted = (np.abs(table.run[rows]) >= level.SHIFT_RUN) & (table.sizes[rows] >= _SHIFTABLE)
    for at in np.flatnonzero(is_shifted).tolist():
        memory = table.row(int(rows[at]))
        shifts[at] = level.shift(memory.values)
        table.put(int(rows[at]), memory._replace(run=0, values=memory.values[-level.SHIFT_RUN :]))
    return shifts


def _each(function: Callable[[float], float], values: Floats) -> Floats:
    return np.fromiter(map(function, values.tolist()), np.float64, len(values))


def _scale(deviation: Floats, facts: Ints, usual: float) -> Floats:
    own = scale.SIGMAS_PER_DEVIATION * deviation
    prior = scale.PRIOR_FACTS
    variance = (prior * (usual * usual) + facts * (own * own)) / (facts + prior)
    return np.maximum(np.sqrt(variance), scale.LEAST_SCALE)


def _midmean(values: Floats, sizes: Ints) -> Floats:
    ordered = np.sort(values, axis=1).T.copy()
    trimmed = sizes // level.TRIMMED
    ends = sizes - trimmed
    total = np.zeros(len(sizes))
    for at in range(LEVEL_VALUES):
        total += np.where((at >= trimmed) & (at < ends), ordered[at], 0.0)
    return total / (sizes - 2 * trimmed)


def _bounded(values: Floats, bound: Floats | float) -> Floats:
    return np.minimum(np.maximum(values, -bound), bound)


def _step(factors: Floats, counts: Ints, where: tuple[Ints, Ints], step: Floats) -> None:
    factors[where] += step / (np.minimum(counts[where] + 1, level.FACTOR_FACTS) + level.FACTOR_PRIOR)
    counts[where] += 1


def _run(run: Ints, z: Floats) -> Ints:
    above = np.where(z >= level.SHIFT_Z, np.maximum(run, 0) + 1, 0)
    return np.where(z <= -level.SHIFT_Z, np.minimum(run, 0) - 1, above)


def _decades(calibration: Calibration, z: Floats, up_only: Flags) -> Floats:
    knots, known = np.array(calibration.knots), np.array(calibration.decades)
    far = np.abs(z)
    at = np.minimum(np.searchsorted(knots, far, side="right") - 1, len(knots) - 2)
    part = (far - knots[at]) / (knots[at + 1] - knots[at])
    decades = known[at] + (known[at + 1] - known[at]) * part
    beyond = np.flatnonzero(far >= knots[-1])
    if len(beyond):
        shape = calibration.shape
        excess = _each(log, 1.0 + shape * ((far[beyond] - knots[-1]) / calibration.width)) / shape
        decades[beyond] = np.minimum(known[-1] + excess / LOG_10, MOST_DECADES)
    return np.where(up_only, np.where(z > 0.0, decades + ONE_OF_TWO_SIDES, 0.0), decades)


def _cut(table: Memories, batch: Batch) -> Floats:
    cut, since = table.cut[batch.rows], table.cut_day[batch.rows]
    for at in np.flatnonzero(cut).tolist():
        cut[at] = cut_on(float(cut[at]), int(since[at]), int(batch.days[at]))
    return cut


def _severity(decades: Floats, cut: Floats) -> Ints:
    above = decades - cut
    return np.searchsorted((INFO_DECADES, WARNING_DECADES, CRITICAL_DECADES), above, side="right")


def _follow(table: Memories, rows: Ints, severity: Ints) -> Ints:
    quiet, worst = table.quiet[rows], table.worst[rows]
    alarms, is_open = severity >= Severity.WARNING, quiet != NEVER
    closes = is_open & ~alarms & (quiet + 1 >= incidents.QUIET_FACTS)
    said = incidents.Incident
    incident = np.select(
        [alarms & ~is_open, alarms & (severity > worst), alarms, closes],
        [said.OPENED, said.ESCALATED, said.UPDATED, said.CLOSED],
        said.NONE,
    )
    table.quiet[rows] = np.where(alarms, 0, np.where(is_open & ~closes, quiet + 1, NEVER))
    table.worst[rows] = np.where(alarms, np.maximum(worst, severity), np.where(closes, 0, worst))
    return incident
