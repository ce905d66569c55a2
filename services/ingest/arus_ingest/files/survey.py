"""What is seen of every fact of a table: how its columns write numbers and days, and how its keys look."""

from collections import Counter
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from typing import Final

from arus_ingest.files import amounts, bodies, columns, counted, dates, signs
from arus_ingest.files.declared import NUMERIC, FileType
from arus_ingest.files.periods import Months
from arus_ingest.files.tables import Row, chunks

LEAST_PADDED: Final = 0.1
"""The share of keys with noughts before them above which shorter ones may have lost theirs."""
Shape = tuple[int, bool]
"""How a key looks: how long it is, and whether it is letters and digits alone."""


@dataclass(slots=True)
class Column:
    """What was seen of one column in the whole file."""

    numbers: amounts.Shapes = field(default_factory=amounts.Shapes)
    days: dates.DateShapes = field(default_factory=dates.DateShapes)
    months: Months = field(default_factory=Months)

    def look(self, kind: str, cells: Sequence[object]) -> None:
        """Look at a chunk of cells; kind: of the field that the column is read as."""
        if kind in NUMERIC:
            self.numbers.count(cells)
        elif kind == "date":
            self.days.count(_stripped(cells))
        elif kind == "period":
            self.months.count(_stripped(cells))


@dataclass(slots=True)
class Survey:
    """What was seen of a table.

    columns: by field. count: of facts. padded, bare: how long keys of digits are that begin with a nought,
    and those that do not. other: what the header says that ends them.
    """

    columns: dict[str, Column]
    count: int = 0
    keys: set[Shape] = field(default_factory=set[Shape])
    padded: Counter[int] = field(default_factory=Counter[int])
    bare: Counter[int] = field(default_factory=Counter[int])
    other: list[str] = field(default_factory=list[str])

    @property
    def width(self) -> int | None:
        """Return how long keys are where some begin with noughts, and shorter ones may have lost theirs."""
        if len(self.padded) != 1 or not self.bare:
            return None
        ((width, number),) = self.padded.items()
        if number < LEAST_PADDED * (number + self.bare.total()):
            return None
        return width if min(self.bare) < width and max(self.bare) <= width else None


def survey(
    body: bodies.Body,
    rows: Iterable[tuple[int, Row]],
    kind: FileType,
    places: AnyMapping[str, int],
    beside: Sequence[counted.Units | signs.Signs],
) -> Survey:
    """Look at every fact once. beside: look at them, too."""
    seen = Survey({name: Column() for name in places})
    for chunk in chunks(body.facts(rows, seen.other)):
        facts = [cells for _, cells in chunk]
        seen.count += len(facts)
        keys = [*map(body.key_of, facts)]
        seen.keys.update((len(one), one.isalnum()) for one in keys)
        seen.padded.update(len(one) for one in keys if one[:1] == "0" and one.isdigit() and one.strip("0"))
        seen.bare.update(len(one) for one in keys if one[:1] != "0" and one.isdigit())
        for name, place in places.items():
            cells = [one[place] if place < len(one) else None for one in facts]
            seen.columns[name].look(columns.kind_of(kind, name), cells)
        for one in beside:
            one.look(facts)
        if columns.period_parts(places):
            months = (columns.joined_period(cells, places) for cells in facts)
            seen.columns.setdefault("period", Column()).months.count(months)
    return seen


def _stripped(cells: Iterable[object]) -> list[object]:
    return [cell.strip() if isinstance(cell, str) else cell for cell in cells]
