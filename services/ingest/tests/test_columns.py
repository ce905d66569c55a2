"""Columns whose values are written in unusual ways: read as they are meant, or asked about."""

from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from arus_ingest.files import Detection, TypedRow, detect, read_rows
from arus_ingest.files.periods import parse_period

Cells = Sequence[str | int | float | None]


def written(path: Path, *rows: Cells) -> Path:
    """Write a table as a workbook, its numbers as numbers, or as text."""
    if path.suffix == ".csv":
        lines = (";".join("" if cell is None else str(cell) for cell in cells) for cells in rows)
        path.write_text("\n".join(lines), "utf-8")
        return path
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in rows:
        sheet.append(list(cells))
    book.save(path)
    return path


def found_in(path: Path) -> tuple[Detection, list[TypedRow]]:
    (found,) = detect(path)
    return found, list(read_rows(path, found))


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@pytest.mark.parametrize("month", range(1, 13))
def test_a_column_of_the_month_as_a_number_is_that_month(tmp_path: Path, month: int, suffix: str) -> None:
    head, period = ("NOMEN", "NAMA", "ALAMAT", "KUBIK", "NOMINAL", "PERIODE"), f"2025-{month:02}"
    for digits in (int(f"{month}2025"), int(f"2025{month:02}")):
        row = ("BUDI", "JL A", 15, 112800, digits)
        path = written(tmp_path / f"MC data.{suffix}", head, (60012345, *row), (60012346, *row))
        found, rows = found_in(path)
        assert (found.type, found.period, found.questions) == ("MC", period, ())
        assert [row.key for row in rows] == [f"60012345|{period}", f"60012346|{period}"]


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@pytest.mark.parametrize("month", range(1, 13))
def test_a_bill_is_of_the_month_that_its_number_says(tmp_path: Path, month: int, suffix: str) -> None:
    head = ("NOMEN", "BULAN_REK", "NOTAGIHAN", "TGL_BAYAR", "NOMINAL", "LKS_BAYAR")
    row = (60012345, int(f"{month}2025"), "T1", "15-12-2025", 112800, "BCA")
    found, rows = found_in(written(tmp_path / f"MB DES 2025.{suffix}", head, row))
    assert (found.period, found.questions) == ("2025-12", ())
    assert [row.fields["bill_period"] for row in rows] == [f"2025-{month:02}"]


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_days_that_a_workbook_keeps_as_numbers_are_read(tmp_path: Path, suffix: str) -> None:
    head = ("NOMEN", "TGL_BACA", "STAND_AWAL", "STAND_AKHIR", "READ_METHOD")
    days = range(1, 29)
    facts = [(60012345 + day, int(f"{day}122025"), 100, 115, "ACTUAL") for day in days]
    found, rows = found_in(written(tmp_path / f"SBRS DES 2025.{suffix}", head, *facts))
    assert (found.columns["read_date"], found.questions) == ("TGL_BACA", ())
    assert [row.fields["read_date"] for row in rows] == [f"2025-12-{day:02}" for day in days]
    assert not any(row.errors for row in rows)


PAID = {
    "collections_desember_2025": (
        ("id", "nomen", "payment_date", "amount", "payment_type", "periode_month"),
        (1, 60012345, "2025-12-05", 5000, ""),
    ),
    "MB DES 2025": (
        ("NOMEN", "NO TAGIHAN", "TGL BAYAR", "JUMLAH BAYAR", "BULAN REKENING"),
        (60012345, "T1", "15/12/2025", 5000),
    ),
}


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@pytest.mark.parametrize("month", ["Nopember", "NOV", "11", 11])
@pytest.mark.parametrize("name", PAID)
def test_a_billed_month_needs_no_year(tmp_path: Path, name: str, month: str | int, suffix: str) -> None:
    head, row = PAID[name]
    found, rows = found_in(written(tmp_path / f"{name}.{suffix}", head, (*row, month)))
    assert (found.period, found.columns["bill_period"], found.questions) == ("2025-12", head[-1], ())
    assert [(row.fields["bill_period"], row.errors) for row in rows] == [("2025-11", ())]


@pytest.mark.parametrize(("month", "period"), [("Desember", "2025-12"), ("Januari", "2026-01")])
def test_a_payment_of_january_is_of_the_december_before_it(tmp_path: Path, month: str, period: str) -> None:
    head = ("NOMEN", "TGL BAYAR", "JML BAYAR", "NO KUITANSI", "BULAN REK")
    facts = (60012345, "15/01/2026", 5000, "K1", month)
    _, rows = found_in(written(tmp_path / "COLLECTION JAN 2026.csv", head, facts))
    assert [row.fields["bill_period"] for row in rows] == [period]


@pytest.mark.parametrize(("month", "period"), [("Oktober", "2025-10"), ("Januari", "2025-01")])
def test_a_debt_of_december_is_of_no_month_after_it(tmp_path: Path, month: str, period: str) -> None:
    head = ("NOMEN", "NAMA", "BULAN TUNGGAKAN", "JUMLAH")
    found, rows = found_in(written(tmp_path / "ARDEBT DES 2025.csv", head, (60012345, "BUDI", month, 5000)))
    assert (found.type, found.period, found.questions) == ("ARDEBT", "2025-12", ())
    assert [row.fields["bill_period"] for row in rows] == [period]


STAND = ("NOMEN", "NAMA", "NO METER", "STAND LALU", "STAND KINI", "METODE BACA")


@pytest.mark.parametrize(
    ("field", "header", "cell"),
    [
        ("multiplier", "FAKTOR KALI", "x10"),
        ("dials", "DIGIT", "lima"),
        ("read_date", "TGL BACA", "minggu ke-2"),
        ("stand_cabut", "STAND CABUT", "rusak"),
        ("stand_pasang", "STAND PASANG", "baru"),
        ("replacement_date", "TGL GANTI METER", "bulan lalu"),
    ],
)
def test_a_column_that_is_named_and_cannot_be_read_is_asked_about(
    tmp_path: Path, field: str, header: str, cell: str
) -> None:
    rows = [(60012345 + at, "BUDI", f"M{at}", 100, 110, "ACTUAL", cell) for at in range(4)]
    path = written(tmp_path / "SBRS DES 2025.csv", (*STAND, header), *rows)
    key = f"unread:{field}:{header}"
    (found,) = detect(path)
    assert [(one.key, one.options) for one in found.questions] == [(key, ("skip", "read"))]
    (skipped,) = detect(path, answers={key: "skip"})
    assert skipped.questions == ()
    assert not any(row.errors for row in read_rows(path, skipped))
    (read,) = detect(path, answers={key: "read"})
    assert [one.code for one in read.questions] == []
    assert all(error.field == field for row in read_rows(path, read) for error in row.errors)
    assert all(row.errors for row in read_rows(path, read))
    (taught,) = detect(path, mappings={"SBRS": {header: ""}})
    assert taught.questions == ()


@pytest.mark.parametrize(
    ("name", "header", "cell", "asks"),
    [("read_date", "TGL BACA", "minggu ke-2", False), ("multiplier", "FAKTOR KALI", "x10", True)],
)
def test_a_column_that_counts_is_asked_about_in_every_file(
    tmp_path: Path, name: str, header: str, cell: str, *, asks: bool
) -> None:
    rows = [(60012345 + at, "BUDI", f"M{at}", 100, 110, "ACTUAL", cell) for at in range(4)]
    path = written(tmp_path / "SBRS DES 2025.csv", (*STAND, header), *rows)
    key = f"unread:{name}:{header}"
    (found,) = detect(path, mappings={"SBRS": {key: "skip", "unread": "skip"}})
    assert [one.key for one in found.questions] == [key] * asks


@pytest.mark.parametrize("cells", [("", ""), ("-", "NULL"), ("x10", "1"), ("1", "2")])
def test_a_column_that_is_empty_or_can_be_read_in_part_is_no_question(
    tmp_path: Path, cells: Sequence[str]
) -> None:
    rows = [(60012345, "BUDI", f"M{at}", 100, 110, "ACTUAL", cell) for at, cell in enumerate(cells)]
    found, _ = found_in(written(tmp_path / "SBRS DES 2025.csv", (*STAND, "FAKTOR KALI"), *rows))
    assert (found.columns["multiplier"], found.questions) == ("FAKTOR KALI", ())


@pytest.mark.parametrize(("header", "cell"), [("PERIODE TAGIHAN", "lama"), ("JATUH TEMPO", "akhir bulan")])
def test_a_payment_whose_month_cannot_be_read_is_asked_about(tmp_path: Path, header: str, cell: str) -> None:
    head = ("NOMEN", "TGL BAYAR", "JUMLAH BAYAR", "LOKET", "STATUS LUNAS", header)
    rows = [(60012345 + at, "15/12/2025", 5000, "A", "LUNAS", cell) for at in range(3)]
    found, _ = found_in(written(tmp_path / "MB DES 2025.csv", head, *rows))
    assert [one.code for one in found.questions] == ["question_column_unread"]


@pytest.mark.parametrize(
    ("head", "asked"),
    [
        (("TAG POKOK", "TAG LAIN"), ["target_mc:TAG POKOK", "target_mc:TAG LAIN"]),
        (("KUBIK", "TOTAL AKHIR"), ["target_mc:TOTAL AKHIR"]),
        (("M3", "JML REK", "HARGA"), ["target_mc:HARGA"]),
        (("M3 POKOK", "NOMINAL"), ["kubikasi:M3 POKOK"]),
        (("M3 LALU", "M3 INI", "TAGIHAN BULAN LALU", "TAGIHAN BULAN INI"), []),
        (("JUMLAH JIWA", "KODE POS", "LBR REK", "TAGIHAN LALU"), []),
        (("RAYON",), []),
    ],
)
def test_what_may_be_billed_to_customers_is_asked_about(
    tmp_path: Path, head: tuple[str, ...], asked: list[str]
) -> None:
    rows = [
        (60012345 + at, "BUDI", "JL A", *(112800 - place for place in range(len(head)))) for at in range(3)
    ]
    path = written(tmp_path / "MC DES 2025.csv", ("NOMEN", "NAMA", "ALAMAT", *head), *rows)
    (found,) = detect(path)
    assert found.type == "MC"
    assert [one.key for one in found.questions] == [f"unread:{one}" for one in asked]
    assert {one.code for one in found.questions} <= {"question_column_maybe"}
    assert not {"stand_awal", "stand_akhir", "bill_number"} & found.columns.keys()
    (skipped,) = detect(path, answers={f"unread:{one}": "skip" for one in asked})
    assert (skipped.questions, skipped.columns) == ((), found.columns)
    for one in asked[:1]:
        field, _, header = one.partition(":")
        (read,) = detect(path, answers={f"unread:{one}": "read"})
        assert read.columns[field] == header
        assert not any(other.key.startswith(f"unread:{field}") for other in read.questions)


def test_a_number_of_months_is_not_taken_for_a_month(tmp_path: Path) -> None:
    path = written(
        tmp_path / "ARDEBT DES 2025.csv",
        ("NOMEN", "NAMA", "BULAN", "LEMBAR", "JUMLAH"),
        *((60012345 + at, "BUDI", at + 2, 1, 5000) for at in range(4)),
    )
    (found,) = detect(path)
    assert [one.key for one in found.questions] == ["unread:bill_period:BULAN"]
    (read,) = detect(path, answers={"unread:bill_period:BULAN": "read"})
    assert [row.fields["bill_period"] for row in read_rows(path, read)] == [
        f"2025-{month:02}" for month in range(2, 6)
    ]


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (("NOMEN", "NAMA", "JUMLAH"), "question_age_missing"),
        (("NOMEN", "NAMA", "0-30", "31-60", "61-90", ">90", "TOTAL"), "question_age_columns"),
        (("NOMEN", "NAMA", "0 s/d 30 hari", "31 s.d. 60 hari", "> 60 hari", "TOTAL"), "question_age_columns"),
        (("NOMEN", "NAMA", "1-2 months", "> 2 months", "TOTAL"), "question_age_columns"),
    ],
    ids=["plain", "bands", "bands of days", "bands of months"],
)
def test_a_list_of_debts_without_any_age_is_asked_for_it(
    tmp_path: Path, head: tuple[str, ...], code: str
) -> None:
    rows = [(60012345 + at, "BUDI", *([5000] * (len(head) - 2))) for at in range(4)]
    found, read = found_in(written(tmp_path / "ARDEBT DES 2025.csv", head, *rows))
    assert found.type == "ARDEBT"
    assert [(one.key, one.code) for one in found.questions] == [("column:age", code)]
    assert all([error.code for error in row.errors] == ["cell_age_missing"] for row in read)


def test_a_debt_without_an_age_is_told_before_it_is_committed(tmp_path: Path) -> None:
    path = tmp_path / "ARDEBT DES 2025.csv"
    head = ("NOMEN", "PERIODE TAGIHAN", "LEMBAR", "JUMLAH")
    rows = (
        (60012345, "202511", "", 5000),
        (60012346, "", 2, 5000),
        (60012347, "-", "", 5000),
        (60012348, "x", "", 5000),
    )
    found, read = found_in(written(path, head, *rows))
    assert found.questions == ()
    assert [[(one.column, one.code) for one in row.errors] for row in read] == [
        [],
        [],
        [("PERIODE TAGIHAN", "cell_age_missing")],
        [("PERIODE TAGIHAN", "cell_not_a_period")],
    ]


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("COLLECTION_20251205", False),
        ("COLLECTION 5 Desember 2025", False),
        ("COLLECTION 2025-12-05 08.30", False),
        ("COLLECTION_05122025", True),  # 12 May, where they write so
        ("COLLECTION 20251205 ke 20260105", True),
        ("COLLECTION 20260105", True),
    ],
)
def test_the_day_in_a_name_says_how_the_days_of_the_file_are_written(
    tmp_path: Path, name: str, asked: bool
) -> None:
    head = ("NOMEN", "NAMA", "TGL_BAYAR", "JUMLAH_BAYAR", "NO_KUITANSI")
    for written_as in ("05-12-2025", "12-05-2025"):
        rows = [(60012345 + at, "BUDI", written_as, 5000, f"K{at}") for at in range(3)]
        found, read = found_in(written(tmp_path / f"{name}.csv", head, *rows))
        assert [one.key for one in found.questions] == ["date:TGL_BAYAR"] * asked
        if not asked:
            assert {row.fields["payment_date"] for row in read} == {"2025-12-05"}


@pytest.mark.parametrize(
    ("name", "written_as", "asked"),
    [
        ("Koleksi", "12/11/2025", True),  # nothing says anything
        ("Koleksi", "05/06/2025", True),
        ("Koleksi 15-12-2025", "12/11/2025", True),  # of the month before, where days are written first
        ("Koleksi 15-12-2025", "11/12/2025", False),
        ("Koleksi 15-12-2025", "05/06/2025", True),
        ("Koleksi 15-12-2025", "12/05/2025", False),
        ("Koleksi 15-01-2026", "01/12/2026", False),
        ("Koleksi Desember 2025", "12/11/2025", False),
    ],
)
def test_days_that_can_be_read_both_ways_are_asked_about_unless_something_decides(
    tmp_path: Path, name: str, written_as: str, *, asked: bool
) -> None:
    head = ("NOMEN", "NAMA", "TGL_BAYAR", "JUMLAH_BAYAR", "NO_KUITANSI")
    rows = [(60012345 + at, "BUDI", written_as, 5000, f"K{at}") for at in range(3)]
    found, _ = found_in(written(tmp_path / f"{name}.csv", head, *rows))
    assert [one.key for one in found.questions if one.key != "period"] == ["date:TGL_BAYAR"] * asked


def test_a_day_of_printing_says_nothing_of_the_days_of_the_file(tmp_path: Path) -> None:
    head = ("NOMEN", "NAMA", "TGL_BAYAR", "JUMLAH_BAYAR", "NO_KUITANSI")
    rows = [(60012345, "BUDI", "05-12-2025", 5000, "K1")]
    found, _ = found_in(written(tmp_path / "COLLECTION.csv", ("Dicetak 2025-12-05",), head, *rows))
    assert "date:TGL_BAYAR" in [one.key for one in found.questions]


@pytest.mark.parametrize(
    ("name", "title", "rayon"),
    [
        ("MC RAYON 34 DES 2025", None, "34"),
        ("MC_RAYON_34_122025", None, "34"),
        ("MC_RAYON_34_12_2025", None, "34"),
        ("MC DES 2025", "Daftar pelanggan Rayon : 034", "34"),
        ("MC RAYON 34 DES 2025", "PAM JAYA RAYON 34", "34"),
        ("MC RAYON 34 DES 2025", "PAM JAYA RAYON 34 & 35", None),
        ("MC RAYON 34-35 DES 2025", None, None),
        ("MC RAYON 34 DES 2025", "PAM JAYA RAYON 35", None),
        ("MC R2 DES 2025", None, None),
    ],
)
def test_the_rayon_that_names_and_titles_say_is_that_of_every_row(
    tmp_path: Path, name: str, title: str | None, rayon: str | None
) -> None:
    head = ("NOMEN", "NAMA", "ALAMAT", "TARIF", "KUBIK", "NOMINAL")
    rows = [(60012345 + at, "BUDI", "JL A", "3A", 15, 5000) for at in range(3)]
    titles = [(title,)] if title else []
    found, read = found_in(written(tmp_path / f"{name}.csv", *titles, head, *rows))
    assert (found.type, found.period, found.questions) == ("MC", "2025-12", ())
    assert {row.fields.get("rayon") for row in read} == {rayon}


@pytest.mark.parametrize(
    ("cell", "rayon"),
    [("34", "34"), (34, "34"), ("RAYON 34", "34"), ("R34", "34"), ("r-34", "34"), ("SUNTER", "SUNTER")],
)
def test_a_rayon_is_the_same_with_its_word_and_without(tmp_path: Path, cell: str | int, rayon: str) -> None:
    head = ("NOMEN", "NAMA", "ALAMAT", "RAYON", "TARIF", "PC", "KUBIK", "NOMINAL")
    row = (60012345, "BUDI", "JL A", cell, "3A", "096", 15, 5000)
    found, read = found_in(written(tmp_path / "MC RAYON 7 DES 2025.csv", head, row))
    assert (found.columns["rayon"], read[0].fields["rayon"]) == ("RAYON", rayon)


def test_a_code_beside_the_zone_is_no_rayon(tmp_path: Path) -> None:
    head = ("ZONA_NOVAK", "NOMEN", "NAMA", "ALAMAT", "KUBIK", "NOMINAL", "PC")
    row = (350960217, 60012345, "BUDI", "JL A", 15, 5000, "096")
    found, read = found_in(written(tmp_path / "MC DES 2025.csv", head, row))
    assert (found.columns.get("rayon"), read[0].fields["route"]) == (None, "350960217")


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@pytest.mark.parametrize(("name", "penalty"), [("COLLECTION DES 2025", False), ("MB DES 2025", True)])
def test_payments_that_are_all_below_zero_are_asked_about(
    tmp_path: Path, name: str, penalty: bool, suffix: str
) -> None:
    head = ("NOMEN", "TGL BAYAR", "JUMLAH BAYAR", *(["DENDA", "LOKET"] if penalty else ["KASIR"]))
    rows = [
        (60012345 + at, "15/12/2025", -5000 - at, *([-100, "A"] if penalty else ["A"])) for at in range(3)
    ]
    path = written(tmp_path / f"{name}.{suffix}", head, *rows)
    (found,) = detect(path)
    assert [(one.key, one.options) for one in found.questions] == [
        ("minus:JUMLAH BAYAR", ("received", "returned"))
    ]
    for answer, sign in (("received", ""), ("returned", "-")):
        (said,) = detect(path, answers={"minus:JUMLAH BAYAR": answer})
        assert said.questions == ()
        read = list(read_rows(path, said))
        assert [row.fields["amount"] for row in read] == [f"{sign}5000", f"{sign}5001", f"{sign}5002"]
        assert {row.fields.get("penalty") for row in read} == {f"{sign}100" if penalty else None}
        (next_one,) = detect(path, mappings={str(found.type): {"minus:JUMLAH BAYAR": answer}})
        assert next_one.questions == found.questions


@pytest.mark.parametrize("amounts", [("-5000", "5000"), ("(5.000)", "(5.000)", "1"), ("0", "0"), ("5000",)])
def test_payments_of_which_some_are_given_back_are_no_question(
    tmp_path: Path, amounts: Sequence[str]
) -> None:
    head = ("NOMEN", "TGL BAYAR", "JUMLAH BAYAR", "KASIR")
    rows = [(60012345 + at, "15/12/2025", amount, "A") for at, amount in enumerate(amounts)]
    found, _ = found_in(written(tmp_path / "COLLECTION DES 2025.csv", head, *rows))
    assert found.questions == ()


@pytest.mark.parametrize("header", ["Jumlah Bulan", "Jml Bulan", "Bulan", "Bln"])
def test_a_count_of_months_is_no_billed_month_unasked(tmp_path: Path, header: str) -> None:
    head = ("NOMEN", "NO TAGIHAN", "TGL BAYAR", "JUMLAH BAYAR", header)
    facts = [(60012345 + n, f"T{n}", "15/12/2025", 5000, n) for n in (1, 2, 3)]
    found, rows = found_in(written(tmp_path / "MB DES 2025.xlsx", head, *facts))
    assert "bill_period" not in found.columns
    assert not any(row.fields.get("bill_period") for row in rows)


def test_beside_a_column_of_years_no_billed_month_stands_alone(tmp_path: Path) -> None:
    head = ("NOMEN", "NO TAGIHAN", "TGL BAYAR", "JUMLAH BAYAR", "BLN REK", "THN REK")
    found, _ = found_in(
        written(tmp_path / "MB DES 2025.csv", head, (60012345, "T1", "15/12/2025", 5000, 11, 2024))
    )
    assert "bill_period" not in found.columns


@pytest.mark.parametrize(("days", "period"), [(42005, "2015-01"), (42036, "2015-02"), (42095, "2015-04")])
def test_the_first_days_of_2015_are_days_of_a_workbook(days: int, period: str) -> None:
    assert parse_period(days) == period


@pytest.mark.parametrize("name", ["MC Rayon 2025 Desember", "MC_Rayon_1225"])
def test_a_year_or_month_behind_the_word_is_no_rayon(tmp_path: Path, name: str) -> None:
    head = ("NOMEN", "NAMA", "ALAMAT", "KUBIK", "NOMINAL")
    found, _ = found_in(written(tmp_path / f"{name}.csv", head, (60012345, "BUDI", "JL A", 15, 112800)))
    assert not found.rayon


PAYMENT = (60012345, "15/12/2025")
BILLED = (60012345, "BUDI", "JL A", 15)
RIVALS: dict[str, tuple[str, str, tuple[int | str, ...], list[str]]] = {
    "nominal": (
        "COLLECTION",
        "NOMINAL;DENDA;TOTAL BAYAR",
        (112800, 10000, 122800),
        ["NOMINAL", "TOTAL BAYAR"],
    ),
    "water": (
        "COLLECTION",
        "PENERIMAAN AIR;PENERIMAAN NON AIR;TOTAL PENERIMAAN",
        (100000, 5000, 105000),
        ["PENERIMAAN AIR", "TOTAL PENERIMAAN"],
    ),
    "total": (
        "COLLECTION",
        "BAYAR TAGIHAN;BAYAR DENDA;TOTAL",
        (100000, 500, 100500),
        ["BAYAR TAGIHAN", "TOTAL"],
    ),
    "fee": ("COLLECTION", "AMOUNT;ADMIN BANK;TOTAL BAYAR", (100000, 2500, 102500), ["AMOUNT", "TOTAL BAYAR"]),
    "change": (
        "COLLECTION",
        "TAGIHAN;UANG DITERIMA;KEMBALI",
        (112800, 120000, 7200),
        ["UANG DITERIMA", "TAGIHAN"],
    ),
    "count": ("COLLECTION", "JUMLAH;TOTAL", (2, 122800), ["JUMLAH", "TOTAL"]),
    "bill": ("MC", "NOMINAL;DENDA;TOTAL TAGIHAN", (112800, 10000, 122800), ["NOMINAL", "TOTAL TAGIHAN"]),
    "parts": ("MC", "REK AIR;NON AIR;TOTAL", (100000, 10000, 110000), ["REK AIR", "TOTAL"]),
    "paid": ("MB", "NOMINAL;DENDA;JUMLAH", (112800, 10000, 122800), ["NOMINAL", "JUMLAH"]),
    "clear": ("COLLECTION", "RP TAGIHAN;DENDA;JUMLAH BAYAR", (112800, 10000, 122800), []),
    "same": ("COLLECTION", "NOMINAL;DENDA;TOTAL BAYAR", (112800, 0, 112800), []),
    "nought": ("COLLECTION", "NOMINAL;DENDA;TOTAL BAYAR", (112800, 0, "0"), []),
    "bills": ("COLLECTION", "JUMLAH REK;JUMLAH", (2, 112800), []),
    "whole": ("MAINBILL", "BIAYA AIR;BEBAN;DENDA;TOTAL TAGIHAN", (100000, 5000, 0, 105000), []),
}


@pytest.mark.parametrize(("kind", "head", "cells", "rivals"), RIVALS.values(), ids=RIVALS)
def test_several_columns_that_may_be_one_amount_are_asked_about(
    tmp_path: Path, kind: str, head: str, cells: tuple[int | str, ...], rivals: list[str]
) -> None:
    first, named = {
        "COLLECTION": (PAYMENT, ("NOMEN", "TGL BAYAR")),
        "MB": ((*PAYMENT, "T1"), ("NOMEN", "TGL LUNAS", "NO TAGIHAN")),
        "MC": (BILLED, ("NOMEN", "NAMA", "ALAMAT", "M3")),
        "MAINBILL": ((60012345, "T1", 15), ("NOMEN", "NO TAGIHAN", "M3")),
    }[kind]
    rows = [(*first, *cells, "ANI"), (*first, *cells, "ANI")]
    path = written(tmp_path / f"{kind} DES 2025.csv", (*named, *head.split(";"), "KASIR"), *rows)
    (found,) = detect(path)
    field = "target_mc" if kind == "MC" else "amount"
    asked = [(one.key, one.code, list(one.options)) for one in found.questions if "unit" not in one.key]
    assert asked == [(f"column:{field}", "question_column_rivals", rivals)] * bool(rivals)
    for header in rivals:
        (said,) = detect(path, answers={f"column:{field}": header})
        assert said.columns[field] == header
        assert all(one.key == f"unit:{header}" for one in said.questions), "2 rupiah is asked about"


ABOVE = {
    "usage": ("MC", "PEMAKAIAN (M3);;TAGIHAN (RP);", "LALU;INI;LALU;INI", (14, 15, 100000, 112800)),
    "months": ("MC", "NOVEMBER;;DESEMBER;", "M3;RUPIAH;M3;RUPIAH", (14, 100000, 15, 112800)),
    "stands": ("SBRS", "NOVEMBER;;DESEMBER;", "STAND;M3;STAND;M3", (100, 14, 115, 15)),
    "stands and usage": ("SBRS", "STAND METER;;PEMAKAIAN;", "LALU;INI;LALU;INI", (100, 115, 14, 15)),
}


@pytest.mark.parametrize(("kind", "upper", "lower", "cells"), ABOVE.values(), ids=ABOVE)
def test_of_columns_under_one_word_those_of_the_month_are_read(
    tmp_path: Path, kind: str, upper: str, lower: str, cells: tuple[int, ...]
) -> None:
    first = ("NOMEN", "NAMA", "ALAMAT", *upper.split(";"), "PETUGAS")
    rows = [(60012345 + at, "BUDI", "JL A", *cells, "ANI") for at in range(3)]
    path = written(tmp_path / f"{kind} DES 2025.xlsx", first, ("", "", "", *lower.split(";"), ""), *rows)
    found, read = found_in(path)
    numbers = {
        "MC": {"kubikasi": "15", "target_mc": "112800"},
        "SBRS": {"stand_akhir": "115", "volume": "15"},
    }
    assert (found.type, found.questions, found.rows) == (kind, (), 3)
    assert all(numbers[kind].items() <= row.fields.items() and not row.errors for row in read)


@pytest.mark.parametrize(
    ("kind", "head", "columns"),
    [
        ("SBRS", "STAND 11/2025;STAND 12/2025;METODE BACA", {"stand_akhir": "STAND 12/2025"}),
        ("SBRS", "STAND NOV;STAND DES;METODE BACA", {"stand_akhir": "STAND DES"}),
        ("MC", "ALAMAT;KUBIKASI 2024;KUBIKASI 2025", {"kubikasi": "KUBIKASI 2025"}),
        ("MC", "ALAMAT;TAGIHAN DES;TAGIHAN NOV", {"target_mc": "TAGIHAN DES"}),
    ],
)
def test_of_columns_that_name_months_the_one_of_the_file_is_read(
    tmp_path: Path, kind: str, head: str, columns: dict[str, str]
) -> None:
    cells = ["A" if text in {"ALAMAT", "METODE BACA"} else 1000 + len(text) for text in head.split(";")]
    rows = [(60012345 + at, "BUDI", *cells) for at in range(4)]
    path = written(tmp_path / f"{kind} DES 2025.csv", ("NOMEN", "NAMA", *head.split(";")), *rows)
    (found,) = detect(path)
    assert (found.type, found.questions) == (kind, ())
    assert columns.items() <= found.columns.items()


@pytest.mark.parametrize(
    ("name", "head", "code"),
    [
        ("MC", "KUBIKASI NOV;KUBIKASI DES", "question_column_rivals"),  # of no month itself
        ("MC DES 2025", "KUBIKASI 2025;KUBIKASI DES", "question_column_rivals"),
        ("MC JAN 2026", "KUBIKASI NOV;KUBIKASI DES", "question_column_month"),
        ("ARDEBT DES 2025", "TUNGGAKAN 2024;TUNGGAKAN 2025", "question_column_rivals"),  # owed, both
    ],
)
def test_columns_of_months_are_asked_about_where_none_is_the_files(
    tmp_path: Path, name: str, head: str, code: str
) -> None:
    rows = [(60012345 + at, "BUDI", "JL A", 3, 14 + at, 25 - at) for at in range(4)]
    path = written(tmp_path / f"{name}.csv", ("NOMEN", "NAMA", "ALAMAT", "LEMBAR", *head.split(";")), *rows)
    (found,) = detect(path)
    (asked,) = (one for one in found.questions if one.key.startswith("column:"))
    assert (asked.code, list(asked.options)) == (code, head.split(";"))


def test_the_words_of_a_second_row_under_merged_cells_are_part_of_the_header(tmp_path: Path) -> None:
    head = ("NOMEN", "TANGGAL", "PENERIMAAN", "", "", "", "KASIR")
    below = ("", "", "AIR", "DENDA", "NON AIR", "JUMLAH", "")
    rows = [(60012345 + at, "15/12/2025", 100000, 5000, 0, 105000, "A") for at in range(3)]
    (found,) = detect(written(tmp_path / "COLLECTION DES 2025.xlsx", head, below, *rows))
    assert [list(one.options) for one in found.questions] == [["PENERIMAAN AIR", "PENERIMAAN JUMLAH"]]
    assert (found.header_row, found.rows) == (2, 3)


@pytest.mark.parametrize(
    ("title", "period"),
    [
        ("Bulan;Juni 2025;;;", "2025-06"),
        ("Bulan : ;Juni 2025", "2025-06"),
        ("Rayon;34;Bulan;Juni 2025", "2025-06"),
        ("Halaman;1", "2025-05"),
    ],
)
def test_a_line_of_titles_and_what_they_say_is_no_part_of_the_header(
    tmp_path: Path, title: str, period: str
) -> None:
    path = tmp_path / "data.csv"
    rows = [f"{n};6100000{n};A{n};05/2025;15000{n}" for n in range(1, 5)]
    lines = [title, "No;No Pelanggan;Nama;Bulan Tagihan;Jumlah Tunggakan", *rows]
    path.write_text("\n".join(lines), "utf-8")
    (found,) = detect(path)
    assert (found.type, found.period, found.questions) == ("ARDEBT", period, ())
    assert found.columns == {
        "nomen": "No Pelanggan",
        "name": "Nama",
        "bill_period": "Bulan Tagihan",
        "amount": "Jumlah Tunggakan",
    }


def test_a_month_above_several_columns_is_part_of_the_header(tmp_path: Path) -> None:
    path = tmp_path / "sbrs.csv"
    rows = [f"6100000{n};1{n}0;12;1{n}9;9" for n in range(1, 5)]
    path.write_text("\n".join(["NOMEN;NOV 2025;;DES 2025;", ";STAND;PAKAI;STAND;PAKAI", *rows]), "utf-8")
    (found,) = detect(path)
    assert {"NOMEN", "NOV 2025 STAND", "DES 2025 STAND"} <= set(found.headers)


def test_a_row_of_words_under_named_columns_is_no_header(tmp_path: Path) -> None:
    head = ("TANGGAL", "LOKASI", "PRODUK", "VOLUME (L)", "")
    rows = [("5 Desember 2025", "GUDANG A", "SOLAR", 50, "catatan")] * 2
    (found,) = detect(written(tmp_path / "BBM DES 2025.csv", head, *rows))
    assert (found.header_row, found.rows) == (1, 2)
