"""Verdicts as the second opinion sees them, and what it says and raises as messages."""

from datetime import UTC, datetime, timedelta
from math import expm1
from typing import Final, TypedDict

from arus.anomaly.v1.events_pb2 import (
    CAUSE_BOCOR,
    CAUSE_PEMBOROSAN,
    CAUSE_PENYALAHGUNAAN,
    CAUSE_SALAH_CATAT,
    INCIDENT_CHANGE_CLOSED,
    INCIDENT_CHANGE_ESCALATED,
    INCIDENT_CHANGE_OPENED,
    INCIDENT_CHANGE_UPDATED,
    INCIDENT_CHANGE_WITHDRAWN,
    SEVERITY_CRITICAL,
    SEVERITY_INFO,
    SEVERITY_NONE,
    SEVERITY_WARNING,
    STAGE_JUDGED,
    STAGE_LEARNING,
    STATUS_ANOMALI,
    STATUS_NORMAL,
    STATUS_UNSPECIFIED,
    STATUS_WASPADA,
    IncidentChanged,
    OpinionReached,
    OpinionWithdrawn,
    VerdictReached,
)
from arus_runtime.tuples import new
from arus_runtime.worker import Reject

from arus_anomaly.codec.keys import Key, business_date, ordinal, ulid_bytes, ulid_text
from arus_anomaly.codec.verdicts import FUEL, MOST_UL
from arus_anomaly.rules.alarms import Turn
from arus_anomaly.rules.learned.calendar import VERSION as CALENDAR
from arus_anomaly.rules.learned.causes import Cause
from arus_anomaly.rules.learned.detector import DETECTOR, Stage
from arus_anomaly.rules.opinions import UL_PER_L, Opinion, likely_causes, milder
from arus_anomaly.state import OpenIncident, Seen, recorded_day

NEWS_DAYS: Final = 7
"""What lay further back when it was recorded is history: people are told of it in one summary."""
_MOST_SAID_UL: Final = 9.2e18
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_STATUS: Final = {STATUS_NORMAL: 1, STATUS_WASPADA: 2, STATUS_ANOMALI: 3}
_WIRE_STATUS: Final = (STATUS_UNSPECIFIED, STATUS_NORMAL, STATUS_WASPADA, STATUS_ANOMALI)
WIRE_SEVERITY: Final = (SEVERITY_NONE, SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_CRITICAL)
_WIRE_TURN: Final = {
    Turn.OPENED: INCIDENT_CHANGE_OPENED,
    Turn.UPDATED: INCIDENT_CHANGE_UPDATED,
    Turn.ESCALATED: INCIDENT_CHANGE_ESCALATED,
    Turn.CLOSED: INCIDENT_CHANGE_CLOSED,
    Turn.WITHDRAWN: INCIDENT_CHANGE_WITHDRAWN,
}
WIRE_CAUSE: Final = {
    Cause.BOCOR: CAUSE_BOCOR,
    Cause.PENYALAHGUNAAN: CAUSE_PENYALAHGUNAAN,
    Cause.SALAH_CATAT: CAUSE_SALAH_CATAT,
    Cause.PEMBOROSAN: CAUSE_PEMBOROSAN,
}


def seen(event: VerdictReached) -> Seen:
    """Return a verdict as the second opinion sees it; raises ``Reject`` for one that cannot be."""
    status = _STATUS.get(event.status)
    if status is None or not 0 < event.volume_ul <= MOST_UL:
        raise Reject(
            f"a verdict must have a status and volume_ul > 0 and <= {MOST_UL} µL,"
            f" got {event.status} and {event.volume_ul} µL"
        )
    return new(Seen, (ordinal(event.business_date), ulid_bytes(event.fact_id), event.volume_ul, status))


def opinion_reached(opinion: Opinion, of: Key) -> OpinionReached:
    """Return an opinion as the event that tells it."""
    fact, said = opinion.fact, opinion.assessment
    is_known = said.decades > 0.0 or said.stage is Stage.JUDGED
    event = OpinionReached(
        **_fact(fact, of),
        stage=STAGE_JUDGED if said.stage is Stage.JUDGED else STAGE_LEARNING,
        history_count=opinion.memory.facts,
        expected_ul=_ul(said.expected) if opinion.memory.values else 0,
        low_ul=_ul(said.low) if is_known else 0,
        high_ul=_ul(said.high) if is_known else 0,
        p=said.p,
        severity=WIRE_SEVERITY[said.severity],
        shift_permille=round(1000 * expm1(said.shift)),
        detector=DETECTOR,
        calibration=opinion.side.calibration.version,
        calendar=CALENDAR,
        incident_id=ulid_text(opinion.incident_id) if opinion.incident_id else "",
    )
    for cause, share in likely_causes(opinion):
        event.hints.add(cause=WIRE_CAUSE[cause], share_permille=round(1000 * share))
    if (flip := milder(opinion)) is not None:
        event.milder, event.milder_ul = WIRE_SEVERITY[flip[0]], flip[1]
    return event


def opinion_withdrawn(fact_id: str, of: Key) -> OpinionWithdrawn:
    """Return the event that takes the opinion on a voided fact back."""
    return OpinionWithdrawn(
        tenant_id=of.tenant_id,
        fact_id=fact_id,
        domain=FUEL,
        location_id=of.location_id,
        product_id=of.product_id,
    )


def incident_changed(
    turn: Turn, incident: OpenIncident, of: Key, opinion: Opinion | None, verdict: VerdictReached | None
) -> IncidentChanged:
    """Return what happened to an incident as the event that tells it.

    opinion, verdict: on its newest alarming fact, where that is at hand.
    """
    event = IncidentChanged(
        tenant_id=of.tenant_id,
        incident_id=ulid_text(incident.id),
        domain=FUEL,
        location_id=of.location_id,
        product_id=of.product_id,
        change=_WIRE_TURN[turn],
        severity=WIRE_SEVERITY[incident.severity],
        first_date=business_date(incident.first_day)[1],
        last_date=business_date(incident.last_day)[1],
        facts=incident.facts,
        fact_id=ulid_text(incident.last_id),
    )
    if opinion is not None:
        event.volume_ul, event.status = opinion.fact.volume_ul, _WIRE_STATUS[opinion.fact.status]
        if opinion.assessment.stage is Stage.JUDGED:
            event.expected_ul = _ul(opinion.assessment.expected)
        for hint in likely_causes(opinion)[:1]:
            event.cause = WIRE_CAUSE[hint.cause]
    if verdict is not None:
        event.risk_score, event.reason_code = verdict.risk_score, verdict.reason_code
        event.history_sum_ul, event.history_count = verdict.history_sum_ul, verdict.history_count
        event.history_needed = verdict.history_needed
        event.thresholds_id = verdict.thresholds_id
        event.waspada_ppm, event.anomali_ppm = verdict.waspada_ppm, verdict.anomali_ppm
        event.low_ppm = verdict.low_ppm
    return event


def is_history(day: int, fact_id: bytes, import_id: str) -> bool:
    """Say whether people are told of a fact in one summary only: it was imported, or is old news."""
    return bool(import_id) or recorded_day(fact_id) - day > NEWS_DAYS


def recorded_at(fact_id: bytes) -> datetime:
    """Return when a fact was recorded, as its ULID says."""
    return _EPOCH + timedelta(milliseconds=int.from_bytes(fact_id[:6], "big"))


class _Fact(TypedDict):
    tenant_id: str
    fact_id: str
    domain: str
    location_id: str
    product_id: str
    business_date: str
    volume_ul: int


def _fact(fact: Seen, of: Key) -> _Fact:
    return {
        "tenant_id": of.tenant_id,
        "fact_id": ulid_text(fact.id),
        "domain": FUEL,
        "location_id": of.location_id,
        "product_id": of.product_id,
        "business_date": business_date(fact.day)[1],
        "volume_ul": fact.volume_ul,
    }


def _ul(litres: float) -> int:
    """Return litres in microlitres; a band of scattered volumes may end where no field reaches."""
    return round(min(litres * UL_PER_L, _MOST_SAID_UL))
