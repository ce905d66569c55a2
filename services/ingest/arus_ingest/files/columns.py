"""Where the header of a table is, and which column is which field of a type."""

import re
from collections.abc import Callable, Sequence
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from arus_ingest.files import headers, moments
from arus_ingest.files.amounts import Shapes, of_number
from arus_ingest.files.blanks import is_blank, is_no_day
from arus_ingest.files.dates import parse
from arus_ingest.files.declared import NUMERIC, Field, FileType, types
from arus_ingest.files.periods import month_of, parse_period
from arus_ingest.files.results import Mapping
from arus_ingest.files.tables import Cell, Row, shown
from arus_ingest.files.texts import repaired

SEARCHED_ROWS: Final = 80
HEADER_LINES: Final = 3
LEAST_SCORE: Final = 0.6
SAMPLE_ROWS: Final = 300
BARE_FIT: Final = 0.65
"""How well a column fits whose one word says little."""
LEAST_NAMED: Final = 2
HALVES: Final = frozenset({"period_month", "period_year"})
BILLED: Final = "bill_period"
RECEIPT: Final = "receipt_number"
ASKED: Final = "column"
"""What the key of a question for a column begins with."""
AGE: Final = "age"
"""Stands for whichever field tells the age of a debt: which one, an answer has to say (`column:age_days`)."""
UNREAD: Final = "unread"
"""What the key of a question for a column that is named as a field, and is not read as one, begins with."""
SKIP: Final = "skip"
READ: Final = "read"
MINUS: Final = "minus"
"""What the key of a question whether payments below zero were received begins with."""
BELOW_ZERO: Final = ("received", "returned")
"""What payments may be that are below zero."""
COUNTED: Final = frozenset({"amount", "target_mc", "kubikasi", "volume", "stand_akhir", "volume_l"})
"""Numbers that are what the facts of a type are about."""
_KEYS: Final = frozenset({"nomen", "location"})
HARMLESS: Final = frozenset({"read_date", "bill_date", "freeze_date", "due_date", "last_payment_date"})
"""Dates that change no amount: what was skipped of them is skipped in an organisation's next files, too."""
_OF_YEARS: Final = re.compile(r"(?<![a-z])(tahun|thn|year)", re.IGNORECASE)
_OF_BILL: Final = re.compile(r"rek|tagih|bill|period", re.IGNORECASE)
_OF_COUNT: Final = re.compile(r"jumlah|jml|lama|banyak|umur|lembar|count", re.IGNORECASE)
_CODE: Final = re.compile(r"[\w\-.,/ ]{1,30}")
_YEAR: Final = re.compile(r"(?:19|20)\d{2}(?:\.0)?")


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a table: its texts, one per column; the number of its last line in the file.

    own: of a column under a word that stands above several, its own part of the text; else "". first_line,
    lines_above: how many of the rows that are not empty stand before it, and before its first fact.
    """

    texts: tuple[str, ...]
    own: tuple[str, ...]
    row: int
    first_line: int
    lines_above: int
    repaired: bool


def find_header(head: Sequence[tuple[int, Row]], mappings: Mapping) -> Header | None:
    """Return the line, or two or three lines read as one, naming most fields; None without two columns."""
    taught = {header for named in mappings.values() for header in named}
    best: tuple[float, Header] | None = None
    for matching in (headers.exact, headers.near):
        for start in range(min(len(head), SEARCHED_ROWS)):
            for lines in range(1, HEADER_LINES + 1):
                if start + lines > len(head) or (lines > 1 and _is_title(head[start + lines - 2][1])):
                    break
                header = _read(head, start, lines)
                score = sum(
                    1.0
                    if text in taught
                    else max((one.score for one in _named(text, own, matching)), default=0.0)
                    for text, own in dict(zip(header.texts, header.own, strict=True)).items()
                )
                score -= 0.6 * sum(is_value(cell) for cell in head[start + lines - 1][1])
                score -= 0.3 * (lines - 1)
                if score >= LEAST_NAMED - 0.2 and (best is None or score > best[0] + 1e-9):
                    best = (score, header)
        if best is not None:
            return _lengthened(head, best[1])
    return _first_of_words(head)


def _lengthened(head: Sequence[tuple[int, Row]], header: Header) -> Header:
    """Return a header with the row below it where that one names the columns under a word above several."""
    start, end = header.first_line, header.lines_above
    if end - start == HEADER_LINES or end == len(head):
        return header
    upper, lower = ([shown(cell).strip() for cell in head[at][1]] for at in (end - 1, end))
    said = [place for place, text in enumerate(lower) if text]
    spread = [place for place in said if place >= len(upper) or not upper[place]]
    parts = {place for at in spread for place in (at, at - 1)}
    if len(said) < LEAST_NAMED or not spread or not parts.issuperset(said):
        return header
    return header if any(map(is_value, head[end][1])) else _read(head, start, end - start + 1)


def _is_title(cells: Row) -> bool:
    """Tell whether a line says of the whole table what follows each of its words: Bulan, Juni 2025."""
    said = [cell for cell in cells if shown(cell).strip()]
    words, values = said[::2], said[1::2]
    return (
        len(words) == len(values) > 0
        and not any(map(_is_said, words))
        and all(map(_is_said, values))
        and not any(one.field in _KEYS for word in words for one in headers.exact(shown(word)))
    )


def _is_said(cell: Cell) -> bool:
    """Tell whether a cell is what a title says: a number, a day, a month."""
    return is_value(cell) or _fits("billed", BILLED, cell)


def _read(head: Sequence[tuple[int, Row]], start: int, lines: int) -> Header:
    """Read lines as one header: a word above several columns counts for each that has its own word below."""
    rows = [[" ".join(shown(cell).split()) for cell in cells] for _, cells in head[start : start + lines]]
    width = max(map(len, rows))
    rows = [[*row, *[""] * (width - len(row))] for row in rows]
    for upper, lower in pairwise(rows):
        above = ""
        for place in range(width):
            above = upper[place] or (above if lower[place] else "")
            upper[place] = above
    raw = [" ".join(dict.fromkeys(part for part in column if part)) for column in zip(*rows, strict=True)]
    texts = tuple(repaired(text) for text in raw)
    own = tuple(repaired(rows[-1][place]) if _shares(rows, place) else "" for place in range(width))
    return Header(texts, own, head[start + lines - 1][0], start, start + lines, list(texts) != raw)


def _shares(rows: Sequence[Sequence[str]], place: int) -> bool:
    """Tell whether a column has a word of its own and one above that stands over its neighbour's as well."""
    *above, own = rows
    return bool(above and own[place]) and any(
        0 <= beside < len(own) and own[beside] and above[-1][beside] == above[-1][place] != ""
        for beside in (place - 1, place + 1)
    )


def _named(
    text: str, own: str, matching: Callable[[str], tuple[headers.Match, ...]] = headers.near
) -> tuple[headers.Match, ...]:
    """Return the fields that a column's header names; own: its part below a word above several columns.

    A part that says only when leaves a column the number that the words before it name.
    """
    when = moments.behind(text, own)
    if when:
        above = [one for one in matching(text.removesuffix(when).strip()) if one.field in COUNTED]
        if above:
            together = headers.exact(text)
            named = {one[:2] for one in together}
            return *together, *(one._replace(score=0.9 * one.score) for one in above if one[:2] not in named)
    return headers.below(text, own, matching) if own else matching(text)


def _first_of_words(head: Sequence[tuple[int, Row]]) -> Header | None:
    """Return the first line of at least two words and no value: a header in unknown words."""
    for start in range(min(len(head), SEARCHED_ROWS)):
        cells = [cell for cell in head[start][1] if shown(cell).strip()]
        if len(cells) >= LEAST_NAMED and not any(map(is_value, cells)) and start + 1 < len(head):
            return _read(head, start, 1)
    return None


def is_value(cell: Cell) -> bool:
    """Tell whether a cell is a number or a date, which no header is."""
    if not isinstance(cell, str):
        return cell is not None
    text = cell.strip()
    return (
        bool(text)
        and (text[0].isdigit() or text[0] in "-(")
        and any(one.isdigit() for one in text[:6])
        and (text.replace(".", "").replace(",", "").isdigit() or parse(text, "dmy") is not None)
    )


def kind_of(kind: FileType, field: str) -> str:
    """Return a field's kind; the halves of a split period are a month and a year."""
    if field in kind.fields:
        return kind.fields[field].kind
    return {"period_month": "month", "period_year": "year"}[field]


def _looks(kind: FileType, field: str, text: str, header: Header) -> str:
    """Return how a field's cells look: as its kind, but a billed month may do without its year.

    A number alone may be how many months are owed: it is a month only where the header speaks of a bill or
    a period and of no count, and never in a list of debts. Beside a column of years no month stands alone.
    """
    if field != BILLED:
        return kind_of(kind, field)
    if any(_OF_YEARS.search(one) for one in header.texts if one != text):
        return "period"
    is_of_bill = _OF_BILL.search(text) and not _OF_COUNT.search(text)
    return "billed" if is_of_bill and not kind.fields[field].of_file else "owed"


def answered(answers: AnyMapping[str, str]) -> dict[str, str]:
    """Return header → field of the answers to questions for columns."""
    found: dict[str, str] = {}
    for key, answer in answers.items():
        about, _, asked = key.partition(":")
        field, _, header = asked.partition(":")
        if about == ASKED and asked and answer:
            found[answer] = asked
        elif about == UNREAD and answer == READ:
            found[header] = field
    return found


def remembered(answers: AnyMapping[str, str]) -> dict[str, str]:
    """Return those of answers by their keys that hold for the next files of a type, too: none of amounts."""
    return {
        key: answer
        for key, answer in answers.items()
        if answer == SKIP and key.startswith(f"{UNREAD}:") and key.split(":")[1] in HARMLESS
    }


def told(mappings: Mapping, meanings: AnyMapping[str, str]) -> Mapping:
    """Return mappings with what headers mean in one file, whatever its type."""
    return {name: of_type(name, with_meanings(mappings.get(name, {}), meanings)) for name in types()}


def with_meanings(before: AnyMapping[str, str], said: AnyMapping[str, str]) -> dict[str, str]:
    """Return header → field with what is now said; a field is then in no other column any more."""
    moved = {field for field in said.values() if field}
    return {**{header: field for header, field in before.items() if field not in moved}, **said}


def of_type(name: str, meanings: AnyMapping[str, str]) -> dict[str, str]:
    """Return those of header → field that a type has; "" leaves a column out of every type."""
    known = {"", *types()[name].fields} | (HALVES if "period" in types()[name].fields else set[str]())
    return {header: field for header, field in meanings.items() if field in known}


def key_field(kind: FileType, places: AnyMapping[str, int]) -> str:
    """Return the first required field that has a column: no fact is without it."""
    return next((one.name for one in kind.fields.values() if one.required and one.name in places), "")


def assigned(
    kind: FileType, header: Header, below: Sequence[Row], taught: AnyMapping[str, str]
) -> tuple[dict[str, int], dict[str, float]]:
    """Return field → column, and field → how well it fits (0 to 1): best fits first, each column once.

    A header fits as far as its words do and as far as its cells are of the field's kind. What was taught is
    certain; "" leaves a column out.
    """
    places: dict[str, int] = {}
    scores: dict[str, float] = {}
    for fit, place, field in sorted(offers(kind, header, below, taught), key=lambda one: (-one[0], one[1])):
        if fit >= LEAST_SCORE and field not in places and place not in places.values():
            places[field] = place
            scores[field] = min(fit, 1.0)
    if "period" in places or ("period_month" in places) != ("period_year" in places):
        for half in HALVES:
            places.pop(half, None)
            scores.pop(half, None)
    receipt, amount = places.get(RECEIPT), places.get("amount")
    if receipt is not None and amount is not None and _says_the_same(receipt, amount, below):
        del places[RECEIPT], scores[RECEIPT]
    return places, scores


def _says_the_same(place: int, other: int, below: Sequence[Row]) -> bool:
    """Tell whether two columns hold the same: what stands under KWITANSI may be its amount."""
    return all(row[place] == row[other] for row in below[:SAMPLE_ROWS] if max(place, other) < len(row))


def offers(
    kind: FileType, header: Header, below: Sequence[Row], taught: AnyMapping[str, str]
) -> list[tuple[float, int, str]]:
    """Return how well each column fits each field that it may be: fit, column, field."""
    found: list[tuple[float, int, str]] = []
    for place, (text, own) in enumerate(zip(header.texts, header.own, strict=True)):
        if text in taught:
            if taught[text]:
                found.append((2.0, place, taught[text]))
            continue
        for match in _named(text, own):
            if match.type == kind.name and match.score >= LEAST_SCORE:
                fit = match.score * _likeness(
                    _looks(kind, match.field, text, header), match.field, place, below
                )
                if headers.is_bare(text, match.field):
                    if not _varies(place, below):
                        continue
                    fit = min(fit, BARE_FIT)
                found.append((fit, place, match.field))
    return found


def _varies(place: int, below: Sequence[Row]) -> bool:
    """Tell whether most cells hold a number or a day, and not all the same: no day of printing, no fee."""
    cells = [shown(row[place]).strip() for row in below[:SAMPLE_ROWS] if place < len(row)]
    said = [cell for cell in cells if any(map(str.isdigit, cell))]
    return 2 * len(said) > len(cells) and (len(said) == 1 or len(set(said)) > 1)


def unread(
    kind: FileType,
    header: Header,
    below: Sequence[Row],
    taught: AnyMapping[str, str],
    places: AnyMapping[str, int],
) -> list[tuple[str, str]]:
    """Return header and field of columns that are named as a field word for word and hold something else."""
    found: dict[str, str] = {}
    for place, (text, own) in enumerate(zip(header.texts, header.own, strict=True)):
        if text in taught or place in places.values():
            continue
        for match in _named(text, own, headers.exact):
            field = kind.fields.get(match.field) if match.type == kind.name else None
            if (
                field is not None
                and not field.required
                and (field.kind in NUMERIC | {"date"} or field.name == BILLED)
                and field.name not in {*places, *found}
                and not headers.is_bare(text, field.name)
                and _likeness(_looks(kind, field.name, text, header), field.name, place, below) < LEAST_SCORE
            ):
                found[field.name] = text
    return [(text, field) for field, text in found.items()]


def could_be(field: Field, place: int, below: Sequence[Row]) -> bool:
    """Tell whether a column's cells are of a field's kind; empty ones and a running number are of none."""
    cells = [shown(row[place]).strip() for row in below[:SAMPLE_ROWS] if place < len(row)]
    if all(map(is_blank, cells)):
        return False
    counted = len(cells) > 1 and all(
        one.isdigit() and next_.isdigit() and int(next_) == int(one) + 1 for one, next_ in pairwise(cells)
    )
    return not counted and _likeness(field.kind, field.name, place, below) == 1.0


def _likeness(kind: str, field: str, place: int, below: Sequence[Row]) -> float:
    """Return how far a column's cells are of a kind: 1 when all are or all hold nothing, down to 0.3."""
    empty = is_no_day if kind == "date" else is_blank
    cells = [
        row[place] for row in below[:SAMPLE_ROWS] if place < len(row) and not empty(shown(row[place]).strip())
    ]
    if not cells:
        return 1.0
    share = (
        sum(_fits(kind, field, cell) for cell in cells) / len(cells)
        if kind not in NUMERIC
        else _numeric(cells)
    )
    return 1.0 if share >= 0.7 else 0.3 + share


def _numeric(cells: Sequence[Cell]) -> float:
    shapes = Shapes()
    shapes.count(cells)
    return shapes.readable / len(cells)


def is_number(cell: Cell) -> bool:
    """Tell whether a cell can be read as a number, also with a currency or a unit."""
    return not is_blank(shown(cell).strip()) and _numeric([cell]) > 0


def is_day(cell: Cell) -> bool:
    """Tell whether a cell can be read as a date."""
    return _fits("date", "", cell)


def _fits(kind: str, field: str, cell: Cell) -> bool:
    text = shown(cell).strip()
    match kind:
        case "date":
            return parse(cell if not isinstance(cell, str) else text, "dmy") is not None or (
                parse(text, "mdy") is not None
            )
        case "period":
            return parse_period(cell if not isinstance(cell, str) else text) is not None
        case "billed":
            return _fits("period", field, cell) or month_of(cell) is not None
        case "owed":
            return _fits("period", field, cell) or (text[:1].isalpha() and month_of(cell) is not None)
        case "month":
            return month_of(cell) is not None
        case "year":
            return bool(_YEAR.fullmatch(text))
        case "code":
            return bool(_CODE.fullmatch(text)) and (field != "nomen" or any(one.isdigit() for one in text))
        case _:
            return (
                not (isinstance(cell, (int, float)) and field in {"name", "address"})
                or len(of_number(cell)) < 4
            )


def period_parts(places: AnyMapping[str, int]) -> bool:
    """Tell whether a period stands in two columns, month and year."""
    return "period_month" in places and "period_year" in places


def joined_period(cells: Row, places: AnyMapping[str, int]) -> str:
    """Return the period of a row that keeps month and year apart, as text; "" where both are empty."""
    month, year = (
        "" if is_blank(text) else text
        for half in ("period_month", "period_year")
        for text in [shown(cells[places[half]]).strip() if places[half] < len(cells) else ""]
    )
    return f"{year}-{month_of(month) or month:0>2}" if month or year else ""
