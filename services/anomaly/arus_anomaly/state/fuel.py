"""The history of one location and product: hot facts, their window, and the archive behind them."""

from array import array
from collections.abc import Iterator
from itertools import chain
from typing import Final, NamedTuple

from arus_runtime.tuples import new
from arus_runtime.worker import Pages

from arus_anomaly.state.archive import Archive
from arus_anomaly.state.rows import NO_ID, Fact, Rows

WINDOW_FACTS: Final = 30
"""A baseline looks back at most this many facts (R-13)."""
WINDOW_DAYS: Final = 180
"""A baseline looks back at most this many days (R-13)."""

HOT_KEPT: Final = 40
HOT_MAX: Final = 56
"""28 bytes a fact: a head fits a PostgreSQL row as it is; past 2 kB it would be compressed."""


class Change(NamedTuple):
    """What one event did to one fact, linked to the change before it in the same batch."""

    previous: "Change | None"
    before: Fact | None
    after: Fact | None


class Window(NamedTuple):
    """What a fact is judged against: its baseline is sum_ul / size, exactly."""

    sum_ul: int
    size: int


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
        window = new(Window, (window_sum_ul, count - start))
        window_sum_ul += volume_ul
        highest_id = max(highest_id, fact_id)
        hot = hot.followed_by(fact)
        history = new(FuelHistory, (hot, window_sum_ul, start, highest_id, archive, None))
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
