"""Records that a test of the whole system puts on a topic, where no door lets them in."""

import asyncio
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from secrets import token_hex
from typing import Any

from arus.anomaly.v1.events_pb2 import IncidentChanged
from arus_runtime.log import AiokafkaLog, Message, Security
from arus_runtime.testing import message
from google.protobuf.json_format import ParseDict

from arus_stack import house
from arus_stack.kafka.admin import KafkaAccess


def publish(access: KafkaAccess, messages: Sequence[Message]) -> None:
    """Put records on their topics, in an event loop of its own: a browser test has one already."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, _publish(access, messages)).result()


def incident(access: KafkaAccess, **said: Any) -> None:
    """Let an incident open: the golden one, with these fields instead."""
    golden = house.root() / "protos/examples/anomaly.incident.v1/golden-520-l-opens-an-incident.json"
    event = ParseDict(json.loads(golden.read_text("utf-8"))["value"] | said, IncidentChanged())
    key = f"{event.tenant_id}:{event.location_id}:{event.product_id}"
    source = f"/arus/test/{token_hex(6)}"
    publish(access, [message(event, key=key, tenant=event.tenant_id, source=source, sequence=1)])


async def _publish(access: KafkaAccess, messages: Sequence[Message]) -> None:
    producer = AiokafkaLog(Security(access.bootstrap, access.user, access.password, access.ca)).producer()
    await producer.start()
    try:
        await producer.publish(messages)
    finally:
        await producer.stop()
