"""Kafka through aiokafka: the client of the services (docs/adr/0002)."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Collection, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import aiokafka
from aiokafka import errors
from typing_extensions import override

from arus_runtime.log.partitioner import partition_of
from arus_runtime.log.port import (
    Bounds,
    Listener,
    LogAway,
    Message,
    PublishFailed,
    Record,
    Security,
    TopicPartition,
)

_BATCH_BYTES = 512 * 1024
_REQUEST_TIMEOUT_MS = 30_000
# Records are answered at once; this only says how often to ask again in a quiet house, and how long a
# partition that begins may wait for the answer under way.
_FETCH_WAIT_MS = 300


@dataclass(frozen=True, slots=True)
class AiokafkaLog:
    """Kafka, reached through aiokafka.

    session_timeout_ms: how long the group waits for a silent member. instance: a name that is this process's
    own and stays when it is restarted; the group then takes it back at once.
    """

    security: Security
    session_timeout_ms: int = 10_000
    instance: str = ""

    def consumer(self, topics: Sequence[str], group: str, listener: Listener) -> AiokafkaConsumer:
        """Return a consumer that has not started yet."""
        return AiokafkaConsumer(self, topics, group, listener)

    def producer(self) -> AiokafkaProducer:
        """Return a producer that has not started yet."""
        return AiokafkaProducer(self)

    def options(self) -> dict[str, Any]:
        """Return what aiokafka's clients need to connect."""
        security = self.security
        options: dict[str, Any] = {"bootstrap_servers": security.bootstrap}
        if security.ca_file:
            options["ssl_context"] = ssl.create_default_context(cafile=security.ca_file)
        if security.user:
            options |= {
                "sasl_mechanism": "SCRAM-SHA-512",
                "sasl_plain_username": security.user,
                "sasl_plain_password": _password(security),
            }
        transport = "SSL" if security.ca_file else "PLAINTEXT"
        options["security_protocol"] = f"SASL_{transport}" if security.user else transport
        return options


class PasswordFile(str):
    """A password as a path: aiokafka keeps what it is given, and asks it for its bytes to connect."""

    __slots__ = ()

    @override
    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        """Return the password that the file holds now."""
        return Path(str(self)).read_text("utf-8").strip().encode(encoding, errors)


def _password(security: Security) -> str:
    return PasswordFile(security.password_file) if security.password_file else security.password


class _Rebalance(aiokafka.ConsumerRebalanceListener):
    def __init__(self, consumer: AiokafkaConsumer, listener: Listener) -> None:
        self._consumer = consumer
        self._listener = listener

    # aiokafka awaits what these return, though its base class does not say so.
    async def on_partitions_revoked(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, revoked: Collection[Any]
    ) -> None:
        await self._listener.revoked([TopicPartition(*at) for at in revoked])

    async def on_partitions_assigned(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, assigned: Collection[Any]
    ) -> None:
        partitions = [TopicPartition(*at) for at in assigned]
        for at in partitions:
            self._consumer.pause(at)
        await self._listener.assigned(partitions)


async def _start(client: Any) -> None:
    """Start a client; one that cannot is closed, so that it holds no connection."""
    try:
        with _away():
            await client.start()
    except BaseException:
        await client.stop()
        raise


@contextmanager
def _away() -> Generator[None]:
    """Turn what aiokafka says of a broker that is away, or shut to us, into ``LogAway``."""
    try:
        yield
    except errors.KafkaError as error:
        raise LogAway(f"{type(error).__name__}: {error}") from error


class AiokafkaConsumer:
    """A member of a consumer group."""

    def __init__(self, log: AiokafkaLog, topics: Sequence[str], group: str, listener: Listener) -> None:
        self._log = log
        self._topics = topics
        self._group = group
        self._listener = listener
        self._client: Any = None

    async def start(self) -> None:
        """Join the group."""
        self._client = aiokafka.AIOKafkaConsumer(
            group_id=self._group,
            group_instance_id=f"{self._group}.{self._log.instance}" if self._log.instance else None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            session_timeout_ms=self._log.session_timeout_ms,
            heartbeat_interval_ms=min(3_000, self._log.session_timeout_ms // 3),
            fetch_max_wait_ms=_FETCH_WAIT_MS,
            max_partition_fetch_bytes=2 * 1024 * 1024,
            **self._log.options(),
        )
        self._client.subscribe(topics=list(self._topics), listener=_Rebalance(self, self._listener))
        await _start(self._client)

    async def poll(self, limit: int, timeout_s: float) -> Mapping[TopicPartition, Sequence[Record]]:
        """Return aiokafka's own records: its partitions are equal to ours."""
        with _away():
            polled = await self._client.getmany(timeout_ms=int(timeout_s * 1000), max_records=limit)
        return cast("Mapping[TopicPartition, Sequence[Record]]", polled)

    def begin(self, at: TopicPartition, offset: int) -> None:
        """Seek and let the partition speak."""
        partition = aiokafka.TopicPartition(*at)
        if partition in self._client.assignment():
            self._client.seek(partition, offset)
            self._client.resume(partition)

    def pause(self, at: TopicPartition) -> None:
        """Keep silent about a partition."""
        partition = aiokafka.TopicPartition(*at)
        if partition in self._client.assignment():
            self._client.pause(partition)

    async def bounds(self, partitions: Collection[TopicPartition]) -> Mapping[TopicPartition, Bounds]:
        """Ask the brokers that lead the partitions."""
        asked = [aiokafka.TopicPartition(*at) for at in partitions]
        with _away():
            firsts = await self._client.beginning_offsets(asked)
            ends = await self._client.end_offsets(asked)
        return {TopicPartition(*at): Bounds(firsts[at], ends[at]) for at in asked}

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Tell the broker; a rebalance under way makes it refuse."""
        try:
            await self._client.commit(
                {aiokafka.TopicPartition(*at): offset for at, offset in offsets.items()}
            )
        except errors.KafkaError:
            return

    async def stop(self) -> None:
        """Leave the group."""
        if self._client is not None:
            await self._client.stop()


class AiokafkaProducer:
    """Publishes by whole batches: one call per partition where ``send`` costs 20 µs a message."""

    def __init__(self, log: AiokafkaLog) -> None:
        self._log = log
        self._client: Any = None
        self._partitions: dict[str, int] = {}
        self._turn = asyncio.Lock()

    async def start(self) -> None:
        """Connect."""
        client: Any = aiokafka.AIOKafkaProducer(
            enable_idempotence=True,
            max_batch_size=_BATCH_BYTES,
            request_timeout_ms=_REQUEST_TIMEOUT_MS,
            **self._log.options(),
        )
        await _start(client)
        self._client = client

    async def publish(self, messages: Sequence[Message]) -> None:
        """Return when all messages are in the log.

        The broker refuses a batch whose predecessor is missing, so a failure never leaves a gap behind which
        later messages stand. It would refuse all later ones too: so the client is replaced after a failure.
        """
        async with self._turn:
            try:
                await self._publish(messages)
            except LogAway as away:
                raise PublishFailed(str(away)) from away
            except errors.KafkaError as error:
                await self.stop()
                raise PublishFailed(f"{type(error).__name__}: {error}") from error

    async def _publish(self, messages: Sequence[Message]) -> None:
        if self._client is None:
            await self.start()
        by_partition: dict[TopicPartition, list[Message]] = {}
        for message in messages:
            at = TopicPartition(
                message.topic, partition_of(message.key, await self._partition_count(message.topic))
            )
            by_partition.setdefault(at, []).append(message)
        await _all(self._send(at, batch) for at, batch in by_partition.items())

    async def _partition_count(self, topic: str) -> int:
        count = self._partitions.get(topic)
        if count is None:
            count = self._partitions[topic] = len(await self._client.partitions_for(topic))
        return count

    async def _send(self, at: TopicPartition, messages: Sequence[Message]) -> None:
        deliveries: list[Awaitable[Any]] = []
        batch = self._client.create_batch()
        for _, key, value, headers in messages:
            if batch.append(key=key, value=value, timestamp=None, headers=headers) is None:
                deliveries.append(await self._close(at, batch))
                batch = self._client.create_batch()
                batch.append(key=key, value=value, timestamp=None, headers=headers)
        deliveries.append(await self._close(at, batch))
        await _all(deliveries)

    async def _close(self, at: TopicPartition, batch: Any) -> Awaitable[Any]:
        batch.close()
        return await self._client.send_batch(batch, at.topic, partition=at.partition)

    async def stop(self) -> None:
        """Flush and disconnect."""
        client, self._client = self._client, None
        if client is not None:
            await client.stop()


async def _all(awaitables: Iterable[Awaitable[Any]]) -> None:
    """Await everything before raising the first failure, so that nothing is left under way."""
    for result in await asyncio.gather(*awaitables, return_exceptions=True):
        if isinstance(result, BaseException):
            raise result
