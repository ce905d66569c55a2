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
_NAMING: Final = frozenset({"nomen", "serial"})
"""Codes by which books know a customer or a meter."""
_FORMER: Final = frozenset(
    {"lama", "old", "lalu", "asal", "ex", "eks", "cabut", "dicabut", "bongkar", "dibongkar", "removed"}
)
_NEWER: Final = frozenset({"baru", "new", "pasang", "dipasang", "terpasang", "pengganti", "fitted"})
"""Words that tell two codes of one kind apart."""
BESIDE: Final = "beside"
"""The key of the question whether the table beside the first one may be left out."""


def settled(  # noqa: PLR0917 - everything that is known of the columns
    choice: Choice,
    header: Header,
    below: Sequence[Row],
    taught: AnyMapping[str, str],
    month: str | None,
    given: AnyMapping[str, str],
) -> Choice:
    """Return a choice with each number that counts in the column of the month, or a question which it is in.

    Of the codes of customers and meters it is asked, too, which is meant, and of a table that stands beside
    the first one whether to leave it out: whose amounts those are nobody could tell.
    month: the file's, as YYYY-MM; of types whose facts are all of one month. What was taught is no question.
    given: answers of people, by the questions' keys.
    """
    kind = choice.type
    assert kind is not None
    places, questions = dict(choice.places), list(choice.questions)
    offers = columns.offers(kind, header, below, taught)
    end = _beside(columns.key_field(kind, places), offers, header, below, places)
    if end is not None:
        params, skip = {"column": header.texts[end]}, (columns.SKIP,)
        answer = columns.SKIP if given.get(BESIDE) == columns.SKIP else ""
        questions.append(Question(BESIDE, "question_table_beside", skip, params, answer))
        offers = [one for one in offers if one[1] < end]
        places = {field: place for field, place in places.items() if place < end}
    for field in list(places):
        if field not in columns.COUNTED | _NAMING or header.texts[places[field]] in taught:
            continue
        rivals = _rivals(kind.fields[field], offers, header, below, taught, places)
        meant = [places[field], *(place for place in rivals if end is None or place < end)]
        code = "question_column_rivals"
        if field in _NAMING:
            meant = _newer_first(field, meant, header, below)
        elif "period" in kind.fields:
            of_month = [place for place in meant if moments.is_of(header.texts[place], month) is not False]
            meant, code = (of_month, code) if of_month else (meant, "question_column_month")
        places[field], *others = meant
        others = [place for place in others if _says_otherwise(place, places[field], below)]
        if others or code == "question_column_month":
            options = tuple(dict.fromkeys(header.texts[place] for place in (places[field], *others)))
            params = {"field": field, "columns": ", ".join(options)}
            questions.append(Question(f"{columns.ASKED}:{field}", code, options, params))
    fits = {field: fit for field, fit in choice.fits.items() if field in places}
    return replace(choice, places=places, fits=fits, questions=tuple(questions))


def _newer_first(field: str, meant: Sequence[int], header: Header, below: Sequence[Row]) -> Sequence[int]:
    """Return the columns of a code that are called so and say something, former ones last.

    Alone the first of them where it is called by the house's own word.
    """
    first, *others = meant
    if headers.words(header.texts[first]) == (field,):
        return [first]
    named = [first, *(place for place in others if _is_called(header.texts[place], field))]
    full = [place for place in named if any(shown(row[place]).strip() for row in below if place < len(row))]
    return sorted(full or [first], key=lambda place: not _FORMER.isdisjoint(_words(header.texts[place])))


def _is_called(text: str, field: str) -> bool:
    """Tell whether a header names a field word for word, but for words that tell old from new."""
    kept = " ".join(word for word in _words(text) if word not in _FORMER | _NEWER)
    return any(one.field == field for one in headers.exact(kept))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


def _beside(
    key: str,
    offers: Sequence[tuple[float, int, str]],
    header: Header,
    below: Sequence[Row],
    places: AnyMapping[str, int],
) -> int | None:
    """Return where a second table begins beside the first: its columns have the same words.

    offers: fit, column, field. None where there is no such table.
    """
    counted = {name: place for name, place in places.items() if name in columns.COUNTED}
    if key not in _NAMING or not counted:
        return None
    words = [own or text for text, own in zip(header.texts, header.own, strict=True)]
    first = places[key]
    for place in sorted(
        place
        for fit, place, name in offers
        if name == key and fit >= columns.LEAST_SCORE and words[place] == words[first]
    ):
        has_numbers = any(
            first < mine < place < other and name == field and words[other] == words[mine]
            for field, mine in counted.items()
            for _, other, name in offers
        )
        if has_numbers and _says_otherwise(place, first, below):
            return place
    return None


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
