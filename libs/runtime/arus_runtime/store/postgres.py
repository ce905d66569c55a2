"""A worker's leases, states and results in PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import psycopg
from psycopg import sql
from typing_extensions import override

from arus_runtime import packing
from arus_runtime.log.port import TopicPartition
from arus_runtime.postgres import SilentError
from arus_runtime.side_inputs import Reading, SideInput
from arus_runtime.store.port import Away, Fenced, Grant, Outgoing, Part, Unstorable
from arus_runtime.worker import AnyWorker, ColumnType, Table

LOCK_TIMEOUT = "500ms"
TAKE_TIMEOUT = "50ms"
"""Everything else that the worker does waits for a takeover."""
ANSWER_S = 30.0
"""A statement of a batch takes milliseconds; a server that says nothing for so long is given up."""
MAX_IDS = 25_000  # of a partition


class PostgresStore:
    """Leases, states and results of one worker in its service's schema.

    url: as the ``_worker`` role, which bypasses row-level security (COPY is refused under it, and a batch
    spans tenants). answer_s: how long an answer is waited for.
    """

    def __init__(self, url: str, schema: str, worker: AnyWorker, *, answer_s: float = ANSWER_S) -> None:
        self._url = url
        self._answer_s = answer_s
        self._options = f"-c search_path={schema} -c timezone=UTC"
        self._worker = worker.name
        self._appended = [table for table in worker.tables if not table.key]
        self._packers = {table: packing.Packer(table) for table in self._appended}
        self._copies = {table: _copy(table.name, packer.columns) for table, packer in self._packers.items()}
        self._supersedes = {table: _supersede(table) for table in self._appended if table.entity}
        self._upserts = {table: _upsert(table) for table in worker.tables if table.key}
        self._connections: dict[str, _Bounded] = {}
        self._ids: dict[TopicPartition, dict[str, int]] = {}
        """Where heads lie, by key: a row is found by its id at half the cost of finding it by key."""

    def packer(self, table: Table) -> packing.Packer:
        """Return the binary packer of an append table; raises KeyError for an undeclared one."""
        return self._packers[table]

    def take(
        self, partitions: Iterable[TopicPartition], stuck: Collection[TopicPartition] = ()
    ) -> dict[TopicPartition, Grant]:
        """Bump the epoch of each partition under its row lock and read what it starts from.

        A holder that was stopped in the middle of a transaction keeps that lock past every timeout of its
        own, so where it is stuck its backend is ended.
        """
        connection = self._connection("writer")
        grants: dict[TopicPartition, Grant] = {}
        with _away():
            for at in sorted(partitions):
                grant = self._take(connection, at)
                if grant is None and at in stuck:
                    connection.execute(_END_HOLDER, (self._worker, *at))
                    grant = self._take(connection, at)
                if grant is not None:
                    grants[at] = grant
        return grants

    def _take(self, connection: psycopg.Connection[Any], at: TopicPartition) -> Grant | None:
        self._ids.pop(at, None)
        try:
            with connection.transaction():
                connection.execute("select set_config('lock_timeout', %s, true)", (TAKE_TIMEOUT,))
                row = connection.execute(_TAKE, (self._worker, *at)).fetchone()
                assert row is not None
                seen = connection.execute(_SEEN, (self._worker, *at)).fetchall()
        except psycopg.errors.LockNotAvailable:
            return None
        return Grant(row[0], row[1], dict(seen), row[2])

    def found_behind(self, at: TopicPartition, epoch: int, log_end: int) -> None:
        """Note it beside the commit under way, which moves the position only."""
        with _away():
            self._connection("reader").execute(_FOUND_BEHIND, (log_end, self._worker, *at, epoch))

    def release(self, partitions: Iterable[TopicPartition]) -> None:
        """Clear our name, so that the next holder need not end our backend."""
        connection = self._connection("writer")
        with _away():
            for at in partitions:
                connection.execute(_RELEASE, (self._worker, *at))

    def load(self, at: TopicPartition, keys: Sequence[str]) -> dict[str, bytes]:
        """Read beside the commit under way; the states that it writes are in the engine's cache."""
        with _away():
            rows = self._connection("reader").execute(
                "select key, value, id from state where worker = %s and topic = %s and partition = %s"
                " and page = '' and key = any(%s::text[])",
                (self._worker, *at, packing.text_array(keys)),
                binary=True,
            )
            found: dict[str, bytes] = {}
            ids = self._ids_of(at)
            for key, value, row_id in rows.fetchall():
                found[key], ids[key] = value, row_id
            return found

    def load_page(self, at: TopicPartition, key: str, page: str) -> bytes | None:
        """Read one page."""
        with _away():
            row = (
                self._connection("reader")
                .execute(
                    "select value from state where worker = %s and topic = %s and partition = %s and key = %s"
                    " and page = %s",
                    (self._worker, *at, key, page),
                    binary=True,
                )
                .fetchone()
            )
        return row[0] if row else None

    def read_side(self, side: SideInput[Any], after: Mapping[str, int]) -> Reading | None:
        """Read while nobody inserts; a version that takes longer than half a second is not waited for."""
        connection = self._connection("reader")
        last, rows = dict(after), dict[str, Sequence[tuple[Any, ...]]]()
        try:
            with _away(), connection.transaction():
                connection.execute("select set_config('lock_timeout', %s, true)", (LOCK_TIMEOUT,))
                tables = sql.SQL(", ").join(map(sql.Identifier, side.tables))
                connection.execute(sql.SQL("lock table {} in share mode").format(tables))
                now = connection.execute(_CLOCK_MS).fetchone()
                assert now is not None
                for table, columns in side.tables.items():
                    found = connection.execute(_versions(table, columns), (last.get(table, 0),)).fetchall()
                    rows[table] = [row[1:] for row in found]
                    if found:
                        last[table] = found[-1][0]
        except psycopg.errors.LockNotAvailable:
            return None
        return Reading(now[0], last, rows)

    def commit(self, parts: Sequence[Part]) -> None:
        """Fence, then records, results, states, origins and outgoing events, in one transaction."""
        connection = self._connection("writer")
        with _away(), connection.transaction(), connection.cursor(binary=True) as cursor:
            self._advance(cursor, parts)
            followed = [
                event
                for part in parts
                for write in part.writes
                for event in write.follow(write.run(connection))
            ]
            self._append(cursor, parts)
            self._replace(cursor, parts)
            self._remember(cursor, parts)
            self._send(cursor, [*(event for part in parts for event in part.outgoing), *followed])

    def _advance(self, cursor: psycopg.Cursor[Any], parts: Sequence[Part]) -> None:
        cursor.execute(
            _ADVANCE,
            (
                [part.at.topic for part in parts],
                [part.at.partition for part in parts],
                [part.epoch for part in parts],
                [part.start for part in parts],
                [part.next_offset for part in parts],
                self._worker,
            ),
            prepare=True,
        )
        if cursor.rowcount != len(parts):
            raise Fenced(f"{len(parts) - cursor.rowcount} of {len(parts)} partitions have another holder")

    def _append(self, cursor: psycopg.Cursor[Any], parts: Sequence[Part]) -> None:
        for table in self._appended:
            superseded = [entity for part in parts for entity in part.superseded.get(table, ())]
            if superseded:
                cursor.execute(
                    self._supersedes[table], list(map(list, zip(*superseded, strict=True))), prepare=True
                )
            rows = [row for part in parts for row in part.rows.get(table, ())]
            if rows:
                with cursor.copy(self._copies[table]) as copy:
                    copy.write(b"".join([packing.HEADER, *rows, packing.TRAILER]))

    def _replace(self, cursor: psycopg.Cursor[Any], parts: Sequence[Part]) -> None:
        for table, statement in self._upserts.items():
            rows = {key: row for part in parts for key, row in part.upserts.get(table, {}).items()}
            if rows:
                cursor.execute(statement, list(map(list, zip(*rows.values(), strict=True))), prepare=True)

    def _remember(self, cursor: psycopg.Cursor[Any], parts: Sequence[Part]) -> None:
        known: dict[int, bytes] = {}
        others: list[tuple[str, int, str, str, bytes]] = []
        seen: list[tuple[str, int, str, int]] = []
        for part in parts:
            ids, (topic, partition) = self._ids_of(part.at), part.at
            for key, page, value in part.states:
                if not page and (row_id := ids.get(key)):
                    known[row_id] = value
                else:
                    others.append((topic, partition, key, page, value))
            seen += [(topic, partition, source, sequence) for source, sequence in part.seen.items()]
        if known:
            given = (packing.int8_array(list(known)), packing.bytea_array(list(known.values())))
            cursor.execute(_SAVE_KNOWN, given, prepare=True)
            if cursor.rowcount != len(known):
                # Someone has removed states under us; those in our memory are of no use either.
                raise Away(f"{len(known) - cursor.rowcount} of {len(known)} states are gone")
        if others:
            topics, partitions, keys, pages, values = zip(*others, strict=True)
            cursor.execute(
                _SAVE,
                (
                    self._worker,
                    packing.text_array(topics),
                    packing.int8_array(partitions),
                    packing.text_array(keys),
                    packing.text_array(pages),
                    packing.bytea_array(values),
                ),
                prepare=True,
            )
            for topic, partition, key, page, row_id in cursor.fetchall():
                if not page:
                    self._ids_of(TopicPartition(topic, partition))[key] = row_id
        if seen:
            topics, partitions, sources, sequences = zip(*seen, strict=True)
            cursor.execute(
                _SAW,
                (
                    self._worker,
                    packing.text_array(topics),
                    packing.int8_array(partitions),
                    packing.text_array(sources),
                    packing.int8_array(sequences),
                ),
                prepare=True,
            )

    def _ids_of(self, at: TopicPartition) -> dict[str, int]:
        ids = self._ids.setdefault(at, {})
        if len(ids) > MAX_IDS:
            ids.clear()
        return ids

    @staticmethod
    def _send(cursor: psycopg.Cursor[Any], outgoing: Sequence[Outgoing]) -> None:
        if outgoing:
            tenants, topics, keys, values, headers = zip(*outgoing, strict=True)
            cursor.execute(
                _SEND,
                (
                    *map(packing.text_array, (tenants, topics, keys)),
                    *map(packing.bytea_array, (values, headers)),
                ),
                prepare=True,
            )

    def _connection(self, purpose: str) -> psycopg.Connection[Any]:
        connection = self._connections.get(purpose)
        if connection is None or connection.closed:
            with _away():
                connection = _Bounded.connect(
                    self._url, autocommit=True, options=self._options, connect_timeout=5
                )
            connection.answer_s = self._answer_s
            connection.adapters.register_dumper(packing.Array, packing.ArrayDumper)
            self._connections[purpose] = connection
        return connection

    def close(self) -> None:
        """Close the connections."""
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()


class _Bounded(psycopg.Connection[Any]):
    """A connection that waits for an answer only so long: nobody tells us of a line that has gone mute."""

    answer_s = ANSWER_S

    @override
    def wait(self, gen: Any, interval: float = 0.0, timeout: float | None = None) -> Any:
        try:
            return super().wait(gen, timeout=self.answer_s if timeout is None else timeout)
        except psycopg.errors._WaitTimeout as error:  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - as wait() says
            self.pgconn.finish()
            raise SilentError(f"the database must answer within {self.answer_s:g} s") from error


class _away:  # noqa: N801 - reads as a statement
    """Turn a lost connection into ``Away`` and a refused value into ``Unstorable``; others keep their name.

    A value is refused as a data exception (SQLSTATE class 22), by psycopg too, or for a limit (class 54).
    """

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, psycopg.errors.LockNotAvailable):
            return
        if isinstance(error, psycopg.DataError | psycopg.errors.ProgramLimitExceeded):
            raise Unstorable(f"PostgreSQL refuses it: {error.diag.message_primary or error}") from error
        if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
            raise Away(str(error).strip()) from error


_TAKE = """
insert into progress as p (worker, topic, partition, epoch, next_offset, backend_pid, backend_start)
select %s, %s, %s, 1, 0, pid, backend_start from pg_stat_activity where pid = pg_backend_pid()
on conflict (worker, topic, partition) do update
  set epoch = p.epoch + 1, backend_pid = excluded.backend_pid, backend_start = excluded.backend_start
returning epoch, next_offset, log_end
"""
_CLOCK_MS = "select floor(extract(epoch from clock_timestamp()) * 1000)::bigint"
_SEEN = "select source, sequence from seen where worker = %s and topic = %s and partition = %s"
_END_HOLDER = """
select pg_terminate_backend(a.pid, 5000) from progress p
join pg_stat_activity a on a.pid = p.backend_pid and a.backend_start = p.backend_start
where p.worker = %s and p.topic = %s and p.partition = %s and a.pid <> pg_backend_pid()
"""
_FOUND_BEHIND = """
update progress set log_end = %s where worker = %s and topic = %s and partition = %s and epoch = %s
"""
_RELEASE = """
update progress set backend_pid = 0
where worker = %s and topic = %s and partition = %s and backend_pid = pg_backend_pid()
"""
_ADVANCE = """
update progress p set next_offset = v.next_offset
from unnest(%s::text[], %s::smallint[], %s::bigint[], %s::bigint[], %s::bigint[])
  as v (topic, partition, epoch, start, next_offset)
where p.worker = %s and p.topic = v.topic and p.partition = v.partition
  and p.epoch = v.epoch and p.next_offset = v.start
"""
_SAVE = """
insert into state (worker, topic, partition, key, page, value)
select %s, v.* from unnest(%s::text[], %s::bigint[], %s::text[], %s::text[], %s::bytea[]) as v
on conflict (worker, topic, partition, key, page) do update set value = excluded.value
returning topic, partition, key, page, id
"""
_SAVE_KNOWN = """
update state s set value = v.value from unnest(%s::bigint[], %s::bytea[]) as v (id, value) where s.id = v.id
"""
_SAW = """
insert into seen (worker, topic, partition, source, sequence)
select %s, v.* from unnest(%s::text[], %s::bigint[], %s::text[], %s::bigint[]) as v
on conflict (worker, topic, partition, source) do update set sequence = excluded.sequence
"""
_SEND = """
insert into outbox (tenant_id, topic, key, value, headers)
select tenant, topic, key, value, headers
from unnest(%s::text[], %s::text[], %s::text[], %s::bytea[], %s::bytea[]) with ordinality
  as v (tenant, topic, key, value, headers, place)
order by place
"""


def _versions(table: str, columns: Sequence[str]) -> sql.Composed:
    return sql.SQL("select number, {} from {} where number > %s order by number").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(table)
    )


def _copy(table: str, columns: Sequence[str]) -> sql.Composed:
    return sql.SQL("copy {} ({}) from stdin (format binary)").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )


def _supersede(table: Table) -> sql.Composed:
    types: dict[str, ColumnType] = {column.name: column.type for column in table.columns}
    return sql.SQL(
        "update {} t set is_current = false from unnest({}) as v ({}) where t.is_current and {}"
    ).format(
        sql.Identifier(table.name),
        sql.SQL(", ").join(_array_of(types[name]) for name in table.entity),
        sql.SQL(", ").join(map(sql.Identifier, table.entity)),
        sql.SQL(" and ").join(sql.SQL("t.{0} = v.{0}").format(sql.Identifier(name)) for name in table.entity),
    )


def _upsert(table: Table) -> sql.Composed:
    columns = [column.name for column in table.columns]
    changes = [
        sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name))
        for name in columns
        if name not in table.key
    ]
    return sql.SQL("insert into {} ({}) select * from unnest({}) on conflict ({}) do {}").format(
        sql.Identifier(table.name),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(", ").join(_array_of(column.type) for column in table.columns),
        sql.SQL(", ").join(map(sql.Identifier, table.key)),
        sql.SQL("update set ") + sql.SQL(", ").join(changes) if changes else sql.SQL("nothing"),
    )


def _array_of(kind: ColumnType) -> sql.Composed:
    return sql.SQL("%s::{}[]").format(sql.SQL(kind))
