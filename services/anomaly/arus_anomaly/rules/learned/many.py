"""Judge the facts of many keys at once: the bits of `detector.score`, fact by fact, many times faster.

Keys are rows of a table. What a fact teaches depends on those before it, so the first facts of all keys are
learned together, then the second ones, and so on; where few keys are left, one after the other. What is said
of a fact follows from its surprise alone, for all facts at once. Every float goes through the same operations
in the same order as in the one-by-one path; logarithms and exponentials are the C library's in both, because
numpy's own may differ in the last bit.
"""

from collections.abc import Callable, Sequence
from math import exp, log
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from arus_runtime.tuples import new

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

NARROW: Final = 20
"""Fewer facts than this are learned faster one after the other than together."""
_SHIFTABLE: Final = level.SHIFT_RUN + level.SHIFT_PAST
_SEVERITIES: Final[Sequence[Severity]] = list(Severity)


class Batch(NamedTuple):
    """Facts that are learned together: at most one of each key."""

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


class Surprises(NamedTuple):
    """How far facts lay from what was expected of them, a row each; sigma is 0 where nothing was."""

    log_value: Floats
    sigma: Floats
    is_up_only: Flags
    z: Floats
    shift: Floats

    def put(self, which: Ints, found: Sequence[Floats | Flags | Sequence[float]]) -> None:
        """Write the surprises of some facts."""
        for column, values in zip(self, found, strict=True):
            column[which] = values

    def part(self, which: Ints) -> "Surprises":
        """Return those of some facts."""
        return Surprises._make(column[which] for column in self)


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
    after = memories.copy()
    order, turn = _turns(keys)
    before = memories.facts[keys] + turn
    facts = Batch(keys, days, values, *_calendar(days, side.profile))
    surprises = _learned(after, facts, np.split(order, np.cumsum(np.bincount(turn))[:-1]), side)
    return after, _told(after, facts, before, surprises, side)


def _turns(keys: Ints) -> tuple[Ints, Ints]:
    """Return the positions of every key's first fact, then of the second ones, and so on; and each's turn."""
    by_key = np.argsort(keys, kind="stable")
    _, starts, counts = np.unique(keys[by_key], return_index=True, return_counts=True)
    turn = np.empty(len(keys), np.int64)
    turn[by_key] = np.arange(len(keys)) - np.repeat(starts, counts)
    return np.argsort(turn, kind="stable"), turn


def _learned(table: Memories, facts: Batch, turns: Sequence[Ints], side: SideInputs) -> Surprises:
    """Write what facts teach, turn by turn; return how far each lay from what was expected of it."""
    size = len(facts.rows)
    floats = (np.zeros(size) for _ in range(4))
    surprises = Surprises(next(floats), next(floats), np.zeros(size, np.bool_), next(floats), next(floats))
    wide = sum(len(turn) >= NARROW for turn in turns)  # turns only grow narrower
    for turn in turns[:wide]:
        is_plain = (facts.values[turn] > 0.0) & (table.sizes[facts.rows[turn]] > 0)
        _learned_alone(table, facts, turn[~is_plain], side, surprises)
        plain = turn[is_plain]
        surprises.put(plain, _learned_together(table, facts.part(plain), side))
    if wide < len(turns):
        _learned_alone(table, facts, np.concatenate(turns[wide:]), side, surprises)
    return surprises


def _learned_alone(
    table: Memories, facts: Batch, which: Ints, side: SideInputs, surprises: Surprises
) -> None:
    """Learn from some facts one after the other; which: their positions, each key's in order."""
    memories: dict[int, Memory] = {}
    told: list[int] = []
    found: list[tuple[float, float, bool, float, float]] = []
    columns = (which, facts.rows[which], facts.days[which], facts.values[which])
    for at, row, day, value in zip(*(column.tolist() for column in columns), strict=True):
        memory = memories.get(row) or table.row(row)
        memories[row], surprise = detector.learn(memory, new(Fact, (day, value)), side)
        if surprise is not None:
            expected, z, shift = surprise
            told.append(at)
            found.append((expected.log_value, expected.sigma, expected.is_up_only, z, shift))
    for row, memory in memories.items():
        table.put(row, memory)
    if told:
        surprises.put(np.array(told), [*zip(*found, strict=True)])


def _told(table: Memories, facts: Batch, before: Ints, surprises: Surprises, side: SideInputs) -> Assessments:
    """Return what is said of facts, and write what becomes of incidents; before: the facts before each."""
    calibration, is_judged = side.calibration, before >= side.profile.learning_facts
    said = Assessments.new(len(before))
    said.stage[:] = is_judged
    said.expected[:] = facts.values
    told = np.flatnonzero(surprises.sigma)
    log_value, sigma, is_up_only, z, shift = surprises.part(told)
    bucket = np.searchsorted(HISTORY_BUCKETS, before[told], side="right") - 1
    rare = _decades(calibration, bucket, z, is_up_only)
    decades = np.where(before[told] >= detector.PROVISIONAL_FACTS, rare, 0.0)
    severity = np.where(is_judged[told], _severity(decades, _cut(table, facts, told)), Severity.NONE)
    reach = _reaches(calibration)[is_up_only.astype(np.int64), bucket] * sigma
    low = np.where(is_up_only, 0.0, _each(exp, log_value - reach))
    for column, values in (
        (said.expected, _each(exp, log_value)),
        (said.low, low),
        (said.high, _each(exp, log_value + reach)),
        (said.z, z),
        (said.decades, decades),
        (said.severity, severity),
        (said.shift, shift),
    ):
        column[told] = values
    said.incident[:] = _followed(table, facts.rows, said.severity)
    return said


def _calendar(days: Ints, profile: Profile) -> tuple[Ints, Ints]:
    unique, at = np.unique(days, return_inverse=True)
    phases = np.array([phase(profile.season, day) for day in unique.tolist()], np.int64)
    if profile.holiday_doubts is None:
        return phases[at], np.full(len(days), ORDINARY)
    return phases[at], np.array([holiday(day) for day in unique.tolist()], np.int64)[at]


def _learned_together(
    table: Memories, batch: Batch, side: SideInputs
) -> tuple[Floats, Floats, Flags, Floats, Floats]:
    """Write what one fact of each row teaches; return how far each lay from what was expected of it."""
    rows = batch.rows
    expected = _expectations(table, batch, side)
    residual = _each(log, batch.values) - expected.log_value
    z = residual / expected.sigma
    shift = _teach(table, batch, expected, residual, z)
    counted = np.minimum(table.facts[rows] + 1, detector.ZERO_FACTS)
    table.zero_share[rows] += (0.0 - table.zero_share[rows]) / counted
    table.previous[rows] = batch.values
    table.facts[rows] += 1
    return expected.log_value, expected.sigma, expected.is_up_only, z, shift


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


def _decades(calibration: Calibration, bucket: Ints, z: Floats, up_only: Flags) -> Floats:
    tables, known = np.array(calibration.knots), np.array(calibration.decades)
    far, knots = np.abs(z), tables[bucket]
    at = np.minimum((knots <= far[:, None]).sum(axis=1) - 1, len(known) - 2)
    rows = np.arange(len(z))
    below, above, last = knots[rows, at], knots[rows, at + 1], knots[:, -1]
    part = (far - below) / (above - below)
    decades = known[at] + (known[at + 1] - known[at]) * part
    on = np.flatnonzero(far >= last)
    if len(on):
        shape = calibration.shape
        excess = (far[on] - last[on]) / (last[on] * calibration.width)
        beyond = _each(log, 1.0 + shape * excess) / shape
        decades[on] = np.minimum(known[-1] + beyond / LOG_10, MOST_DECADES)
    return np.where(up_only, np.where(z > 0.0, decades + ONE_OF_TWO_SIDES, 0.0), decades)


def _reaches(calibration: Calibration) -> Floats:
    """Return by sides (0: both, 1: upward only) and history bucket the |z| from which a fact is INFO."""
    return np.array(
        [
            [z_of(calibration, facts, decades) for facts in HISTORY_BUCKETS]
            for decades in (INFO_DECADES, INFO_DECADES - ONE_OF_TWO_SIDES)
        ]
    )


def _cut(table: Memories, facts: Batch, which: Ints) -> Floats:
    rows = facts.rows[which]
    cut = table.cut[rows]
    for at in np.flatnonzero(cut).tolist():
        since, day = int(table.cut_day[rows[at]]), int(facts.days[which[at]])
        cut[at] = cut_on(float(cut[at]), since, day)
    return cut


def _severity(decades: Floats, cut: Floats) -> Ints:
    above = decades - cut
    return np.searchsorted((INFO_DECADES, WARNING_DECADES, CRITICAL_DECADES), above, side="right")


def _followed(table: Memories, rows: Ints, severity: Ints) -> Ints:
    """Write what becomes of incidents; return what each fact does. Most keys have none, and alarm nobody."""
    incident = np.zeros(len(rows), np.int64)
    stirred = table.quiet != NEVER
    stirred[rows[severity >= Severity.WARNING]] = True
    which = np.flatnonzero(stirred[rows])
    open_ = {row: (int(table.quiet[row]), int(table.worst[row])) for row in np.unique(rows[which]).tolist()}
    found: list[int] = []
    severities: list[int] = severity[which].tolist()
    for row, now in zip(rows[which].tolist(), severities, strict=True):
        did, quiet, worst = incidents.followed(*open_[row], _SEVERITIES[now])
        open_[row] = quiet, worst
        found.append(did)
    incident[which] = found
    for row, (quiet, worst) in open_.items():
        table.quiet[row], table.worst[row] = quiet, worst
    return incident
