"""Months: in a column, a title, the name of a sheet or a file."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from arus_ingest.files.blanks import is_blank
from arus_ingest.files.dates import (
    MONTHS,
    SLIVER,
    WEEKDAY,
    DateShapes,
    Order,
    month_number,
    parse,
    readings,
)

_LAW: Final = (
    r"sk|skep|kep(?:men|gub|dir)\w*|keputusan|per(?:da|dir|gub|bup|wal|pres)|permen\w*"
    r"|peraturan|undang\w*|uu|pp"
)
_PAPER: Final = (
    r"form(?:ulir)?|frm|fr|sop|ik|iso|sni|dok(?:umen)?|doc(?:ument)?|arsip|agenda|no|nomor|nmr|number"
    r"|telp?|telepon|hp|fax|npwp"
)
_PRINTED: Final = re.compile(
    r"(?:di)?cetak\w*|print\w*|generated|exported?|run date|(?:di)?unduh|download\w*|dibuat|tgl\.? proses"
    rf"|(?<![a-z])(?:{_LAW}|berlaku|efektif)(?![a-z])",
    re.IGNORECASE,
)  # a line that says when the file was made, or since when a rule holds
_PLACE: Final = re.compile(r"([^\W\d_]{3,})\s*,\s*(?:(?:tanggal|tgl\.?)\s*)?$", re.IGNORECASE)
_AS_OF: Final = re.compile(
    r"(cetak\w*[\s_]+)?(?<![a-z])(?:per|posisi|sampai|hingga|s\.?[/.]?d|as[\s_]+of|until)\.?[\s_:\-]*"
    r"(?:dengan[\s_]+)?(?:(?:tanggal|tgl\.?)[\s_:\-]*)?$",
    re.IGNORECASE,
)  # what stands before the day a file is of
PRINTED: Final = 0.1
FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2099
_MONTH: Final = "|".join(sorted(MONTHS, key=len, reverse=True))
_YEAR: Final = r"20\d{2}"
_OF_MONTH: Final = r"(?<![a-z])(?:bulan|bln|month)(?:[\s_]*ke)?[\s_\-./:;=]*"
_OF_YEAR: Final = r"(?<![a-z])(?:tahun(?:[\s_]*anggaran)?|thn|th|t\.?a|year)[\s_\-./:;=]*"
_SIGN: Final = r"(?:[-_./]|\s[-./]\s)"  # between the parts of a day
_NAMED: Final = re.compile(
    rf"(?<![a-z])({_MONTH})(?![a-z])[\s_\-./,'’]*(?:[(:=]\s*(?={_YEAR}))?({_YEAR}|\d{{2}})(?!\d)",
    re.IGNORECASE,
)
_YEAR_NAMED: Final = re.compile(rf"(?<!\d)({_YEAR})[\s_\-./(]*(?<![a-z])({_MONTH})(?![a-z])", re.IGNORECASE)
_FULL_DATE: Final = re.compile(
    rf"(?<!\d)(?:({_YEAR}){_SIGN}?(\d{{2}}){_SIGN}?(\d{{2}})"
    rf"|(\d{{1,2}}){_SIGN}(\d{{1,2}}){_SIGN}({_YEAR})|(\d{{2}})(\d{{2}})({_YEAR}))"
    r"(?:[-_T ]?\d{4,6})?(?!\d)"
)
_YEAR_MONTH: Final = re.compile(rf"(?<!\d)({_YEAR})(?:[\s_\-./Mm]?|\s[-/.]\s(?=\d\d))(\d{{2}}|\d)(?!\d)")
_MONTH_YEAR: Final = re.compile(rf"(?<!\d)(\d{{1,2}})(?:[\s_\-./]?|\s[-/.]\s)({_YEAR})(?!\d)")
_NAMED_DAY: Final = re.compile(rf"(?<!\d)\d{{1,2}}[\s_\-]+(?:{_MONTH})[\s_\-]+{_YEAR}", re.IGNORECASE)
_MONTH_OF_YEAR: Final = re.compile(
    rf"(?<!\d)(?:{_OF_MONTH})?(\d{{1,2}}|(?<![a-z])(?:{_MONTH}))[\s_\-./,;]*{_OF_YEAR}({_YEAR})(?!\d)",
    re.IGNORECASE,
)
_YEAR_OF_MONTH: Final = re.compile(
    rf"(?<!\d)({_YEAR})[\s_\-./,;]*{_OF_MONTH}(\d{{1,2}}|{_MONTH})(?![a-z\d])", re.IGNORECASE
)
_ROMAN_OF_YEAR: Final = re.compile(
    rf"{_OF_MONTH}([ivx]{{1,4}})(?![a-z])[\s_\-./,;]*(?:{_OF_YEAR})?({_YEAR})(?!\d)", re.IGNORECASE
)
_ROMAN: Final = re.compile(rf"(?<![A-Za-z\d/])([IVX]{{1,4}})[\s_\-./]+({_YEAR})(?!\d)")
_MONTH_SHORT: Final = re.compile(
    rf"(?<![a-z])(?:bulan|bln|month|masa|periode)[\s_.:]*(\d{{1,2}})[\s_]?[-/.][\s_]?(\d{{2}})"
    rf"(?!\d|[\s_]*(?:[-/.]|{_MONTH}))",
    re.IGNORECASE,
)
_NO_MONTH: Final = re.compile(
    r"(?<![a-z])(?:q|tw|triwulan|kuartal|kwartal|quarter|semester|smt|sem|minggu|week|tahap|rev|ver|versi|v(?=\d))"
    r"[\s_\-.]*(?:\d{1,2}(?!\d)|[ivx]+(?![a-z]))"
    r"|(?<![a-z])(?:(?:rayon|ryn|unit|cabang|cab|wilayah|wil|zona)[\s_.:\-]*(?:no\.?[\s_]*)?|r[-.]?)"
    rf"(?:\d{{1,3}}(?!\d|[-./]{_YEAR})|[ivx]+(?![a-z]))",
    re.IGNORECASE,
)  # numbers of quarters, weeks and drafts, of rayons and branches
_NUMBER: Final = re.compile(
    rf"(?<![a-z])(?:{_PAPER}|{_LAW})(?![a-z])[\s.:_/#\-]*(?:[a-z\d]+[/.\-]+)*\d+(?:\s?[/.\-:]\s?\d+)*"
    rf"(?:\s*{_OF_YEAR}{_YEAR})?(?!\d)"
    rf"|(?<![a-z])(?:{_LAW})(?![a-z])(?:(?!bulan|bln|periode)\D){{0,60}}\d{{1,3}}\s*{_OF_YEAR}{_YEAR}"
    r"|(?<!\w)\d+/(?:\d+/)*[a-z][\w.\-]*/(?:[\w.\-]+/)*\d+",
    re.IGNORECASE,
)  # of forms, letters and decrees: "FR-05/2025", "No. 7 Tahun 2023", "12/SK-DIR/05/2025"
_SHORT: Final = re.compile(r"(?<!\d)(\d{2})[\s_\-./]?(\d{2})(?!\d)")
_SHORT_IN_TEXT: Final = re.compile(r"(?<!\d)(\d{2})(\d{2})(?!\d)")
_SHORT_APART: Final = re.compile(r"(?<!\d)(?=(\d{2})([-_.])(\d{2})(?!\d|\2\d))")
_SHORT_DAY: Final = re.compile(r"(?<!\d)(?<!\d[-_./])(\d{2})([-_./]?)(\d{2})\2(\d{2})(?!\d|[-_./]\d)")
_RAYON_MONTH: Final = re.compile(rf"(?<!\d)(?:3[2-9]|[4-9]\d)(\d{{2}})({_YEAR})(?!\d)")  # no day is the 32nd
_SHORT_YEARS: Final = range(15, 34)  # in a text: rayons are called 34 and 35
_DAY_YEARS: Final = range(15, 31)  # what is greater is a day, and the year stands elsewhere
_SPACED: Final = re.compile(r"(?<!\S)(?:(?:[^\W\d_] ){2,}[^\W\d_]|2 0 [1-3] \d)(?!\S)")
_GLUED: Final = re.compile(
    rf"(?<=[A-Za-z])(?=(?:{'|'.join(name.capitalize() for name in MONTHS)})[\W\d_])"
)  # "SBRSDesember2025"
_LABELLED: Final = re.compile(
    rf"{_OF_MONTH}(\d{{1,2}}(?!\d|[\s_]*[-/.])|[ivx]+)(?![a-z])"
    r"|(?<![a-z])(?:bulan|bln|month|masa|periode)(?:[\s_]+(?:tagihan|rekening|rek|pemakaian|baca))?"
    rf"[\s_\-./:;=]*({_MONTH})(?![a-z])",
    re.IGNORECASE,
)
_ALONE: Final = re.compile(
    rf"(?<![a-z\d])(?<!\d[\s_\-./])({_MONTH})(?![a-z])(?![\s_\-./]*\d{{1,2}}(?!\d))", re.IGNORECASE
)
_YEAR_ALONE: Final = re.compile(rf"(?<!\d)({_YEAR})(?!\d)")
_YEAR_LABELLED: Final = re.compile(rf"{_OF_YEAR}({_YEAR})(?!\d)", re.IGNORECASE)
_OF_MEN: Final = frozenset({"agus"})  # a name, too: a month beside a whole year only

_ORDERS: Final[tuple[Order, Order]] = ("dmy", "mdy")
_NUMBERED: Final = range(2016, 2036)  # years of a month in five digits: 42005 is the first day of 2015


def period(year: int, month: int) -> str | None:
    """Return YYYY-MM, None outside 2000 to 2099 and January to December."""
    if FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12:
        return f"{year:04}-{month:02}"
    return None


def before(month: str) -> str:
    """Return the month before one, both YYYY-MM."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year:04}-{number - 1:02}" if number > 1 else f"{year - 1:04}-12"


def months_apart(one: str, other: str) -> int:
    """Return how many months lie between two, both YYYY-MM."""
    return abs(12 * (int(one[:4]) - int(other[:4])) + int(one[5:]) - int(other[5:]))


@lru_cache(maxsize=40_000)
def parse_period(cell: object, order: str = "dmy") -> str | None:
    """Return the month a cell names as YYYY-MM, None where it names none (or a month without its year).

    A number is read as its digits are: 22025 is February 2025 before it is an Excel day. order: of the days
    among the column's cells.
    """
    if isinstance(cell, (datetime, date)):
        return period(cell.year, cell.month)
    if isinstance(cell, (int, float)):
        if cell != int(cell):
            return None
        if 10_000 <= cell < 100_000 and int(cell) % 10_000 not in _NUMBERED:
            found = parse(cell, order)
            if found and (month := period(int(found[:4]), int(found[5:7]))):
                return month
        cell = str(int(cell))
    if not isinstance(cell, str):
        return None
    text = cell.strip().strip("'")
    for pattern, year, month in (
        (_YEAR_MONTH, 1, 2),
        (_MONTH_YEAR, 2, 1),
        (_NAMED, 2, 1),
        (_YEAR_NAMED, 1, 2),
        (_MONTH_OF_YEAR, 2, 1),
        (_YEAR_OF_MONTH, 1, 2),
        (_ROMAN_OF_YEAR, 2, 1),
        (_ROMAN, 2, 1),
    ):
        if found := pattern.fullmatch(text):
            whole = int(found[year])
            return period(whole if whole > 99 else 2000 + whole, month_number(found[month]))
    if found := parse(text, order):
        return period(int(found[:4]), int(found[5:7]))
    if (found := _SHORT.fullmatch(text)) and int(found[2]) > 12 >= int(found[1]) >= 1:
        return period(2000 + int(found[2]), int(found[1]))
    if (found := _SHORT.fullmatch(text)) and int(found[1]) > 12 >= int(found[2]) >= 1:
        return period(2000 + int(found[1]), int(found[2]))
    return None


@lru_cache(maxsize=2_000)
def month_of(cell: object) -> int | None:
    """Return the number of a month written alone: "12", "Des", "Desember"; None otherwise."""
    if isinstance(cell, (int, float)):
        return int(cell) if cell == int(cell) and 1 <= cell <= 12 else None
    if not isinstance(cell, str):
        return None
    text = cell.strip().lower().rstrip(".")
    if text.isdigit() and len(text) <= 2:
        return int(text) if 1 <= int(text) <= 12 else None
    return MONTHS.get(text)


def in_year(month: int, period: str, ahead: int) -> str:
    """Return a month without a year as the newest one that is at most so many months after a period."""
    year, until = int(period[:4]), int(period[5:]) + ahead
    if month == 1 and until > 12:
        return f"{year + 1}-01"
    return f"{year if month <= until else year - 1}-{month:02}"


@dataclass(slots=True)
class Months:
    """The months a column names, chunk by chunk; `alone` are months without a year, `other` no months.

    days: the cells whose month depends on the order of day and month. Cells that hold nothing do not count.
    """

    months: Counter[str] = field(default_factory=Counter[str])
    alone: Counter[int] = field(default_factory=Counter[int])
    other: int = 0
    days: DateShapes = field(default_factory=DateShapes)

    def count(self, cells: Iterable[object]) -> None:
        """Add a chunk's cells."""
        for cell, number in Counter(cell for cell in cells if cell not in {None, ""}).items():
            found = parse_period(cell)
            if found != parse_period(cell, "mdy"):
                self.days.count([cell] * number)
            elif found:
                self.months[found] += number
            elif alone := month_of(cell):
                self.alone[alone] += number
            elif not is_blank(str(cell)):
                self.other += number

    def read(self, order: Order) -> Counter[str]:
        """Return how often it names each month when its days are read in an order."""
        return self.months + self.days.months[order]

    def orders(self, period: str | None, beside: Sequence[DateShapes]) -> tuple[Order, ...]:
        """Return the orders its days may be in: one when it is certain, else those to ask for; () without.

        A month is written as its first day, and is rarely after the file's period; the dates beside it are
        mostly written as it is. Where these agree they decide. beside: the file's columns of dates.
        """
        days = self.days
        if not days.readable:
            return ()
        if days.dmy or days.mdy:
            certain = _ORDERS if days.dmy >= days.mdy else _ORDERS[::-1]
            return certain if days.dmy and days.mdy else certain[:1]
        told = {self._of_firsts(), self._near(period), _of_dates(beside, period)} - {None}
        return tuple(order for order in _ORDERS if order in told) if len(told) == 1 else _ORDERS

    def _of_firsts(self) -> Order | None:
        """Return the order in which its days are the first of a month; American ones are of several."""
        day_first, month_first = self.days.months["dmy"], self.days.months["mdy"]
        if all(month.endswith("-01") for month in month_first):
            return "dmy"
        only_mdy = len(month_first) > 1 and all(month.endswith("-01") for month in day_first)
        return "mdy" if only_mdy else None

    def _near(self, period: str | None) -> Order | None:
        """Return the only order in which (nearly) all its days fall in a period or in the month before."""
        if period is None:
            return None
        near = (period, before(period))
        dmy, mdy = (sum(self.days.inside(order, month) for month in near) for order in _ORDERS)
        if min(dmy, mdy) > 0.5 or max(dmy, mdy) <= 1 - SLIVER:
            return None
        return "dmy" if dmy > mdy else "mdy"


def _of_dates(columns: Sequence[DateShapes], period: str | None) -> Order | None:
    """Return the one order in which the dates of a file are written, where some tell."""
    told: set[Order] = set()
    for one in columns:
        ways = readings(one, period, columns) if one.dmy or one.mdy or one.either else ()
        told.update(order for order in _ORDERS if len(ways) == 1 and ways[0].startswith(order))
    return told.pop() if len(told) == 1 else None


def in_text(text: str) -> list[tuple[str, float]]:
    """Return the months a title or a name speaks of, each with how plainly: a month 1, a day 0.6, MMYY 0.5.

    A day is often when a file was made, so it weighs less than a month, and 0.1 in a line that speaks of
    printing, of a decree, or of a place before the day; where the file says that it is as of that day
    ("per 31-12-2025"), 0.75. Numbers of forms, letters and decrees say no month.
    """
    found: list[tuple[str, float]] = []
    text = _plain(text)
    left = _unnumbered(text)

    def add(match: re.Match[str], value: str | None, strength: float) -> None:
        nonlocal left
        if value:
            found.append((value[:7], strength))
            left = _blanked(left, match)

    def take(pattern: re.Pattern[str], year: int, month: int, strength: float) -> None:
        for match in list(pattern.finditer(left)):
            whole = int(match[year])
            if whole < 100:
                is_year = whole in _SHORT_YEARS and match[month].lower() not in _OF_MEN
                whole = 2000 + whole if is_year else 0
            add(match, period(whole, month_number(match[month])), strength)

    for match, day in _days(left):
        add(match, parse(day, "dmy"), _of_day(text, match.start()))
    take(_MONTH_OF_YEAR, 2, 1, 1.0)
    take(_YEAR_OF_MONTH, 1, 2, 1.0)
    take(_ROMAN_OF_YEAR, 2, 1, 1.0)
    take(_NAMED, 2, 1, 1.0)
    take(_YEAR_NAMED, 1, 2, 1.0)
    take(_YEAR_MONTH, 1, 2, 1.0)
    take(_MONTH_YEAR, 2, 1, 1.0)
    take(_MONTH_SHORT, 2, 1, 1.0)
    for match, day in _short_days(left):
        add(match, day, _of_day(text, match.start()))
    take(_RAYON_MONTH, 2, 1, 0.5)
    take(_SHORT_IN_TEXT, 2, 1, 0.5)
    take(_SHORT_IN_TEXT, 1, 2, 0.5)
    for match in _SHORT_APART.finditer(left):
        month, year = int(match[1]), int(match[3])
        is_third = re.search(rf"\d{re.escape(match[2])}$", left[: match.start()])
        is_days = month == 1 and year >= 28  # "01-31"
        if year in _SHORT_YEARS and not is_third and not is_days and (value := period(2000 + year, month)):
            found.append((value, 0.5))
    return found


def of_days(text: str) -> set[str]:
    """Return the months of the days a title or a name speaks of that can be read in one order only."""
    found: set[str] = set()
    text = _plain(text)
    for match, shown in _days(_unnumbered(text)):
        days = {day for order in ("dmy", "mdy") if (day := parse(shown, order))}
        if len(days) == 1 and _of_day(text, match.start()) > PRINTED:
            found.add(days.pop()[:7])
    return found


def halves_of_name(text: str) -> tuple[set[int], set[str]]:
    """Return the months and the years that the name of a file or sheet says, each by itself."""
    left = _unnumbered(_plain(text))
    for match, _ in _days(left):
        left = _blanked(left, match)
    months = {month_number(match[1]) for match in _ALONE.finditer(left) if match[1].lower() not in _OF_MEN}
    return months | _labelled(left), set(_YEAR_ALONE.findall(left))


def halves_of_title(text: str) -> tuple[set[int], set[str]]:
    """Return the months and the years that a title says, each by itself: as "Bulan : 12", "Tahun : 2025".

    A line that is nothing but a month, and the year beside a month, need no such word.
    """
    if _ALONE.fullmatch(text.strip()):
        return halves_of_name(text)
    months = _labelled(_unnumbered(_plain(text)))
    years = set(_YEAR_LABELLED.findall(_unnumbered(_plain(text))))
    return months, years or (halves_of_name(text)[1] if months else years)


def _labelled(text: str) -> set[int]:
    return {month_number(match[1] or match[2]) for match in _LABELLED.finditer(text)} & set(range(1, 13))


def _plain(text: str) -> str:
    """Return a text without the blanks between the letters of a word, and with one before a glued month."""
    return _GLUED.sub(" ", _SPACED.sub(lambda word: word[0].replace(" ", ""), text))


def _unnumbered(text: str) -> str:
    """Return a text with the numbers that are no months blanked out: of rayons, drafts, forms, decrees."""
    for pattern in (_NO_MONTH, _NUMBER):
        text = pattern.sub(lambda number: " " * len(number[0]), text)
    return text


def _blanked(text: str, match: re.Match[str]) -> str:
    return text[: match.start()] + " " * len(match[0]) + text[match.end() :]


def _days(text: str) -> Iterator[tuple[re.Match[str], str]]:
    """Return the days a text speaks of, each as parse() reads it."""
    for match in _FULL_DATE.finditer(text):
        yield match, "-".join(part for part in match.groups() if part)
    for match in _NAMED_DAY.finditer(text):
        yield match, re.sub(r"[_\-]", " ", match[0])


def _short_days(text: str) -> list[tuple[re.Match[str], str]]:
    """Return the days with years of two digits, where all of a text can be read in one order only."""
    matches = list(_SHORT_DAY.finditer(text))
    read = {
        order: [parse(f"{one[1]}-{one[3]}-{one[4]}", order) or "" for one in matches]
        for order in ("dmy", "mdy", "ymd")
    }
    ways = [days for days in read.values() if all(day and int(day[2:4]) in _DAY_YEARS for day in days)]
    if len(ways) != 1 or ways[0] == read["mdy"]:
        return []
    return list(zip(matches, ways[0], strict=True))


def _of_day(text: str, start: int) -> float:
    """Return how plainly the day that starts there in a text says which month a file is of."""
    before_it = text[:start]
    as_of = _AS_OF.search(before_it)
    if as_of and not as_of[1]:
        return 0.75
    place = _PLACE.search(before_it)
    is_made = _PRINTED.search(text) or (place and not WEEKDAY.match(place[1]))
    return PRINTED if is_made else 0.6
