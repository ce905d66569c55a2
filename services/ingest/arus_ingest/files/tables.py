"""A file as tables of raw cells: one for a text file, one per sheet of a workbook."""

import csv
import datetime as dt
import zipfile
import zlib
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from arus_ingest.files import formats, guards, headers, lines, markup, opendocument, slices, texts
from arus_ingest.files.amounts import of_number
from arus_ingest.files.results import Limits, Unreadable

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

Cell = str | float | dt.date | dt.datetime | None
Row = list[Cell]

CHUNK_ROWS: Final = 20_000
MOST_DIGITS: Final = 10**15
"""From here on spreadsheets keep no digits of a number but the first fifteen."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a file. sheet; or encoding and separator of a text file, only the former of a web page."""

    path: Path
    limits: Limits
    sheet: str | None = None
    encoding: str | None = None
    separator: str | None = None

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Return the rows that are not empty with their number in the file, the first is 1."""
        if self.sheet is not None:
            return self._cells(self.sheet)
        return self._lines() if self.separator else self._marked_up()

    def _marked_up(self) -> Iterator[tuple[int, Row]]:
        for number, cells in enumerate(markup.rows(self.path, self.encoding or "utf-8"), 1):
            _bounded(number, len(cells), self.limits)
            if any(cells):
                yield number, cast("Row", cells)

    def _lines(self) -> Iterator[tuple[int, Row]]:
        with self.path.open(encoding=self.encoding, errors="replace", newline="") as file:
            clean = (line.replace("\x00", "") if "\x00" in line else line for line in file)
            try:
                for number, cells in lines.rows(clean, self.separator or ","):
                    if any(cells):
                        _bounded(number, len(cells), self.limits)
                        yield number, cast("Row", cells)
            except csv.Error:
                raise Unreadable("file_cell_too_long", bound=csv.field_size_limit()) from None

    def _cells(self, sheet: str) -> Iterator[tuple[int, Row]]:
        stands = _stands(self.path)
        at = _opened(*stands).sheet_names.index(sheet)
        with _sound():
            widths = formats.digits(self.path, at)
            if _is_whole(*stands, at):
                rows = _rows(_small(*stands, at), 0, self.limits)
            else:
                pieces = slices.workbooks(self.path, at)
                rows = (
                    row
                    for before, piece in pieces
                    for row in _rows(_workbook(piece).get_sheet_by_name(sheet), before, self.limits)
                )
            yield from _padded(rows, widths) if widths else rows


def _padded(rows: Iterable[tuple[int, Row]], widths: Mapping[int, int]) -> Iterator[tuple[int, Row]]:
    """Yield rows with the zeros that a format shows in front of whole numbers; widths: digits by column."""
    for number, cells in rows:
        for place, width in widths.items():
            cell = cells[place] if place < len(cells) else None
            if isinstance(cell, (int, float)) and 0 <= cell < MOST_DIGITS and cell == int(cell):
                cells[place] = of_number(cell).zfill(width)
        yield number, cells


def _rows(sheet: "CalamineSheet", before: int, limits: Limits) -> Iterator[tuple[int, Row]]:
    """Yield a sheet's rows that are not empty, from its first column on; before: rows of earlier slices."""
    if sheet.start is None or sheet.end is None:
        return
    first, left = sheet.start
    _bounded(sheet.end[0] + 1 + before, sheet.end[1] + 1, limits)
    margin: Row = [None] * left
    with _sound():
        rows = sheet.to_python(skip_empty_area=True)
    for number, cells in enumerate(rows, before + first + 1):
        if any(cell != "" for cell in cells):
            yield number, [*margin, *map(_cell, cells)]


def chunks(rows: Iterable[tuple[int, Row]], size: int = CHUNK_ROWS) -> Iterator[list[tuple[int, Row]]]:
    """Yield rows so many at a time."""
    one_by_one = iter(rows)
    while chunk := list(islice(one_by_one, size)):
        yield chunk


def tables(path: Path, limits: Limits) -> list[Table]:
    """Return the tables of a file. Raises Unreadable when it cannot be read."""
    kind = guards.look(path, limits)
    if kind == "page":
        return [Table(path, limits, encoding=markup.charset_of(path))]
    if kind == "text":
        encoding = texts.encoding_of(path)
        return [Table(path, limits, None, encoding, texts.separator_of(path, encoding, headers.named))]
    names = _sheets(path)
    if len(names) > limits.sheets:
        raise Unreadable("file_too_many_sheets", value=len(names), bound=limits.sheets)
    return [Table(path, limits, name) for name in names]


def shown(cell: Cell) -> str:
    """Return a cell as a person saw it in the file, as near as can be."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, (int, float)):
        return of_number(float(cell))
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ")
    return cell.isoformat()


def _sheets(path: Path) -> list[str]:
    from python_calamine import SheetTypeEnum  # noqa: PLC0415 - slow to import

    metadata = _opened(*_stands(path)).sheets_metadata
    return [one.name for one in metadata if one.typ == SheetTypeEnum.WorkSheet]


def _stands(path: Path) -> tuple[Path, int]:
    """Return a file as it now is."""
    return path, path.stat().st_mtime_ns


@lru_cache(maxsize=8)
def _is_whole(path: Path, _changed_at_ns: int, sheet: int) -> bool:
    return slices.is_whole(path, sheet)


# What was looked over is read right after: the last workbook stays open, its last sheet parsed.
@lru_cache(maxsize=1)
def _opened(path: Path, _changed_at_ns: int) -> "CalamineWorkbook":
    return _workbook(path)


@lru_cache(maxsize=1)
def _small(path: Path, changed_at_ns: int, sheet: int) -> "CalamineSheet":
    return _opened(path, changed_at_ns).get_sheet_by_index(sheet)


def _workbook(source: Path | BytesIO) -> "CalamineWorkbook":
    import python_calamine as calamine  # noqa: PLC0415 - slow to import

    with _sound():
        if isinstance(source, Path) and (told := opendocument.told(source)):
            source = told
        elif isinstance(source, Path) and guards.misnamed(source):
            # The library opens a path by its ending, bytes by what they are.
            source = BytesIO(source.read_bytes())
        return calamine.load_workbook(source)  # pyright: ignore[reportUnknownMemberType] -- any path


@contextmanager
def _sound() -> Generator[None]:
    """Say that a workbook is damaged or locked where the library that reads it gives up."""
    import python_calamine as calamine  # noqa: PLC0415 - slow to import

    try:
        yield
    except calamine.PasswordError:
        raise Unreadable("file_password") from None
    except (calamine.CalamineError, zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError):
        raise Unreadable("file_damaged") from None
    except BaseException as fault:
        if type(fault).__name__ == "PanicException":  # of Rust; no Exception, so nobody else would catch it
            raise Unreadable("file_damaged") from None
        raise


def _cell(cell: Any) -> Cell:
    if isinstance(cell, (str, float)):  # nearly all
        return None if cell == "" else cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    return str(cell) if isinstance(cell, (dt.time, dt.timedelta)) else cell


def _bounded(rows: int, columns: int, limits: Limits) -> None:
    if rows > limits.rows:
        raise Unreadable("file_too_many_rows", bound=f"{limits.rows:,}")
    if columns > limits.columns:
        raise Unreadable("file_too_many_columns", value=columns, bound=limits.columns)
