"""How a verdict reads: its numbers in litres and percent, and those that the sentences of reasons.yaml take.

Whoever shows a verdict reads it here, so that the list, the live feed and the alerts say the same.
"""

from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Final, Literal, NamedTuple, Protocol

Status = Literal["NORMAL", "WASPADA", "ANOMALI"]


class Bounds(NamedTuple):
    """What a volume is judged by, in millionths of the baseline: whole, so that they decide exactly."""

    waspada_ppm: int
    """From here on WASPADA."""
    anomali_ppm: int
    """Above it ANOMALI."""
    low_ppm: int
    """Below it WASPADA too; 0: never."""


HISTORY_NEEDED: Final = 3
"""Earlier records before judging starts, where nobody set another number (R-13)."""
BUILT_IN: Final = Bounds(1_200_000, 1_500_000, 0)
"""Bounds where nobody set others (R-13)."""
_UL_PER_L: Final = 1_000_000
_MILLION: Final = 1_000_000
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


class Said(Protocol):
    """What a verdict, or an incident about one, says in numbers."""

    @property
    def volume_ul(self) -> int: ...
    @property
    def history_sum_ul(self) -> int: ...
    @property
    def history_count(self) -> int: ...
    @property
    def history_needed(self) -> int: ...
    @property
    def risk_score(self) -> str: ...


def params_of(said: Said) -> Mapping[str, Decimal | int]:
    """Return the numbers of a verdict's sentence, as ``reason_params`` does."""
    return reason_params(
        said.volume_ul, said.history_sum_ul, said.history_count, said.history_needed, said.risk_score
    )


def bounds(thresholds_id: str, waspada_ppm: int, anomali_ppm: int, low_ppm: int) -> Bounds | None:
    """Return what a verdict was judged by, as its event says; None for one of before events said it."""
    if not thresholds_id:
        return BUILT_IN
    return Bounds(waspada_ppm, anomali_ppm, low_ppm) if waspada_ppm else None


class Milder(NamedTuple):
    """The volumes, both ends included, that would have been judged milder, and the sentence that says so.

    at_least_ul is 1 where there is no lower end. The numbers of the sentence are rounded to the side on which
    it stays true.
    """

    status: Status
    at_least_ul: int
    at_most_ul: int
    code: str
    params: Mapping[str, Decimal]


def milder(status: str, history_sum_ul: int, history_count: int, by: Bounds | None) -> Sequence[Milder]:
    """Return what a WASPADA or ANOMALI would have needed to be milder, the nearest first.

    by: the bounds that judged it; None: nobody knows, so nothing is said. An answer that no whole number of
    microlitres gets is absent.
    """
    if status == "NORMAL" or by is None or not history_sum_ul or not history_count:
        return ()
    per_ppm = history_count * _MILLION
    first_waspada = -(-by.waspada_ppm * history_sum_ul // per_ppm)
    first_normal = max(-(-by.low_ppm * history_sum_ul // per_ppm), 1)
    found: list[Milder] = []
    if status == "ANOMALI":
        last_waspada = by.anomali_ppm * history_sum_ul // per_ppm
        if first_waspada <= last_waspada:
            most = _spoken(last_waspada, ROUND_FLOOR)
            said = most if most >= litres(first_waspada) else litres(last_waspada)
            found.append(
                Milder("WASPADA", first_waspada, last_waspada, "FLIP_WASPADA_AT_MOST", {"volume_l": said})
            )
    if first_normal < first_waspada:
        found.append(_normal(first_normal, first_waspada))
    return found


def _normal(first_ul: int, beyond_ul: int) -> Milder:
    low, high = _spoken(first_ul, ROUND_CEILING), _spoken(beyond_ul, ROUND_FLOOR)
    if first_ul == 1:
        code, params = "FLIP_NORMAL_BELOW", {"volume_l": high or litres(beyond_ul)}
    elif low < high:
        code, params = "FLIP_NORMAL_BETWEEN", {"low_l": low, "high_l": high}
    else:
        code, params = "FLIP_NORMAL_BETWEEN", {"low_l": litres(first_ul), "high_l": litres(beyond_ul)}
    return Milder("NORMAL", first_ul, beyond_ul - 1, code, params)


def shown(params: Mapping[str, Decimal | int]) -> dict[str, str | int]:
    """Return the numbers as JSON carries them: counts as numbers, decimals as text."""
    return {name: value if isinstance(value, int) else plain(value) for name, value in params.items()}


def _spoken(volume_ul: int, rounding: str) -> Decimal:
    return litres(volume_ul).quantize(_SPOKEN, rounding)


def _mean_l(sum_ul: int, count: int, places: Decimal) -> Decimal:
    # Rounded once: from the exact fraction to the places asked for.
    return (litres(sum_ul) / count).quantize(places, ROUND_HALF_UP)
