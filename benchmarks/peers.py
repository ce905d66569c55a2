"""One way of getting events into PostgreSQL, in a process of its own: python peers.py NAME COUNT.

unjudged     the same client, the same packed COPY and the same offset in the transaction, nothing concluded
aiokafka     the client as its manual shows it, COPY as psycopg's manual shows it, then Kafka's commit
executemany  the same with executemany
river        the same with COPY, after each verdict's volume was scored by half-space trees of its key
copy         facts as rows that lie ready in memory, by COPY into a table with a primary key
results      the very rows that the worker has committed to this database, by COPY into a table with their
             primary key alone: what the worker's results cost when nothing need be done to get them
Each prints when it began and ended (monotonic clock), the CPU seconds between, and its peak memory.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import struct
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import aiokafka
import psycopg
import uvloop
from arus.anomaly.v1.events_pb2 import VerdictReached
from arus.fuel.v1.events_pb2 import FuelTransactionRecorded
from arus_anomaly.bench.peers import growing_trees
from arus_runtime import packing
from arus_runtime.log import AiokafkaLog, Security
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
create table scores (part smallint, off bigint, key bytea, score float8, primary key (part, off));
"""


class Clock:
    """Measures from the first record to the last commit."""

    def __init__(self) -> None:
        self._began = self._ended = 0.0
        self._cpu_before = self._cpu_after = 0.0

    def start(self) -> None:
        """Start, once."""
        if not self._began:
            self._began, self._cpu_before = time.monotonic(), _cpu()

    def lap(self) -> None:
        """Note that something was committed."""
        self._ended, self._cpu_after = time.monotonic(), _cpu()

    def say(self, events: int) -> None:
        """Print what was measured up to the last lap."""
        found = {
            "events": events,
            "began": self._began,
            "ended": self._ended,
            "cpu_s": self._cpu_after - self._cpu_before,
            "peak_mb": _peak_mb(),
        }
        os.write(1, f"\n{json.dumps(found)}\n".encode())  # faust takes sys.stdout and sys.__stdout__ away

    def stop(self, events: int) -> None:
        """Stop, and print what was measured."""
        self.lap()
        self.say(events)


def _peak_mb() -> float:
    """Return the most memory this program held: ru_maxrss would be its parent's where that is larger."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    line = next(line for line in status.read_text("ascii").splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1024


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


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


async def with_aiokafka(count: int, write: Callable[[Any, Sequence[Any]], None], topic: str = TOPIC) -> None:
    clock, taken, connection = Clock(), 0, prepared()
    consumer: Any = aiokafka.AIOKafkaConsumer(
        topic,
        group_id=f"bench.aiokafka.{os.getpid()}",  # a group of its own: offsets outlive a round
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        **LOG.options(),
    )

    def written(records: Sequence[Any]) -> None:
        with connection.transaction(), connection.cursor() as cursor:
            write(cursor, records)

    await consumer.start()
    while taken < count:
        batch = await consumer.getmany(timeout_ms=200, max_records=BATCH)
        if batch:
            clock.start()
            records = [record for part in batch.values() for record in part]
            await asyncio.to_thread(written, records)
            taken += len(records)
            await consumer.commit()
    clock.stop(count)
    await consumer.stop()


def by_copy(cursor: psycopg.Cursor[Any], records: Sequence[Any]) -> None:
    with cursor.copy(COPY_PLAIN) as into:
        for record in records:
            FuelTransactionRecorded.FromString(record.value)
            into.write_row((record.partition, record.offset, record.key, record.value))


def by_executemany(cursor: psycopg.Cursor[Any], records: Sequence[Any]) -> None:
    rows = [(record.partition, record.offset, record.key, record.value) for record in records]
    for row in rows:
        FuelTransactionRecorded.FromString(row[3])
    cursor.executemany(b"insert into plain (part, off, key, value) values (%s, %s, %s, %s)", rows)


async def aiokafka_copy(count: int) -> None:
    await with_aiokafka(count, by_copy)


async def aiokafka_executemany(count: int) -> None:
    await with_aiokafka(count, by_executemany)


async def river(count: int) -> None:
    trees: dict[bytes, Callable[[float], float]] = {}

    def scored(cursor: psycopg.Cursor[Any], records: Sequence[Any]) -> None:
        with cursor.copy(COPY_SCORES) as into:
            for record in records:
                litres = VerdictReached.FromString(record.value).volume_ul / 1e6
                score = trees.get(record.key) or trees.setdefault(record.key, growing_trees(litres, WINDOW))
                into.write_row((record.partition, record.offset, record.key, score(litres)))

    await with_aiokafka(count, scored, VERDICTS)


VERDICTS = "anomaly.verdict.v1"
WINDOW = 20
COPY_SCORES = b"copy scores (part, off, key, score) from stdin"
COPY_PLAIN = b"copy plain (part, off, key, value) from stdin"


async def raw_copy(count: int) -> None:
    connection, table = prepared(), packing.Packer(EVENTS)
    rows = [
        table.pack((number % 6, number // 6, 0), ("org-0000", "location:fuel", number), (fact.value, b""))
        for number, fact in enumerate(facts(count))
    ]
    copy_in(connection, rows, f"copy events ({', '.join(table.columns)}) from stdin (format binary)")


async def results(count: int) -> None:
    connection = psycopg.connect(URL, autocommit=True)
    with connection.cursor().copy(b"copy anomaly.verdicts to stdout (format binary)") as out:
        rows = packed_rows(b"".join(out))
    assert len(rows) == count, f"the worker must have committed {count} rows, found {len(rows)}"
    connection.execute(
        b"create table results (like anomaly.verdicts, primary key (src_part, src_off, src_idx))"
    )
    copy_in(connection, rows, "copy results from stdin (format binary)")


def packed_rows(copied: bytes) -> list[bytes]:
    """Return the rows of a binary COPY, each as it came."""
    rows, at = list[bytes](), len(packing.HEADER)
    fields, length = struct.Struct(">h").unpack_from, struct.Struct(">i").unpack_from
    while (count := fields(copied, at)[0]) >= 0:
        start, at = at, at + 2
        for _ in range(count):
            at += 4 + max(length(copied, at)[0], 0)
        rows.append(copied[start:at])
    return rows


def copy_in(connection: psycopg.Connection[Any], rows: Sequence[bytes], statement: str) -> None:
    """Commit rows by COPY, a batch at a time, and say how long that took."""
    clock = Clock()
    clock.start()
    for start in range(0, len(rows), BATCH):
        with (
            connection.transaction(),
            connection.cursor() as cursor,
            cursor.copy(statement.encode()) as into,
        ):
            into.write(b"".join([packing.HEADER, *rows[start : start + BATCH], packing.TRAILER]))
    clock.stop(len(rows))


def prepared() -> psycopg.Connection[Any]:
    """Return a connection to fresh tables."""
    connection = psycopg.connect(URL, autocommit=True)
    connection.execute(SCHEMA.encode())
    return connection


PEERS = {
    "unjudged": unjudged,
    "aiokafka": aiokafka_copy,
    "executemany": aiokafka_executemany,
    "river": river,
    "copy": raw_copy,
    "results": results,
}

if __name__ == "__main__":
    uvloop.run(PEERS[sys.argv[1]](int(sys.argv[2])))
