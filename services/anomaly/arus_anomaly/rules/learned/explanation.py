"""Why the detector says what it says: codes with parameters. Their sentences are in protos/reasons.yaml."""

from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from math import expm1
from typing import Final, NamedTuple

from arus_anomaly.rules.learned.causes import Hint
from arus_anomaly.rules.learned.detector import Assessment, Stage
from arus_anomaly.rules.learned.profile import Profile
from arus_anomaly.rules.learned.severity import Severity

_SHOWN: Final = Decimal("0.01")


class Reason(NamedTuple):
    """A sentence's code and its numbers. Volumes are litres, shares and shifts per cent."""

    code: str
    params: Mapping[str, Decimal | int]


def reason(assessment: Assessment, volume_l: Decimal, history_count: int, profile: Profile) -> Reason:
    """Return why a fact is judged as it is."""
    if assessment.stage is Stage.LEARNING:
        needed = {"history_count": history_count, "history_needed": profile.learning_facts}
        return Reason("LEARNED_LEARNING", needed)
    params: dict[str, Decimal | int] = {
        "volume_l": volume_l,
        "expected_l": _shown(assessment.expected),
        "low_l": _shown(assessment.low),
        "high_l": _shown(assessment.high),
    }
    if assessment.severity is Severity.NONE:
        return Reason("LEARNED_NORMAL", params)
    params["one_in"] = _whole(10.0**assessment.decades)
    return Reason("LEARNED_HIGH" if assessment.z > 0.0 else "LEARNED_LOW", params)


def shift(assessment: Assessment) -> Reason | None:
    """Return the announcement that a key's level has shifted with this fact, None when it has not."""
    if assessment.shift == 0.0:
        return None
    code = "LEARNED_SHIFT_UP" if assessment.shift > 0.0 else "LEARNED_SHIFT_DOWN"
    return Reason(code, {"shift_pct": _whole(abs(100.0 * expm1(assessment.shift)))})


def cause(hint: Hint) -> Reason:
    """Return what a fact looks like, with the share of the evidence that says so."""
    return Reason(f"CAUSE_{hint.cause}", {"share_pct": _whole(100.0 * hint.share)})


def flips(milder: str, flip_ul: int, volume_ul: int) -> Reason:
    """Return the counterfactual of a fact: which milder answer it would have got from which volume on.

    milder: the code of that answer, such as WASPADA. The shown litres are rounded to the side on which the
    sentence stays true; flip_ul is the exact bound.
    """
    is_above = flip_ul < volume_ul
    litres = Decimal(flip_ul) / 1_000_000
    shown = litres.quantize(_SHOWN, ROUND_FLOOR if is_above else ROUND_CEILING)
    return Reason(f"FLIP_{milder}_{'AT_MOST' if is_above else 'AT_LEAST'}", {"volume_l": shown})


def _shown(value: float) -> Decimal:
    return Decimal(value).quantize(_SHOWN, ROUND_HALF_UP)


def _whole(value: float) -> int:
    return int(Decimal(value).quantize(Decimal(1), ROUND_HALF_UP))
