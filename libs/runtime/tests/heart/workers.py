"""A worker of the suite's own: it adds up what is recorded under a key, and can be told to misbehave."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast

from arus.anomaly.v1.events_pb2 import VerdictReached, VerdictWithdrawn
from arus.fuel.v1.events_pb2 import FuelTransactionCorrected, FuelTransactionRecorded, FuelTransactionVoided
from arus_runtime.log import Message
from arus_runtime.side_inputs import Known, SideInput
from arus_runtime.store import Unstorable
from arus_runtime.testing import message
from arus_runtime.worker import (
    Column,
    Effect,
    Emit,
    InformedWorker,
    Later,
    Meta,
    PagedState,
    Pages,
    Projection,
    Reject,
    Row,
    State,
    Supersede,
    Table,
    Upsert,
    Worker,
    Write,
)
from ulid import ULID

IN = "fuel.transaction.v1"
OUT = "anomaly.verdict.v1"
DLQ = "fuel.transaction.v1.dlq"
TOTALS = Table(
    "totals",
    (
        Column("tenant_id", "text"),
        Column("fact_id", "text"),
        Column("place", "int8"),
        Column("sum_ul", "int8"),
    ),
    entity=("tenant_id", "fact_id"),
)
LATEST = Table(
    "latest",
    (Column("tenant_id", "text"), Column("fact_id", "text"), Column("volume_ul", "int8", nullable=True)),
    key=("tenant_id", "fact_id"),
)
_TOTAL = struct.Struct(">qq")


class Total(NamedTuple):
    length: int = 0
    sum_ul: int = 0


@dataclass
class Mood:
    """What the handlers do with facts of some names, and how often they were asked."""

    rejects: set[str] = field(default_factory=set[str])
    later: set[str] = field(default_factory=set[str])
    fails: set[str] = field(default_factory=set[str])
    asked: list[str] = field(default_factory=list[str])

    def check(self, fact_id: str) -> None:
        self.asked.append(fact_id)
        if fact_id in self.rejects:
            raise Reject(f"{fact_id} can never succeed")
        if fact_id in self.later:
            raise Later("the world is away")
        if fact_id in self.fails:
            raise ZeroDivisionError(fact_id)


def totals(mood: Mood | None = None) -> Worker[Total]:
    """Return a worker that writes one row and one event per fact."""
    mood = mood or Mood()
    worker = Worker(
        "totals",
        (IN,),
        State(Total, lambda value: Total(*_TOTAL.unpack(value)), lambda state: _TOTAL.pack(*state)),
        (TOTALS,),
    )

    @worker.on(FuelTransactionRecorded)
    def recorded(state: Total, event: FuelTransactionRecorded, meta: Meta) -> tuple[Total, Sequence[Effect]]:
        new = Total(state.length + 1, state.sum_ul + event.volume_ul)
        row = Row(
            TOTALS,
            (meta.tenant, event.transaction_id, new.length, new.sum_ul),
            VerdictReached(tenant_id=meta.tenant, fact_id=event.transaction_id, history_count=new.length),
        )
        mood.check(event.transaction_id)
        return new, [row]

    @worker.on(FuelTransactionCorrected)
    def corrected(
        state: Total, event: FuelTransactionCorrected, meta: Meta
    ) -> tuple[Total, Sequence[Effect]]:
        row = Row(TOTALS, (meta.tenant, event.transaction_id, state.length, event.volume_ul))
        return state, [Supersede(TOTALS, [(meta.tenant, event.transaction_id)]), row]

    @worker.on(FuelTransactionVoided)
    def voided(state: Total, event: FuelTransactionVoided, meta: Meta) -> tuple[Total, Sequence[Effect]]:
        return state, [Emit(VerdictWithdrawn(tenant_id=meta.tenant, fact_id=event.transaction_id))]

    return worker


class Facts(NamedTuple):
    new: tuple[str, ...] = ()
    length: int = 0


def conclusions(mood: Mood) -> Worker[Facts]:
    """Return a worker that concludes what is recorded once per key and batch, what is corrected at once."""
    state = State(Facts, lambda value: Facts((), int(value)), lambda facts: b"%d" % facts.length)
    worker = Worker("conclusions", (IN,), state, (TOTALS,))

    @worker.on(FuelTransactionRecorded)
    def recorded(state: Facts, event: FuelTransactionRecorded, meta: Meta) -> Facts:
        return Facts((*state.new, event.transaction_id), state.length + 1)

    @worker.on(FuelTransactionCorrected)
    def corrected(
        state: Facts, event: FuelTransactionCorrected, meta: Meta
    ) -> tuple[Facts, Sequence[Effect]]:
        row = Row(TOTALS, (meta.tenant, event.transaction_id, state.length, event.volume_ul))
        return Facts(state.new, state.length + 1), [row]

    @worker.concludes
    def conclude(state: Facts, meta: Meta) -> tuple[Facts, Sequence[Effect]]:
        for fact_id in state.new:
            mood.check(fact_id)
        mood.asked.append("concluded")
        rows = [Row(TOTALS, (meta.tenant, fact_id, state.length, 0)) for fact_id in state.new]
        return Facts((), state.length), rows

    return worker


Bounds = tuple[tuple[str, int, int], ...]
"""Of which table, since when (ms), which bound holds, in the order they were told."""


def _add(bounds: Bounds, table: str, rows: Sequence[tuple[Any, ...]]) -> Bounds:
    return (*bounds, *((table, round(since.timestamp() * 1000), bound) for since, bound in rows))


BOUNDS: SideInput[Bounds] = SideInput(
    {"bounds": ("valid_from", "bound"), "extras": ("valid_from", "bound")}, empty=(), add=_add
)


def informed() -> InformedWorker[Facts, Bounds]:
    """Return a worker that writes down, as a fact's place, what held when it was recorded: bound + extra.

    What is recorded is judged at once, what is corrected once per key and batch.
    """
    state = State(Facts, lambda value: Facts((), int(value)), lambda facts: b"%d" % facts.length)
    worker = InformedWorker("informed", (IN,), state, BOUNDS, (TOTALS,))

    def row(fact_id: str, meta: Meta, known: Known[Bounds]) -> Row:
        ulid = ULID.from_str(fact_id)
        held = known.at(ulid.bytes)
        holding = {table: bound for table, since, bound in held if since <= ulid.milliseconds}
        return Row(TOTALS, (meta.tenant, fact_id, sum(holding.values()), 0))

    @worker.on(FuelTransactionRecorded)
    def recorded(
        state: Facts, event: FuelTransactionRecorded, meta: Meta, known: Known[Bounds]
    ) -> tuple[Facts, Sequence[Effect]]:
        return state, [row(event.transaction_id, meta, known)]

    @worker.on(FuelTransactionCorrected)
    def corrected(state: Facts, event: FuelTransactionCorrected, meta: Meta, known: Known[Bounds]) -> Facts:
        return Facts((*state.new, event.transaction_id), state.length + 1)

    @worker.concludes
    def conclude(state: Facts, meta: Meta, known: Known[Bounds]) -> tuple[Facts, Sequence[Effect]]:
        rows = [row(fact_id, meta, known) for fact_id in state.new]
        return Facts((), state.length), rows

    return worker


class Book(NamedTuple):
    pages: Pages[str]


def paged() -> Worker[Book]:
    """Return a worker that keeps each day's facts on a page of its own."""

    def with_pages(book: Book, pages: Pages[str]) -> Book:
        return Book(pages)

    worker = Worker(
        "paged",
        (IN,),
        PagedState(
            new=Book,
            load=lambda _, pages: Book(pages),
            dump=lambda _: b"head",
            pages=lambda book: book.pages,
            with_pages=with_pages,
            load_page=bytes.decode,
            dump_page=str.encode,
        ),
    )

    @worker.on(FuelTransactionRecorded)
    def recorded(book: Book, event: FuelTransactionRecorded, meta: Meta) -> Book:
        page = book.pages[event.business_date] or ""
        return Book(book.pages.with_(event.business_date, page + event.transaction_id))

    return worker


def latest() -> Projection:
    """Return a projection."""
    worker = Projection("latest", (IN,), (LATEST,))

    @worker.on(FuelTransactionRecorded)
    def recorded(event: FuelTransactionRecorded, meta: Meta) -> list[Effect]:
        return [Upsert(LATEST, (meta.tenant, event.transaction_id, event.volume_ul or None))]

    return worker


def ledger() -> Projection:
    """Return a worker of a book: it adds to a fact's row what comes, and tells the sum it finds there."""
    worker = Projection("ledger", (IN,))

    @worker.on(FuelTransactionRecorded)
    def recorded(event: FuelTransactionRecorded, meta: Meta) -> list[Effect]:
        def write(records: Any) -> list[Emit]:
            sum_ul = _added(records, meta.tenant, event.transaction_id, event.volume_ul)
            return [Emit(VerdictWithdrawn(tenant_id=meta.tenant, fact_id=f"{event.transaction_id}={sum_ul}"))]

        return [Write(write)]

    return worker


def _added(records: Any, tenant: str, fact_id: str, volume_ul: int) -> int:
    if isinstance(records, dict):
        if "\0" in fact_id:
            raise Unstorable("a text must not hold a NUL character")
        sums = cast("dict[str, dict[str, int]]", records).setdefault("latest", {})
        sums[fact_id] = sums.get(fact_id, 0) + volume_ul
        return sums[fact_id]
    row = records.execute(
        "insert into latest values (%s, %s, %s) on conflict (tenant_id, fact_id)"
        " do update set volume_ul = latest.volume_ul + excluded.volume_ul returning volume_ul",
        (tenant, fact_id, volume_ul),
    ).fetchone()
    return row[0]


class Door:
    """Makes events as a door would publish them: one source, rising sequence."""

    def __init__(self, source: str = "/test") -> None:
        self.source = source
        self.sequence = 0

    def recorded(self, key: str, fact_id: str, volume_ul: int = 1, day: str = "2025-01-10") -> Message:
        return self._message(
            FuelTransactionRecorded(transaction_id=fact_id, volume_ul=volume_ul, business_date=day), key
        )

    def corrected(self, key: str, fact_id: str, volume_ul: int) -> Message:
        return self._message(FuelTransactionCorrected(transaction_id=fact_id, volume_ul=volume_ul), key)

    def voided(self, key: str, fact_id: str) -> Message:
        return self._message(FuelTransactionVoided(transaction_id=fact_id), key)

    def _message(
        self, event: FuelTransactionRecorded | FuelTransactionCorrected | FuelTransactionVoided, key: str
    ) -> Message:
        self.sequence += 1
        tenant, _, _ = key.partition(":")
        event.tenant_id = event.tenant_id or tenant
        return message(event, key=key, tenant=tenant, source=self.source, sequence=self.sequence)
