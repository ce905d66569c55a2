"""Dates as people write them: the order of day and month is one decision per column, never per cell."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, Literal

from arus_ingest.files.blanks import is_no_day

Order = Literal["dmy", "mdy", "ymd", "dmy-swapped", "mdy-swapped"]
"""Of texts; ymd: of years of two digits. swapped: a spreadsheet of the other order made dates of those texts
that it could, day and month exchanged."""

SWAPPED: Final[Mapping[Order, Order]] = {"dmy": "dmy-swapped", "mdy": "mdy-swapped"}

MONTHS: Final[Mapping[str, int]] = {
    name: number
    for number, names in enumerate(
        (
            "januari january jan",
            "februari pebruari february feb peb",
            "maret march mar mrt",
            "april apr",
            "mei may",
            "juni june jun",
            "juli july jul",
            "agustus august agu agus agt ags agst agust aug",
            "september sep sept",
            "oktober october okt oct",
            "november nopember nov nop",
            "desember december des dec",
        ),
        1,
    )
    for name in names.split()
}
_NUMERALS: Final = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
ROMAN: Final[Mapping[str, int]] = {numeral: number for number, numeral in enumerate(_NUMERALS, 1)}
FIRST_YEAR: Final = 1950
LAST_YEAR: Final = 2099
EXCEL_EPOCH: Final = date(1899, 12, 30)
EXCEL_DAYS: Final = range(18_264, 73_051)  # 1950 to 2099
_DIGITS: Final = range(1_000_000, 100_000_000)  # whole numbers that are written out dates

_ZONE: Final = r"(?:[AaPp][Mm]|WIB|WITA|WIT|(?P<zone>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?"
_BEFORE_CLOCK: Final = r"(?:T|[\s,\-]+(?:(?i:pukul|pkl|jam)\.?\s*)?)"  # a stroke: DB2's 2025-12-05-10.15.22
_CLOCK: Final = (
    rf"(?:{_BEFORE_CLOCK}(?P<hour>\d{{1,2}})[:.](?P<minute>\d{{2}})(?:[:.]\d{{2}}(?:[.,]\d+)?)?\s*{_ZONE})?"
)
_WIB: Final = 7
_HOME: Final = range(_WIB, 10)  # hours ahead of UTC, of the three zones of Indonesia
_TRIPLE: Final = re.compile(rf"(\d{{1,4}})\s*([-/.\s])\s*(\d{{1,2}})\s*\2\s*(\d{{1,4}}){_CLOCK}")
_COMPACT: Final = re.compile(rf"(?P<day>\d{{7,8}}){_CLOCK}|(?P<stamp>\d{{8}})[T\s]?\d{{6}}")
_NAMED: Final = re.compile(
    rf"(\d{{1,2}})[-/.\s]*([A-Za-z]{{3,}}|(?<=[-/.\s])[IVX]{{1,4}}(?=[-/.\s]))[-/.,\s]*(\d{{4}}|\d{{2}}){_CLOCK}"
)
_NAMED_FIRST: Final = re.compile(rf"([A-Za-z]{{3,}})[-/.\s]*(\d{{1,2}})[,\s]+(\d{{4}}){_CLOCK}")
_SHORT: Final = re.compile(r"\d{1,2}\s*[-/.\s]\s*\d{1,2}\s*[-/.\s]\s*\d{2}(?!\d)")
WEEKDAY: Final = re.compile(
    r"^(?:senin|selasa|rabu|kamis|jum['’‘`]?at|sabtu|minggu|ahad|(?:mon|tues|wednes|thurs|fri|satur|sun)day|"
    r"mon|tue|wed|thu|fri|sat|sun|sen|sel|rab|kam|jum|sab|min)\b[,.\s/\-]*",
    re.IGNORECASE,
)


SLIVER: Final = 0.02


@dataclass(slots=True)
class DateShapes:
    """How a column's cells can be read as dates, counted chunk by chunk.

    `dmy` and `mdy` can only be read in that order, `either` in both (`same` where it makes no difference),
    `neither` are no dates; those that hold nothing do not count. kept: the days that a workbook keeps as
    dates. months: the months the cells fall in, by order.
    """

    dmy: int = 0
    mdy: int = 0
    either: int = 0
    same: int = 0
    neither: int = 0
    kept: Counter[str] = field(default_factory=Counter[str])
    months: dict[Order, Counter[str]] = field(default_factory=lambda: defaultdict(Counter[str]))

    def count(self, cells: Iterable[object]) -> None:
        """Add a chunk's cells."""
        for cell, number in Counter(cell for cell in cells if cell not in {None, ""}).items():
            first, second = parse(cell, "dmy"), parse(cell, "mdy")
            if first is None and second is None:
                self.neither += 0 if is_no_day(str(cell)) else number
            elif first == second:
                self.same += number
            elif second is None:
                self.dmy += number
            elif first is None:
                self.mdy += number
            else:
                self.either += number
            for order, day in _read(cell, first, second).items():
                if day is not None:
                    self.months[order][day[:7]] += number
            if isinstance(cell, date):
                self.kept[f"{cell:%Y-%m-%d}"] += number

    @property
    def cells(self) -> int:
        """How many cells are not empty."""
        return self.readable + self.neither

    @property
    def readable(self) -> int:
        """How many of them are dates in some order."""
        return self.dmy + self.mdy + self.either + self.same

    @property
    def short_years(self) -> bool:
        """Whether nearly all could begin with years of two digits, and would then be other dates."""
        ymd = self.months["ymd"]
        return ymd != self.months["dmy"] and sum(ymd.values()) > (1 - SLIVER) * self.readable

    def inside(self, order: Order, period: str) -> float:
        """Return the share of the dates that fall in a period when they are read in an order."""
        return self.months[order][period] / self.readable if self.readable else 0.0

    def only(self, orders: Sequence[Order], period: str, doubtful: str | None = None) -> Order | None:
        """Return the one order in which nearly all dates fall in a period, and in no other most of them.

        doubtful: a month in which they must not fall, either, with the day first.
        """
        inside = {order: self.inside(order, period) for order in orders}
        best = max(orders, key=inside.__getitem__)
        others = {order: share for order, share in inside.items() if order != best}
        if doubtful and best != "dmy" and "dmy" in others:
            others["dmy"] += self.inside("dmy", doubtful)
        return best if inside[best] > 1 - SLIVER and max(others.values(), default=0.0) < 0.5 else None


def _read(cell: object, dmy: str | None, mdy: str | None) -> dict[Order, str | None]:
    """Return a cell in every order. dmy, mdy: how it reads in these."""
    if isinstance(cell, date):
        swapped = parse(cell, "dmy-swapped")
        return {"dmy": dmy, "mdy": mdy, "ymd": dmy, "dmy-swapped": swapped, "mdy-swapped": swapped}
    short = isinstance(cell, str) and _SHORT.match(cell)
    return {
        "dmy": dmy,
        "mdy": mdy,
        "ymd": parse(cell, "ymd") if short else dmy,
        "dmy-swapped": dmy,
        "mdy-swapped": mdy,
    }


def readings(
    shapes: DateShapes,
    period: str | None,
    beside: Sequence[DateShapes] = (),
    about: str | None = None,
    doubtful: str | None = None,
) -> tuple[Order, ...]:
    """Return the orders a whole column may be in: one when it is certain, else those to ask for.

    A file that says its own period elsewhere decides between them when all the dates of one, and hardly any
    of the others, fall in that period; else the other columns of dates beside it do when they agree.
    about: the period a file is likely for; doubtful: one that it may be for as well.
    """
    if shapes.dmy and shapes.mdy:
        return ("dmy", "mdy") if shapes.dmy >= shapes.mdy else ("mdy", "dmy")
    ways = _of_texts(shapes)
    if shapes.short_years:
        columns = [shapes, *beside]
        if period is not None and any(one.only(("ymd", "dmy", "mdy"), period) == "ymd" for one in columns):
            return ("ymd",)
        if _fewer_years(columns, period or about):
            return ("ymd", *ways)
    if swapped := _swapped(shapes, period, ways[0]):
        return swapped
    if len(ways) == 1:
        return ways
    if period is not None and (order := shapes.only(ways, period, doubtful)):
        return (order,)
    order = told(beside)
    return ways if order is None else (order,)


def _of_texts(shapes: DateShapes) -> tuple[Order, ...]:
    if shapes.dmy or not (shapes.mdy or shapes.either):
        return ("dmy",)
    return ("mdy",) if shapes.mdy else ("dmy", "mdy")


def _fewer_years(columns: Sequence[DateShapes], period: str | None) -> bool:
    """Tell whether a file's dates fall into fewer years, near its period, when they begin with the year.

    That is not certain: the dates of one day of many months are such dates, too.
    """
    months: dict[Order, Counter[str]] = {"dmy": Counter(), "ymd": Counter()}
    for one in columns:
        for order, counted in months.items():
            counted.update(one.months[order])
    dmy, ymd = ({month[:4] for month in counted} for counted in months.values())
    total = sum(months["ymd"].values())
    near = sum(
        number
        for month, number in months["ymd"].items()
        if period is None or abs(int(month[:4]) - int(period[:4])) <= 1
    )
    whole = total > (1 - SLIVER) * sum(one.readable for one in columns)
    return len(ymd) < len(dmy) and whole and near > total / 2


def _swapped(shapes: DateShapes, period: str | None, order: Order) -> tuple[Order, ...]:
    """Return the orders that are possible where a spreadsheet may have exchanged day and month, else ().

    It makes a date of each text that is one in its own order: none of these is after the twelfth, and what
    stays text is. Dates alone are doubted when only exchanged they fall in the file's period.
    """
    if not shapes.kept or any(day[8:] > "12" for day in shapes.kept):
        return ()
    ways: tuple[Order, Order] = (SWAPPED[order], order)
    total = sum(shapes.kept.values())
    kept = sum(number for day, number in shapes.kept.items() if day[:7] == period) / total
    exchanged = sum(number for day, number in shapes.kept.items() if f"{day[:5]}{day[8:]}" == period) / total
    only_exchanged = exchanged > 1 - SLIVER and kept < 0.5
    if not (shapes.dmy or shapes.mdy):
        return ways if only_exchanged and total == shapes.readable else ()
    if only_exchanged:
        return ways[:1]
    return () if kept > 1 - SLIVER and exchanged < 0.5 else ways


def told(columns: Iterable[DateShapes]) -> Order | None:
    """Return the only order that several columns of one file can be in, None where they tell none or both."""
    orders: set[Order] = set()
    for one in columns:
        orders |= {"dmy"} if one.dmy else set()
        orders |= {"mdy"} if one.mdy else set()
    return orders.pop() if len(orders) == 1 else None


@lru_cache(maxsize=50_000)
def parse(cell: object, order: str) -> str | None:
    """Return a cell as YYYY-MM-DD, None where it is no date.

    Years first, names of months and days in Indonesian or English, times behind, 8 digits (or 7: a workbook
    drops the zero before them) and Excel's day numbers are read; years of two digits are of this century. A
    time that is not of Indonesia (Z, +00:00) counts by WIB.
    """
    if isinstance(cell, date):
        return _date(cell.year, cell.day, cell.month) if order in SWAPPED.values() else f"{cell:%Y-%m-%d}"
    if isinstance(cell, (int, float)):
        return _of_number(cell, order)
    if not isinstance(cell, str):
        return None
    text = WEEKDAY.sub("", cell.strip().strip("'"))
    if found := _TRIPLE.fullmatch(text):
        return _at_home(_ordered(found[1], found[3], found[4], order), found)
    if found := _COMPACT.fullmatch(text):
        return _at_home(_compact(found["day"] or found["stamp"], order), found)
    if found := _NAMED.fullmatch(text):
        return _at_home(_date(_year(found[3]), month_number(found[2]), int(found[1])), found)
    if found := _NAMED_FIRST.fullmatch(text):
        return _at_home(_date(int(found[3]), month_number(found[1]), int(found[2])), found)
    if re.fullmatch(r"\d{5}([.,]\d+)?", text):
        return _of_number(float(text.replace(",", ".")), order)
    return None


def month_number(text: str) -> int:
    """Return the number of a month: of its name, a Roman numeral or digits; 0 where it is none of these."""
    return MONTHS.get(text.lower()) or ROMAN.get(text.upper()) or (int(text) if text.isdigit() else 0)


def _at_home(day: str | None, found: re.Match[str]) -> str | None:
    """Return the day by WIB of a time that is not of Indonesia; any other is as written."""
    if day is None or not found["zone"]:
        return day
    digits = found["zone"].strip("+-ZUTCGM").replace(":", "").ljust(4, "0")
    ahead = int(digits[:2]) * 60 + int(digits[2:])
    ahead = -ahead if found["zone"].startswith("-") else ahead
    if ahead // 60 in _HOME:
        return day
    minutes = int(found["hour"]) * 60 + int(found["minute"]) - ahead + _WIB * 60
    return f"{date.fromisoformat(day) + timedelta(days=minutes // 1440):%Y-%m-%d}"


def _ordered(first: str, second: str, third: str, order: str) -> str | None:
    if len(first) == 4:
        return _date(int(first), int(second), int(third)) if len(third) <= 2 else None
    if len(first) > 2 or len(third) not in {2, 4}:
        return None
    if order == "ymd" and len(third) == 2:
        return _date(_year(first), int(second), int(third))
    day, month = (second, first) if order.startswith("mdy") else (first, second)
    return _date(_year(third), int(month), int(day))


def _compact(digits: str, order: str) -> str | None:
    digits = digits.zfill(8)
    if digits[:2] in {"19", "20"} and (found := _date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))):
        return found
    return _ordered(digits[:2], digits[2:4], digits[4:], order)


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _of_number(number: float, order: str) -> str | None:
    whole = int(number)
    if whole in _DIGITS and whole == number:
        return _compact(str(whole), order)
    return (EXCEL_EPOCH + timedelta(days=whole)).isoformat() if whole in EXCEL_DAYS else None


def _date(year: int, month: int, day: int) -> str | None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None
