"""One way of getting events into PostgreSQL, in a process of its own: python peers.py NAME COUNT.

ours       the runtime with the real fuel worker: verdict, state and outgoing event committed
unjudged   the same client, the same packed COPY and the same offset in the transaction, nothing concluded
aiokafka   the client as its manual shows it, COPY as psycopg's manual shows it, then Kafka's commit
copy       rows that lie ready in memory, by COPY into a table with a primary key: the limit
Prints events_per_s and cpu_us (of this process, per event) from the first record to the last commit.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

import aiokafka
import psycopg
import uvloop
from arus.fuel.v1.events_pb2 import FuelTransactionRecorded
from arus_anomaly import handlers
from arus_runtime import packing
from arus_runtime.engine import Engine
from arus_runtime.log import AiokafkaLog, Consumer, Listener, Record, Security, TopicPartition
from arus_runtime.store import PostgresStore
from arus_runtime.worker import Column, Table
from ground import TOPIC, FromTheStart, facts

URL = os.environ["ARUS_BENCH_DB"]
LOG = AiokafkaLog(Security(*(os.environ[f"ARUS_BENCH_{name}"] for name in ("KAFKA", "USER", "PASSWORD"))))
BATCH = 2_000
EVENTS = Table("events", (Column("tenant_id", "text"), Column("key", "text"), Column("volume_ul", "int8")))
SCHEMA = """
create table events (
  src_part smallint, src_off bigint, src_idx int, is_current boolean, tenant_id text, key text,
  volume_ul bigint, value bytea, headers bytea, primary key (src_part, src_off, src_idx)
);
create table offsets (part smallint primary key, next_offset bigint not null);
insert into offsets select n, 0 from generate_series(0, 5) n;
create table plain (part smallint, off bigint, key bytea, value bytea, primary key (part, off));
"""


class Clock:
    """Measures from the first record to the last commit."""

    def __init__(self) -> None:
        self.began = 0.0
        self.cpu = 0.0

    def start(self) -> None:
        """Start, once."""
        if not self.began:
            self.began, self.cpu = time.perf_counter(), _cpu()

    def stop(self, count: int) -> None:
        """Print what was measured."""
        seconds, cpu = time.perf_counter() - self.began, _cpu() - self.cpu
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        measured = {"events_per_s": count / seconds, "cpu_us": cpu / count * 1e6, "peak_mb": peak_mb}
        os.write(1, f"\n{json.dumps(measured)}\n".encode())  # faust takes sys.stdout and sys.__stdout__ away


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


class Timed:
    """A log whose first records start the clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def consumer(self, topics: Sequence[str], group: str, listener: Listener) -> Consumer:
        return TimedConsumer(LOG.consumer(topics, group, listener), self._clock)

    def producer(self) -> Any:
        return LOG.producer()


class TimedConsumer:
    """Its consumer."""

    def __init__(self, consumer: Consumer, clock: Clock) -> None:
        self._clock = clock
        self._consumer = consumer
        self.start, self.begin, self.pause = consumer.start, consumer.begin, consumer.pause
        self.commit, self.stop = consumer.commit, consumer.stop

    async def poll(self, limit: int, timeout_s: float) -> Mapping[TopicPartition, Sequence[Record]]:
        polled = await self._consumer.poll(limit, timeout_s)
        if polled:
            self._clock.start()
        return polled


async def ours(count: int) -> None:
    clock, stop, taken = Clock(), asyncio.Event(), 0
    store = PostgresStore(URL, "anomaly", handlers.fuel)
    commit = store.commit

    def counted(parts: Any) -> None:
        nonlocal taken
        commit(parts)
        taken += sum(part.next_offset - part.start for part in parts)
        if taken >= count:
            clock.stop(count)
            loop.call_soon_threadsafe(stop.set)

    store.commit = counted
    loop = asyncio.get_running_loop()
    await Engine("anomaly", handlers.fuel, Timed(clock), store, batch_records=BATCH).run(stop)


async def unjudged(count: int) -> None:
    clock, taken, listener, packer = Clock(), 0, FromTheStart(), packing.Packer(EVENTS)
    listener.consumer = consumer = LOG.consumer([TOPIC], "bench.unjudged", listener)
    connection = prepared()
    copy = f"copy events ({', '.join(packer.columns)}) from stdin (format binary)".encode()

    def write(rows: Sequence[bytes], reached: Mapping[int, int]) -> None:
        with connection.transaction(), connection.cursor() as cursor:
            cursor.execute(
                "update offsets o set next_offset = v.n from unnest(%s::smallint[], %s::bigint[]) v (p, n)"
                " where o.part = v.p",
                (list(reached), list(reached.values())),
            )
            with cursor.copy(copy) as into:
                into.write(b"".join([packing.HEADER, *rows, packing.TRAILER]))

    await consumer.start()
    pending: asyncio.Task[None] | None = None
    while taken < count:
        rows: list[bytes] = []
        reached: dict[int, int] = {}
        for at, records in (await consumer.poll(BATCH, 0.2)).items():
            clock.start()
            for record in records:
                event = FuelTransactionRecorded.FromString(record.value or b"")
                values = (event.tenant_id, (record.key or b"").decode(), event.volume_ul)
                rows.append(packer.pack((record.partition, record.offset, 0), values, (record.value, b"")))
            reached[at.partition] = records[-1].offset + 1
        if rows:
            taken += len(rows)
            if pending:
                await pending
            pending = asyncio.create_task(asyncio.to_thread(write, rows, reached))
    if pending:
        await pending
    clock.stop(count)
    await consumer.stop()


async def plain_aiokafka(count: int) -> None:
    clock, taken, connection = Clock(), 0, prepared()
    consumer: Any = aiokafka.AIOKafkaConsumer(
        TOPIC,
        group_id=f"bench.aiokafka.{os.getpid()}",  # a group of its own: offsets outlive a round
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        **LOG.options(),
    )

    def write(batch: Mapping[Any, Sequence[Any]]) -> None:
        with connection.transaction(), connection.cursor() as cursor, cursor.copy(COPY_PLAIN) as into:
            for records in batch.values():
                for record in records:
                    FuelTransactionRecorded.FromString(record.value)
                    into.write_row((record.partition, record.offset, record.key, record.value))

    await consumer.start()
    while taken < count:
        batch = await consumer.getmany(timeout_ms=200, max_records=BATCH)
        if batch:
            clock.start()
            await asyncio.to_thread(write, batch)
            taken += sum(map(len, batch.values()))
            await consumer.commit()
    clock.stop(count)
    await consumer.stop()


COPY_PLAIN = b"copy plain (part, off, key, value) from stdin"


async def raw_copy(count: int) -> None:
    connection, table = prepared(), packing.Packer(EVENTS)
    rows = [
        table.pack((number % 6, number // 6, 0), ("org-0000", "location:fuel", number), (fact.value, b""))
        for number, fact in enumerate(facts(count))
    ]
    copy = f"copy events ({', '.join(table.columns)}) from stdin (format binary)".encode()
    clock = Clock()
    clock.start()
    for start in range(0, count, BATCH):
        with connection.transaction(), connection.cursor() as cursor, cursor.copy(copy) as into:
            into.write(b"".join([packing.HEADER, *rows[start : start + BATCH], packing.TRAILER]))
    clock.stop(count)


def prepared() -> psycopg.Connection[Any]:
    """Return a connection to fresh tables."""
    connection = psycopg.connect(URL, autocommit=True)
    connection.execute(SCHEMA.encode())
    return connection


PEERS = {"ours": ours, "unjudged": unjudged, "aiokafka": plain_aiokafka, "copy": raw_copy}

if __name__ == "__main__":
    uvloop.run(PEERS[sys.argv[1]](int(sys.argv[2])))
