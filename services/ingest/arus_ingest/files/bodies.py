"""Which rows below a header are facts, and which are totals, repeated headers, numbering, signatures."""

import re
from collections.abc import Sequence
from typing import Final

from arus_ingest.files.tables import Cell, shown

_TOTAL: Final = re.compile(
    r"^\W*(?:grand|sub)?[\s\-]*(?:total|jumlah|jml|jlh|subtotal|rekap|rekapitulasi|rata[\s\-]*rata|average|sum)\b",
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
    if header and sum(text in header for text in full) > 0.6 * len(full):
        return False
    return len(full) > FEW_CELLS or bool(_CODE.fullmatch(first)) or len(header) <= FEW_CELLS


def _numbering(full: Sequence[str]) -> bool:
    """Tell whether a row numbers its columns: 1 2 3 …, (1) (2) (3) …"""
    stripped = [text.strip("()[]. ") for text in full]
    return len(full) > FEW_CELLS + 1 and stripped == [str(number) for number in range(1, len(full) + 1)]
