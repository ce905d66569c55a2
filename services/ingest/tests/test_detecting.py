"""What `arus import detect` says of files as clerks send them."""

from pathlib import Path

import openpyxl
import pytest
from arus_ingest.files import Unreadable, detect, read_rows

COLLECTION = """\
PAM JAYA RAYON 34;;;;
LAPORAN PENERIMAAN HARIAN PERIODE DESEMBER 2025;;;;
;;;;
NO;NOMEN;NAMA PELANGGAN;TGL BAYAR;JUMLAH BAYAR
1;340001234;BUDI;05/12/2025;Rp 1.234.567,89
2;340001235;SITI;06/12/2025;150.000
3;340001236;ANI;07/12/2025;(25.000,00)
;;;JUMLAH;1.359.567,89
;;;Mengetahui,;
"""


@pytest.fixture
def collection(tmp_path: Path) -> Path:
    path = tmp_path / "harian.csv"
    path.write_text(COLLECTION, "cp1252")
    return path


def test_a_daily_report_with_title_and_footer(collection: Path) -> None:
    (found,) = detect(collection)
    assert (found.type, found.period, found.header_row, found.rows) == ("COLLECTION", "2025-12", 4, 3)
    assert found.columns == {
        "nomen": "NOMEN",
        "name": "NAMA PELANGGAN",
        "payment_date": "TGL BAYAR",
        "amount": "JUMLAH BAYAR",
    }
    assert found.questions == ()
    rows = list(read_rows(collection, found))
    assert [row.fields["amount"] for row in rows] == ["1234567.89", "150000", "-25000"]
    assert [row.number for row in rows] == [5, 6, 7]
    assert rows[0].fields["payment_date"] == "2025-12-05"
    assert rows[0].original == ("1", "340001234", "BUDI", "05/12/2025", "Rp 1.234.567,89")
    assert not any(row.errors for row in rows)


def test_a_workbook_with_two_header_lines_and_typed_cells(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "SBRS DES 2025"
    sheet.append(["NOMEN", "NAMA", "STAND METER", None, "PEMAKAIAN", "METODE BACA", "PETUGAS"])
    sheet.append([None, None, "AWAL", "AKHIR", None, None, None])
    sheet.append([340001234, "BUDI", 1200, 1225.5, 25.5, "ACTUAL", "JOKO"])
    sheet.append([340001235, "SITI", 900, 910, 10, "ESTIMATE", "JOKO"])
    path = tmp_path / "baca.xlsx"
    book.save(path)
    (found,) = detect(path)
    assert (found.type, found.period, found.header_row, found.rows) == ("SBRS", "2025-12", 2, 2)
    assert found.columns["stand_awal"] == "STAND METER AWAL"
    first, _ = read_rows(path, found)
    assert first.key == "340001234|2025-12"
    assert first.fields["stand_akhir"] == "1225.5"


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "kosong.csv"
    path.write_bytes(b"")
    with pytest.raises(Unreadable) as refused:
        detect(path)
    assert refused.value.code == "file_empty"
