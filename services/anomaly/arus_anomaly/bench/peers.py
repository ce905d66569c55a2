"""What others do: the ratio rule, an EWMA chart, river's half-space trees, an isolation forest.

Each maps one key's values to scores, the higher the stranger; a score sees no later value. River and
scikit-learn are in the `bench` group and loaded when asked for.
"""

from collections.abc import Callable, Mapping
from functools import partial
from math import sqrt
from typing import Any, Final

import numpy as np

from arus_anomaly.rules.learned.columns import Floats

Peer = Callable[[Floats], Floats]

EWMA_WEIGHT: Final = 0.02
_WARM_UP: Final = 10
_TREES: Final = 10
_LAG: Final = 8
_FITTED_SHARE: Final = 0.15
_FITTED_LEAST: Final = 30


def ratio(values: Floats) -> Floats:
    """Score a value in per cent of the mean of all before it, as the spreadsheet does."""
    before = np.arange(len(values))
    sums = np.concatenate(([0.0], np.cumsum(values)[:-1]))
    usable = (before >= 3) & (sums > 0.0)
    return np.where(usable, 100.0 * values * before / np.where(usable, sums, 1.0), 0.0)


def ewma(values: Floats) -> Floats:
    """Score a value by its distance from an exponentially weighted mean, in weighted deviations."""
    scores = np.zeros(len(values))
    mean, variance = float(values[0]), 0.0
    for at, value in enumerate(values.tolist()[1:], 1):
        apart = value - mean
        if at > _WARM_UP and variance > 0.0:
            scores[at] = abs(apart) / sqrt(variance)
        mean += EWMA_WEIGHT * apart
        variance = (1.0 - EWMA_WEIGHT) * (variance + EWMA_WEIGHT * apart * apart)
    return scores


def half_space_trees(values: Floats) -> Floats:
    """Score a value and its step by river's half-space trees (Tan, Ting & Liu 2011)."""
    size = len(values)
    score = growing_trees(float(values[0]), min(250, max(20, size // 10)))
    return np.fromiter((score(value) for value in values.tolist()), float, size)


def growing_trees(first: float, window: int) -> Callable[[float], float]:
    """Return what scores one key's next value by half-space trees and lets them learn it.

    first: the value from which the first step is taken. window: values until the trees look again.
    """
    from river import anomaly, preprocessing  # noqa: PLC0415 - of the bench group, slow to load

    trees: Any = anomaly.HalfSpaceTrees(n_trees=_TREES, height=8, window_size=window, seed=1)
    scaler: Any = preprocessing.MinMaxScaler()
    last = first

    def score(value: float) -> float:
        nonlocal last
        raw = {"value": value, "step": value - last}
        last = value
        scaler.learn_one(raw)
        scaled = scaler.transform_one(raw)
        scored: float = trees.score_one(scaled)
        trees.learn_one(scaled)
        return scored

    return score


def isolation_forest(values: Floats, lag: int) -> Floats:
    """Score the last values by an isolation forest (Liu, Ting & Zhou 2008) fitted on the first 15 %.

    lag: how many values are looked at together.
    """
    from sklearn.ensemble import IsolationForest  # noqa: PLC0415 - of the bench group, slow to load

    size = len(values)
    fitted = max(int(_FITTED_SHARE * size), _FITTED_LEAST)
    scores = np.zeros(size)
    if size <= fitted:
        return scores
    padded = np.concatenate((np.full(lag - 1, values[0]), values))
    lagged = np.lib.stride_tricks.sliding_window_view(padded, lag)
    forest: Any = IsolationForest(n_estimators=100, random_state=0, n_jobs=1)
    forest.fit(lagged[:fitted])
    # Ordinary values score about 0.4: what is not scored must not stand above them.
    scores[fitted:] = -forest.score_samples(lagged[fitted:])
    return scores


_ALIKE: Final[Mapping[str, Peer]] = {
    "ratio_rule": ratio,
    "ewma": ewma,
    "river_half_space_trees": half_space_trees,
}
STREAM_PEERS: Final[Mapping[str, Peer]] = {
    **_ALIKE,
    "isolation_forest": partial(isolation_forest, lag=_LAG),
}
KEYED_PEERS: Final[Mapping[str, Peer]] = {
    **_ALIKE,
    # One value a day: a window would call the days behind an anomaly strange as well.
    "isolation_forest": partial(isolation_forest, lag=1),
}
