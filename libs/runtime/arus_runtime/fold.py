"""The pure part of a worker: what a slice of one partition comes to.

``fold`` reads envelopes, drops repeats, calls handlers on states that are values, and collects everything in
a ``Folded`` that nobody sees until it is committed. It is a generator only because a handler may ask for a
page of older history, or for a side input newer than what is known: it then yields the request and goes on
when that is there.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import islice
from operator import itemgetter
from typing import Any, Final, NamedTuple, cast

from arus_contracts.enums import UnknownValue
from google.protobuf.message import Message

from arus_runtime import catalogue, dlq
from arus_runtime.envelope import pack_consequence
from arus_runtime.log.port import Record
from arus_runtime.reading import Read, Reader, Unreadable
from arus_runtime.side_inputs import Beyond, Known
from arus_runtime.store import Outgoing, Store, Writing
from arus_runtime.wire import Encoded
from arus_runtime.worker import (
    AnyWorker,
    Effect,
    Emit,
    Later,
    Meta,
    Missing,
    PagedState,
    Reject,
    Row,
    Supersede,
    Table,
    Upsert,
    Write,
)

INDEX_BITS: Final = 16  # ce_sequence = offset << 16 | index
MAX_INDEX: Final = (1 << INDEX_BITS) - 1
MAX_EVENT_BYTES: Final = 900_000  # Kafka refuses 1 MiB, headers included
BAD_DEPLOY_TENANTS: Final = 3
BAD_DEPLOY_RECORDS: Final = 2_000

_NONE: Final[Mapping[int, str]] = {}

Entity = tuple[Any, ...]


class BadDeploy(Exception):  # noqa: N818 - names what happened
    """Records of several tenants in a row cannot be decoded: we are wrong, not they."""


class PageRequest(NamedTuple):
    """A page a handler asked for."""

    key: str
    page: str


class Refresh(NamedTuple):
    """Read the side input again: a fact was recorded after what is known of it."""


Request = PageRequest | Refresh


class Hold(NamedTuple):
    """Why a fold ended before its last record: ``Later``, or an error that is ours."""

    offset: int
    cause: Exception


@dataclass(slots=True)
class Origin:
    """What a fold starts from. states: by key. seen: highest sequence per source.

    suspects: tenant → offset of its last record that could not be read.
    """

    states: dict[str, Any] = field(default_factory=dict[str, Any])
    seen: dict[str, int] = field(default_factory=dict[str, int])
    suspects: dict[str, int] = field(default_factory=dict[str, int])

    def keep(self, written: Sequence[tuple[str, str, bytes]], most: int, most_bytes: int, young: int) -> None:
        """Forget the oldest states beyond so many, or so many bytes; so many young ones stay.

        written: the newest states and pages, by which the size of all is judged.
        """
        keys = sum([not page for _, page, _ in written])
        size = sum([len(value) for _, _, value in written])
        most = min(most, most_bytes * keys // max(size, 1)) if keys else most
        for key in list(islice(self.states, max(0, len(self.states) - max(most, young)))):
            del self.states[key]


@dataclass(slots=True)
class Folded:
    """What a slice came to: what changed of its origin, and what is to be written. hold: why it was cut."""

    next_offset: int
    states: dict[str, Any] = field(default_factory=dict[str, Any])
    seen: dict[str, int] = field(default_factory=dict[str, int])
    suspects: dict[str, int] = field(default_factory=dict[str, int])
    rows: dict[Table, list[Any]] = field(default_factory=dict[Table, list[Any]])
    superseded: dict[Table, list[Entity]] = field(default_factory=dict[Table, list[Entity]])
    upserts: dict[Table, dict[Entity, tuple[Any, ...]]] = field(
        default_factory=dict[Table, dict[Entity, tuple[Any, ...]]]
    )
    outgoing: list[Outgoing] = field(default_factory=list[Outgoing])
    writes: list[Writing] = field(default_factory=list[Writing])
    values: dict[Table, list[tuple[Any, ...]]] = field(default_factory=dict[Table, list[tuple[Any, ...]]])
    """Of each row, what it was packed from."""
    current: dict[Table, dict[Entity, int]] = field(default_factory=dict[Table, dict[Entity, int]])
    """Where an entity's current row stands among rows, once one is to be superseded before it is written."""
    placed: dict[Table, int] = field(default_factory=dict[Table, int])
    """How many rows ``current`` knows of."""
    taken: int = 0
    repeats: int = 0
    parked: int = 0
    first_at: datetime | None = None
    """When the first record taken was recorded."""
    hold: Hold | None = None


class Folder:
    """Folds slices of partitions for one worker of a service."""

    def __init__(self, service: str, worker: AnyWorker, store: Store) -> None:
        self.name = f"{service}/{worker.name}"
        self.worker = worker
        self._reader = Reader(self.name, worker)
        self._labels = [f"{self.name}/{index}" for index in range(16)]
        self._packers = {table: store.packer(table) for table in worker.tables if not table.key}
        self._pack_row = {table: packer.pack for table, packer in self._packers.items()}
        self._entity = {table: _picker(table, table.entity) for table in self._packers if table.entity}
        self._key = {table: _picker(table, table.key) for table in worker.tables if table.key}
        self._paged = worker.state if isinstance(worker.state, PagedState) else None
        self.side: tuple[Known[Any], ...] = () if worker.side is None else (Known(worker.side.empty),)
        """What handlers get besides the event: the side input, of a worker that has one."""

    def fold(
        self,
        records: Sequence[Record],
        start: int,
        origin: Origin,
        unstorable: Mapping[int, str] = _NONE,
        careful: frozenset[str] = frozenset(),
    ) -> Generator[Request, bytes | None, Folded]:
        """Return what records come to on top of origin, which is left as it is.

        Each record is read when its turn comes, so that what it is made of is still near when it is judged.
        start: the offset that comes first. unstorable: offsets of records that the database refuses, and why.
        careful: keys whose conclusion is drawn after each event, to find the one it fails on.
        """
        done = Folded(next_offset=start)
        states, fresh = done.states, done.seen
        last: dict[str, Meta] = {}  # which event has last asked for a key's conclusion
        read, known, seen = self._reader.read, origin.states, origin.seen
        for record in records:
            item = read(record)
            if type(item) is Unreadable:
                if bad := self._bad_deploy(done, item, origin.suspects):
                    done.hold = Hold(item.record.offset, bad)
                    break
                self._park(done, item)
                continue
            meta, sequence, handler, event = cast("Read", item)
            source, key = meta.source, meta.key
            if -1 < sequence <= (fresh[source] if source in fresh else seen.get(source, -1)):
                done.repeats += 1
                done.next_offset = record.offset + 1
                continue
            if handler is not None:
                state = states[key] if key in states else known.get(key)
                try:
                    if unstorable and record.offset in unstorable:
                        raise Reject(unstorable[record.offset])  # noqa: TRY301
                    try:
                        outcome = handler(state, event, meta, *self.side)
                    except (Missing, Beyond) as absent:
                        outcome = yield from self._again(absent, key, state, handler, event, meta)
                    if type(outcome) is tuple:
                        state, effects = cast("tuple[Any, Sequence[Effect]]", outcome)
                    elif key in careful:
                        state, effects = yield from self._concluded(key, outcome, meta)
                    else:
                        state, effects = outcome, ()
                        last[key] = meta
                    if effects:
                        self._apply(done, effects, meta)
                except (Reject, UnknownValue) as refusal:
                    self._park(done, Unreadable(record, meta.tenant, "rejected", str(refusal)))
                except Exception as error:  # noqa: BLE001 - Later, or ours: the engine tells them apart
                    done.hold = Hold(record.offset, error)
                    break
                else:
                    states[key] = state
                    done.taken += 1
                    done.first_at = done.first_at or meta.at
                if sequence >= 0:
                    fresh[source] = sequence
            done.next_offset = record.offset + 1
        failed = yield from self._conclude_all(done, last)
        return (
            done
            if failed is None
            else (yield from self.fold(records, start, origin, unstorable, careful | {failed}))
        )

    def _conclude_all(
        self, done: Folded, last: Mapping[str, Meta]
    ) -> Generator[Request, bytes | None, str | None]:
        """Draw each key's conclusion; return the first key whose conclusion fails, whatever the reason."""
        for key, meta in last.items() if self.worker.conclusion else ():
            try:
                done.states[key], effects = yield from self._concluded(key, done.states[key], meta)
                self._apply(done, effects, meta)
            except Exception:  # noqa: BLE001 - which event it fails on is found by concluding after each
                return key
        return None

    def _concluded(
        self, key: str, state: Any, meta: Meta
    ) -> Generator[Request, bytes | None, tuple[Any, Sequence[Effect]]]:
        assert self.worker.conclusion is not None
        try:
            return self.worker.conclusion(state, meta, *self.side)
        except (Missing, Beyond) as absent:
            return (yield from self._again(absent, key, state, self.worker.conclusion, meta))

    def _again(
        self,
        absent: Missing | Beyond,
        key: str,
        state: Any,
        handler: Callable[..., Any],
        *arguments: Any,
    ) -> Generator[Request, bytes | None, Any]:
        """Call a handler again with what it lacked, as often as it takes."""
        refreshed = False
        while True:
            if isinstance(absent, Missing):
                assert self._paged is not None, "only a paged state has pages"
                value = yield PageRequest(key, absent.page)
                page = None if value is None else self._paged.load_page(value)
                self._paged.pages(state).loaded(absent.page, page)
            elif refreshed:
                raise Later("a fact was recorded after what is known of the side input: the clocks differ")
            else:
                yield Refresh()
                refreshed = True
            try:
                return handler(state, *arguments, *self.side)
            except (Missing, Beyond) as another:
                absent = another

    def _apply(self, done: Folded, effects: Sequence[Effect], meta: Meta) -> None:
        """Add the effects of one call; all of them or, when one cannot be packed, none."""
        if len(effects) == 1 and type(effects[0]) is Row:  # nearly always
            self._append(done, effects[0], self._packed(effects[0], meta, 0))
            return
        packed = [self._pack(effect, meta, index) for index, effect in enumerate(effects)]
        for effect, content in zip(effects, packed, strict=True):
            if isinstance(effect, Row):
                self._append(done, effect, content)
            elif isinstance(effect, Supersede):
                self._supersede(done, effect)
            elif isinstance(effect, Upsert):
                done.upserts.setdefault(effect.table, {})[self._key[effect.table](effect.values)] = (
                    effect.values
                )
            elif isinstance(effect, Write):
                done.writes.append(Writing(effect.run, partial(self._follow, meta)))
            else:
                done.outgoing.append(content)

    @staticmethod
    def _append(done: Folded, row: Row, packed: Any) -> None:
        table = row.table
        rows = done.rows.get(table)
        if rows is None:
            rows, done.values[table] = done.rows.setdefault(table, []), []
        rows.append(packed)
        done.values[table].append(row.values)

    def _pack(self, effect: Effect, meta: Meta, index: int) -> Any:
        if isinstance(effect, Row):
            return self._packed(effect, meta, index)
        return self._outgoing(effect, meta, self._label(index)) if isinstance(effect, Emit) else None

    def _follow(self, meta: Meta, emits: Sequence[Emit]) -> Sequence[Outgoing]:
        """Return the events that follow from a write, however many, told apart by their place."""
        return [
            self._outgoing(emit, meta, f"{self.name}/written/{place}") for place, emit in enumerate(emits)
        ]

    def _outgoing(self, emit: Emit, meta: Meta, label: str) -> Outgoing:
        key = meta.key if emit.key is None else emit.key
        topic = catalogue.topic_of(emit.event.DESCRIPTOR.full_name).name
        return Outgoing(meta.tenant, topic, key, *self._event(emit.event, meta, key, label))

    def _packed(self, row: Row, meta: Meta, index: int) -> Any:
        table, values, event = row
        stored = (None, None) if event is None else self._event(event, meta, meta.key, self._label(index))
        return self._pack_row[table]((meta.partition, meta.offset, index), values, stored)

    def _label(self, index: int) -> str:
        if index < len(self._labels):
            return self._labels[index]
        if index <= MAX_INDEX:
            return f"{self.name}/{index}"
        raise OverflowError(f"a record must not cause more than {MAX_INDEX + 1} events")

    def _event(self, event: Message | Encoded, meta: Meta, key: str, label: str) -> tuple[bytes, bytes]:
        """Return value and envelope of an event that follows from another: same time, same trace."""
        if isinstance(event, Encoded):
            kind, value = event
        else:
            kind, value = event.DESCRIPTOR.full_name, event.SerializeToString()
        if len(value) > MAX_EVENT_BYTES:
            raise Reject(f"event must be <= {MAX_EVENT_BYTES} bytes, got {len(value)} bytes")
        return value, pack_consequence(
            (meta.event_id, label, kind, meta.time, meta.tenant, key, meta.traceparent, meta.import_id)
        )

    def _supersede(self, done: Folded, effect: Supersede) -> None:
        table = effect.table
        rows, values = done.rows.get(table, []), done.values.get(table, [])
        current, entity_of = done.current.setdefault(table, {}), self._entity[table]
        for place in range(done.placed.get(table, 0), len(rows)):
            current[entity_of(values[place])] = place
        done.placed[table] = len(rows)
        for entity in effect.entities:
            place = current.pop(entity, None)
            if place is None:
                done.superseded.setdefault(table, []).append(entity)
            else:
                rows[place] = self._packers[table].superseded(rows[place])

    def _park(self, done: Folded, item: Unreadable) -> None:
        record, tenant, reason, detail = item
        done.outgoing.append(dlq.parked(record, self.name, tenant, reason, detail))
        done.parked += 1
        done.next_offset = record.offset + 1
        if reason != "rejected":
            done.suspects[tenant] = record.offset

    @staticmethod
    def _bad_deploy(done: Folded, item: Unreadable, suspects: Mapping[str, int]) -> BadDeploy | None:
        since = item.record.offset - BAD_DEPLOY_RECORDS
        recent = {tenant for tenant, offset in {**suspects, **done.suspects}.items() if offset > since}
        several = len((recent | {item.tenant}) - {""}) >= BAD_DEPLOY_TENANTS
        return BadDeploy(f"{item.reason}: {item.detail}") if several else None


def _picker(table: Table, names: tuple[str, ...]) -> Callable[[tuple[Any, ...]], Entity]:
    """Return a function from a row's values to the values of some columns, always as a tuple."""
    places = [[column.name for column in table.columns].index(name) for name in names]
    if len(places) == 1:
        place = places[0]
        return lambda values: (values[place],)
    return itemgetter(*places)
