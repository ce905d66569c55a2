"""Months: in a column, a title, the name of a sheet or a file."""

import re
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from arus_ingest.files.dates import MONTHS, parse

_PRINTED: Final = re.compile(
    r"(?:di)?cetak\w*|print\w*|generated|exported?|run date|(?:di)?unduh|download\w*|dibuat|tgl\.? proses",
    re.IGNORECASE,
)  # a line that says when the file was made
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
_NOT_DIGIT_BEFORE: Final = r"(?<!\d)"
_NOT_DIGIT_AFTER: Final = r"(?!\d)"
_NAMED: Final = re.compile(
    rf"(?<![a-z])({_MONTH})(?![a-z])[\s_\-./,'’]*({_YEAR}|\d{{2}}){_NOT_DIGIT_AFTER}", re.IGNORECASE
)
_YEAR_NAMED: Final = re.compile(
    rf"{_NOT_DIGIT_BEFORE}({_YEAR})[\s_\-./]*(?<![a-z])({_MONTH})(?![a-z])", re.IGNORECASE
)
_FULL_DATE: Final = re.compile(
    rf"{_NOT_DIGIT_BEFORE}(?:({_YEAR})[-_./]?(\d{{2}})[-_./]?(\d{{2}})"
    rf"|(\d{{1,2}})[-_./](\d{{1,2}})[-_./]({_YEAR})|(\d{{2}})(\d{{2}})({_YEAR}))"
    rf"(?:[-_T ]?\d{{4,6}})?{_NOT_DIGIT_AFTER}"
)
_YEAR_MONTH: Final = re.compile(rf"{_NOT_DIGIT_BEFORE}({_YEAR})[\s_\-./]?(\d{{2}}|\d){_NOT_DIGIT_AFTER}")
_MONTH_YEAR: Final = re.compile(rf"{_NOT_DIGIT_BEFORE}(\d{{1,2}})[\s_\-./]?({_YEAR}){_NOT_DIGIT_AFTER}")
_NAMED_DAY: Final = re.compile(
    rf"(?<!\d)(?<!unit.)(?<!rayon.)(?<!cabang.)(?<!wilayah.)\d{{1,2}}[\s_\-]+(?:{_MONTH})[\s_\-]+{_YEAR}",
    re.IGNORECASE,
)  # the number of a unit is no day
_MONTH_OF_YEAR: Final = re.compile(
    rf"{_NOT_DIGIT_BEFORE}(?:(?:bulan|bln|month)[\s_\-./:]*)?(\d{{1,2}}|(?<![a-z])(?:{_MONTH}))"
    rf"[\s_\-./,]*(?:tahun|thn|th|year)[\s_\-./:]*({_YEAR}){_NOT_DIGIT_AFTER}",
    re.IGNORECASE,
)
_YEAR_OF_MONTH: Final = re.compile(
    rf"{_NOT_DIGIT_BEFORE}({_YEAR})[\s_\-./,]*(?:bulan|bln|month)[\s_\-./:]*(\d{{1,2}}|{_MONTH})(?![a-z\d])",
    re.IGNORECASE,
)
_NO_MONTH: Final = re.compile(
    r"(?<![a-z])(?:q|tw|triwulan|kuartal|kwartal|quarter|semester|smt|sem|minggu|week|tahap|rev|ver|versi|v(?=\d))"
    r"[\s_\-.]*\d{1,2}(?!\d)",
    re.IGNORECASE,
)  # numbers of quarters, weeks and drafts
_SHORT: Final = re.compile(rf"{_NOT_DIGIT_BEFORE}(\d{{2}})[\s_\-./]?(\d{{2}}){_NOT_DIGIT_AFTER}")
_SHORT_IN_TEXT: Final = re.compile(rf"{_NOT_DIGIT_BEFORE}(\d{{2}})(\d{{2}}){_NOT_DIGIT_AFTER}")
_SHORT_APART: Final = re.compile(r"(?<!\d)(?<!\d[-_.])(\d{2})[-_.](\d{2})(?![-_.]?\d)")
_SHORT_YEARS: Final = range(15, 34)  # in a text: rayons are called 34 and 35

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


@lru_cache(maxsize=20_000)
def parse_period(cell: object) -> str | None:
    """Return the month a cell names as YYYY-MM, None where it names none (or a month without its year).

    A number is read as its digits are: 22025 is February 2025 before it is an Excel day.
    """
    if isinstance(cell, (datetime, date)):
        return period(cell.year, cell.month)
    if isinstance(cell, (int, float)):
        if cell != int(cell):
            return None
        if 10_000 <= cell < 100_000 and int(cell) % 10_000 not in _NUMBERED:
            found = parse(cell, "dmy")
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
    ):
        if found := pattern.fullmatch(text):
            number = MONTHS.get(found[month].lower()) or (int(found[month]) if found[month].isdigit() else 0)
            whole = int(found[year])
            return period(whole if whole > 99 else 2000 + whole, number)
    if found := parse(text, "dmy"):
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


def in_text(text: str) -> list[tuple[str, float]]:
    """Return the months a title or a name speaks of, each with how plainly: a month 1, a day 0.6, MMYY 0.5.

    A day is often when a file was made, so it weighs less than a month, and 0.1 in a line that speaks of
    printing; where the file says that it is as of that day ("per 31-12-2025"), 0.75.
    """
    found: list[tuple[str, float]] = []
    left = _NO_MONTH.sub(lambda number: " " * len(number[0]), text)

    def take(pattern: re.Pattern[str], year: int, month: int, strength: float) -> None:
        nonlocal left
        for match in list(pattern.finditer(left)):
            whole = int(match[year])
            number = MONTHS.get(match[month].lower()) or (int(match[month]) if match[month].isdigit() else 0)
            if whole < 100 and whole not in _SHORT_YEARS:
                continue
            if value := period(whole if whole > 99 else 2000 + whole, number):
                found.append((value, strength))
                left = left[: match.start()] + " " * (match.end() - match.start()) + left[match.end() :]

    for match in list(_FULL_DATE.finditer(left)):
        parts = [part for part in match.groups() if part]
        shown = "-".join(parts)
        if value := parse(shown, "dmy"):
            found.append((value[:7], _of_day(text, match.start())))
            left = left[: match.start()] + " " * (match.end() - match.start()) + left[match.end() :]
    for match in list(_NAMED_DAY.finditer(left)):
        if value := parse(re.sub(r"[_\-]", " ", match[0]), "dmy"):
            found.append((value[:7], _of_day(text, match.start())))
            left = left[: match.start()] + " " * (match.end() - match.start()) + left[match.end() :]
    take(_MONTH_OF_YEAR, 2, 1, 1.0)
    take(_YEAR_OF_MONTH, 1, 2, 1.0)
    take(_NAMED, 2, 1, 1.0)
    take(_YEAR_NAMED, 1, 2, 1.0)
    take(_YEAR_MONTH, 1, 2, 1.0)
    take(_MONTH_YEAR, 2, 1, 1.0)
    for match in _SHORT_IN_TEXT.finditer(left):
        first, second = int(match[1]), int(match[2])
        if 1 <= first <= 12 and second in _SHORT_YEARS:
            found.append((f"20{second:02}-{first:02}", 0.5))
        elif first in _SHORT_YEARS and 1 <= second <= 12:
            found.append((f"20{first:02}-{second:02}", 0.5))
    for match in _SHORT_APART.finditer(left):
        month, year = int(match[1]), int(match[2])
        if 1 <= month <= 12 and year in _SHORT_YEARS and not (month == 1 and year >= 28):  # "01-31": days
            found.append((f"20{year:02}-{month:02}", 0.5))
    return found


def of_days(text: str) -> set[str]:
    """Return the months of the days a title or a name speaks of that can be read in one order only."""
    found: set[str] = set()
    for match in _FULL_DATE.finditer(text):
        shown = "-".join(part for part in match.groups() if part)
        days = {day for order in ("dmy", "mdy") if (day := parse(shown, order))}
        if len(days) == 1 and _of_day(text, match.start()) > PRINTED:
            found.add(days.pop()[:7])
    for match in _NAMED_DAY.finditer(text):
        day = parse(re.sub(r"[_\-]", " ", match[0]), "dmy")
        if day and _of_day(text, match.start()) > PRINTED:
            found.add(day[:7])
    return found


def _of_day(text: str, start: int) -> float:
    """Return how plainly the day that starts there in a text says which month a file is of."""
    as_of = _AS_OF.search(text[:start])
    if as_of and not as_of[1]:
        return 0.75
    return PRINTED if _PRINTED.search(text) else 0.6
