"""What we remember about one location and product: every standing fact, oldest first.

The newest facts are *hot*: they lie in the head of the state, with the sum of the window that ends them, so
that a fact that comes in order costs the same whatever lies behind it. Older facts lie in the *archive*:
pages of at most 64 facts, read only when a late, corrected or voided fact needs them, and one page of
contents that says where each begins.

A history is a value: what changes it returns a new one. Within a batch it also carries what the batch has
changed, so that the batch's conclusion judges each fact once.
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
# 28 bytes a fact: heads and pages fit a PostgreSQL row as they are; past 2 kB they would be compressed.
HOT_MAX: Final = 56
PAGE_MAX: Final = 64
CONTENTS: Final = "contents"

ID_BYTES: Final = 16
NO_ID: Final = bytes(ID_BYTES)
_UNIX_EPOCH: Final = date(1970, 1, 1).toordinal()
_DAY_MS: Final = 86_400_000
_new: Final = tuple[object, ...].__new__  # a NamedTuple's own constructor costs twice as much


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


class Window(NamedTuple):
    """What a fact is judged against: its baseline is sum_ul / size, exactly."""

    sum_ul: int
    size: int


class Rows:
    """Columns of (day, id, value), ascending. The value of a fact is its volume, in the contents a page.

    A row behind all others is written behind the columns as they lie, which old and new rows then share: each
    looks no further than its own count, so that neither is changed by the other.
    """

    __slots__ = ("count", "days", "ids", "values")

    def __init__(self, days: "array[int]", ids: bytearray, values: "array[int]", count: int) -> None:
        self.days = days
        self.ids = ids
        self.values = values
        self.count = count

    @staticmethod
    def empty() -> "Rows":
        return Rows(array("i"), bytearray(), array("q"), 0)

    def columns(self) -> "tuple[array[int], bytearray, array[int]]":
        """Return days, ids and values, not to be changed."""
        return (
            (self.days, self.ids, self.values)
            if self.count == len(self.days)
            else (self.days[: self.count], self.ids[: self.count * ID_BYTES], self.values[: self.count])
        )

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, position: int) -> Fact:
        return Fact(self.day(position), self.id(position), self.value(position))

    def day(self, position: int) -> int:
        """Return the day at a position that is not negative."""
        return self.days[position]

    def id(self, position: int) -> bytes:
        """Return the id at a position that is not negative."""
        return bytes(self.ids[position * ID_BYTES : (position + 1) * ID_BYTES])

    def value(self, position: int) -> int:
        """Return the value at a position that is not negative."""
        return self.values[position]

    def sum(self, start: int) -> int:
        """Return the sum of the values from start on."""
        return sum(self.values[start : self.count])

    def place(self, fact: Fact) -> int:
        """Return the first position that does not stand before the fact."""
        first = bisect_left(self.days, fact.day, 0, self.count)
        last = bisect_right(self.days, fact.day, first, self.count)
        return bisect_left(range(last), fact.id, first, last, key=self.id)

    def find(self, fact_id: bytes) -> Fact | None:
        """Return the row with this id, wherever it stands."""
        end = self.count * ID_BYTES
        at = self.ids.find(fact_id, 0, end)
        while at % ID_BYTES and at > 0:
            at = self.ids.find(fact_id, at + 1, end)
        return None if at < 0 else self[at // ID_BYTES]

    def between(self, start: int, end: int) -> Iterator[Fact]:
        """Yield the rows from start up to end."""
        return (self[position] for position in range(start, end))

    def backwards(self, end: int) -> Iterator[Fact]:
        """Yield the rows before end, the last one first."""
        return (self[position] for position in range(end - 1, -1, -1))

    def part(self, start: int, end: int | None = None) -> "Rows":
        """Return the rows from start up to end."""
        stop = self.count if end is None else end
        days = self.days[start:stop]
        ids = self.ids[start * ID_BYTES : stop * ID_BYTES]
        return Rows(days, ids, self.values[start:stop], len(days))

    def followed_by(self, fact: Fact) -> "Rows":
        """Return these rows with one behind them."""
        days, ids, values, count = self.days, self.ids, self.values, self.count
        if count < len(days):  # another row was written behind ours
            days, ids, values = days[:count], ids[: count * ID_BYTES], values[:count]
        days.append(fact[0])
        ids += fact[1]
        values.append(fact[2])
        return Rows(days, ids, values, count + 1)

    def joined(self, later: "Rows") -> "Rows":
        """Return these rows with later ones behind them."""
        (days, ids, values), (later_days, later_ids, later_values) = self.columns(), later.columns()
        return Rows(days + later_days, ids + later_ids, values + later_values, self.count + later.count)

    def with_(self, fact: Fact) -> "Rows":
        """Return these rows with one more in its place."""
        position = self.place(fact)
        return self.part(0, position).followed_by(fact).joined(self.part(position))

    def without(self, fact: Fact) -> "Rows":
        """Return these rows without the one that stands where the fact does."""
        position = self.place(fact)
        return self.part(0, position).joined(self.part(position + 1))


class Archive(NamedTuple):
    """Facts older than the hot ones, in pages that are loaded when they are asked for.

    The contents hold one row per page: a bound that no fact of the page stands before, and its number.
    """

    pages: Pages[Rows]
    last_number: int = 0
    """The highest page number given so far; 0: nothing was ever archived."""
    highest_id: bytes = NO_ID
    """A higher id is not here."""
    held_contents: Rows | None = None
    held_page: tuple[int, Rows] | None = None
    """Contents and newest page as last written, so that moving facts here reads nothing."""

    def contents(self) -> Rows:
        """Return where each page begins."""
        if self.held_contents is not None:
            return self.held_contents
        return (self.pages[CONTENTS] if self.last_number else None) or Rows.empty()

    def page(self, number: int) -> Rows:
        """Return one page."""
        if self.held_page is not None and self.held_page[0] == number:
            return self.held_page[1]
        return self.pages[str(number)] or Rows.empty()

    def find(self, fact_id: bytes) -> Fact | None:
        """Return the fact with this id; pages whose dates are near the id's own time are searched first."""
        if fact_id > self.highest_id:
            return None
        contents = self.contents()
        day = _UNIX_EPOCH + int.from_bytes(fact_id[:6], "big") // _DAY_MS
        likely = _page_of(contents, Fact(day + 2, NO_ID, 0))
        for position in chain(
            range(min(likely, len(contents) - 1), -1, -1), range(likely + 1, len(contents))
        ):
            if found := self.page(contents.value(position)).find(fact_id):
                return found
        return None

    def since(self, fact: Fact) -> Iterator[Fact]:
        """Yield the facts from this one's place on, oldest first."""
        contents = self.contents()
        for position in range(_page_of(contents, fact), len(contents)):
            page = self.page(contents.value(position))
            yield from page.between(page.place(fact), len(page))

    def until(self, fact: Fact) -> Iterator[Fact]:
        """Yield the facts before this one's place, newest first."""
        contents = self.contents()
        for position in range(min(_page_of(contents, fact), len(contents) - 1), -1, -1):
            page = self.page(contents.value(position))
            yield from page.backwards(page.place(fact))

    def with_(self, fact: Fact) -> "Archive":
        """Return this archive with a fact that stands before all hot ones; it must not be empty."""
        contents = self.contents()
        position = _page_of(contents, fact)
        page = self.page(contents.value(position)).with_(fact)
        half = len(page) if len(page) <= PAGE_MAX else len(page) // 2
        archive = self.replaced(position, page.part(0, half)).added(page.part(half))
        return archive._replace(highest_id=max(self.highest_id, fact.id))

    def without(self, fact: Fact) -> "Archive":
        """Return this archive without a fact that it has."""
        contents = self.contents()
        position = _page_of(contents, fact)
        return self.replaced(position, self.page(contents.value(position)).without(fact))

    def followed_by(self, rows: Rows) -> "Archive":
        """Return this archive with rows behind all others."""
        contents = self.contents()
        last = len(contents) - 1
        page = self.page(contents.value(last)) if contents else Rows.empty()
        highest_id = max(self.highest_id, *(rows.id(position) for position in range(len(rows))))
        fits = contents and len(page) + len(rows) <= PAGE_MAX
        archive = self.replaced(last, page.joined(rows)) if fits else self.added(rows)
        return archive._replace(highest_id=highest_id)

    def cut(self, count: int) -> tuple["Archive", Rows]:
        """Return this archive without its newest rows, and these: as many as asked for, or the last page."""
        contents = self.contents()
        if not contents:
            return self, contents
        last = len(contents) - 1
        page = self.page(contents.value(last))
        kept = max(len(page) - count, 0)
        return self.replaced(last, page.part(0, kept)), page.part(kept)

    def replaced(self, position: int, page: Rows) -> "Archive":
        """Return this archive with the page at a position replaced; an empty page leaves the contents."""
        contents = self.contents()
        bound = contents[position]
        number = bound.volume_ul
        if not page or page[0][:2] < bound[:2]:
            contents = contents.without(bound)
            if page:
                contents = contents.with_(page[0]._replace(volume_ul=number))
            return _with_page(self, number, page, contents)
        return _with_page(self, number, page)

    def added(self, page: Rows) -> "Archive":
        """Return this archive with one more page; an empty page adds nothing."""
        if not page:
            return self
        number = self.last_number + 1
        contents = self.contents().with_(page[0]._replace(volume_ul=number))
        return _with_page(self._replace(last_number=number), number, page, contents)


class FuelHistory(NamedTuple):
    """The standing facts of one key. Every archived fact stands before every hot one."""

    hot: Rows
    window_sum_ul: int
    """Sum of the hot facts from window_start on."""
    window_start: int
    """Where in the hot facts the window begins that ends with the newest one, that one included."""
    highest_id: bytes
    """A higher id was never here."""
    archive: Archive
    change: Change | None = None
    """The newest change of the running batch that is to be concluded with it."""

    def find(self, fact_id: bytes) -> Fact | None:
        """Return the standing fact with this id."""
        if fact_id > self.highest_id:
            return None
        return self.hot.find(fact_id) or self.archive.find(fact_id)

    def followed_by(self, fact: Fact) -> "tuple[FuelHistory, Window] | None":
        """Return this history with a fact newer than all others, and the window before it.

        None when the fact is not the newest, or the batch has changes that are to be concluded with it.
        """
        hot, window_sum_ul, start, highest_id, archive, change = self
        day, fact_id, volume_ul = fact
        count, days, oldest = hot.count, hot.days, day - WINDOW_DAYS
        if change is not None or (count and day <= days[count - 1] and fact[:2] < hot[count - 1][:2]):
            return None
        while start < count and (count - start > WINDOW_FACTS or days[start] < oldest):
            window_sum_ul -= hot.values[start]
            start += 1
        window = _new(Window, (window_sum_ul, count - start))
        window_sum_ul += volume_ul
        highest_id = max(highest_id, fact_id)
        hot = hot.followed_by(fact)
        history = _new(FuelHistory, (hot, window_sum_ul, start, highest_id, archive, None))
        return history if count < HOT_MAX else _archived(history), window

    def behind_newest(self, count: int) -> "tuple[array[int], array[int]]":
        """Return days and volumes of the count facts before the newest one: at most those of a window."""
        hot = self.hot
        newest = hot.count - 1
        return hot.days[newest - count : newest], hot.values[newest - count : newest]

    def recorded(self, fact: Fact) -> "FuelHistory":
        """Return this history with a fact that it did not have."""
        return _changed(_inserted(self, fact), None, fact)

    def corrected(self, before: Fact, after: Fact) -> "FuelHistory":
        """Return this history with a standing fact replaced; both have one id."""
        return _changed(_inserted(_removed(self, before), after), before, after)

    def voided(self, fact: Fact) -> "FuelHistory":
        """Return this history without a standing fact."""
        return _changed(_removed(self, fact), fact, None)

    def concluded(self) -> "FuelHistory":
        """Return this history at the end of a batch."""
        return self._replace(change=None)

    def with_pages(self, pages: Pages[Rows]) -> "FuelHistory":
        """Return this history with its archive in other pages."""
        return self._replace(archive=self.archive._replace(pages=pages))

    def changes(self) -> Iterator[Change]:
        """Yield the changes of the running batch, newest first."""
        change = self.change
        while change is not None:
            yield change
            change = change.previous

    def since(self, fact: Fact) -> Iterator[Fact]:
        """Yield the standing facts from this one's place on, oldest first."""
        place = self.hot.place(fact)
        hot = self.hot.between(place, len(self.hot))
        return hot if place else chain(self.archive.since(fact), hot)

    def until(self, fact: Fact) -> Iterator[Fact]:
        """Yield the standing facts before this one's place, newest first."""
        return chain(self.hot.backwards(self.hot.place(fact)), self.archive.until(fact))

    def has_archived(self, fact: Fact) -> bool:
        """Say whether the archive is where a fact of this day and id stands, or would."""
        older = len(self.hot) > 0 and fact < self.hot[0]
        return older and len(self.archive.contents()) > 0


def new_history(pages: Pages[Rows]) -> FuelHistory:
    """Return the history of a key that nothing was recorded for."""
    return FuelHistory(Rows.empty(), 0, 0, NO_ID, Archive(pages))


def _inserted(history: FuelHistory, fact: Fact) -> FuelHistory:
    history = history._replace(highest_id=max(history.highest_id, fact.id))
    if history.has_archived(fact):
        return history._replace(archive=history.archive.with_(fact))
    history = _with_hot(history, history.hot.with_(fact))
    return history if len(history.hot) <= HOT_MAX else _archived(history)


def _removed(history: FuelHistory, fact: Fact) -> FuelHistory:
    if history.has_archived(fact):
        return history._replace(archive=history.archive.without(fact))
    history = _with_hot(history, history.hot.without(fact))
    # The hot facts must hold the window of whatever comes next.
    while len(history.hot) <= WINDOW_FACTS:
        archive, newest = history.archive.cut(HOT_KEPT - len(history.hot))
        if not newest:
            break
        history = _with_hot(history._replace(archive=archive), newest.joined(history.hot))
    return history


def _archived(history: FuelHistory) -> FuelHistory:
    """Move all but the newest hot facts to the archive."""
    hot = history.hot
    moved = len(hot) - HOT_KEPT
    return history._replace(
        hot=hot.part(moved),
        window_start=history.window_start - moved,
        archive=history.archive.followed_by(hot.part(0, moved)),
    )


def _with_hot(history: FuelHistory, hot: Rows) -> FuelHistory:
    start = max(len(hot) - WINDOW_FACTS, 0)
    return history._replace(hot=hot, window_start=start, window_sum_ul=hot.sum(start))


def _changed(history: FuelHistory, before: Fact | None, after: Fact | None) -> FuelHistory:
    return history._replace(change=Change(history.change, before, after))


def _with_page(archive: Archive, number: int, page: Rows, contents: Rows | None = None) -> Archive:
    """Return the archive with a page written, and with other contents where they are given."""
    pages = archive.pages.with_(str(number), page)
    if contents is None:
        contents = archive.contents()
    else:
        pages = pages.with_(CONTENTS, contents)
    is_newest = len(contents) > 0 and contents.value(len(contents) - 1) == number
    return archive._replace(
        pages=pages, held_contents=contents, held_page=(number, page) if is_newest else archive.held_page
    )


def _page_of(contents: Rows, fact: Fact) -> int:
    """Return which page an archived fact belongs to, as a position in the contents."""
    position = contents.place(fact)
    is_first_of_page = position < len(contents) and contents[position][:2] == fact[:2]
    return position if is_first_of_page else max(position - 1, 0)
