"""Workbooks as different programs save them."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportAttributeAccessIssue=false
# The three libraries that write them say little of their types.

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Final

Shown = str | int | float | date | None


def _xlsx(path: Path, sheet: str, grid: Sequence[Sequence[Shown]], chance: Random) -> None:
    import xlsxwriter  # noqa: PLC0415 - only here

    with xlsxwriter.Workbook(path) as book:
        if chance.random() < 0.1:
            book.add_worksheet("Catatan").write(0, 0, "isi di lembar berikutnya")
        page = book.add_worksheet(sheet)
        day = book.add_format({"num_format": chance.choice(("dd/mm/yyyy", "d mmm yyyy", "General"))})
        for at, row in enumerate(grid):
            for place, cell in enumerate(row):
                if isinstance(cell, date):
                    at_midnight = datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 - no zone in a cell
                    page.write_datetime(at, place, at_midnight, day)
                elif isinstance(cell, str):
                    page.write_string(at, place, cell)
                elif cell is not None:
                    page.write(at, place, cell)


def _xls(path: Path, sheet: str, grid: Sequence[Sequence[Shown]], chance: Random) -> None:
    import xlwt  # noqa: PLC0415 - only here

    book = xlwt.Workbook()
    page = book.add_sheet(sheet)
    day = xlwt.easyxf(num_format_str=chance.choice(("DD/MM/YYYY", "D-MMM-YY")))
    for at, row in enumerate(grid):
        for place, cell in enumerate(row):
            if cell is not None:
                page.write(at, place, cell, day) if isinstance(cell, date) else page.write(at, place, cell)
    book.save(str(path))


def _ods(path: Path, sheet: str, grid: Sequence[Sequence[Shown]], _: Random) -> None:
    from odf.opendocument import OpenDocumentSpreadsheet  # noqa: PLC0415 - only here
    from odf.table import Table, TableCell, TableRow  # noqa: PLC0415
    from odf.text import P  # noqa: PLC0415

    book, page = OpenDocumentSpreadsheet(), Table(name=sheet)
    for row in grid:
        line = TableRow()
        for cell in row:
            if isinstance(cell, date):
                made = TableCell(valuetype="date", datevalue=cell.isoformat())
            elif isinstance(cell, (int, float)):
                made = TableCell(valuetype="float", value=str(cell))
            else:
                made = TableCell(valuetype="string") if cell else TableCell()
            if cell is not None:
                made.addElement(P(text=str(cell)))
            line.addElement(made)
        page.addElement(line)
    book.spreadsheet.addElement(page)
    book.save(str(path))


BOOKS: Final = {"xlsx": _xlsx, "xls": _xls, "ods": _ods}
