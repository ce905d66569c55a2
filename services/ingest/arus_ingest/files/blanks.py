"""Signs and words that say a cell holds nothing, as people, spreadsheets and databases write them."""

import re
from typing import Final

_DASH: Final = "-\u2013\u2014\u2212"
_NOTHING: Final = re.compile(
    rf"(?:rp|idr)?[\s.]*[{_DASH}][{_DASH}\s.,]*|[(<\[]?null[)>\]]?|\\n|n/a|nan|nat|none", re.IGNORECASE
)
_FIRST: Final = frozenset(f"{_DASH}rRiI.(<[nN\\ ")


def is_blank(text: str) -> bool:
    """Tell whether a text says that there is nothing: an empty one, "-", "Rp -", NULL, N/A."""
    return not text or (text[0] in _FIRST and _NOTHING.fullmatch(text) is not None)


def is_no_day(text: str) -> bool:
    """Tell whether a text where a date belongs says that there is none; noughts do, too: "0000-00-00"."""
    return not text.strip("0-/.:T ") or is_blank(text)
