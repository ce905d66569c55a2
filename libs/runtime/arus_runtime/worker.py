"""What a worker is: topics, a state per key, pure handlers, and the tables its conclusions go to.

A service declares its workers with these names in ``handlers.py``; the engine (``arus_runtime.engine``) runs
them with exactly-once effect. Nothing here does anything: no clock, no network, no database.

    fuel = Worker("fuel", topics=("fuel.transaction.v1",), tables=(VERDICTS,),
                  state=State(new=FuelHistory.empty, load=codec.load_history, dump=codec.dump_history))

    @fuel.on(FuelTransactionRecorded)
    def recorded(history: FuelHistory, event: FuelTransactionRecorded, meta: Meta) -> FuelHistory: ...

    @fuel.concludes
    def judge(history: FuelHistory, meta: Meta) -> tuple[FuelHistory, list[Effect]]: ...

The rules of the house:

- A handler is pure and states are values: return a new state, never change the one handed in. A handler that
  raised, or that is called again after a page was loaded, must find the state it was given untouched.
- Time is ``meta.at``, ids are ``meta.new_id(label)``.
- ``Reject`` parks this record in ``<topic>.dlq`` and goes on. ``Later`` pauses the partition and keeps the
  order. Any other exception stops the partition after two retries; what came before the failing record is
  kept.
- An append table belongs to one worker, and a worker that appends reads one topic, because rows are keyed by
  where their cause stands: (src_part, src_off, src_idx).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from google.protobuf.message import Message

from arus_runtime.ids import derived_id
from arus_runtime.side_inputs import Known, SideInput
from arus_runtime.wire import Encoded

S = TypeVar("S")
V = TypeVar("V")
P = TypeVar("P")
E = TypeVar("E", bound=Message)

ColumnType = Literal[
    "int2", "int4", "int8", "bool", "float8", "text", "bytea", "uuid", "timestamptz", "date", "jsonb"
]


class Reject(Exception):  # noqa: N818 - an outcome, not an error
    """Raised when a record can never succeed: park it in the dead-letter topic with these words and go on."""


class Later(Exception):  # noqa: N818 - an outcome, not an error
    """Raised when the world is away: pause the partition before this record, back off, keep the order."""


class Missing(Exception):  # noqa: N818 - a request
    """Raised by ``Pages`` for a page that is not loaded yet, answered by the engine; never catch it."""

    def __init__(self, page: str) -> None:
        super().__init__(page)
        self.page = page


class Meta(NamedTuple):
    """Where an event stands and what its envelope says."""

    topic: str
    partition: int
    offset: int
    key: str
    """The record key, for example ``tenant:location:product``: the unit judged."""
    event_id: str
    event_type: str
    """Full protobuf name."""
    tenant: str
    source: str
    time: str
    """``ce_time`` as it came: RFC 3339, UTC, microseconds."""
    traceparent: str
    import_id: str

    @property
    def at(self) -> datetime:
        """Return when the event was recorded, aware, in UTC."""
        return datetime.fromisoformat(self.time)

    def new_id(self, label: str) -> str:
        """Return the UUID (text) that belongs to this event and label, the same in every replay."""
        return derived_id(self.event_id, label)


class Pages(Generic[P]):
    """The older parts of one key's state, each loaded when first asked for.

    A paged state holds its ``Pages`` as a field and answers ``with_`` when a page changes.
    """

    __slots__ = ("_changed", "_loaded")

    def __init__(
        self, loaded: dict[str, P | None] | None = None, changed: Mapping[str, P] | None = None
    ) -> None:
        self._loaded: dict[str, P | None] = {} if loaded is None else loaded
        self._changed: Mapping[str, P] = changed or {}

    def __getitem__(self, name: str) -> P | None:
        """Return the page, or None when it was never written."""
        if name in self._changed:
            return self._changed[name]
        if name in self._loaded:
            return self._loaded[name]
        raise Missing(name)

    def with_(self, name: str, page: P) -> Pages[P]:
        """Return these pages with one replaced."""
        return Pages(self._loaded, {**self._changed, name: page})

    def loaded(self, name: str, page: P | None) -> None:
        """Hold a page that was read (the engine's part: what is remembered does not change by it)."""
        self._loaded[name] = page

    def saved(self) -> Pages[P]:
        """Return these pages with the changed ones no longer counted as changed."""
        return Pages(dict(self._changed))

    @property
    def untouched(self) -> bool:
        """Say that no page was loaded or changed."""
        return not self._loaded and not self._changed

    @property
    def changed(self) -> Mapping[str, P]:
        """Return the pages that differ from the stored ones."""
        return self._changed


@dataclass(frozen=True, slots=True)
class State(Generic[S]):
    """What is remembered per key, and how it is written down. A state must not be a plain tuple."""

    new: Callable[[], S]
    load: Callable[[bytes], S]
    dump: Callable[[S], bytes]


@dataclass(frozen=True, slots=True)
class PagedState(Generic[S, P]):
    """What is remembered per key when it outgrows one row: a head, and pages by name (``"2024Q1"``).

    new and load receive the ``Pages`` to keep inside the state; pages answers them back.
    """

    new: Callable[[Pages[P]], S]
    load: Callable[[bytes, Pages[P]], S]
    dump: Callable[[S], bytes]
    pages: Callable[[S], Pages[P]]
    with_pages: Callable[[S, Pages[P]], S]
    load_page: Callable[[bytes], P]
    dump_page: Callable[[P], bytes]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table. A value of a column that is not nullable must not be None."""

    name: str
    type: ColumnType
    nullable: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A table a worker writes; the migration creates it (``ddl.append_table`` for the appended kind).

    entity: columns naming what a row speaks about; at most one row of an entity is current (append tables).
    key: the primary key (upsert tables).
    """

    name: str
    columns: tuple[Column, ...]
    entity: tuple[str, ...] = ()
    key: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        names = {column.name for column in self.columns}
        if unknown := {*self.entity, *self.key} - names:
            raise ValueError(f"table {self.name} has no columns {sorted(unknown)}")


@dataclass(frozen=True, slots=True)
class Emit:
    """Publish an event on the topic its type has in the catalogue.

    Travels through the outbox queue, in order per key. High volumes ride in their row: ``Row(..., event=)``.
    """

    event: Message
    key: str | None = None
    """Record key; the handled event's key when None."""


class Row(NamedTuple):
    """Append one row, and publish its event once the row is committed.

    values: one per declared column, in that order.
    """

    table: Table
    values: tuple[Any, ...]
    event: Message | Encoded | None = None


@dataclass(frozen=True, slots=True)
class Upsert:
    """Insert or replace the row with this key; the last one of a batch wins. values: in declared order."""

    table: Table
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Supersede:
    """Mark the current row of each entity as not current, before the rows that follow it are appended.

    entities: tuples of the table's entity columns.
    """

    table: Table
    entities: Sequence[tuple[Any, ...]]


class Write(NamedTuple):
    """Change a book's own records in the batch's transaction, behind its fence, and say what follows from it.

    run: is given the store's connection; called once per commit, in the order of the events. What it raises
    undoes the whole batch, so what is wrong with an event is found before.
    """

    run: Callable[[Any], Sequence[Emit]]


Effect = Emit | Row | Upsert | Supersede | Write
Outcome = Any
"""What a handler returns at run time: (state, effects), or a state whose effects the conclusion draws."""

Handler = Callable[..., Any]
Conclusion = Callable[..., Any]


@dataclass(slots=True)
class Worker(Generic[S]):
    """Handlers that fold the events of some topics into one state per key.

    Consumer group: ``arus.<service>.<name>``. max_value_bytes: larger records are dead-lettered unread.
    """

    name: str
    topics: tuple[str, ...]
    state: State[S] | PagedState[S, Any]
    tables: tuple[Table, ...] = ()
    max_value_bytes: int = 1_000_000
    side: None = field(default=None, init=False)
    handlers: dict[type[Message], Handler] = field(default_factory=dict[type[Message], Handler], init=False)
    conclusion: Conclusion | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        _check(self.name, self.topics, self.tables)

    def on(
        self, event_type: type[E]
    ) -> Callable[
        [Callable[[S, E, Meta], S | tuple[S, Sequence[Effect]]]],
        Callable[[S, E, Meta], S | tuple[S, Sequence[Effect]]],
    ]:
        """Register the handler of one event type. Types of the topic without a handler are passed over."""

        def register(
            handler: Callable[[S, E, Meta], S | tuple[S, Sequence[Effect]]],
        ) -> Callable[[S, E, Meta], S | tuple[S, Sequence[Effect]]]:
            _register(self.handlers, event_type, handler)
            return handler

        return register

    def concludes(
        self, handler: Callable[[S, Meta], tuple[S, Sequence[Effect]]]
    ) -> Callable[[S, Meta], tuple[S, Sequence[Effect]]]:
        """Register what runs once per key and batch, after its events of that key, if a handler asks for it.

        A handler that returns a state alone asks; one that returns effects, even none, has concluded itself.
        meta is that of the last event whose handler asked. What it concludes must depend on the state alone,
        because where batches end is chance. It may raise ``Later`` but not ``Reject``: there is no single
        record to park.
        """
        self.conclusion = handler
        return handler


@dataclass(slots=True)
class InformedWorker(Generic[S, V]):
    """A worker that judges by a side input too: its handlers and its conclusion get it as a last argument."""

    name: str
    topics: tuple[str, ...]
    state: State[S] | PagedState[S, Any]
    side: SideInput[V]
    tables: tuple[Table, ...] = ()
    max_value_bytes: int = 1_000_000
    handlers: dict[type[Message], Handler] = field(default_factory=dict[type[Message], Handler], init=False)
    conclusion: Conclusion | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        _check(self.name, self.topics, self.tables)

    def on(
        self, event_type: type[E]
    ) -> Callable[
        [Callable[[S, E, Meta, Known[V]], S | tuple[S, Sequence[Effect]]]],
        Callable[[S, E, Meta, Known[V]], S | tuple[S, Sequence[Effect]]],
    ]:
        """Register the handler of one event type."""

        def register(
            handler: Callable[[S, E, Meta, Known[V]], S | tuple[S, Sequence[Effect]]],
        ) -> Callable[[S, E, Meta, Known[V]], S | tuple[S, Sequence[Effect]]]:
            _register(self.handlers, event_type, handler)
            return handler

        return register

    def concludes(
        self, handler: Callable[[S, Meta, Known[V]], tuple[S, Sequence[Effect]]]
    ) -> Callable[[S, Meta, Known[V]], tuple[S, Sequence[Effect]]]:
        """Register what runs once per key and batch, as ``Worker.concludes`` does."""
        self.conclusion = handler
        return handler


@dataclass(slots=True)
class Projection:
    """A worker without memory: each event becomes effects, mostly ``Upsert``. Handlers take (event, meta)."""

    name: str
    topics: tuple[str, ...]
    tables: tuple[Table, ...] = ()
    max_value_bytes: int = 1_000_000
    handlers: dict[type[Message], Handler] = field(default_factory=dict[type[Message], Handler], init=False)
    state: None = field(default=None, init=False)
    side: None = field(default=None, init=False)
    conclusion: None = field(default=None, init=False)

    def __post_init__(self) -> None:
        _check(self.name, self.topics, self.tables)

    def on(
        self, event_type: type[E]
    ) -> Callable[[Callable[[E, Meta], Iterable[Effect]]], Callable[[E, Meta], Iterable[Effect]]]:
        """Register the handler of one event type."""

        def register(handler: Callable[[E, Meta], Iterable[Effect]]) -> Callable[[E, Meta], Iterable[Effect]]:
            def stateless(_: None, event: E, meta: Meta) -> tuple[None, Sequence[Effect]]:
                return None, tuple(handler(event, meta))

            _register(self.handlers, event_type, stateless)
            return handler

        return register


AnyWorker = Worker[Any] | InformedWorker[Any, Any] | Projection


def _check(name: str, topics: tuple[str, ...], tables: tuple[Table, ...]) -> None:
    if not topics:
        raise ValueError(f"worker {name} reads no topic")
    if len(topics) > 1 and any(not table.key for table in tables):
        raise ValueError(f"worker {name} appends rows, so it must read one topic, got {len(topics)}")


def _register(handlers: dict[type[Message], Handler], event_type: type[Message], handler: Handler) -> None:
    if event_type in handlers:
        raise ValueError(f"{event_type.DESCRIPTOR.full_name} has a handler already")
    handlers[event_type] = handler
