"""Reads what the live feed tells, an hour back: all partitions in every replica."""

import asyncio
import time
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

import aiokafka
import structlog
from aiokafka.errors import KafkaError
from arus.anomaly.v1.events_pb2 import (
    CaseChanged,
    IncidentAnswered,
    IncidentChanged,
    VerdictReached,
    VerdictWithdrawn,
)
from arus.imports.v1.events_pb2 import ImportChanged
from arus_runtime import tasks, tracing
from arus_runtime.log import AiokafkaLog
from google.protobuf.message import DecodeError

from arus_gateway.live import FAR_BEHIND, FIRST_OF_CASES, FIRST_OF_IMPORTS, FIRST_OF_INCIDENTS, KEPT_S, Feed

TOPICS: Final = {
    "anomaly.verdict.v1": 0,
    "anomaly.incident.v1": FIRST_OF_INCIDENTS,
    "import.job.v1": FIRST_OF_IMPORTS,
    "anomaly.case.v1": FIRST_OF_CASES,
}
"""Each with the number that its first partition has on the feed."""
POLL_MS: Final = 1_000
BATCH: Final = FAR_BEHIND
RETRY_S: Final = 1.0
_TYPES: Final = {
    kind.DESCRIPTOR.full_name.encode(): kind
    for kind in (
        VerdictReached,
        VerdictWithdrawn,
        IncidentChanged,
        IncidentAnswered,
        ImportChanged,
        CaseChanged,
    )
}
_log: Final = structlog.get_logger(__name__)


def tailing(feed: Feed, log: AiokafkaLog) -> AbstractAsyncContextManager[None]:
    """Keep the feed reading; while Kafka is away it stands still and goes on where it was."""
    return tasks.beside(_tail_for_ever(feed, log))


async def _tail_for_ever(feed: Feed, log: AiokafkaLog) -> None:
    while True:
        try:
            await _tail(feed, log)
        except (KafkaError, OSError) as error:
            _log.warning("live feed waits for Kafka", reason=str(error) or type(error).__name__)
        except Exception:  # noqa: BLE001 — see below
            # Whatever it was, a feed that stands still for good would be worse than one that tries again.
            _log.exception("live feed failed")
        await asyncio.sleep(RETRY_S)


async def _tail(feed: Feed, log: AiokafkaLog) -> None:
    consumer: Any = aiokafka.AIOKafkaConsumer(
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="latest",
        fetch_max_wait_ms=500,
        **log.options(),
    )
    try:
        await consumer.start()
        partitions = await _partitions(consumer)
        consumer.assign(partitions)
        position = await _start(feed, consumer, partitions)
        for at in partitions:
            consumer.seek(at, position[_number(at)])
        while True:
            for records in (await consumer.getmany(timeout_ms=POLL_MS, max_records=BATCH)).values():
                for record in records:
                    _take(feed, record)
            await feed.handed_on()
            feed.forget_before(time.monotonic() - KEPT_S)
    finally:
        await consumer.stop()


async def _partitions(consumer: Any) -> list[Any]:
    # A topic that nobody assigned is unknown to the client until it asks.
    known = await consumer._client.fetch_all_metadata()  # noqa: SLF001 — aiokafka has no public way without a group
    partitions: list[Any] = []
    for topic in TOPICS:
        numbers = known.partitions_for_topic(topic)
        if not numbers:
            raise OSError(f"Kafka has no topic {topic} yet")
        partitions += [aiokafka.TopicPartition(topic, number) for number in sorted(numbers)]
    return partitions


def _number(at: Any) -> int:
    return TOPICS[at.topic] + at.partition


async def _start(feed: Feed, consumer: Any, partitions: list[Any]) -> dict[int, int]:
    """Return where to read from: where the feed stands, else an hour ago."""
    if feed.position:
        ends = await consumer.end_offsets(partitions)
        position = {_number(at): feed.position.get(_number(at), 0) for at in partitions}
        if all(position[_number(at)] <= ends[at] for at in partitions):
            return position
    hour_ago_ms = int((time.time() - KEPT_S) * 1000)
    found = await consumer.offsets_for_times(dict.fromkeys(partitions, hour_ago_ms))
    ends = await consumer.end_offsets(partitions)
    position = {_number(at): found[at].offset if found.get(at) else ends[at] for at in partitions}
    feed.stand_at(position)
    return position


def _take(feed: Feed, record: Any) -> None:
    headers = dict(record.headers)
    kind = _TYPES.get(headers.get("ce_type", b""))
    event = None
    if kind is not None:
        try:
            event = kind.FromString(record.value or b"")
        except DecodeError:
            _log.warning(
                "undecodable event passed over",
                topic=record.topic,
                partition=record.partition,
                offset=record.offset,
            )
    happened = headers.get("ce_time", b"").decode(errors="replace")
    # Ages count from when the record was written, so that a restart does not keep the past for another hour.
    age_s = max(0.0, time.time() - record.timestamp / 1000)
    trace = tracing.kept(record)
    feed.take(
        _number(record),
        record.offset,
        event,
        time=happened,
        now_s=time.monotonic() - age_s,
        kept=(trace, time.time_ns()) if trace else None,
    )
