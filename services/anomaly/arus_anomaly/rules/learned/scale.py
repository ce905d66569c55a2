"""Scale: how far facts usually lie beside what was expected."""

from math import sqrt
from typing import Final

from arus_anomaly.rules.learned.level import FACTOR_PRIOR, MIDMEAN_VARIANCE

DEVIATION_FACTS: Final = 56
"""The running deviation looks back about eight weeks."""
PRIOR_FACTS: Final = 8.0
"""The domain's usual scale counts as so many facts of the key's own."""
SIGMAS_PER_DEVIATION: Final = 1.2533141373155003
"""√(π/2): standard deviations in one mean absolute deviation, of normal values."""
LEARNED_SCALES: Final = 4.0
"""No single fact teaches more than this: learning is winsorised."""
FACTOR_SCALES: Final = 2.0
"""A factor moves by no more than this takes it."""
FIRST_FACTS: Final = 3
FIRST_STEP: Final = 1.0
"""But its first three facts may say e-fold: a place that closes on Sundays should be known in three weeks."""
LEAST_SCALE: Final = 0.03
"""Logarithm: under 3 % nothing is told apart."""


def scale(deviation: float, facts: int, usual: float) -> float:
    """Return the scale of a key: its own deviation, shrunk to what is usual in its domain."""
    own = SIGMAS_PER_DEVIATION * deviation
    variance = (PRIOR_FACTS * (usual * usual) + facts * (own * own)) / (facts + PRIOR_FACTS)
    return max(sqrt(variance), LEAST_SCALE)


def prediction_variance(scale_: float, values: int, factor_facts: int) -> float:
    """Return the variance of the next residual: the facts' own, the level's and the factor's."""
    return scale_ * scale_ * (1.0 + MIDMEAN_VARIANCE / values + 1.0 / (factor_facts + FACTOR_PRIOR))


def holiday_variance(doubt: float, facts: int) -> float:
    """Return what a holiday adds while its effect is still little known; doubt: its usual size."""
    return doubt * doubt * (FACTOR_PRIOR / (facts + FACTOR_PRIOR))


def learned_deviation(deviation: float, facts: int, residual: float) -> float:
    """Return the running deviation after one more residual; facts: those before it."""
    return deviation + (abs(residual) - deviation) / min(facts + 1, DEVIATION_FACTS)


def bounded(value: float, bound: float) -> float:
    """Return the value, held within ±bound."""
    return -bound if value < -bound else min(value, bound)


def factor_step(residual: float, facts: int, own: float) -> float:
    """Return how far a fact moves its phase's factor; facts: those that taught it before, own: the scale."""
    return bounded(residual, FIRST_STEP if facts < FIRST_FACTS else FACTOR_SCALES * own)
