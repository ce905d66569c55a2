"""Serial numbers of meters, which files write in many ways."""

from functools import lru_cache
from typing import Final

_NONE: Final = frozenset({"N/A", "NA", "NIL", "NIHIL", "NONE", "NULL", "TIDAKADA"})


@lru_cache(maxsize=65_536)
def plain_serial(written: str) -> str:
    """Return what tells a serial from another one: capitals, without blanks and zeros in front; "": none."""
    plain = "".join(written.split()).upper().lstrip("0")
    return "" if plain in _NONE or not any(map(str.isalnum, plain)) else plain
