"""Wire and disk to the domain, and back."""

from collections.abc import Sequence
from typing import Final

import orjson
from arus.anomaly.v1.events_pb2 import (
    CaseChange,
    CaseChanged,
    CasePriority,
    CaseStatus,
    Cause,
    IncidentChange,
    IncidentChanged,
    Status,
)
from arus_contracts import reading
from arus_contracts.enums import full_name, word
from arus_runtime.words import Language, render
from arus_runtime.worker import Meta, Reject

from arus_notify import rules
from arus_notify.state import Alert, CaseAlert, Severity, Told

TELLING: Final = frozenset((IncidentChange.INCIDENT_CHANGE_OPENED, IncidentChange.INCIDENT_CHANGE_ESCALATED))
"""Changes that people are told of; the others change what the list says of an incident."""


def load_told(stored: bytes) -> Told:
    """Read what dump_told wrote."""
    return Told({incident_id: Severity(worst) for incident_id, worst in orjson.loads(stored).items()})


def dump_told(told: Told) -> bytes:
    """Write down what people know."""
    return orjson.dumps(told.severities)


def severity(event: IncidentChanged) -> Severity:
    """Return how bad an incident is; whatever alarmed somebody is at least worth a look."""
    return Severity(min(max(event.severity, Severity.INFO), Severity.CRITICAL))


def alert(event: IncidentChanged, meta: Meta) -> Alert:
    """Return the alert of an incident's change; raises Reject for a record under another's key."""
    key = f"{event.tenant_id}:{event.location_id}:{event.product_id}"
    if key != meta.key or not event.incident_id:
        raise Reject(f"incident {event.incident_id!r} of {key} is recorded under the key {meta.key}")
    group = rules.group(event.tenant_id, event.import_id, meta.at) if event.is_history else ""
    return Alert(
        tenant_id=event.tenant_id,
        incident_id=event.incident_id,
        severity=severity(event),
        location_id=event.location_id,
        group_id=group,
        occurred_at=meta.at,
        said=event.SerializeToString(),
    )


def case_alerts(event: CaseChanged, meta: Meta) -> Sequence[CaseAlert]:
    """Return what is told of a case; raises Reject for another's key."""
    key = f"{event.tenant_id}:{event.case_id}"
    if key != meta.key or not event.case_id:
        raise Reject(f"case {event.case_id!r} of {key} is recorded under the key {meta.key}")
    news = rules.case_news(
        word(CaseChange, event.change),
        case_status(event),
        event.changed_fields,
        assignee=event.assignee_id,
        opener=event.opened_by,
        by=event.changed_by,
    )
    is_critical = event.priority == CasePriority.CASE_PRIORITY_CRITICAL
    return [
        CaseAlert(
            tenant_id=event.tenant_id,
            id=meta.new_id(f"case/{one.what}"),
            what=one.what,
            severity=rules.case_severity(one.what, critical=is_critical),
            location_id=event.location_id,
            people=one.people,
            occurred_at=meta.at,
            said=event.SerializeToString(),
        )
        for one in news
    ]


def case_status(event: CaseChanged) -> str:
    """Return how a case stands, for example "in_progress"."""
    return word(CaseStatus, event.status)


def case_priority(event: CaseChanged) -> str:
    """Return how urgent a case is, for example "high"."""
    return word(CasePriority, event.priority)


def case(said: bytes) -> CaseChanged:
    """Read what an alert of a case says."""
    return CaseChanged.FromString(said)


def standing(event: IncidentChanged) -> str:
    """Return how an incident stands after a change: open, closed or withdrawn."""
    match event.change:
        case IncidentChange.INCIDENT_CHANGE_CLOSED:
            return "closed"
        case IncidentChange.INCIDENT_CHANGE_WITHDRAWN:
            return "withdrawn"
        case _:
            return "open"


def incident(said: bytes) -> IncidentChanged:
    """Read what an alert says."""
    return IncidentChanged.FromString(said)


def change(event: IncidentChanged) -> str:
    """Return "opened" or "escalated"."""
    return word(IncidentChange, event.change)


def cause(event: IncidentChanged) -> str | None:
    """Return the likeliest cause, for example "bocor"; None without a hint."""
    return word(Cause, event.cause) if event.cause else None


def status(event: IncidentChanged) -> str | None:
    """Return what the rule said of the newest fact: NORMAL, WASPADA or ANOMALI."""
    return full_name(Status, event.status).removeprefix("STATUS_") if event.status else None


def reason(event: IncidentChanged, language: Language) -> str:
    """Return why the rule says so, in words."""
    return render(event.reason_code, reading.params_of(event), language)


def milder(event: IncidentChanged) -> Sequence[reading.Milder]:
    """Return which volumes the rule would have judged milder, the nearest first."""
    by = reading.bounds(event.thresholds_id, event.waspada_ppm, event.anomali_ppm, event.low_ppm)
    return reading.milder(status(event) or "NORMAL", event.history_sum_ul, event.history_count, by)


def litres(volume_ul: int) -> str | None:
    """Return microlitres as a plain decimal in litres, None for 0: not known."""
    return reading.plain(reading.litres(volume_ul)) if volume_ul else None
