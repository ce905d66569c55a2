"""Which rows below a header are facts, and which are totals, repeated headers, numbering, signatures."""

import re
from collections.abc import Sequence
from typing import Final

from arus_ingest.files.tables import Cell, shown

_TOTAL: Final = re.compile(
    r"^\W*(?:grand|sub)?[\s\-]*"
    r"(?:total|jumlah|jml|jlh|subtotal|rekap|rekapitulasi|rata[\s\-]*rata|average|sum)\b",
    re.IGNORECASE,
)
_CODE: Final = re.compile(r"[A-Za-z]{0,5}[\-./ ]?\d[\w\-./ ]{2,}")
FEW_CELLS: Final = 2


def is_fact(cells: Sequence[Cell], key: int, header: Sequence[str]) -> bool:
    """Tell whether a row below the header states a fact; key is the column a fact cannot do without.

    A row without a key that is otherwise full is a fact with an error, not a footer: nothing is dropped in
    silence.
    """
    first = shown(cells[key]).strip() if key < len(cells) else ""
    if first.isdigit() and len(first) > FEW_CELLS:
        return True
    full = [text for cell in cells if (text := shown(cell).strip())]
    if not full:
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


def _repeats(full: Sequence[str], header: Sequence[str]) -> bool:
    """Tell whether a row is the header again, as at the top of a printed page."""
    return sum(text in header for text in full) > 0.6 * len(full)


def _numbering(full: Sequence[str]) -> bool:
    """Tell whether a row numbers its columns: 1 2 3 …, (1) (2) (3) …"""
    stripped = [text.strip("()[]. ") for text in full]
    return len(full) > FEW_CELLS + 1 and stripped == [str(number) for number in range(1, len(full) + 1)]
