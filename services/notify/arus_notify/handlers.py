"""Which event does what."""

from collections.abc import Sequence
from typing import Final

import orjson
from arus.anomaly.v1.events_pb2 import CaseChanged, IncidentChanged
from arus.catalog.v1.events_pb2 import LocationChanged, ProductChanged
from arus_runtime import jobs
from arus_runtime.ids import named_id
from arus_runtime.worker import Column, Effect, Meta, Projection, State, Table, Upsert, Worker

from arus_notify import codec, rules
from arus_notify.state import Alert, CaseAlert, Told

TELL: Final = "notify.tell"
SUMMARISE: Final = "notify.summarise"
TELL_CASE: Final = "notify.tell-case"

ALERTS: Final = Table(
    "alerts",
    (
        Column("tenant_id", "text"),
        Column("incident_id", "text"),
        Column("severity", "int2"),
        Column("location_id", "text"),
        Column("group_id", "text"),
        Column("occurred_at", "timestamptz"),
        Column("said", "bytea"),
    ),
    key=("tenant_id", "incident_id", "severity"),
)
INCIDENTS: Final = Table(
    "incidents",
    (Column("tenant_id", "text"), Column("id", "text"), Column("standing", "text")),
    key=("tenant_id", "id"),
)
CASE_ALERTS: Final = Table(
    "case_alerts",
    (
        Column("tenant_id", "text"),
        Column("id", "text"),
        Column("what", "text"),
        Column("severity", "int2"),
        Column("location_id", "text"),
        Column("people", "jsonb"),
        Column("occurred_at", "timestamptz"),
        Column("said", "bytea"),
    ),
    key=("tenant_id", "id"),
)
LOCATIONS: Final = Table(
    "locations",
    (
        Column("tenant_id", "text"),
        Column("id", "text"),
        Column("name", "text"),
        Column("timezone", "text"),
    ),
    key=("tenant_id", "id"),
)
PRODUCTS: Final = Table(
    "products",
    (Column("tenant_id", "text"), Column("id", "text"), Column("name", "text")),
    key=("tenant_id", "id"),
)

incidents: Final = Worker(
    "incidents",
    topics=("anomaly.incident.v1",),
    state=State(new=Told, load=codec.load_told, dump=codec.dump_told),
    tables=(ALERTS, INCIDENTS, jobs.TABLE),
)
cases: Final = Projection("cases", topics=("anomaly.case.v1",), tables=(CASE_ALERTS, jobs.TABLE))
catalogue: Final = Projection(
    "catalogue", topics=("catalog.location.v1", "catalog.product.v1"), tables=(LOCATIONS, PRODUCTS)
)


@incidents.on(IncidentChanged)
def changed(told: Told, event: IncidentChanged, meta: Meta) -> tuple[Told, Sequence[Effect]]:
    """Ask for people to be told of an incident that opened or became worse, once for each severity."""
    alert = codec.alert(event, meta)
    stands = Upsert(INCIDENTS, (alert.tenant_id, alert.incident_id, codec.standing(event)))
    after = rules.told(told, alert.incident_id, alert.severity) if event.change in codec.TELLING else None
    if after is None:
        return told, (stands,)
    row = (
        alert.tenant_id,
        alert.incident_id,
        alert.severity,
        alert.location_id,
        alert.group_id,
        alert.occurred_at,
        alert.said,
    )
    return after, (stands, Upsert(ALERTS, row), _to_tell(alert))


@cases.on(CaseChanged)
def case_changed(event: CaseChanged, meta: Meta) -> list[Effect]:
    """Ask for people and webhooks to be told of what happened to a case."""
    return [effect for alert in codec.case_alerts(event, meta) for effect in _of_case(alert)]


@catalogue.on(LocationChanged)
def location_changed(event: LocationChanged, _meta: Meta) -> list[Effect]:
    """Remember what a location is called and which clock it goes by."""
    return [Upsert(LOCATIONS, (event.tenant_id, event.location_id, event.name, event.timezone))]


@catalogue.on(ProductChanged)
def product_changed(event: ProductChanged, _meta: Meta) -> list[Effect]:
    """Remember what a product is called."""
    return [Upsert(PRODUCTS, (event.tenant_id, event.product_id, event.name))]


def _to_tell(alert: Alert) -> Upsert:
    """Return the job that tells an alert at once, or with others of its group once they are all there."""
    if alert.group_id:
        return jobs.asked(
            SUMMARISE,
            {"group_id": alert.group_id},
            tenant_id=alert.tenant_id,
            job_id=str(named_id(f"{SUMMARISE}/{alert.group_id}")),
            run_after=alert.occurred_at + rules.SETTLES_AFTER,
        )
    return jobs.asked(
        TELL,
        {"incident_id": alert.incident_id, "severity": int(alert.severity)},
        tenant_id=alert.tenant_id,
        job_id=str(named_id(f"{TELL}/{alert.tenant_id}/{alert.incident_id}/{int(alert.severity)}")),
        run_after=alert.occurred_at,
    )


def _of_case(alert: CaseAlert) -> Sequence[Upsert]:
    """Return what is kept of a piece of news, and the job that tells it."""
    row = (
        alert.tenant_id,
        alert.id,
        alert.what,
        alert.severity,
        alert.location_id,
        orjson.dumps(alert.people).decode(),
        alert.occurred_at,
        alert.said,
    )
    to_tell = jobs.asked(
        TELL_CASE,
        {"alert_id": alert.id},
        tenant_id=alert.tenant_id,
        job_id=str(named_id(f"{TELL_CASE}/{alert.tenant_id}/{alert.id}")),
        run_after=alert.occurred_at,
    )
    return Upsert(CASE_ALERTS, row), to_tell
