"""Columns that may be meant as well as the one a number is read from: their month decides, or people do."""

import re
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from arus_ingest.files import columns, headers, moments
from arus_ingest.files.columns import Header
from arus_ingest.files.deciding_type import Choice
from arus_ingest.files.declared import Field
from arus_ingest.files.results import Question
from arus_ingest.files.tables import Row, shown

_TOTAL: Final = frozenset({"total", "jumlah", "grand"})
_CHANGE: Final = re.compile(r"(?:uang\s+)?kembali(?:an)?|change", re.IGNORECASE)
_AMOUNTS: Final = frozenset({"amount", "target_mc"})


def settled(
    choice: Choice, header: Header, below: Sequence[Row], taught: AnyMapping[str, str], month: str | None
) -> Choice:
    """Return a choice with each number that counts in the column of the month, or a question which it is in.

    month: the file's, as YYYY-MM; of types whose facts are all of one month. What was taught is no question.
    """
    kind = choice.type
    assert kind is not None
    places, questions = dict(choice.places), list(choice.questions)
    offers = columns.offers(kind, header, below, taught)
    for field in choice.places:
        if field not in columns.COUNTED or header.texts[places[field]] in taught:
            continue
        meant = [places[field], *_rivals(kind.fields[field], offers, header, below, taught, places)]
        of_month = [
            place
            for place in meant
            if "period" not in kind.fields or moments.is_of(header.texts[place], month) is not False
        ]
        first, *others = of_month or meant
        others = [place for place in others if _says_otherwise(place, first, below)]
        if of_month and not others:
            places[field] = first
            continue
        options = tuple(dict.fromkeys(header.texts[place] for place in (first, *others)))
        code = "question_column_rivals" if of_month else "question_column_month"
        params = {"field": field, "columns": ", ".join(options)}
        questions.append(Question(f"{columns.ASKED}:{field}", code, options, params))
    return replace(choice, places=places, questions=tuple(questions))


def _rivals(  # noqa: PLR0917 - everything that is known of the columns
    field: Field,
    offers: Sequence[tuple[float, int, str]],
    header: Header,
    below: Sequence[Row],
    taught: AnyMapping[str, str],
    places: AnyMapping[str, int],
) -> list[int]:
    """Return the free columns that could be a field, too, better ones first; offers: fit, column, field."""
    fits = {place: fit for fit, place, name in offers if name == field.name and fit >= columns.LEAST_SCORE}
    if field.name in _AMOUNTS:
        gives_change = any(map(_CHANGE.fullmatch, header.texts))
        for place, text in enumerate(header.texts):
            named = _is_total(text) or (gives_change and _is_amount(text))
            if named and text not in taught and columns.could_be(field, place, below):
                fits.setdefault(place, columns.LEAST_SCORE)
    mine = places[field.name]
    return [
        place
        for place in sorted(fits, key=lambda one: -fits[one])
        if place not in places.values()
        and header.texts[place] not in {"", header.texts[mine]}
        and not _is_other(header.texts[place], field.name)
    ]


def _is_total(text: str) -> bool:
    return bool(text) and _TOTAL.issuperset(headers.words(text))


def _is_other(text: str, field: str) -> bool:
    """Tell whether a header names other fields word for word, of whatever type, and not this one."""
    named = {"amount" if one.field in _AMOUNTS else one.field for one in headers.exact(text)}
    return bool(named) and ("amount" if field in _AMOUNTS else field) not in named


def _is_amount(text: str) -> bool:
    return any(one.field in _AMOUNTS for one in headers.exact(text))


def _says_otherwise(place: int, mine: int, below: Sequence[Row]) -> bool:
    """Tell whether a column holds other numbers than mine, and not only noughts."""
    rows = below[: columns.SAMPLE_ROWS]
    said, known = ([shown(row[at]).strip() if at < len(row) else "" for row in rows] for at in (place, mine))
    return said != known and any(one.strip("0.,-Rp ") for one in said)
