"""The store in memory, for tests without sockets: the same fence, the same rules, one process."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from copy import deepcopy
from dataclasses import dataclass, field
from threading import Lock
from time import time
from typing import Any, NamedTuple

from arus_runtime import envelope
from arus_runtime.catalogue import topic_of
from arus_runtime.fold import INDEX_BITS
from arus_runtime.log.port import Message, TopicPartition
from arus_runtime.packing import Place, StoredEvent
from arus_runtime.relay import Lane, Unsent
from arus_runtime.side_inputs import Reading, SideInput
from arus_runtime.store import Fenced, Grant, Outgoing, Part, Unstorable
from arus_runtime.worker import AnyWorker, Reject, Table


class StoredRow(NamedTuple):
    """One row of an append table. values: by column name."""

    partition: int
    offset: int
    ordinal: int
    is_current: bool
    values: Mapping[str, Any]
    value: bytes | None
    headers: bytes | None


@dataclass(frozen=True, slots=True)
class MemoryPacker:
    """Keeps rows readable."""

    table: Table

    def pack(self, place: Place, values: Sequence[Any], event: StoredEvent) -> StoredRow:
        """Return one row, current."""
        named = {column.name: given for column, given in zip(self.table.columns, values, strict=True)}
        for column in self.table.columns:
            if named[column.name] is None and not column.nullable:
                raise TypeError(f"{self.table.name}.{column.name} must not be None")
            if column.type == "text" and "\0" in (named[column.name] or ""):
                raise Reject(f"{column.name} must not hold a NUL character")
        return StoredRow(*place, True, named, *event)

    def superseded(self, row: StoredRow) -> StoredRow:
        """Return a row as one that is not current."""
        return row._replace(is_current=False)


@dataclass(slots=True)
class _Progress:
    holder: object
    epoch: int
    next_offset: int
    log_end: int | None = None


@dataclass(slots=True)
class MemoryDatabase:
    """What the stores of one service share, as they would a schema."""

    progress: dict[tuple[str, TopicPartition], _Progress] = field(default_factory=dict[Any, _Progress])
    states: dict[tuple[str, TopicPartition, str, str], bytes] = field(default_factory=dict[Any, bytes])
    seen: dict[tuple[str, TopicPartition], dict[str, int]] = field(default_factory=dict[Any, dict[str, int]])
    appended: dict[str, list[StoredRow]] = field(default_factory=dict[str, list[StoredRow]])
    upserted: dict[str, dict[tuple[Any, ...], tuple[Any, ...]]] = field(
        default_factory=dict[str, dict[tuple[Any, ...], tuple[Any, ...]]]
    )
    records: dict[str, Any] = field(default_factory=dict[str, Any])
    """What a book's writes are given, in place of a connection; replaced as a whole by each commit."""
    outbox: dict[int, Outgoing] = field(default_factory=dict[int, Outgoing])
    numbers: dict[int, int] = field(default_factory=dict[int, int])
    ids: int = 0
    last_number: int = 0
    published: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict[Any, tuple[int, int]])
    versions: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict[str, list[tuple[Any, ...]]])
    """The versions of side inputs by table, in the order they were inserted."""
    clock: Callable[[], float] = time
    lock: Lock = field(default_factory=Lock)


class MemoryStore:
    """The store of one worker in a ``MemoryDatabase``."""

    def __init__(self, database: MemoryDatabase, worker: AnyWorker) -> None:
        self._database = database
        self._worker = worker

    def packer(self, table: Table) -> MemoryPacker:
        """Return the packer of an append table; raises LookupError for a table the worker did not declare."""
        if table not in self._worker.tables:
            raise LookupError(table.name)
        return MemoryPacker(table)

    def take(
        self, partitions: Iterable[TopicPartition], stuck: Collection[TopicPartition] = ()
    ) -> dict[TopicPartition, Grant]:
        """Bump the epochs; nobody keeps anything locked."""
        del stuck
        grants: dict[TopicPartition, Grant] = {}
        with self._database.lock:
            for at in partitions:
                held = self._database.progress.setdefault((self._worker.name, at), _Progress(None, 0, 0))
                held.epoch += 1
                held.holder = self
                seen = self._database.seen.get((self._worker.name, at), {})
                grants[at] = Grant(held.epoch, held.next_offset, dict(seen), held.log_end)
        return grants

    def found_behind(self, at: TopicPartition, epoch: int, log_end: int) -> None:
        """Note it."""
        with self._database.lock:
            held = self._database.progress[self._worker.name, at]
            held.log_end = log_end if held.epoch == epoch else held.log_end

    def release(self, partitions: Iterable[TopicPartition]) -> None:
        """Clear our name."""
        for at in partitions:
            held = self._database.progress[self._worker.name, at]
            held.holder = None if held.holder is self else held.holder

    def load(self, at: TopicPartition, keys: Sequence[str]) -> dict[str, bytes]:
        """Return the heads of keys."""
        states, name = self._database.states, self._worker.name
        return {key: states[name, at, key, ""] for key in keys if (name, at, key, "") in states}

    def load_page(self, at: TopicPartition, key: str, page: str) -> bytes | None:
        """Return one page."""
        return self._database.states.get((self._worker.name, at, key, page))

    def read_side(self, side: SideInput[Any], after: Mapping[str, int]) -> Reading:
        """Return the versions behind the first ones."""
        with self._database.lock:
            at_ms = int(self._database.clock() * 1000)
            found = {table: self._database.versions.get(table, []) for table in side.tables}
            last = {table: len(rows) for table, rows in found.items()}
            return Reading(at_ms, last, {table: rows[after.get(table, 0) :] for table, rows in found.items()})

    def commit(self, parts: Sequence[Part]) -> None:
        """Fence, then write; the checks come first, so that a refused batch leaves nothing."""
        database, name = self._database, self._worker.name
        with database.lock:
            for part in parts:
                held = database.progress[name, part.at]
                if (held.epoch, held.next_offset) != (part.epoch, part.start):
                    raise Fenced(f"{part.at} has another holder")
            rows = (row for part in parts for of in part.upserts.values() for row in of.values())
            if any(isinstance(value, str) and "\0" in value for row in rows for value in row):
                raise Unstorable("a text must not hold a NUL character")
            appended = self._appended(parts)
            records, followed = deepcopy(database.records), list[Outgoing]()
            for write in (write for part in parts for write in part.writes):
                followed += write.follow(write.run(records))
            database.records = records
            database.appended |= appended
            for part in parts:
                database.seen.setdefault((name, part.at), {}).update(part.seen)
                for key, page, value in part.states:
                    database.states[name, part.at, key, page] = value
                for table, rows in part.upserts.items():
                    database.upserted.setdefault(table.name, {}).update(rows)
            for event in (*(event for part in parts for event in part.outgoing), *followed):
                database.ids += 1
                database.outbox[database.ids] = event
            for part in parts:  # last, because it is what others look at to know that a batch is there
                database.progress[name, part.at].next_offset = part.next_offset

    def _appended(self, parts: Sequence[Part]) -> dict[str, list[StoredRow]]:
        """Return the append tables as they will be; raises ValueError where a unique index would refuse."""
        tables: dict[str, list[StoredRow]] = {}
        for table in (table for table in self._worker.tables if not table.key):
            rows = list(self._database.appended.get(table.name, ()))
            gone = {entity for part in parts for entity in part.superseded.get(table, ())}
            rows = [
                row._replace(is_current=False) if row.is_current and _entity(table, row) in gone else row
                for row in rows
            ]
            rows += [row for part in parts for row in part.rows.get(table, ())]
            places = [(row.partition, row.offset, row.ordinal) for row in rows]
            current = [_entity(table, row) for row in rows if row.is_current and table.entity]
            if len(set(places)) < len(places) or len(set(current)) < len(current):
                raise ValueError(f"{table.name}: a row stands twice")
            tables[table.name] = rows
        return tables

    def close(self) -> None:
        """Do nothing."""


def _entity(table: Table, row: StoredRow) -> tuple[Any, ...]:
    return tuple(row.values[name] for name in table.entity)


class MemoryLanes:
    """The lanes of a service in memory, always ours."""

    def __init__(self, database: MemoryDatabase, service: str, workers: Sequence[AnyWorker]) -> None:
        self._lanes = [_ResultLane(database, service, worker) for worker in workers]
        self._outbox = _OutboxLane(database, service)

    async def take(self) -> Sequence[Lane]:
        """Return the lanes."""
        return [*self._lanes, self._outbox]

    async def beat(self) -> None:
        """Do nothing."""

    def listening(self, wake: Callable[[], None]) -> AbstractContextManager[None]:
        """Do nothing: there is no other process."""
        del wake
        return nullcontext()

    async def close(self) -> None:
        """Do nothing."""


@dataclass(slots=True)
class _ResultLane:
    database: MemoryDatabase
    service: str
    worker: AnyWorker

    async def unsent(self) -> Unsent:
        tables = [table.name for table in self.worker.tables if not table.key]
        rows = sorted(
            (row[:3], row)
            for name in tables
            for row in self.database.appended.get(name, ())
            if row[1:3] > self.database.published.get((self.worker.name, row.partition), (-1, -1))
        )
        reached = {row.partition: (row.offset, row.ordinal) for _, row in rows}
        return Unsent([self._message(row) for _, row in rows if row.value is not None], reached or None)

    def _message(self, row: StoredRow) -> Message:
        source = f"/arus/{self.service}/{self.worker.name}/{row.partition}".encode()
        headers = envelope.unpack(row.headers or b"", source, row.offset << INDEX_BITS | row.ordinal)
        return Message(topic_of(headers[1][1].decode()).name, headers[6][1], row.value, headers)

    async def sent(self, mark: Mapping[int, tuple[int, int]]) -> None:
        self.database.published |= {(self.worker.name, partition): at for partition, at in mark.items()}


@dataclass(slots=True)
class _OutboxLane:
    database: MemoryDatabase
    service: str

    async def unsent(self) -> Unsent:
        database = self.database
        for row_id in sorted(database.outbox.keys() - database.numbers.keys()):
            database.last_number += 1
            database.numbers[row_id] = database.last_number
        ids = sorted(database.outbox, key=database.numbers.__getitem__)
        source = f"/arus/{self.service}".encode()
        messages = [
            Message(topic, key.encode(), value, envelope.unpack(headers, source, database.numbers[row_id]))
            for row_id in ids
            for _, topic, key, value, headers in (database.outbox[row_id],)
        ]
        return Unsent(messages, ids or None)

    async def sent(self, mark: Sequence[int]) -> None:
        for row_id in mark:
            del self.database.outbox[row_id]
