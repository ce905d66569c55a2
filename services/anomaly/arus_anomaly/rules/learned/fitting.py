"""Fit a calibration on the z of many keys' facts."""

from typing import Final

import numpy as np
import numpy.typing as npt

from arus_anomaly.rules.learned.calibration import HISTORY_BUCKETS, Calibration
from arus_anomaly.rules.learned.profile import Profile

Floats = npt.NDArray[np.float64]

TAIL_SHARE: Final = 0.01
KNOTS: Final = 25
LEAST_FACTS: Final = 1_000
_KNOT_PRIOR: Final = 2.0
"""A bucket's own quantile counts as many facts as lie beyond it, that of all buckets counts two."""
_LEAST_STEP: Final = 1e-6
"""Between knots: equal values would make them one."""
_SHAPE_PRIOR: Final = 0.2
_SHAPE_PRIOR_FACTS: Final = 100.0
"""A hundred excesses say little of a tail's shape: it is drawn to a moderately heavy one."""
_LEAST_SHAPE: Final = 0.02
_MOST_SHAPE: Final = 0.5


def fitted(
    version: str, usual_scale: float, z: Floats, facts: npt.NDArray[np.int64], profile: Profile
) -> Calibration:
    """Return the calibration of honest facts.

    usual_scale, z: as scored with that scale; facts: the history of each. Where only high values surprise,
    low ones are left out. Raises ValueError for fewer than 1,000 facts of keys that are no longer learning,
    and when none of them stands out.
    """
    told = z > 0.0 if profile.is_up_only else np.ones(len(z), bool)
    surprises, facts = np.abs(z[told]), facts[told]
    settled = facts >= profile.learning_facts
    if settled.sum() < LEAST_FACTS:
        raise ValueError(f"facts of keys that know enough must be >= {LEAST_FACTS}, got {settled.sum()}")
    buckets = np.searchsorted(HISTORY_BUCKETS, facts, side="right") - 1
    shares = np.geomspace(1.0, TAIL_SHARE, KNOTS)
    of_all = _quantiles(surprises[settled], shares)
    knots = np.array(
        [_drawn(surprises[buckets == bucket], shares, of_all) for bucket in range(len(HISTORY_BUCKETS))]
    )
    beyond = surprises[settled] / knots[buckets[settled], -1] - 1.0
    shape, width = _pareto(beyond[beyond > 0.0])
    decades = tuple((0.0 - np.log10(shares)).tolist())
    rows = tuple(tuple(row) for row in knots.tolist())
    return Calibration(version, usual_scale, rows, decades, shape, width)


def _quantiles(surprises: Floats, shares: Floats) -> Floats:
    """Return what these shares of like facts reach; the ranks i / (n + 1) make it so also of few."""
    found = np.zeros(len(shares))
    found[1:] = np.quantile(surprises, 1.0 - shares[1:], method="weibull")
    return found


def _drawn(surprises: Floats, shares: Floats, of_all: Floats) -> Floats:
    """Return a bucket's own quantiles, drawn to those of all the more, the fewer facts lie beyond them."""
    beyond = len(surprises) * shares
    own = _quantiles(surprises, shares) if len(surprises) else of_all
    drawn = (beyond * own + _KNOT_PRIOR * of_all) / (beyond + _KNOT_PRIOR)
    return np.maximum.accumulate(drawn) + _LEAST_STEP * np.arange(KNOTS, dtype=np.float64)


def _pareto(excesses: Floats) -> tuple[float, float]:
    """Return ξ and σ by probability-weighted moments (Hosking & Wallis 1987), ξ shrunk to 0.2."""
    excesses = np.sort(excesses)
    size = len(excesses)
    if size == 0:
        raise ValueError(f"facts that surprise more than {1 - TAIL_SHARE:.0%} of them must be >= 1, got 0")
    weights = (size - 1 - np.arange(size)) / max(size - 1, 1)
    first, second = float(excesses.mean()), float((weights * excesses).mean())
    own = 2.0 - first / (first - 2.0 * second) if first > 2.0 * second else _MOST_SHAPE
    shape = (size * own + _SHAPE_PRIOR_FACTS * _SHAPE_PRIOR) / (size + _SHAPE_PRIOR_FACTS)
    shape = min(max(shape, _LEAST_SHAPE), _MOST_SHAPE)
    return shape, first * (1.0 - shape)
