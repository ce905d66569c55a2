"""What a file holds: its type, its period, its columns, and what has to be asked."""

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as AnyMapping
from itertools import chain, islice
from pathlib import Path
from typing import Final

from arus_ingest.files import bodies, columns, counted, deciding_period, deciding_type, rivals
from arus_ingest.files.around import Around
from arus_ingest.files.asking import Asking
from arus_ingest.files.columns import Header
from arus_ingest.files.results import Detection, Limits, Mapping, Question, Unreadable
from arus_ingest.files.signs import Signs
from arus_ingest.files.survey import Shape, Survey, survey
from arus_ingest.files.tables import Row, Table, shown, tables
from arus_ingest.files.written import written

SAMPLES: Final = 2
SAMPLE_LENGTH: Final = 60
BELOW: Final = "below"
"""The key of the question whether the rows of a table below are facts."""
ZEROS: Final = "zeros"
"""What the key of a question whether codes have lost noughts before them begins with."""
FILL: Final = "fill"
MAYBE: Final = "question_column_maybe"
SHORTER: Final = 0.5
"""The part of a key's length above which a shorter number may be a key as well: no cashier's code is."""


def detect(
    path: Path,
    *,
    type: str | None = None,  # noqa: A002 - what people call it
    period: str | None = None,
    mappings: Mapping | None = None,
    meanings: AnyMapping[str, str] | None = None,
    answers: AnyMapping[str, str] | None = None,
    name: str | None = None,
    limits: Limits | None = None,
) -> list[Detection]:
    """Return what each sheet with data, or the one table of a text file, holds.

    type, period: what a person says they are; that ends the questions about them. mappings: what the
    organisation taught, answers under their keys among it. meanings: what headers of this file mean, by the
    same words, whatever its type.
    answers: to questions of an earlier detection, by their key. name: the file's own name where path is a
    temporary one. Raises Unreadable when nothing can be read.
    """
    given = dict(answers or {})
    taught = columns.told(mappings or {}, {**(meanings or {}), **columns.answered(given)})
    if type or "type" in given:
        given["type"] = str(type or given["type"]).upper()
    if period:
        given["period"] = period
    learned = {kind: columns.remembered(said) for kind, said in (mappings or {}).items()}
    bounds = limits or Limits()
    found = [
        detection
        for table in tables(path, bounds)
        if (detection := _detected(table, name or path.name, taught, learned, given)) is not None
    ]
    if not found:
        raise Unreadable("file_without_table")
    # Notes beside the data are no tables; what is known comes before what has to be asked.
    known = [one for one in found if not one.is_guess or len(one.headers) >= deciding_type.NARROW] or found
    return sorted(known, key=lambda one: (one.type is None, one.is_guess))


def _detected(
    table: Table, name: str, mappings: Mapping, learned: Mapping, given: AnyMapping[str, str]
) -> Detection | None:
    rows = table.rows()
    head = list(islice(rows, bodies.HEAD_ROWS))
    header = columns.find_header(head, mappings)
    if header is None:
        return None
    header = counted.with_units(header, head)
    below = [cells for _, cells in head[header.lines_above :] if bodies.may_be_fact(cells, header.texts)]
    around = Around(
        name,
        table.sheet,
        tuple(" ".join(shown(cell) for cell in cells).strip() for _, cells in head[: header.first_line]),
    )
    choice = deciding_type.choose_type(header, below, around, mappings, given.get("type"))
    if choice is None:
        return None
    kind = choice.type
    period = deciding_period.choose_period(kind, around, {}, {}, given.get("period"))
    if kind is None:
        count = sum(1 for number, _ in chain(head, rows) if number > header.row)
        return _unknown(table, name, header, choice, period, count)
    meanings = deciding_type.meanings(kind, header, mappings)
    choice = rivals.settled(choice, header, below, meanings, period.value, given)
    places = choice.places
    given = {**learned.get(kind.name, {}), **given}
    is_whole = given.get(BELOW) == "read"
    body = bodies.Body.of(kind, header.texts, header.row, places, head, whole=is_whole)
    units = counted.Units.of(kind, below, places)
    signs = Signs.of(kind, header.texts, below, places)
    rest, foot = chain(head, rows), counted.Foot()
    seen = survey(body, foot.passing(rest), kind, places, [one for one in (units, signs) if one])
    asking = Asking(given, choice.questions)
    if not asking.given(BELOW):
        asking.add(_alike(body, rest, seen.keys, seen.other))
    known = (kind, header, below, meanings, places)
    asking.add(_unread(columns.unread(*known), given))
    asking.add(_unread(deciding_type.spare(*known), given, MAYBE))
    period = deciding_period.choose_period(
        kind,
        around,
        {one: column.months for one, column in seen.columns.items()},
        {one: column.days for one, column in seen.columns.items()},
        given.get("period"),
        answers={one: asking.given(f"date:{header.texts[place]}") for one, place in places.items()},
    )
    if period.overrules:
        places = {one: place for one, place in places.items() if one not in {"period", *columns.HALVES}}
    titles = (*around.titles, table.sheet or "")
    notes = counted.notes(body, [*head[header.lines_above :], *foot.rows])
    how = written(asking, kind, header, places, seen.columns, period, titles, notes)
    asking.add(period.questions)
    if seen.count == 0:
        asking.add([Question("rows", "question_no_rows")])
    widths = _filled(asking, body, seen)
    powers = {one: power for one, power in how.powers.items() if power}
    turned, refused = signs.meant(asking, kind, header.texts) if signs else ((), ())
    return Detection(
        file=name,
        sheet=table.sheet,
        type=kind.name,
        period=period.value,
        confidence=round(min(choice.confidence, period.confidence), 3),
        columns={one: header.texts[place] for one, place in sorted(places.items(), key=lambda one: one[1])},
        rows=seen.count,
        encoding=table.encoding,
        header_row=header.row,
        questions=asking.open,
        answered=asking.answered,
        evidence=(*choice.evidence, *period.evidence),
        notations=how.notations,
        places=dict(places),
        headers=header.texts,
        separator=table.separator,
        repaired=header.repaired,
        negative_marks={one: marks for one, marks in how.marks.items() if marks},
        fits={one: round(fit, 3) for one, fit in choice.fits.items()},
        samples=tuple(_sample(below, place) for place in range(len(header.texts))),
        powers=powers,
        title_power=how.title_power,
        whole=is_whole,
        unit_at=units.at if units and units.are_others(kind, header.texts, places, powers) else None,
        turned=turned,
        refused=refused,
        is_guess=choice.is_guess,
        widths=widths,
        rayon=around.rayon() if "rayon" in kind.fields and "rayon" not in places else "",
    )


def _unread(
    named: Iterable[tuple[str, str]], given: AnyMapping[str, str], code: str = "question_column_unread"
) -> list[Question]:
    """Ask whether to read columns that are named as a field and hold something else, or may be it."""
    asked = {
        f"{columns.UNREAD}:{field}:{header}": {"column": header, "field": field} for header, field in named
    }
    return [
        Question(
            key,
            code,
            (columns.SKIP, columns.READ),
            params,
            columns.SKIP if given.get(key) == columns.SKIP else "",
        )
        for key, params in asked.items()
    ]


def _filled(asking: Asking, body: bodies.Body, seen: Survey) -> dict[str, int]:
    """Ask whether keys that are shorter than those with noughts before them have lost theirs."""
    width = seen.width if body.coded else None
    if width is None:
        return {}
    header = body.header[body.key]
    params = {"column": header, "digits": str(width)}
    answer = asking.answer(Question(f"{ZEROS}:{header}", "question_zeros", (FILL, "keep"), params))
    return {body.keyed[1]: width} if answer == FILL else {}


def _sample(below: Sequence[Row], place: int) -> tuple[str, ...]:
    """Return the first values of a column, as shown."""
    cells = (shown(cells[place]).strip() for cells in below if place < len(cells))
    return tuple(text[:SAMPLE_LENGTH] for text in islice(filter(None, cells), SAMPLES))


def _alike(
    body: bodies.Body, rest: Iterable[tuple[int, Row]], keys: set[Shape], other: Sequence[str]
) -> list[Question]:
    """Ask whether rows of another table are facts as well: its header names the key, or its keys are alike.

    rest: the rows below that table's header, other; keys: how those above look.
    """
    named = body.keys_under(other)
    alike = [number for number, cells in rest if _may_belong(body, cells, keys, named)]
    if not alike:
        return []
    params = {"line": str(alike[0]), "number": str(len(alike))}
    elsewhere = named and body.key not in named and not body.order_under(other)
    if elsewhere:
        return [Question(BELOW, "question_table_apart", ("skip",), params)]
    return [Question(BELOW, "question_table_below", ("skip", "read"), params)]


def _may_belong(body: bodies.Body, cells: Row, keys: set[Shape], named: Sequence[int]) -> bool:
    """Tell whether a row of another table has a key. named: the columns its header calls so."""
    for place in named or (body.key,):
        key = shown(cells[place]).strip() if place < len(cells) else ""
        looks = any(
            len(key) > length * SHORTER and (named or (key[-1:].isdigit() and key.isalnum() == plain))
            for length, plain in keys
        )
        if looks and bodies.is_fact(cells, place, body.header):
            return True
    return False


def _unknown(  # noqa: PLR0917 - everything that was seen
    table: Table,
    name: str,
    header: Header,
    choice: deciding_type.Choice,
    period: deciding_period.PeriodChoice,
    count: int,
) -> Detection:
    return Detection(
        file=name,
        sheet=table.sheet,
        type=None,
        period=period.value,
        confidence=round(choice.confidence, 3),
        columns={},
        rows=count,
        encoding=table.encoding,
        header_row=header.row,
        questions=choice.questions,
        evidence=(*choice.evidence, *period.evidence),
        notations={},
        places={},
        headers=header.texts,
        separator=table.separator,
        repaired=header.repaired,
    )
