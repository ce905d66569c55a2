"""Numbers as people write them: one way of reading per column, never per cell."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from polars import Expr, Series

Notation = Literal["1.234,56", "1,234.56", "plain"]
INDONESIAN: Final[Notation] = "1.234,56"
ENGLISH: Final[Notation] = "1,234.56"
PLAIN: Final[Notation] = "plain"
NOTATIONS: Final = (INDONESIAN, ENGLISH)

_MARK: Final = r"(?i)\s*(CR|DB|DR)\.?$"
_SPACES: Final = r"[\s\u00a0\u2007\u202f]+"
_GROUPED: Final = {
    INDONESIAN: r"^([1-9]\d{0,2}(\.\d{3})+(,\d+)?|\d+(,\d+)?|,\d+)$",
    ENGLISH: r"^([1-9]\d{0,2}(,\d{3})+(\.\d+)?|\d+(\.\d+)?|\.\d+)$",
}
_DIGITS: Final = r"^\d+$"
LEAST_SHARE: Final = 0.02  # of the cells with a separator: fewer that decide could be slips of the pen


@dataclass(slots=True)
class Shapes:
    """What a column's cells look like, counted chunk by chunk.

    Of its cells that are written as text: `indonesian` and `english` can only be read that way, `dots` and
    `commas` either way with another value ("1.234", "1,234"), `digits` have no separator, `neither` are no
    numbers.
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

    def count(self, texts: "Series") -> None:
        """Add a chunk's cells written as text; null and empty ones do not count."""
        import polars as pl  # noqa: PLC0415 - slow to import

        shown = pl.select(pl.lit(texts).str.strip_chars()).to_series().drop_nulls()
        shown = shown.filter(shown != "")
        if shown.is_empty():
            return
        core = _core(pl.lit(shown))
        both = core.str.contains(_GROUPED[INDONESIAN]) & core.str.contains(_GROUPED[ENGLISH])
        digits = core.str.contains(_DIGITS)
        found = pl.select(
            indonesian=(core.str.contains(_GROUPED[INDONESIAN]) & ~both).sum(),
            english=(core.str.contains(_GROUPED[ENGLISH]) & ~both).sum(),
            dots=(both & core.str.contains(".", literal=True)).sum(),
            commas=(both & core.str.contains(",", literal=True)).sum(),
            digits=digits.sum(),
            neither=(~core.str.contains(_GROUPED[INDONESIAN]) & ~core.str.contains(_GROUPED[ENGLISH])).sum(),
            credit=pl.lit(shown).str.contains(r"(?i)CR\.?$").sum(),
            debit=pl.lit(shown).str.contains(r"(?i)D[BR]\.?$").sum(),
        ).row(0, named=True)
        for name, number in found.items():
            setattr(self, name, getattr(self, name) + int(number))

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


MONEY_DECIMALS: Final = 2


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


def canonical(texts: "Series", notation: str, negative: Sequence[str] = ()) -> "Series":
    """Return plain decimals ("-1234567.89") of cells as people write them; null where one is no number.

    Understood beside the notation: Rp and IDR, units (m3, L), ",-" and ".-" endings, a minus before or
    behind, parentheses, the marks CR and DB (minus where `negative` names them), spaces and apostrophes
    between groups.
    """
    import polars as pl  # noqa: PLC0415 - slow to import

    shown = pl.lit(texts).str.strip_chars()
    core = _core(pl.lit(texts))
    reading = ENGLISH if notation == PLAIN else notation
    group, point = (".", ",") if reading == INDONESIAN else (",", ".")
    plain = (
        core.str.replace_all(group, "", literal=True)
        .str.replace(point, ".", literal=True)
        .str.replace(r"^0+(\d)", "$1")
        .str.replace(r"^\.", "0.")
        .str.replace(r"(\.\d*?)0+$", "$1")
        .str.strip_chars_end(".")
    )
    tail = shown.str.to_uppercase().str.strip_chars_end(". ")
    minus = _minus(shown)
    for mark in negative:
        minus = minus ^ (tail.str.ends_with(mark) | (tail.str.ends_with("DR") & (mark == "DB")))
    signed = pl.when(minus & (plain != "0")).then(pl.lit("-") + plain).otherwise(plain)
    good = core.str.contains(_GROUPED[reading])
    if notation == PLAIN:
        good = core.str.contains(_DIGITS)
    return pl.select(pl.when(good).then(signed).otherwise(None)).to_series()


@lru_cache(maxsize=100_000)
def of_number(value: float) -> str:
    """Return a numeric cell as a plain decimal, without the noise of binary fractions."""
    if value == int(value):
        return str(int(value))
    return f"{value:.10f}".rstrip("0").rstrip(".")


def _core(cell: "Expr") -> "Expr":
    """Return a cell without sign, currency, unit and mark: digits with their separators."""
    return (
        cell.str.strip_chars()
        .str.replace_all("[\u2212\u2013\u2014]", "-")
        .str.replace(_MARK, "")
        .str.replace(r"^\((.*)\)$", "$1")
        .str.replace(r"(?i)\s*(m3|m³|ltr|liter|l|lbr|lembar|hari|%)\.?$", "")
        .str.replace(r"[,.]\s*[-=]+$", "")
        .str.replace(r"^[+-]\s*", "")
        .str.replace(r"(?i)^(rp|idr)\.?\s*", "")
        .str.replace(r"^\((.*)\)$", "$1")
        .str.replace(r"^[+-]\s*", "")
        .str.replace(r"\s*-$", "")
        .str.replace(r"(?i)\s*(rp|idr)\.?$", "")
        .str.replace(r"[,.]\s*[-=]+$", "")
        .pipe(_joined)
    )


def _joined(core: "Expr") -> "Expr":
    """Take spaces and apostrophes from between groups of three digits."""
    import polars as pl  # noqa: PLC0415 - slow to import

    spaced = core.str.contains(r"^\d{1,3}([\s\u00a0\u2007\u202f'’]\d{3})+([.,]\d+)?$")
    return pl.when(spaced).then(core.str.replace_all(r"[\s\u00a0\u2007\u202f'’]", "")).otherwise(core)


def _minus(shown: "Expr") -> "Expr":
    dashed = shown.str.replace_all("[\u2212\u2013\u2014]", "-").str.replace(_MARK, "")
    before = dashed.str.contains(r"(?i)^((rp|idr)\.?\s*)?-\s*((rp|idr)\.?\s*)?[\d.,]")
    behind = dashed.str.contains(r"(?i)\d\s*-(\s*(rp|idr)\.?)?$")
    around = dashed.str.contains(r"(?i)^((rp|idr)\.?\s*)?\(.*\)$")
    return before | behind | around
