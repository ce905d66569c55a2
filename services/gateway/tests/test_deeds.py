"""What people did at other services stands in the audit log, from a real Kafka into a real PostgreSQL."""

import asyncio
from typing import Any

import pytest
from arus.anomaly.v1.events_pb2 import MeterThresholdSet, ThresholdSet
from arus.catalog.v1.events_pb2 import LocationChanged, ProductChanged
from arus.imports.v1.events_pb2 import ImportChanged
from arus.notify.v1.events_pb2 import WebhookChange, WebhookChanged
from arus_gateway.service import SERVICE
from arus_runtime.catalogue import topic_of
from arus_runtime.envelope import Envelope, unpack
from arus_runtime.heart import heart_of
from arus_runtime.ids import new_ulid
from arus_runtime.log import AiokafkaLog, Message, Security
from arus_stack.testing import KafkaServer
from google.protobuf.message import Message as Event

from .world import Gateway, Opening

pytestmark = pytest.mark.integration

DEEDS = [
    "webhook.removed",
    "webhook.created",
    "import.undone",
    "import.committed",
    "product.created",
    "location.changed",
    "location.created",
    "meter_threshold.set",
    "threshold.set",
]


def happened(tenant: str, actor: str) -> list[tuple[str, Event]]:
    """Return what happened, each with its time, oldest first; told twice: the end of an import."""
    of, kind = new_ulid(), "SBRS"
    committed = ImportChanged(
        tenant_id=tenant,
        import_id=of,
        state="completed_with_errors",
        type=kind,
        file_name="SBRS_34_DES25.xlsx",
        rows=10,
        rejected=1,
        asked_by=actor,
        asked_at="2025-01-10T09:10:00+00:00",
    )
    going, undone = ImportChanged(), ImportChanged()
    for other, state, asked_at in (
        (going, "committing", "2025-01-10T09:10:00+00:00"),
        (undone, "undone", "2025-01-10T09:20:00+00:00"),
    ):
        other.CopyFrom(committed)
        other.state, other.asked_at = state, asked_at
    place = LocationChanged(
        tenant_id=tenant, location_id=new_ulid(), name="Gudang A", is_active=True, version=1, changed_by=actor
    )
    moved, nobodys = LocationChanged(), LocationChanged()
    moved.CopyFrom(place)
    moved.version, moved.name = 2, "Gudang B"
    nobodys.CopyFrom(moved)
    nobodys.version, nobodys.changed_by = 3, ""
    good = ProductChanged(
        tenant_id=tenant, product_id=new_ulid(), name="Solar", is_active=True, version=1, changed_by=actor
    )
    return [
        ("09:01", ThresholdSet(tenant_id=tenant, version_id=new_ulid(), set_by=actor)),
        (
            "09:02",
            MeterThresholdSet(tenant_id=tenant, version_id=new_ulid(), meter_size="1/2", set_by=actor),
        ),
        ("09:03", place),
        ("09:04", moved),
        ("09:05", nobodys),
        ("09:06", good),
        ("09:11", going),
        ("09:12", committed),
        ("09:13", committed),
        ("09:14", _asked_at(committed, "kemarin")),
        ("09:15", _asked_at(committed, "2025-01-10T09:10:00")),
        ("09:16", _webhook(tenant, actor, 99)),  # pyright: ignore[reportArgumentType] - of a later release
        ("09:17", _webhook(tenant, actor, WebhookChange.WEBHOOK_CHANGE_CREATED, name="ERP\0")),
        ("09:21", undone),
        ("09:31", _webhook(tenant, actor, WebhookChange.WEBHOOK_CHANGE_CREATED)),
        ("09:32", _webhook(tenant, actor, WebhookChange.WEBHOOK_CHANGE_REMOVED)),
    ]


def _asked_at(event: ImportChanged, text: str) -> ImportChanged:
    """Return an event that can never be noted."""
    other = ImportChanged()
    other.CopyFrom(event)
    other.asked_at = text
    return other


def _webhook(tenant: str, actor: str, change: WebhookChange, name: str = "ERP") -> WebhookChanged:
    return WebhookChanged(
        tenant_id=tenant,
        webhook_id=new_ulid(),
        change=change,
        name=name,
        host="erp.example.co.id",
        is_active=True,
        version=1,
        changed_by=actor,
    )


async def tell(kafka: KafkaServer, tenant: str, events: list[tuple[str, Event]]) -> None:
    producer = AiokafkaLog(Security(kafka.bootstrap, kafka.user, kafka.password, kafka.ca)).producer()
    await producer.start()
    source, messages = f"/arus/test/{new_ulid()}".encode(), list[Message]()
    for sequence, (clock, event) in enumerate(events, 1):
        name = event.DESCRIPTOR.full_name
        envelope = Envelope(new_ulid(), name, f"2025-01-10T{clock}:00.000000Z", tenant, tenant, "", "")
        headers = unpack(envelope.pack(), source, sequence)
        messages.append(Message(topic_of(name).name, tenant.encode(), event.SerializeToString(), headers))
    await producer.publish(messages)
    await producer.stop()


async def log_of(gateway: Gateway, http: Any) -> list[dict[str, Any]]:
    """Return what the log says of that day, once all of it is there."""
    async with asyncio.timeout(60):
        while True:
            answer = await http.get("/audit", params={"from": "2025-01-10", "to": "2025-01-10"})
            items = answer.json()["items"]
            if len(items) >= len(DEEDS):
                return items
            await asyncio.sleep(0.05)


async def test_deeds_at_other_services_are_told_once_with_who_and_what(opening: Opening, kafka: KafkaServer):
    access = kafka.service("gateway")
    settings: dict[str, Any] = {
        "kafka_bootstrap": access.bootstrap,
        "kafka_user": access.user,
        "kafka_password": access.password,
        "kafka_ca": access.ca,
    }
    async with opening(**settings) as gateway:
        owner, stranger = await gateway.register(), await gateway.register("Budi")
        stop = asyncio.Event()
        parts = heart_of(SERVICE, gateway.context.settings).parts.values()
        running = [asyncio.ensure_future(part(stop)) for part in parts]
        await tell(kafka, owner.organisation, happened(owner.organisation, owner.id))
        items = await log_of(gateway, owner.http)
        stop.set()
        await asyncio.gather(*running)
        assert [one["action"] for one in items] == DEEDS
        assert {one["actor_name"] for one in items} == {"Siti"}
        removed, _, undone, committed, product, changed, *_, limits, _ = items
        assert (removed["resource_type"], removed["detail"]["host"]) == ("webhook", "erp.example.co.id")
        assert committed["detail"] == {
            "file_name": "SBRS_34_DES25.xlsx",
            "type": "SBRS",
            "rows": 10,
            "rejected": 1,
        }
        assert undone["at"].startswith("2025-01-10T09:20:00")
        assert (product["resource_type"], product["detail"]["name"]) == ("product", "Solar")
        assert limits["detail"] == {"meter_size": "1/2"}
        assert changed["detail"] == {"name": "Gudang B", "version": 2, "is_active": True}
        assert (await stranger.http.get("/audit", params={"to": "2025-01-10"})).json()["items"] == []
