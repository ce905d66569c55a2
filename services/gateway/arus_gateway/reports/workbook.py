"""The report as a workbook: a sheet for each of its tables, numbers as numbers."""

import io
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import xlsxwriter
from arus_runtime.sheets import guarded

from arus_gateway.reports.facts import Facts, Part
from arus_gateway.reports.saying import STANDING, change_pct, findings, letterhead, say

Cell = str | int | Decimal | date | None


def xlsx(facts: Facts) -> bytes:
    """Return the report as a workbook."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        pages = _Pages(book)
        title = say(f"title_{facts.period}", facts.language)
        lines = [facts.organisation, title, *letterhead(facts), "", *findings(facts)]
        pages.add(say("findings", facts.language), None, [[line] for line in lines], [90])
        pages.add(say("by_location", facts.language), *_parts(facts, facts.locations, "location"))
        pages.add(say("by_product", facts.language), *_parts(facts, facts.products, "product"))
        days = [
            [
                facts.first + timedelta(days=at),
                _litres(day.volume_ul) if day.transactions else None,
                day.transactions,
            ]
            for at, day in enumerate(facts.days)
        ]
        codes = ("column_day", "column_volume", "column_records")
        pages.add(
            say("column_day", facts.language),
            [say(code, facts.language) for code in codes],
            days,
            [14, 16, 12],
        )
        pages.add(say("by_incident", facts.language), *_standings(facts))
        pages.add(say("worst_incidents", facts.language), *_incidents(facts))
        pages.add(say("worst", facts.language), *_alarms(facts))
    return out.getvalue()


class _Pages:
    """Writes tables, each on a sheet of its own."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        self._text = book.add_format({"num_format": "@"})
        self._quoted = book.add_format({"num_format": "@", "quote_prefix": True})
        self._date = book.add_format({"num_format": "yyyy-mm-dd"})
        self._number = book.add_format({"num_format": "#,##0.######"})

    def add(
        self, name: str, head: Sequence[str] | None, rows: Sequence[Sequence[Cell]], widths: Sequence[int]
    ) -> None:
        page = self._book.add_worksheet(name[:31])
        for at, width in enumerate(widths):
            page.set_column(at, at, width)
        if head:
            for at, text in enumerate(head):
                page.write_string(0, at, text, self._head)
            page.freeze_panes(1, 0)
        for line, row in enumerate(rows, start=1 if head else 0):
            for at, value in enumerate(row):
                self._write(page, line, at, value)

    def _write(self, page: Any, line: int, at: int, value: Cell) -> None:
        match value:
            case None:
                return
            case str():
                page.write_string(line, at, value, self._quoted if guarded(value) != value else self._text)
            case date():
                page.write_datetime(line, at, value, self._date)
            case _:
                page.write_number(line, at, value, self._number)


def _parts(facts: Facts, parts: Sequence[Part], kind: str) -> tuple[list[str], list[list[Cell]], list[int]]:
    codes = [
        f"column_{kind}",
        "column_volume",
        "column_records",
        f"column_before_{facts.period}",
        "column_last_year",
    ]
    if kind == "location":
        codes += ["column_waspada", "column_anomali", "column_gaps"]
    rows: list[list[Cell]] = []
    for part in [*parts, facts.total]:
        row: list[Cell] = [
            part.name,
            _litres(part.now.volume_ul) if part.now.transactions else None,
            part.now.transactions,
            change_pct(part.now, part.before),
            change_pct(part.now, part.last_year),
        ]
        rows.append([*row, part.waspada, part.anomali, part.days_without] if kind == "location" else row)
    heads = [
        say(code, facts.language) + (" (%)" if "before" in code or "year" in code else "") for code in codes
    ]
    return heads, rows, [28, *([16] * (len(codes) - 1))]


def _standings(facts: Facts) -> tuple[list[str], list[list[Cell]], list[int]]:
    language = facts.language
    rows: list[list[Cell]] = [
        [say(f"severity_{one.severity}", language), *(getattr(one, count) for count in STANDING)]
        for one in facts.incidents
    ]
    return [say(f"column_{code}", language) for code in ("severity", *STANDING)], rows, [16, *[16] * 6]


def _incidents(facts: Facts) -> tuple[list[str], list[list[Cell]], list[int]]:
    language = facts.language
    codes = (
        "first",
        "last",
        "location",
        "product",
        "severity",
        "records",
        "expected",
        "volume",
        "answer",
        "cause",
        "note",
    )
    rows: list[list[Cell]] = [
        [
            one.first,
            one.last,
            one.location,
            one.product,
            say(f"severity_{one.severity}", language),
            one.records,
            one.expected_l,
            one.volume_l,
            say(f"answer_{one.answer}", language),
            say(f"cause_{one.cause}", language) if one.cause else None,
            one.note or None,
        ]
        for one in facts.worst_incidents
    ]
    widths = [14, 14, 24, 16, 14, 12, 14, 14, 18, 18, 60]
    return [say(f"column_{code}", language) for code in codes], rows, widths


def _alarms(facts: Facts) -> tuple[list[str], list[list[Cell]], list[int]]:
    codes = ("day", "location", "product", "volume", "usual", "score", "reason")
    rows: list[list[Cell]] = [
        [one.day, one.location, one.product, one.volume_l, one.usual_l, one.score_pct, one.reason]
        for one in facts.worst
    ]
    return [say(f"column_{code}", facts.language) for code in codes], rows, [14, 24, 16, 14, 14, 12, 80]


def _litres(volume_ul: int) -> Decimal:
    return Decimal(volume_ul) / 1_000_000
