"""Of which month the numbers below a header are, where it says so: STAND NOV, TAGIHAN 12/2025, PAKAI LALU."""

import re
from functools import lru_cache
from typing import Final

from arus_ingest.files import headers
from arus_ingest.files.dates import MONTHS
from arus_ingest.files.periods import in_text

_BEFORE: Final = "lalu"
_NOW: Final = "kini"
LONGEST: Final = 20
_YEAR: Final = re.compile(r"(?<!\d)20\d{2}(?!\d)")
_NUMBERED: Final = re.compile(
    r"\d{1,2}[/.\-](?:20)?\d{2}|20\d{2}(?:[/.\-]?\d{2})?|[a-z]{3,9}[.'’/\-]?(?:20)?\d{2}", re.IGNORECASE
)
_PLAIN: Final = 0.6  # 11-20 are cubic metres, before they are a month


@lru_cache(maxsize=20_000)
def behind(text: str, own: str) -> str:
    """Return the end of a header that says when and nothing else: its own part, or its last word; else ""."""
    last = own or text.rpartition(" ")[2]
    if last == text or len(last) > LONGEST:
        return ""
    if last.lower() in MONTHS or _YEAR.fullmatch(last) or (_NUMBERED.fullmatch(last) and _months(last)):
        return last
    if not own or not last.replace(" ", "").isalpha():
        return ""
    return last if {_BEFORE, _NOW, "bulan", *MONTHS}.issuperset(headers.words(last)) else ""


def is_of(text: str, month: str | None) -> bool | None:
    """Tell whether a header names a month (YYYY-MM) or another one; None where it names none."""
    if months := _months(text):
        return month in months if month else None
    said = set(headers.words(text))
    if _BEFORE in said:
        return False
    numbers = {MONTHS[word] for word in said if word in MONTHS}
    years = set(_YEAR.findall(text))
    if month and (numbers or years):
        return (not numbers or int(month[5:]) in numbers) and (not years or month[:4] in years)
    return True if _NOW in said else None


def _months(text: str) -> set[str]:
    return {value for value, strength in in_text(text) if strength >= _PLAIN}
