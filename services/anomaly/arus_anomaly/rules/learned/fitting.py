"""Fit a calibration on the z of many keys' facts."""

from collections.abc import Sequence
from itertools import pairwise
from math import log10
from typing import Final

import numpy as np
import numpy.typing as npt

from arus_anomaly.rules.learned.calibration import HISTORY_BUCKETS, Calibration
from arus_anomaly.rules.learned.profile import Profile

Floats = npt.NDArray[np.float64]

TAIL_SHARE: Final = 0.03
KNOTS: Final = 25
SPREAD_QUANTILE: Final = 0.9
LEAST_FACTS: Final = 1_000
_BUCKET_PRIOR: Final = 100.0
"""A bucket's own spread counts fully only with many more facts than this."""
_SHAPE_PRIOR: Final = 0.2
_SHAPE_PRIOR_FACTS: Final = 100.0
"""A few hundred excesses say little of a tail's shape: it is drawn to a moderately heavy one."""
_LEAST_SHAPE: Final = 0.02
_MOST_SHAPE: Final = 0.5


def fitted(
    version: str, usual_scale: float, z: Floats, facts: npt.NDArray[np.int64], profile: Profile
) -> Calibration:
    """Return the calibration of honest facts.

    usual_scale, z: as scored with that scale; facts: the history of each. Where only high values surprise,
    low ones are left out. Raises ValueError for fewer than 1,000 facts of keys that are no longer learning.
    """
    told = z > 0.0 if profile.is_up_only else np.ones(len(z), bool)
    surprises, facts = np.abs(z[told]), facts[told]
    settled = facts >= profile.learning_facts
    if settled.sum() < LEAST_FACTS:
        raise ValueError(f"facts of keys that know enough must be >= {LEAST_FACTS}, got {settled.sum()}")
    usual = float(np.quantile(surprises[settled], SPREAD_QUANTILE))
    spreads = [_spread(surprises, facts, bucket, usual) for bucket in range(len(HISTORY_BUCKETS))]
    bucket_of = np.searchsorted(HISTORY_BUCKETS, facts[settled], side="right") - 1
    return _tailed(version, usual_scale, spreads, surprises[settled] / np.array(spreads)[bucket_of])


def _spread(surprises: Floats, facts: npt.NDArray[np.int64], bucket: int, usual: float) -> float:
    bounds = (*HISTORY_BUCKETS, np.iinfo(np.int64).max)
    mine = surprises[(facts >= bounds[bucket]) & (facts < bounds[bucket + 1])]
    if len(mine) == 0:
        return 1.0
    ratio = float(np.quantile(mine, SPREAD_QUANTILE)) / usual
    return (len(mine) * ratio + _BUCKET_PRIOR) / (len(mine) + _BUCKET_PRIOR)


def _tailed(version: str, usual_scale: float, spreads: Sequence[float], surprises: Floats) -> Calibration:
    shares = np.geomspace(1.0, TAIL_SHARE, KNOTS)[1:]
    knots, decades = [0.0], [0.0]
    for knot, share in zip(np.quantile(surprises, 1.0 - shares), shares, strict=True):
        if knot > knots[-1]:
            knots.append(float(knot))
            decades.append(-log10(float(share)))
    beyond = surprises[surprises > knots[-1]] - knots[-1]
    return Calibration(version, usual_scale, tuple(spreads), tuple(knots), tuple(decades), *_pareto(beyond))


def _pareto(excesses: Floats) -> tuple[float, float]:
    """Return ξ and σ by probability-weighted moments (Hosking & Wallis 1987), ξ shrunk to 0.2."""
    excesses = np.sort(excesses)
    size = len(excesses)
    weights = (size - 1 - np.arange(size)) / max(size - 1, 1)
    first, second = float(excesses.mean()), float((weights * excesses).mean())
    own = 2.0 - first / (first - 2.0 * second) if first > 2.0 * second else _MOST_SHAPE
    shape = (size * own + _SHAPE_PRIOR_FACTS * _SHAPE_PRIOR) / (size + _SHAPE_PRIOR_FACTS)
    shape = min(max(shape, _LEAST_SHAPE), _MOST_SHAPE)
    return shape, first * (1.0 - shape)


def observed_over_nominal(
    decades: Floats, facts: npt.NDArray[np.int64], nominal: float
) -> Sequence[tuple[int, int, float]]:
    """Return for each history bucket: its least facts, how many there are, observed / nominal share."""
    rows: list[tuple[int, int, float]] = []
    for least, end in pairwise((*HISTORY_BUCKETS, np.iinfo(np.int64).max)):
        mine = decades[(facts >= least) & (facts < end)]
        if len(mine):
            rows.append((least, len(mine), float((mine >= -log10(nominal)).mean()) / nominal))
    return rows
