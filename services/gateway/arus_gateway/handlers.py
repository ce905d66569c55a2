"""What the gateway keeps of others' events: names of the catalogue, and deeds for the audit log."""

from datetime import datetime

import orjson
from arus.anomaly.v1.events_pb2 import MeterThresholdSet, ThresholdSet
from arus.catalog.v1.events_pb2 import LocationChanged, ProductChanged
from arus.imports.v1.events_pb2 import ImportChanged
from arus.notify.v1.events_pb2 import WebhookChange, WebhookChanged
from arus_contracts.enums import word
from arus_runtime.envelope import check_time
from arus_runtime.ids import ulid_at
from arus_runtime.worker import Column, Effect, Meta, Projection, Reject, Table, Upsert

LOCATIONS = Table(
    "locations",
    (Column("tenant_id", "text"), Column("id", "text"), Column("name", "text")),
    key=("tenant_id", "id"),
)
PRODUCTS = Table(
    "products",
    (Column("tenant_id", "text"), Column("id", "text"), Column("name", "text")),
    key=("tenant_id", "id"),
)

AUDIT = Table(
    "audit_events",
    (
        Column("tenant_id", "text"),
        Column("id", "text"),
        Column("at", "timestamptz"),
        Column("action", "text"),
        Column("actor_id", "text"),
        Column("resource_type", "text"),
        Column("resource_id", "text"),
        Column("detail", "jsonb"),
    ),
    key=("tenant_id", "id"),
)

catalogue = Projection(
    "catalogue", topics=("catalog.location.v1", "catalog.product.v1"), tables=(LOCATIONS, PRODUCTS)
)


@catalogue.on(LocationChanged)
def location_changed(event: LocationChanged, _: Meta) -> list[Effect]:
    """Keep what the place is called."""
    return [Upsert(LOCATIONS, (event.tenant_id, event.location_id, event.name))]


@catalogue.on(ProductChanged)
def product_changed(event: ProductChanged, _: Meta) -> list[Effect]:
    """Keep what the product is called."""
    return [Upsert(PRODUCTS, (event.tenant_id, event.product_id, event.name))]


deeds = Projection(
    "deeds",
    topics=(
        "import.job.v1",
        "anomaly.threshold.v1",
        "catalog.location.v1",
        "catalog.product.v1",
        "notify.webhook.v1",
    ),
    tables=(AUDIT,),
)
"""What people did at other services (S4-045), as their events say; what names nobody is nobody's deed."""
_DEED_OF_STATE = {
    "completed": "import.committed",
    "completed_with_errors": "import.committed",
    "undone": "import.undone",
}


@deeds.on(ImportChanged)
def import_changed(event: ImportChanged, _: Meta) -> list[Effect]:
    """Note who committed an import, or took it back; told again, it is the same deed."""
    action = _DEED_OF_STATE.get(event.state)
    if action is None or not event.asked_at:
        return []
    return _noted(
        action,
        event.asked_by,
        (event.tenant_id, "import", event.import_id),
        cause=f"{event.import_id}/{action}/{event.asked_at}",
        at=_asked_at(event),
        file_name=event.file_name,
        type=event.type,
        period=event.period,
        rows=event.rows,
        rejected=event.rejected,
    )


def _asked_at(event: ImportChanged) -> datetime:
    """Return when a deed was asked for; raises ``Reject`` for what is no time."""
    try:
        check_time(event.asked_at, "asked_at")
    except ValueError as error:
        raise Reject(str(error)) from None
    return datetime.fromisoformat(event.asked_at)


@deeds.on(ThresholdSet)
def threshold_set(event: ThresholdSet, meta: Meta) -> list[Effect]:
    """Note who set what fuel is judged by."""
    return _noted(
        "threshold.set",
        event.set_by,
        (event.tenant_id, "threshold", event.version_id),
        cause=meta.event_id,
        at=meta.at,
        valid_from=event.valid_from,
        location_id=event.location_id,
        product_id=event.product_id,
    )


@deeds.on(MeterThresholdSet)
def meter_threshold_set(event: MeterThresholdSet, meta: Meta) -> list[Effect]:
    """Note who set what register reads are judged by."""
    return _noted(
        "meter_threshold.set",
        event.set_by,
        (event.tenant_id, "meter_threshold", event.version_id),
        cause=meta.event_id,
        at=meta.at,
        valid_from=event.valid_from,
        usage_class=event.usage_class,
        meter_size=event.meter_size,
    )


@deeds.on(LocationChanged)
def location_edited(event: LocationChanged, meta: Meta) -> list[Effect]:
    """Note who made or changed a place."""
    return _edited(event, "location", event.location_id, meta)


@deeds.on(ProductChanged)
def product_edited(event: ProductChanged, meta: Meta) -> list[Effect]:
    """Note who made or changed a product."""
    return _edited(event, "product", event.product_id, meta)


@deeds.on(WebhookChanged)
def webhook_changed(event: WebhookChanged, meta: Meta) -> list[Effect]:
    """Note who decided where the organisation's news go."""
    change = word(WebhookChange, event.change)
    return _noted(
        f"webhook.{change}",
        event.changed_by,
        (event.tenant_id, "webhook", event.webhook_id),
        cause=meta.event_id,
        at=meta.at,
        name=event.name,
        host=event.host,
        version=event.version,
        is_active=event.is_active,
    )


def _edited(event: LocationChanged | ProductChanged, kind: str, record_id: str, meta: Meta) -> list[Effect]:
    return _noted(
        f"{kind}.created" if event.version == 1 else f"{kind}.changed",
        event.changed_by,
        (event.tenant_id, kind, record_id),
        cause=meta.event_id,
        at=meta.at,
        name=event.name,
        version=event.version,
        is_active=event.is_active,
    )


def _noted(
    action: str,
    actor_id: str,
    on: tuple[str, str, str],
    *,
    cause: str,
    at: datetime,
    **detail: str | int,
) -> list[Effect]:
    """Return the deed. on: tenant, kind and id of what it was done to; detail: what is empty is left out."""
    if not actor_id:
        return []
    tenant_id, resource_type, resource_id = on
    said = orjson.dumps({name: value for name, value in detail.items() if value != ""}).decode()
    row = (tenant_id, ulid_at(at, cause), at, action, actor_id, resource_type, resource_id, said)
    return [Upsert(AUDIT, row)]
