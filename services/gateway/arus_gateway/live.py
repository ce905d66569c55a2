"""The live feed: what was just concluded, to everyone who may see it, resumable for an hour.

An event id is how far the feed had been read in every partition ("0:17,1:4"), so any replica can resume it.
Partitions of incidents are numbered from 1000 on, those of imports from 2000 on, those of cases from 3000 on.
"""

import asyncio
import time
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from arus.anomaly.v1.events_pb2 import (
    CaseChanged,
    IncidentAnswered,
    IncidentChanged,
    VerdictReached,
    VerdictWithdrawn,
)
from arus.imports.v1.events_pb2 import ImportChanged

KEPT_S: Final = 3600.0
KEPT_MOST: Final = 20_000
WAITING_MOST: Final = 1_000
"""Messages a slow reader may be behind before it is told to start over."""
FAR_BEHIND: Final = WAITING_MOST // 2
PATIENCE_S: Final = 0.25
PAUSE_S: Final = 0.005
AHEAD_MOST: Final = 100_000
"""A position further ahead of us than this belongs to a topic that is no longer there."""

FIRST_OF_INCIDENTS: Final = 1_000
FIRST_OF_IMPORTS: Final = 2_000
FIRST_OF_CASES: Final = 3_000

Told = VerdictReached | VerdictWithdrawn | IncidentChanged | IncidentAnswered | ImportChanged | CaseChanged
Position = Mapping[int, int]
"""Partition → next offset."""


TYPES: Final = ("verdict", "alert", "import", "case")
"""What a reader may choose."""


class BadEventIdError(ValueError):
    """Not an event id of this feed."""


class FeedClosedError(Exception):
    """The process stops; another replica goes on from the same event id."""


def read_event_id(text: str) -> dict[int, int]:
    """Return the position an event id names; raises BadEventIdError."""
    try:
        pairs = [part.split(":") for part in text.split(",")]
        position = {int(partition): int(offset) for partition, offset in pairs}
    except ValueError as error:
        raise BadEventIdError(text) from error
    if len(position) != len(pairs) or any(number < 0 for pair in position.items() for number in pair):
        raise BadEventIdError(text)
    return position


def event_id(position: Position) -> str:
    """Return the id of the event after which the feed stands there."""
    return ",".join(f"{partition}:{offset}" for partition, offset in sorted(position.items()))


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. told: the messages made of it, by language."""

    id: str
    partition: int
    offset: int
    at_s: float
    """When it was read, on the feed's clock."""
    time: str
    """When it happened, RFC 3339."""
    tenant_id: str
    event: Told
    kept: list[tuple[str, int]] | None = field(default=None, compare=False)
    """Traceparent, and when it was read in ns, of a trace that is kept; empty once somebody was told."""
    told: dict[str, bytes] = field(default_factory=dict[str, bytes], compare=False)


@dataclass(frozen=True, slots=True)
class Interest:
    """What a reader wants and may see. None means all. importers: the people whose imports are told.

    incidents, cases: whether those are told, too.
    """

    tenant_id: str
    locations: frozenset[str] | None = None
    types: frozenset[str] | None = None
    importers: frozenset[str] | None = frozenset()
    incidents: bool = False
    cases: bool = False

    def covers(self, entry: Entry) -> bool:
        """Say whether the reader gets the entry."""
        return (
            entry.tenant_id == self.tenant_id
            and (self.types is None or _type_of(entry.event) in self.types)
            and self._may_see(entry.event)
        )

    def _may_see(self, event: Told) -> bool:
        if isinstance(event, ImportChanged):
            return self.importers is None or event.imported_by in self.importers
        if isinstance(event, IncidentChanged | IncidentAnswered) and not self.incidents:
            return False
        if isinstance(event, CaseChanged) and not self.cases:
            return False
        return self.locations is None or event.location_id in self.locations


def _type_of(event: Told) -> str:
    if isinstance(event, ImportChanged):
        return "import"
    if isinstance(event, CaseChanged):
        return "case"
    return "alert" if isinstance(event, IncidentChanged | IncidentAnswered) else "verdict"


class Subscription:
    """One reader: what waits for it, and whether it has to start over."""

    def __init__(self, interest: Interest, skip: Position) -> None:
        self.interest = interest
        self._skip = skip
        self._waiting: deque[Entry] = deque()
        self._reset = False
        self._closed = False
        self._is_waited_for = True
        self._news = asyncio.Event()

    @property
    def is_waited_for(self) -> bool:
        """Whether there is no room for FAR_BEHIND more, and it did not take too long to make it."""
        return self._is_waited_for and len(self._waiting) > FAR_BEHIND

    def give_up(self) -> None:
        """Wait for it no more until it has read up."""
        self._is_waited_for = False

    def offer(self, entry: Entry) -> None:
        """Queue the entry if the reader wants it and has not seen it."""
        if entry.offset < self._skip.get(entry.partition, 0) or not self.interest.covers(entry):
            return
        if len(self._waiting) >= WAITING_MOST:
            self.reset()
        else:
            self._waiting.append(entry)
            self._news.set()

    def reset(self) -> None:
        """Forget what waits: the reader is told to load everything anew."""
        self._waiting.clear()
        self._reset = True
        self._news.set()

    def close(self) -> None:
        """Let the reader go."""
        self._closed = True
        self._news.set()

    async def next(self, timeout_s: float) -> Entry | None:
        """Return the next entry, None when the reader must start over.

        Raises TimeoutError when it is quiet, FeedClosedError at the end.
        """
        async with asyncio.timeout(timeout_s):
            await self._news.wait()
        if self._closed:
            raise FeedClosedError
        if self._reset:
            self._reset = False
            if not self._waiting:
                self._news.clear()
            return None
        entry = self._waiting.popleft()
        if not self._waiting:
            self._is_waited_for = True
            self._news.clear()
        return entry


class Feed:
    """The last hour, and everyone reading along."""

    def __init__(self) -> None:
        self._recent: deque[Entry] = deque()
        self._next: dict[int, int] = {}
        self._floor: dict[int, int] = {}
        self._readers: dict[str, set[Subscription]] = {}
        self.closed = False

    @property
    def position(self) -> Position:
        """How far the feed has read."""
        return self._next

    def close(self) -> None:
        """Let every reader go."""
        self.closed = True
        for reader in self._everyone():
            reader.close()

    def stand_at(self, position: Position) -> None:
        """Begin at the position: what lies before it is too old to be resumed from."""
        self._recent.clear()
        self._next = dict(position)
        self._floor = dict(position)
        for reader in self._everyone():
            reader.reset()

    def take(
        self,
        partition: int,
        offset: int,
        event: Told | None,
        *,
        time: str,
        now_s: float,
        kept: tuple[str, int] | None = None,
    ) -> None:
        """Keep what was read and hand it to its readers; event None is a record nobody is told of.

        kept: traceparent of a trace that is kept, and when its record was read, in ns.
        """
        self._next[partition] = offset + 1
        self._floor.setdefault(partition, offset)
        if event is not None:
            entry = Entry(
                event_id(self._next),
                partition,
                offset,
                now_s,
                time,
                event.tenant_id,
                event,
                [kept] if kept else None,
            )
            self._recent.append(entry)
            for reader in self._readers.get(entry.tenant_id, ()):
                reader.offer(entry)
        self.forget_before(now_s - KEPT_S)

    async def handed_on(self) -> None:
        """Return when every reader has room for FAR_BEHIND more, at the latest after PATIENCE_S.

        Much is read at once after a pause; who is still being told of it is not slow.
        """
        until = time.monotonic() + PATIENCE_S
        while behind := [one for one in self._everyone() if one.is_waited_for]:
            if time.monotonic() >= until:
                for one in behind:
                    one.give_up()  # the others need not wait for it again
                return
            await asyncio.sleep(PAUSE_S)

    def forget_before(self, at_s: float) -> None:
        """Drop what is older, or more than is kept."""
        while self._recent and (self._recent[0].at_s < at_s or len(self._recent) > KEPT_MOST):
            gone = self._recent.popleft()
            self._floor[gone.partition] = gone.offset + 1

    def subscribe(self, interest: Interest, after: Position | None) -> Subscription:
        """Return a reader from now on, or from after a position, as far as the feed remembers."""
        reader = Subscription(interest, after or {})
        self._readers.setdefault(interest.tenant_id, set()).add(reader)
        if after is not None:
            if self._remembers(after):
                for entry in self._recent:
                    reader.offer(entry)
            else:
                reader.reset()
        return reader

    def unsubscribe(self, reader: Subscription) -> None:
        """Let the reader go."""
        tenant_id = reader.interest.tenant_id
        readers = self._readers.get(tenant_id, set())
        readers.discard(reader)
        if not readers:
            self._readers.pop(tenant_id, None)

    def _remembers(self, after: Position) -> bool:
        return all(
            floor <= after.get(partition, 0) <= self._next[partition] + AHEAD_MOST
            for partition, floor in self._floor.items()
        )

    def _everyone(self) -> Iterable[Subscription]:
        return [reader for readers in self._readers.values() for reader in readers]
