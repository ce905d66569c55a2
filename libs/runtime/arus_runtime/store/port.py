"""What the engine needs of a database: the leases, states and results of a worker.

One transaction per batch holds everything the batch came to, and begins with the fence: the progress row of
each partition must still carry our epoch and the offset we started from. Methods block; the engine calls
them in a thread.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from arus_runtime import packing
from arus_runtime.log.port import TopicPartition
from arus_runtime.side_inputs import Reading, SideInput
from arus_runtime.worker import Emit, Table


class Outgoing(NamedTuple):
    """An event on its way to the outbox. headers: a blob of ``envelope``."""

    tenant: str
    topic: str
    key: str
    value: bytes | None
    headers: bytes


class Writing(NamedTuple):
    """Changes of a book's records: what makes them, and what turns what follows into outgoing events."""

    run: Callable[[Any], Sequence[Emit]]
    follow: Callable[[Sequence[Emit]], Sequence[Outgoing]]


class Grant(NamedTuple):
    """A partition taken over. seen: highest sequence per origin.

    log_end: where the log ended when somebody found it shorter than what was read; None: it fitted.
    """

    epoch: int
    next_offset: int
    seen: dict[str, int]
    log_end: int | None


@dataclass(slots=True)
class Part:
    """What a batch came to in one partition.

    states: key, page, bytes. seen: highest sequence per origin, changed ones only. rows: packed by
    ``Store.packer``.
    """

    at: TopicPartition
    epoch: int
    start: int
    next_offset: int
    states: Sequence[tuple[str, str, bytes]] = ()
    seen: Mapping[str, int] = field(default_factory=dict[str, int])
    rows: Mapping[Table, Sequence[Any]] = field(default_factory=dict[Table, Sequence[Any]])
    superseded: Mapping[Table, Sequence[tuple[Any, ...]]] = field(
        default_factory=dict[Table, Sequence[tuple[Any, ...]]]
    )
    upserts: Mapping[Table, Mapping[tuple[Any, ...], tuple[Any, ...]]] = field(
        default_factory=dict[Table, Mapping[tuple[Any, ...], tuple[Any, ...]]]
    )
    outgoing: Sequence[Outgoing] = ()
    writes: Sequence[Writing] = ()


class Fenced(Exception):  # noqa: N818 - names what happened
    """Another holder has taken a partition of this batch; nothing of the batch was written."""


class Away(Exception):  # noqa: N818 - an outcome
    """The database is away; whether the batch was written is known after the next takeover."""


class Unstorable(Exception):  # noqa: N818 - an outcome
    """The database refuses a value, not us: nothing of the batch was written. Said in its words."""


class RowPacker(Protocol):
    """Makes the rows of one append table as the store wants them."""

    @property
    def pack(self) -> Callable[[packing.Place, Sequence[Any], packing.StoredEvent], Any]:
        """Return the function that makes one row, current."""
        ...

    def superseded(self, row: Any) -> Any:
        """Return a row of this batch as one that is not current."""
        ...


class Store(Protocol):
    """What the engine needs of a database."""

    def packer(self, table: Table) -> RowPacker:
        """Return the packer of an append table."""
        ...

    def take(
        self, partitions: Iterable[TopicPartition], stuck: Collection[TopicPartition] = ()
    ) -> dict[TopicPartition, Grant]:
        """Become the holder of partitions: whoever held them is fenced from now on.

        Those that somebody keeps locked are left out, so that the others need not wait; ask for them again.
        stuck: those whose holder has had its time and is put an end to.
        """
        ...

    def found_behind(self, at: TopicPartition, epoch: int, log_end: int) -> None:
        """Remember, unless somebody else holds the partition, that its log ended before what was read of it.

        A log grows: who looks later could not tell any more.
        """
        ...

    def release(self, partitions: Iterable[TopicPartition]) -> None:
        """Say that partitions were given up in good order."""
        ...

    def load(self, at: TopicPartition, keys: Sequence[str]) -> dict[str, bytes]:
        """Return the stored states of keys; absent ones are left out."""
        ...

    def load_page(self, at: TopicPartition, key: str, page: str) -> bytes | None:
        """Return one page of a key's history."""
        ...

    def read_side(self, side: SideInput[Any], after: Mapping[str, int]) -> Reading | None:
        """Return the versions above each table's last one, complete as of the clock; None during an insert.

        after: by table; a table of which nothing was read yet is absent.
        """
        ...

    def commit(self, parts: Sequence[Part]) -> None:
        """Write a batch in one transaction, or raise and write nothing.

        Raises ``Unstorable`` when a value of the batch is at fault.
        """
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...
