"""Tables of web pages, which web applications save under the ending of a workbook (.xls)."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

from arus_ingest.files.results import Unreadable
from arus_ingest.files.texts import LONGEST_CELL, checked, encoding_of

HEAD_BYTES: Final = 4_096
BLOCK_CHARACTERS: Final = 65_536
WIDEST_SPAN: Final = 1_000
LONGEST_TAG: Final = 1_000_000
"""Characters of a tag or a remark that does not end; each block would look through all of them again."""
_CHARSET: Final = re.compile(rb"charset\s*=\s*[\"']?([\w\-]+)", re.IGNORECASE)
_CELLS: Final = frozenset({"td", "th"})
_UNSEEN: Final = frozenset({"style", "script", "title", "xml"})
_APART: Final = frozenset({"table", "tr", "caption", "p", "div", "h1", "h2", "h3", "h4", "center", "br"})


def charset_of(path: Path) -> str:
    """Return a page's encoding: as it says itself, else as for any text."""
    with path.open("rb") as file:
        said = _CHARSET.search(file.read(HEAD_BYTES))
    try:
        name = said[1].decode().lower() if said else ""
        return "cp1252" if name in {"iso-8859-1", "latin1"} else _known(name)
    except LookupError:
        return encoding_of(path)


def _known(name: str) -> str:
    """Return the name of an encoding of text; raises LookupError for any other word."""
    "".encode(name)
    return name


def rows(path: Path, encoding: str) -> Iterator[list[str]]:
    """Yield the rows of a page's tables in their order, and a line of text outside of them as one cell."""
    page = _Page()
    with path.open(encoding=encoding, errors="replace") as file:
        while block := file.read(BLOCK_CHARACTERS):
            page.feed(block)
            if len(page.rawdata) > LONGEST_TAG:
                raise Unreadable("file_damaged")
            yield from page.taken()
    page.close()
    yield from page.taken()


class _Page(HTMLParser):
    """Collects rows as tags go by; a row inside a cell is a row of its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._done: list[list[str]] = []
        self._row: list[str] | None = None
        self._text: list[str] = []
        self._length = 0
        self._across, self._down = 0, 1  # of the cell that is open; 0: none is
        self._taken: dict[int, int] = {}  # column → how many more rows a cell above reaches into it
        self._unseen = 0

    def taken(self) -> list[list[str]]:
        """Return the rows that are complete, once."""
        done, self._done = self._done, []
        return done

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in _UNSEEN
        if tag in _CELLS:
            self._end_cell()
            self._row = self._row or []
            said = dict(attrs)
            self._across, self._down = _span(said.get("colspan")), _span(said.get("rowspan"))
        elif tag == "br":
            self._text.append(" ")
        elif tag in {"tr", "table"}:
            self._end_row()
            self._taken = {} if tag == "table" else self._taken
        elif tag in _APART and not self._across:
            self._end_line()

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in _UNSEEN and self._unseen > 0
        if tag in _CELLS:
            self._end_cell()
        elif tag in {"tr", "table"}:
            self._end_row()
        elif tag in _APART and not self._across:
            self._end_line()

    def handle_data(self, data: str) -> None:
        if not self._unseen and self._length <= LONGEST_CELL:  # a longer one is refused when it ends
            self._text.append(data)
            self._length += len(data)

    def close(self) -> None:
        super().close()
        self._end_row()

    def _said(self) -> str:
        said = " ".join("".join(self._text).split())
        self._text, self._length = [], 0
        return checked(said)

    def _end_cell(self) -> None:
        if self._row is None or not self._across:
            return
        self._pass_by(self._row)
        for column in range(len(self._row), len(self._row) + self._across):
            self._taken[column] = self._down - 1
        self._row += [self._said(), *[""] * (self._across - 1)]
        self._across = 0

    def _pass_by(self, row: list[str]) -> None:
        """Leave the columns empty that a cell of a row above reaches into."""
        while self._taken.get(len(row), 0):
            self._taken[len(row)] -= 1
            row.append("")

    def _end_row(self) -> None:
        self._end_cell()
        if self._row is not None:
            self._pass_by(self._row)
            self._done.append(self._row)
            self._row = None
        self._end_line()

    def _end_line(self) -> None:
        if line := self._said():
            self._done.append([line])


def _span(said: str | None) -> int:
    return min(max(int(said), 1), WIDEST_SPAN) if said and said.isdecimal() else 1
