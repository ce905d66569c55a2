"""Fold the whole log again, into an empty database: the same log must give the same verdicts, byte for byte.

    python -m arus_anomaly.replay postgresql://anomaly_worker:…@host/empty_database

reads the live service's settings (ARUS_…) and ends with 1 when a verdict differs. The database must hold the
service's schema, migrated and empty. The live service may go on meanwhile: the log is read up to where it
stood when the comparison began.
"""

import argparse
import asyncio
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from arus_runtime.engine import Engine
from arus_runtime.heart import security_of
from arus_runtime.log import AiokafkaLog, Consumer, Listener, Log, Producer, Record, TopicPartition
from arus_runtime.settings import Settings
from arus_runtime.store import PostgresStore
from psycopg import sql

from arus_anomaly.codec import ANSWER_COLUMNS, VERSION_COLUMNS
from arus_anomaly.handlers import fuel

SCHEMA: Final = "anomaly"
SHOWN: Final = 10

_CARRIED: Final = {
    "thresholds": (*VERSION_COLUMNS, "created_by", "created_at"),
    "incident_answers": (*ANSWER_COLUMNS, "incident_id", "created_by", "created_at"),
}
"""Side inputs, and their columns."""

Offsets = Mapping[int, int]
"""Partition → the offset that comes next."""
Verdicts = Iterator[tuple[str, str, bytes]]
"""Tenant, fact id and event of each current verdict, in that order."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a replay came to. different: the first verdicts that one side lacks or says otherwise."""

    verdicts: int
    differing: int
    different: Sequence[tuple[str, str]]


async def replay(live_url: str, empty_url: str, log: Log) -> Outcome:
    """Fold the log up to where the live worker stands and compare the current verdicts of both databases."""
    with _connect(live_url) as live, _connect(empty_url) as empty:
        # One snapshot holds where the worker stands and what it had said by then.
        live.execute("begin isolation level repeatable read, read only")
        ends = _progress(live)
        if _progress(empty):
            raise ValueError("the database to replay into must be empty, and its worker has progress already")
        _carry_over(live, empty)
        await _fold(log, empty_url, empty, ends)
        empty.execute("begin read only")
        return _compare(_current(live), _current(empty))


def _carry_over(live: psycopg.Connection[Any], empty: psycopg.Connection[Any]) -> None:
    """Let the replay know all that a verdict of the live side was judged by beside facts."""
    for name, names in _CARRIED.items():
        table, columns = sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, names))
        with live.cursor() as source, empty.cursor() as target:
            source.execute(sql.SQL("select {} from {} order by number").format(columns, table))
            with target.copy(sql.SQL("copy {} ({}) from stdin").format(table, columns)) as copy:
                for row in source:
                    copy.write_row(row)


async def _fold(log: Log, url: str, watched: psycopg.Connection[Any], ends: Offsets) -> None:
    committed, stop = asyncio.Event(), asyncio.Event()
    store = PostgresStore(url, SCHEMA, fuel)
    engine = Engine(SCHEMA, fuel, UpTo(log, ends), store, committed=committed.set)
    running = asyncio.ensure_future(engine.run(stop))
    try:
        while not _reached(_progress(watched), ends):
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


def _progress(connection: psycopg.Connection[Any]) -> Offsets:
    rows = connection.execute("select partition, next_offset from progress where worker = %s", (fuel.name,))
    return dict(rows.fetchall())


def _current(connection: psycopg.Connection[Any]) -> Verdicts:
    with connection.cursor("verdicts", scrollable=False) as cursor:
        cursor.itersize = 5_000
        cursor.execute(
            "select tenant_id, fact_id, value from verdicts where is_current order by 1, 2",
            binary=True,
        )
        yield from cursor


def _compare(live: Verdicts, again: Verdicts) -> Outcome:
    """Walk both sides in step; an id that is ahead on one side is missing on the other."""
    verdicts = 0
    different: list[tuple[str, str]] = []
    left, right = next(live, None), next(again, None)
    while left or right:
        verdicts += 1
        first = min(side[:2] for side in (left, right) if side)
        if left != right:
            different.append(first)
        if left and left[:2] == first:
            left = next(live, None)
        if right and right[:2] == first:
            right = next(again, None)
    return Outcome(verdicts, len(different), different[:SHOWN])


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
    sys.stdout.write(f"{outcome.verdicts} current verdicts, {outcome.differing} differ\n")
    for tenant, fact_id in outcome.different:
        sys.stdout.write(f"differs: tenant {tenant}, verdict of {fact_id}\n")
    return 1 if outcome.differing else 0


if __name__ == "__main__":
    sys.exit(main())
