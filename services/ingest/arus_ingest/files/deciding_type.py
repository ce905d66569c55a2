"""The type of a table, from its columns and what stands around it."""

import re
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from arus_ingest.files import columns, headers
from arus_ingest.files.around import Around
from arus_ingest.files.columns import Header
from arus_ingest.files.declared import NUMERIC, Field, FileType, types
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
FAR_BETTER: Final = 1.5
TELLING: Final = 2
"""The weight of a field that its type is mostly for."""
_BREAK: Final = re.compile(r"[^a-z0-9]+|(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])")


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
    """Return the types that are named instead of the first, or beside it although the columns fit better.

    And those that the columns fit so much better that the name may be wrong.
    """
    best = ranked[0]
    said = {name for _, text in around.named() for _, name in _names_in(_spaced([text]))}
    others = [one for one in ranked[1:] if one.type.name in said]
    if best.type.name in said:
        others = [one for one in others if one.fitting > best.fitting]
    others += [one for one in ranked[1:] if one not in others and one.fitting > FAR_BETTER * best.by_columns]
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
