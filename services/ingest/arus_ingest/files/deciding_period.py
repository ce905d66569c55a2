"""The period of a table, from its columns, what stands around it, and the dates of its facts."""

from collections import Counter
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from arus_ingest.files.around import Around
from arus_ingest.files.dates import SLIVER, DateShapes, Order, readings
from arus_ingest.files.declared import FileType
from arus_ingest.files.periods import (
    Months,
    before,
    halves_of_name,
    halves_of_title,
    in_text,
    in_year,
    month_of,
    months_apart,
    of_days,
    period,
)
from arus_ingest.files.results import Evidence, Question, Source

MOST: Final = 0.8
FAR: Final = 2  # months between a period and the dates of its facts: late payments and reads are usual
APART: Final = 0.9  # a month that stands in one place and its year in another
PROPOSED: Final = 0.15  # such a month that may be the number of a rayon or a name, and is asked about
FAINT: Final = 0.2  # a day of printing alone: the file may be of that month or of the one before


@dataclass(frozen=True, slots=True)
class PeriodChoice:
    """The period decided on; `certain` is what explicit places say when they agree, without any date.

    Where they say nothing, it is the month of the only day that a name or title says; doubtful: the month
    before such a day, of which the file may be as well. orders: column of months → the orders its days may
    be in, where it holds days. overrules: what people say is another one than the only month that the rows
    name themselves, and holds for all of them.
    """

    value: str | None
    certain: str | None
    confidence: float
    questions: tuple[Question, ...]
    evidence: tuple[Evidence, ...]
    doubtful: str | None = None
    orders: AnyMapping[str, tuple[Order, ...]] = field(default_factory=dict[str, tuple[Order, ...]])
    overrules: bool = False


def choose_period(
    kind: FileType | None,
    around: Around,
    months: AnyMapping[str, Months],
    days: AnyMapping[str, DateShapes],
    given: str | None,
    *,
    answers: AnyMapping[str, str] | None = None,
) -> PeriodChoice:
    """Return the month a table is for: from its columns, title, sheet, file name, and the dates of its facts.

    Places that name different months are asked about; a day in a file's name or the dates of facts only lean.
    Where the rows name several months themselves, and none of them is the one that people say, it is for the
    one that most of them name.
    answers: column of months → the order that a person says its days are in.
    """
    texts = _of_texts(around)
    days_said = set[str]().union(*(of_days(text) for _, text in around.named()))
    around_it = given or _only({one.value for one in texts if one.strength >= MOST} or days_said)
    found = {name: column.orders(around_it, list(days.values())) for name, column in months.items()}
    orders = {name: ways for name, ways in found.items() if ways}
    said = answers or {}
    settled: dict[str, Sequence[Order]] = {
        name: (order,) if (order := said.get(name)) in ways else ways for name, ways in orders.items()
    }
    evidence = [*(_of_columns(kind, months, settled) if kind else ()), *texts]
    choice = replace(_decided(kind, evidence, days_said, days, given), orders=orders)
    ways = settled.get("period", ("dmy",))
    if not given or "period" not in months or len(ways) > 1:
        return choice
    named = _named_by_rows(months["period"], ways[0], given)
    if not named or given in named:
        return choice
    if len(named) == 1:
        return replace(choice, overrules=True)
    ((most, _),) = named.most_common(1)
    return replace(choice, value=most, certain=most)


def _named_by_rows(column: Months, order: Order, period: str) -> Counter[str]:
    """Return how many rows name each month; those without a year are next to a period."""
    alone = Counter[str]()
    for month, number in column.alone.items():
        alone[in_year(month, period, ahead=1)] += number
    return column.read(order) + alone


def _decided(
    kind: FileType | None,
    named: Sequence[Evidence],
    days_said: set[str],
    days: AnyMapping[str, DateShapes],
    given: str | None,
) -> PeriodChoice:
    """Weigh what columns and texts say of the period, and what the dates of the facts do."""
    wanted = kind is None or kind.name != "FUEL"
    said = {one.value for one in named if one.strength >= MOST}
    certain = _only(said or days_said)
    doubtful = before(certain) if certain and not said else None
    leaning = [*named, *(_of_dates(kind, days, certain) if kind else ())]
    plain = [one for one in leaning if one.strength >= MOST]
    said |= {one.value for one in plain} if said and wanted else set()
    if given is not None:
        return PeriodChoice(given, given, 1.0, (), tuple(leaning))
    unknown = (Question("period", "question_period_unknown"),) if wanted else ()
    if not leaning:
        return PeriodChoice(None, None, 0.5 if wanted else 1.0, unknown, ())
    weights: Counter[str] = Counter()
    for one in leaning:
        weights[one.value] += one.strength  # pyright: ignore[reportArgumentType] -- a counter of weights
    value = max(weights, key=lambda one: (weights[one], one))
    strongest = max(one.strength for one in leaning if one.value == value)
    if len(said) > 1:
        options = tuple(sorted(weights, key=lambda one: -weights[one]))
        places: dict[str, str] = {}
        for one in plain:
            places[one.source] = f"{places[one.source]} {one.value}" if one.source in places else one.value
        asked = (Question("period", "question_period_disagrees", options, places),)
        return PeriodChoice(value, None, 0.4, asked, tuple(leaning))
    agreeing = sum(one.value == value for one in leaning) / len(leaning)
    confidence = round(min(1.0, strongest) * (0.7 + 0.3 * agreeing), 3)
    asked_there = any(one.source == "columns" for one in leaning if one.value == value)  # in which order
    asked = unknown if strongest < FAINT and not asked_there else ()
    return PeriodChoice(value, certain, confidence, asked, tuple(leaning), doubtful)


def _only(said: set[str]) -> str | None:
    return next(iter(said)) if len(said) == 1 else None


def _of_columns(
    kind: FileType, months: AnyMapping[str, Months], orders: AnyMapping[str, Sequence[Order]]
) -> list[Evidence]:
    found: list[Evidence] = []
    for name, column in months.items():
        said = kind.fields[name].of_file if name in kind.fields else False
        ways = orders.get(name, ())
        read = column.read(ways[0] if ways else "dmy")
        total = sum(read.values())
        if not total or not said:
            continue
        if len(ways) > 1 or said == "latest":
            month = max(read) if said == "latest" else read.most_common(1)[0][0]
            found.append(Evidence("period", "columns", month, PROPOSED if len(ways) > 1 else 0.6))
            continue
        month, number = read.most_common(1)[0]
        share = number / (total + column.other)
        if share > 0.5:
            found.append(Evidence("period", "columns", month, round(share, 2)))
    return found


def _of_texts(around: Around) -> list[Evidence]:
    found: dict[tuple[Source, str], float] = {}
    for source, text in around.named():
        for value, strength in in_text(text):
            weight = strength if source != "file name" or strength == 1.0 else strength * 0.9
            found[source, value] = max(found.get((source, value), 0.0), weight)
    for source, value, strength in _put_together(around):
        found.setdefault((source, value), strength)
    return [Evidence("period", source, value, strength) for (source, value), strength in found.items()]


def _put_together(around: Around) -> list[tuple[Source, str, float]]:
    """Return the months that stand in one place, their year in another: a sheet "Desember" of "SBRS 2025"."""
    halves: list[tuple[Source, str, set[int], set[str]]] = []
    for source, text in around.named():
        months, years = (halves_of_title if source == "title" else halves_of_name)(text)
        whole = {value[:4] for value, strength in in_text(text) if strength >= MOST}
        halves.append((source, text, set() if whole else months, years | whole))
    every = set[str]().union(*(years for *_, years in halves))
    found: list[tuple[Source, str, float]] = []
    for source, text, named, own in halves:
        number = month_of(text) if source == "sheet" else None
        months, years = named or {number or 0}, own or every
        if len(months) == len(years) == 1 and (value := period(int(min(years)), min(months))):
            found.append((source, value, APART if named else PROPOSED))
    return found


def _of_dates(kind: FileType, days: AnyMapping[str, DateShapes], certain: str | None) -> list[Evidence]:
    found: list[Evidence] = []
    for name, column in days.items():
        if name not in kind.fields or not kind.fields[name].of_file or not column.readable:
            continue
        ways = readings(column, certain, list(days.values()))
        order = max(ways, key=lambda one: column.months[one][certain]) if certain else ways[0]
        month, number = column.months[order].most_common(1)[0]
        share = number / column.readable
        is_far = len(ways) == 1 and share > 1 - SLIVER and certain and months_apart(certain, month) > FAR
        if share > 0.5:
            found.append(Evidence("period", "dates", month, MOST if is_far else round(0.75 * share, 2)))
    return found
