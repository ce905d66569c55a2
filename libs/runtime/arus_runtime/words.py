"""Codes and parameters become sentences in the reader's language, numbers and dates included."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, cast
from zoneinfo import ZoneInfo

import yaml
from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from arus_runtime.catalogue import contract

Language = Literal["id", "en"]
LONGEST: Final = 50
"""Digits before the point that are written with separators; more are shown as they came."""
Templates = Mapping[str, Mapping[str, str]]
"""Code → language → sentence with {placeholders}."""

DEFAULT_LANGUAGE: Final[Language] = "id"
_SEVERAL: Final = 16
_COMMAS_AND_POINTS: Final = str.maketrans(",.", ".,")
HOME_ZONE: Final = "Asia/Jakarta"
_ZONES: Final = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Jayapura": "WIT",
}
_MOMENT: Final[Mapping[Language, str]] = {"id": "d MMM y HH.mm", "en": "d MMM y HH:mm"}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value with its unit, shown as both."""

    value: Any
    unit: str


@dataclass(frozen=True, slots=True)
class Word:
    """A value that has a word: shown by the sentence of its code. Several go in a tuple."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Month:
    """A billing period YYYY-MM, shown with the month's name."""

    period: str


def language_of(accept_language: str | None) -> Language:
    """Return the language an Accept-Language header likes best: en, or id (also when it speaks neither)."""
    best, best_weight = DEFAULT_LANGUAGE, 0.0
    for part in (accept_language or "").split(",")[:_SEVERAL]:
        tag, _, weight = "".join(part.split()).lower().partition(";q=")
        try:
            value = float(weight or 1)
        except ValueError:
            continue
        language = tag.split("-", 1)[0]
        if language in ("id", "en") and value > best_weight:
            best, best_weight = ("en" if language == "en" else "id"), value
    return best


def render(
    code: str,
    params: Mapping[str, Any],
    language: Language = DEFAULT_LANGUAGE,
    templates: Templates | None = None,
) -> str:
    """Return the sentence of a code; its parameters are formatted for the language.

    templates: where to look first; the contracts' reasons and the runtime's own problems follow. A code
    without a sentence is returned as it is, so an older reader shows something of a newer writer's code.
    """
    entry = (templates or {}).get(code) or reasons().get(code) or problems().get(code)
    if entry is None:
        return code

    def show(value: Any) -> str:
        match value:
            case Word():
                return render(value.code, value.params, language, templates)
            case tuple():
                return ", ".join(map(show, cast("tuple[object, ...]", value)))
            case _:
                return format_value(value, language)

    shown = {name: show(value) for name, value in params.items()}
    return entry.get(language, entry[DEFAULT_LANGUAGE]).format_map(_Gaps(shown))


def format_value(value: Any, language: Language) -> str:
    """Return a parameter as a reader of the language writes it; text stays as it is."""
    match value:
        case bool():
            return str(value).lower()
        case Quantity():
            return f"{format_value(value.value, language)} {value.unit}"
        case Month():
            return format_period(value.period, language)
        case int() | Decimal():
            return number(value, language)
        case float():
            return number(repr(value), language)
        case datetime():
            return format_datetime(value, _MOMENT[language], locale=_locale(language))
        case date():
            return format_date(value, "d MMM y", locale=_locale(language))
        case _:
            return str(value)


def number(value: Decimal | int | str, language: Language, places: int = 6) -> str:
    """Return a number with the language's separators and at most the given places: 1.234,5 or 1,234.5."""
    try:
        exact = Decimal(value)
    except InvalidOperation:
        return str(value)
    if not exact.is_finite():
        return format_decimal(exact, locale=_locale(language))
    if exact.adjusted() > LONGEST:
        return str(value)
    # As babel writes it, in a seventh of the time: messages of the live feed hold several numbers each.
    whole, _, fraction = f"{exact:,.{places}f}".partition(".")
    fraction = fraction.rstrip("0")
    written = f"{whole}.{fraction}" if fraction else whole
    return written.translate(_COMMAS_AND_POINTS) if language == "id" else written


@cache
def _locale(language: Language) -> Locale:
    return Locale.parse(language)


def format_period(period: str, language: Language) -> str:
    """Return a billing period YYYY-MM with the month's name: Desember 2025."""
    return format_date(date.fromisoformat(f"{period}-01"), "MMMM y", locale=_locale(language))


def format_moment(at: datetime, language: Language, timezone: str = HOME_ZONE) -> str:
    """Return a moment by the clock of a zone, with its name: 15 Des 2025 09.30 WIB."""
    return f"{format_value(at.astimezone(ZoneInfo(timezone)), language)} {zone_name(timezone)}"


def zone_name(timezone: str) -> str:
    """Return WIB, WITA or WIT; elsewhere the zone's own name."""
    return _ZONES.get(timezone, timezone)


@cache
def reasons() -> Templates:
    """Return the sentences of the contracts' reason codes."""
    return contract("reasons")


@cache
def problems() -> Templates:
    """Return the sentences of the runtime's own problem codes."""
    return yaml.safe_load(files("arus_runtime").joinpath("problems.yaml").read_text("utf-8"))


class _Gaps(dict[str, str]):
    """A sentence whose parameter is missing keeps its placeholder instead of failing."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"
