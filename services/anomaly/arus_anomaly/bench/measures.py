"""Honest measures: every fact counts once, nothing is adjusted to the window it lies in."""

from math import log10
from typing import Final

import numpy as np

from arus_anomaly.bench.series import Flags, UnreadableData
from arus_anomaly.rules.learned.columns import Floats

FALSE_ALARMS_PER_KEY_MONTH: Final = 0.05
"""What a peer's cut is set to cost on clean data."""


def average_precision(is_anomaly: Flags, scores: Floats) -> float | None:
    """Return the area under precision over recall, ties counted together; None without anomalies."""
    total = int(is_anomaly.sum())
    if total == 0:
        return None
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    ends = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)
    true = np.cumsum(is_anomaly[order])[ends]
    recall = np.diff(np.concatenate(([0.0], true / total)))
    return float((recall * true / (ends + 1)).sum())


def precision(is_anomaly: Flags, alarms: Flags) -> float | None:
    """Return the share of alarms that were anomalies; None without alarms."""
    return float(is_anomaly[alarms].mean()) if alarms.any() else None


def recall(is_anomaly: Flags, alarms: Flags) -> float | None:
    """Return the share of anomalies that alarmed; None without anomalies."""
    return float(alarms[is_anomaly].mean()) if is_anomaly.any() else None


def cut_at(honest: Floats, months: float) -> float:
    """Return the cut above which honest facts alarm as often as a key and month may: 0.05 times.

    Raises UnreadableData when there are none.
    """
    if len(honest) == 0:
        raise UnreadableData("some facts must be labelled as none (0), to set the peers' cuts by: found none")
    allowed = int(FALSE_ALARMS_PER_KEY_MONTH * months)
    return float(np.sort(honest)[::-1][min(allowed, len(honest) - 1)])


def observed_over_nominal(decades: Floats, nominal: float) -> float:
    """Return how much oftener than they should honest facts surprise with p ≤ nominal; decades: not empty."""
    return float((decades >= -log10(nominal)).mean()) / nominal
