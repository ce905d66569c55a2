"""Calibration: from a standardised surprise z to the share of honest facts that surprise as much.

A calibration is fitted on many keys' facts (`fitting`) and is a versioned side input. Its body is a table of
quantiles for each length of history (Mondrian conformal; Vovk, Gammerman & Shafer 2005, 4.5); above the
99 % quantile the tail is a generalised Pareto (Pickands 1975; Siffer et al. 2017). Probabilities are told as
decades, −log10 p: 2 is one fact in a hundred, 4 one in ten thousand.
"""

from bisect import bisect_right
from math import log, log10
from typing import Final, NamedTuple

HISTORY_BUCKETS: Final = (0, 8, 12, 21, 56, 120)
"""The least facts of each bucket: a young history surprises more often, and has quantiles of its own."""
MOST_DECADES: Final = 12.0
"""Rarer than this is said of nothing."""
LOG_10: Final = log(10.0)
ONE_OF_TWO_SIDES: Final = log10(2.0)


class Calibration(NamedTuple):
    """What z means in one domain.

    High and low values share one tail: with one each, the side on which honest facts stray further would be
    judged more leniently, and over-use, which people look for, strays further.
    """

    version: str
    usual_scale: float
    """The scale of a key of which nothing is known yet."""
    knots: tuple[tuple[float, ...], ...]
    """By history bucket: values of |z|, ascending from 0."""
    decades: tuple[float, ...]
    """−log10 P(|Z| ≥ knot), ascending from 0; the same in every bucket."""
    shape: float
    """ξ > 0 of the generalised Pareto that begins at the last knot."""
    width: float
    """Its σ > 0, in units of the last knot."""


def knots_of(calibration: Calibration, facts: int) -> tuple[float, ...]:
    """Return the knots of a history of so many facts."""
    return calibration.knots[bisect_right(HISTORY_BUCKETS, facts) - 1]


def two_sided(calibration: Calibration, facts: int, z: float) -> float:
    """Return −log10 of the share of honest facts at least as surprising as z, on either side.

    facts: how many the key's history holds.
    """
    z = abs(z)
    knots, decades = knots_of(calibration, facts), calibration.decades
    last = len(knots) - 1
    if z >= knots[last]:
        excess = (z - knots[last]) / (knots[last] * calibration.width)
        beyond = log(1.0 + calibration.shape * excess) / calibration.shape
        return min(decades[last] + beyond / LOG_10, MOST_DECADES)
    at = bisect_right(knots, z) - 1
    part = (z - knots[at]) / (knots[at + 1] - knots[at])
    return decades[at] + (decades[at + 1] - decades[at]) * part


def upward(calibration: Calibration, facts: int, z: float) -> float:
    """Return −log10 of the share of honest facts that lie as far above; what lies below surprises nobody."""
    return two_sided(calibration, facts, z) + ONE_OF_TWO_SIDES if z > 0.0 else 0.0


def z_of(calibration: Calibration, facts: int, decades: float) -> float:
    """Return the |z| at which a surprise on either side reaches these decades, ≥ 0."""
    knots, known = knots_of(calibration, facts), calibration.decades
    last = len(knots) - 1
    if decades >= known[last]:
        grown = 10.0 ** ((decades - known[last]) * calibration.shape)
        return knots[last] + knots[last] * calibration.width * ((grown - 1.0) / calibration.shape)
    at = max(bisect_right(known, decades) - 1, 0)
    part = (decades - known[at]) / (known[at + 1] - known[at])
    return knots[at] + (knots[at + 1] - knots[at]) * part
