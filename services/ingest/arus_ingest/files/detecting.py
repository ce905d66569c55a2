"""What a file holds: its type, its period, its columns, and what has to be asked."""

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path
from typing import Final

from arus_ingest.files import amounts, bodies, columns, counted, dates, deciding, rivals, signs, units
from arus_ingest.files.columns import Header
from arus_ingest.files.declared import NUMERIC, FileType, types
from arus_ingest.files.periods import Months
from arus_ingest.files.results import Detection, Limits, Mapping, Question, Unreadable
from arus_ingest.files.tables import Row, Table, chunks, shown, tables

SAMPLES: Final = 2
SAMPLE_LENGTH: Final = 60
BELOW: Final = "below"
"""The key of the question whether the rows of a table below are facts."""
MAYBE: Final = "question_column_maybe"
TAKEN_BACK: Final = "reversed"
"""What the key of a question about payments that were taken back begins with."""
OWED: Final = ("owed", "owed_back")
"""What bills and debts may be that are below zero."""
UNIT: Final = "unit"
"""What the key of a question in what amounts are counted begins with."""
NOTED: Final = ("noted", "written")
"""How amounts may be meant where a note below them names a unit."""
THOUSANDS: Final = ("thousands", "written")
"""How numbers may be meant that are too small to be what they seem."""
SHORTER: Final = 0.5
"""The part of a key's length above which a shorter number may be a key as well: no cashier's code is."""


Shape = tuple[int, bool]
"""How a key looks: how long it is, and whether it is letters and digits alone."""


@dataclass(slots=True)
class _Column:
    """What was seen of one column in the whole file."""

    numbers: amounts.Shapes = field(default_factory=amounts.Shapes)
    days: dates.DateShapes = field(default_factory=dates.DateShapes)
    months: Months = field(default_factory=Months)


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
    known = [one for one in found if not one.is_guess or len(one.headers) >= deciding.NARROW] or found
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
    around = deciding.Around(
        name,
        table.sheet,
        tuple(" ".join(shown(cell) for cell in cells).strip() for _, cells in head[: header.first_line]),
    )
    choice = deciding.choose_type(header, below, around, mappings, given.get("type"))
    if choice is None:
        return None
    kind, places = choice.type, choice.places
    if kind is None:
        count = sum(1 for number, _ in chain(head, rows) if number > header.row)
        period = deciding.choose_period(None, around, {}, {}, given.get("period"))
        return _unknown(table, name, header, choice, period, count)
    month = deciding.choose_period(kind, around, {}, {}, given.get("period")).value
    meanings = deciding.meanings(kind, header, mappings)
    choice = rivals.settled(choice, header, below, meanings, month)
    places = choice.places
    given = {**learned.get(kind.name, {}), **given}
    body = bodies.Body.of(kind, header.texts, header.row, places, head, whole=given.get(BELOW) == "read")
    rest = chain(head, rows)
    foot = counted.Foot()
    other: list[str] = []
    of_units = counted.Units.of(kind, below, places)
    of_signs = signs.Signs.of(kind, header.texts, below, places)
    beside = [one for one in (of_units, of_signs) if one]
    seen, count, keys = _survey(body, foot.passing(rest), kind, places, other, beside)
    if given.get(BELOW) is None and (below_it := _alike(body, rest, keys, other)):
        choice = replace(choice, questions=(*choice.questions, below_it))
    known = (kind, header, below, meanings, places)
    unread = (*_unread(columns.unread(*known), given), *_unread(deciding.spare(*known), given, MAYBE))
    choice = replace(choice, questions=(*choice.questions, *unread))
    samples = tuple(_sample(below, place) for place in range(len(header.texts)))
    notes = counted.notes(body, [*head[header.lines_above :], *foot.rows])
    found = _concluded(table, name, header, choice, around, seen, count, notes, given)
    if of_units and of_units.are_others(found):
        found = replace(found, unit_at=of_units.at)
    if of_signs:
        found = _signed(found, of_signs, given)
    return replace(found, samples=samples)


def _signed(found: Detection, seen: signs.Signs, given: AnyMapping[str, str]) -> Detection:
    """Add which rows' amounts are below zero, and which are refused, by what stands beside them; asks."""
    kind = types()[found.type or ""]
    questions: list[Question] = []
    turned: list[tuple[int, str]] = []
    refused: list[tuple[int, str]] = []
    if seen.at is not None:
        header = found.headers[seen.at]
        ways = seen.readings(header, credit_positive=kind.credit_positive)
        chosen = _settled(questions, "sign", header, _as_options(ways), given)
        turned += [(seen.at, text) for sign in chosen.split("+") for text in seen.meaning(sign)]
    for place, texts in seen.taken_back.items():
        header = found.headers[place]
        if not texts:
            continue
        params = {"column": header, "number": str(texts.total()), "words": ", ".join(islice(texts, 3))[:100]}
        asked = Question(f"{TAKEN_BACK}:{header}", "question_taken_back", signs.WAYS, params)
        answer = _answer(questions, asked, given)
        turned += [(place, text) for text in texts if answer == "minus"]
        refused += [(place, text) for text in texts if answer == "refuse"]
    return replace(
        found,
        questions=(*found.questions, *(one for one in questions if not one.answer)),
        answered=(*found.answered, *(one for one in questions if one.answer)),
        turned=tuple(turned),
        refused=tuple(refused),
    )


def _as_options(ways: Iterable[Sequence[str]]) -> tuple[str, ...]:
    return tuple("+".join(way) or "none" for way in ways)


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


def _sample(below: Sequence[Row], place: int) -> tuple[str, ...]:
    """Return the first values of a column, as shown."""
    cells = (shown(cells[place]).strip() for cells in below if place < len(cells))
    return tuple(text[:SAMPLE_LENGTH] for text in islice(filter(None, cells), SAMPLES))


def _survey(  # noqa: PLR0917 - everything that is looked at
    body: bodies.Body,
    rows: Iterable[tuple[int, Row]],
    kind: FileType,
    places: AnyMapping[str, int],
    other: list[str],
    beside: Sequence[counted.Units | signs.Signs],
) -> tuple[dict[str, _Column], int, set[Shape]]:
    """Look at every fact once: how each column writes numbers, dates, months; how the keys look.

    other: is given what the header says that ends the facts. beside: look at them, too.
    """
    seen = {name: _Column() for name in places}
    keys: set[Shape] = set()
    count = 0
    for chunk in chunks(body.facts(rows, other)):
        facts = [cells for _, cells in chunk]
        count += len(facts)
        keys.update((len(one), one.isalnum()) for one in map(body.key_of, facts))
        for name, place in places.items():
            _look(
                seen[name],
                columns.kind_of(kind, name),
                [one[place] if place < len(one) else None for one in facts],
            )
        for one in beside:
            one.look(facts)
        if columns.period_parts(places):
            seen.setdefault("period", _Column()).months.count(
                columns.joined_period(cells, places) for cells in facts
            )
    return seen, count, keys


def _alike(
    body: bodies.Body, rest: Iterable[tuple[int, Row]], keys: set[Shape], other: Sequence[str]
) -> Question | None:
    """Ask whether rows of another table are facts as well: its header names the key, or its keys are alike.

    rest: the rows below that table's header, other; keys: how those above look.
    """
    named = body.keys_under(other)
    alike = [number for number, cells in rest if _may_belong(body, cells, keys, named)]
    if not alike:
        return None
    params = {"line": str(alike[0]), "number": str(len(alike))}
    elsewhere = named and body.key not in named and not body.order_under(other)
    if elsewhere:
        return Question(BELOW, "question_table_apart", ("skip",), params)
    return Question(BELOW, "question_table_below", ("skip", "read"), params)


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


def _look(column: _Column, kind: str, cells: Sequence[object]) -> None:
    if kind in NUMERIC:
        column.numbers.count(cells)
    elif kind == "date":
        column.days.count(_stripped(cells))
    elif kind == "period":
        column.months.count(_stripped(cells))


def _stripped(cells: Iterable[object]) -> list[object]:
    return [cell.strip() if isinstance(cell, str) else cell for cell in cells]


def _concluded(  # noqa: PLR0917 - everything that was seen
    table: Table,
    name: str,
    header: Header,
    choice: deciding.Choice,
    around: deciding.Around,
    seen: AnyMapping[str, _Column],
    count: int,
    notes: Sequence[str],
    given: AnyMapping[str, str],
) -> Detection:
    """Put everything that was seen together."""
    kind, places = choice.type, choice.places
    assert kind is not None
    questions: list[Question] = [*choice.questions]
    period = deciding.choose_period(
        kind,
        around,
        {one: column.months for one, column in seen.items()},
        {one: column.days for one, column in seen.items()},
        given.get("period"),
        answers={one: given.get(f"date:{header.texts[place]}", "") for one, place in places.items()},
    )
    notations: dict[str, str] = {}
    marks: dict[str, tuple[str, ...]] = {}
    powers: dict[str, int] = {}
    fields = kind.fields.keys() & places
    title_power = units.of_titles((*around.titles, table.sheet or ""))
    if any(kind.fields[one].unit == "rp" and _says_nothing(header.texts[places[one]]) for one in fields):
        title_power = _noted(questions, notes, title_power, given)
    reaches = any(seen[one].numbers.large for one in fields if kind.fields[one].unit == "rp")
    noted = any(one.key == UNIT for one in questions)
    for one, place in places.items():
        said = columns.kind_of(kind, one)
        title = header.texts[place]
        if said in NUMERIC:
            powers[one] = _power(title, kind.fields[one].unit, title_power)
            is_counted = noted or powers[one] != 0
            if _are_small(seen[one].numbers, said, is_counted=is_counted, all_small=not reaches):
                ways = THOUSANDS if said == "money" and not seen[one].numbers.large else THOUSANDS[1:]
                asked = Question(f"{UNIT}:{title}", "question_unit_small", ways, {"column": title})
                powers[one] += 3 * (_answer(questions, asked, given) == THOUSANDS[0])
            ways = amounts.readings(seen[one].numbers, kind.fields[one].scale + powers[one])
            notations[one] = _settled(questions, "notation", title, ways, given)
            ways = amounts.negative_marks(seen[one].numbers, credit_positive=kind.credit_positive)
            chosen = _settled(questions, "sign", title, _as_options(ways), given)
            marks[one] = tuple(mark for mark in chosen.split("+") if mark != "none")
        elif said == "date":
            orders = dates.readings(
                seen[one].days,
                period.certain,
                [other.days for other in seen.values()],
                period.value,
                period.doubtful,
            )
            notations[one] = _settled(questions, "date", title, orders, given)
        elif one in period.orders:
            notations[one] = _settled(questions, "date", title, period.orders[one], given)
    below_zero = [
        one for one in fields if kind.fields[one].kind == "money" and seen[one].numbers.is_below_zero
    ]
    if _is_turned(kind, header, places, below_zero, questions, given):
        for one in below_zero:
            marks[one] = (*marks[one], amounts.MINUS)
    questions += period.questions
    if count == 0:
        questions.append(Question("rows", "question_no_rows"))
    return Detection(
        file=name,
        sheet=table.sheet,
        type=kind.name,
        period=period.value,
        confidence=round(min(choice.confidence, period.confidence), 3),
        columns={one: header.texts[place] for one, place in sorted(places.items(), key=lambda one: one[1])},
        rows=count,
        encoding=table.encoding,
        header_row=header.row,
        questions=tuple(one for one in questions if not one.answer),
        answered=tuple(one for one in questions if one.answer),
        evidence=(*choice.evidence, *period.evidence),
        notations=notations,
        places=dict(places),
        headers=header.texts,
        separator=table.separator,
        repaired=header.repaired,
        negative_marks={one: sign for one, sign in marks.items() if sign},
        fits={one: round(fit, 3) for one, fit in choice.fits.items()},
        powers={one: power for one, power in powers.items() if power},
        title_power=title_power,
        whole=given.get(BELOW) == "read",
        is_guess=choice.is_guess,
        rayon=around.rayon() if "rayon" in kind.fields and "rayon" not in places else "",
    )


def _is_turned(  # noqa: PLR0917 - everything that was seen
    kind: FileType,
    header: Header,
    places: AnyMapping[str, int],
    below_zero: Sequence[str],
    questions: list[Question],
    given: AnyMapping[str, str],
) -> bool:
    """Tell whether amounts below zero are what is owed or received, as some accounts write it; asks."""
    if not below_zero or (kind.credit_positive and "amount" not in below_zero):
        return False
    name = "amount" if "amount" in below_zero else min(below_zero, key=lambda one: places[one])
    title = header.texts[places[name]]
    ways, code = (columns.BELOW_ZERO, "minus") if kind.credit_positive else (OWED, "minus_owed")
    asked = Question(f"{columns.MINUS}:{title}", f"question_{code}", ways, {"column": title})
    return (_answer(questions, asked, given) or ways[0]) == ways[0]


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


def _says_nothing(header: str) -> bool:
    """Tell whether the header of a column of money leaves open what it is counted in."""
    return not units.power(header, "rp") and not units.is_in_rupiah(header)


def _noted(
    questions: list[Question], notes: Sequence[str], of_title: int, given: AnyMapping[str, str]
) -> int:
    """Return the power of ten that amounts are counted in, of a note below where people say so; asks."""
    note = next((text for text in notes if units.of_titles([text]) != of_title), None)
    if note is None:
        return of_title
    asked = Question(UNIT, "question_unit_noted", NOTED, {"words": " ".join(note.split())[:100]})
    return units.of_titles([note]) if _answer(questions, asked, given) == NOTED[0] else of_title


def _settled(
    questions: list[Question], about: str, header: str, ways: Sequence[str], given: AnyMapping[str, str]
) -> str:
    """Return the one way a column can be read, the one a person chose, or ask and return the likeliest."""
    if len(ways) == 1:
        return ways[0]
    asked = Question(f"{about}:{header}", f"question_{about}", tuple(ways), {"column": header})
    return _answer(questions, asked, given) or ways[0]


def _answer(questions: list[Question], asked: Question, given: AnyMapping[str, str]) -> str:
    """Ask, and return the answer that a person gave; "" without one of those that are possible."""
    answer = given.get(asked.key, "")
    questions.append(replace(asked, answer=answer if answer in asked.options else ""))
    return questions[-1].answer


def _unknown(  # noqa: PLR0917 - everything that was seen
    table: Table,
    name: str,
    header: Header,
    choice: deciding.Choice,
    period: deciding.PeriodChoice,
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
