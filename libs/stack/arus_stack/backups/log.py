"""The log's part of a backup: topics copied record by record, and written again at the same offsets."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (confluent-kafka carries no types; what leaves this module is typed)

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypedDict

from arus_runtime.envelope import NAMES
from arus_runtime.ids import derived_id
from confluent_kafka import (
    ConsumerGroupTopicPartitions,
    KafkaError,
    KafkaException,
    Producer,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient

from arus_stack.backups.cut import Cut
from arus_stack.backups.topic_file import Digest, PartitionSum, TopicWriter, encode, read
from arus_stack.errors import ServerFailed
from arus_stack.kafka.admin import TIMEOUT_S, KafkaAccess
from arus_stack.kafka.records import Found, Reader
from arus_stack.kafka.retention import delete_records

FLUSH_S = 120.0
FILLER_KEY = b"restored"
NO_COORDINATOR = {
    KafkaError.NOT_COORDINATOR,
    KafkaError.COORDINATOR_NOT_AVAILABLE,
    KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
}
PAUSE_S = 0.2
NEVER = "1970-01-01T00:00:00.000000Z"
Partitions = dict[str, PartitionSum]
"""By number; a text, since JSON has no other names."""


class TopicSum(TypedDict):
    """What is kept of a topic."""

    settings: dict[str, str]
    partitions: Partitions


class Place(TypedDict):
    """How far a group has read a partition."""

    topic: str
    partition: int
    offset: int


def copy(access: KafkaAccess, topic: str, cut: Cut, folder: Path) -> Partitions:
    """Copy what a topic holds now, without what the cut does not hold; return what was kept."""
    with Reader(access, topic) as reader, TopicWriter(folder / f"{topic}.gz") as file:
        ends = reader.ends()
        left_out = dict.fromkeys(ends, 0)
        starts = {partition: first for partition, (first, _) in ends.items()}
        for record in reader.between(starts, {partition: end for partition, (_, end) in ends.items()}):
            if cut.holds(record):
                file.write(record, record.offset - left_out[record.partition])
            else:
                left_out[record.partition] += 1
    return {
        str(partition): file.digest.of(partition, first, end - left_out[partition])
        for partition, (first, end) in sorted(ends.items())
    }


def write(access: KafkaAccess, file: Path, kept: Partitions) -> None:
    """Write a topic's records into its empty partitions, each at its own offset.

    Where the log had none, since they were compacted away or grew too old, stands a tombstone of nobody;
    what stood before a partition's first offset is cut off again.
    """
    topic = file.name.removesuffix(".gz")
    writer = Writer(access, topic)
    for record in read(file):
        writer.fill(record.partition, record.offset, record)
        writer.put(record)
    for partition, sums in kept.items():
        writer.fill(int(partition), sums["end"], None)
    writer.finish()
    delete_records(access, {(topic, int(partition)): sums["first"] for partition, sums in kept.items()})


def summed(access: KafkaAccess, topic: str, kept: Partitions) -> Partitions:
    """Return what a topic's partitions add up to now, fillers left out."""
    digest = Digest()
    with Reader(access, topic) as reader:
        ends = reader.ends()
        starts = {partition: first for partition, (first, _) in ends.items()}
        for record in reader.between(starts, {partition: end for partition, (_, end) in ends.items()}):
            if record.key != FILLER_KEY:
                digest.add(record.partition, encode(record, record.offset))
    return {
        str(partition): digest.of(partition, first, end)
        for partition, (first, end) in sorted(ends.items())
        if str(partition) in kept
    }


def groups(access: KafkaAccess) -> dict[str, list[Place]]:
    """Return how far every consumer group says it has read."""
    admin = AdminClient(access.client)
    found: dict[str, list[Place]] = {}
    for group in sorted(one.group_id for one in admin.list_consumer_groups().result(TIMEOUT_S).valid):
        asked = admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])
        places = asked[group].result(TIMEOUT_S).topic_partitions
        found[group] = [
            {"topic": place.topic, "partition": place.partition, "offset": place.offset}
            for place in places
            if place.offset >= 0
        ]
    return {group: places for group, places in found.items() if places}


def fitting(groups: Mapping[str, Sequence[Place]], ends: Mapping[str, Partitions]) -> dict[str, list[Place]]:
    """Return where groups had read of the topics that there are, none beyond a partition's end."""
    found: dict[str, list[Place]] = {}
    for group, places in groups.items():
        for place in places:
            topic, partition = place["topic"], place["partition"]
            if kept := ends.get(topic, {}).get(str(partition)):
                offset = min(place["offset"], kept["end"])
                found.setdefault(group, []).append({"topic": topic, "partition": partition, "offset": offset})
    return found


def set_groups(
    access: KafkaAccess, wanted: Mapping[str, Sequence[Place]], ends: Mapping[str, Partitions]
) -> None:
    """Put groups back to where they had read, as far as that fits."""
    admin = AdminClient(access.client)
    for group, places in fitting(wanted, ends).items():
        offsets = [TopicPartition(place["topic"], place["partition"], place["offset"]) for place in places]
        asked = [ConsumerGroupTopicPartitions(group, offsets)]
        deadline = time.monotonic() + TIMEOUT_S
        # A broker that has just started may not be the groups' coordinator yet, and says so of each place.
        while refusal := _refusal(admin.alter_consumer_group_offsets(asked)[group]):
            code, says = refusal
            if code not in NO_COORDINATOR or time.monotonic() > deadline:
                raise ServerFailed(f"Kafka refused the places of {group}: {says}")
            time.sleep(PAUSE_S)


def _refusal(answer: Future[ConsumerGroupTopicPartitions]) -> tuple[int, str] | None:
    """Return code and words of the first error of a group's places."""
    try:
        places = answer.result(TIMEOUT_S).topic_partitions or []
        error = next((place.error for place in places if place.error), None)
    except KafkaException as failure:
        error = failure.args[0]
    return (error.code(), error.str()) if error else None


class Writer:
    """Writes one topic, and sees to it that each record lands where it is to stand; ends: where to begin."""

    def __init__(self, access: KafkaAccess, topic: str, ends: Mapping[int, int] | None = None) -> None:
        self._topic = topic
        self._next = dict(ends or {})
        self._failures: list[str] = []
        self._producer = Producer(
            {**access.client, "enable.idempotence": True, "linger.ms": 20, "message.max.bytes": 2_000_000}
        )

    def fill(self, partition: int, up_to: int, before: Found | None) -> None:
        """Put tombstones of nobody where there is no record up to an offset."""
        for offset in range(self._next.get(partition, 0), up_to):
            headers = nobody(self._topic, partition, offset)
            at_ms = before.at_ms if before else 0
            self.put(Found(self._topic, partition, offset, FILLER_KEY, None, headers, at_ms))

    def put(self, record: Found) -> None:
        """Write one record."""
        expected = record.offset

        def landed(error: Any, message: Any) -> None:
            if error is not None:
                self._failures.append(error.str())
            elif message.offset() != expected:
                self._failures.append(f"offset {expected} landed at {message.offset()}")

        while True:
            try:
                self._producer.produce(
                    self._topic,
                    record.value,
                    record.key,
                    record.partition,
                    on_delivery=landed,
                    timestamp=record.at_ms,
                    headers=list(record.headers),
                )
                break
            except BufferError:
                self._producer.poll(0.1)
        self._next[record.partition] = expected + 1
        self._producer.poll(0)
        self._refuse_failures()

    def finish(self) -> None:
        """Return when the broker has everything."""
        if left := self._producer.flush(FLUSH_S):
            self._failures.append(f"{left} records were not taken within {FLUSH_S:g} s")
        self._refuse_failures()

    def _refuse_failures(self) -> None:
        if self._failures:
            raise ServerFailed(
                f"{self._topic} could not be written: {self._failures[0]}",
                "A topic must be empty before it is restored, and nobody else may write it meanwhile.",
            )


def nobody(topic: str, partition: int, offset: int) -> list[tuple[str, bytes]]:
    """Return headers under which every worker passes a tombstone over."""
    said = {
        "ce_id": derived_id(f"{topic}/{partition}/{offset}", "restored"),
        "ce_time": NEVER,
        "ce_source": "/arus/restore",
        "ce_specversion": "1.0",
    }
    return [(name, said.get(name, "").encode()) for name in NAMES]
