"""How a verdict reads: its numbers in litres and percent, and those that the sentences of reasons.yaml take.

Whoever shows a verdict reads it here, so that the list, the live feed and the alerts say the same.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

HISTORY_NEEDED: Final = 3
"""Earlier records before judging starts, where nobody set another number (R-13)."""
_UL_PER_L: Final = 1_000_000
_EXACT: Final = Decimal("0.000001")
_SPOKEN: Final = Decimal("0.01")
_WHOLE: Final = Decimal(1)


def litres(volume_ul: int) -> Decimal:
    """Return microlitres as litres, exactly."""
    return Decimal(volume_ul) / _UL_PER_L


def plain(value: Decimal) -> str:
    """Return a decimal without exponent and without trailing zeros: "520", "173.3333", "0.25"."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def baseline_l(history_sum_ul: int, history_count: int) -> Decimal | None:
    """Return the usual use in litres, six places half-up; None without history."""
    return _mean_l(history_sum_ul, history_count, _EXACT) if history_count else None


def reason_params(
    volume_ul: int, history_sum_ul: int, history_count: int, history_needed: int, risk_score: str
) -> Mapping[str, Decimal | int]:
    """Return the numbers of a verdict's sentence; what there is none of is absent.

    history_needed and risk_score: as the verdict says them; 0: as built in, "": none. The baseline is spoken
    with two places, the score whole.
    """
    params: dict[str, Decimal | int] = {
        "volume_l": litres(volume_ul),
        "history_count": history_count,
        "history_needed": history_needed or HISTORY_NEEDED,
    }
    if history_count:
        params["baseline_l"] = _mean_l(history_sum_ul, history_count, _SPOKEN)
    if risk_score:
        params["score_pct"] = int(Decimal(risk_score).quantize(_WHOLE, ROUND_HALF_UP))
    return params


def shown(params: Mapping[str, Decimal | int]) -> dict[str, str | int]:
    """Return the numbers as JSON carries them: counts as numbers, decimals as text."""
    return {name: value if isinstance(value, int) else plain(value) for name, value in params.items()}


def _mean_l(sum_ul: int, count: int, places: Decimal) -> Decimal:
    # Rounded once: from the exact fraction to the places asked for.
    return (litres(sum_ul) / count).quantize(places, ROUND_HALF_UP)
