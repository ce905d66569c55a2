"""What the house needs of a log: read from where we say, publish in order, know when it is safe."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol


class TopicPartition(NamedTuple):
    """One partition of a topic."""

    topic: str
    partition: int


class Record(Protocol):
    """One record read. Adapters hand out their client's own objects where these fit."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Sequence[tuple[str, bytes]]: ...


class Fetched(NamedTuple):
    """One record read, for adapters whose client has no object that fits ``Record``."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


class Bounds(NamedTuple):
    """What a partition holds: from the first offset up to, and without, the end."""

    first: int
    end: int


class Message(NamedTuple):
    """One record to publish. The key picks the partition, with Kafka's own murmur2."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


class LogAway(Exception):  # noqa: N818 - names what happened
    """The log cannot be reached, or does not let us in."""


class PublishFailed(Exception):  # noqa: N818 - names what happened
    """Some of the messages may not be in the log. Publishing the same ones again keeps their order."""


@dataclass(frozen=True, slots=True)
class Security:
    """How to reach Kafka: SCRAM-SHA-512 when user is set, TLS when ca_file is.

    password_file: where the password stands instead; read for each new connection, since it may change.
    """

    bootstrap: str
    user: str = ""
    password: str = ""
    ca_file: str = ""
    password_file: str = ""

    @property
    def current_password(self) -> str:
        """Return the password as it is now."""
        return Path(self.password_file).read_text("utf-8").strip() if self.password_file else self.password


class Listener(Protocol):
    """Hears from the group which partitions are ours."""

    async def assigned(self, partitions: Collection[TopicPartition]) -> None:
        """Take note; each partition stays silent until ``Consumer.begin``."""
        ...

    async def revoked(self, partitions: Collection[TopicPartition]) -> None:
        """Finish or drop what is under way in these partitions, before another member gets them."""
        ...


class Consumer(Protocol):
    """A member of a consumer group."""

    async def start(self) -> None:
        """Join the group; raises ``LogAway``."""
        ...

    async def poll(self, limit: int, timeout_s: float) -> Mapping[TopicPartition, Sequence[Record]]:
        """Return up to limit records of begun partitions; wait timeout_s at most for the first.

        Raises ``LogAway``.
        """
        ...

    def begin(self, at: TopicPartition, offset: int) -> None:
        """Read an assigned partition from offset on; from the oldest record when there is no such place."""
        ...

    def pause(self, at: TopicPartition) -> None:
        """Keep silent about a partition until ``begin``."""
        ...

    async def bounds(self, partitions: Collection[TopicPartition]) -> Mapping[TopicPartition, Bounds]:
        """Return what partitions hold now; raises ``LogAway``."""
        ...

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Tell the broker how far we are, for lag dashboards only; failing does not matter."""
        ...

    async def stop(self) -> None:
        """Leave the group."""
        ...


class Producer(Protocol):
    """Publishes in order, each message once per call (idempotent producer)."""

    async def start(self) -> None:
        """Connect; raises ``LogAway``."""
        ...

    async def publish(self, messages: Sequence[Message]) -> None:
        """Return when the log has all messages, in this order per partition; else raise ``PublishFailed``."""
        ...

    async def stop(self) -> None:
        """Disconnect."""
        ...


class Log(Protocol):
    """Makes consumers and producers."""

    def consumer(self, topics: Sequence[str], group: str, listener: Listener) -> Consumer:
        """Return a consumer that has not started yet."""
        ...

    def producer(self) -> Producer:
        """Return a producer that has not started yet."""
        ...
