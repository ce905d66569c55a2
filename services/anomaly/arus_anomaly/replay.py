"""Fold the whole log again, into an empty database: the same log must say the same, byte for byte.

    python -m arus_anomaly.replay postgresql://anomaly_worker:…@host/empty_database

reads the live service's settings (ARUS_…) and ends with 1 when a verdict or an opinion differs. The database
must hold the service's schema, migrated and empty. The live service may go on meanwhile: the log is read up
to where it stood when the comparison began.
"""

import argparse
import asyncio
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, LiteralString

import psycopg
from arus_runtime.engine import Engine
from arus_runtime.heart import security_of
from arus_runtime.log import AiokafkaLog, Consumer, Listener, Log, Producer, Record, TopicPartition
from arus_runtime.settings import Settings
from arus_runtime.store import PostgresStore
from arus_runtime.worker import AnyWorker
from psycopg import sql

from arus_anomaly.codec import ANSWER_COLUMNS, CALIBRATION_COLUMNS, VERSION_COLUMNS
from arus_anomaly.codec.meter_limits import TABLES as LIMITS
from arus_anomaly.handlers import fuel, learned, meter

SCHEMA: Final = "anomaly"
SHOWN: Final = 10

_CARRIED: Final = {
    "thresholds": (*VERSION_COLUMNS, "created_by", "created_at"),
    **{table: (*columns, "created_by", "created_at") for table, columns in LIMITS.items()},
    "calibrations": (*CALIBRATION_COLUMNS, "facts", "keys", "created_at"),
    "incident_answers": (*ANSWER_COLUMNS, "created_by", "created_at"),
}
"""Side inputs, and their columns."""

Offsets = Mapping[int, int]
"""Partition → the offset that comes next."""
Said = Iterator[tuple[str, str, bytes]]
"""Tenant, fact id and event of each current row, in that order."""
REPLAYED: Final[Sequence[tuple[AnyWorker, str, LiteralString]]] = (
    (fuel, "verdicts", "fact_id"),
    (learned, "opinions", "fact_id"),
    (meter, "meter_verdicts", "nomen || '/' || period"),
)
"""Workers, the table that holds what they say, and what a row of it is called."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a replay came to.

    different: the first that one side lacks or says otherwise, by table, tenant and fact.
    """

    said: Mapping[str, int]
    """How many current rows each table has."""
    differing: int
    different: Sequence[tuple[str, str, str]]


async def replay(live_url: str, empty_url: str, log: Log) -> Outcome:
    """Fold the log up to where the live workers stand and compare what both databases say."""
    with _connect(live_url) as live, _connect(empty_url) as empty:
        # One snapshot holds where the workers stand and what they had said by then.
        live.execute("begin isolation level repeatable read, read only")
        if any(_progress(empty, worker) for worker, _, _ in REPLAYED):
            raise ValueError("the database to replay into must be empty, and its worker has progress already")
        _carry_over(live, empty)
        said, different = dict[str, int](), list[tuple[str, str, str]]()
        for worker, table, name in REPLAYED:
            await _fold(log, empty_url, empty, worker, _progress(live, worker))
            with empty.transaction():
                said[table], differing = _compare(_current(live, table, name), _current(empty, table, name))
            different += [(table, *of) for of in differing]
        return Outcome(said, len(different), different[:SHOWN])


def _carry_over(live: psycopg.Connection[Any], empty: psycopg.Connection[Any]) -> None:
    """Let the replay know all that a verdict of the live side was judged by beside facts."""
    for name, names in _CARRIED.items():
        table, columns = sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, names))
        read = sql.SQL("copy (select {} from {} order by number) to stdout").format(columns, table)
        write = sql.SQL("copy {} ({}) from stdin").format(table, columns)
        with live.cursor().copy(read) as stored, empty.cursor().copy(write) as copied:
            for data in stored:
                copied.write(data)


async def _fold(
    log: Log, url: str, watched: psycopg.Connection[Any], worker: AnyWorker, ends: Offsets
) -> None:
    committed, stop = asyncio.Event(), asyncio.Event()
    store = PostgresStore(url, SCHEMA, worker)
    engine = Engine(SCHEMA, worker, UpTo(log, ends), store, committed=committed.set)
    running = asyncio.ensure_future(engine.run(stop))
    try:
        while not _reached(_progress(watched, worker), ends):
            if running.done() or engine.stopped:
                raise RuntimeError(f"replay stopped: {engine.stopped or running.exception()}")
            committed.clear()
            try:
                await asyncio.wait_for(committed.wait(), 1)
            except TimeoutError:
                continue
    finally:
        stop.set()
        await running


def _reached(progress: Offsets, ends: Offsets) -> bool:
    return all(progress.get(partition, 0) >= end for partition, end in ends.items())


def _progress(connection: psycopg.Connection[Any], worker: AnyWorker) -> Offsets:
    rows = connection.execute("select partition, next_offset from progress where worker = %s", (worker.name,))
    return dict(rows.fetchall())


def _current(connection: psycopg.Connection[Any], table: str, name: LiteralString) -> Said:
    with connection.cursor("said", scrollable=False) as cursor:
        cursor.itersize = 5_000
        cursor.execute(
            sql.SQL("select tenant_id, {}, value from {} where is_current order by 1, 2").format(
                sql.SQL(name), sql.Identifier(table)
            ),
            binary=True,
        )
        yield from cursor


def _compare(live: Said, again: Said) -> tuple[int, Sequence[tuple[str, str]]]:
    """Walk both sides in step; an id that is ahead on one side is missing on the other."""
    said = 0
    different: list[tuple[str, str]] = []
    left, right = next(live, None), next(again, None)
    while left or right:
        said += 1
        first = min(side[:2] for side in (left, right) if side)
        if left != right:
            different.append(first)
        if left and left[:2] == first:
            left = next(live, None)
        if right and right[:2] == first:
            right = next(again, None)
    return said, different


def _connect(url: str) -> psycopg.Connection[Any]:
    return psycopg.connect(url, autocommit=True, options=f"-c search_path={SCHEMA}")


class UpTo:
    """A log that ends where it is told to, read by a consumer group of its own."""

    def __init__(self, log: Log, ends: Offsets) -> None:
        self._log = log
        self._ends = ends

    def consumer(self, topics: Sequence[str], group: str, listener: Listener) -> Consumer:
        """Return a consumer that sees nothing from the ends on."""
        return _ConsumerUpTo(self._log.consumer(topics, f"{group}.replay", listener), self._ends)

    def producer(self) -> Producer:
        """Refuse: a replay tells nobody."""
        raise NotImplementedError


class _ConsumerUpTo:
    def __init__(self, consumer: Consumer, ends: Offsets) -> None:
        self._consumer = consumer
        self._ends = ends
        self.start = consumer.start
        self.begin = consumer.begin
        self.pause = consumer.pause
        self.bounds = consumer.bounds
        self.stop = consumer.stop

    async def poll(self, limit: int, timeout_s: float) -> Mapping[TopicPartition, Sequence[Record]]:
        polled = await self._consumer.poll(limit, timeout_s)
        return {
            at: [record for record in records if record.offset < self._ends.get(at.partition, 0)]
            for at, records in polled.items()
        }

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Keep lag dashboards out of this."""


def main() -> int:
    """Replay with the live service's settings; 0 when nothing differs."""
    parser = argparse.ArgumentParser(prog="python -m arus_anomaly.replay", description=__doc__)
    parser.add_argument("into", help="URL of the worker role in a database with an empty, migrated schema")
    into = parser.parse_args().into
    settings = Settings()
    log = AiokafkaLog(security_of(settings))
    outcome = asyncio.run(replay(settings.db_worker_url.get_secret_value(), into, log))
    counts = ", ".join(f"{count} current {table}" for table, count in outcome.said.items())
    sys.stdout.write(f"{counts}; {outcome.differing} differ\n")
    for table, tenant, fact_id in outcome.different:
        sys.stdout.write(f"differs: tenant {tenant}, {table} on {fact_id}\n")
    return 1 if outcome.differing else 0


if __name__ == "__main__":
    sys.exit(main())
