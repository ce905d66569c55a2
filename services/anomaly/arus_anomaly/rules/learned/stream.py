"""Judge sensors that report every few minutes: how long has nothing lain so far beside its time of day?

The residual is the value less a running value of the same half hour of the day (before three days are known:
less the median of the last two dozen). It is looked at alone and smoothed over 24 and 96 reports, so that a
spike and a small lasting deviation both show. What surprises is the rank of its size among all the key's own
residuals, −log10 (rank / reports): no distribution is assumed, and p is right by exchangeability (Vovk,
Gammerman & Shafer 2005). Only the 32 greatest sizes are kept: a lower rank alarms nobody. Beyond the record
the tail goes on as a Pareto of index 2.
"""

from array import array
from collections.abc import Sequence
from math import log10
from statistics import median
from struct import Struct
from typing import Final, NamedTuple

from arus_anomaly.rules.learned.incidents import Incident
from arus_anomaly.rules.learned.scale import LEARNED_SCALES, SIGMAS_PER_DEVIATION, bounded
from arus_anomaly.state.memory import NEVER

SLOTS: Final = 48
_DAY_S: Final = 86_400
KNOWN_DAYS: Final = 3
SLOT_REPORTS: Final = 20
"""After so many reports a slot forgets as it learns."""
RECENT: Final = 24
SPANS: Final = (24, 96)
DEVIATION_REPORTS: Final = 500
LEARNING_REPORTS: Final = 20
GREATEST: Final = 32
TAIL_INDEX: Final = 2.0
LEARNED_RECORDS: Final = 1.2
"""Nothing enters the greatest at more than this times the record: what breaks it by far does so once more."""
HORIZON: Final = 10_000
"""At twice as many reports every second record is forgotten: an endless stream can go on surprising."""
ALARM_DECADES: Final = 2.4
"""Four in a thousand reports at most: few enough, as an incident alarms once."""
LEAST_QUIET: Final = 12
QUIET_SHARE: Final = 0.02
"""An incident is over when a fiftieth of the history has been quiet."""
_VIEWS: Final = 1 + len(SPANS)
_MOST_DECADES: Final = 12.0
_ONE_OF_VIEWS: Final = log10(_VIEWS)


class StreamMemory(NamedTuple):
    """One sensor's past."""

    slots: tuple[float, ...] = (0.0,) * SLOTS
    slot_reports: tuple[int, ...] = (0,) * SLOTS
    recent: tuple[float, ...] = ()
    """At most the last 24 values, oldest first."""
    means: tuple[float, ...] = (0.0,) * len(SPANS)
    """Running means of the residual over each span."""
    deviation: float = 0.0
    greatest: tuple[tuple[float, ...], ...] = ((),) * _VIEWS
    """By view the greatest sizes of its residual, descending."""
    reports: int = 0
    ranked: int = 0
    """Reports that the greatest were chosen from."""
    quiet: int = NEVER


class StreamAssessment(NamedTuple):
    """What is said of one report."""

    expected: float
    decades: float
    """−log10 p, 0.0 for the first 20 reports."""
    is_alarm: bool
    incident: Incident


def score(memory: StreamMemory, at_s: int, value: float) -> tuple[StreamMemory, StreamAssessment]:
    """Return the memory after a report, and what is to be said of it; at_s: seconds since an epoch."""
    slot = at_s % _DAY_S * SLOTS // _DAY_S
    reports = memory.reports
    if memory.slot_reports[slot] >= KNOWN_DAYS:
        expected = memory.slots[slot]
    else:
        expected = median(memory.recent) if memory.recent else value
    residual = value - expected
    means = tuple(
        mean + (residual - mean) * (2.0 / (span + 1.0))
        for mean, span in zip(memory.means, SPANS, strict=True)
    )
    sizes = [abs(residual), *map(abs, means)]
    decades, is_known = 0.0, reports >= LEARNING_REPORTS
    if is_known:
        views = zip(memory.greatest, sizes, strict=True)
        decades = max(_decades(greatest, memory.ranked, size) for greatest, size in views) - _ONE_OF_VIEWS
    is_alarm = decades >= ALARM_DECADES
    incident, quiet = _followed(memory.quiet, reports, is_alarm=is_alarm)
    greatest = tuple(
        _with(great, min(size, LEARNED_RECORDS * great[0]) if is_known and great[0] > 0.0 else size)
        for great, size in zip(memory.greatest, sizes, strict=True)
    )
    ranked = memory.ranked + 1
    if ranked >= 2 * HORIZON:
        greatest, ranked = tuple(great[1::2] for great in greatest), ranked // 2
    slots, slot_reports, deviation = _taught(memory, slot, value, residual)
    after = StreamMemory(
        slots, slot_reports, (*memory.recent[-RECENT + 1 :], value), means, deviation, greatest, reports + 1,
        ranked, quiet,
    )  # fmt: skip
    return after, StreamAssessment(expected, max(decades, 0.0), is_alarm, incident)


def _decades(greatest: Sequence[float], ranked: int, size: float) -> float:
    as_great = _rank(greatest, size)
    decades = -log10((1 + as_great) / (ranked + 1))
    if as_great == 0 and greatest and greatest[0] > 0.0:
        decades += TAIL_INDEX * log10(size / greatest[0])
    return min(decades, _MOST_DECADES)


def _rank(greatest: Sequence[float], size: float) -> int:
    """Return how many of the greatest are as great; greatest: descending."""
    low, high = 0, len(greatest)
    while low < high:
        middle = (low + high) // 2
        if greatest[middle] >= size:
            low = middle + 1
        else:
            high = middle
    return low


def _with(greatest: tuple[float, ...], size: float) -> tuple[float, ...]:
    if len(greatest) == GREATEST and greatest[-1] >= size:
        return greatest
    at = _rank(greatest, size)
    return (*greatest[:at], size, *greatest[at : GREATEST - 1])


def _taught(
    memory: StreamMemory, slot: int, value: float, residual: float
) -> tuple[tuple[float, ...], tuple[int, ...], float]:
    known, reports = memory.slot_reports[slot], memory.reports + 1
    bound = LEARNED_SCALES * SIGMAS_PER_DEVIATION * memory.deviation
    size = abs(residual) if memory.reports <= LEARNING_REPORTS else min(abs(residual), bound)
    deviation = memory.deviation + (size - memory.deviation) / min(reports, DEVIATION_REPORTS)
    step = value - memory.slots[slot]
    if known >= KNOWN_DAYS:
        step = bounded(step, bound)
    running = memory.slots[slot] + step / (min(known, SLOT_REPORTS) + 1)
    slots = (*memory.slots[:slot], running if known else value, *memory.slots[slot + 1 :])
    counts = (*memory.slot_reports[:slot], known + 1, *memory.slot_reports[slot + 1 :])
    return slots, counts, deviation


def _followed(quiet: int, reports: int, *, is_alarm: bool) -> tuple[Incident, int]:
    if is_alarm:
        return (Incident.OPENED if quiet == NEVER else Incident.UPDATED), 0
    if quiet == NEVER:
        return Incident.NONE, NEVER
    if quiet + 1 > max(QUIET_SHARE * reports, LEAST_QUIET):
        return Incident.CLOSED, NEVER
    return Incident.NONE, quiet + 1


_HEAD: Final = Struct("<iiid")


def dump(memory: StreamMemory) -> bytes:
    """Return a memory as bytes, at most about 1.6 kB: half of it the greatest sizes of three views."""
    sizes = array("i", [len(memory.recent), *map(len, memory.greatest), *memory.slot_reports])
    floats = array("d", [*memory.slots, *memory.means, *memory.recent])
    for greatest in memory.greatest:
        floats.extend(greatest)
    head = _HEAD.pack(memory.reports, memory.ranked, memory.quiet, memory.deviation)
    return head + sizes.tobytes() + floats.tobytes()


def load(value: bytes) -> StreamMemory:
    """Return the memory that these bytes are."""
    reports, ranked, quiet, deviation = _HEAD.unpack_from(value)
    sizes_end = _HEAD.size + (1 + _VIEWS + SLOTS) * array("i").itemsize
    sizes, floats = array("i", value[_HEAD.size : sizes_end]), array("d", value[sizes_end:])
    parts: list[tuple[float, ...]] = []
    start = 0
    for size in (SLOTS, len(SPANS), *sizes[: 1 + _VIEWS]):
        parts.append(tuple(floats[start : start + size]))
        start += size
    slots, means, recent, *greatest = parts
    return StreamMemory(
        slots, tuple(sizes[1 + _VIEWS :]), recent, means, deviation, tuple(greatest), reports, ranked, quiet
    )
