"""What we remember about one location and product: every standing fact, oldest first.

The newest facts are *hot*: they lie in the head of the state, with the sum of the window that ends them, so that a
fact that comes in order costs the same whatever lies behind it. Older facts lie in the *archive*: pages of at most
128 facts, read only when a late, corrected or voided fact needs them, and an index page that says where each begins.

A history is a value: what changes it returns a new one. Within a batch it also carries what the batch has changed,
so that the batch's conclusion judges each fact once.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date
from itertools import chain
from typing import Final, NamedTuple

from arus_runtime.worker import Pages

WINDOW_FACTS: Final = 30
"""A baseline looks back at most this many facts (R-13)."""
WINDOW_DAYS: Final = 180
"""A baseline looks back at most this many days (R-13)."""

HOT_KEPT: Final = 40
HOT_MAX: Final = 56  # a head of 56 facts still fits a PostgreSQL row without compression (2 kB)
PAGE_MAX: Final = 128
INDEX: Final = "index"

ID_BYTES: Final = 16
NO_ID: Final = bytes(ID_BYTES)
_UNIX_EPOCH: Final = date(1970, 1, 1).toordinal()
_DAY_MS: Final = 86_400_000


class Fact(NamedTuple):
    """One standing fact. Facts of a history compare in its order: by business date, then by ULID."""

    day: int
    """Ordinal of the business date (``date.toordinal``)."""
    id: bytes
    """The 16 bytes of the ULID."""
    volume_ul: int


class Change(NamedTuple):
    """What one event did to one fact, linked to the change before it in the same batch."""

    previous: "Change | None"
    before: Fact | None
    after: Fact | None
    window_sum_ul: int
    window_count: int
    """The window before a fact that came in order; of no meaning for any other change."""


class Rows:
    """Columns of (day, id, value), in ascending order. The value of a fact is its volume, of an index row a page."""

    __slots__ = ("days", "ids", "values")

    def __init__(self, days: "array[int]", ids: bytes, values: "array[int]") -> None:
        self.days = days
        self.ids = ids
        self.values = values

    @staticmethod
    def empty() -> "Rows":
        return Rows(array("i"), b"", array("q"))

    def __len__(self) -> int:
        return len(self.days)

    def __getitem__(self, position: int) -> Fact:
        return Fact(self.days[position], self.id(position), self.values[position])

    def id(self, position: int) -> bytes:
        """Return the id at a position that is not negative."""
        return self.ids[position * ID_BYTES : (position + 1) * ID_BYTES]

    def place(self, fact: Fact) -> int:
        """Return the first position that does not stand before the fact."""
        first = bisect_left(self.days, fact.day)
        last = bisect_right(self.days, fact.day, first)
        return bisect_left(range(last), fact.id, first, last, key=self.id)

    def find(self, fact_id: bytes) -> Fact | None:
        """Return the row with this id, wherever it stands."""
        at = self.ids.find(fact_id)
        while at % ID_BYTES and at > 0:
            at = self.ids.find(fact_id, at + 1)
        return None if at < 0 else self[at // ID_BYTES]

    def part(self, start: int, end: int | None = None) -> "Rows":
        """Return the rows from start up to end."""
        stop = len(self) if end is None else end
        return Rows(self.days[start:stop], self.ids[start * ID_BYTES : stop * ID_BYTES], self.values[start:stop])

    def followed_by(self, fact: Fact) -> "Rows":
        """Return these rows with one behind them."""
        days, values = self.days[:], self.values[:]
        days.append(fact.day)
        values.append(fact.volume_ul)
        return Rows(days, self.ids + fact.id, values)

    def joined(self, later: "Rows") -> "Rows":
        """Return these rows with later ones behind them."""
        return Rows(self.days + later.days, self.ids + later.ids, self.values + later.values)

    def with_(self, fact: Fact) -> "Rows":
        """Return these rows with one more in its place."""
        position = self.place(fact)
        return self.part(0, position).followed_by(fact).joined(self.part(position))

    def without(self, fact: Fact) -> "Rows":
        """Return these rows without the one that stands where the fact does."""
        position = self.place(fact)
        return self.part(0, position).joined(self.part(position + 1))


class FuelHistory(NamedTuple):
    """The standing facts of one key. Every archived fact stands before every hot one."""

    hot: Rows
    window_start: int
    """Where in the hot facts the window that ends with the newest fact begins (it still has that fact in it)."""
    window_sum_ul: int
    """Sum of hot facts from window_start on."""
    highest_id: bytes
    """A higher id was never here."""
    highest_archived_id: bytes
    """A higher id is not in the archive."""
    next_page: int
    """Number of the next page of the archive; 0 while nothing was ever archived."""
    pages: Pages[Rows]
    change: Change | None = None
    """The newest change of the running batch."""
    is_in_order: bool = True
    """Every change of the running batch recorded a fact newer than all others."""

    def find(self, fact_id: bytes) -> Fact | None:
        """Return the standing fact with this id."""
        if fact_id > self.highest_id:
            return None
        found = self.hot.find(fact_id)
        if found is None and fact_id <= self.highest_archived_id:
            return self._find_archived(fact_id)
        return found

    def recorded(self, fact: Fact) -> "FuelHistory":
        """Return this history with a fact that it did not have."""
        hot = self.hot
        count = len(hot)
        if count and (fact.day, fact.id) < (hot.days[-1], hot.ids[-ID_BYTES:]):
            return self._inserted(fact)._changed(None, fact)
        window_sum_ul, start = self.window_sum_ul, self.window_start
        volumes, days, oldest = hot.values, hot.days, fact.day - WINDOW_DAYS
        while start < count and (count - start > WINDOW_FACTS or days[start] < oldest):
            window_sum_ul -= volumes[start]
            start += 1
        highest_id = self.highest_id
        history = FuelHistory(
            hot.followed_by(fact),
            start,
            window_sum_ul + fact.volume_ul,
            fact.id if fact.id > highest_id else highest_id,
            self.highest_archived_id,
            self.next_page,
            self.pages,
            Change(self.change, None, fact, window_sum_ul, count - start),
            self.is_in_order,
        )
        return history if count < HOT_MAX else history._archived()

    def corrected(self, before: Fact, after: Fact) -> "FuelHistory":
        """Return this history with a standing fact replaced; both have one id."""
        return self._removed(before)._inserted(after)._changed(before, after)

    def voided(self, fact: Fact) -> "FuelHistory":
        """Return this history without a standing fact."""
        return self._removed(fact)._changed(fact, None)

    def concluded(self) -> "FuelHistory":
        """Return this history at the end of a batch."""
        return self._replace(change=None, is_in_order=True)

    def changes(self) -> Iterator[Change]:
        """Yield the changes of the running batch, newest first."""
        change = self.change
        while change is not None:
            yield change
            change = change.previous

    def since(self, fact: Fact) -> Iterator[Fact]:
        """Yield the standing facts from this one's place on, oldest first."""
        if not self._is_archived(fact):
            return self._hot_from(self.hot.place(fact))
        index = self._index()
        pages = (self._page(index.values[position]) for position in range(self._page_of(index, fact), len(index)))
        archived = chain.from_iterable(_facts(page, page.place(fact), len(page)) for page in pages)
        return chain(archived, self._hot_from(0))

    def until(self, fact: Fact) -> Iterator[Fact]:
        """Yield the standing facts before this one's place, newest first."""
        yield from _facts_backwards(self.hot, self.hot.place(fact))
        index = self._index()
        last = self._page_of(index, fact)
        for position in range(min(last, len(index) - 1), -1, -1):
            page = self._page(index.values[position])
            yield from _facts_backwards(page, page.place(fact))

    # How facts move between the head and the archive.

    def _is_archived(self, fact: Fact) -> bool:
        return self.next_page > 0 and len(self.hot) > 0 and fact < self.hot[0] and len(self._index()) > 0

    def _inserted(self, fact: Fact) -> "FuelHistory":
        history = self._replace(highest_id=max(self.highest_id, fact.id))
        if history._is_archived(fact):
            return history._archive_with(fact)
        history = history._with_hot(history.hot.with_(fact))
        return history if len(history.hot) <= HOT_MAX else history._archived()

    def _removed(self, fact: Fact) -> "FuelHistory":
        if self._is_archived(fact):
            index = self._index()
            position = self._page_of(index, fact)
            page = self._page(index.values[position]).without(fact)
            return self._with_page(index, position, page)
        return self._with_hot(self.hot.without(fact))._refilled()

    def _with_hot(self, hot: Rows) -> "FuelHistory":
        """Return this history with other hot facts, none of them archived."""
        start = max(len(hot) - WINDOW_FACTS - 1, 0)
        return self._replace(hot=hot, window_start=start, window_sum_ul=sum(hot.values[start:]))

    def _archived(self) -> "FuelHistory":
        """Return this history with all but the newest hot facts moved to the archive."""
        hot = self.hot
        moved = len(hot) - HOT_KEPT
        older = hot.part(0, moved)
        highest = max(self.highest_archived_id, *(older.id(position) for position in range(moved)))
        history = self._replace(
            hot=hot.part(moved), window_start=self.window_start - moved, highest_archived_id=highest
        )
        index = self._index()
        last = len(index) - 1
        if last >= 0:
            page = self._page(index.values[last])
            if len(page) + moved <= PAGE_MAX:
                return history._with_page(index, last, page.joined(older))
        return history._with_new_page(index, older)

    def _refilled(self) -> "FuelHistory":
        """Return this history with enough hot facts to hold the window of whatever comes next."""
        history = self
        while len(history.hot) <= WINDOW_FACTS and history.next_page:
            index = history._index()
            if not index:
                break
            last = len(index) - 1
            page = history._page(index.values[last])
            kept = max(len(page) - (HOT_KEPT - len(history.hot)), 0)
            hot = page.part(kept).joined(history.hot)
            history = history._with_page(index, last, page.part(0, kept))._with_hot(hot)
        return history

    def _archive_with(self, fact: Fact) -> "FuelHistory":
        history = self._replace(highest_archived_id=max(self.highest_archived_id, fact.id))
        index = self._index()
        position = self._page_of(index, fact)
        page = self._page(index.values[position]).with_(fact)
        if len(page) <= PAGE_MAX:
            return history._with_page(index, position, page)
        half = len(page) // 2
        history = history._with_page(index, position, page.part(0, half))
        return history._with_new_page(history._index(), page.part(half))

    def _with_page(self, index: Rows, position: int, page: Rows) -> "FuelHistory":
        """Return this history with one page replaced; an empty page leaves the index."""
        number = index.values[position]
        pages = self.pages.with_(str(number), page)
        if not page or page[0][:2] < index[position][:2]:
            index = index.without(index[position])
            if page:
                index = index.with_(page[0]._replace(volume_ul=number))
            pages = pages.with_(INDEX, index)
        return self._replace(pages=pages)

    def _with_new_page(self, index: Rows, page: Rows) -> "FuelHistory":
        number = self.next_page + 1
        pages = self.pages.with_(str(number), page)
        pages = pages.with_(INDEX, index.with_(page[0]._replace(volume_ul=number)))
        return self._replace(pages=pages, next_page=number)

    # Reading the archive.

    def _index(self) -> Rows:
        return (self.pages[INDEX] if self.next_page else None) or Rows.empty()

    def _page(self, number: int) -> Rows:
        return self.pages[str(number)] or Rows.empty()

    @staticmethod
    def _page_of(index: Rows, fact: Fact) -> int:
        """Return the position in the index of the page that a fact before the hot ones belongs to."""
        position = index.place(fact)
        stands_first = position < len(index) and index[position][:2] == fact[:2]
        return position if stands_first else max(position - 1, 0)

    def _find_archived(self, fact_id: bytes) -> Fact | None:
        """Search the pages, those first whose business dates are as old as the id."""
        index = self._index()
        day = _UNIX_EPOCH + int.from_bytes(fact_id[:6], "big") // _DAY_MS
        likely = self._page_of(index, Fact(day + 2, NO_ID, 0))
        for position in chain(range(min(likely, len(index) - 1), -1, -1), range(likely + 1, len(index))):
            if found := self._page(index.values[position]).find(fact_id):
                return found
        return None

    def _hot_from(self, position: int) -> Iterator[Fact]:
        return _facts(self.hot, position, len(self.hot))

    def _changed(self, before: Fact | None, after: Fact | None) -> "FuelHistory":
        return self._replace(change=Change(self.change, before, after, 0, 0), is_in_order=False)


def new_history(pages: Pages[Rows]) -> FuelHistory:
    """Return the history of a key that nothing was recorded for."""
    return FuelHistory(Rows.empty(), 0, 0, NO_ID, NO_ID, 0, pages)


def _facts(rows: Rows, start: int, end: int) -> Iterator[Fact]:
    return (rows[position] for position in range(start, end))


def _facts_backwards(rows: Rows, end: int) -> Iterator[Fact]:
    return (rows[position] for position in range(end - 1, -1, -1))
