"""Records as a person reads them: taken from a topic, decoded by their own type, and sent back."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (confluent-kafka carries no types; what leaves this module is typed)

import importlib
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from arus_runtime.catalogue import REDRIVE_GROUP
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from google.protobuf import descriptor_pool, message_factory
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import DecodeError

from arus_stack.errors import Refused, ServerFailed
from arus_stack.kafka.admin import TIMEOUT_S, KafkaAccess

if TYPE_CHECKING:
    from arus_runtime.log.port import Message

BATCH = 500
POLL_S = 0.5
_SOON_LED = (KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.LEADER_NOT_AVAILABLE)
"""What a broker says that has just started and does not lead its partitions yet."""


@dataclass(frozen=True, slots=True)
class Found:
    """One record read; it is a Record of the runtime's port as well."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]
    at_ms: int = 0
    """Kafka's own time of the record."""

    def as_json(self) -> dict[str, Any]:
        """Return the record with text headers and its value decoded by `ce_type`."""
        headers = {name: value.decode(errors="replace") for name, value in self.headers}
        return {
            "topic": self.topic,
            "partition": self.partition,
            "offset": self.offset,
            "key": self.key.decode(errors="replace") if self.key is not None else None,
            "type": headers.get("ce_type"),
            "time": headers.get("ce_time"),
            "headers": headers,
            "value": decoded(headers.get("ce_type", ""), self.value),
        }


def decoded(message_type: str, value: bytes | None) -> Any:
    """Return a protobuf value as plain data; what cannot be decoded stays hexadecimal."""
    if value is None:
        return None
    if "." not in message_type:
        return {"undecoded": value.hex()}
    try:
        importlib.import_module(f"{message_type.rpartition('.')[0]}.events_pb2")
        kind = message_factory.GetMessageClass(descriptor_pool.Default().FindMessageTypeByName(message_type))
        return MessageToDict(kind.FromString(value), preserving_proto_field_name=True)
    except (ImportError, ValueError, KeyError, DecodeError):
        return {"undecoded": value.hex()}


class Reader:
    """Reads one topic, all partitions, without leaving a trace on the broker."""

    def __init__(self, access: KafkaAccess, topic: str) -> None:
        self._topic = topic
        self._consumer = Consumer(
            {
                **access.client,
                "group.id": REDRIVE_GROUP,
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "auto.offset.reset": "earliest",
            }
        )
        found = self._consumer.list_topics(topic, timeout=TIMEOUT_S).topics[topic]
        if found.error is not None:
            raise Refused(f"there is no topic {topic}", "`arus topics list` shows them all.")
        self._partitions = sorted(found.partitions)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._consumer.close()

    def ends(self) -> Mapping[int, tuple[int, int]]:
        """Return each partition's first and next offset."""
        return {partition: self._bounds(partition) for partition in self._partitions}

    def _bounds(self, partition: int) -> tuple[int, int]:
        place = TopicPartition(self._topic, partition)
        deadline = time.monotonic() + TIMEOUT_S
        while True:
            try:
                return self._consumer.get_watermark_offsets(place, timeout=TIMEOUT_S)
            except KafkaException as error:
                if error.args[0].code() not in _SOON_LED or time.monotonic() > deadline:
                    raise
            time.sleep(POLL_S)

    def settled_up_to(self) -> Mapping[int, int]:
        """Return each partition's first offset that still waits; all before it went back or were settled."""
        asked = [TopicPartition(self._topic, partition) for partition in self._partitions]
        return {
            position.partition: max(position.offset, 0)
            for position in self._consumer.committed(asked, timeout=TIMEOUT_S)
        }

    def mark_settled(self, partition: int, offset: int) -> None:
        """Remember that nothing before offset waits any more."""
        self._consumer.commit(offsets=[TopicPartition(self._topic, partition, offset)], asynchronous=False)

    def last(self, count: int) -> Iterator[Found]:
        """Give the newest records, at most count a partition, oldest first."""
        ends = self.ends()
        starts = {partition: max(first, end - count) for partition, (first, end) in ends.items()}
        return self.between(starts, {partition: end for partition, (_, end) in ends.items()})

    def between(self, starts: Mapping[int, int], ends: Mapping[int, int]) -> Iterator[Found]:
        """Give what stands from starts up to ends."""
        reading = {partition for partition, end in ends.items() if starts[partition] < end}
        self._assign({partition: starts[partition] for partition in reading})
        while reading:
            records, at_end = self._consume()
            yield from (record for record in records if record.offset < ends[record.partition])
            reading -= at_end  # not "the last offset was seen": compaction may have taken it
            reading -= {record.partition for record in records if record.offset + 1 >= ends[record.partition]}

    def following(self) -> Iterator[Found]:
        """Give what comes from now on, for ever."""
        self._assign({partition: end for partition, (_, end) in self.ends().items()})
        while True:
            yield from self._consume()[0]

    def _assign(self, starts: Mapping[int, int]) -> None:
        self._consumer.assign(
            [TopicPartition(self._topic, partition, offset) for partition, offset in starts.items()]
        )

    def _consume(self) -> tuple[list[Found], set[int]]:
        """Return what came within a moment, and the partitions read to their end."""
        records: list[Found] = []
        at_end: set[int] = set()
        for message in self._consumer.consume(BATCH, POLL_S):
            error = message.error()
            if error is None:
                records.append(
                    Found(
                        message.topic(),
                        message.partition(),
                        message.offset(),
                        message.key(),
                        message.value(),
                        message.headers() or [],
                        message.timestamp()[1],
                    )
                )
            elif error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 - librdkafka's public name for it
                at_end.add(message.partition())
            else:
                raise ServerFailed(f"Kafka refused to be read: {error.str()}")
        return records, at_end


def publish(access: KafkaAccess, messages: Iterable["Message"]) -> int:
    """Publish messages and return how many; raises ServerFailed unless every one is safe."""
    producer = Producer(
        {
            **access.client,
            "enable.idempotence": True,
            "partitioner": "murmur2_random",
        }  # as Kafka's own clients
    )
    failures: list[str] = []

    def delivered(error: Any, _: Any) -> None:
        if error is not None:
            failures.append(error.str())

    sent = 0
    try:
        for message in messages:
            producer.produce(
                message.topic,
                message.value,
                message.key,
                headers=list(message.headers),
                on_delivery=delivered,
            )
            producer.poll(0)
            sent += 1
    except KafkaException as error:
        failures.append(str(error))
    if producer.flush(TIMEOUT_S) or failures:
        raise ServerFailed(f"not every record went back: {', '.join(failures[:3]) or 'no answer in time'}")
    return sent
