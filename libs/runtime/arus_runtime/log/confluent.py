"""Kafka through confluent-kafka (librdkafka), for bridges and bulk: install ``arus-runtime[confluent]``.

librdkafka calls back in the thread that polls, and a call may wait. So each client has one thread of its own
in which everything is asked of it; the event loop says what it wants by values that this thread reads, and
hears of rebalances while the thread waits for it.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (confluent-kafka carries no types; what leaves this module is typed)

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeVar

import confluent_kafka
from confluent_kafka import KafkaError, KafkaException

from arus_runtime.log.port import (
    Bounds,
    Fetched,
    Listener,
    LogAway,
    Message,
    PublishFailed,
    Security,
    TopicPartition,
)
from arus_runtime.tuples import new

T = TypeVar("T")

REACH_S: Final = 10.0
PUBLISH_S: Final = 30.0
_FULL_S: Final = 0.1
# A poll asks for what has arrived; this only bounds what arrives unasked, and so the memory.
_READ_AHEAD_KIB: Final = 16 * 1024
_NOT_YET: Final = (KafkaError._STATE, KafkaError._PREV_IN_PROGRESS)  # noqa: SLF001 - their public names
_HOPELESS: Final = (
    KafkaError.TOPIC_AUTHORIZATION_FAILED,
    KafkaError.GROUP_AUTHORIZATION_FAILED,
    KafkaError.UNKNOWN_TOPIC_OR_PART,
)
_log: Final = logging.getLogger("librdkafka")


@dataclass(frozen=True, slots=True)
class ConfluentLog:
    """Kafka, reached through confluent-kafka.

    session_timeout_ms, instance: as ``AiokafkaLog`` has them. A group may hold members of both clients.
    """

    security: Security
    session_timeout_ms: int = 10_000
    instance: str = ""

    def consumer(self, topics: Sequence[str], group: str, listener: Listener) -> ConfluentConsumer:
        """Return a consumer that has not started yet."""
        return ConfluentConsumer(self, topics, group, listener)

    def producer(self) -> ConfluentProducer:
        """Return a producer that has not started yet."""
        return ConfluentProducer(self)

    def options(self) -> dict[str, Any]:
        """Return what librdkafka's clients need to connect."""
        security = self.security
        options: dict[str, Any] = {
            "bootstrap.servers": security.bootstrap,
            "reconnect.backoff.max.ms": 1_000,
            "log.connection.close": False,
        }
        if security.ca_file:
            options["ssl.ca.location"] = security.ca_file
        if security.user:
            options |= {
                "sasl.mechanism": "SCRAM-SHA-512",
                "sasl.username": security.user,
                "sasl.password": security.current_password,
            }
        transport = "SSL" if security.ca_file else "PLAINTEXT"
        options["security.protocol"] = f"SASL_{transport}" if security.user else transport
        return options


class _Thread:
    """The one thread in which a client is asked."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(1, "librdkafka")

    async def call(self, function: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, function, *arguments)

    def end(self) -> None:
        self._executor.shutdown(wait=False)


def _reach(client: Any, security: Security, topic: str | None = None) -> None:
    """Return when a broker has answered; raises LogAway when none does."""
    try:
        client.list_topics(topic, timeout=REACH_S)
    except KafkaException as error:
        raise LogAway(
            f"Kafka at {security.bootstrap} must answer within {REACH_S:.0f} s: {error.args[0].str()}"
        ) from error


class _Begin(NamedTuple):
    """An order to read from an offset on; two of them are the same only when they are one object."""

    offset: int


class ConfluentConsumer:
    """A member of a consumer group."""

    def __init__(self, log: ConfluentLog, topics: Sequence[str], group: str, listener: Listener) -> None:
        self._log = log
        self._topics = topics
        self._group = group
        self._listener = listener
        self._thread = _Thread()
        self._client: Any = None
        self._begun: dict[TopicPartition, _Begin] = {}  # the event loop's: what it wants to hear
        self._assigned: set[TopicPartition] = set()  # the thread's: what the group gave
        self._speaking: dict[TopicPartition, _Begin] = {}  # the thread's: which orders were carried out

    async def start(self) -> None:
        """Join the group."""
        await self._thread.call(self._start, asyncio.get_running_loop())

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        log = self._log
        options = {
            **log.options(),
            "group.id": self._group,
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "auto.offset.reset": "earliest",
            "partition.assignment.strategy": "roundrobin",  # as aiokafka's
            "session.timeout.ms": log.session_timeout_ms,
            "heartbeat.interval.ms": min(3_000, log.session_timeout_ms // 3),
            "fetch.wait.max.ms": 300,
            "max.partition.fetch.bytes": 2 * 1024 * 1024,
            "queued.max.messages.kbytes": _READ_AHEAD_KIB,
        }
        if log.instance:
            options["group.instance.id"] = f"{self._group}.{log.instance}"
        self._client = confluent_kafka.Consumer(options, logger=_log)
        _reach(self._client, log.security, self._topics[0])

        def hear(heard: Coroutine[Any, Any, None]) -> None:
            asyncio.run_coroutine_threadsafe(heard, loop).result()

        def assigned(client: Any, partitions: Collection[Any]) -> None:
            ours = [TopicPartition(each.topic, each.partition) for each in partitions]
            # An offset given now spares the broker the question for the committed one; nothing is read from
            # there, because the partition is silent until it is begun.
            client.assign([_at(at, 0) for at in ours])
            client.pause([_at(at) for at in ours])
            self._assigned.update(ours)
            hear(self._listener.assigned(ours))

        def revoked(client: Any, partitions: Collection[Any]) -> None:
            theirs = [TopicPartition(each.topic, each.partition) for each in partitions]
            hear(self._give_up(theirs))
            client.unassign()
            self._assigned.difference_update(theirs)
            for at in theirs:
                self._speaking.pop(at, None)

        self._client.subscribe(list(self._topics), on_assign=assigned, on_revoke=revoked, on_lost=revoked)

    async def _give_up(self, partitions: Collection[TopicPartition]) -> None:
        for at in partitions:
            self._begun.pop(at, None)
        await self._listener.revoked(partitions)

    async def poll(self, limit: int, timeout_s: float) -> Mapping[TopicPartition, Sequence[Fetched]]:
        """Return records of begun partitions, without those that an order given meanwhile makes stale."""
        begun = self._begun.copy()
        polled = await self._thread.call(self._poll, begun, limit, timeout_s)
        return {at: records for at, records in polled.items() if self._begun.get(at) is begun[at]}

    def _poll(
        self, begun: Mapping[TopicPartition, _Begin], limit: int, timeout_s: float
    ) -> dict[TopicPartition, list[Fetched]]:
        self._obey(begun)
        # It would wait for all that it is asked for: so wait for one, then take what is there.
        messages = self._client.consume(1, timeout_s)
        if messages and limit > 1:
            messages += self._client.consume(limit - 1, 0)
        polled: dict[TopicPartition, list[Fetched]] = {}
        for message in messages:
            if error := message.error():
                _hear_of(error)
                continue
            topic, partition = message.topic(), message.partition()
            record = new(
                Fetched,
                (topic, partition, message.offset(), message.key(), message.value(), message.headers() or ()),
            )
            if (records := polled.get((topic, partition))) is None:  # pyright: ignore[reportArgumentType, reportCallIssue] - equal to a TopicPartition
                records = polled[TopicPartition(topic, partition)] = []
            records.append(record)
        return {at: records for at, records in polled.items() if self._is_obeyed(at, begun)}

    def _is_obeyed(self, at: TopicPartition, begun: Mapping[TopicPartition, _Begin]) -> bool:
        return at in begun and self._speaking.get(at) is begun[at]

    def _obey(self, begun: Mapping[TopicPartition, _Begin]) -> None:
        """Let exactly the begun partitions speak, each from its offset on."""
        for at in self._assigned:
            wanted, speaking = begun.get(at), self._speaking.get(at)
            if wanted is speaking:
                continue
            if speaking is not None:
                self._client.pause([_at(at)])
                del self._speaking[at]
            if wanted is not None and self._has_sought(at, wanted.offset):
                self._client.resume([_at(at)])
                self._speaking[at] = wanted

    def _has_sought(self, at: TopicPartition, offset: int) -> bool:
        """Seek; say no when the partition is still being handed over, so that the next poll tries again."""
        try:
            self._client.seek(_at(at, offset))
        except KafkaException as error:
            if error.args[0].code() in _NOT_YET:
                return False
            raise
        return True

    def begin(self, at: TopicPartition, offset: int) -> None:
        """Read from offset on, with the next poll."""
        self._begun[at] = _Begin(offset)

    def pause(self, at: TopicPartition) -> None:
        """Keep silent about a partition, at once."""
        self._begun.pop(at, None)

    async def bounds(self, partitions: Collection[TopicPartition]) -> Mapping[TopicPartition, Bounds]:
        """Ask the brokers, one partition after the other."""
        return await self._thread.call(self._bounds, list(partitions))

    def _bounds(self, partitions: Collection[TopicPartition]) -> dict[TopicPartition, Bounds]:
        try:
            return {
                at: Bounds(*self._client.get_watermark_offsets(_at(at), timeout=REACH_S, cached=False))
                for at in partitions
            }
        except KafkaException as error:
            raise LogAway(f"Kafka did not say what partitions hold: {error.args[0].str()}") from error

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Tell the broker, and wait for no answer."""
        told = [_at(at, offset) for at, offset in offsets.items()]
        await self._thread.call(self._commit, told)

    def _commit(self, told: Sequence[Any]) -> None:
        try:
            self._client.commit(offsets=told, asynchronous=True)
        except KafkaException as error:
            _log.info("offsets were not told: %s", error.args[0].str())

    async def stop(self) -> None:
        """Leave the group."""
        if self._client is not None:
            await self._thread.call(self._client.close)
        self._thread.end()


def _at(at: TopicPartition, offset: int | None = None) -> Any:
    partition: Any = confluent_kafka.TopicPartition
    return partition(*at) if offset is None else partition(*at, offset)


def _hear_of(error: Any) -> None:
    """Raise what will not pass by itself; librdkafka goes on trying after everything else."""
    if error.fatal() or error.code() in _HOPELESS:
        raise LogAway(error.str())
    _log.warning("%s", error.str())


class ConfluentProducer:
    """Publishes with an idempotent producer, all messages of a call or an error.

    A message never gives up by itself, and a batch that the broker refuses for good stops the client
    (``enable.gapless.guarantee``): so what is in the log of a partition is always a beginning of what was to
    be published. After a failure the client is replaced, or its sequence numbers would miss the lost ones.
    """

    def __init__(self, log: ConfluentLog) -> None:
        self._log = log
        self._thread = _Thread()
        self._client: Any = None

    async def start(self) -> None:
        """Connect."""
        await self._thread.call(self._start)

    def _start(self) -> None:
        client = self._new_client()
        _reach(client, self._log.security)
        self._client = client

    def _new_client(self) -> Any:
        options = {
            **self._log.options(),
            "enable.idempotence": True,
            "enable.gapless.guarantee": True,
            "message.timeout.ms": 0,
            "partitioner": "murmur2",
            "batch.size": 512 * 1024,
        }
        return confluent_kafka.Producer(options, logger=_log)

    async def publish(self, messages: Sequence[Message]) -> None:
        """Return when all messages are in the log."""
        await self._thread.call(self._publish, messages)

    def _publish(self, messages: Sequence[Message]) -> None:
        if self._client is None:
            self._client = self._new_client()
        client, failures = self._client, list[str]()

        def delivered(error: Any, _: Any) -> None:
            if error is not None:
                failures.append(error.str())

        until = time.monotonic() + PUBLISH_S
        try:
            for message in messages:
                self._enqueue(message, delivered, until)
            left = client.flush(max(until - time.monotonic(), 0))
        except (KafkaException, BufferError) as error:
            left = len(messages)
            failures.append(str(error))
        if left or failures:
            self._client = None
            client.purge()
            client.flush(_FULL_S)
            raise PublishFailed(
                failures[0] if failures else f"{left} messages must be safe within {PUBLISH_S:.0f} s"
            )

    def _enqueue(self, message: Message, delivered: Callable[[Any, Any], None], until: float) -> None:
        topic, key, value, headers = message
        # librdkafka hashes a missing key like an empty one; ours go to the first partition.
        place = {"partition": 0} if key is None else {}
        while True:
            try:
                self._client.produce(topic, value, key, on_delivery=delivered, headers=list(headers), **place)
            except BufferError:
                if time.monotonic() > until:
                    raise
                self._client.poll(_FULL_S)
            else:
                return

    async def stop(self) -> None:
        """Disconnect; every call has waited for its messages."""
        self._client = None
        self._thread.end()
