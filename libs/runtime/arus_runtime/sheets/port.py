"""What a table is, whatever file it becomes."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final, Literal, Protocol

from arus_runtime.words import Language

Format = Literal["csv", "xlsx", "pdf"]
Kind = Literal["text", "date", "moment", "count", "litres", "percent", "rupiah"]
"""What a column holds: moments are local times without a zone, percent is 173.3 for 173.3 %."""
Row = Sequence[str | date | datetime | Decimal | int | None]


@dataclass(frozen=True, slots=True)
class Column:
    """A column. width: in characters of usual text, also its share of a PDF's page."""

    name: str
    kind: Kind = "text"
    width: int = 14


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table without its rows. about: what it is of (filters, who made it when), a line each."""

    title: str
    about: Sequence[str]
    columns: Sequence[Column]
    language: Language
    byte_order_mark: bool = True
    """Of a CSV file: Excel reads UTF-8 only when the file says so; other programs may stumble over it."""


class File(Protocol):
    """A file that takes rows until it is left; then it is whole."""

    def add(self, rows: Iterable[Row]) -> None:
        """Write rows under the ones before; each has a cell for every column."""
        ...


_FORMULA: Final = re.compile(r"[=+\-@\t\r\n＝＋－＠]")


def guarded(text: str) -> str:
    """Return text that no spreadsheet runs as a formula: an apostrophe goes before one that begins like it.

    OWASP, CSV Injection; the full-width signs are read as the others by spreadsheets of East Asia.
    """
    return f"'{text}" if _FORMULA.match(text) else text
