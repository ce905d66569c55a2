"""Workbooks that people fill in: rows to mend with a note on each failing cell, templates, samples."""

import gzip
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson
import xlsxwriter
from arus_runtime.sheets.port import guarded
from arus_runtime.words import Language, Templates, render

from arus_ingest import rules
from arus_ingest.files import units
from arus_ingest.files.declared import Field, FileType
from arus_ingest.schemas.imports import told
from arus_ingest.state import Import, Rejection

MOST_ROWS: Final = 100_000
LONGEST_SHEET: Final = 31
_WIDE: Final = 16
_SAYS: Final = 60
_OPTIONS: Final = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_EXAMPLES: Final[Mapping[str, Sequence[str]]] = {
    "nomen": ("3401000123", "3401000124", "3402000017"),
    "location": ("Gudang A", "Gudang A", "Depot Utara"),
    "product": ("Solar", "Pertalite", "Solar"),
    "volume_l": ("520", "300.5", "1250"),
    "name": ("Sari Wulandari", "Budi Santoso", "Toko Makmur"),
    "date": ("2025-12-01", "2025-12-01", "2025-12-02"),
    "stand_awal": ("120", "98", "310"),
    "stand_akhir": ("132", "113", ""),
    "volume": ("12", "15", ""),
    "kubikasi": ("12", "15", "9"),
    "read_method": ("ACTUAL", "ACTUAL", ""),
    "skip_status": ("", "", "PAGAR TERKUNCI"),
    "dials": ("5", "5", "5"),
    "multiplier": ("1", "1", "1"),
    "customer_status": ("AKTIF", "AKTIF", "AKTIF"),
    "trouble": ("", "", ""),
    "stand_cabut": ("", "", ""),
    "stand_pasang": ("", "", ""),
    "replacement_date": ("", "", ""),
}
_BY_KIND: Final[Mapping[str, Sequence[str]]] = {
    "text": ("Contoh A", "Contoh B", "Contoh C"),
    "code": ("10001", "10002", "10003"),
    "integer": ("1", "2", "3"),
    "decimal": ("12", "15", "9"),
    "money": ("125000", "98500", "45250"),
    "date": ("2025-12-14", "2025-12-15", "2025-12-16"),
    "period": ("2025-12", "2025-12", "2025-12"),
}


@dataclass(frozen=True, slots=True)
class _Wrong:
    """A row to mend: its cells, and what is wrong, by column; "" is the row as a whole."""

    cells: Sequence[str]
    errors: Mapping[str, str]


def write(
    path: Path,
    rows: Path,
    of: Import,
    refused: Mapping[str, Rejection],
    *,
    language: Language,
    words: Templates,
) -> None:
    """Write the rows of an import that did not come in, at most 100,000 of them.

    rows: as they were previewed; refused: those that its book refused, by row id. The headers stay the file's
    own, codes have the noughts that were filled in, and the sheet is called by type, month and what its title
    counts amounts in, and by the rayon that a name or title said: so the mended file is recognised as the
    first one was, whatever it is called by then.
    """
    meant = of.detections[of.sheet]
    headers: Sequence[str] = meant["headers"]
    called = " ".join(filter(None, (of.type, of.period, units.as_title(meant.get("title_power", 0)))))
    of_rayon = f"{called} rayon {meant.get('rayon')}"
    widths: dict[int, int] = {
        meant["places"][name]: digits for name, digits in meant.get("widths", {}).items()
    }
    with _workbook(path) as book:
        page = book.add_worksheet(
            of_rayon if meant.get("rayon") and len(of_rayon) <= LONGEST_SHEET else called
        )
        head = book.add_format({"bold": True, "bottom": 1})
        shown = book.add_format({"num_format": "@"})
        quoted = book.add_format({"num_format": "@", "quote_prefix": True})
        wrong = book.add_format({"num_format": "@", "bg_color": "#fde6e7", "quote_prefix": True})
        page.set_column(0, max(len(headers) - 1, 0), _WIDE)
        page.set_column(len(headers), len(headers) + 1, _SAYS)
        page.freeze_panes(1, 0)
        says = [render(code, {}, language, words) for code in ("mend_status", "mend_says")]
        for at, header in enumerate((*headers, *says)):
            page.write_string(0, at, header, head)
        for place, one in enumerate(_wrong_rows(rows, of, refused, language, words), 1):
            for at, written in enumerate(one.cells):
                cell = written.zfill(widths.get(at, 0)) if written.isdigit() else written
                said = one.errors.get(headers[at], "") if at < len(headers) else ""
                usual = quoted if guarded(cell) != cell else shown
                page.write_string(place, at, cell, wrong if said else usual)
                if said:
                    page.write_comment(place, at, said)
            told_of = "; ".join(
                f"{column}: {said}" if column else said for column, said in one.errors.items()
            )
            page.write_string(place, len(headers), render("mend_refused", {}, language, words), shown)
            page.write_string(place, len(headers) + 1, told_of, quoted)


def _wrong_rows(
    rows: Path, of: Import, refused: Mapping[str, Rejection], language: Language, words: Templates
) -> Iterator[_Wrong]:
    columns: Mapping[str, str] = of.detections[of.sheet]["columns"]
    row_ids = rules.row_ids_of(of.id)
    number = 0
    with gzip.open(rows, "rb") as lines:
        for text in lines:
            line: dict[str, Any] = orjson.loads(text)
            if "e" in line:
                errors = {
                    column: told(code, field, column, params, language=language, words=words)
                    for column, field, code, params in line["e"]
                }
            else:
                one = refused.get(rules.row_id(row_ids, line["n"]))
                if one is None:
                    continue
                column = columns.get(one.field, "")
                errors = {
                    column: told(one.code, one.field, column, one.params, language=language, words=words)
                }
            yield _Wrong(line["o"], errors)
            number += 1
            if number == MOST_ROWS:
                return


def write_template(path: Path, of: FileType, *, with_rows: bool) -> None:
    """Write a workbook with the columns of a type, required ones in bold; with_rows: and a few rows."""
    with _workbook(path) as book:
        page = book.add_worksheet(of.name)
        required = book.add_format({"bold": True, "bottom": 1})
        optional = book.add_format({"italic": True, "bottom": 1})
        text = book.add_format({"num_format": "@"})
        fields = list(of.fields.values())
        page.set_column(0, len(fields) - 1, _WIDE, text)
        page.freeze_panes(1, 0)
        for at, field in enumerate(fields):
            page.write_string(0, at, header_of(field), required if field.required else optional)
        for row in range(3 if with_rows else 0):
            for at, field in enumerate(fields):
                values = _EXAMPLES.get(field.name) or _BY_KIND[field.kind]
                page.write_string(row + 1, at, values[row], text)


def _workbook(path: Path) -> Any:
    return xlsxwriter.Workbook(str(path), _OPTIONS)


def header_of(field: Field) -> str:
    """Return what a template calls a field: the first name that is not its code."""
    return next(
        (name for name in field.aliases if name != field.name.replace("_", " ")), field.aliases[0]
    ).title()
