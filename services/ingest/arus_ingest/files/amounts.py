"""Numbers as people write them: one way of reading per column, never per cell."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from arus_ingest.files.blanks import is_blank

Notation = Literal["1.234,56", "1,234.56", "plain"]
INDONESIAN: Final[Notation] = "1.234,56"
ENGLISH: Final[Notation] = "1,234.56"
PLAIN: Final[Notation] = "plain"
LEAST_SHARE: Final = 0.02  # of the cells with a separator: fewer that decide could be slips of the pen
MONEY_DECIMALS: Final = 2
THOUSAND: Final = 1_000
GROUP: Final = 3  # digits between separators
MINUS: Final = "-"
"""Among the marks of a column: what is below zero was received."""

_SPACE: Final = "[\\s\u00a0\u2007\u202f]"
_CURRENCY: Final = rf"(?:(?:rp|idr)\.?{_SPACE}*)?"
_UNIT: Final = r"(?:rp|idr|m3|m³|ltr|liter|l|lbr|lembar|hari)?\.?"
_FIGURE: Final = re.compile(
    rf"{_SPACE}*{_CURRENCY}([-+(]?){_SPACE}*{_CURRENCY}([-+(]?){_SPACE}*"
    rf"((?:\d|[.,]\d)(?:[\d.,]|['’\u00a0\u2007\u202f ](?=\d))*?)"
    rf"(?:[.,]{_SPACE}*[-=]+)?{_SPACE}*(-?){_SPACE}*{_UNIT}{_SPACE}*\)?"
    rf"{_SPACE}*(?:(cr|db|dr)|\((cr|db|dr)\))?\.?{_SPACE}*",
    re.IGNORECASE,
)
_DASHES: Final = str.maketrans("\u2212\u2013\u2014", "---")
_SPACED: Final = re.compile(r"\d{1,3}(?:['’\s]\d{3})+(?:[.,]\d+)?")
_GROUPED: Final = {
    INDONESIAN: re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?|\d+(?:,\d+)?|,\d+"),
    ENGLISH: re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"),
}


class Figure(NamedTuple):
    """A number as written: digits with their separators, whether a sign says minus, CR or DB behind it."""

    core: str
    minus: bool
    mark: str


@lru_cache(maxsize=100_000)
def figure(text: str) -> Figure | None:
    """Return a cell's number as written, None where it is none.

    Understood: Rp and IDR, units (m3, L), ",-" endings, a minus before or behind, parentheses, the marks CR
    and DB (also in parentheses), spaces and apostrophes between groups of three digits.
    """
    found = _FIGURE.fullmatch(text.translate(_DASHES))
    if found is None:
        return None
    before, inner, core, behind, bare, enclosed = found.groups(default="")
    if not core.replace(".", "").replace(",", "").isdigit():
        if not _SPACED.fullmatch(core):
            return None
        core = re.sub(r"['’\s]", "", core)
    minus = before in {"-", "("} or inner in {"-", "("} or bool(behind)
    return Figure(core, minus, (bare or enclosed).upper().replace("DR", "DB"))


@dataclass(slots=True)
class Shapes:
    """What a column's cells look like, counted chunk by chunk.

    Of its cells that are written as text: `indonesian` and `english` can only be read that way, `dots` and
    `commas` either way with another value ("1.234", "1,234"), `digits` have no separator, `neither` are no
    numbers. minus: those below zero, by a sign. Of the values, `some` are not zero and `large` a thousand or
    more; large_parts and small_parts: those with a fraction, from a thousand up and below. thirds: numeric
    cells of three decimals.
    """

    indonesian: int = 0
    english: int = 0
    dots: int = 0
    commas: int = 0
    digits: int = 0
    neither: int = 0
    credit: int = 0
    debit: int = 0
    fractions: int = 0  # numeric cells of a workbook that are not whole
    numeric: int = 0
    minus: int = 0
    some: int = 0
    large: int = 0
    large_parts: int = 0
    small_parts: int = 0
    thirds: int = 0

    def count(self, cells: Iterable[object]) -> None:
        """Add a chunk's cells; those that hold nothing do not count."""
        for cell in cells:
            if isinstance(cell, str):
                if cell.isdigit() and cell.isascii():
                    self.digits += 1
                    self.some += cell != "0"
                    self.large += len(cell) > GROUP
                elif text := cell.strip():
                    self._count(text)
            elif isinstance(cell, (int, float)):
                self.numeric += 1
                self.minus += cell < 0
                self._size(abs(cell) >= THOUSAND, some=cell != 0, whole=cell == int(cell))
                if cell != int(cell):
                    self.fractions += 1
                    self.thirds += len(of_number(cell).partition(".")[2]) == GROUP
            elif cell is not None:
                self.neither += 1

    def _count(self, text: str) -> None:
        written = figure(text)
        if written is None:
            self.neither += not is_blank(text)
            return
        self.credit += written.mark == "CR"
        self.debit += written.mark == "DB"
        self.minus += written.minus
        indonesian = _GROUPED[INDONESIAN].fullmatch(written.core)
        english = _GROUPED[ENGLISH].fullmatch(written.core)
        if indonesian or english:
            whole, decimals = _halves(
                written.core, None if indonesian and english else "," if indonesian else "."
            )
            self._size(len(whole) > GROUP, some=bool(whole or decimals), whole=not decimals)
        if written.core.isdigit():
            self.digits += 1
        elif indonesian and english:
            self.dots += "." in written.core
            self.commas += "," in written.core
        elif indonesian:
            self.indonesian += 1
        elif english:
            self.english += 1
        else:
            self.neither += 1

    def _size(self, is_large: bool, *, some: bool, whole: bool) -> None:
        self.some += some
        self.large += is_large
        self.large_parts += is_large and not whole
        self.small_parts += not is_large and not whole

    @property
    def cells(self) -> int:
        """How many cells are not empty."""
        return self.written + self.numeric

    @property
    def written(self) -> int:
        """How many of them are text."""
        return self.indonesian + self.english + self.dots + self.commas + self.digits + self.neither

    @property
    def readable(self) -> int:
        """How many of them are numbers in some notation."""
        return self.cells - self.neither

    @property
    def lost_thousands(self) -> bool:
        """Whether fractions may be thousands, as a spreadsheet makes them that takes 112.800 for 112.8."""
        return bool(self.small_parts) and not self.large_parts

    @property
    def is_below_zero(self) -> bool:
        """Whether nearly all are below zero."""
        return self.minus > (1 - LEAST_SHARE) * self.readable


def readings(shapes: Shapes, scale: int) -> tuple[Notation, ...]:
    """Return the notations a whole column may be in: one when it is certain, two when it has to be asked.

    scale: the most decimals its values can have. Under a scale of two "150.000" cannot be a fraction, so its
    dot can only group; under three it may be either. Evidence of both notations, or a reading that only a
    sliver of the column supports, is not certain.
    """
    indonesian, english = shapes.indonesian, shapes.english
    either = shapes.dots + shapes.commas
    if shapes.fractions and shapes.written and either + indonesian + english:
        return (INDONESIAN, ENGLISH)  # a workbook that took some of its texts for fractions
    if scale <= MONEY_DECIMALS:
        indonesian += shapes.dots
        english += shapes.commas
        either = 0
    if indonesian and english:
        return (INDONESIAN, ENGLISH) if indonesian >= english else (ENGLISH, INDONESIAN)
    if not indonesian and not english:
        if not either:
            return (PLAIN,)
        return (INDONESIAN, ENGLISH) if shapes.dots >= shapes.commas else (ENGLISH, INDONESIAN)
    decided: Notation = INDONESIAN if indonesian else ENGLISH
    other: Notation = ENGLISH if indonesian else INDONESIAN
    if either and (indonesian + english) < LEAST_SHARE * (either + indonesian + english):
        return (decided, other)
    return (decided,)


def _halves(core: str, point: str | None) -> tuple[str, str]:
    """Return the digits before and behind the point of a number, without the noughts that add nothing."""
    whole, _, decimals = core.partition(point) if point else (core, "", "")
    return whole.replace(".", "").replace(",", "").lstrip("0"), decimals.rstrip("0")


def negative_marks(shapes: Shapes, *, credit_positive: bool) -> tuple[tuple[str, ...], ...]:
    """Return which of CR and DB may mean minus in a column, one set for each possible reading.

    A mark that only some cells carry is the exception: it means minus. Where every cell carries one, the kind
    of file says which (received money is credited, owed money debited). Anything else has to be asked.
    """
    marked = shapes.credit + shapes.debit
    if not marked:
        return ((),)
    unmarked = shapes.written - marked + shapes.numeric
    if shapes.credit and shapes.debit:
        usual = ("DB",) if credit_positive else ("CR",)
        return (usual,) if not unmarked else (usual, ("CR",) if credit_positive else ("DB",))
    only = "CR" if shapes.credit else "DB"
    if unmarked:
        return ((only,),)
    if (only == "CR") == credit_positive:
        return ((),)
    return ((), (only,))


def canonical(text: str, notation: str, negative: Sequence[str] = ()) -> str | None:
    """Return a cell as a plain decimal ("-1234567.89") under its column's notation; None where it is none.

    negative: which of the marks CR and DB mean minus.
    """
    if text.isdigit() and text.isascii():
        return text.lstrip("0") or "0"
    written = figure(text)
    if written is None:
        return None
    core = written.core
    reading = INDONESIAN if notation == INDONESIAN else ENGLISH
    if not _GROUPED[reading].fullmatch(core) or (notation == PLAIN and not core.isdigit()):
        return None
    group, point = (".", ",") if reading == INDONESIAN else (",", ".")
    whole, _, decimals = core.replace(group, "").partition(point)
    decimals = decimals.rstrip("0")
    plain = (whole.lstrip("0") or "0") + (f".{decimals}" if decimals else "")
    minus = written.minus != (written.mark in negative)
    return f"-{plain}" if minus and plain != "0" else plain


def shifted(value: str, power: int) -> str:
    """Return a plain decimal times a power of ten, as one."""
    written = f"{Decimal(value).scaleb(power):f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def turned(value: str) -> str:
    """Return a plain decimal with the other sign."""
    return value.removeprefix("-") if value.startswith("-") or value == "0" else f"-{value}"


def below_zero(value: str) -> str:
    """Return a plain decimal below zero."""
    return value if value.startswith("-") else turned(value)


@lru_cache(maxsize=100_000)
def of_number(value: float) -> str:
    """Return a numeric cell as a plain decimal, without the noise of binary fractions.

    To 15 digits, as spreadsheets show them: 1506000.39 is kept as 1506000.3899999999.
    """
    if value == int(value):
        return str(int(value))
    return f"{Decimal(f'{value:.15g}'):.10f}".rstrip("0").rstrip(".")
