"""The rows of a table in canonical form, under a detection."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import chain, islice, repeat
from pathlib import Path
from typing import Final, cast

from arus_ingest.files import amounts, bodies, columns, headers, units
from arus_ingest.files.blanks import is_blank, is_no_day
from arus_ingest.files.dates import SWAPPED, parse
from arus_ingest.files.declared import NUMERIC, Field, FileType, types
from arus_ingest.files.periods import in_year, month_of, parse_period
from arus_ingest.files.results import CellError, Detection, Limits, TypedRow
from arus_ingest.files.rivals import BESIDE
from arus_ingest.files.signs import text_at
from arus_ingest.files.tables import MOST_DIGITS, Cell, Row, Table, chunks, shown
from arus_ingest.files.texts import repaired

LONGEST_TEXT: Final = 500
_RAYON: Final = re.compile(r"(?:rayon|ryn|r)[\s.\-_]*(\d+)", re.IGNORECASE)
MANY: Final = 10
"""Below so many rows one is their sum by chance; in two columns none is."""
_IN_THOUSANDS: Final = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+")
Wrong = tuple[str, dict[str, str]]
Values = tuple[list[str | None], dict[int, Wrong]]


def read_rows(path: Path, detection: Detection, *, limits: Limits | None = None) -> Iterator[TypedRow]:
    """Return the facts of a detected table one by one, in the order of the file; memory stays bounded.

    Rows with something wrong are returned too, with their errors. Totals, repeated headers, numbering and
    signatures are no facts. Raises ValueError for a detection without a type.
    """
    if detection.type is None:
        raise ValueError("a detection needs a type before rows can be read, got None")
    kind = types()[detection.type]
    table = Table(path, limits or Limits(), detection.sheet, detection.encoding, detection.separator)
    rows = table.rows()
    head = list(islice(rows, bodies.HEAD_ROWS))
    body = bodies.Body.of(
        kind, detection.headers, detection.header_row, detection.places, head, whole=detection.whole
    )
    found = (
        row
        for facts in chunks(body.facts(chain(head, rows)))
        for row in _rows(kind, detection, body, _exchanged(detection, facts))
    )
    yield from _footed(detection, body, found) if body.coded else found


def _footed(detection: Detection, body: bodies.Body, rows: Iterable[TypedRow]) -> Iterator[TypedRow]:
    """Refuse the last row where its key is like none above, and counts those or stands beside their sums."""
    key = body.keyed[1]
    names = [name for name in detection.places if name in columns.COUNTED - headers.STANDS]
    sums = dict.fromkeys(names, Decimal(0))
    lengths: set[int] = set()
    count = 0
    last: TypedRow | None = None
    for row in rows:
        if last is not None:
            count += 1
            lengths.add(len(body.key_of(last.original)))
            if all(one.field != key for one in last.errors):
                for name in names:
                    sums[name] += Decimal(last.fields.get(name, 0))
            yield last
        last = row
    if last is None:
        return
    said = body.key_of(last.original)
    told = {name: Decimal(last.fields[name]) for name in names if name in last.fields}
    adds_up = any(told.values()) and all(sums[name] == value for name, value in told.items())
    is_sum = said.isdecimal() and (int(said) == count or (adds_up and (count >= MANY or len(told) > 1)))
    if is_sum and len(said) not in lengths and body.names_nobody(last.original):
        error = CellError(detection.columns[key], key, "cell_of_sums", {"value": said[:100]})
        last = replace(last, errors=(*last.errors, error))
    yield last


def _exchanged(detection: Detection, facts: Sequence[tuple[int, Row]]) -> Sequence[tuple[int, Row]]:
    """Return the facts with the dates as they are meant where a spreadsheet exchanged day and month."""
    orders = {
        detection.places[name]: order
        for name, order in detection.notations.items()
        if order in SWAPPED.values()
    }
    if not orders:
        return facts
    return [
        (
            number,
            [
                parse(cell, orders[place]) if place in orders and isinstance(cell, date) else cell
                for place, cell in enumerate(cells)
            ],
        )
        for number, cells in facts
    ]


def _rows(
    kind: FileType, detection: Detection, body: bodies.Body, facts: Sequence[tuple[int, Row]]
) -> Iterator[TypedRow]:
    names = [name for name in detection.places if name in kind.fields]
    read = {name: _column(kind, detection, name, facts) for name in names}
    for name in names:
        if kind.fields[name].kind == "money":
            _take_back(detection, facts, read[name], refuse=kind.fields[name].required)
        read[name][1].update(_contradicted(kind, detection, name, facts))
    if body.coded:
        read[body.keyed[1]][1].update(_worded(body, facts))
    if "period" in kind.fields and "period" not in read:
        names.append("period")
        read["period"] = _period_column(detection, facts)
    if detection.rayon:
        names.append("rayon")
        read["rayon"] = [detection.rayon] * len(facts), {}
    wrong: dict[int, list[CellError]] = {}
    for name in names:
        header = detection.columns.get(name, name)
        for at, (code, params) in read[name][1].items():
            wrong.setdefault(at, []).append(CellError(header, name, code, params))
    needed = [
        (one.name, one.instead, one.excuse)
        for one in kind.fields.values()
        if one.required and (one.name in names or one.instead not in names)
    ]
    for at, ((number, cells), values) in enumerate(
        zip(facts, zip(*(read[name][0] for name in names), strict=True), strict=True)
    ):
        fields = {name: value for name, value in zip(names, values, strict=True) if value}
        errors = wrong.get(at, [])
        if detection.separator and (len(cells) > body.width or any(cells[len(detection.headers) :])):
            errors = [*errors, _too_wide(kind, detection, len(cells))]
        for name, instead, excuse in needed:
            if name in fields or instead in fields or _says(fields.get(excuse, "")):
                continue
            if all(error.field != name for error in errors):
                errors = [*errors, CellError(detection.columns.get(name, name), name, "cell_required", {})]
        if kind.one_of and fields.keys().isdisjoint(kind.one_of):
            errors = [*errors, *_ageless(kind, detection, errors)]
        yield TypedRow(
            number,
            "|".join(fields.get(name) or _emptied(kind, detection, name, cells) for name in kind.key),
            fields,
            tuple(map(shown, cells)) if detection.sheet else cast("tuple[str, ...]", tuple(cells)),
            tuple(errors),
        )


def _ageless(kind: FileType, detection: Detection, errors: Sequence[CellError]) -> list[CellError]:
    """Say that nothing tells how old a debt is, unless what would tell it is known to be wrong."""
    if any(error.field in kind.one_of for error in errors):
        return []
    name = next((one for one in kind.one_of if one in detection.places), kind.one_of[0])
    return [CellError(detection.columns.get(name, name), name, "cell_age_missing", {})]


def _emptied(kind: FileType, detection: Detection, name: str, cells: Row) -> str:
    """Return the text of a cell that says it is empty: with it in keys, what is sent again is known."""
    place = detection.places.get(name, len(cells))
    if place >= len(cells) or kind.fields[name].kind not in {"code", "text"}:
        return ""
    text = _text(kind.fields[name], cells[place])
    return text if is_blank(text) else ""


def _says(reason: str) -> bool:
    """Tell whether a column for a reason names one; noughts and strokes name none."""
    return bool(reason.strip("0-–. "))


def _too_wide(kind: FileType, detection: Detection, cells: int) -> CellError:
    """Say that a line has more cells than columns: a separator stands inside a value ("520,5" unquoted)."""
    key = columns.key_field(kind, detection.places)
    params = {"value": str(cells), "bound": str(len(detection.headers))}
    return CellError(detection.columns.get(key, key), key, "row_too_wide", params)


def _column(kind: FileType, detection: Detection, name: str, facts: Sequence[tuple[int, Row]]) -> Values:
    place, field = detection.places[name], kind.fields[name]
    cells = [row[place] if place < len(row) else None for _, row in facts]
    notation = detection.notations.get(name, "")
    if field.kind in NUMERIC:
        marks, power = detection.negative_marks.get(name, ()), detection.powers.get(name, 0)
        if detection.unit_at is None or not units.is_volume(field.unit):
            return _numbers(field, cells, notation, marks, repeat(power))
        said = [shown(row[detection.unit_at]) if detection.unit_at < len(row) else "" for _, row in facts]
        powers = [units.of_row(one, detection.columns[name], field.unit) for one in said]
        values, wrong = _numbers(field, cells, notation, marks, powers)
        wrong |= {at: ("cell_unit", {"value": said[at][:100] or "-"}) for at in wrong if powers[at] is None}
        return values, wrong
    if field.kind == "date":
        return _each(cells, lambda cell: parse(cell, notation), is_no_day, "cell_not_a_date")
    if field.kind == "period":
        return _each(
            cells,
            lambda cell: parse_period(cell, notation or "dmy") or _with_year(cell, detection, field),
            is_blank,
            "cell_not_a_period",
        )
    values, wrong = _words(field, cells)
    width = detection.widths.get(name, 0)
    return [one.zfill(width) if one and one.isdigit() else one for one in values] if width else values, wrong


def _take_back(detection: Detection, facts: Sequence[tuple[int, Row]], read: Values, *, refuse: bool) -> None:
    """Put amounts below zero of which another column says so; refuse those that it says were taken back."""
    values, wrong = read
    turned, refused = set(detection.turned), set(detection.refused)
    for place in {place for place, _ in turned | refused}:
        for at, (_, cells) in enumerate(facts):
            said, value = text_at(cells, place), values[at]
            if value and (place, said) in turned:
                values[at] = amounts.below_zero(value)
            elif refuse and (place, said) in refused:
                values[at] = None
                wrong[at] = ("cell_taken_back", {"value": said[:100]})


def _contradicted(
    kind: FileType, detection: Detection, name: str, facts: Sequence[tuple[int, Row]]
) -> dict[int, Wrong]:
    """Return where another column of the very same name says something else: nobody knows which is meant.

    Of names, addresses and other words the first one does, and so it does beside a table that is left out.
    """
    place, field = detection.places[name], kind.fields[name]
    header = detection.headers[place]
    twins = [at for at, one in enumerate(detection.headers) if at != place and one == header]
    counts = field.kind in NUMERIC | {"date", "period"} or (field.kind == "code" and name in kind.key)
    if not twins or not counts or any(one.key == BESIDE for one in detection.answered):
        return {}
    read = [
        _column(kind, replace(detection, places={**detection.places, name: at}), name, facts)[0]
        for at in (place, *twins)
    ]
    wrong: dict[int, Wrong] = {}
    for at, values in enumerate(zip(*read, strict=True)):
        told = {one for one in values if one}
        if len(told) > 1 or (told and not values[0]):
            cells = facts[at][1]
            said = [shown(cells[one]).strip() if one < len(cells) else "" for one in (place, *twins)]
            wrong[at] = ("cell_contradicted", {"value": ", ".join(one or "-" for one in said)[:100]})
    return wrong


def _worded(body: bodies.Body, facts: Sequence[tuple[int, Row]]) -> dict[int, Wrong]:
    """Return where words stand for a code, or beside it all words are of a total: who knows of whom it is."""
    return {
        at: (
            "cell_not_a_code" if body.is_strange(cells) else "cell_of_total",
            {"value": body.key_of(cells)[:100]},
        )
        for at, (_, cells) in enumerate(facts)
        if body.is_strange(cells) or body.is_total(cells)
    }


def _with_year(cell: Cell, detection: Detection, field: Field) -> str | None:
    """Give a month without a year the year that puts it at or before the month after the file's.

    What is still owed in the file's month is of no month after it.
    """
    month = month_of(cell)
    if month is None or detection.period is None:
        return None
    return in_year(month, detection.period, ahead=int(field.of_file != "latest"))


def _period_column(detection: Detection, facts: Sequence[tuple[int, Row]]) -> Values:
    """Return the period of each row from two columns, else the file's."""
    if not columns.period_parts(detection.places):
        return [detection.period] * len(facts), {}
    values: list[str | None] = []
    wrong: dict[int, Wrong] = {}
    for at, (_, cells) in enumerate(facts):
        both = columns.joined_period(cells, detection.places)
        values.append(parse_period(both))
        if values[-1] is None and both:
            wrong[at] = ("cell_not_a_period", {"value": both})
    return values, wrong


def _each(
    cells: Sequence[Cell], read: Callable[[Cell], str | None], empty: Callable[[str], bool], code: str
) -> Values:
    values: list[str | None] = []
    wrong: dict[int, Wrong] = {}
    for at, cell in enumerate(cells):
        stripped = cell.strip() if isinstance(cell, str) else cell
        value = None if stripped in {None, ""} else read(stripped)
        values.append(value)
        if value is None and not empty(shown(stripped)):
            wrong[at] = (code, {"value": shown(cell)[:100]})
    return values, wrong


def _number(cell: Cell, notation: str, negative: Sequence[str]) -> str | None:
    if isinstance(cell, str):
        return amounts.canonical(cell, notation, negative)
    return amounts.of_number(cell) if isinstance(cell, (int, float)) else None


def _shifted(value: str, power: int | None) -> str | None:
    return None if power is None else amounts.shifted(value, power)


def _numbers(
    field: Field,
    cells: Sequence[Cell],
    notation: str,
    negative: Sequence[str],
    powers: Iterable[int | None],
) -> Values:
    """Read numbers; powers: of ten, cell by cell, None where a cell is in a unit that cannot be turned."""
    values = [_number(cell, notation, negative) for cell in cells]
    if amounts.MINUS in negative:
        values = [value and amounts.turned(value) for value in values]
    values = [
        value if power == 0 or value is None else _shifted(value, power)
        for value, power in zip(values, powers, strict=False)  # one power may be repeated for ever
    ]
    wrong: dict[int, Wrong] = {}
    decimals = field.scale
    least, greatest = field.bounds or (None, None)
    for at, value in enumerate(values):
        if value is None:
            text = shown(cells[at]).strip()
            if not is_blank(text):
                wrong[at] = (
                    "cell_formula_error" if text.startswith("#") else "cell_not_a_number",
                    {"value": text[:100]},
                )
            continue
        if "." in value and len(value) - value.index(".") - 1 > decimals:
            values[at] = None
            wrong[at] = ("cell_decimals", {"value": shown(cells[at]), "bound": str(decimals)})
        elif least is not None and greatest is not None and not least <= float(value) <= greatest:
            values[at] = None
            wrong[at] = (
                "cell_out_of_range",
                {"value": shown(cells[at]), "least": f"{least:,}", "greatest": f"{greatest:,}"},
            )
    return values, wrong


def _words(field: Field, cells: Sequence[Cell]) -> Values:
    values: list[str | None] = []
    wrong: dict[int, Wrong] = {}
    for at, cell in enumerate(cells):
        if isinstance(cell, str) and _is_clean(field, cell) and not is_blank(cell):
            values.append(cell)
            continue
        text = _text(field, cell)
        if field.kind == "code" and isinstance(cell, (int, float)) and abs(cell) >= MOST_DIGITS:
            values.append(None)
            wrong[at] = ("cell_scientific", {"value": f"{cell:.14e}".upper()})
            continue
        needs_digits = field.kind == "code" and field.required and isinstance(cell, float)
        if needs_digits and not text.isdigit() and "E+" not in text.upper():
            values.append(None)
            wrong[at] = ("cell_not_a_code", {"value": text[:100]})
            continue
        if is_blank(text):
            values.append(None)
            continue
        values.append(text)
        if code := _wrong_text(field, text):
            values[at] = None
            wrong[at] = code
    return values, wrong


def _text(field: Field, cell: Cell) -> str:
    text = repaired(" ".join(shown(cell).split()))
    if field.name == "rayon" and (named := _RAYON.fullmatch(text)):
        return named[1]
    return _code(text) if field.kind == "code" else text


def _is_clean(field: Field, cell: str) -> bool:
    """Tell cheaply whether a text is sure to need nothing; most are."""
    if field.kind == "code":
        least, greatest = field.bounds or (1, LONGEST_TEXT)
        is_plain = cell.isdigit() if field.name == "rayon" else cell.isalnum()
        return is_plain and cell.isascii() and least <= len(cell) <= greatest
    return (
        cell.isascii()
        and cell.isprintable()
        and 0 < len(cell) <= LONGEST_TEXT
        and cell[0] not in " #"
        and cell[-1] != " "
        and "  " not in cell
    )


def _code(text: str) -> str:
    """Return a code without what spreadsheets add: an apostrophe, ="…", the .0 or the commas of a number."""
    text = text.removeprefix("=").strip("\"'`")
    if _IN_THOUSANDS.fullmatch(text):
        return text.replace(",", "")
    return text[:-2] if text.endswith(".0") and text[:-2].isdigit() else text


def _wrong_text(field: Field, text: str) -> Wrong | None:
    if text.startswith("#") and text.rstrip("!?").isupper():
        return "cell_formula_error", {"value": text[:100]}
    if field.kind == "code":
        if "E+" in text.upper() and text[:1].isdigit():
            return "cell_scientific", {"value": text[:100]}
        if field.bounds and not field.bounds[0] <= len(text) <= field.bounds[1]:
            least, greatest = field.bounds
            return "cell_length", {"value": text[:100], "least": str(least), "greatest": str(greatest)}
    if len(text) > LONGEST_TEXT:
        return "cell_length", {"value": text[:100], "least": "0", "greatest": str(LONGEST_TEXT)}
    if not text.isprintable():
        return "cell_unprintable", {"value": text[:100].encode("unicode_escape").decode()}
    return None
