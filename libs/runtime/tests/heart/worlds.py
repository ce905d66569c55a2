"""The worlds the suite runs in: log and store in memory, real Kafka through each client with PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

import aiokafka
import psycopg
from arus_runtime import ddl
from arus_runtime.catalogue import topics
from arus_runtime.engine import Engine
from arus_runtime.lanes import PostgresLanes
from arus_runtime.log import AiokafkaLog, Log, MemoryLog, Message, Record, Security, TopicPartition
from arus_runtime.log.confluent import ConfluentLog
from arus_runtime.log.partitioner import partition_of
from arus_runtime.memory import MemoryDatabase, MemoryLanes, MemoryStore
from arus_runtime.relay import Lanes, Relay
from arus_runtime.side_inputs import VALID_FROM
from arus_runtime.store import PostgresStore, Store
from arus_runtime.worker import AnyWorker, Table
from arus_stack.testing import KafkaServer
from psycopg.rows import DictRow, dict_row

SERVICE = "heart"
PATIENCE_S = 30.0


class World(Protocol):
    """What a test needs of a log and a database, whichever they are."""

    @property
    def log(self) -> Log: ...
    @property
    def partitions(self) -> int: ...
    def store(self, worker: AnyWorker) -> Store: ...
    def lanes(self, workers: Sequence[AnyWorker]) -> Lanes: ...
    async def publish(self, *messages: Message) -> None: ...
    async def records(self, topic: str) -> Sequence[Record]: ...
    async def rows(self, table: Table) -> list[dict[str, Any]]: ...
    async def sums(self) -> dict[str, int]: ...
    async def backlog(self, worker: AnyWorker) -> int: ...
    async def unpublished(self) -> int: ...
    async def states(self, worker: AnyWorker) -> dict[tuple[str, str], bytes]: ...
    async def now_ms(self) -> int: ...
    async def bound(self, bound: int, table: str = "bounds") -> int: ...
    def skip(self, seconds: float) -> None: ...


@dataclass
class MemoryWorld:
    """Everything in this process."""

    log: MemoryLog = field(default_factory=MemoryLog)
    database: MemoryDatabase = field(default_factory=MemoryDatabase)
    partitions: int = 3

    def store(self, worker: AnyWorker) -> Store:
        return MemoryStore(self.database, worker)

    def lanes(self, workers: Sequence[AnyWorker]) -> Lanes:
        return MemoryLanes(self.database, SERVICE, workers)

    async def publish(self, *messages: Message) -> None:
        for message in messages:
            self.log.append(message)

    async def records(self, topic: str) -> Sequence[Record]:
        return self.log.records(topic)

    async def rows(self, table: Table) -> list[dict[str, Any]]:
        if table.key:
            names = [column.name for column in table.columns]
            return [
                dict(zip(names, row, strict=True))
                for row in self.database.upserted.get(table.name, {}).values()
            ]
        rows = sorted(self.database.appended.get(table.name, ()), key=lambda row: row[:3])
        return [{"is_current": row.is_current, **row.values} for row in rows]

    async def sums(self) -> dict[str, int]:
        return self.database.records.get("latest", {})

    async def backlog(self, worker: AnyWorker) -> int:
        return sum(
            len(records) - (progress.next_offset if progress else 0)
            for at, records in self.log.topics.items()
            if at.topic in worker.topics
            for progress in (self.database.progress.get((worker.name, at)),)
        )

    async def unpublished(self) -> int:
        return len(self.database.outbox) + sum(
            row.value is not None
            and not any(
                row[1:3] <= reached
                for (_, partition), reached in self.database.published.items()
                if partition == row.partition
            )
            for rows in self.database.appended.values()
            for row in rows
        )

    async def states(self, worker: AnyWorker) -> dict[tuple[str, str], bytes]:
        return {
            (key, page): value
            for (name, _, key, page), value in self.database.states.items()
            if name == worker.name
        }

    async def now_ms(self) -> int:
        return int(self.database.clock() * 1000)

    async def bound(self, bound: int, table: str = "bounds") -> int:
        valid_ms = await self.now_ms() + 5_000
        with self.database.lock:
            since = datetime.fromtimestamp(valid_ms / 1000, UTC)
            self.database.versions.setdefault(table, []).append((since, bound))
        return valid_ms

    def skip(self, seconds: float) -> None:
        """Let time pass at once."""
        clock = self.database.clock
        self.database.clock = lambda: clock() + seconds


@dataclass
class RealWorld:
    """A database and a worker name of this test's own, on the session's servers; topics are shared.

    url: of the test's database. ends: where topics ended when the test began.
    """

    log: AiokafkaLog | ConfluentLog
    url: str
    reader: Any
    producer: Any
    ends: Mapping[TopicPartition, int]
    partitions: int = 6
    appended: Sequence[str] = ("totals",)

    def store(self, worker: AnyWorker) -> Store:
        return PostgresStore(self.url, SERVICE, worker)

    def lanes(self, workers: Sequence[AnyWorker]) -> Lanes:
        return PostgresLanes(self.url, SERVICE, workers)

    async def publish(self, *messages: Message) -> None:
        await self.producer.publish(messages)

    async def records(self, topic: str) -> Sequence[Record]:
        partitions = [aiokafka.TopicPartition(*at) for at in self.ends if at.topic == topic]
        self.reader.assign(partitions)
        for at in partitions:
            self.reader.seek(at, self.ends[TopicPartition(*at)])
        wanted = await self.reader.end_offsets(partitions)
        found: dict[TopicPartition, list[Record]] = {}
        for at in partitions:
            while await self.reader.position(at) < wanted[at]:
                for partition, records in (await self.reader.getmany(timeout_ms=100)).items():
                    found.setdefault(partition, []).extend(records)
        return [record for at in sorted(found) for record in found[at]]

    async def rows(self, table: Table) -> list[dict[str, Any]]:
        names = [column.name for column in table.columns]
        if table.key:
            return await self.query(f"select {', '.join(names)} from {table.name}")
        return await self.query(
            f"select is_current, {', '.join(names)} from {table.name} order by src_part, src_off, src_idx"
        )

    async def sums(self) -> dict[str, int]:
        """Return what the ledger adds up, by fact."""
        return {row["fact_id"]: row["volume_ul"] for row in await self.query("select * from latest")}

    async def query(self, statement: str, *parameters: Any) -> list[dict[str, Any]]:
        connection = await psycopg.AsyncConnection[DictRow].connect(
            self.url, row_factory=dict_row, options=f"-c search_path={SERVICE}"
        )
        async with connection:
            return await (await connection.execute(statement.encode(), parameters)).fetchall()

    async def backlog(self, worker: AnyWorker) -> int:
        partitions = [aiokafka.TopicPartition(*at) for at in self.ends if at.topic in worker.topics]
        ends = await self.reader.end_offsets(partitions)
        done = await self.query(
            "select topic, partition, next_offset from progress where worker = %s", worker.name
        )
        reached = {TopicPartition(row["topic"], row["partition"]): row["next_offset"] for row in done}
        return sum(ends[at] - reached.get(TopicPartition(*at), 0) for at in partitions)

    async def ends_now(self) -> Mapping[TopicPartition, int]:
        """Return where topics end."""
        ends = await self.reader.end_offsets([aiokafka.TopicPartition(*at) for at in self.ends])
        return {TopicPartition(*at): end for at, end in ends.items()}

    async def reported(
        self, worker: AnyWorker, partitions: Iterable[TopicPartition]
    ) -> Mapping[TopicPartition, int | None]:
        """Return how far a worker's group is in Kafka's eyes."""
        member: Any = aiokafka.AIOKafkaConsumer(
            group_id=f"arus.{SERVICE}.{worker.name}",
            enable_auto_commit=False,
            **AiokafkaLog(self.log.security).options(),
        )
        await member.start()
        try:
            return {at: await member.committed(aiokafka.TopicPartition(*at)) for at in partitions}
        finally:
            await member.stop()

    async def unpublished(self) -> int:
        """Return what the relay has not ticked off: queue rows, and result rows beyond the watermarks."""
        rows = "".join(
            f" union all select 1 from {table} r where value is not null"
            " and not exists (select from published p where p.partition = r.src_part"
            " and (p.src_off, p.src_idx) >= (r.src_off, r.src_idx))"
            for table in self.appended
        )
        found = await self.query(f"select count(*) from (select 1 from outbox{rows}) x")
        return found[0]["count"]

    async def states(self, worker: AnyWorker) -> dict[tuple[str, str], bytes]:
        rows = await self.query("select key, page, value from state where worker = %s", worker.name)
        return {(row["key"], row["page"]): row["value"] for row in rows}

    async def now_ms(self) -> int:
        """Return the database's clock."""
        (row,) = await self.query("select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now")
        return row["now"]

    async def bound(self, bound: int, table: str = "bounds") -> int:
        """Add a version of the side input and return since when it holds."""
        with psycopg.connect(self.url, options=f"-c search_path={SERVICE}") as connection:
            return add_bound(connection, bound, table)

    def skip(self, seconds: float) -> None:
        """Let time pass by itself."""

    def start_at_the_end(self, worker: AnyWorker) -> None:
        """Let a worker of this test begin where the shared topics ended when the test began."""
        with psycopg.connect(self.url, options=f"-c search_path={SERVICE}") as connection:
            for at, end in self.ends.items():
                if at.topic in worker.topics:
                    connection.execute(
                        "insert into progress values (%s, %s, %s, 0, %s, 0, now()) on conflict do nothing",
                        (worker.name, *at, end),
                    )


def add_bound(connection: psycopg.Connection[Any], bound: int, table: str = "bounds") -> int:
    """Insert a version as a command does, and return since when (ms) it holds."""
    row = connection.execute(
        f"insert into {table} (tenant_id, bound, valid_from) values ('t', %(bound)s, {VALID_FROM})"
        " returning (extract(epoch from valid_from) * 1000)::bigint".encode(),
        {"bound": bound, "valid_from": None},
    ).fetchone()
    assert row is not None
    return row[0]


def _reader(log: AiokafkaLog) -> Any:
    return aiokafka.AIOKafkaConsumer(enable_auto_commit=False, auto_offset_reset="earliest", **log.options())


@asynccontextmanager
async def real_world(
    client: type[AiokafkaLog | ConfluentLog], kafka: KafkaServer, url: str, tables: str
) -> AsyncGenerator[RealWorld]:
    """Give a world with fresh tables, whose workers and relays reach Kafka through client."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in (
            f"create schema {SERVICE}; set search_path = {SERVICE}",
            ddl.worker_tables(),
            tables,
        ):
            connection.execute(statement.encode())
    security = Security(kafka.bootstrap, kafka.user, kafka.password, kafka.ca)
    log = client(security, session_timeout_ms=6_000)
    reader = _reader(AiokafkaLog(security))
    producer = log.producer()
    await asyncio.gather(reader.start(), producer.start())
    try:
        partitions = [
            aiokafka.TopicPartition(name, number)
            for topic in topics().values()
            for name, count in ((topic.name, topic.partitions), (topic.dlq, 1))
            for number in range(count)
        ]
        reader.assign(partitions)  # else it asks for one topic after the other, and pauses before each
        ends: dict[Any, int] = await reader.end_offsets(partitions)
        reader.unsubscribe()
        yield RealWorld(log, url, reader, producer, {TopicPartition(*at): end for at, end in ends.items()})
    finally:
        await asyncio.gather(reader.stop(), producer.stop())


@dataclass
class House:
    """Engines and relays at work in a world."""

    world: World
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: list[asyncio.Task[None]] = field(default_factory=list[asyncio.Task[None]])
    engines: list[Engine] = field(default_factory=list[Engine])

    def work(self, worker: AnyWorker, store: Store | None = None, *, batch_records: int = 2_000) -> Engine:
        """Put a worker to work."""
        if isinstance(self.world, RealWorld):
            self.world.start_at_the_end(worker)
        engine = Engine(
            SERVICE, worker, self.world.log, store or self.world.store(worker), batch_records=batch_records
        )
        self.engines.append(engine)
        self.tasks.append(asyncio.create_task(engine.run(self.stop)))
        return engine

    def relay(self, *workers: AnyWorker) -> Relay:
        """Let a relay publish what they conclude."""
        relay = Relay(SERVICE, self.world.lanes(workers), self.world.log.producer())
        self.tasks.append(asyncio.create_task(relay.run(self.stop)))
        return relay

    async def taken(self, worker: AnyWorker) -> None:
        """Return when the worker has taken every record."""

        async def nothing_left() -> bool:
            return await self.world.backlog(worker) == 0

        await self.until(nothing_left)

    async def published(self) -> None:
        """Return when everything concluded is published."""

        async def nothing_left() -> bool:
            return await self.world.unpublished() == 0

        await self.until(nothing_left)

    async def until(self, holds: Any) -> None:
        """Return when an async condition holds; fails when a part ends or time is up."""
        async with asyncio.timeout(PATIENCE_S):
            while not await holds():
                for task in self.tasks:
                    if task.done():
                        task.result()
                await asyncio.sleep(0.01)

    async def close(self) -> None:
        """Stop everything in good order."""
        self.stop.set()
        await asyncio.gather(*self.tasks)


def keys_of_different_partitions(partitions: int, count: int) -> list[str]:
    """Return keys that no two of share a partition."""
    found: dict[int, str] = {}
    number = 0
    while len(found) < count:
        key = f"t:{number}"
        found.setdefault(partition_of(key.encode(), partitions), key)
        number += 1
    return list(found.values())
