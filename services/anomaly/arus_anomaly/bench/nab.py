"""The score of the Numenta Anomaly Benchmark, standard profile (Lavin & Ahmad 2015, and its public scorer).

An anomaly is a window. The first detection inside it earns up to 1, the earlier the more; a window without
one costs 1; a detection outside costs up to 0.11, little right behind a window. The first 15 % of a file
(at most 750 values) are for learning and do not count. 0 is a detector that never speaks, 100 a perfect one.
"""

from collections.abc import Callable, Sequence
from math import exp
from typing import Final, NamedTuple

import numpy as np

from arus_anomaly.bench.series import Flags
from arus_anomaly.rules.learned.columns import Floats

FALSE_ALARM_WEIGHT: Final = 0.11
PROBATION_SHARE: Final = 0.15
PROBATION_MOST: Final = 750
_STEEP: Final = 5.0
_FAR: Final = 3.0


class Window(NamedTuple):
    """An anomaly's first and last position."""

    first: int
    last: int


def runs(is_anomaly: Flags) -> list[Window]:
    """Return the runs of labelled values."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], is_anomaly.astype(np.int8), [0])))).tolist()
    return [Window(first, end - 1) for first, end in zip(edges[::2], edges[1::2], strict=True)]


def probation(size: int) -> int:
    """Return how many values of a file are for learning only."""
    return min(int(PROBATION_SHARE * size), PROBATION_MOST)


def scaled_sigmoid(position: float) -> float:
    """Return the worth of a detection: near 1 at −1 (a window's begin), 0 at its end, −1 far behind."""
    return -1.0 if position > _FAR else 2.0 / (1.0 + exp(_STEEP * position)) - 1.0


def worth(position: int, around: Sequence[Window]) -> tuple[int | None, float]:
    """Return which window a detection lies in (None: in none) and what it is worth, weighted."""
    before: Window | None = None
    for number, window in enumerate(around):
        if window.first <= position <= window.last:
            size = window.last - window.first + 1
            return number, scaled_sigmoid(-(window.last - position + 1) / size) / scaled_sigmoid(-1.0)
        if window.last < position:
            before = window
    if before is None:
        return None, -FALSE_ALARM_WEIGHT
    behind = (position - before.last) / max(before.last - before.first, 1)
    return None, FALSE_ALARM_WEIGHT * scaled_sigmoid(behind)


class File(NamedTuple):
    """A file as it is scored: its windows, and how many values are for learning."""

    size: int
    windows: Sequence[Window]

    @classmethod
    def of(cls, is_anomaly: Flags) -> "File":
        """Return a labelled file."""
        return cls(len(is_anomaly), runs(is_anomaly))

    def raw(self, detections: Sequence[int]) -> float:
        """Return the file's raw score, between −windows and +windows less the false alarms."""
        learned = probation(self.size)
        found: dict[int, float] = {}
        total = 0.0
        for position in detections:
            if position < learned:
                continue
            number, weight = worth(position, self.windows)
            if number is None:
                total += weight
            else:
                found[number] = max(found.get(number, 0.0), weight)
        return total + sum(found.values()) - (len(self.windows) - len(found))


def standard(files: Sequence[File], detections: Sequence[Sequence[int]]) -> float:
    """Return the normalised score of a corpus: 0 for silence, 100 for perfection.

    Raises ValueError when no file has a window.
    """
    count = sum(len(file.windows) for file in files)
    if count == 0:
        raise ValueError("windows must be >= 1, got 0")
    raw = sum(file.raw(found) for file, found in zip(files, detections, strict=True))
    return 100.0 * (raw + count) / (2.0 * count)


def swept(
    files: Sequence[File],
    scores: Sequence[Floats],
    alarms: Callable[[Floats, float], Sequence[int]],
    most_share: float = 0.03,
    steps: int = 2_000,
) -> tuple[float, float]:
    """Return the best score over one threshold for the whole corpus, as NAB finds it, and the threshold.

    alarms: the positions at which scores over a threshold alarm; most_share: the largest share of values
    over a threshold that is tried; steps: how many thresholds at most, by quantiles.
    """
    pooled = np.concatenate(scores)
    shares = np.geomspace(most_share, 1.0 / len(pooled), steps)
    found = [
        (standard(files, [alarms(one, threshold) for one in scores]), threshold)
        for threshold in np.unique(np.quantile(pooled, 1.0 - shares)).tolist()
    ]
    return max(found)
