"""Counts the records that wait: for a service's workers in their topics, for a person among dead letters."""

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import aiokafka
import structlog
from aiokafka.errors import KafkaError

from arus_runtime import observe
from arus_runtime.catalogue import DLQ_SUFFIX, REDRIVE_GROUP
from arus_runtime.engine import Engine
from arus_runtime.jobs import wait_for
from arus_runtime.log import AiokafkaLog
from arus_runtime.log.port import TopicPartition

COUNT_S: Final = 15.0

_log: Final = structlog.get_logger(__name__)


async def run(log: AiokafkaLog, engines: Sequence[Engine], stop: asyncio.Event) -> None:
    """Show how far each worker is behind and how deep each dead-letter topic is, until stop is set."""
    topics = {topic for engine in engines for topic in engine.worker.topics}
    while not stop.is_set():
        for engine in engines:
            observe.PARTITIONS_HELD_UP.labels(engine.worker.name).set(len(engine.held_up))
        try:
            for topic, records in (await depths(log, topics)).items():
                observe.DLQ_DEPTH.labels(topic).set(records)
            reached = [await places_of(log, engine) for engine in engines]
            ends = await ends_of(log, {at for places in reached for at in places})
            for engine, places in zip(engines, reached, strict=True):
                for topic, records in behind(engine.worker.topics, places, ends).items():
                    observe.BEHIND_RECORDS.labels(engine.worker.name, topic).set(records)
        except KafkaError as error:
            _log.warning("waiting records not counted", reason=str(error))
        await wait_for(stop, COUNT_S)


def behind(
    topics: Sequence[str], reached: Mapping[TopicPartition, int], ends: Mapping[TopicPartition, int]
) -> Mapping[str, int]:
    """Return by topic how many records stand between what was reached and the ends of these partitions."""
    waiting = Counter(dict.fromkeys(topics, 0))
    for at, offset in reached.items():
        waiting[at.topic] += max(0, ends.get(at, offset) - offset)
    return waiting


async def places_of(log: AiokafkaLog, engine: Engine) -> Mapping[TopicPartition, int]:
    """Return how far a worker is in every partition it was given.

    Of those that it does not hold (stopped, locked, their database away) Kafka says what was last told it.
    """
    held = engine.reached
    others = {*engine.stopped, *engine.held_up} - held.keys()
    return {**await _told(log, engine.group, others), **held}


async def _told(
    log: AiokafkaLog, group: str, partitions: Collection[TopicPartition]
) -> Mapping[TopicPartition, int]:
    """Return how far a group has told that it is in partitions, and at least where each begins."""
    if not partitions:
        return {}
    consumer: Any = aiokafka.AIOKafkaConsumer(group_id=group, enable_auto_commit=False, **log.options())
    try:
        await consumer.start()
        asked = [aiokafka.TopicPartition(*at) for at in partitions]
        told: dict[Any, int | None] = {at: await consumer.committed(at) for at in asked}
        first: dict[Any, int] = await consumer.beginning_offsets(asked)
    finally:
        await consumer.stop()
    return {TopicPartition(*at): max(first[at], offset or 0) for at, offset in told.items()}


async def ends_of(log: AiokafkaLog, partitions: Collection[TopicPartition]) -> dict[TopicPartition, int]:
    """Return the next offset of each partition."""
    if not partitions:
        return {}
    consumer: Any = aiokafka.AIOKafkaConsumer(enable_auto_commit=False, **log.options())
    try:
        await consumer.start()
        found = await consumer.end_offsets([aiokafka.TopicPartition(*at) for at in partitions])
    finally:
        await consumer.stop()
    return {TopicPartition(*at): offset for at, offset in found.items()}


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
