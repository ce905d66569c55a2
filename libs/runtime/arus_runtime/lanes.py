"""A service's lanes in its schema: the events of its workers' rows by watermark, its outbox as a queue.

- Result rows stand in the order (partition, offset, index), and one partition's rows are committed in that
  order: a watermark per partition, moved after the broker has the events.
- Outbox ids are handed out before their transactions commit, so rows become visible out of order: a
  watermark on ids would lose events. The relay takes what it sees by id, numbers it durably, publishes by
  number, and deletes exactly those ids.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from arus_runtime import envelope
from arus_runtime.bell import channel
from arus_runtime.catalogue import topic_of
from arus_runtime.fold import INDEX_BITS
from arus_runtime.log.port import Message
from arus_runtime.postgres import ANSWER_S, Bounded
from arus_runtime.relay import Lane, Unsent
from arus_runtime.store import Fenced
from arus_runtime.worker import AnyWorker

BATCH_RECORDS = 2_000
SILENT_S = 5.0
# Rows come and go faster than statistics: by those of an empty table the planner would read and sort all that
# waits for every batch.
_BY_INDEX = "-c enable_seqscan=off -c enable_bitmapscan=off -c enable_sort=off"


class PostgresLanes:
    """The lanes of a service in its schema: the events of its workers' rows, and its outbox.

    The relay that holds them says so every second. One that has died is replaced at once, one that is silent
    for five seconds has its backend ended first. answer_s: how long an answer is waited for.
    """

    def __init__(
        self,
        url: str,
        service: str,
        workers: Sequence[AnyWorker],
        *,
        batch_records: int = BATCH_RECORDS,
        answer_s: float = ANSWER_S,
    ) -> None:
        self._url = url
        self._answer_s = answer_s
        self._options = f"-c search_path={service} -c timezone=UTC {_BY_INDEX}"
        self._service = service
        self.batch_records = batch_records
        self._workers = workers
        self._wake: Callable[[], None] = _nobody
        self._connection: Bounded[Any] | None = None
        self._epoch = 0

    async def take(self) -> Sequence[Lane]:
        """Become the one active relay of the service, unless another one lives."""
        connection = self._connection
        if connection is None or connection.closed:
            connection = await Bounded[Any].connect(
                self._url, autocommit=True, options=self._options, connect_timeout=5
            )
            connection.answer_s = self._answer_s
            self._connection = connection
            connection.add_notify_handler(self._rung)
        found = await (await connection.execute(_HOLDER, (SILENT_S, self._service))).fetchone()
        epoch, pid, alive, silent, ours = found or (0, 0, False, False, False)
        if alive and not silent and not ours:
            return ()
        if alive and not ours:
            await connection.execute("select pg_terminate_backend(%s, 5000)", (pid,))
        taken = await (await connection.execute(_HOLD, (self._service, epoch))).fetchone()
        if taken is None:
            return ()
        self._epoch = taken[0]
        await connection.execute(sql.SQL("listen {}").format(sql.Identifier(channel(self._service))))
        results = [ResultLane(self, self._service, worker) for worker in self._workers if has_results(worker)]
        return [*results, OutboxLane(self, self._service)]

    async def beat(self) -> None:
        """Say that we live."""
        await self.held(_BEAT)

    @contextmanager
    def listening(self, wake: Callable[[], None]) -> Generator[None]:
        """Watch the connection's socket: notifications are the only thing that comes unasked.

        They are read, all that are pending at once, with the answer to the next query.
        """
        self._wake = wake
        if self._connection is None:
            yield
            return
        loop, descriptor = asyncio.get_running_loop(), self._connection.fileno()

        def readable() -> None:
            loop.remove_reader(descriptor)  # nobody reads before the next query: once is enough
            wake()

        loop.add_reader(descriptor, readable)
        try:
            yield
        finally:
            loop.remove_reader(descriptor)

    def _rung(self, _: psycopg.Notify) -> None:
        self._wake()

    async def cursor(self) -> psycopg.AsyncCursor[Any]:
        """Return a cursor that reads binary."""
        if self._connection is None:
            raise Fenced("not held")
        return self._connection.cursor(binary=True)

    async def held(self, statement: LiteralString, values: Sequence[Any] = (), *, numbers: int = 0) -> int:
        """Run a statement that needs the lease, as ``held``, and draw numbers; return the last one drawn."""
        cursor = await self.cursor()
        await cursor.execute(_HELD + statement, (numbers, self._service, self._epoch, *values), prepare=True)
        row = await cursor.fetchone()
        if row is None:
            raise Fenced(self._service)
        return row[0]

    async def tick_off(self, statement: LiteralString, values: Sequence[Any]) -> None:
        """Run a statement that needs the lease, as ``held``, and changes something.

        Losing it in a crash only repeats events, so the disk is not waited for.
        """
        cursor = await self.cursor()
        await cursor.execute(_QUICKLY + statement, (0, self._service, self._epoch, *values), prepare=True)
        if not cursor.rowcount:
            raise Fenced(self._service)

    async def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            await self._connection.close()
            self._connection = None


class ResultLane:
    """The events of one worker's result rows."""

    def __init__(self, lanes: PostgresLanes, service: str, worker: AnyWorker) -> None:
        self._lanes = lanes
        self._worker = worker.name
        self._source = f"/arus/{service}/{worker.name}/"
        self._select = unpublished(worker, ("src_off", "src_idx", "value", "headers"))

    async def unsent(self) -> Unsent:
        """Read each partition's rows after its watermark."""
        cursor = await self._lanes.cursor()
        await cursor.execute(self._select, (self._lanes.batch_records, self._worker), prepare=True)
        rows = await cursor.fetchall()
        messages = list[Message]()
        reached: dict[int, tuple[int, int]] = {}
        counts: dict[int, int] = {}
        for partition, offset, index, value, headers in rows:
            reached[partition] = (offset, index)
            counts[partition] = counts.get(partition, 0) + 1
            if value is not None:
                source = f"{self._source}{partition}".encode()
                messages.append(_message(value, headers, source, offset << INDEX_BITS | index))
        return Unsent(
            messages, reached or None, any(count == self._lanes.batch_records for count in counts.values())
        )

    async def sent(self, mark: dict[int, tuple[int, int]]) -> None:
        """Move the watermarks."""
        offsets, indexes = zip(*mark.values(), strict=True)
        await self._lanes.tick_off(_REACHED, (self._worker, list(mark), list(offsets), list(indexes)))


class OutboxLane:
    """The queue of a book's events, bare emits and parked records."""

    def __init__(self, lanes: PostgresLanes, service: str) -> None:
        self._lanes = lanes
        self._source = f"/arus/{service}".encode()
        self._unfinished = True  # a relay before us may have numbered rows that it did not delete

    async def unsent(self) -> Unsent:
        """Return numbered rows that were left over, else number what is visible now."""
        cursor = await self._lanes.cursor()
        if self._unfinished:
            await cursor.execute(_LEFT_OVER, (self._lanes.batch_records,))
            rows = await cursor.fetchall()
            if rows:
                return self._unsent([row[0] for row in rows], rows)
            self._unfinished = False
        await cursor.execute(_VISIBLE, (self._lanes.batch_records,), prepare=True)
        rows = await cursor.fetchall()
        if not rows:
            return Unsent((), None)
        last = await self._lanes.held(_NUMBER, (len(rows), [row[1] for row in rows]), numbers=len(rows))
        self._unfinished = True
        return self._unsent(range(last - len(rows) + 1, last + 1), rows)

    def _unsent(self, numbers: Sequence[int], rows: Sequence[tuple[Any, ...]]) -> Unsent:
        messages = [
            Message(topic, key.encode(), value, envelope.unpack(headers, self._source, number))
            for number, (_, _, topic, key, value, headers) in zip(numbers, rows, strict=True)
        ]
        return Unsent(messages, [row[1] for row in rows], len(rows) == self._lanes.batch_records)

    async def sent(self, mark: list[int]) -> None:
        """Delete exactly the published ids; a range would take rows that became visible in between."""
        await self._lanes.tick_off(_DELETE, (mark,))
        # Numbered rows beyond a full batch can only be those of a relay before us.
        self._unfinished = len(mark) == self._lanes.batch_records


def _nobody() -> None:
    pass


def _message(value: bytes, blob: bytes, source: bytes, sequence: int) -> Message:
    headers = envelope.unpack(blob, source, sequence)
    return Message(_topic(headers[1][1]), headers[6][1], value, headers)


@lru_cache(maxsize=1024)
def _topic(event_type: bytes) -> str:
    return topic_of(event_type.decode()).name


def has_results(worker: AnyWorker) -> bool:
    """Tell whether a worker keeps rows whose events a relay publishes."""
    return any(not table.key for table in worker.tables)


def unpublished(worker: AnyWorker, columns: Sequence[str]) -> sql.Composed:
    """Return the query of a worker's rows beyond its watermarks; given: how many per partition, its name."""
    tables = [table.name for table in worker.tables if not table.key]
    after = sql.SQL(
        "select {} from {} where src_part = p.partition"
        " and (src_off, src_idx) > (coalesce(w.src_off, -1), coalesce(w.src_idx, -1))"
    )
    chosen = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL(
        "select p.partition, r.* from progress p"
        " left join published w on w.worker = p.worker and w.partition = p.partition"
        " cross join lateral ({} order by src_off, src_idx limit %s) r where p.worker = %s"
        " order by p.partition, r.src_off, r.src_idx"
    ).format(sql.SQL(" union all ").join(after.format(chosen, sql.Identifier(table)) for table in tables))


_HOLDER = """
select r.epoch, r.backend_pid, a.pid is not null, r.beat_at < clock_timestamp() - make_interval(secs => %s),
       r.backend_pid = pg_backend_pid()
from relay r left join pg_stat_activity a on a.pid = r.backend_pid and a.backend_start = r.backend_start
where r.name = %s
"""
# Numbers never fall behind the clock, so that a restored or emptied database does not hand out old ones
# again.
_HOLD = """
insert into relay as r (name, epoch, backend_pid, backend_start, beat_at, last_seq)
select %s, 1, pid, backend_start, clock_timestamp(), (extract(epoch from clock_timestamp()) * 1000000)::bigint
from pg_stat_activity where pid = pg_backend_pid()
on conflict (name) do update
  set epoch = r.epoch + 1, backend_pid = excluded.backend_pid, backend_start = excluded.backend_start,
      beat_at = excluded.beat_at, last_seq = greatest(r.last_seq, excluded.last_seq)
  where r.epoch = %s
returning epoch
"""
# Keeps the lease's row to the end of the transaction and draws numbers; who lost the lease finds no row.
_HOLDING = """
with held as (
  update relay set beat_at = clock_timestamp(), last_seq = last_seq + %s
  where name = %s and epoch = %s
  returning {}
)
"""
_HELD = _HOLDING.format("last_seq")
_QUICKLY = _HOLDING.format("set_config('synchronous_commit', 'off', true)")
_BEAT = "select last_seq from held"
_REACHED = """
insert into published (worker, partition, src_off, src_idx)
select %s, v.* from held, unnest(%s::smallint[], %s::bigint[], %s::int[]) as v
on conflict (worker, partition) do update set src_off = excluded.src_off, src_idx = excluded.src_idx
"""
_LEFT_OVER = """
select pub_seq, id, topic, key, value, headers from outbox where pub_seq is not null order by pub_seq limit %s
"""
_VISIBLE = """
select pub_seq, id, topic, key, value, headers from outbox where pub_seq is null order by id limit %s
"""
_NUMBER = """
update outbox o set pub_seq = held.last_seq - %s + v.place
from held, unnest(%s::bigint[]) with ordinality as v (id, place)
where o.id = v.id
returning held.last_seq
"""
_DELETE = "delete from outbox using held where id = any(%s)"
