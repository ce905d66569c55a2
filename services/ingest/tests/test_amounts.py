"""Numbers as people write them: what a column allows, and that nothing is read wrongly in silence."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from arus_ingest.files import Detection, detect, read_rows
from arus_ingest.files.amounts import (
    ENGLISH,
    INDONESIAN,
    PLAIN,
    Shapes,
    canonical,
    negative_marks,
    of_number,
    readings,
)
from hypothesis import given
from hypothesis import strategies as st

MONEY = st.decimals(min_value=-(10**12), max_value=10**12, places=2)


def shapes(*cells: object) -> Shapes:
    seen = Shapes()
    seen.count(cells)
    return seen


@pytest.mark.parametrize(
    ("written", "notation", "read"),
    [
        ("Rp 1.234.567,89", INDONESIAN, "1234567.89"),
        ("Rp. 5.000,-", INDONESIAN, "5000"),
        ("-Rp5.000", INDONESIAN, "-5000"),
        ("Rp -5.000", INDONESIAN, "-5000"),
        ("(25.000,50)", INDONESIAN, "-25000.5"),
        ("Rp (1.500)", INDONESIAN, "-1500"),
        ("150.000-", INDONESIAN, "-150000"),
        ("1 234 567,5", INDONESIAN, "1234567.5"),
        ("1'234.5", ENGLISH, "1234.5"),
        ("IDR 2,000.00", ENGLISH, "2000"),
        ("25 m3", PLAIN, "25"),
        ("1.500 (CR)", INDONESIAN, "1500"),
        ("1.500 (CR", INDONESIAN, None),
        ("\u22127", PLAIN, "-7"),
        ("0012", PLAIN, "12"),
        ("1.000.00", INDONESIAN, None),
        ("0.125", INDONESIAN, None),
        ("12 Desember", PLAIN, None),
        ("Rp -", PLAIN, None),
    ],
)
def test_one_cell(written: str, notation: str, read: str | None) -> None:
    assert canonical(written, notation) == read


@pytest.mark.parametrize(
    ("cells", "scale", "ways"),
    [
        (("150.000", "75.500"), 2, (INDONESIAN,)),
        (("150,000", "75,500"), 2, (ENGLISH,)),
        (("1.234", "5.678"), 3, (INDONESIAN, ENGLISH)),
        (("1.234.567", "5.678"), 3, (INDONESIAN,)),
        (("1.234", "12.5"), 3, (ENGLISH,)),
        (("1.234", "12.5"), 2, (INDONESIAN, ENGLISH)),
        (("1.234,50", "1,234.50"), 2, (INDONESIAN, ENGLISH)),
        (("100", "2500"), 3, (PLAIN,)),
        (("1.234.567", 1.234), 2, (INDONESIAN, ENGLISH)),
    ],
)
def test_a_whole_column_decides_or_asks(cells: tuple[object, ...], scale: int, ways: tuple[str, ...]) -> None:
    assert set(readings(shapes(*cells), scale)) == set(ways)


@pytest.mark.parametrize("nothing", ["-", " Rp         -   ", "Rp.-", "\u2013", "NULL", "n/a", "- ", "nan"])
def test_what_says_nothing_is_no_cell_of_a_column(nothing: str) -> None:
    seen = shapes("5.000 CR", nothing)
    assert seen.cells == 1
    assert negative_marks(seen, credit_positive=True) == ((),)


@pytest.mark.parametrize("said", ["#N/A", "nihil?", "-x", "Rp", "NO"])
def test_what_says_something_else_is_no_number(said: str) -> None:
    assert shapes(said).neither == 1


@pytest.mark.parametrize(
    ("kept", "shown"),
    [(1506000.3899999999, "1506000.39"), (0.1 + 0.2, "0.3"), (1e-5, "0.00001"), (-2e9, "-2000000000")],
)
def test_a_numeric_cell_is_shown_without_noise(kept: float, shown: str) -> None:
    assert of_number(kept) == shown


def test_one_slip_of_the_pen_does_not_turn_thousands_into_fractions() -> None:
    assert len(readings(shapes(*["1.234"] * 99, "12.5"), 3)) == 2


@pytest.mark.parametrize(
    ("cells", "received", "ways"),
    [
        (("5.000", "2.000 DB"), True, (("DB",),)),
        (("5.000 CR", "2.000 DB"), True, (("DB",),)),
        (("5.000 CR", "2.000 DB"), False, (("CR",),)),
        (("5.000 CR",), True, ((),)),
        (("5.000 CR",), False, ((), ("CR",))),
        (("5.000 CR", "2.000 DB", "1.000"), True, (("DB",), ("CR",))),
    ],
)
def test_what_cr_and_db_mean(
    cells: tuple[str, ...], received: bool, ways: tuple[tuple[str, ...], ...]
) -> None:
    assert negative_marks(shapes(*cells), credit_positive=received) == ways


def said_beside(
    path: Path, header: str, beside: list[str], answers: dict[str, str]
) -> tuple[Detection, list[str]]:
    """Return what a file of payments holds with a column beside the amounts, and its amounts or errors."""
    rows = [f"3401{at:05};0{at + 1}/12/2025;{at + 1}000;{said}" for at, said in enumerate(beside)]
    path.write_text("\n".join([f"NOMEN;TGL BAYAR;JUMLAH BAYAR;{header}", *rows]), "utf-8")
    (found,) = detect(path, answers=answers)
    assert found.type == "COLLECTION"
    told = [row.errors[0].code if row.errors else row.fields["amount"] for row in read_rows(path, found)]
    return found, told


@pytest.mark.parametrize(
    ("header", "signs", "options", "amounts"),
    [
        ("D/K", ["K", "K", "D"], (), ["1000", "2000", "-3000"]),
        ("DB/CR", ["CR", "", "DB"], ("DB", "CR"), ["1000", "2000", "-3000"]),
        ("D/K", ["", "", "D"], (), ["1000", "2000", "-3000"]),
        ("D/K", ["K", "K", "K"], (), ["1000", "2000", "3000"]),
        ("D/K", ["D", "D", "D"], ("none", "DB"), ["1000", "2000", "3000"]),
        ("Debet/Kredit", ["Kredit", "Kredit", "debet"], (), ["1000", "2000", "-3000"]),
        ("+/-", ["+", "+", "-"], (), ["1000", "2000", "-3000"]),
        ("+/-", ["", "", "-"], (), ["1000", "2000", "-3000"]),
        ("XYZ", ["K", "K", "D"], ("DB", "none"), ["1000", "2000", "-3000"]),
        ("XYZ", ["-", "-", "-"], (), ["1000", "2000", "3000"]),
        ("XYZ", ["K", "A", "D"], (), ["1000", "2000", "3000"]),
    ],
)
def test_a_sign_in_a_column_of_its_own(
    tmp_path: Path, header: str, signs: list[str], options: tuple[str, ...], amounts: list[str]
) -> None:
    found, told = said_beside(tmp_path / "KOLEKSI DES 2025.csv", header, signs, {})
    assert [(one.key, one.options) for one in found.questions] == [(f"sign:{header}", options)] * bool(
        options
    )
    assert told == amounts


@pytest.mark.parametrize(
    ("answer", "amounts"),
    [
        ("minus", ["1000", "-2000", "-3000"]),
        ("refuse", ["1000", "cell_taken_back", "cell_taken_back"]),
        ("read", ["1000", "2000", "3000"]),
    ],
)
def test_payments_that_were_taken_back_are_asked_about(
    tmp_path: Path, answer: str, amounts: list[str]
) -> None:
    path, key = tmp_path / "KOLEKSI DES 2025.csv", "reversed:KET"
    said = ["lunas", "Batal, salah input", "REVERSAL"]
    found, _ = said_beside(path, "KET", said, {})
    assert [(one.key, one.options) for one in found.questions] == [(key, ("minus", "refuse", "read"))]
    assert found.questions[0].params["number"] == "2"
    found, told = said_beside(path, "KET", said, {key: answer})
    assert (found.questions, told) == ((), amounts)


def test_what_was_taken_back_below_zero_needs_no_question(tmp_path: Path) -> None:
    path = tmp_path / "KOLEKSI DES 2025.csv"
    path.write_text(
        "NOMEN;TGL BAYAR;JUMLAH BAYAR;STATUS\n34010001;05/12/2025;5000;OK\n34010002;06/12/2025;-5000;RETUR\n",
        "utf-8",
    )
    (found,) = detect(path)
    assert (found.questions, [row.fields["amount"] for row in read_rows(path, found)]) == (
        (),
        ["5000", "-5000"],
    )


@pytest.mark.parametrize("sign", ["Rp 112.800-", "(112.800)", "-112800"])
@pytest.mark.parametrize("name", ["MC DES 2025.csv", "TUNGGAKAN DES 2025.csv"])
def test_bills_that_are_all_below_zero_are_asked_about(tmp_path: Path, name: str, sign: str) -> None:
    path = tmp_path / name
    head = (
        "NOMEN;NAMA;ALAMAT;KUBIK;TAGIHAN" if name.startswith("MC") else "NOMEN;NAMA;PERIODE;LEMBAR;TUNGGAKAN"
    )
    middle = "JL. A;12" if name.startswith("MC") else "202511;1"
    path.write_text("\n".join([head, *(f"340100{at};ANI;{middle};{sign}" for at in range(10, 15))]), "utf-8")
    key = f"minus:{head.rsplit(';', 1)[1]}"
    (found,) = detect(path)
    assert [(one.key, one.options) for one in found.questions] == [(key, ("owed", "owed_back"))]
    field = "target_mc" if name.startswith("MC") else "amount"
    for answer, amount in (("owed", "112800"), ("owed_back", "-112800")):
        (told,) = detect(path, answers={key: answer})
        assert {row.fields[field] for row in read_rows(path, told)} == {amount}


def dotted(amount: Decimal) -> str:
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))


WAYS: list[tuple[str, Callable[[Decimal], str]]] = [
    (INDONESIAN, dotted),
    (INDONESIAN, lambda amount: f"Rp {dotted(amount)}"),
    (INDONESIAN, lambda amount: f"{amount:.2f}".replace(".", ",")),
    (ENGLISH, lambda amount: f"{amount:,.2f}"),
    (ENGLISH, lambda amount: f"{amount:.2f}"),
]
SIGNS: list[Callable[[str], str]] = [
    lambda text: f"-{text}",
    lambda text: f"({text})",
    lambda text: f"{text}-",
    lambda text: f"{text} DB",
]


@given(
    amounts=st.lists(MONEY, min_size=1, max_size=30),
    way=st.sampled_from(WAYS),
    sign=st.sampled_from(SIGNS),
)
def test_a_column_in_one_notation_is_read_right(
    amounts: list[Decimal], way: tuple[str, Callable[[Decimal], str]], sign: Callable[[str], str]
) -> None:
    notation, write = way
    cells = [sign(write(-amount)) if amount < 0 else write(amount) for amount in amounts]
    seen = shapes(*cells)
    assert readings(seen, 2) == (notation,)
    marks = negative_marks(seen, credit_positive=True)
    read = [canonical(cell, notation, marks[0]) for cell in cells]
    if all(cell.endswith("DB") for cell in cells):
        assert len(marks) == 2
    else:
        assert [Decimal(str(one)) for one in read] == amounts


@given(st.lists(st.text(alphabet="0123456789.,-() Rp", min_size=1, max_size=14), min_size=1, max_size=20))
def test_a_cell_of_two_values_is_never_read_without_a_question(cells: list[str]) -> None:
    ways = readings(shapes(*cells), 3)
    if len(ways) > 1:
        return
    for cell in cells:
        values = {canonical(cell, notation) for notation in (INDONESIAN, ENGLISH)} - {None}
        if len(values) > 1:  # another cell of the column decided
            assert any(
                (canonical(other, INDONESIAN) is None) != (canonical(other, ENGLISH) is None)
                for other in cells
            )
