"""Rows of a file as they are read before a commit: which are sound, and which repeat another one."""

import gzip
from pathlib import Path
from typing import Any

import openpyxl
import orjson
import pytest
from arus_ingest.analysing import analyse

MC = ("NOMEN;NAMA;RAYON;KUBIKASI;TARGET MC", "60000001;ANI;34;20;100000", "60000002;BUDI;34;10;50000")
PAID = (
    "NOMEN;TGL BAYAR;RP BAYAR;NO KWITANSI",
    "60000001;2025-12-05;100000;",
    "60000002;2025-12-05;50000;K-7",
)
READ = ("NOMEN;STAND AWAL;STAND AKHIR;CARA BACA", "60000001;20;40;ACTUAL", "60000002;10;20;ACTUAL")
USED = ("Tanggal;Lokasi;Produk;Volume (L)", "2025-12-05;Depo A;Solar;20", "2025-12-05;Depo A;Solar;30")


@pytest.mark.parametrize(
    ("type_", "lines", "wrong"),
    [
        ("MC", (*MC, *MC[1:]), [4, 5]),
        ("MC", (*MC, "60000001;ANI;34;21;105000"), []),
        ("COLLECTION", (*PAID, *PAID[1:]), [5]),
        ("SBRS", (*READ, *READ[1:]), []),
        ("FUEL", (*USED, *USED[1:]), []),
    ],
    ids=[
        "equal customers",
        "another bill of a customer",
        "payments with a receipt",
        "reads",
        "fuel used twice",
    ],
)
def test_a_row_that_repeats_another_one_exactly_counts_once_where_it_cannot_be_another_fact(
    tmp_path: Path, type_: str, lines: tuple[str, ...], wrong: list[int]
) -> None:
    answer, rows = analysed(tmp_path, type_, lines)
    assert (answer["rows"], answer["wrong"]) == (len(lines) - 1, len(wrong))
    assert [(row["n"], row["e"][0][2]) for row in rows if "e" in row] == [(n, "row_repeats") for n in wrong]
    assert [row["n"] for row in answer["samples"]] == wrong


def analysed(folder: Path, type_: str, lines: tuple[str, ...]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    path, rows = folder / f"{type_}_122025.csv", folder / "rows.gz"
    path.write_text("\n".join(lines), "utf-8")
    said: dict[str, Any] = {"sheet": None, "taken": [], "mappings": {}, "meanings": {}, "answers": {}}
    params = {**said, "path": str(path), "name": path.name, "rows": str(rows)}
    answer = analyse({**params, "type": type_, "period": "2025-12"}, lambda _share, _said: None)
    with gzip.open(rows) as found:
        return answer, [orjson.loads(line) for line in found]


def test_a_sheet_whose_type_is_a_guess_is_none_that_was_left_out(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet, contacts = book.active, book.create_sheet("Kontak")
    assert sheet is not None
    for cells in (["NOMEN", "TGL BAYAR", "JUMLAH BAYAR", "KASIR"], [340001, "15/12/2025", 5000, "ANI"]):
        sheet.append(cells)
    for cells in (["NOMEN", "NAMA", "TELEPON"], [340001, "BUDI", "0812"]):
        contacts.append(cells)
    path = tmp_path / "buku.xlsx"
    book.save(path)
    said: dict[str, Any] = {"sheet": None, "taken": [], "mappings": {}, "meanings": {}, "answers": {}}
    params = {**said, "path": str(path), "name": path.name, "type": None, "period": None, "rows": None}
    answer = analyse(params, lambda _share, _said: None)
    assert [(one["type"], one["is_guess"]) for one in answer["detections"]] == [
        ("COLLECTION", False),
        ("MC", True),
    ]
    assert (answer["sheet"], answer["left_out"]) == (0, [])
