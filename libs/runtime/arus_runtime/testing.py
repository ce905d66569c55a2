"""Run a service's handlers on the fake: feed events, see rows, upserts and events. No sockets, no threads
left behind.

async def test_a_first_transaction_is_never_an_anomaly() -> None:
    async with Bench("anomaly", [handlers.fuel]) as bench:
        await bench.feed(recorded(volume_ul=300_000_000), key="t:gudang-a:solar", tenant="t")
    assert [row["status"] for row in bench.rows(handlers.VERDICTS)] == [Status.NORMAL]
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Self

from google.protobuf.descriptor_pool import Default
from google.protobuf.message import Message as Event
from google.protobuf.message_factory import GetMessageClass

from arus_runtime.catalogue import topic_of
from arus_runtime.engine import Engine
from arus_runtime.envelope import Envelope, timestamp, unpack
from arus_runtime.ids import derived_id
from arus_runtime.log.memory import MemoryLog
from arus_runtime.log.port import Message, Record, TopicPartition
from arus_runtime.memory import MemoryDatabase, MemoryLanes, MemoryStore, StoredRow
from arus_runtime.relay import Relay
from arus_runtime.worker import AnyWorker, Meta, Table

NOON = datetime(2025, 1, 10, 12, tzinfo=UTC)
PATIENCE_S = 10.0


def meta(key: str = "t:k", *, tenant: str = "t", at: datetime = NOON, event_id: str = "cause") -> Meta:
    """Return an envelope for calling a handler by hand."""
    return Meta("topic", 0, 0, key, event_id, "", tenant, "/test", timestamp(at), "", "")


def message(
    event: Event,
    *,
    key: str,
    tenant: str,
    source: str = "/test",
    sequence: int,
    at: datetime = NOON,
    event_id: str | None = None,
) -> Message:
    """Return an event as it stands on its topic."""
    kind = event.DESCRIPTOR.full_name
    blob = Envelope(
        event_id or derived_id(source, str(sequence)), kind, timestamp(at), tenant, key, "", ""
    ).pack()
    headers = unpack(blob, source.encode(), sequence)
    return Message(topic_of(kind).name, key.encode(), event.SerializeToString(), headers)


def decoded(record: Record) -> Any:
    """Return the event of a record, of whichever type its envelope names."""
    kind = dict(record.headers)["ce_type"].decode()
    event = GetMessageClass(Default().FindMessageTypeByName(kind))()
    event.ParseFromString(record.value or b"")
    return event


class Bench:
    """Workers of a service at work on a log and a store in memory, with their relay."""

    def __init__(self, service: str, workers: Sequence[AnyWorker], *, batch_records: int = 2_000) -> None:
        self.log = MemoryLog()
        self.database = MemoryDatabase()
        self._stores = {worker.name: MemoryStore(self.database, worker) for worker in workers}
        self._relay = Relay(service, MemoryLanes(self.database, service, workers), self.log.producer())
        self.engines = [
            Engine(
                service,
                worker,
                self.log,
                self._stores[worker.name],
                committed=self._relay.wake,
                batch_records=batch_records,
            )
            for worker in workers
        ]
        self._sequence = 0
        self._stop = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(part.run(self._stop)) for part in (*self.engines, self._relay)]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.settled()
        self._stop.set()
        await asyncio.gather(*self._tasks)

    async def feed(self, *events: Event, key: str, tenant: str, at: datetime = NOON) -> None:
        """Publish events under a key and wait until the workers have taken them."""
        for event in events:
            self._sequence += 1
            self.log.append(message(event, key=key, tenant=tenant, sequence=self._sequence, at=at))
        await self.settled()

    async def settled(self) -> None:
        """Return when every record is taken and every event is published."""
        await until(lambda: self._is_settled() or any(task.done() for task in self._tasks))
        for task in self._tasks:
            if task.done():
                task.result()

    def _is_settled(self) -> bool:
        taken = all(
            self._next_offset(engine, at) >= len(records) or at in engine.stopped
            for engine in self.engines
            for at, records in self.log.topics.items()
            if at.topic in engine.worker.topics
        )
        unsent = any(
            row.value is not None
            and row[1:3] > self.database.published.get((engine.worker.name, row.partition), (-1, -1))
            for engine in self.engines
            for table in engine.worker.tables
            for row in self.database.appended.get(table.name, ())
        )
        return taken and not unsent and not self.database.outbox

    def _next_offset(self, engine: Engine, at: TopicPartition) -> int:
        progress = self.database.progress.get((engine.worker.name, at))
        return progress.next_offset if progress else 0

    def stored(self, table: Table) -> list[StoredRow]:
        """Return every row of an append table, in the order of their causes."""
        return sorted(self.database.appended.get(table.name, ()), key=lambda row: row[:3])

    def rows(self, table: Table) -> list[Mapping[str, Any]]:
        """Return the current rows of an append table, or the rows of an upsert table, by column name."""
        if table.key:
            rows = self.database.upserted.get(table.name, {}).values()
            names = [column.name for column in table.columns]
            return [dict(zip(names, row, strict=True)) for row in rows]
        return [row.values for row in self.stored(table) if row.is_current]

    def events(self, topic: str) -> list[Any]:
        """Return the events published on a topic."""
        return [decoded(record) for record in self.log.records(topic)]


async def until(holds: Callable[[], bool], within_s: float = PATIENCE_S) -> None:
    """Return when a condition holds; raises TimeoutError when it does not in time."""
    async with asyncio.timeout(within_s):
        while not holds():  # noqa: ASYNC110 - nobody signals a condition
            await asyncio.sleep(0.001)
