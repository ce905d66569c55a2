"""Side inputs: what a worker must know besides its events, such as thresholds, as it was when a fact came in.

A side input is made of tables of versions, each with the time from which it holds (``ddl.version_table``).
Handlers get a ``Known`` and ask it by the ULID of the fact they judge: its first 48 bits say when the fact
was recorded, so a fact that is judged again years later meets the version it met first.

No version is ever learned of too late, whatever the clocks of other machines say:

- A command inserts with ``VALID_FROM``: a version holds 5 s after the database's clock at the earliest. From
  before it reads that clock until it is visible to all, an insert holds the table in ROW EXCLUSIVE mode.
- A worker reads under a SHARE lock, so no insert is under way at the time T its clock says. What it does not
  see is inserted later and holds after T + 5 s; it takes what it read as complete until T + 2 s.

The three seconds between allow for a database whose clock is set back. A fact recorded later than what is
known makes the engine read again, and wait (``Later``) when that is not enough.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, LiteralString, NamedTuple, TypeVar

V = TypeVar("V")

KNOWN_AHEAD_MS: Final = 2_000
VALID_FROM: Final[LiteralString] = (
    "date_trunc('milliseconds', interval '999 microseconds'"
    " + greatest(%(valid_from)s::timestamptz, clock_timestamp() + interval '5 seconds'))"
)
"""The SQL of a new version's valid_from: as asked (null: at once), not before 5 s from now, rounded up to the
millisecond, which is what ULIDs tell apart."""


class Beyond(Exception):  # noqa: N818 - a request
    """Raised by ``Known`` for a fact recorded after what is known, answered by the engine; never catch it."""


class Known(Generic[V]):
    """A side input as it holds for every fact recorded until a certain time."""

    __slots__ = ("_until", "_value")

    def __init__(self, value: V, until_ms: int = 0) -> None:
        self._value = value
        self._until = until_ms.to_bytes(6, "big")

    def at(self, ulid: bytes) -> V:
        """Return the side input for a fact, given the bytes of its ULID."""
        if ulid > self._until:
            raise Beyond
        return self._value


@dataclass(frozen=True, slots=True, eq=False)
class SideInput(Generic[V]):
    """Tables of versions and what a worker makes of them.

    tables: the columns that are read of each. add: returns the value with rows of a table added, the one
    handed in left as it is; rows hold the columns, in the order the versions were inserted.
    """

    tables: Mapping[str, tuple[str, ...]]
    empty: V
    add: Callable[[V, str, Sequence[tuple[Any, ...]]], V]


class Reading(NamedTuple):
    """The versions that were added, by table.

    at_ms: the database's clock before. last: the number of a table's newest version; without one, absent.
    """

    at_ms: int
    last: Mapping[str, int]
    rows: Mapping[str, Sequence[tuple[Any, ...]]]


@dataclass(slots=True)
class Watched(Generic[V]):
    """A side input as far as it has been read."""

    side: SideInput[V]
    value: V
    last: Mapping[str, int] = field(default_factory=dict[str, int])

    def known(self, reading: Reading) -> Known[V]:
        """Return what is known after a reading."""
        for table, rows in reading.rows.items():
            if rows:
                self.value = self.side.add(self.value, table, rows)
        self.last = reading.last
        return Known(self.value, reading.at_ms + KNOWN_AHEAD_MS)
