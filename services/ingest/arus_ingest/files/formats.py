"""The leading zeros that a number format of an XLSX workbook shows, which the library that reads it drops."""

import re
import zipfile
from collections import Counter
from pathlib import Path
from typing import Final

from arus_ingest.files import slices

_FORMAT: Final = re.compile(rb"<(?:\w+:)?numFmt\s[^>]*>")
_STYLES: Final = re.compile(rb"<(?:\w+:)?cellXfs[\s>].*?</(?:\w+:)?cellXfs>", re.DOTALL)
_STYLE: Final = re.compile(rb"<(?:\w+:)?xf\s[^>]*>")
_NOUGHTS: Final = re.compile(rb"(0{2,20})(?:;.*)?", re.DOTALL)
_NUMBER: Final = re.compile(rb'<(?:\w+:)?c\s(?![^>]*\bt="(?!n")[^>]*>)([^>]*[^/])>')
_ATTRIBUTE: Final = re.compile(rb'\b(\w+)="([^"]*)"')
_LETTERS: Final = re.compile(rb"[A-Z]{1,3}")


def digits(path: Path, sheet: int) -> dict[int, int]:
    """Return the columns whose numbers are shown with zeros in front: column, from 0 → number of digits.

    Looked at are the first numbers of a sheet, whose numbers count from 0; most of a column's must agree.
    """
    if not zipfile.is_zipfile(path):
        return {}
    with zipfile.ZipFile(path) as book:
        widths = _widths(book)
        part = slices.part_of(book, sheet) if widths else None
        if part is None:
            return {}
        with book.open(part) as file:
            xml = file.read(slices.BLOCK_BYTES)
    seen: dict[bytes, Counter[int]] = {}
    for number in _NUMBER.finditer(xml):
        said = dict(_ATTRIBUTE.findall(number[1]))
        if column := _LETTERS.match(said.get(b"r", b"")):
            seen.setdefault(column[0], Counter())[widths.get(said.get(b"s", b""), 0)] += 1
    most = {column: widths.most_common(1)[0][0] for column, widths in seen.items()}
    return {_place(column): width for column, width in most.items() if width}


def _widths(book: zipfile.ZipFile) -> dict[bytes, int]:
    """Return the styles of cells whose format is noughts alone: number → how many."""
    if "xl/styles.xml" not in book.namelist():
        return {}
    xml = book.read("xl/styles.xml")
    formats = (dict(_ATTRIBUTE.findall(one)) for one in _FORMAT.findall(xml))
    noughts = {
        one[b"numFmtId"]: len(found[1])
        for one in formats
        if b"numFmtId" in one and (found := _NOUGHTS.fullmatch(one.get(b"formatCode", b"")))
    }
    styles = _STYLES.search(xml)
    if not noughts or styles is None:
        return {}
    ids = [dict(_ATTRIBUTE.findall(one)).get(b"numFmtId", b"") for one in _STYLE.findall(styles[0])]
    return {b"%d" % at: noughts[one] for at, one in enumerate(ids) if one in noughts}


def _place(column: bytes) -> int:
    place = 0
    for letter in column:
        place = place * 26 + letter - ord("A") + 1
    return place - 1
