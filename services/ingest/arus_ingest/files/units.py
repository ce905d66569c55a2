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
    (re.compile(r"\b(?:kl|kilo[ \-]?lit(?:er|re)s?)\b"), "volume", 3),
    (
        re.compile(
            r"(?<!\bkilo[ \-])\blit(?:er|re)s?\b|\b(?:ltr|lt)\b|[(\[]\s*l\s*[)\]]"
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
_IN: Final = r"\b(?:dalam|dlm|in|satuan)\b\s*:?\s*(?:satuan\s*:?\s*)?"
"""What stands before a unit: dalam, in satuan, Satuan:"""
_WORD: Final = {power: re.compile(rf"(?<!\d)(?<!\d )\b(?:{words})\b") for power, words in _TIMES.items()}
_ABBREVIATED: Final = {
    power: re.compile(rf"(?:[(\[]|\b(?:rp|idr)\b|{_IN})[\s.,]*{word}\b|(?<!\d)(?<!\d )\b{word}\b[\s.]*{_RP}")
    for power, word in _SHORT.items()
}
_THOUSAND: Final = r"1[.,]?000"
_X: Final = rf"(?<!\w)(?<!\d )[x×]\s*(?:rp\.?\s*)?{_THOUSAND}"


def _noughts(more: str) -> str:
    """Return what says so many noughts; Rp 1.000 does so behind "dalam" or in brackets, else it is a sum."""
    end = rf"{more}(?![.,]?\d)"
    return (
        rf"(?:\b(?:rp|idr)|[('\[])[\s.'/]*000{end}"
        rf"|(?:[(\[]\s*|{_IN})(?:(?:rp|idr)[\s.'/]*{_THOUSAND}{end}|{_THOUSAND}{end}\s*{_RP})"
        rf"|(?<![\d.,])(?<!\d )000{end}\s*{_RP}"
        rf"|{_X}{end}"
    )


_NOUGHTS: Final = {6: re.compile(_noughts("[.,]?000")), 3: re.compile(_noughts(""))}
_ANY: Final = "|".join((*_TIMES.values(), *_SHORT.values()))
_OF_MONEY: Final = rf"(?![.,]?\d)(?=\s*(?:$|[^\w\s/(\[]|[(\[]?\s*(?:of\s+)?{_RP}))"
"""Behind a multiplier: nothing, or rupiah; (dalam ribuan m3) counts no money."""
_MANY: Final = rf"(?:(?:rp|idr)[\s.'/]*)?(?:{_ANY}|'?(?:1[.,]?)?000(?:[.,]?000)?)"
_TITLE: Final = re.compile(
    rf"{_IN}{_MANY}\b{_OF_MONEY}(?:\s*{_RP})?"
    rf"|[(\[]\s*{_MANY}\b(?:\s*{_RP})?(?:\.|,-)?\s*[)\]]{_OF_MONEY}"
    rf"|{_X}(?:[.,]?000)?{_OF_MONEY}"
)
_RUPIAH_ALONE: Final = re.compile(rf"\b(?:dalam|dlm|in)\s+(?:satuan\s+)?{_RP}(?!\W*(?:{_ANY}|1?\W?000|[x×]))")
_ASIDE: Final = re.compile(
    rf"\b(?:dalam|dlm|in|of|satuan|x|{_ANY})\b|(?<!\d)(?:1[.,]?)?000(?:[.,]?000)?(?!\d)"
)
"""What may stand beside a unit where nothing else is said."""
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


def _names_unit(header: str) -> bool:
    return any(pattern.search(_plain(header)) for pattern, *_ in _NAMED)


def of_titles(titles: Iterable[str]) -> int:
    """Return the power of ten that the titles above a table give its amounts: (dalam ribuan rupiah)."""
    plain = [_plain(title) for title in titles]
    found = [_TITLE.search(title) for title in plain if not _RUPIAH_ALONE.search(title)]
    return next((times(one[0]) for one in found if one), 0)


def is_in_rupiah(header: str) -> bool:
    """Tell whether a header says that its numbers are rupiah, neither thousands nor millions of them."""
    return power(header, "rp") == 0 and _NAMED[0][0].search(_plain(header)) is not None


@lru_cache(maxsize=20_000)
def is_unit(text: str) -> bool:
    """Tell whether a text is a unit and nothing else: m3, (Rp ribu), KL, Drum."""
    said = in_brackets(_plain(text))
    rest = said
    for pattern, *_ in _NAMED:
        rest = pattern.sub(" ", rest)
    return rest != said and not any(map(str.isalnum, _ASIDE.sub(" ", rest)))


@lru_cache(maxsize=20_000)
def of_row(said: str, header: str, unit: str) -> int | None:
    """Return by which power of ten a row's number becomes a field's unit, None where nobody can tell.

    said: the unit in a cell beside it, which must be the header's own where that names one.
    """
    own = power(header, unit) if _names_unit(header) else None
    if not said.strip():
        return own
    found = power(in_brackets(said), unit) if is_unit(said) else None
    return found if own in {None, found} else None


def is_volume(unit: str) -> bool:
    """Tell whether a key of UNITS measures a volume."""
    return UNITS[unit][0] == "volume"


def in_brackets(unit: str) -> str:
    """Return a unit as it stands behind the name of a column."""
    return f"({unit.strip().strip('()[]')})"


def as_title(size: int) -> str:
    """Return words that ``of_titles`` understands as a power of ten."""
    return {0: "", 3: "(Rp ribu)", 6: "(Rp juta)", 9: "(Rp miliar)"}[size]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", _CAMEL.sub(" ", text.replace("_", " "))).lower().strip()
