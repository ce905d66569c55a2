"""OpenDocument workbooks, in which the library that reads them takes failed formulas for empty cells."""

import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Final

_CONTENT: Final = "content.xml"
_KEPT: Final = ("mimetype", "META-INF/manifest.xml")
_FAILED: Final = rb"p>\s*(?:#(?:N/A|DIV/0!|REF!|NAME\?|VALUE!|NUM!|NULL!)|Err:\d+)\s*</"
_ANY: Final = re.compile(_FAILED)
_CELL: Final = re.compile(rb'table-cell((?:\s+[\w:\-]+="[^"]*")+)\s*>(?=\s*<(?:\w+:)?' + _FAILED + rb")")
_RESULT: Final = re.compile(rb'\s+[\w\-]+:(?:formula|value|value-type|string-value)="[^"]*"')


def told(path: Path) -> BytesIO | None:
    """Return a workbook in which failed formulas are texts that say so; None where there are none."""
    if not zipfile.is_zipfile(path):
        return None
    with zipfile.ZipFile(path) as book:
        if _CONTENT not in book.namelist():
            return None
        xml = book.read(_CONTENT)
        if not _ANY.search(xml):
            return None
        kept = {name: book.read(name) for name in _KEPT if name in book.namelist()}
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as out:
        for name, content in {**kept, _CONTENT: _CELL.sub(_as_text, xml)}.items():
            out.writestr(name, content)
    made.seek(0)
    return made


def _as_text(cell: re.Match[bytes]) -> bytes:
    return b'table-cell%s office:value-type="string">' % _RESULT.sub(b"", cell[1])
