"""Standing facts, and the columns that hold many of them."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

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


def recorded_day(fact_id: bytes) -> int:
    """Return the day (UTC, ``date.toordinal``) on which a fact was recorded, as its ULID says."""
    return _UNIX_EPOCH + int.from_bytes(fact_id[:6], "big") // _DAY_MS


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
