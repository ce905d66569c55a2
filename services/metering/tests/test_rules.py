"""Rows of files as facts, payment types, corrections of bills, and what a search looks for."""

import pytest
from arus_metering.rules import rows, searching
from arus_metering.rules.amounts import LITRES, rupiah, shown, whole
from arus_metering.rules.billing import Bill, Correction, correction
from arus_metering.rules.payments import band, payment_type
from arus_metering.state import Fact, Wrong
from hypothesis import given
from hypothesis import strategies as st


def test_a_register_read_is_whole_litres_and_its_words_are_in_capitals() -> None:
    fact = rows.fact(
        "SBRS",
        "2025-12",
        {"nomen": "1", "stand_akhir": "1272.5", "read_method": " actual", "skip_status": "N"},
    )
    assert isinstance(fact, Fact)
    assert fact.table == "meter_readings"
    assert (fact.values["stand_akhir_l"], fact.values["read_method"]) == (1_272_500, "ACTUAL")
    assert (fact.values["skip_status"], str(fact.values["read_date"])) == ("", "2025-12-31")


@pytest.mark.parametrize(
    ("type_", "fields", "wrong"),
    [
        ("SBRS", {"stand_akhir": "1"}, ("nomen", "ROW_REQUIRED")),
        ("SBRS", {"nomen": "1", "stand_akhir": "1.0005"}, ("stand_akhir", "ROW_NOT_DECIMAL")),
        ("SBRS", {"nomen": "1", "stand_akhir": "NaN"}, ("stand_akhir", "ROW_NOT_DECIMAL")),
        ("SBRS", {"nomen": "1", "read_date": "31/12/2025"}, ("read_date", "ROW_NOT_DATE")),
        ("COLLECTION", {"nomen": "1", "payment_date": "2025-12-01"}, ("amount", "ROW_REQUIRED")),
        ("MAINBILL", {"nomen": "1", "amount": "1", "period": "2025-13"}, ("period", "ROW_NOT_PERIOD")),
        ("MC", {"nomen": "1" * 41}, ("nomen", "ROW_TOO_LONG")),
    ],
)
def test_what_is_wrong_with_a_row_names_its_field(
    type_: str, fields: dict[str, str], wrong: tuple[str, str]
) -> None:
    said = rows.fact(type_, "2025-12", fields)
    assert isinstance(said, Wrong)
    assert (said.field, said.code) == wrong


@pytest.mark.parametrize(
    ("said", "bill_period", "expected"),
    [
        ("", "2025-12", "CURRENT"),
        ("", "2025-11", "ARREARS"),
        ("", "2026-01", "UNDUE"),
        ("", "", "CURRENT"),
        (" undue ", "2025-11", "UNDUE"),
        ("Tunggakan", "2025-12", "ARREARS"),
    ],
)
def test_a_payment_pays_the_active_period_an_older_one_or_one_not_due(
    said: str, bill_period: str, expected: str
) -> None:
    assert payment_type(said, bill_period, "2025-12") == expected


def test_bands_of_age_include_their_last_day() -> None:
    assert [band(days) for days in (0, 30, 31, 60, 61, 90, 91)] == [
        "0-30", "0-30", "31-60", "31-60", "61-90", "61-90", ">90",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("bills", "expected"),
    [
        ([Bill(20_000, 100, True)], None),
        ([Bill(20_000, 100, False), Bill(15_000, 75, True)], Correction(-5_000, -25)),
        ([Bill(20_000, 100, False), Bill(20_000, 90, True)], None),
        (
            [Bill(20_000, 100, True), Bill(-20_000, -100, True), Bill(15_000, 75, True)],
            Correction(-5_000, -25),
        ),
        ([Bill(20_000, 100, True), Bill(15_000, 75, True)], Correction(-5_000, -25)),
    ],
)
def test_a_later_bill_with_another_volume_corrects_the_first(
    bills: list[Bill], expected: Correction | None
) -> None:
    assert correction(bills) == expected


def test_amounts_are_exact_both_ways() -> None:
    assert whole("1234567.89", 100) == 123_456_789
    assert rupiah(-5) == "-0.05"
    assert [shown(one, LITRES) for one in (1_250, -500, 22_000)] == ["1.25", "-0.5", "22"]


@given(st.text("ab c1", max_size=12), st.integers(0, 12), st.integers(0, 12))
def test_whatever_is_part_of_a_text_has_only_grams_of_it(text: str, first: int, last: int) -> None:
    plain = searching.plain([text])
    part = searching.plain([plain[first:last]])
    if part in plain:
        assert set(searching.asked(part)) <= set(searching.grams(plain))
