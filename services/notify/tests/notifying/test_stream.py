"""The whole service on a real Kafka: an incident on its topic becomes a mail and an entry of the list."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from arus.anomaly.v1.events_pb2 import IncidentChanged
from arus.catalog.v1.events_pb2 import LocationChanged, ProductChanged
from arus_notify.__main__ import SERVICE
from arus_runtime.context import Context
from arus_runtime.heart import heart_of
from arus_runtime.ids import new_ulid
from arus_runtime.jobs import Jobs
from arus_runtime.log import AiokafkaLog, Security
from arus_runtime.testing import message
from arus_stack.testing import KafkaServer
from google.protobuf.json_format import ParseDict

from .conftest import Caller
from .world import Desk, Mailbox, Town

GOLDEN = Path(__file__).parents[4] / "protos/examples/anomaly.incident.v1/golden-520-l-opens-an-incident.json"
DEADLINE_S = 60


@pytest.fixture
def kafka_settings(kafka: KafkaServer) -> dict[str, Any]:
    access = kafka.service("notify")
    return {
        "kafka_bootstrap": access.bootstrap,
        "kafka_user": access.user,
        "kafka_password": access.password,
        "kafka_ca": access.ca,
    }


@pytest.fixture
async def running(context: Context) -> AsyncIterator[None]:
    stop = asyncio.Event()
    kinds = {job.kind: job for job in SERVICE.jobs}
    heart = heart_of(SERVICE, context.settings, context.log)
    parts = [*heart.parts.values(), Jobs(kinds, context).run]
    tasks = [asyncio.ensure_future(part(stop)) for part in parts]
    yield
    stop.set()
    await asyncio.gather(*tasks)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while not holds():  # noqa: ASYNC110 - nobody signals a row
            await asyncio.sleep(0.02)


@pytest.mark.usefixtures("running")
async def test_the_golden_incident_reaches_its_people_once(
    desk: Desk, town: Town, mailbox: Mailbox, caller: Caller, kafka: KafkaServer
) -> None:
    person = town.person(desk.tenant)
    golden = ParseDict(json.loads(GOLDEN.read_text("utf-8"))["value"], IncidentChanged())
    golden.tenant_id, golden.location_id, golden.product_id = desk.tenant, desk.location, desk.product
    key = f"{desk.tenant}:{desk.location}:{desk.product}"
    place = LocationChanged(tenant_id=desk.tenant, location_id=desk.location, name="Gudang A")
    goods = ProductChanged(tenant_id=desk.tenant, product_id=desk.product, name="Solar")
    producer = AiokafkaLog(Security(kafka.bootstrap, kafka.user, kafka.password, kafka.ca)).producer()
    await producer.start()
    source = f"/arus/test/{new_ulid()}"
    try:
        for number, (event, at) in enumerate(
            (
                (place, f"{desk.tenant}:{desk.location}"),
                (goods, f"{desk.tenant}:{desk.product}"),
            )
        ):
            await producer.publish(
                [message(event, key=at, tenant=desk.tenant, source=source, sequence=number)]
            )
        await until(lambda: len(desk.rows("select 1 from products where tenant_id = %s")) == 1)
        # The same record twice: a relay may repeat itself.
        incident = message(golden, key=key, tenant=desk.tenant, source=source, sequence=9)
        await producer.publish([incident, incident])
    finally:
        await producer.stop()
    await until(lambda: len(mailbox.mails) == 1)
    await until(lambda: all(row[1] == "sent" for row in desk.deliveries()))
    assert mailbox.mails[0]["Subject"] == "Peringatan: insiden di Gudang A, Solar"
    answer = (await caller(person, "viewer").get("/notifications")).json()
    assert [entry["incident_id"] for entry in answer["items"]] == [golden.incident_id]
    assert len(mailbox.mails) == 1
