"""The report as a PDF: letterhead, findings first, a chart, tables, page x of y.

Runs in a job's own process: reportlab is loaded there and nowhere else in the gateway.
"""

# Parts of reportlab's stubs are without types.
# pyright: reportUnknownMemberType=false

import io
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from xml.sax.saxutils import escape

from arus_runtime.sheets.printed import BOLD, FONT, number_page, printable, tell_pages, use_fonts
from arus_runtime.words import number
from babel.dates import format_date
from reportlab.graphics.shapes import Drawing, Line, Rect, String
from reportlab.lib.colors import HexColor, white
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, LongTable, Paragraph, SimpleDocTemplate, Spacer

from arus_gateway.reports.facts import Facts, Part
from arus_gateway.reports.saying import (
    STANDING,
    answer_of,
    change_pct,
    dates_of,
    findings,
    letterhead,
    litres,
    period_name,
    say,
    signed,
)

MARGIN: Final = 48.0
BRAND: Final = HexColor("#0b5c6b")
SHADE: Final = HexColor("#eef4f5")
EDGE: Final = HexColor("#c9d5d9")
MUTED: Final = HexColor("#4b5d67")
_TEXT: Final = ParagraphStyle("text", fontName=FONT, fontSize=9, leading=13)
_CELL: Final = ParagraphStyle("cell", fontName=FONT, fontSize=8, leading=10)
_RIGHT: Final = ParagraphStyle("right", parent=_CELL, alignment=2)
_HEAD: Final = ParagraphStyle("head", parent=_CELL, fontName=BOLD, textColor=MUTED)
_HEAD_RIGHT: Final = ParagraphStyle("head right", parent=_HEAD, alignment=2)
_SECTION: Final = ParagraphStyle(
    "section", fontName=BOLD, fontSize=11, leading=14, spaceBefore=14, spaceAfter=4
)
_TITLE: Final = ParagraphStyle("title", fontName=BOLD, fontSize=17, leading=21, textColor=BRAND)
_ORGANISATION: Final = ParagraphStyle("organisation", fontName=BOLD, fontSize=11, leading=15)
_SMALL: Final = ParagraphStyle("small", fontName=FONT, fontSize=8.5, leading=12, textColor=MUTED)
_NUMBERS: Final = frozenset(("records", "expected", "volume"))
_CHART_HEIGHT: Final = 120.0
# What a frame of reportlab keeps free on each side.
_PADDING: Final = 6.0


class _Counted(Canvas):
    """A canvas that says how many pages there are when it is done."""

    def save(self) -> None:
        """Write the file."""
        tell_pages(self, self.getPageNumber() - 1)
        super().save()


def pdf(facts: Facts) -> bytes:
    """Return the report; the same facts make the same bytes."""
    use_fonts()
    out = io.BytesIO()
    title = say(f"title_{facts.period}", facts.language)

    def foot(canvas: Canvas, document: Any) -> None:
        canvas.setFont(FONT, 7)
        canvas.setFillColor(MUTED)
        of = period_name(facts.period, facts.first, facts.last, facts.language)
        canvas.drawString(MARGIN, 22, printable(f"{facts.organisation} · {title} · {of}")[:110])
        number_page(canvas, document.page, A4[0] - MARGIN, facts.language)

    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=44,
        bottomMargin=44,
        title=printable(f"{title}: {facts.organisation}"),
        author=printable(facts.organisation),
        invariant=1,
    )
    document.build(_story(facts, title), onFirstPage=foot, onLaterPages=foot, canvasmaker=_Counted)
    return out.getvalue()


def _story(facts: Facts, title: str) -> list[Flowable]:
    language = facts.language
    story: list[Flowable] = [
        Paragraph(_safe(facts.organisation), _ORGANISATION),
        Paragraph(_safe(title), _TITLE),
        *(Paragraph(_safe(line), _SMALL) for line in letterhead(facts)),
        Paragraph(say("findings", language), _SECTION),
        *(Paragraph(f"• {_safe(sentence)}", _TEXT) for sentence in findings(facts)),
    ]
    if not facts.total.now.transactions:
        return story
    story += [Paragraph(say("by_day", language), _SECTION), _chart(facts)]
    story += [Paragraph(say("by_location", language), _SECTION), _parts(facts, facts.locations, "location")]
    story += [Paragraph(say("by_product", language), _SECTION), _parts(facts, facts.products, "product")]
    story += [Paragraph(say("by_incident", language), _SECTION)]
    if facts.worst_incidents:
        story += [
            _standings(facts),
            Paragraph(say("worst_incidents", language), _SECTION),
            _incidents(facts),
        ]
    else:
        story.append(Paragraph(say("no_incidents", language), _TEXT))
    story += [Paragraph(say("worst", language), _SECTION)]
    story.append(_alarms(facts) if facts.worst else Paragraph(say("no_worst", language), _TEXT))
    return [*story, Spacer(1, 4)]


def _chart(facts: Facts) -> Drawing:
    """Return use by day as bars; a day without records has none."""
    width = A4[0] - 2 * MARGIN - 2 * _PADDING
    drawing = Drawing(width, _CHART_HEIGHT + 24)
    highest = max((day.volume_ul for day in facts.days), default=0) or 1
    left, bottom = 44.0, 16.0
    step = (width - left) / max(len(facts.days), 1)
    for share in (0.0, 0.5, 1.0):
        y = bottom + share * _CHART_HEIGHT
        drawing.add(Line(left, y, width, y, strokeColor=EDGE, strokeWidth=0.4))
        value = litres(int(highest * share), facts.language)
        drawing.add(
            String(left - 4, y - 2.5, value, fontName=FONT, fontSize=6.5, textAnchor="end", fillColor=MUTED)
        )
    for at, day in enumerate(facts.days):
        height = _CHART_HEIGHT * day.volume_ul / highest
        if day.transactions:
            bar = Rect(left + at * step + step * 0.15, bottom, step * 0.7, max(height, 0.5))
            bar.fillColor, bar.strokeColor = BRAND, None
            drawing.add(bar)
        if at % max(len(facts.days) // 6, 1) == 0:
            name = format_date(facts.first + timedelta(days=at), "d MMM", locale=facts.language)
            drawing.add(
                String(
                    left + (at + 0.5) * step,
                    4,
                    name,
                    fontName=FONT,
                    fontSize=6.5,
                    textAnchor="middle",
                    fillColor=MUTED,
                )
            )
    return drawing


def _parts(facts: Facts, parts: Sequence[Part], kind: str) -> LongTable:
    language = facts.language
    places = kind == "location"
    codes = ["column_volume", "column_records", f"column_before_{facts.period}", "column_last_year"]
    if places:
        codes += ["column_waspada", "column_anomali", "column_gaps"]
    head = [
        _cell(say(f"column_{kind}", language), _HEAD),
        *(_cell(say(code, language), _HEAD_RIGHT) for code in codes),
    ]
    shown = [*parts, facts.total] if len(parts) > 1 else parts
    rows = [head]
    for part in shown:
        numbers = [
            litres(part.now.volume_ul, language) if part.now.transactions else "–",
            number(part.now.transactions, language),
            signed(change_pct(part.now, part.before), language),
            signed(change_pct(part.now, part.last_year), language),
        ]
        if places:
            numbers += [number(count, language) for count in (part.waspada, part.anomali, part.days_without)]
        rows.append([_cell(part.name, _CELL), *(_cell(text, _RIGHT) for text in numbers)])
    return _table(rows, [3.0, *([1.35] * len(codes))])


def _standings(facts: Facts) -> LongTable:
    language = facts.language
    rows = [
        [
            _cell(say("column_severity", language), _HEAD),
            *(_cell(say(f"column_{count}", language), _HEAD_RIGHT) for count in STANDING),
        ]
    ]
    for one in facts.incidents:
        counts = (_cell(number(getattr(one, count), language), _RIGHT) for count in STANDING)
        rows.append([_cell(say(f"severity_{one.severity}", language), _CELL), *counts])
    return _table(rows, [2.0, *([1.3] * len(STANDING))])


def _incidents(facts: Facts) -> LongTable:
    language = facts.language
    codes = ("day", "location", "product", "severity", "records", "expected", "volume", "answer")
    rows = [
        [_cell(say(f"column_{code}", language), _HEAD_RIGHT if code in _NUMBERS else _HEAD) for code in codes]
    ]
    rows += [
        [
            _cell(dates_of(one, language), _CELL),
            _cell(one.location, _CELL),
            _cell(one.product, _CELL),
            _cell(say(f"severity_{one.severity}", language), _CELL),
            _cell(number(one.records, language), _RIGHT),
            _cell("–" if one.expected_l is None else number(one.expected_l, language, 1), _RIGHT),
            _cell(number(one.volume_l, language, 1), _RIGHT),
            _cell(answer_of(one, language), _CELL),
        ]
        for one in facts.worst_incidents
    ]
    return _table(rows, [1.5, 1.6, 1.1, 1.1, 0.9, 1.1, 1.1, 2.6])


def _alarms(facts: Facts) -> LongTable:
    language = facts.language
    codes = (
        "column_day",
        "column_location",
        "column_product",
        "column_volume",
        "column_usual",
        "column_reason",
    )
    rows = [[_cell(say(code, language), _HEAD) for code in codes]]
    for alarm in facts.worst:
        texts = (
            format_date(alarm.day, "d MMM y", locale=language),
            alarm.location,
            alarm.product,
            number(alarm.volume_l, language, 1),
            "–" if alarm.usual_l is None else number(alarm.usual_l, language, 1),
            alarm.reason,
        )
        rows.append([_cell(text, _CELL) for text in texts])
    return _table(rows, [1.3, 1.6, 1.2, 1.2, 1.2, 4.0])


def _table(rows: list[list[Paragraph]], shares: Sequence[float]) -> LongTable:
    room = A4[0] - 2 * MARGIN - 2 * _PADDING
    style: list[Any] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, 0), 0.6, MUTED),
        ("LINEBELOW", (0, 1), (-1, -1), 0.25, EDGE),
        ("ROWBACKGROUNDS", (0, 1), (-1, -1), (white, SHADE)),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
    ]
    widths = [room * share / sum(shares) for share in shares]
    return LongTable(rows, colWidths=widths, repeatRows=1, style=style)


def _cell(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(_safe(text), style)


def _safe(text: str) -> str:
    """Return text that a paragraph prints as it is: a name is no markup."""
    return escape(printable(text))
