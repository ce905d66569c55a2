"""PDF: a printed table, page x of y, the head on every page; what is too long for its column is shortened.

The font is Bitstream Vera, which lies in reportlab's own package beside its licence (free to embed). It holds
the Latin scripts; letters of others are printed as a question mark.
"""

# Parts of reportlab's stubs are without types.
# pyright: reportUnknownMemberType=false

from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from babel.dates import format_date
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from arus_runtime.sheets.port import File, Row, Sheet
from arus_runtime.words import Language, number

FONT: Final = "Vera"
BOLD: Final = "VeraBd"
PAGE_OF: Final[Mapping[Language, str]] = {"id": "Halaman {page} dari {pages}", "en": "Page {page} of {pages}"}
_MOMENT: Final[Mapping[Language, str]] = {"id": "%d/%m/%Y %H.%M", "en": "%Y-%m-%d %H:%M"}
_NUMERIC: Final = frozenset(("count", "litres", "percent", "rupiah"))
_MARGIN: Final = 36.0
_SIZE: Final = 7.5
_LINE: Final = 12.0
_GAP: Final = 6.0
_ELLIPSIS: Final = "…"
_TOTAL: Final = "pages"
_ROOM_FOR_TOTAL: Final = 16.0


def use_fonts() -> None:
    """Make the fonts known to reportlab; knowing them twice does no harm."""
    for font in (FONT, BOLD):
        pdfmetrics.registerFont(TTFont(font, f"{font}.ttf"))


def printable(text: str) -> str:
    """Return text in letters the font has, on one line."""
    known: Any = pdfmetrics.getFont(FONT)
    has = known.face.charToGlyph
    return "".join(c if ord(c) in has else " " if c.isspace() else "?" for c in text)


def number_page(canvas: Canvas, page: int, right: float, language: Language) -> None:
    """Print "page x of y" at the foot of a page; what y is, ``tell_pages`` says at the end."""
    before, _, after = PAGE_OF[language].partition("{pages}")
    canvas.saveState()
    canvas.setFont(FONT, 7)
    canvas.setFillGray(0.35)
    canvas.drawRightString(right - _ROOM_FOR_TOTAL, 22, before.format(page=page))
    canvas.translate(right - _ROOM_FOR_TOTAL, 22)
    canvas.doForm(_TOTAL)
    canvas.drawString(_ROOM_FOR_TOTAL, 0, after)
    canvas.restoreState()


def tell_pages(canvas: Canvas, pages: int) -> None:
    """Say how many pages there are, once all are printed."""
    canvas.beginForm(_TOTAL)
    canvas.setFont(FONT, 7)
    canvas.setFillGray(0.35)
    canvas.drawString(0, 0, str(pages))
    canvas.endForm()


@contextmanager
def open_pdf(path: Path, sheet: Sheet) -> Generator[File]:
    """Give a PDF, A4 across, to write into."""
    use_fonts()
    # Without the hour it was made in: the same rows make the same bytes.
    canvas = Canvas(str(path), pagesize=landscape(A4), invariant=1)
    canvas.setTitle(printable(sheet.title))
    file = _Pdf(canvas, sheet)
    yield file
    file.close()


class _Pdf:
    def __init__(self, canvas: Canvas, sheet: Sheet) -> None:
        self._canvas = canvas
        self._sheet = sheet
        self._width, self._top = landscape(A4)
        room = self._width - 2 * _MARGIN - _GAP * (len(sheet.columns) - 1)
        shares = sum(column.width for column in sheet.columns)
        self._widths = [room * column.width / shares for column in sheet.columns]
        self._y = self._top - _MARGIN
        self._page = 0
        self._title()
        self._head()

    def add(self, rows: Iterable[Row]) -> None:
        for row in rows:
            if self._y < _MARGIN + _LINE:
                self._turn_page()
                self._y = self._top - _MARGIN
                self._head()
            self._line([self._text(value) for value in row], FONT)

    def close(self) -> None:
        self._turn_page()
        tell_pages(self._canvas, self._page)
        self._canvas.save()

    def _turn_page(self) -> None:
        self._page += 1
        number_page(self._canvas, self._page, self._width - _MARGIN, self._sheet.language)
        self._canvas.showPage()

    def _title(self) -> None:
        self._canvas.setFont(BOLD, 13)
        self._canvas.drawString(_MARGIN, self._y, printable(self._sheet.title))
        self._canvas.setFont(FONT, 8)
        self._canvas.setFillGray(0.3)
        for line in self._sheet.about:
            self._y -= _LINE
            self._canvas.drawString(_MARGIN, self._y, _fitting(printable(line), FONT, 8, self._width - 72))
        self._canvas.setFillGray(0)
        self._y -= 2 * _LINE

    def _head(self) -> None:
        self._line([column.name for column in self._sheet.columns], BOLD)
        self._canvas.setLineWidth(0.6)
        self._canvas.line(_MARGIN, self._y + _LINE - 3, self._width - _MARGIN, self._y + _LINE - 3)

    def _line(self, cells: list[str], font: str) -> None:
        canvas, x = self._canvas, _MARGIN
        canvas.setFont(font, _SIZE)
        for text, width, column in zip(cells, self._widths, self._sheet.columns, strict=True):
            shown = _fitting(printable(text), font, _SIZE, width)
            if column.kind in _NUMERIC:
                canvas.drawRightString(x + width, self._y, shown)
            else:
                canvas.drawString(x, self._y, shown)
            x += width + _GAP
        self._y -= _LINE

    def _text(self, value: object) -> str:
        match value:
            case None:
                return ""
            case datetime():
                return value.strftime(_MOMENT[self._sheet.language])
            case date():
                return format_date(value, "d MMM y", locale=self._sheet.language)
            case Decimal() | int():
                return number(value, self._sheet.language)
            case _:
                return str(value)


def _fitting(text: str, font: str, size: float, width: float) -> str:
    """Return as much of a text as fits into a width, in points."""
    if pdfmetrics.stringWidth(text, font, size) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if pdfmetrics.stringWidth(text[:middle] + _ELLIPSIS, font, size) <= width:
            low = middle
        else:
            high = middle - 1
    return text[:low] + _ELLIPSIS
