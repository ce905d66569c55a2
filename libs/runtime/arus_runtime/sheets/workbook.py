"""XLSX: dates are dates and numbers are numbers, a frozen and filterable head, rows written as they come."""

from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from arus_runtime.sheets.port import File, Kind, Row, Sheet, guarded
from arus_runtime.words import Language

# Excel shows the separators of the reader's own settings; the format says where they belong.
_FORMATS: Final[Mapping[Kind, str]] = {
    "text": "@",
    "date": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm",
    "count": "#,##0",
    "litres": "#,##0.######",
    "percent": "0.00",
    "rupiah": "#,##0.00",
}
_FIRST_YEAR: Final = 1900
"""Workbooks know no date before; it is written as text."""
_MOST_WIDE: Final = 60
ABOUT: Final[Mapping[Language, str]] = {"id": "Tentang", "en": "About"}
_FORBIDDEN: Final = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


@contextmanager
def open_xlsx(path: Path, sheet: Sheet) -> Generator[File]:
    """Give a workbook to write into: the table first, what it is of on a sheet of its own."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        file = _Xlsx(book, sheet)
        yield file
        file.close()


class _Xlsx:
    def __init__(self, book: Any, sheet: Sheet) -> None:
        self._sheet = sheet
        self._book = book
        self._page = book.add_worksheet(sheet.title.translate(_FORBIDDEN)[:31])
        self._quoted = book.add_format({"num_format": "@", "quote_prefix": True})
        self._formats = [book.add_format({"num_format": _FORMATS[column.kind]}) for column in sheet.columns]
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        for at, column in enumerate(sheet.columns):
            self._page.set_column(at, at, min(column.width, _MOST_WIDE))
            self._page.write_string(0, at, column.name, head)
        self._page.freeze_panes(1, 0)
        self._row = 1

    def add(self, rows: Iterable[Row]) -> None:
        for row in rows:
            for at, value in enumerate(row):
                if value is not None:
                    self._write(at, value)
            self._row += 1

    def _write(self, at: int, value: str | date | datetime | Decimal | int) -> None:
        page, shown = self._page, self._formats[at]
        match value:
            case str():
                # A text cell is never run; the quote keeps it so when somebody edits it.
                page.write_string(self._row, at, value, self._quoted if guarded(value) != value else shown)
            case date() if value.year < _FIRST_YEAR:
                page.write_string(self._row, at, value.isoformat(), shown)
            case date():
                page.write_datetime(self._row, at, value, shown)
            case _:
                page.write_number(self._row, at, value, shown)

    def close(self) -> None:
        self._page.autofilter(0, 0, max(self._row - 1, 1), len(self._sheet.columns) - 1)
        about = self._book.add_worksheet(ABOUT[self._sheet.language])
        about.set_column(0, 0, _MOST_WIDE)
        for at, line in enumerate((self._sheet.title, *self._sheet.about)):
            about.write_string(at, 0, line)
