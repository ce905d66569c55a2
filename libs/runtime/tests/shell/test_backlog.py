"""What waits in a topic is counted until it is committed, in a dead-letter topic until it is redriven."""

import asyncio
from typing import Any

import aiokafka
import pytest
from aiokafka.errors import KafkaConnectionError
from arus_runtime.backlog import behind, depths, ends_of
from arus_runtime.catalogue import DLQ_SUFFIX, REDRIVE_GROUP
from arus_runtime.log import AiokafkaLog, Security, TopicPartition
from arus_stack.testing import KafkaServer


async def when_let_in(log: AiokafkaLog, topic: str) -> dict[str, int]:
    """Count as soon as the broker knows the user: it learns of new ones a moment after they are made."""
    async with asyncio.timeout(30):
        while True:
            try:
                return await depths(log, [topic])
            except KafkaConnectionError:
                await asyncio.sleep(0.1)


@pytest.mark.integration
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


@pytest.mark.integration
async def test_records_behind_the_end_are_counted_per_topic(kafka: KafkaServer) -> None:
    log = AiokafkaLog(Security(kafka.bootstrap, kafka.user, kafka.password, kafka.ca))
    topic = kafka.create_topic(partitions=2)
    producer: Any = aiokafka.AIOKafkaProducer(**log.options())
    async with producer:
        for partition in (0, 0, 0, 1):
            await producer.send_and_wait(topic, b"waits", partition=partition)
    reached = {TopicPartition(topic, 0): 1, TopicPartition(topic, 1): 1}
    assert behind([topic, "quiet"], reached, await ends_of(log, set(reached))) == {topic: 2, "quiet": 0}


def test_a_partition_whose_end_is_not_known_is_not_behind() -> None:
    assert behind(["t"], {TopicPartition("t", 0): 5}, {}) == {"t": 0}
