"""What waits in a dead-letter topic is counted until it is redriven."""

import asyncio
from typing import Any

import aiokafka
import pytest
from aiokafka.errors import KafkaConnectionError
from arus_runtime.catalogue import DLQ_SUFFIX, REDRIVE_GROUP
from arus_runtime.log import AiokafkaLog, Security
from arus_runtime.parked import depths
from arus_stack.testing import KafkaServer

pytestmark = pytest.mark.integration


async def when_let_in(log: AiokafkaLog, topic: str) -> dict[str, int]:
    """Count as soon as the broker knows the user: it learns of new ones a moment after they are made."""
    async with asyncio.timeout(30):
        while True:
            try:
                return await depths(log, [topic])
            except KafkaConnectionError:
                await asyncio.sleep(0.1)


async def test_parked_records_are_counted_until_they_went_back(kafka: KafkaServer) -> None:
    admin = AiokafkaLog(Security(kafka.bootstrap, kafka.user, kafka.password, kafka.ca))
    # With the rights of a consumer of the topic, and no more.
    reader = kafka.service("anomaly")
    log = AiokafkaLog(Security(reader.bootstrap, reader.user, reader.password, reader.ca))
    topic = "fuel.transaction.v1"
    before = (await when_let_in(log, topic))[topic]
    producer: Any = aiokafka.AIOKafkaProducer(**admin.options())
    async with producer:
        for _ in range(3):
            await producer.send_and_wait(topic + DLQ_SUFFIX, b"parked")
    assert await depths(log, [topic]) == {topic: before + 3}
    redrive: Any = aiokafka.AIOKafkaConsumer(
        group_id=REDRIVE_GROUP, enable_auto_commit=False, **admin.options()
    )
    async with redrive:
        at = aiokafka.TopicPartition(topic + DLQ_SUFFIX, 0)
        redrive.assign([at])
        end = await redrive.end_offsets([at])
        await redrive.commit({at: end[at] - 1})
    assert await depths(log, [topic]) == {topic: 1}
