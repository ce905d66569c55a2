"""In which unit a header says its numbers are: turned into the field's own, or asked about."""

from dataclasses import asdict
from pathlib import Path

import openpyxl
import pytest
from arus_ingest.files import Detection, TypedRow, detect, read_rows, units
from arus_ingest.schemas.import_files import ColumnOut

FUEL = "Tanggal;Lokasi;Produk;{0}\n13/12/2025;Gudang A;Solar;8\n14/12/2025;Gudang A;Solar;7,5\n"
DEBTS = "No Pelanggan;Nama;Periode;{0}\n3401000123;ANI;202511;125\n3401000124;BUDI;202511;90,5\n"
READS = "Customer ID;Previous Reading (L);{0};Consumption (L)\n3401000123;10.000;12.500;2.500\n"


def read(folder: Path, name: str, text: str) -> tuple[Detection, list[TypedRow]]:
    path = folder / name
    path.write_text(text, "utf-8")
    (found,) = detect(path)
    return found, list(read_rows(path, found))


@pytest.mark.parametrize(
    ("header", "volumes"),
    [
        ("Volume (KL)", ["8000", "7500"]),
        ("Vol KL", ["8000", "7500"]),
        ("volume_kl", ["8000", "7500"]),
        ("Volume (m³)", ["8000", "7500"]),
        ("Volume (L)", ["8", "7.5"]),
        ("Jumlah Liter", ["8", "7.5"]),
        ("Volume\n;;;(KL)", ["8000", "7500"]),
        ("Volume\n;;;KL", ["8000", "7500"]),
        ("Volume\n(tgl);;;(L)", ["8", "7.5"]),
    ],
)
def test_fuel_is_kept_in_litres(tmp_path: Path, header: str, volumes: list[str]) -> None:
    found, rows = read(tmp_path, "Pemakaian BBM Des 2025.csv", FUEL.format(header))
    assert (found.type, found.questions) == ("FUEL", ())
    assert [row.fields["volume_l"] for row in rows] == volumes
    assert ColumnOut.each(asdict(found))[3].power == (3 if volumes[0] == "8000" else 0), "people are told"


@pytest.mark.parametrize(
    ("header", "said", "told"),
    [
        ("Volume", ["KL", "Kilo Liter"], ["8000", "7500"]),
        ("Volume", ["L", "KL"], ["8", "7500"]),
        ("Volume", ["L", "liter"], ["8", "7.5"]),
        ("Volume", ["L", ""], ["8", "7.5"]),
        ("Volume", ["KL", ""], ["8000", "cell_unit"]),
        ("Volume", ["KL", "Drum"], ["8000", "cell_unit"]),
        ("Volume", ["L", "Drum"], ["8", "cell_unit"]),
        ("Volume (L)", ["KL", ""], ["cell_unit", "7.5"]),
        ("Volume (KL)", ["KL", ""], ["8000", "7500"]),
    ],
)
def test_a_column_of_units_is_gone_by_row_by_row(
    tmp_path: Path, header: str, said: list[str], told: list[str]
) -> None:
    lines = FUEL.format(f"{header};Satuan").splitlines()
    text = "\n".join(f"{line};{unit}".rstrip(";") for line, unit in zip(lines, ["", *said], strict=True))
    found, rows = read(tmp_path, "Pemakaian BBM Des 2025.csv", text)
    assert (found.type, found.questions) == ("FUEL", ())
    assert [row.errors[0].code if row.errors else row.fields["volume_l"] for row in rows] == told


@pytest.mark.parametrize("header", ["Volume (Barrel)", "Jumlah (Drum)", "Volume (gal)", "Volume (kg)"])
def test_a_unit_that_nobody_can_turn_into_litres_is_asked_about(tmp_path: Path, header: str) -> None:
    found, _ = read(tmp_path, "Pemakaian BBM Des 2025.csv", FUEL.format(header))
    assert [one.key for one in found.questions] == ["column:volume_l"]


@pytest.mark.parametrize(
    ("header", "amounts"),
    [
        ("Tunggakan (Ribu Rp)", ["125000", "90500"]),
        ("Jumlah Tunggakan (Rp 000)", ["125000", "90500"]),
        ("Tunggakan (x1000)", ["125000", "90500"]),
        ("Saldo Rp. 000", ["125000", "90500"]),
        ("Tunggakan Juta Rp", ["125000000", "90500000"]),
        ("Tunggakan (Jt)", ["125000000", "90500000"]),
        ("Tunggakan Rp. Jt", ["125000000", "90500000"]),
        ("Tunggakan (Rp 1.000)", ["125000", "90500"]),
        ("Tunggakan (Rp.1000)", ["125000", "90500"]),
        ("Tunggakan (RP/000)", ["125000", "90500"]),
        ("Tunggakan (Rp. 000,-)", ["125000", "90500"]),
        ("Tunggakan (1.000 Rp)", ["125000", "90500"]),
        ("Tunggakan\n;;;(Rp ribu)", ["125000", "90500"]),
        ("Tunggakan\n;;;Rp 000", ["125000", "90500"]),
        ("Tunggakan (Rp)", ["125", "90.5"]),
        ("Tunggakan JT", ["125", "90.5"]),
    ],
)
def test_amounts_are_kept_in_rupiah(tmp_path: Path, header: str, amounts: list[str]) -> None:
    found, rows = read(tmp_path, "Tunggakan Des 2025.csv", DEBTS.format(header))
    asked = [f"unit:{header}"] if amounts[0] == "125" else []
    assert (found.type, [one.key for one in found.questions]) == ("ARDEBT", asked)
    assert [row.fields["amount"] for row in rows] == amounts


@pytest.mark.parametrize(
    "title",
    [
        "DAFTAR TUNGGAKAN (dalam ribuan rupiah)",
        "Tunggakan, in thousands",
        "(Rp 000)",
        "Tunggakan dalam rb",
        "Tunggakan dalam Rp ribu, Des 2025",
        "Tunggakan dalam Rp. ribuan",
        "Tunggakan dalam rupiah (x 1.000)",
        "Tunggakan in thousands of IDR",
        "Tunggakan x 1.000",
        "Tunggakan (x Rp 1000)",
        "dalam Rp 000",
        "Tunggakan (dalam Rp. 000)",
        "(Rp. 000,-)",
        "(dlm ribuan rupiah)",
        "Satuan : ribuan rupiah",
        "Satuan: Rp Ribu",
        "Satuan;:;Rp 1.000",
        "(dalam Rp. 1.000)",
        "(in IDR '000)",
        "(000 Rp)",
        "(dalam 000 rupiah)",
        "(dalam 1.000 Rupiah)",
    ],
)
def test_a_title_says_what_all_amounts_are_counted_in(tmp_path: Path, title: str) -> None:
    found, rows = read(tmp_path, "Tunggakan Des 2025.csv", f"{title};;;\n{DEBTS.format('Tunggakan')}")
    assert [row.fields["amount"] for row in rows] == ["125000", "90500"]
    assert units.of_titles([units.as_title(found.title_power)]) == 3, "so the rows to mend say it again"


@pytest.mark.parametrize(
    "title",
    [
        "Tunggakan di atas 1 juta rupiah",
        "Denda Rp 1.000 per hari",
        "Laporan dalam bulan Desember",
        "Volume dalam ribuan m3, nilai dalam rupiah",
        "Volume dalam ribuan, nilai dalam rupiah",
        "Volume (dalam ribuan m3)",
        "Volume dalam ribuan (m3)",
        "Tunggakan dalam ribuan pelanggan",
        "Pelanggan 2x1000",
        "Pelanggan 2 x 1000",
        "Denda 2 x 1.000 per hari",
        "Denda x 1.000 per hari",
        "Box 1000",
        "Denda dalam Rp 1.000 per hari",
        "Denda (Rp 1.000) per hari",
        "Satuan: Rupiah",
        "Pelanggan dalam 1.000 hari",
    ],
)
def test_an_amount_in_a_title_is_no_unit(tmp_path: Path, title: str) -> None:
    found, rows = read(tmp_path, "Tunggakan Des 2025.csv", f"{title};;;\n{DEBTS.format('Tunggakan')}")
    assert (found.title_power, [row.fields["amount"] for row in rows]) == (0, ["125", "90.5"])


def test_a_title_multiplies_no_column_that_says_rupiah_itself(tmp_path: Path) -> None:
    text = f"Tunggakan (dalam ribuan);;;\n{DEBTS.format('Tunggakan (Rp)')}"
    _, rows = read(tmp_path, "Tunggakan Des 2025.csv", text)
    assert [row.fields["amount"] for row in rows] == ["125", "90.5"]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (f"{DEBTS}Catatan: tunggakan dalam ribuan rupiah\n", ["unit"]),
        (f"{DEBTS};;;215,5\n\n*) Dalam Rp. 000;;;\n;;Mengetahui;\n", ["unit"]),
        (f"(dalam ribuan);;;\n{DEBTS}*) Dalam Rp. 000;;;\n", []),
        (f"(dalam jutaan);;;\n{DEBTS}*) Dalam Rp. 000;;;\n", ["unit"]),
        (f"{DEBTS}Volume dalam ribuan m3;;;\n", ["unit:Tunggakan"]),
    ],
)
def test_a_note_below_that_counts_amounts_otherwise_is_asked_about(
    tmp_path: Path, text: str, asked: list[str]
) -> None:
    found, rows = read(tmp_path, "Tunggakan Des 2025.csv", text.format("Tunggakan"))
    assert ([one.key for one in found.questions], len(rows)) == (asked, 2)
    (noted,) = detect(tmp_path / "Tunggakan Des 2025.csv", answers={"unit": "noted"})
    read_so = [row.fields["amount"] for row in read_rows(tmp_path / "Tunggakan Des 2025.csv", noted)]
    assert read_so == (["125", "90.5"] if text.endswith("m3;;;\n") else ["125000", "90500"])
    assert [one.answer for one in noted.answered] == ["noted"] * asked.count("unit")


def test_amounts_below_a_thousand_rupiah_are_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "Tunggakan Des 2025.csv"
    path.write_text(DEBTS.format("Saldo;Denda").replace("\n", ";0\n").replace("Denda;0", "Denda"), "utf-8")
    key = "unit:Saldo"
    (found,) = detect(path)
    assert [(one.key, one.options) for one in found.questions] == [(key, ("thousands", "written"))]
    for answer, amounts in (("thousands", ["125000", "90500"]), ("written", ["125", "90.5"])):
        (told,) = detect(path, answers={key: answer})
        assert (told.questions, [one.answer for one in told.answered]) == ((), [answer])
        assert [row.fields["amount"] for row in read_rows(path, told)] == amounts


@pytest.mark.parametrize(
    ("header", "cells", "options"),
    [
        ("NOMINAL", [112.8, 45, 75.5], ("thousands", "written")),
        ("NOMINAL", [112, 45, 75], ("thousands", "written")),
        ("NOMINAL", ["112.8", "45", "75,50"], ("thousands", "written")),
        ("NOMINAL", [112.8, 45, 250000], ("written",)),
        ("NOMINAL", [112800.5, 45.25, 75], ()),
        ("NOMINAL", [112800, 0, 500], ()),
        ("NOMINAL", ["112.800", "500,00", "75.000"], ()),
        ("NOMINAL", ["112.800,50", "500,50", "75.000"], ()),
        ("NOMINAL", [0, None, 0], ()),
        ("NOMINAL (Rp 000)", [112.8, 45, 75.5], ()),
        ("STAND AKHIR", [987, 1.012, 45], ("written",)),
        ("STAND AKHIR", [987, 1225.125, 45], ()),
        ("STAND AKHIR", [987, 25.5, 10.25], ()),
    ],
)
def test_fractions_that_may_be_thousands_are_asked_about(
    tmp_path: Path, header: str, cells: list[object], options: tuple[str, ...]
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["NOMEN", "NAMA", "ALAMAT", header])
    for at, cell in enumerate(cells):
        sheet.append([f"340100{at:04}", f"PLG {at}", "JL. MELATI", cell])
    path = tmp_path / "MC DES 2025.xlsx"
    book.save(path)
    (found,) = detect(path, type="MC")
    asked = [one.options for one in found.questions if one.code == "question_unit_small"]
    assert asked == [options] * bool(options)


def test_a_sheet_of_rows_to_mend_says_what_its_amounts_are_counted_in(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = f"ARDEBT 2025-12 {units.as_title(6)}"
    for cells in (["No Pelanggan", "Nama", "Tunggakan"], ["3401000123", "ANI", "1.25"]):
        sheet.append(cells)
    path = tmp_path / "x.xlsx"
    book.save(path)
    (found,) = detect(path)
    assert (found.type, found.period) == ("ARDEBT", "2025-12")
    assert [row.fields["amount"] for row in read_rows(path, found)] == ["1250000"]


def test_a_register_read_in_litres_is_kept_in_cubic_metres(tmp_path: Path) -> None:
    found, (row,) = read(tmp_path, "Meter reading Dec 2025.csv", READS.format("Current Reading (L)"))
    assert (found.type, found.questions) == ("SBRS", ()), "litres have no decimals, so the dot groups"
    assert [row.fields[name] for name in ("stand_awal", "stand_akhir", "volume")] == ["10", "12.5", "2.5"]
