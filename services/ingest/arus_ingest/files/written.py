"""How the columns of a table write what they hold: notations, signs and units, with what has to be asked."""

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from typing import Final

from arus_ingest.files import amounts, columns, dates, units
from arus_ingest.files.asking import Asking
from arus_ingest.files.columns import Header
from arus_ingest.files.deciding_period import PeriodChoice
from arus_ingest.files.declared import NUMERIC, FileType
from arus_ingest.files.results import Question
from arus_ingest.files.survey import Column

OWED: Final = ("owed", "owed_back")
"""What bills and debts may be that are below zero."""
UNIT: Final = "unit"
"""What the key of a question in what amounts are counted begins with."""
NOTED: Final = ("noted", "written")
"""How amounts may be meant where a note below them names a unit."""
THOUSANDS: Final = ("thousands", "written")
"""How numbers may be meant that are too small to be what they seem."""


@dataclass(slots=True)
class Written:
    """How columns are written, by field, as ``Detection`` says it. title_power: of all amounts."""

    title_power: int = 0
    notations: dict[str, str] = field(default_factory=dict[str, str])
    marks: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    powers: dict[str, int] = field(default_factory=dict[str, int])


def written(  # noqa: PLR0917 - everything that was seen
    asking: Asking,
    kind: FileType,
    header: Header,
    places: AnyMapping[str, int],
    seen: AnyMapping[str, Column],
    period: PeriodChoice,
    titles: Iterable[str],
    notes: Sequence[str],
) -> Written:
    """Return how the columns of a type are written. titles, notes: what stands above and below its facts."""
    money = [one for one in kind.fields.keys() & places if kind.fields[one].kind == "money"]
    found = Written(units.of_titles(titles))
    if any(_says_nothing(header.texts[places[one]]) for one in money):
        found.title_power = _noted(asking, notes, found.title_power)
    reaches = any(seen[one].numbers.large for one in money)
    noted = asking.has(UNIT)
    for one, place in places.items():
        title, said = header.texts[place], columns.kind_of(kind, one)
        if said in NUMERIC:
            numbers = seen[one].numbers
            power = _power(title, kind.fields[one].unit, found.title_power)
            if _are_small(numbers, said, is_counted=noted or power != 0, all_small=not reaches):
                power += _thousands(asking, title, is_money=said == "money" and not numbers.large)
            ways = amounts.readings(numbers, kind.fields[one].scale + power)
            found.notations[one] = asking.way("notation", title, ways)
            found.powers[one] = power
            found.marks[one] = asking.signs(
                title, amounts.negative_marks(numbers, credit_positive=kind.credit_positive)
            )
        elif said == "date":
            every = [other.days for other in seen.values()]
            orders = dates.readings(seen[one].days, period.certain, every, period.value, period.doubtful)
            found.notations[one] = asking.way("date", title, orders)
        elif one in period.orders:
            found.notations[one] = asking.way("date", title, period.orders[one])
    below_zero = [one for one in money if seen[one].numbers.is_below_zero]
    if below_zero and _are_turned(asking, kind, header, places, below_zero):
        for one in below_zero:
            found.marks[one] = (*found.marks[one], amounts.MINUS)
    return found


def _are_turned(
    asking: Asking,
    kind: FileType,
    header: Header,
    places: AnyMapping[str, int],
    below_zero: Sequence[str],
) -> bool:
    """Tell whether amounts below zero are what is owed or received, as some accounts write it; asks."""
    if kind.credit_positive and "amount" not in below_zero:
        return False
    name = "amount" if "amount" in below_zero else min(below_zero, key=lambda one: places[one])
    title = header.texts[places[name]]
    ways, code = (columns.BELOW_ZERO, "minus") if kind.credit_positive else (OWED, "minus_owed")
    asked = Question(f"{columns.MINUS}:{title}", f"question_{code}", ways, {"column": title})
    return (asking.answer(asked) or ways[0]) == ways[0]


def _power(header: str, unit: str, of_amounts: int) -> int:
    """Return the power of ten of a column. of_amounts: the titles', for money whose header says nothing."""
    if unit == "rp" and _says_nothing(header):
        return of_amounts
    return units.power(header, unit) or 0


def _are_small(numbers: amounts.Shapes, kind: str, *, is_counted: bool, all_small: bool) -> bool:
    """Tell whether numbers are too small to be what they seem: no bill is 112.8 rupiah.

    is_counted: a header, title or note says what in. all_small: no amount of the file reaches a thousand.
    """
    if kind != "money":
        return numbers.thirds > 0 and not numbers.large
    return not is_counted and (numbers.lost_thousands or (all_small and numbers.some > 0))


def _thousands(asking: Asking, header: str, *, is_money: bool) -> int:
    """Return the power of ten that a person says small numbers are counted in; asks.

    is_money: else they may only be meant as they are written.
    """
    ways = THOUSANDS if is_money else THOUSANDS[1:]
    asked = Question(f"{UNIT}:{header}", "question_unit_small", ways, {"column": header})
    return 3 * (asking.answer(asked) == THOUSANDS[0])


def _says_nothing(header: str) -> bool:
    """Tell whether the header of a column of money leaves open what it is counted in."""
    return not units.power(header, "rp") and not units.is_in_rupiah(header)


def _noted(asking: Asking, notes: Sequence[str], of_title: int) -> int:
    """Return the power of ten that amounts are counted in, of a note below where people say so; asks."""
    note = next((text for text in notes if units.of_titles([text]) != of_title), None)
    if note is None:
        return of_title
    asked = Question(UNIT, "question_unit_noted", NOTED, {"words": " ".join(note.split())[:100]})
    return units.of_titles([note]) if asking.answer(asked) == NOTED[0] else of_title
