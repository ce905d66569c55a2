"""Cause hints (R-16): which of the four named causes a surprising fact looks like, as shares of one.

A leak is a small excess that stays, misuse a sudden one, a recording error a number that would be usual with
its point moved or two digits swapped, waste a slow rise. They are hints: a person says what it was.
"""

from collections.abc import Iterator
from enum import StrEnum
from itertools import pairwise
from math import exp, log
from typing import Final, NamedTuple

from arus_anomaly.rules.learned.detector import Expectation, Fact
from arus_anomaly.rules.learned.level import midmean
from arus_anomaly.state.memory import LEVEL_VALUES, Memory

SPIKE_Z: Final = 4.0
"""From here on an excess is sudden rather than small."""
LEAK_EXCESS: Final = 1.5
DRIFT_SCALES: Final = 2.0
_THIRD: Final = LEVEL_VALUES // 3
_MOVED_POINT: Final = 10.0
_SWAPPED_SHARE: Final = 0.6
"""Any number has some neighbours by a swap of digits, so such a fit says less than a moved point."""
_DOUBLED_SHARE: Final = 0.4
"""Twice the usual may also be what it says."""
_LEAST: Final = 0.05


class Cause(StrEnum):
    """The causes that Arus tells apart."""

    BOCOR = "BOCOR"
    PENYALAHGUNAAN = "PENYALAHGUNAAN"
    SALAH_CATAT = "SALAH_CATAT"
    PEMBOROSAN = "PEMBOROSAN"


class Hint(NamedTuple):
    """A cause and how much of the evidence is for it; the shares of all hints add up to 1."""

    cause: Cause
    share: float


def hints(memory: Memory, fact: Fact, expected: Expectation) -> tuple[Hint, ...]:
    """Return what a fact looks like, likeliest first; memory: before the fact. No evidence: no hints."""
    if fact.value <= 0.0:
        return ()
    z = (log(fact.value) - expected.log_value) / expected.sigma
    misrecorded = _misrecorded(memory, fact.value, expected, z)
    evidence = {
        Cause.SALAH_CATAT: misrecorded,
        Cause.BOCOR: _leak(memory, z),
        Cause.PENYALAHGUNAAN: _misuse(memory, z) * (1.0 - misrecorded),
        Cause.PEMBOROSAN: _drift(memory, expected),
    }
    found = {cause: share for cause, share in evidence.items() if share >= _LEAST}
    total = sum(found.values())
    told = [Hint(cause, share / total) for cause, share in found.items()]
    return tuple(sorted(told, key=lambda hint: (-hint.share, hint.cause)))


def _misrecorded(memory: Memory, value: float, expected: Expectation, z: float) -> float:
    """Return how well the best correction of the number fits, if the number itself does not."""
    best = 0.0
    for corrected, share in _corrections(value, memory.previous):
        corrected_z = (log(corrected) - expected.log_value) / expected.sigma
        best = max(best, share * exp(-corrected_z * corrected_z / 2))
    return best * (1.0 - exp(-z * z / 2))


def _corrections(value: float, previous: float) -> Iterator[tuple[float, float]]:
    """Yield what might have been meant, and how much a fit of it says."""
    yield value / _MOVED_POINT, 1.0
    yield value * _MOVED_POINT, 1.0
    if 0.0 < previous < value:
        yield value - previous, _DOUBLED_SHARE  # the day before was recorded again with it
    digits = str(int(value))
    for at, (left, right) in enumerate(pairwise(digits)):
        swapped = int(digits[:at] + right + left + digits[at + 2 :])
        if left != right and swapped > 0:
            yield float(swapped), _SWAPPED_SHARE


def _leak(memory: Memory, z: float) -> float:
    stays = min(max(memory.excess, 0.0) / LEAK_EXCESS, 1.0)
    return stays * min(max(z, 0.0), 1.0) * min(SPIKE_Z / max(z, SPIKE_Z), 1.0)


def _misuse(memory: Memory, z: float) -> float:
    sudden = min(max(z, 0.0) / SPIKE_Z, 1.0)
    return sudden * (1.0 - min(max(memory.excess, 0.0) / LEAK_EXCESS, 1.0))


def _drift(memory: Memory, expected: Expectation) -> float:
    values = memory.values
    if len(values) < LEVEL_VALUES:
        return 0.0
    old, middle, new = midmean(values[:_THIRD]), midmean(values[_THIRD:-_THIRD]), midmean(values[-_THIRD:])
    if not old < middle < new:
        return 0.0
    return min((new - old) / (DRIFT_SCALES * expected.scale), 1.0)
