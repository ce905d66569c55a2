"""Cases as they are told."""

from collections.abc import Collection
from typing import Final

from arus.anomaly.v1.events_pb2 import CaseChanged

from arus_anomaly.rules.cases import Happened
from arus_anomaly.state.cases import Case

FUEL: Final = "fuel"
METER: Final = "meter"


def key(tenant_id: str, case_id: str) -> str:
    """Return the key of a case's events."""
    return f"{tenant_id}:{case_id}"


def changed(
    tenant_id: str, case: Case, happened: Happened, fields: Collection[str], changed_by: str
) -> CaseChanged:
    """Return what happened to a case as the event that tells it. changed_by: empty for the clock."""
    return CaseChanged(
        tenant_id=tenant_id,
        case_id=case.id,
        number=case.number,
        change=f"CASE_CHANGE_{happened.upper()}",
        domain=case.domain,
        type=case.type,
        status=f"CASE_STATUS_{case.status.upper()}",
        priority=f"CASE_PRIORITY_{case.priority.upper()}",
        assignee_id=case.assignee_id or "",
        due_date=case.due_date.isoformat() if case.due_date else "",
        incident_id=case.incident_id or "",
        fact_id=case.fact_id or "",
        location_id=case.location_id or "",
        product_id=case.product_id or "",
        nomen=case.nomen or "",
        period=case.period or "",
        rayon=case.rayon or "",
        version=case.version,
        changed_fields=fields,
        opened_by=case.opened_by,
        changed_by=changed_by,
    )
