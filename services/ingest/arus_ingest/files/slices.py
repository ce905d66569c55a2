"""A large worksheet as small workbooks of some thousand rows each, so that memory stays bounded.

The library that reads workbooks holds a whole sheet; a sheet of a million rows would take a gigabyte. Its XML
is cut at row ends while it is unpacked; texts kept in the workbook's shared list are put where they are used.
"""

import io
import posixpath
import re
import zipfile
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from arus_ingest.files.results import MEGABYTE, Unreadable

LARGE_BYTES: Final = 48 * MEGABYTE
SLICE_BYTES: Final = 12 * MEGABYTE
BLOCK_BYTES: Final = MEGABYTE
_SHEET: Final = re.compile(r"<(?:\w+:)?sheet\s[^>]*>")
_RELATION: Final = re.compile(r"<(?:\w+:)?Relationship\s[^>]*>")
_DATA: Final = re.compile(rb"<(\w+:)?sheetData>")
_ITEM: Final = re.compile(rb"<(?:\w+:)?si(?:\s[^>]*)?>(.*?)</(?:\w+:)?si>|<(?:\w+:)?si\s*/>", re.DOTALL)
_SHARED: Final = re.compile(
    rb'<((?:\w+:)?)c ([^>]*?)\bt="s"([^>]*)>\s*<(?:\w+:)?v>(\d+)</(?:\w+:)?v>\s*</(?:\w+:)?c>'
)
MOST_BLANK_ROWS: Final = 100_000
_ROW: Final = re.compile(rb'<(?:\w+:)?row\s(?:[^>]*?\s)?r="(\d+)"(?:[^>]*[^/])?>')
_FAR_RIGHT: Final = re.compile(rb'<(?:\w+:)?c r="([A-Z]{3}\d+)"(?:[^>]*[^/])?>')
_NO_RESULT: Final = rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
_WITHOUT: Final = [re.compile(begin + _NO_RESULT) for begin in (rb"f>", rb"<f\s[^<>]*/>", rb":f\s[^<>]*/>")]
"""Formulas without a result; each begins with letters that are found quickly."""
_CELL: Final = re.compile(rb"<((?:\w+:)?)c((?:\s[^<>]*[^/<>])?)>(.*?)</\1c>", re.DOTALL)
_VALUE: Final = re.compile(rb"<(?:\w+:)?v>\s*([^<]+)</")
_TYPE: Final = re.compile(rb'\st="([^"]*)"')
UNCOMPUTED: Final = b"#CALC!"
"""What a cell says whose formula has no result yet."""
_NUMBERED: Final = re.compile(rb'<(?:\w+:)?row[^>]*?\sr="')


def is_whole(path: Path, sheet: int) -> bool:
    """Tell whether a worksheet can be read in one piece; sheet counts from 0.

    It cannot where it is too large, or where errors have to be put in. Refuses one with a cell far below or
    right of the others: a small file, but a huge table.
    """
    if not zipfile.is_zipfile(path):
        return True
    with zipfile.ZipFile(path) as book:
        part = part_of(book, sheet)
        if part is None:
            return True
        if book.getinfo(part).file_size > LARGE_BYTES:
            return False
        xml = book.read(part)
    _check(xml)
    return _told(xml) == xml


def _check(xml: bytes) -> None:
    numbers = _ROW.findall(xml)
    if numbers and int(numbers[-1]) - int(numbers[0]) > len(numbers) + MOST_BLANK_ROWS:
        raise Unreadable("file_far_apart", cell=f"{int(numbers[-1]):,}")
    if far := _FAR_RIGHT.search(xml):
        raise Unreadable("file_far_apart", cell=far[1].decode())


def _told(xml: bytes) -> bytes:
    """Return a worksheet's XML with errors, and formulas that nothing has worked out yet, as texts.

    The library that reads it takes both for empty cells.
    """
    if b't="e"' not in xml and not any(one.search(xml) for one in _WITHOUT):
        return xml
    return _CELL.sub(_as_text, xml)


def _as_text(cell: re.Match[bytes]) -> bytes:
    """Return a cell as it is, or one that has no result with the error that says so."""
    prefix, said, content = cell.groups()
    kind, value = _TYPE.search(said), _VALUE.search(content)
    of = kind[1] if kind else b""
    if of != b"e" and (value or of == b"str" or (b"f>" not in content and b"f " not in content)):
        return cell[0]  # a result may be an empty text
    error = value[1] if value else UNCOMPUTED
    return b'<%sc%s t="str"><%sv>%s</%sv></%sc>' % (
        prefix,
        _TYPE.sub(b"", said),
        prefix,
        error,
        prefix,
        prefix,
    )


def workbooks(path: Path, sheet: int) -> Iterator[tuple[int, io.BytesIO]]:
    """Yield workbooks with a slice each, and how many rows came before where rows have no number."""
    with zipfile.ZipFile(path) as book:
        part = part_of(book, sheet)
        if part is None:
            raise Unreadable("file_damaged")
        texts = _Texts(book)
        others = _others(book, part)
        before = 0
        for xml in _cut(book, part):
            _check(xml)
            small = io.BytesIO()
            with zipfile.ZipFile(small, "w", zipfile.ZIP_STORED) as made:
                for name, content in others.items():
                    made.writestr(name, content)
                made.writestr(part, _SHARED.sub(texts.inline, _told(xml)))
            small.seek(0)
            yield (0 if _NUMBERED.search(xml) else before), small
            before += xml.count(b"row>")


def part_of(book: zipfile.ZipFile, sheet: int) -> str | None:
    """Return the name of a worksheet's part, None in what is no workbook of this kind."""
    try:
        sheets = _SHEET.findall(book.read("xl/workbook.xml").decode("utf-8", "replace"))
        relations = _RELATION.findall(book.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace"))
    except KeyError:
        return None
    wanted = _attribute(sheets[sheet], r"\w+:id") if sheet < len(sheets) else None
    for relation in relations:
        if _attribute(relation, "Id") == wanted and (target := _attribute(relation, "Target")):
            part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            return part if part in book.namelist() else None
    return None


def _attribute(tag: str, name: str) -> str | None:
    found = re.search(rf'\s{name}="([^"]*)"', tag)
    return found[1] if found else None


def _others(book: zipfile.ZipFile, part: str) -> dict[str, bytes]:
    """Return what else a workbook needs to be read: no other sheet, no shared texts, no pictures."""
    wanted = re.compile(
        r"\[Content_Types\]\.xml|_rels/\.rels|xl/(workbook|styles)\.xml|xl/_rels/workbook\.xml\.rels"
    )
    return {name: book.read(name) for name in book.namelist() if wanted.fullmatch(name) and name != part}


def _cut(book: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """Yield a worksheet's XML in sound pieces that end where a row ends."""
    with book.open(part) as file:
        seen = b""
        while (start := _DATA.search(seen)) is None:
            block = file.read(BLOCK_BYTES)
            if not block:
                return
            seen += block
        prefix = start[1] or b""
        head = seen[: start.end()]
        tail = b"</%ssheetData></%sworksheet>" % (prefix, prefix)
        close = b"</%srow>" % prefix
        rows = bytearray(seen[start.end() :])
        while block := file.read(BLOCK_BYTES):
            rows += block
            if len(rows) >= SLICE_BYTES and (end := rows.rfind(close)) >= 0:
                yield head + bytes(rows[: end + len(close)]) + tail
                del rows[: end + len(close)]
        if (end := rows.rfind(close)) >= 0:
            yield head + bytes(rows[: end + len(close)]) + tail


class _Texts:
    """The texts a workbook keeps in one list: their XML end to end, and where each begins."""

    def __init__(self, book: zipfile.ZipFile) -> None:
        self._xml = bytearray()
        self._starts = array("Q", [0])
        if "xl/sharedStrings.xml" not in book.namelist():
            return
        with book.open("xl/sharedStrings.xml") as file:
            rest = b""
            while block := file.read(BLOCK_BYTES):
                rest += block
                end = 0
                for item in _ITEM.finditer(rest):
                    self._xml += item[1] or b""
                    self._starts.append(len(self._xml))
                    end = item.end()
                rest = rest[end:]

    def inline(self, cell: re.Match[bytes]) -> bytes:
        """Return a cell that refers to a shared text as one that holds it."""
        prefix, before, after, number = cell.groups()
        at = int(number)
        text = (
            bytes(self._xml[self._starts[at] : self._starts[at + 1]]) if at + 1 < len(self._starts) else b""
        )
        return b'<%sc %st="inlineStr"%s><%sis>%s</%sis></%sc>' % (
            prefix, before, after, prefix, text, prefix, prefix,
        )  # fmt: skip
