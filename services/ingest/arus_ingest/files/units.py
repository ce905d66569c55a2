"""The unit that a header or a title says its numbers are in."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

UNITS: Final = {
    "": ("", 0),
    "rp": ("money", 0),
    "m3": ("volume", 3),
    "l": ("volume", 0),
    "days": ("days", 0),
}
"""By the unit of a field: what it measures, and its size as a power of ten."""
_NAMED: Final = (
    (re.compile(r"\b(?:rp|idr|rupiah)\b"), "money", 0),
    (re.compile(r"\bm3\b"), "volume", 3),
    (re.compile(r"\b(?:kl|kilo ?lit(?:er|re)s?)\b"), "volume", 3),
    (
        re.compile(
            r"\b(?:lit(?:er|re)s?|ltr)\b|[(\[]\s*l\s*[)\]]"
            r"|\b(?:volume|quantity|qty|consumption|usage|reading) l$"
        ),
        "volume",
        0,
    ),
    (re.compile(r"\((?:hari|hr|days?)\)"), "days", 0),
    (re.compile(r"\b(?:barr?els?|bbls?|gall?ons?|gal|drum|jerigen|kwh|kg|ft3|cuft|usd|sgd)\b"), "other", 0),
)
"""Units as headers name them; what measures something else is turned into no field's."""
_TIMES: Final = {
    3: r"ribu(?:an)?|thousands?",
    6: r"juta(?:an)?|millions?|mio",
    9: r"mil[iy]ar(?:an)?|billions?",
}
_SHORT: Final = {3: "rb", 6: "jt"}
"""Multipliers in brackets, beside Rp or after "dalam"; JT alone is jatuh tempo."""
_RP: Final = r"(?:rp|idr|rupiah)\b"
_WORD: Final = {power: re.compile(rf"(?<!\d)(?<!\d )\b(?:{words})\b") for power, words in _TIMES.items()}
_ABBREVIATED: Final = {
    power: re.compile(
        rf"(?:[(\[]|\b(?:rp|idr|dalam|in|satuan)\b)[\s.,]*{word}\b"
        rf"|(?<!\d)(?<!\d )\b{word}\b[\s.]*{_RP}"
    )
    for power, word in _SHORT.items()
}
_X: Final = r"(?<!\w)(?<!\d )[x×]\s*(?:rp\.?\s*)?1[.,]?000"
_NOUGHTS: Final = {
    6: re.compile(rf"(?:\brp|\bidr|[('\[])[\s.']*000[.,]?000(?![.,]?\d)|{_X}[.,]?000(?![.,]?\d)"),
    3: re.compile(rf"(?:\brp|\bidr|[('\[])[\s.']*000(?![.,]?\d)|{_X}(?![.,]?\d)"),
}
_ANY: Final = "|".join((*_TIMES.values(), *_SHORT.values()))
_OF_MONEY: Final = rf"(?![.,]?\d)(?=\s*(?:$|[^\w\s/(\[]|[(\[]?\s*(?:of\s+)?{_RP}))"
"""Behind a multiplier: nothing, or rupiah; (dalam ribuan m3) counts no money."""
_TITLE: Final = re.compile(
    rf"\b(?:dalam|in)\s+(?:satuan\s+)?(?:rp\.?\s*)?(?:{_ANY})\b{_OF_MONEY}"
    rf"|[(\[]\s*(?:(?:rp|idr)\.?\s*)?(?:{_ANY})(?:\s*(?:rp|idr|rupiah))?\.?\s*[)\]]"
    rf"|[(\[]\s*(?:rp|idr)[\s.']*000(?:[.,]?000)?\s*[)\]]"
    rf"|{_X}(?:[.,]?000)?{_OF_MONEY}"
)
_RUPIAH_ALONE: Final = re.compile(rf"\b(?:dalam|in)\s+(?:satuan\s+)?{_RP}(?!\W*(?:{_ANY}|000|[x×]))")
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


@lru_cache(maxsize=20_000)
def power(header: str, unit: str) -> int | None:
    """Return by which power of ten a column's numbers become a field's unit, None where they cannot.

    unit: a key of UNITS. A header without a unit means the field's own; tanggal (Rp) names no date.
    """
    text = _plain(header)
    measure, own = UNITS[unit]
    named = {(what, size) for pattern, what, size in _NAMED if pattern.search(text)}
    if any(what != measure for what, _ in named) or len(named) > 1:
        return None
    return sum(size - own for _, size in named) + (times(header) if measure in {"money", "volume"} else 0)


@lru_cache(maxsize=20_000)
def times(text: str) -> int:
    """Return the power of ten of "ribu", "juta", "Rp 000" in a text; 0 where it says none."""
    plain = _plain(text)
    return next(
        (
            size
            for patterns in (_WORD, _ABBREVIATED, _NOUGHTS)
            for size, pattern in patterns.items()
            if pattern.search(plain)
        ),
        0,
    )


def of_titles(titles: Iterable[str]) -> int:
    """Return the power of ten that the titles above a table give its amounts: (dalam ribuan rupiah)."""
    plain = [_plain(title) for title in titles]
    found = [_TITLE.search(title) for title in plain if not _RUPIAH_ALONE.search(title)]
    return next((times(one[0]) for one in found if one), 0)


def is_in_rupiah(header: str) -> bool:
    """Tell whether a header says that its numbers are rupiah, neither thousands nor millions of them."""
    return power(header, "rp") == 0 and _NAMED[0][0].search(_plain(header)) is not None


def as_title(size: int) -> str:
    """Return words that ``of_titles`` understands as a power of ten."""
    return {0: "", 3: "(Rp ribu)", 6: "(Rp juta)", 9: "(Rp miliar)"}[size]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", _CAMEL.sub(" ", text.replace("_", " "))).lower().strip()
