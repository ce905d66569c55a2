"""Verdicts from the topic, as the live feed tells them: the same shape as one item of GET /anomalies."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from arus.anomaly.v1.events_pb2 import Status, VerdictReached, VerdictWithdrawn
from arus_runtime.words import Language, render

HISTORY_NEEDED: Final = 3
"""Earlier records before judging starts (R-13)."""
_UL_PER_L: Final = 1_000_000
_SIX_PLACES: Final = Decimal("0.000001")


def litres(volume_ul: int) -> Decimal:
    """Return microlitres as litres, exactly."""
    return Decimal(volume_ul) / _UL_PER_L


def plain(value: Decimal) -> str:
    """Return a decimal without exponent and without trailing zeros: "520", "173.3333"."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def baseline(verdict: VerdictReached) -> Decimal | None:
    """Return the usual use in litres, six places, None without history."""
    if not verdict.history_count:
        return None
    return (litres(verdict.history_sum_ul) / verdict.history_count).quantize(_SIX_PLACES, ROUND_HALF_UP)


def status_of(verdict: VerdictReached) -> str:
    """Return NORMAL, WASPADA or ANOMALI."""
    return Status.Name(verdict.status).removeprefix("STATUS_")


def reason_params(verdict: VerdictReached) -> dict[str, Decimal | int]:
    """Return the numbers of the reason's sentence."""
    usual = baseline(verdict)
    params: dict[str, Decimal | int] = {
        "volume_l": litres(verdict.volume_ul),
        "history_count": verdict.history_count,
        "history_needed": HISTORY_NEEDED,
    }
    if usual is not None:
        params["baseline_l"] = usual.quantize(Decimal("0.01"), ROUND_HALF_UP)
    if verdict.risk_score:
        params["score_pct"] = int(Decimal(verdict.risk_score).quantize(Decimal(1), ROUND_HALF_UP))
    return params


def reason_text(verdict: VerdictReached, language: Language) -> str:
    """Return why the verdict was reached, in words."""
    return render(verdict.reason_code, reason_params(verdict), language)


def item(
    verdict: VerdictReached, judged_at: str, names: Mapping[str, str], language: Language
) -> dict[str, Any]:
    """Return the verdict as the feed shows it; names: id → name of its location and product."""
    usual = baseline(verdict)
    return {
        "id": verdict.verdict_id,
        "domain": verdict.domain,
        "location": _named(verdict.location_id, names),
        "product": _named(verdict.product_id, names),
        "date": verdict.business_date,
        "volume": plain(litres(verdict.volume_ul)),
        "baseline": None if usual is None else plain(usual),
        "risk_score": verdict.risk_score or None,
        "status": status_of(verdict),
        "reason": {
            "code": verdict.reason_code,
            "params": {
                name: value if isinstance(value, int) else plain(value)
                for name, value in reason_params(verdict).items()
            },
            "text": reason_text(verdict, language),
        },
        "fact_id": verdict.fact_id,
        "judged_at": judged_at,
        "superseded": False,
    }


def withdrawal(event: VerdictWithdrawn, names: Mapping[str, str]) -> dict[str, Any]:
    """Return what the feed says of a verdict whose fact was voided."""
    return {
        "id": event.verdict_id,
        "domain": event.domain,
        "location": _named(event.location_id, names),
        "product": _named(event.product_id, names),
        "fact_id": event.fact_id,
    }


def _named(record_id: str, names: Mapping[str, str]) -> dict[str, str]:
    return {"id": record_id, "name": names.get(record_id, record_id)}
