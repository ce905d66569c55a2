"""Rows of cells from lines of text; a quotation mark that nothing closes swallows no other line."""

import csv
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

_QUOTE: Final = '"'
LEAST_ROWS: Final = 3
"""How many rows of a width make it a usual one."""


def rows(lines: Iterable[str], separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the number of its last line, the first is 1; raises csv.Error for a huge cell."""
    lines = iter(lines)
    back: deque[str] = deque()
    taken: list[str] = []
    widths: Counter[int] = Counter()
    number = 0
    while True:
        try:
            for cells in csv.reader(_noted(lines, back, taken), delimiter=separator):
                if (len(taken) > 1 or (cells and separator in cells[-1])) and _is_stray(
                    taken, len(cells), separator, widths
                ):
                    break
                number += len(taken)
                taken.clear()
                widths[len(cells)] += 1
                yield number, cells
            else:
                return
        except csv.Error:
            if len(taken) == 1:
                raise
        number += 1
        yield number, _as_they_are(taken[0], separator)
        back.extendleft(reversed(taken[1:]))
        taken.clear()


def _noted(lines: Iterator[str], back: deque[str], taken: list[str]) -> Iterator[str]:
    """Yield the lines that were given back and then the others, and note each."""
    while back:
        taken.append(back.popleft())
        yield taken[-1]
    for line in lines:
        taken.append(line)
        yield line


def _is_stray(taken: Sequence[str], cells: int, separator: str, widths: Counter[int]) -> bool:
    """Tell whether lines that quotation marks made one row are rows of their own: as wide as usual each.

    A cell of several lines that is quoted well leaves its first line too short, or the row as it should be.
    Before a width is usual, a row of the first line's width has no further line as wide as that.
    """
    usual = max((width for width in widths if width > 1), key=widths.__getitem__, default=0)
    first, *others = (line.count(separator) + 1 for line in taken)
    if not usual or first < usual:
        return False
    if not _is_closed(taken, separator):
        return True
    if widths[usual] < LEAST_ROWS:
        return bool(others) and cells <= first <= max(others)
    return bool(others) and (cells != usual or max(others) >= usual)


def _is_closed(taken: Sequence[str], separator: str) -> bool:
    try:
        return len(list(csv.reader(taken, delimiter=separator, strict=True))) == 1
    except csv.Error:
        return False


def _as_they_are(line: str, separator: str) -> list[str]:
    """Return the cells of a line by its separators alone."""
    cells = line.rstrip("\r\n").split(separator)
    return [
        cell[1:-1].replace(_QUOTE * 2, _QUOTE) if len(cell) > 1 and cell[0] == cell[-1] == _QUOTE else cell
        for cell in cells
    ]
