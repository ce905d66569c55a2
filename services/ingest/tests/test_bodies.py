"""Which lines of a file are facts: none is swallowed, and no total is taken for a customer."""

import csv
from pathlib import Path

import pytest
from arus_ingest.files import TypedRow, detect, read_rows
from arus_ingest.files.lines import rows

HEAD = "NOMEN;NAMA;ALAMAT;RAYON;KUBIKASI;NOMINAL"


def customers(number: int, name: str = "NAMA {0}") -> list[str]:
    return [f"34010{one:05};{name.format(one)};JL. SUNTER {one};34;12;60000" for one in range(1, number + 1)]


def read(folder: Path, *lines: str, name: str = "MC Des25.csv") -> list[TypedRow]:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", "utf-8")
    (found,) = detect(path)
    assert (found.type, found.questions) == ("MC", ())
    return list(read_rows(path, found))


@pytest.mark.parametrize(
    ("number", "strays"),
    [
        (50, {10: '"CV MAJU', 13: 'TB "JAYA'}),
        (50, {10: '"CV', 13: 'JAYA"'}),
        (1_000, {10: '"CV MAJU'}),
        (50, {50: '"CV MAJU'}),
    ],
)
def test_a_quotation_mark_that_is_part_of_a_name_swallows_no_row(
    tmp_path: Path, number: int, strays: dict[int, str]
) -> None:
    lines = customers(number)
    for at, name in strays.items():
        lines[at - 1] = lines[at - 1].replace(f"NAMA {at};", f"{name};")
    found = read(tmp_path, HEAD, *lines)
    assert [row.number for row in found] == list(range(2, number + 2))
    assert all(row.fields["target_mc"] == "60000" and not row.errors for row in found)
    assert {at: found[at - 1].original[1] for at in strays} == strays


def test_cells_of_several_lines_stay_one_cell(tmp_path: Path) -> None:
    lines = customers(20)
    lines[4] = '3401000005;"CV MAJU;\nJAYA";"JL. A; B; C; D; E; F\nRT 1; RW 2";34;12;60000'
    lines[9] = '3401000010;NAMA 10;"JL. SUNTER\r\n10 ""A""";34;12;60000'
    found = read(tmp_path, '"NOMEN";NAMA;"ALAMAT\nRUMAH; TOKO";RAYON;KUBIKASI;NOMINAL', *lines)
    assert [found[4].fields[name] for name in ("name", "address")] == [
        "CV MAJU; JAYA", "JL. A; B; C; D; E; F RT 1; RW 2",
    ]  # fmt: skip
    assert (found[9].fields["address"], len(found)) == ('JL. SUNTER 10 "A"', 20)


@pytest.mark.parametrize("title", ["PAM JAYA;RAYON 34", "Bulan;:;Desember;Tahun;:;2025", "PAM JAYA", ";;;;;"])
def test_a_title_makes_no_header_of_several_lines_into_rows(tmp_path: Path, title: str) -> None:
    head = 'NOMEN;NAMA;ALAMAT;RAYON;"KUBIK\n(M3)";"JUMLAH\nTAGIHAN"'
    found = read(tmp_path, title, head, *customers(3))
    assert [(row.fields["kubikasi"], row.fields["target_mc"]) for row in found] == [("12", "60000")] * 3


def test_a_name_in_marks_swallows_no_row_at_the_top_of_a_file(tmp_path: Path) -> None:
    lines = [line.replace("NAMA 1;", '"CV;').replace("NAMA 2;", 'JAYA";') for line in customers(5)]
    assert [row.number for row in read(tmp_path, HEAD, *lines)] == list(range(2, 7))


def test_many_stray_marks_cost_no_more_than_their_lines() -> None:
    lines = [f'{number};"a;b;c\n' for number in range(30_000)]
    found = list(rows(["n;x;y;z\n", "0;a;b;c\n", *lines], ";"))
    assert [number for number, _ in found] == list(range(1, 30_003))
    assert {len(cells) for _, cells in found} == {4}


def test_a_cell_longer_than_any_is_still_refused() -> None:
    with pytest.raises(csv.Error):
        list(rows(["a;b\n", "1;2\n", "1;" + "x" * 200_000 + "\n"], ";"))


@pytest.mark.parametrize(
    "total",
    [
        "JUMLAH;5000;;;;1000;25000000",
        "Total Pelanggan;50;;;;1000;Rp 25.000.000",
        "GRAND TOTAL RAYON 34;5.000 PLG;;;;1000;25000000",
        ";5000;JUMLAH;;;1000;25000000",
        "TOTAL NOMINAL;5000;;;;1000;25000000",
        "TOTAL TUNGGAKAN (Rp);5000;;;;1000;25000000",
        "Total Pemakaian Air;5000;;;;1000;25000000",
        "JML PENERIMAAN DES 2025;5000;;;;1000;25000000",
    ],
)
def test_a_total_with_a_count_under_the_key_is_no_customer(tmp_path: Path, total: str) -> None:
    numbered = [f"{number};{line}" for number, line in enumerate(customers(50), 1)]
    found = read(tmp_path, f"NO;{HEAD}", *numbered, total)
    assert (len(found), [row for row in found if row.errors]) == (50, [])


@pytest.mark.parametrize("name", ["TOTAL PERSADA", "JUMLAH REJEKI", "TOTAL"])
def test_a_customer_called_like_a_total_stays_one(tmp_path: Path, name: str) -> None:
    lines = [*customers(50), f"3401099999;{name};JL. SUNTER 99;34;12;60000"]
    assert read(tmp_path, HEAD, *lines)[-1].fields["name"] == name
    bare = [f"NAMA {n};34010{n:05};5000" for n in range(9)]
    strange = ["TOTAL PERSADA;3401099999;5000", "JUMLAH REJEKI;3401099998;5000"]
    assert len(read(tmp_path, "NAMA;NOMEN;NOMINAL", *bare, *strange)) == 11


def test_a_row_keyed_as_customers_are_that_says_total_is_refused_and_not_dropped(tmp_path: Path) -> None:
    found = read(tmp_path, HEAD, *customers(50), "3401099999;SUB TOTAL;;;12;60000")
    assert len(found) == 51
    assert [(row.number, error.code) for row in found for error in row.errors] == [(52, "cell_of_total")]


@pytest.mark.parametrize(
    "foot",
    [
        *("130;SAMBUNGAN;;;1560;7800000", "130;Rek;;;1560;7800000", "130;;;;1560;7800000"),
        *("34999;REK;;;1560;7800000", "130;;;;;1"),
    ],
)
def test_a_last_row_that_counts_or_adds_up_the_others_is_no_customer(tmp_path: Path, foot: str) -> None:
    found = read(tmp_path, HEAD, *customers(130), foot)
    assert [(row.number, error.code) for row in found for error in row.errors] == [(132, "cell_of_sums")]


@pytest.mark.parametrize(
    "last",
    [
        *("3401099999;AGUS;;;1560;7800000", "34999;AGUS;;;12;60000", "34999;AGUS;;;1560;60000"),
        "34999;BUDI;;;1560;7800000",
    ],
)
def test_a_last_customer_who_looks_a_little_like_a_sum_stays_one(tmp_path: Path, last: str) -> None:
    found = read(tmp_path, HEAD, *customers(130), last)
    assert (len(found), [row for row in found if row.errors]) == (131, [])


TOTALS = (
    *("J U M L A H", "T O T A L", "G R A N D  T O T A L", "TTL", "Tot", "Totals", "TOTAL_ALL"),
    *("TOTAL_RAYON_34", "Sub Tot", "Subtot.", "Pindahan", "3401000050 Total"),
)


@pytest.mark.parametrize("total", TOTALS)
def test_a_total_however_it_is_written_is_no_customer(tmp_path: Path, total: str) -> None:
    found = read(tmp_path, HEAD, *customers(50), f"{total};;;;600;3000000")
    assert (len(found), [row for row in found if row.errors]) == (50, [])


WORDED = (
    *("Rayon 34", "Zona 101", "Hal 1 dari 12", "Page 1 of 12", "Tgl 05-01-2026", "NIK 3171012345"),
    *("Catatan:", "Saldo"),
)


@pytest.mark.parametrize("words", WORDED)
def test_words_in_place_of_a_code_are_no_customer(tmp_path: Path, words: str) -> None:
    found = read(tmp_path, HEAD, f"{words};;;;;", *customers(20), f"{words};;;;240;1200000", f"{words};;;;;")
    assert len(found) == 21
    assert [(row.number, error.code) for row in found for error in row.errors] == [(23, "cell_not_a_code")]


@pytest.mark.parametrize("key", ["=1+1", "@SUM(A1)", "=SUM(A1:A9)", "+A1+B1", "-SUM(A1)", "+1+1", "=A1"])
def test_a_formula_in_place_of_a_code_is_an_error_of_its_row(tmp_path: Path, key: str) -> None:
    found = read(tmp_path, HEAD, *customers(20), f"{key};Budi;Jl. Melati;34;20;100000")
    assert len(found) == 21
    assert [(row.number, error.code) for row in found for error in row.errors] == [(22, "cell_not_a_code")]


@pytest.mark.parametrize("key", ["- TOTAL -", "=== JUMLAH ===", "--- Total 34 ---", "@ Total"])
def test_a_line_of_signs_round_a_total_is_no_formula(tmp_path: Path, key: str) -> None:
    found = read(tmp_path, HEAD, *customers(20), f"{key};;;;600;3000000")
    assert (len(found), [row for row in found if row.errors]) == (20, [])


def test_the_title_of_a_printed_page_is_no_customer(tmp_path: Path) -> None:
    title = "LAPORAN MC;;;;Halaman :;{0}"
    lines = customers(30)
    printed = [title.format(1), HEAD, *lines[:15], title.format(2), HEAD, *lines[15:]]
    found = read(tmp_path, *printed)
    assert (len(found), [row for row in found if row.errors]) == (30, [])


def test_a_fact_that_reads_like_a_line_above_the_header_stays_one(tmp_path: Path) -> None:
    path = tmp_path / "BBM Des 2025.csv"
    above = ["PEMAKAIAN TERAKHIR NOVEMBER;;;", "29/11/2025;Depot A;Solar;480", "30/11/2025;Depot B;Solar;460"]
    facts = ["01/12/2025;Depot A;Solar;500", "14/12/2025;Depot B;Solar;450", "15/12/2025;Depot C;Solar;470"]
    path.write_text("\n".join([*above, "TANGGAL;LOKASI;PRODUK;VOLUME", *facts]), "utf-8")
    (found,) = detect(path)
    assert [row.fields["date"] for row in read_rows(path, found)] == [
        "2025-12-01",
        "2025-12-14",
        "2025-12-15",
    ]
    coded = [line.replace("34010", "34-", 1) for line in customers(9)]
    assert len(read(tmp_path, coded[0].replace("34-", "33-", 1), HEAD, *coded)) == 9


def test_a_line_of_a_day_alone_is_no_customer(tmp_path: Path) -> None:
    assert len(read(tmp_path, HEAD, *customers(20), "05-01-2026;;;;;")) == 20


def test_codes_that_hold_words_where_all_do_are_codes(tmp_path: Path) -> None:
    found = read(tmp_path, HEAD, *(f"PLG {line}" for line in customers(20)), "PLG 3401000099;;;;;")
    assert [row.fields["nomen"] for row in found[::20]] == ["PLG 3401000001", "PLG 3401000099"]
    assert not any(row.errors for row in found)


PAYMENTS = ["NOMEN;TGL BAYAR;JUMLAH BAYAR", *(f"34010{n:05};15/12/2025;{n}5.000" for n in range(1, 11))]


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        (";15/12/2025;212.800", ["cell_required"]),
        ("Rayon 34;;425.600", ["cell_not_a_code", "cell_required"]),
        (";;425.600", []),
        (";2;425.600", []),
        (";JUMLAH;425.600", []),
        ("JUMLAH;;425.600", []),
        ("Kasir;ANI;", []),
        ("Jakarta, 5 Jan 2026;;", []),
    ],
)
def test_a_short_row_with_a_day_and_an_amount_is_a_fact_with_an_error(
    tmp_path: Path, line: str, wrong: list[str]
) -> None:
    path = tmp_path / "COLLECTION Des 2025.csv"
    path.write_text("\n".join([*PAYMENTS, line]), "utf-8")
    (found,) = detect(path)
    assert [error.code for row in read_rows(path, found) for error in row.errors] == wrong
    assert found.rows == 10 + bool(wrong)


@pytest.mark.parametrize("head", ['"NO\nPLG";"NAMA\nPELANGGAN";ALAMAT;RAYON;"KUBIK\n(M3)";"JML\nTAGIHAN"'])
def test_a_header_of_several_lines_in_its_cells_is_known_again_on_each_page(
    tmp_path: Path, head: str
) -> None:
    found = read(tmp_path, head, *customers(20), head, *customers(5), head, *customers(5))
    assert (len(found), [row for row in found if row.errors]) == (30, [])


RECAPS = {
    "by cashier": "Rekap Kasir;;;;;\nKasir;Lembar;Tgl Setor;Jumlah;;\n101;1;14/12/2025;125.000;;",
    "by class": "Golongan;Jumlah SR;Pakai;Nominal;;\nR1;5;100;5000;;\nR2;7;90;5000;;",
    "by reader": "Petugas;Pelanggan;Nominal;;;\nANI;50;600.000;;;\nBUDI;1.234;700.000;;;",
    "by day": "Tanggal;Lembar;Jumlah;;;\n14/12/2025;12;125.000;;;\n15/12/2025;9;95.000;;;",
}


@pytest.mark.parametrize("recap", RECAPS.values(), ids=RECAPS)
def test_a_recap_below_the_facts_is_none_of_them(tmp_path: Path, recap: str) -> None:
    found = read(tmp_path, HEAD, *customers(20), *recap.split("\n"))
    assert (len(found), [row for row in found if row.errors]) == (20, [])


def test_another_table_below_with_numbers_alike_is_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "MC Des25.csv"
    more = [line.replace("34010", "35010", 1) for line in customers(5)]
    path.write_text("\n".join([HEAD, *customers(20), "Loket;Kasir;;;;", *more]), "utf-8")
    (found,) = detect(path)
    (asked,) = found.questions
    assert (asked.key, asked.params) == ("below", {"line": "23", "number": "5"})
    for answer, number in (("skip", 20), ("read", 25)):
        (found,) = detect(path, answers={"below": answer})
        facts = [row for row in read_rows(path, found) if not row.errors]
        assert (found.questions, len(facts)) == ((), number)


def test_a_header_that_is_repeated_in_other_words_ends_nothing(tmp_path: Path) -> None:
    path = tmp_path / "MC Des25.csv"
    again = "No Pelanggan;Nama;Alamat;Rayon;Kubik;Tagihan"
    path.write_text("\n".join([HEAD, *customers(20), again, *customers(5)]), "utf-8")
    (found,) = detect(path)
    assert (found.questions, len([row for row in read_rows(path, found) if not row.errors])) == ((), 25)


FUEL = [f"{day:02}/12/2025;Depot {day};Solar;{day}00" for day in range(1, 11)]
PAID = [f"34010{n:05};{n:02}/12/2025;{n}5.000;ANI" for n in range(1, 11)]
ORDERS = {
    "FUEL": ("Tanggal;Depot;Produk;Volume (L)", FUEL, (1, 0, 2, 3), "volume_l"),
    "MC": (f"NAMA;NOMEN;{HEAD.split(';', 2)[2]}", customers(10), (1, 0, 2, 3, 4, 5), "target_mc"),
    "COLLECTION": ("No Pelanggan;Tgl Bayar;Jumlah Bayar;Kasir", PAID, (1, 0, 2, 3), "amount"),
}


def turned(line: str, order: tuple[int, ...]) -> str:
    cells = line.split(";")
    return ";".join(cells[place] for place in order)


@pytest.mark.parametrize("kind", ORDERS)
def test_facts_below_with_their_columns_in_another_order_are_asked_about(tmp_path: Path, kind: str) -> None:
    head, lines, order, number = ORDERS[kind]
    if kind == "MC":
        lines = [turned(line, order) for line in lines]
    more = [turned(line, order) for line in lines]
    path = tmp_path / f"{kind} Des 2025.csv"
    path.write_text("\n".join([head, *lines, turned(head, order), *more, head, *lines]), "utf-8")
    (found,) = detect(path)
    (asked,) = found.questions
    assert (found.type, found.rows, asked.key, asked.options) == (kind, 10, "below", ("skip", "read"))
    (found,) = detect(path, answers={"below": "read"})
    rows = list(read_rows(path, found))
    assert (found.rows, [row.errors for row in rows]) == (30, [()] * 30)
    assert [row.key for row in rows[10:20]] == [row.key for row in rows[:10]]
    assert [row.fields[number] for row in rows[10:20]] == [row.fields[number] for row in rows[20:]]


def test_a_cell_too_many_is_told_below_another_header_too(tmp_path: Path) -> None:
    head, lines, order, _ = ORDERS["FUEL"]
    path = tmp_path / "FUEL Des 2025.csv"
    more = [turned(line, order) + ",5;3" for line in lines]
    path.write_text("\n".join([head, *lines, turned(head, order), *more]), "utf-8")
    (found,) = detect(path, answers={"below": "read"})
    assert [len(row.errors) for row in read_rows(path, found)] == [0] * 10 + [1] * 10


@pytest.mark.parametrize(
    ("ends", "wide", "wrong"),
    [
        ("", ",15,5,113000,", True),
        ("", ",15,113000,,", True),
        (",", ",15,113000,,", False),
        ("", ",15,113000,", False),
    ],
)
def test_a_row_wider_than_the_others_is_told_although_its_last_cell_is_empty(
    tmp_path: Path, ends: str, wide: str, *, wrong: bool
) -> None:
    path = tmp_path / "MC Des25.csv"
    lines = [f"34010{n:05},NAMA {n},JL A,15,112800,{ends}" for n in range(1, 21)]
    head = "NOMEN,NAMA,ALAMAT,KUBIK,NOMINAL,KETERANGAN"
    path.write_text("\n".join([head, *lines, f"3401000099,NAMA,JL B{wide}"]), "utf-8")
    (found,) = detect(path)
    codes = [(row.number, error.code) for row in read_rows(path, found) for error in row.errors]
    assert codes == [(22, "row_too_wide")] * wrong


def test_facts_below_whose_columns_nobody_can_match_can_only_be_left_out(tmp_path: Path) -> None:
    path = tmp_path / "COLLECTION Des 2025.csv"
    more = [turned(line, (1, 0, 2)) for line in PAID]
    path.write_text("\n".join([ORDERS["COLLECTION"][0], *PAID, "Tanggal;Nomen;Bayar;", *more]), "utf-8")
    (found,) = detect(path)
    (asked,) = found.questions
    assert (asked.options, asked.params) == (("skip",), {"line": "13", "number": "10"})
    assert asked.code == "question_table_apart"


def test_shorter_numbers_of_another_table_are_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "MC Des25.csv"
    more = [line.replace("34010", "34", 1) for line in customers(5)]
    path.write_text("\n".join([HEAD, *customers(20), "Loket;Kasir;;;;", *more]), "utf-8")
    (found,) = detect(path)
    assert [(one.key, one.params["number"]) for one in found.questions] == [("below", "5")]
