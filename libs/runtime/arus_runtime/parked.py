"""Counts the records that wait for a person in the dead-letter topics of a service's workers."""

import asyncio
from collections.abc import Collection
from typing import Any, Final

import aiokafka
import structlog
from aiokafka.errors import KafkaError

from arus_runtime import observe
from arus_runtime.catalogue import DLQ_SUFFIX, REDRIVE_GROUP
from arus_runtime.jobs import wait_for
from arus_runtime.log import AiokafkaLog

COUNT_S: Final = 30.0

_log: Final = structlog.get_logger(__name__)


async def run(log: AiokafkaLog, topics: Collection[str], stop: asyncio.Event) -> None:
    """Show the depth of each topic's dead-letter topic until stop is set."""
    while not stop.is_set():
        try:
            for topic, records in (await depths(log, topics)).items():
                observe.DLQ_DEPTH.labels(topic).set(records)
        except KafkaError as error:
            _log.warning("parked records not counted", reason=str(error))
        await wait_for(stop, COUNT_S)


async def depths(log: AiokafkaLog, topics: Collection[str]) -> dict[str, int]:
    """Return how many parked records of each topic were not redriven yet."""
    # Assigned by hand: reads where the last redrive ended, and never becomes a member of that group.
    consumer: Any = aiokafka.AIOKafkaConsumer(
        group_id=REDRIVE_GROUP, enable_auto_commit=False, **log.options()
    )
    try:
        await consumer.start()
        return {topic: await _depth(consumer, topic + DLQ_SUFFIX) for topic in topics}
    finally:
        await consumer.stop()


async def _depth(consumer: Any, parked: str) -> int:
    at = aiokafka.TopicPartition(parked, 0)  # dead-letter topics have one partition
    consumer.assign([at])
    consumer.pause(at)  # a service may count what is parked, not read it
    first: dict[Any, int] = await consumer.beginning_offsets([at])
    end: dict[Any, int] = await consumer.end_offsets([at])
    redriven: int | None = await consumer.committed(at)
    return end[at] - max(first[at], redriven or 0)
