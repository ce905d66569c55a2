"""The log in memory, for tests without sockets: same port, same behaviour, one process."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from arus_runtime.log.partitioner import partition_of
from arus_runtime.log.port import Bounds, Fetched, Listener, Message, TopicPartition


@dataclass(slots=True)
class MemoryLog:
    """Topics as lists. partitions: how many each topic has."""

    partitions: int = 3
    topics: dict[TopicPartition, list[Fetched]] = field(
        default_factory=lambda: defaultdict[TopicPartition, list[Fetched]](list)
    )
    firsts: dict[TopicPartition, int] = field(default_factory=dict[TopicPartition, int])
    """Where partitions begin that have let records go."""
    members: dict[str, list[MemoryConsumer]] = field(
        default_factory=lambda: defaultdict[str, list["MemoryConsumer"]](list)
    )
    grown: asyncio.Event = field(default_factory=asyncio.Event)

    def consumer(self, topics: Sequence[str], group: str, listener: Listener) -> MemoryConsumer:
        """Return a consumer that has not started yet."""
        return MemoryConsumer(self, tuple(topics), group, listener)

    def producer(self) -> MemoryProducer:
        """Return a producer."""
        return MemoryProducer(self)

    def append(self, message: Message, partition: int | None = None) -> Fetched:
        """Append one message."""
        at = TopicPartition(
            message.topic, partition_of(message.key, self.partitions) if partition is None else partition
        )
        record = Fetched(*at, self.bounds(at).end, message.key, message.value, tuple(message.headers))
        self.topics[at].append(record)
        self.grown.set()
        return record

    def bounds(self, at: TopicPartition) -> Bounds:
        """Return what a partition holds."""
        first = self.firsts.get(at, 0)
        return Bounds(first, first + len(self.topics[at]))

    def expire(self, at: TopicPartition, first: int) -> None:
        """Let go of what stands before an offset."""
        del self.topics[at][: first - self.bounds(at).first]
        self.firsts[at] = first

    def lose(self, topic: str) -> None:
        """Empty a topic, as deleting and creating it does."""
        for at in [at for at in self.topics if at.topic == topic]:
            self.topics[at], self.firsts[at] = [], 0

    def records(self, topic: str) -> list[Fetched]:
        """Return every record of a topic, partition by partition."""
        return [record for at in sorted(self.topics) if at.topic == topic for record in self.topics[at]]

    async def rebalance(self, group: str) -> None:
        """Hand the group's partitions out anew, as Kafka's eager protocol does."""
        members = self.members[group]
        for member in members:
            if member.assignment:
                await member.listener.revoked(member.assignment)
            member.assignment = set()
            member.begun = {}
        everything = sorted(
            {
                TopicPartition(topic, number)
                for member in members
                for topic in member.topics
                for number in range(self.partitions)
            }
        )
        for place, member in enumerate(members):
            member.assignment = set(everything[place :: len(members)])
            await member.listener.assigned(member.assignment)


@dataclass(slots=True, eq=False)
class MemoryConsumer:
    """A member of a group in memory."""

    log: MemoryLog
    topics: tuple[str, ...]
    group: str
    listener: Listener
    assignment: set[TopicPartition] = field(default_factory=set[TopicPartition])
    begun: dict[TopicPartition, int] = field(default_factory=dict[TopicPartition, int])
    committed: dict[TopicPartition, int] = field(default_factory=dict[TopicPartition, int])

    async def start(self) -> None:
        """Join the group."""
        self.log.members[self.group].append(self)
        await self.log.rebalance(self.group)

    async def poll(self, limit: int, timeout_s: float) -> Mapping[TopicPartition, Sequence[Fetched]]:
        """Return records of begun partitions."""
        polled = self._ready(limit)
        if not polled:
            self.log.grown.clear()
            try:
                await asyncio.wait_for(self.log.grown.wait(), timeout_s)
            except TimeoutError:
                return {}
            polled = self._ready(limit)
        return polled

    def _ready(self, limit: int) -> dict[TopicPartition, Sequence[Fetched]]:
        polled: dict[TopicPartition, Sequence[Fetched]] = {}
        for at, offset in self.begun.items():
            first, end = self.log.bounds(at)
            place = offset - first if first <= offset <= end else 0
            records = self.log.topics[at][place : place + limit]
            if records:
                polled[at] = records
                self.begun[at] = first + place + len(records)
                limit -= len(records)
            if limit <= 0:
                break
        return polled

    def begin(self, at: TopicPartition, offset: int) -> None:
        """Read from offset on."""
        if at in self.assignment:
            self.begun[at] = offset
            self.log.grown.set()

    def pause(self, at: TopicPartition) -> None:
        """Keep silent."""
        self.begun.pop(at, None)

    async def bounds(self, partitions: Collection[TopicPartition]) -> Mapping[TopicPartition, Bounds]:
        """Return what partitions hold."""
        return {at: self.log.bounds(at) for at in partitions}

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Remember the offsets."""
        self.committed.update(offsets)

    async def stop(self) -> None:
        """Leave the group."""
        members = self.log.members[self.group]
        if self in members:
            members.remove(self)
            await self.listener.revoked(self.assignment)
            await self.log.rebalance(self.group)


@dataclass(slots=True)
class MemoryProducer:
    """Publishes into a ``MemoryLog``."""

    log: MemoryLog

    async def start(self) -> None:
        """Do nothing."""

    async def publish(self, messages: Sequence[Message]) -> None:
        """Append the messages."""
        for message in messages:
            self.log.append(message)

    async def stop(self) -> None:
        """Do nothing."""
