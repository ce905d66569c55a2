"""Level and season: what a fact was expected to say, before it said anything."""

from collections.abc import Sequence
from typing import Final

from arus_anomaly.state.memory import LEVEL_VALUES

TRIMMED: Final = 4
"""A quarter of the values is left out at each end (the midmean; Tukey 1977)."""
MIDMEAN_VARIANCE: Final = 1.2
"""Variance of a midmean times its size, in units of the values' variance (normal values; Huber 1981)."""
FACTOR_PRIOR: Final = 2.0
"""A factor of n facts is believed n / (n + 2)."""
FACTOR_FACTS: Final = 30
"""After so many facts a factor forgets as it learns."""
SHIFT_RUN: Final = 5
SHIFT_Z: Final = 1.5
"""A shift: five facts running beyond this on one side, which happens to 1 in 700,000 normal values."""
SHIFT_PAST: Final = 9
"""A shift is told from at least so many values before the run."""


def midmean(values: Sequence[float]) -> float:
    """Return the mean of the middle half; values: not empty."""
    ordered = sorted(values)
    size = len(ordered)
    trimmed = size // TRIMMED
    total = 0.0
    # A loop, not sum(): newer Pythons compensate there, and the same bits must come of every version.
    for value in ordered[trimmed : size - trimmed]:
        total += value
    return total / (size - 2 * trimmed)


def learned_factor(factor: float, facts: int, step: float) -> float:
    """Return a factor after one more fact; step: how far that fact lay beside the level and the factor."""
    return factor + step / (min(facts + 1, FACTOR_FACTS) + FACTOR_PRIOR)


def remembered(values: tuple[float, ...], value: float) -> tuple[float, ...]:
    """Return the last values with one more."""
    return (*values[-LEVEL_VALUES + 1 :], value)


def run_of(run: int, z: float) -> int:
    """Return how many facts running lie far above (positive) or below (negative), with one more."""
    if z >= SHIFT_Z:
        return max(run, 0) + 1
    if z <= -SHIFT_Z:
        return min(run, 0) - 1
    return 0


def shift(values: Sequence[float]) -> float:
    """Return by how much the last five values lie above the others; values: at least 14."""
    return midmean(values[-SHIFT_RUN:]) - midmean(values[:-SHIFT_RUN])
