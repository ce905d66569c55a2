"""Where a table says beside its header in what its numbers are counted: below it, in a column, in a note."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from arus_ingest.files import bodies, units
from arus_ingest.files.columns import Header
from arus_ingest.files.declared import FileType
from arus_ingest.files.tables import Row, shown

FOOT_ROWS: Final = 20
MOST_CELLS: Final = 3
"""Of a note: rows of more are read as facts."""


def with_units(header: Header, head: Sequence[tuple[int, Row]]) -> Header:
    """Return a header with the units that the line below it says, each behind its column's name.

    head: the first rows of the sheet. Such a line holds units alone, and what else stands in brackets.
    """
    if header.lines_above >= len(head):
        return header
    number, cells = head[header.lines_above]
    said = [shown(cell).strip() for cell in cells[: len(header.texts)]]
    full = [text for text in said if text]
    if not any(map(units.is_unit, full)) or not all(text[0] in "([" or units.is_unit(text) for text in full):
        return header
    said += [""] * (len(header.texts) - len(said))
    texts, own = (
        tuple(
            f"{name} {units.in_brackets(unit)}" if name and unit else name
            for name, unit in zip(names, said, strict=True)
        )
        for names in (header.texts, header.own)
    )
    return replace(header, texts=texts, own=own, row=number, lines_above=header.lines_above + 1)


@dataclass(slots=True)
class Units:
    """A column that says row by row in what unit volumes are, and what it says."""

    at: int
    said: set[str] = field(default_factory=set[str])

    @classmethod
    def of(cls, kind: FileType, below: Sequence[Row], places: Mapping[str, int]) -> "Units | None":
        """Return the column of units that a table has, None where it has none."""
        if not any(one in kind.fields and units.is_volume(kind.fields[one].unit) for one in places):
            return None
        for place in range(max(map(len, below), default=0)):
            full = [text for cells in below if place < len(cells) and (text := shown(cells[place]).strip())]
            if place not in places.values() and sum(map(units.is_unit, full)) > len(full) / 2:
                return cls(place)
        return None

    def look(self, facts: Sequence[Row]) -> None:
        """Look at a chunk of facts."""
        self.said.update(shown(cells[self.at]).strip() for cells in facts if self.at < len(cells))

    def are_others(
        self, kind: FileType, header: Sequence[str], places: Mapping[str, int], powers: Mapping[str, int]
    ) -> bool:
        """Tell whether any differs from what a volume's column is taken for. powers: of columns, by field."""
        return any(
            units.of_row(unit, header[place], kind.fields[one].unit) != powers.get(one, 0)
            for one, place in places.items()
            if one in kind.fields and units.is_volume(kind.fields[one].unit)
            for unit in self.said
            if unit
        )


@dataclass(frozen=True, slots=True)
class Foot:
    """The last rows of those that pass."""

    rows: deque[tuple[int, Row]] = field(default_factory=lambda: deque(maxlen=FOOT_ROWS))

    def passing(self, rows: Iterable[tuple[int, Row]]) -> Iterator[tuple[int, Row]]:
        """Yield rows one by one."""
        for row in rows:
            self.rows.append(row)
            yield row


def notes(body: bodies.Body, rows: Sequence[tuple[int, Row]]) -> list[str]:
    """Return those of the rows below a header that say in what amounts are counted, and are no facts.

    rows: the first ones of the sheet, and the last ones up to where the table ends.
    """
    until = rows[-1][0] if rows else 0
    few = [
        (" ".join(map(shown, cells)), cells)
        for number, cells in rows
        if body.row < number <= until and sum(cell not in {None, ""} for cell in cells) <= MOST_CELLS
    ]
    return [
        text
        for text, cells in few
        if units.of_titles([text]) and not bodies.is_fact(cells, body.key, body.header)
    ]
