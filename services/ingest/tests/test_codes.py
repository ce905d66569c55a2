"""Which customer or meter a row is of: never guessed where a file leaves two ways open."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from arus_ingest.files import Detection, TypedRow, detect, read_rows

Read = tuple[Detection, list[TypedRow]]


def read(folder: Path, *lines: str, name: str = "koleksi des 2025.csv", **answers: str) -> Read:
    return _read(folder, lines, name, answers)


def _read(folder: Path, lines: Sequence[str], name: str, answers: Mapping[str, str]) -> Read:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", "utf-8")
    (found,) = detect(path, answers=answers)
    return found, list(read_rows(path, found))


def payments(number: int, key: str = "6100{0:04}", *more: str) -> list[str]:
    return [
        ";".join([key.format(one), f"{one + 1:02}/12/2025", f"{10_000 + one}", *more])
        for one in range(number)
    ]


@pytest.mark.parametrize(
    ("first", "second", "meant"),
    [
        ("NOPEL LAMA", "NOPEL BARU", "NOPEL BARU"),
        ("NO PELANGGAN (LAMA)", "NO PELANGGAN (BARU)", "NO PELANGGAN (BARU)"),
        ("OLD ACCOUNT NO", "NEW ACCOUNT NO", "NEW ACCOUNT NO"),
        ("NO SAMBUNGAN", "ID PELANGGAN", "NO SAMBUNGAN"),
    ],
)
def test_which_of_two_numbers_of_a_customer_is_meant_is_asked(
    tmp_path: Path, first: str, second: str, meant: str
) -> None:
    lines = [f"{first};TGL BAYAR;JUMLAH BAYAR;{second}", *payments(5, "6100{0:04}", "62000001")]
    found, _ = read(tmp_path, *lines)
    (asked,) = found.questions
    assert (asked.key, asked.code) == ("column:nomen", "question_column_rivals")
    assert asked.options[0] == found.columns["nomen"] == meant
    assert set(asked.options) == {first, second}
    told, rows = _read(tmp_path, lines, "koleksi des 2025.csv", {"column:nomen": second})
    assert told.questions == ()
    assert {row.fields["nomen"] for row in rows} == {"62000001"}


def test_the_houses_own_word_for_a_customer_needs_no_question(tmp_path: Path) -> None:
    found, _ = read(
        tmp_path, "ID PELANGGAN;TGL BAYAR;JUMLAH BAYAR;NOMEN", *payments(5, "6100{0:04}", "62000001")
    )
    assert (found.columns["nomen"], found.questions) == ("NOMEN", ())


def test_a_new_meters_number_comes_before_the_old_ones_and_is_asked_about(tmp_path: Path) -> None:
    found, _ = read(
        tmp_path,
        "NOMEN;STAND LALU;STAND KINI;PAKAI;NO METER LAMA;NO METER BARU",
        *(f"6100000{one};10{one};12{one};20;A{one}111;B{one}222" for one in range(4)),
        name="SBRS 122025.csv",
    )
    (asked,) = found.questions
    assert asked.key == "column:serial"
    assert asked.options == ("NO METER BARU", "NO METER LAMA")


@pytest.mark.parametrize(
    ("header", "row", "field"),
    [
        ("NOPEL;NOPEL;TGL BAYAR;JUMLAH BAYAR", "6100000{0};6200000{0};0{0}/12/2025;5000{0}", "nomen"),
        (
            "NOPEL;TGL BAYAR;TGL BAYAR;JUMLAH BAYAR",
            "6100000{0};0{0}/12/2025;1{0}/12/2025;5000{0}",
            "payment_date",
        ),
    ],
)
def test_columns_of_one_name_that_differ_refuse_their_rows(
    tmp_path: Path, header: str, row: str, field: str
) -> None:
    _, rows = read(tmp_path, header, *(row.format(one) for one in range(1, 6)))
    assert [[(one.field, one.code) for one in row.errors] for row in rows] == [
        [(field, "cell_contradicted")]
    ] * 5


def test_columns_of_one_name_that_say_the_same_are_one(tmp_path: Path) -> None:
    _, rows = read(
        tmp_path, "NOPEL;TGL BAYAR;TGL BAYAR;JUMLAH BAYAR",
        *(f"6100000{one};0{one}/12/2025;0{one}/12/2025;5000{one}" for one in range(1, 6)),
    )  # fmt: skip
    assert [row.errors for row in rows] == [()] * 5


@pytest.mark.parametrize(
    ("lines", "begins"),
    [
        (["NOPEL;TGL BAYAR;JUMLAH;;NOPEL;TGL BAYAR;JUMLAH"], "NOPEL"),
        (
            ["RAYON 34;;;;RAYON 35;;", "NOPEL;TGL BAYAR;JUMLAH;;NOPEL;TGL BAYAR;JUMLAH"],
            "RAYON 35 NOPEL",
        ),
    ],
)
def test_a_table_beside_another_is_never_mixed_with_it(
    tmp_path: Path, lines: Sequence[str], begins: str
) -> None:
    both = [
        *lines,
        *(
            f"6100000{one};0{one}/12/2025;5000{one};;6200000{one};1{one}/12/2025;7000{one}"
            for one in range(1, 6)
        ),
    ]
    found, _ = read(tmp_path, *both)
    (asked,) = found.questions
    assert (asked.key, asked.options, asked.params) == ("beside", ("skip",), {"column": begins})
    left, rows = read(tmp_path, *both, beside="skip")
    assert (left.questions, [one.key for one in left.answered]) == ((), ["beside"])
    assert [(row.fields["nomen"], row.fields["amount"], row.errors) for row in rows] == [
        (f"6100000{one}", f"5000{one}", ()) for one in range(1, 6)
    ]


@pytest.mark.parametrize(("answer", "key"), [("fill", "001007"), ("keep", "1007")])
def test_noughts_that_some_numbers_have_lost_are_asked_about(tmp_path: Path, answer: str, key: str) -> None:
    lines = [
        "NOMEN;TGL BAYAR;JUMLAH BAYAR",
        *payments(3, "00100{0}"),
        *("340005;09/12/2025;7000", "001007;10/12/2025;8000", "1007;11/12/2025;9000"),
    ]
    found, _ = read(tmp_path, *lines)
    (asked,) = found.questions
    assert (asked.key, asked.options) == ("zeros:NOMEN", ("fill", "keep"))
    assert asked.params == {"column": "NOMEN", "digits": "6"}
    told, rows = _read(tmp_path, lines, "koleksi des 2025.csv", {"zeros:NOMEN": answer})
    assert told.questions == ()
    assert rows[-1].fields["nomen"] == key
    assert rows[-2].fields["nomen"] == "001007"


@pytest.mark.parametrize(
    "keys", [("001001", "340002", "340003"), ("1001", "340002", "340003"), ("01", "001", "5001")]
)
def test_numbers_that_have_lost_nothing_that_is_known_need_no_question(
    tmp_path: Path, keys: Sequence[str]
) -> None:
    found, rows = read(
        tmp_path, "NOMEN;TGL BAYAR;JUMLAH BAYAR",
        *(f"{key}34;0{at}/12/2025;5000{at}" for at, key in enumerate(keys, 1)),
    )  # fmt: skip
    assert found.questions == ()
    assert [row.fields["nomen"] for row in rows] == [f"{key}34" for key in keys]


def test_commas_in_a_customers_number_are_a_spreadsheets(tmp_path: Path) -> None:
    found, rows = read(
        tmp_path, "NOMEN;TGL BAYAR;JUMLAH BAYAR", *payments(4, "61,00{0},234"), "61.001.234;09/12/2025;1000"
    )
    assert found.questions == ()
    assert [row.fields["nomen"] for row in rows] == [*(f"6100{one}234" for one in range(4)), "61.001.234"]


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("NO HP PELANGGAN", "0812345{0}"),
        ("NIK PELANGGAN", "317101{0}"),
        ("ID PELANGGAN PLN", "5411{0}"),
        ("NO SLIP", "88{0}"),
        ("NOPEL BARU", ""),
    ],
)
def test_other_numbers_of_a_customer_are_no_rivals(tmp_path: Path, header: str, cells: str) -> None:
    rows = [f"{row};{cells.format(at)}" for at, row in enumerate(payments(5))]
    found, _ = read(tmp_path, f"NOPEL;TGL BAYAR;JUMLAH BAYAR;{header}", *rows)
    assert (found.columns["nomen"], found.questions) == ("NOPEL", ())


@pytest.mark.parametrize("again", ["", "2025-12-0{0}", "0{0}-12-2025"])
def test_a_second_column_of_one_name_that_says_nothing_else_refuses_nothing(
    tmp_path: Path, again: str
) -> None:
    rows = [f"6100000{one};0{one}/12/2025;5000{one};{again.format(one)}" for one in range(1, 6)]
    _, read_ = read(tmp_path, "NOPEL;TGL BAYAR;JUMLAH BAYAR;TGL BAYAR", *rows)
    assert [row.errors for row in read_] == [()] * 5


def test_nothing_of_a_table_that_is_left_out_gets_into_the_one_before(tmp_path: Path) -> None:
    head = "NOPEL;TGL BAYAR;JUMLAH;;NOPEL;TGL BAYAR;JUMLAH;NO KUITANSI;KASIR"
    rows = [f"6100000{n};0{n}/12/2025;500{n};;6200000{n};1{n}/12/2025;700{n};K{n};BUDI" for n in range(1, 6)]
    found, left = read(tmp_path, head, *rows, beside="skip")
    assert found.columns.keys() == {"nomen", "payment_date", "amount"}
    assert not any(row.errors for row in left)


def test_a_foot_is_no_customer_though_noughts_are_filled_in(tmp_path: Path) -> None:
    lines = [
        "NOMEN;NAMA;KUBIKASI;NOMINAL",
        *(f"00{n:05};A;10;1000" for n in range(1, 101)),
        "61274;B;10;1000",
    ]
    _, rows = _read(
        tmp_path, [*lines, "101;;1010;101000"], "MC Des25.csv", {"zeros:NOMEN": "fill"}
    )  # fmt: skip
    assert [(row.number, error.code) for row in rows for error in row.errors] == [(103, "cell_of_sums")]


@pytest.mark.parametrize("odd", ["0000000000", "0123456789012"])
def test_one_odd_number_with_noughts_asks_nothing_of_the_others(tmp_path: Path, odd: str) -> None:
    found, _ = read(
        tmp_path, "NOMEN;TGL BAYAR;JUMLAH BAYAR", *payments(20), f"{odd};09/12/2025;1000"
    )  # fmt: skip
    assert found.questions == ()
