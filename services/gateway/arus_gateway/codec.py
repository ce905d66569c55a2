"""Verdicts, incidents, imports and cases as the live feed tells them, under the names of their lists."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from arus.alerts.v1.api_pb2 import Milder
from arus.anomaly.v1.events_pb2 import (
    Answer,
    CaseChange,
    CaseChanged,
    CasePriority,
    CaseStatus,
    IncidentAnswered,
    IncidentChange,
    IncidentChanged,
    Severity,
    Status,
    VerdictReached,
    VerdictWithdrawn,
)
from arus.imports.v1.events_pb2 import ImportChanged
from arus_contracts import reading
from arus_contracts.enums import full_name, word
from arus_runtime.words import Language, render


def status_of(verdict: VerdictReached) -> str:
    """Return NORMAL, WASPADA or ANOMALI."""
    return full_name(Status, verdict.status).removeprefix("STATUS_")


def reason_text(verdict: VerdictReached, language: Language) -> str:
    """Return why the verdict was reached, in words."""
    return render(verdict.reason_code, reading.params_of(verdict), language)


def item(
    verdict: VerdictReached, judged_at: str, names: Mapping[str, str], language: Language
) -> dict[str, Any]:
    """Return the verdict as the feed shows it; names: id → name of its location and product."""
    usual = reading.baseline_l(verdict.history_sum_ul, verdict.history_count)
    return {
        "id": verdict.verdict_id,
        "domain": verdict.domain,
        "location": _named(verdict.location_id, names),
        "product": _named(verdict.product_id, names),
        "date": verdict.business_date,
        "volume": reading.plain(reading.litres(verdict.volume_ul)),
        "baseline": None if usual is None else reading.plain(usual),
        "risk_score": verdict.risk_score or None,
        "status": status_of(verdict),
        "reason": _reason(verdict.reason_code, reading.params_of(verdict), language),
        "milder": [_milder(one, language) for one in milder(verdict)],
        "thresholds_id": verdict.thresholds_id or None,
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


def alert(
    event: IncidentChanged, changed_at: str, names: Mapping[str, str], language: Language
) -> dict[str, Any]:
    """Return an incident as the feed tells what happened to it.

    volume, status, score and reason are those of its newest record, null where that did not cause the change.
    """
    reason = None
    if event.reason_code:
        reason = _reason(event.reason_code, reading.params_of(event), language)
    return {
        "id": event.incident_id,
        "domain": event.domain,
        "location": _named(event.location_id, names),
        "product": _named(event.product_id, names),
        "change": word(IncidentChange, event.change),
        "severity": word(Severity, event.severity),
        "first_date": event.first_date,
        "last_date": event.last_date,
        "facts": event.facts,
        "fact_id": event.fact_id,
        "volume": reading.plain(reading.litres(event.volume_ul)) if event.volume_ul else None,
        "status": full_name(Status, event.status).removeprefix("STATUS_") if event.status else None,
        "risk_score": event.risk_score or None,
        "expected": reading.plain(reading.litres(event.expected_ul)) if event.expected_ul else None,
        "reason": reason,
        "is_history": event.is_history,
        "changed_at": changed_at,
    }


def answered(event: IncidentAnswered, names: Mapping[str, str]) -> dict[str, Any]:
    """Return what the feed says of a person's answer to an incident."""
    return {
        "id": event.incident_id,
        "domain": event.domain,
        "location": _named(event.location_id, names),
        "product": _named(event.product_id, names),
        "answer": word(Answer, event.answer),
    }


def import_changed(event: ImportChanged, changed_at: str) -> dict[str, Any]:
    """Return how far an import is, under the names of GET /imports/{id}."""
    return {
        "id": event.import_id,
        "state": event.state,
        "file_name": event.file_name,
        "type": event.type or None,
        "period": event.period or None,
        "rows": event.rows,
        "done": event.done,
        "progress": event.progress,
        "counts": {
            "created": event.created,
            "updated": event.updated,
            "unchanged": event.unchanged,
            "rejected": event.rejected,
        },
        "uploaded_by": event.imported_by,
        "changed_at": changed_at,
    }


def case_changed(event: CaseChanged, changed_at: str) -> dict[str, Any]:
    """Return how a case stands and what happened to it, under the names of GET /cases/{id}."""
    return {
        "id": event.case_id,
        "number": event.number,
        "change": word(CaseChange, event.change),
        "domain": event.domain,
        "type": event.type,
        "status": word(CaseStatus, event.status),
        "priority": word(CasePriority, event.priority),
        "assignee_id": event.assignee_id or None,
        "due_date": event.due_date or None,
        "version": event.version,
        "changed_fields": list(event.changed_fields),
        "changed_by": event.changed_by or None,
        "changed_at": changed_at,
    }


def milder(verdict: VerdictReached) -> Sequence[reading.Milder]:
    """Return what it would have needed to be milder."""
    by = reading.bounds(verdict.thresholds_id, verdict.waspada_ppm, verdict.anomali_ppm, verdict.low_ppm)
    return reading.milder(status_of(verdict), verdict.history_sum_ul, verdict.history_count, by)


def milder_message(one: reading.Milder, language: Language) -> Milder:
    """Return volumes that would have been milder as the stream of alerts tells them."""
    return Milder(
        status=f"STATUS_{one.status}",
        at_least_l="" if one.at_least_ul == 1 else reading.plain(reading.litres(one.at_least_ul)),
        at_most_l=reading.plain(reading.litres(one.at_most_ul)),
        text=render(one.code, one.params, language),
    )


def _milder(one: reading.Milder, language: Language) -> dict[str, Any]:
    return {
        "status": one.status,
        "at_least": None if one.at_least_ul == 1 else reading.plain(reading.litres(one.at_least_ul)),
        "at_most": reading.plain(reading.litres(one.at_most_ul)),
        "reason": _reason(one.code, one.params, language),
    }


def _reason(code: str, params: Mapping[str, Decimal | int], language: Language) -> dict[str, Any]:
    return {"code": code, "params": reading.shown(params), "text": render(code, params, language)}


def _named(record_id: str, names: Mapping[str, str]) -> dict[str, str]:
    return {"id": record_id, "name": names.get(record_id, record_id)}
