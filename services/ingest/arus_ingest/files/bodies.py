"""Which rows below a header are facts, and which are totals, repeated headers, numbering, signatures."""

import re
from collections.abc import Sequence
from typing import Final

from arus_ingest.files import headers
from arus_ingest.files.dates import MONTHS
from arus_ingest.files.tables import Cell, shown

_TOTAL: Final = re.compile(
    r"^\W*(?:grand|sub)?[\s\-]*"
    r"(?:total|jumlah|jml|jlh|subtotal|rekap|rekapitulasi|rata[\s\-]*rata|average|sum)\b",
    re.IGNORECASE,
)
_AMOUNT: Final = re.compile(
    r"\W*(?:rp|idr)?[\W\d]*(?:m3|m³|l|liter|cr|db|plg|pelanggan|sr)?\W*", re.IGNORECASE
)
_LETTER: Final = re.compile(r"[^\W\d_]")
_OF: Final = frozenset(
    {"grand", "sub", "total", "subtotal", "jumlah", "rekap", "rekapitulasi", "rata", "average", "sum"}
    | {"seluruh", "seluruhnya", "keseluruhan", "semua", "umum", "akhir", "all"}
    | {"pelanggan", "customers", "sambungan", "sr", "rekening", "tagihan", "bills", "lembar"}
    | {"data", "baris", "rows"}
    | {"halaman", "page", "of", "rayon", "periode", "bulan"}
    | {"pemakaian", "konsumsi", "consumption", "kubikasi", "volume", "air", "m3", "liter", "stand"}
)
"""Words of a total, and of what it may be of beside money."""
_CODE: Final = re.compile(r"[A-Za-z]{0,5}[\-./ ]?\d[\w\-./ ]{2,}")
FEW_CELLS: Final = 2


def is_fact(cells: Sequence[Cell], key: int, header: Sequence[str]) -> bool:
    """Tell whether a row below the header states a fact; key is the column a fact cannot do without.

    A row without a key that is otherwise full is a fact with an error, not a footer: nothing is dropped in
    silence.
    """
    first = shown(cells[key]).strip() if key < len(cells) else ""
    if first.isdigit() and len(first) > FEW_CELLS:
        return not _is_total(cells)
    full = [text for cell in cells if (text := shown(cell).strip())]
    if not full:
        return False
    if _is_total(cells):
        return False
    if (not first or _TOTAL.match(first)) and any(_TOTAL.match(text) for text in full):
        return False
    if _numbering(full):
        return False
    if _repeats(full, header):
        return False
    return len(full) > FEW_CELLS or bool(_CODE.fullmatch(first)) or len(header) <= FEW_CELLS


def may_be_fact(cells: Sequence[Cell], header: Sequence[str]) -> bool:
    """Tell whether a row can be a fact before its columns are known: no total, numbering or header again."""
    full = [text for cell in cells if (text := shown(cell).strip())]
    return (
        len(full) > 1
        and not _numbering(full)
        and not _repeats(full, header)
        and not any(_TOTAL.match(text) for text in full)
    )


def _is_total(cells: Sequence[Cell]) -> bool:
    """Tell whether all that a row says in letters is that it is a total; a count may stand for a key."""
    said = False
    for cell in cells:
        if isinstance(cell, str) and _LETTER.search(cell) and not _AMOUNT.fullmatch(cell):
            if not (_TOTAL.match(cell) and all(map(_is_of_total, headers.words(cell)))):
                return False
            said = True
    return said


def _is_of_total(word: str) -> bool:
    return word.isdigit() or word in _OF or word in MONTHS or word in headers.of_money()


def _repeats(full: Sequence[str], header: Sequence[str]) -> bool:
    """Tell whether a row is the header again, as at the top of a printed page."""
    return sum(text in header for text in full) > 0.6 * len(full)


def _numbering(full: Sequence[str]) -> bool:
    """Tell whether a row numbers its columns: 1 2 3 …, (1) (2) (3) …"""
    stripped = [text.strip("()[]. ") for text in full]
    return len(full) > FEW_CELLS + 1 and stripped == [str(number) for number in range(1, len(full) + 1)]
