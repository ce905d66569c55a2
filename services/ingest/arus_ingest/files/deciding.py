"""The type and the period of a table, from every place that tells something of them."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final

from arus_ingest.files import columns, headers
from arus_ingest.files.columns import Header
from arus_ingest.files.dates import SLIVER, DateShapes, Order, readings
from arus_ingest.files.declared import NUMERIC, Field, FileType, types
from arus_ingest.files.periods import (
    Months,
    before,
    halves_of_name,
    halves_of_title,
    in_text,
    month_of,
    months_apart,
    of_days,
    period,
)
from arus_ingest.files.results import Evidence, Mapping, Question, Source
from arus_ingest.files.tables import Row

NAMED_WEIGHT: Final[AnyMapping[Source, float]] = {"file name": 4.0, "sheet": 4.0, "title": 3.0}
MISSING_WEIGHT: Final = 4.0
LEAST_POINTS: Final = 4.0
LEAST_TOLD: Final = 2.0  # of a guess
GUESSED: Final = 0.3
NARROW: Final = 3
"""Tables of fewer columns may be notes beside the data."""
SURE: Final = 0.12
TELLING: Final = 2
"""The weight of a field that its type is mostly for."""
MOST: Final = 0.8
FAR: Final = 2  # months between a period and the dates of its facts: late payments and reads are usual
APART: Final = 0.9  # a month that stands in one place and its year in another
PROPOSED: Final = 0.15  # such a month that may be the number of a rayon or a name, and is asked about
FAINT: Final = 0.2  # a day of printing alone: the file may be of that month or of the one before
_RAYON: Final = re.compile(
    r"(?<![a-z])(?:rayon|ryn)[\s_.:\-]*(?:no(?:mor)?[\s_.:]*)?(\d{1,3})(?!\d)"
    r"([\s_]*(?:&|\+|,|/|-|_|dan|and|s\.?/?d\.?)[\s_]*(?:rayon[\s_]*)?\d{1,3}(?!\d|[\s_./\-]*20\d\d))?",
    re.IGNORECASE,
)  # with what names another one behind it
_BREAK: Final = re.compile(r"[^a-z0-9]+|(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])")


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a table: the name of its file and sheet, the lines above its header."""

    file: str
    sheet: str | None
    titles: tuple[str, ...]

    def named(self) -> list[tuple[Source, str]]:
        """Return each text with where it stood."""
        stem = self.file.rsplit(".", 1)[0]
        sheet: list[tuple[Source, str]] = [("sheet", self.sheet)] if self.sheet else []
        return [("file name", stem), *sheet, *(("title", title) for title in self.titles)]

    def rayon(self) -> str:
        """Return the one rayon that the texts name, "" where they name none or several."""
        said = [rayon for _, text in self.named() for rayon in _RAYON.finditer(text)]
        numbers = {rayon[1].lstrip("0") for rayon in said}
        return numbers.pop() if len(numbers) == 1 and not any(rayon[2] for rayon in said) else ""


@dataclass(frozen=True, slots=True)
class Choice:
    """The type decided on, or None with a question; where its fields are, and how well each fits there.

    is_guess: it is what little there is tells, and asked about.
    """

    type: FileType | None
    places: dict[str, int]
    fits: dict[str, float]
    confidence: float
    questions: tuple[Question, ...]
    evidence: tuple[Evidence, ...]
    is_guess: bool = False


@dataclass(frozen=True, slots=True)
class _Candidate:
    """What speaks for a type, and in lacking against it: columns that it cannot do without."""

    type: FileType
    places: dict[str, int]
    fits: dict[str, float]
    by_columns: float
    by_name: float
    lacking: float

    @property
    def told(self) -> float:
        return self.by_columns + self.by_name

    @property
    def fitting(self) -> float:
        return self.by_columns - self.lacking

    @property
    def points(self) -> float:
        return self.told - self.lacking


def choose_type(
    header: Header, below: Sequence[Row], around: Around, mappings: Mapping, given: str | None
) -> Choice | None:
    """Return the type whose fields the columns name best, helped by what the file, sheet and title say.

    Where these say another type, and not this one or one that the columns fit better, it is asked about.
    What tells too little is a guess: asked about, as are the columns it lacks. None when a table has neither
    the columns nor the name of any type and looks like notes beside the data.
    """
    candidates = {given: types()[given]} if given in types() else types()
    named = _named(around)
    ranked = sorted(
        (_candidate(kind, header, below, named, mappings) for kind in candidates.values()),
        key=lambda one: -one.points,
    )
    by_name = [Evidence("type", source, name, NAMED_WEIGHT[source] / 4) for source, name, _ in named]
    if given is None and ranked[0].points < LEAST_POINTS:
        return _guess(header, below, ranked, by_name)
    best = ranked[0]
    points, kind = best.points, best.type
    second = max(ranked[1].points, 0.0) if len(ranked) > 1 else 0.0
    margin = (points - second) / points if points > 0 else 0.0
    by_columns = [
        Evidence("type", "columns", one.type.name, round(one.points / max(points, 1.0), 2))
        for one in ranked[:2]
        if one.points > 0
    ]
    said_otherwise = _said_otherwise(ranked, around)
    questions = _lacking(best, header, below)
    asked = bool(questions)
    if given is None and (told_by := _unlike(kind, around, header)):
        params = {"title": kind.name, "words": told_by}
        questions.insert(0, Question("type", "question_type_unlike", (kind.name,), params))
    elif given is None and (margin < SURE or said_otherwise):
        close = (one.type.name for one in ranked if one.points > points - 4 * SURE * points)
        options = tuple(dict.fromkeys((kind.name, *said_otherwise, *close)))
        questions.insert(0, Question("type", "question_type_doubtful", options))
    sure = 1.0 if given else 0.5 if said_otherwise else min(1.0, 0.5 + 1.2 * margin)
    confidence = sure * _fitting(best) * (0.6 if asked else 1)
    return Choice(kind, best.places, best.fits, confidence, tuple(questions), (*by_name, *by_columns))


def _candidate(
    kind: FileType,
    header: Header,
    below: Sequence[Row],
    named: Iterable[tuple[Source, str, str]],
    mappings: Mapping,
) -> _Candidate:
    places, fits = columns.assigned(kind, header, below, meanings(kind, header, mappings))
    return _Candidate(
        kind,
        places,
        fits,
        by_columns=sum(kind.fields[one].weight * fit for one, fit in fits.items() if one in kind.fields),
        by_name=sum(NAMED_WEIGHT[source] for source, name, _ in named if name == kind.name),
        lacking=MISSING_WEIGHT
        * sum(
            one.required and one.name not in places and one.instead not in places
            for one in kind.fields.values()
        ),
    )


def meanings(kind: FileType, header: Header, mappings: Mapping) -> dict[str, str]:
    """Return header → field as it was taught, and "" for columns that are none of the type's."""
    return {**_sums(kind, header), **mappings.get(kind.name, {})}


def _sums(kind: FileType, header: Header) -> dict[str, str]:
    """Return the columns to leave out of a type without amounts: beside a price, a sum of no name is one."""
    if any(one.kind == "money" for one in kind.fields.values()) or not any(
        map(headers.is_price, header.texts)
    ):
        return {}
    return {text: "" for text in header.texts if headers.is_sum(text)}


def spare(
    kind: FileType,
    header: Header,
    below: Sequence[Row],
    taught: AnyMapping[str, str],
    places: AnyMapping[str, int],
) -> list[tuple[str, str]]:
    """Return header and field of columns that may hold what a type can do without: an amount or use.

    TAG POKOK of a list of customers may be what was billed to them, and nobody would miss it.
    """
    if any(one.required and one.kind in NUMERIC for one in kind.fields.values()):
        return []
    wanted = [
        one
        for one in kind.fields.values()
        if one.kind in NUMERIC and one.weight >= TELLING and one.name not in places
    ]
    return [
        (text, one.name)
        for place, text in enumerate(header.texts)
        if place not in places.values() and text not in taught
        for one in wanted
        if headers.may_mean(text, one) and columns.could_be(one, place, below)
    ]


def _guess(
    header: Header, below: Sequence[Row], ranked: Sequence[_Candidate], by_name: Sequence[Evidence]
) -> Choice | None:
    """Return the type that most is told of, with the question which it is; None as choose_type."""
    likely = sorted(ranked, key=lambda one: -one.told)
    options = tuple(one.type.name for one in likely)
    questions = [Question("type", "question_type_unknown", options)]
    by_columns = [
        Evidence("type", "columns", one.type.name, round(one.by_columns / (one.by_columns + one.lacking), 2))
        for one in likely[:2]
        if one.by_columns > 0
    ]
    evidence = (*by_name, *by_columns)
    best = likely[0]
    if best.told >= LEAST_TOLD:
        questions += _lacking(best, header, below)
        confidence = GUESSED * _fitting(best)
        return Choice(
            best.type, best.places, best.fits, confidence, tuple(questions), evidence, is_guess=True
        )
    if len(header.texts) < NARROW or not below:
        return None
    return Choice(None, {}, {}, 0.0, tuple(questions), evidence)


def _fitting(one: _Candidate) -> float:
    """Return how far the columns' fit is to be believed in."""
    return 0.6 + 0.4 * (sum(one.fits.values()) / len(one.fits) if one.fits else 0.0)


def _lacking(best: _Candidate, header: Header, below: Sequence[Row]) -> list[Question]:
    """Ask for each column that a type cannot do without."""
    asked = [
        Question(f"{columns.ASKED}:{one.name}", "question_column_missing", header.texts, {"field": one.name})
        for one in best.type.fields.values()
        if one.required and one.name not in best.places and not _stood_in_for(one, best.places, header, below)
    ]
    one_of = best.type.one_of
    if one_of and best.places.keys().isdisjoint(one_of):
        names = zip(header.texts, header.own, strict=True)
        bands = [text for text, own in names if headers.is_band(own or text)]
        code = "question_age_columns" if len(bands) > 1 else "question_age_missing"
        params = {"columns": ", ".join(bands)} if len(bands) > 1 else {}
        asked.append(Question(f"{columns.ASKED}:{columns.AGE}", code, header.texts, params))
    return asked


def _stood_in_for(missing: Field, places: AnyMapping[str, int], header: Header, below: Sequence[Row]) -> bool:
    """Tell whether another field is there instead, and no column is left that could be the missing one."""
    left = [at for at, text in enumerate(header.texts) if text.strip() and at not in places.values()]
    return missing.instead in places and not any(columns.could_be(missing, at, below) for at in left)


def _named(around: Around) -> list[tuple[Source, str, str]]:
    """Return the type each place names, at most one per place: the longest of its names that stands there."""
    found: list[tuple[Source, str, str]] = []
    for source in ("file name", "sheet", "title"):
        text = _spaced(said for one, said in around.named() if one == source)
        if hits := _names_in(text):
            alias, kind = max(hits, key=lambda one: len(one[0]))
            found.append((source, kind, alias))
    return found


def _said_otherwise(ranked: Sequence[_Candidate], around: Around) -> tuple[str, ...]:
    """Return the types that are named instead of the first, or beside it although the columns fit better."""
    best = ranked[0]
    said = {name for _, text in around.named() for _, name in _names_in(_spaced([text]))}
    others = [one for one in ranked[1:] if one.type.name in said]
    if best.type.name in said:
        others = [one for one in others if one.fitting > best.fitting]
    return tuple(one.type.name for one in others)


def _unlike(kind: FileType, around: Around, header: Header) -> str:
    """Return the first text around or above the columns that speaks of facts unlike the type's, or ""."""
    for said in (*(said for _, said in around.named()), *header.texts):
        if any(_stands(words, _spaced([said])) for words in kind.unlike):
            return said
    return ""


def _spaced(texts: Iterable[str]) -> str:
    return " ".join(part for text in texts for part in _BREAK.split(text.lower()) if part)


def _names_in(text: str) -> list[tuple[str, str]]:
    """Return the names of types that stand in a text, and which; those within a longer one do not count."""
    hits = [(alias, kind) for alias, kind in _names() if _stands(alias, text)]
    return [
        one for one in hits if not any(one[0] != longer and _stands(one[0], longer) for longer, _ in hits)
    ]


def _stands(words: str, text: str) -> bool:
    return re.search(rf"(?<![a-z]){re.escape(words)}(?![a-z])", text) is not None


@cache
def _names() -> tuple[tuple[str, str], ...]:
    return tuple((alias, kind.name) for kind in types().values() for alias in kind.named)


@dataclass(frozen=True, slots=True)
class PeriodChoice:
    """The period decided on; `certain` is what explicit places say when they agree, without any date.

    Where they say nothing, it is the month of the only day that a name or title says; doubtful: the month
    before such a day, of which the file may be as well. orders: column of months → the orders its days may
    be in, where it holds days.
    """

    value: str | None
    certain: str | None
    confidence: float
    questions: tuple[Question, ...]
    evidence: tuple[Evidence, ...]
    doubtful: str | None = None
    orders: AnyMapping[str, tuple[Order, ...]] = field(default_factory=dict[str, tuple[Order, ...]])


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
    return replace(_decided(kind, evidence, days_said, days, given), orders=orders)


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


__all__ = ["Around", "Choice", "PeriodChoice", "choose_period", "choose_type"]
