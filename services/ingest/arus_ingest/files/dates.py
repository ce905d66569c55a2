"""Dates as people write them: the order of day and month is one decision per column, never per cell."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final, Literal

Order = Literal["dmy", "mdy"]
ORDERS: Final[tuple[Order, ...]] = ("dmy", "mdy")

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
            "agustus august agu agt ags agust aug",
            "september sep sept",
            "oktober october okt oct",
            "november nopember nov nop",
            "desember december des dec",
        ),
        1,
    )
    for name in names.split()
}
FIRST_YEAR: Final = 1950
LAST_YEAR: Final = 2099
EXCEL_EPOCH: Final = date(1899, 12, 30)
EXCEL_DAYS: Final = range(18_264, 73_051)  # 1950 to 2099

_ZONE: Final = r"(?:[AaPp][Mm]|WIB|WITA|WIT|Z|[+-]\d{2}:?\d{2})?"
_CLOCK: Final = rf"(?:[T\s,]+\d{{1,2}}[:.]\d{{2}}(?:[:.]\d{{2}}(?:[.,]\d+)?)?\s*{_ZONE})?"
_TRIPLE: Final = re.compile(rf"(\d{{1,4}})\s*([-/.\s])\s*(\d{{1,2}})\s*\2\s*(\d{{1,4}}){_CLOCK}")
_COMPACT: Final = re.compile(rf"(\d{{8}}){_CLOCK}|(\d{{8}})\d{{6}}")
_NAMED: Final = re.compile(rf"(\d{{1,2}})[-/.\s]*([A-Za-z]{{3,}})[-/.,\s]*(\d{{4}}|\d{{2}}){_CLOCK}")
_NAMED_FIRST: Final = re.compile(rf"([A-Za-z]{{3,}})[-/.\s]*(\d{{1,2}})[,\s]+(\d{{4}}){_CLOCK}")
_WEEKDAY: Final = re.compile(
    r"^(?:senin|selasa|rabu|kamis|jum'?at|sabtu|minggu|ahad|(?:mon|tues|wednes|thurs|fri|satur|sun)day|"
    r"mon|tue|wed|thu|fri|sat|sun|sen|sel|rab|kam|jum|sab|min)\b[,.\s]*",
    re.IGNORECASE,
)


@dataclass(slots=True)
class DateShapes:
    """How a column's cells can be read as dates, counted chunk by chunk.

    `dmy` and `mdy` can only be read in that order, `either` in both (`same` where it makes no difference),
    `neither` are no dates. months: the months the cells fall in, by order.
    """

    dmy: int = 0
    mdy: int = 0
    either: int = 0
    same: int = 0
    neither: int = 0
    months: dict[Order, Counter[str]] = field(default_factory=lambda: {"dmy": Counter(), "mdy": Counter()})

    def count(self, cells: Iterable[object]) -> None:
        """Add a chunk's cells."""
        for cell, number in Counter(cell for cell in cells if cell not in {None, ""}).items():
            first, second = parse(cell, "dmy"), parse(cell, "mdy")
            if first is None and second is None:
                self.neither += number
            elif first == second:
                self.same += number
            elif second is None:
                self.dmy += number
            elif first is None:
                self.mdy += number
            else:
                self.either += number
            if first is not None:
                self.months["dmy"][first[:7]] += number
            if second is not None:
                self.months["mdy"][second[:7]] += number

    @property
    def cells(self) -> int:
        """How many cells are not empty."""
        return self.readable + self.neither

    @property
    def readable(self) -> int:
        """How many of them are dates in some order."""
        return self.dmy + self.mdy + self.either + self.same


SLIVER: Final = 0.02


def readings(shapes: DateShapes, period: str | None, beside: Iterable[DateShapes] = ()) -> tuple[Order, ...]:
    """Return the orders a whole column may be in: one when it is certain, two when it has to be asked.

    A file that says its own period elsewhere decides between two orders when all the dates of one, and hardly
    any of the other, fall in that period; else the other columns of dates beside it do when they agree.
    """
    if shapes.dmy and shapes.mdy:
        return ("dmy", "mdy") if shapes.dmy >= shapes.mdy else ("mdy", "dmy")
    if shapes.dmy or not (shapes.mdy or shapes.either):
        return ("dmy",)
    if shapes.mdy:
        return ("mdy",)
    if period is not None:
        inside = {order: shapes.months[order][period] / shapes.readable for order in ORDERS}
        sure: tuple[Order, ...] = tuple(order for order in ORDERS if inside[order] > 1 - SLIVER)
        if len(sure) == 1 and min(inside.values()) < 0.5:
            return sure
    order = told(beside)
    return ("dmy", "mdy") if order is None else (order,)


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

    Years first, names of months and days in Indonesian or English, times behind, 8 digits and Excel's day
    numbers are read; years of two digits are of this century.
    """
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, (int, float)):
        return _serial(float(cell))
    if not isinstance(cell, str):
        return None
    text = _WEEKDAY.sub("", cell.strip().strip("'"))
    if found := _TRIPLE.fullmatch(text):
        return _ordered(found[1], found[3], found[4], order)
    if found := _COMPACT.fullmatch(text):
        return _compact(found[1] or found[2], order)
    if found := _NAMED.fullmatch(text):
        return _date(_year(found[3]), MONTHS.get(found[2].lower(), 0), int(found[1]))
    if found := _NAMED_FIRST.fullmatch(text):
        return _date(int(found[3]), MONTHS.get(found[1].lower(), 0), int(found[2]))
    if re.fullmatch(r"\d{5}([.,]\d+)?", text):
        return _serial(float(text.replace(",", ".")))
    return None


def _ordered(first: str, second: str, third: str, order: str) -> str | None:
    if len(first) == 4:
        return _date(int(first), int(second), int(third)) if len(third) <= 2 else None
    if len(first) > 2 or len(third) not in {2, 4}:
        return None
    day, month = (first, second) if order == "dmy" else (second, first)
    return _date(_year(third), int(month), int(day))


def _compact(digits: str, order: str) -> str | None:
    if digits[:2] in {"19", "20"} and (found := _date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))):
        return found
    return _ordered(digits[:2], digits[2:4], digits[4:], order)


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _serial(days: float) -> str | None:
    if int(days) in range(19_000_101, 20_991_232) and days == int(days):
        return _compact(str(int(days)), "dmy")
    if int(days) in EXCEL_DAYS:
        return (EXCEL_EPOCH + timedelta(days=int(days))).isoformat()
    return None


def _date(year: int, month: int, day: int) -> str | None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None
