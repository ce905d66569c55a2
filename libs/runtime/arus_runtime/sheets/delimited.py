"""CSV as the spreadsheets of a language read it.

Indonesian: semicolons and decimal commas; English: commas and decimal points. Dates are ISO 8601, numbers
have no thousands separators, lines end in CRLF (RFC 4180). A line of names comes first and nothing before it.
"""

import csv
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from arus_runtime.sheets.port import File, Row, Sheet, guarded


@contextmanager
def open_csv(path: Path, sheet: Sheet) -> Generator[File]:
    """Give a CSV file to write into."""
    encoding = "utf-8-sig" if sheet.byte_order_mark else "utf-8"
    with path.open("w", encoding=encoding, newline="") as out:
        file = _Csv(csv.writer(out, delimiter="," if sheet.language == "en" else ";"), sheet)
        file.add([[column.name for column in sheet.columns]])
        yield file


class _Writer(Protocol):
    def writerows(self, rows: Iterable[Iterable[str]], /) -> None: ...


class _Csv:
    def __init__(self, writer: _Writer, sheet: Sheet) -> None:
        self._writer = writer
        self._comma = sheet.language != "en"

    def add(self, rows: Iterable[Row]) -> None:
        self._writer.writerows([self._cell(value) for value in row] for row in rows)

    def _cell(self, value: object) -> str:
        match value:
            case None:
                return ""
            case str():
                return guarded(value)
            case datetime():
                return value.isoformat(" ", "seconds")
            case Decimal():
                text = f"{value:f}"
                return text.replace(".", ",") if self._comma else text
            case _:
                return str(value)
