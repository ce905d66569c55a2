"""The ways people write numbers, signs, dates and months: each a function from a value to text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Final

MONTHS: Final = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
SHORT: Final = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
ENGLISH: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def id_decimals(value: Decimal) -> str:
    return f"{value:,.2f}".translate(str.maketrans(",.", ".,"))


def id_whole(value: Decimal) -> str:
    return f"{value:,.0f}".replace(",", ".")


def rp_decimals(value: Decimal) -> str:
    return f"Rp {id_decimals(value)}"


def rp_tight(value: Decimal) -> str:
    return f"Rp{id_whole(value)},-"


def us_decimals(value: Decimal) -> str:
    return f"{value:,.2f}"


def us_whole(value: Decimal) -> str:
    return f"{value:,.0f}"


def plain(value: Decimal) -> str:
    return f"{value:.0f}"


def plain_decimals(value: Decimal) -> str:
    return f"{value:.2f}"


def plain_comma(value: Decimal) -> str:
    return f"{value:.2f}".replace(".", ",")


def spaced(value: Decimal) -> str:
    return f"{value:,.0f}".replace(",", " ")


MONEY: Final = (
    id_decimals,
    id_whole,
    rp_decimals,
    rp_tight,
    us_decimals,
    us_whole,
    plain,
    plain_decimals,
    plain_comma,
    spaced,
)


def whole(value: int) -> str:
    return str(value)


def dotted(value: int) -> str:
    return f"{value:,}".replace(",", ".")


def comma_grouped(value: int) -> str:
    return f"{value:,}"


def three_decimals(value: int) -> str:
    return f"{value}.000"


def one_decimal(value: int) -> str:
    return f"{value},0"


COUNTS: Final = (whole, dotted, comma_grouped, three_decimals, one_decimal)


def before(way: Callable[[Decimal], str], value: Decimal, _: str) -> str:
    return f"-{way(-value)}" if value < 0 else way(value)


def behind(way: Callable[[Decimal], str], value: Decimal, _: str) -> str:
    return f"{way(-value).removesuffix(',-')}-" if value < 0 else way(value)


def around(way: Callable[[Decimal], str], value: Decimal, _: str) -> str:
    return f"({way(-value)})" if value < 0 else way(value)


def marked(way: Callable[[Decimal], str], value: Decimal, family: str) -> str:
    """Mark money received CR and taken back DB; money owed the other way round."""
    received = family in {"COLLECTION", "MB"}
    return f"{way(abs(value))} {'CR' if (value >= 0) == received else 'DB'}"


def exception(way: Callable[[Decimal], str], value: Decimal, family: str) -> str:
    return f"{way(-value)} {'DB' if family in {'COLLECTION', 'MB'} else 'CR'}" if value < 0 else way(value)


MINUS: Final = (before, before, behind, around, marked, exception)


def dmy_slash(value: date) -> str:
    return f"{value:%d/%m/%Y}"


def dmy_dash(value: date) -> str:
    return f"{value:%d-%m-%Y}"


def dmy_short(value: date) -> str:
    return f"{value.day}/{value.month}/{value:%y}"


def iso(value: date) -> str:
    return value.isoformat()


def packed(value: date) -> str:
    return f"{value:%Y%m%d}"


def packed_dmy(value: date) -> str:
    return f"{value:%d%m%Y}"


def named(value: date) -> str:
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def named_short(value: date) -> str:
    return f"{value:%d}-{SHORT[value.month - 1]}-{value:%y}"


def mdy(value: date) -> str:
    return f"{value:%m/%d/%Y}"


def clocked(value: date) -> str:
    return f"{value:%d/%m/%Y} 00:00:00"


NOTHING: Final = (None, None, None, None, "-", None, None, "NULL", None, None, " Rp         -   ")
"""How a file says that a cell is empty."""
DAYS: Final = (dmy_slash, dmy_dash, dmy_short, iso, packed, packed_dmy, named, named_short, mdy, clocked)
PERIODS: Final[tuple[Callable[[str], str], ...]] = (
    lambda one: one.replace("-", ""),
    lambda one: f"{one[5:]}{one[:4]}",
    lambda one: one,
    lambda one: f"{one[5:]}/{one[:4]}",
    lambda one: f"{SHORT[int(one[5:]) - 1]}-{one[2:4]}",
    lambda one: f"{MONTHS[int(one[5:]) - 1]} {one[:4]}",
    lambda one: f"{SHORT[int(one[5:]) - 1].upper()}{one[:4]}",
)
