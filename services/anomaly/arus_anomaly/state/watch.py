"""What the second opinion remembers of one location and product: the newest verdicts, and what came before.

The newest facts lie in the head of the state, with what was remembered before and after them, so that a fact
that comes in order reads nothing else. Older ones lie in pages of 32; the last six are kept, because a late
fact is judged again with those behind it only while fewer than 60 are. All else is in the memory.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from arus_runtime.tuples import new
from arus_runtime.worker import Pages

from arus_anomaly.state.memory import Memory
from arus_anomaly.state.rows import NO_ID, Fact, Rows

PAGE_FACTS: Final = 32
PAGES_KEPT: Final = 6
STATUS_BITS: Final = 2


class Seen(NamedTuple):
    """A judged fact. Facts of a watch compare in its order: by business date, then by ULID."""

    day: int
    id: bytes
    volume_ul: int
    status: int
    """What the rule said, as ``rules.fuel.Status``; 0: voided too late to be forgotten, and told no more."""


class OpenIncident(NamedTuple):
    """An incident that is not over: one alarm for one occurrence, however many facts it takes."""

    id: bytes
    """The ULID of the fact that opened it."""
    severity: int
    """The highest of its facts."""
    first_day: int
    last_day: int
    last_id: bytes
    """The newest fact that alarmed."""
    facts: int
    """How many alarmed."""
    quiet: int = 0
    """Facts since the last one that did."""


class Trail(NamedTuple):
    """What is remembered at one place of a history."""

    memory: Memory = Memory()
    incident: OpenIncident | None = None
    left_out: frozenset[bytes] = frozenset()
    """Confirmed anomalies among the last 60 facts: the memory has not learned from them."""


class Stretch(NamedTuple):
    """Facts in order, and what was remembered before the first. The values of rows are packed by ``row``."""

    before: Trail
    rows: Rows


class Change(NamedTuple):
    """What a batch has changed so far, to be looked at with its conclusion."""

    first: int
    """The number of the page that the facts begin with; one past the last: the newest ones."""
    was: Rows
    """The facts from there on, as they stood before the batch and as they stand now."""
    now: Rows
    gone: frozenset[bytes] = frozenset()
    """Facts that are to have no opinion any more."""


class Watch(NamedTuple):
    """What the second opinion remembers of one key."""

    trail: Trail
    """After the newest fact."""
    newest: Stretch
    """Fewer than 32 facts."""
    end: tuple[int, bytes]
    """Day and id of the newest fact."""
    highest_id: bytes
    """A higher id was never here."""
    pages: Pages[Stretch]
    oldest_page: int = 1
    """The number of the first page that is kept."""
    last_page: int = 0
    """The number of the page before the newest facts; 0: there is none."""
    change: Change | None = None

    def follows(self, fact: Seen) -> bool:
        """Say that a fact was never here, and that it stands behind all others."""
        return fact.id > self.highest_id and fact[:2] > self.end

    def followed_by(self, fact: Seen, trail: Trail) -> "Watch":
        """Return this watch with a fact behind all others, and what is remembered after it."""
        newest = new(Stretch, (self.newest.before, self.newest.rows.followed_by(row(fact))))
        watch = new(Watch, (trail, newest, fact[:2], fact.id, *self[4:]))
        return (
            watch
            if len(newest.rows) < PAGE_FACTS
            else watch.rewritten(self.last_page + 1, [newest.before, *[trail] * PAGE_FACTS], newest.rows)
        )

    def page(self, number: int) -> Stretch:
        """Return a page that is kept, or the newest facts."""
        if number > self.last_page:
            return self.newest
        page = self.pages[_name(number)]
        assert page is not None, f"page {number} of {self.last_page} is not there"
        return page

    def before(self, number: int, count: int) -> tuple[int, Rows]:
        """Return the facts of as many pages before one as hold so many, and the number of the first of them.

        Fewer when fewer are kept.
        """
        rows = Rows.empty()
        while len(rows) < count and number > self.oldest_page:
            number -= 1
            rows = self.page(number).rows.joined(rows)
        return number, rows

    def rewritten(self, first: int, trails: Sequence[Trail], rows: Rows) -> "Watch":
        """Return this watch with other facts from a page on. trails: before each of them, and after all."""
        number, pages, turned = first, self.pages, len(rows) // PAGE_FACTS * PAGE_FACTS
        for at in range(0, turned, PAGE_FACTS):
            page = Stretch(trails[at], rows.part(at, at + PAGE_FACTS))
            number, pages = number + 1, pages.with_(_name(number), page)
        newest = Stretch(trails[turned], rows.part(turned))
        ending = rows if len(rows) or first == self.oldest_page else self.page(first - 1).rows
        end = ending[len(ending) - 1][:2] if len(ending) else (0, NO_ID)
        oldest = max(self.oldest_page, number - PAGES_KEPT)
        return Watch(trails[-1], newest, end, self.highest_id, pages, oldest, number - 1)

    def with_pages(self, pages: Pages[Stretch]) -> "Watch":
        """Return this watch with its pages in others."""
        return self._replace(pages=pages)


def new_watch(pages: Pages[Stretch]) -> Watch:
    """Return the watch over a key of which nothing was said yet."""
    return Watch(Trail(), Stretch(Trail(), Rows.empty()), (0, NO_ID), NO_ID, pages)


def row(fact: Seen) -> Fact:
    """Return a judged fact as a row."""
    return new(Fact, (fact.day, fact.id, fact.volume_ul << STATUS_BITS | fact.status))


def seen(row: Fact) -> Seen:
    """Return the judged fact that a row is."""
    return Seen(row.day, row.id, row.volume_ul >> STATUS_BITS, row.volume_ul & (1 << STATUS_BITS) - 1)


def all_seen(rows: Rows) -> Iterator[Seen]:
    """Yield judged facts, oldest first."""
    return map(seen, rows.between(0, len(rows)))


def _name(number: int) -> str:
    # The pages take turns, so that what is no longer kept is written over.
    return str(number % PAGES_KEPT)
