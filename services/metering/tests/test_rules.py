"""Rows of files as facts, payment types, corrections of bills, and estimates."""

from datetime import date

import pytest
from arus.imports.v1.events_pb2 import ImportChunkPublished
from arus_metering import codec
from arus_metering.rules import reads, rows
from arus_metering.rules.amounts import LITRES, MOST, rupiah, shown, whole
from arus_metering.rules.billing import Bill, Correction, correction
from arus_metering.rules.estimating import Register, Stand, estimated, usual_day
from arus_metering.rules.payments import band, days_of_band, payment_type
from arus_metering.settings import payment_words
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


def test_a_read_without_a_date_is_of_the_last_day_that_it_can_have_been() -> None:
    def dated(told_on: date, **said: str) -> tuple[object, object]:
        fact = rows.fact("SBRS", "2025-12", {"nomen": "1", "stand_akhir": "1", **said}, told_on)
        assert isinstance(fact, Fact)
        return fact.values["read_date"], fact.values["is_date_assumed"]

    assert dated(date(2025, 12, 20)) == (date(2025, 12, 20), True)
    assert dated(date(2026, 1, 5)) == (date(2025, 12, 31), True)
    assert dated(date(2025, 12, 20), read_date="2025-12-21") == (date(2025, 12, 21), False)


@pytest.mark.parametrize(
    "said",
    ["CABUT", "Ditutup", "TUTUP  SEMENTARA", "TUTUP TETAP", "PUTUS-SEMENTARA", "INAKTIF", "NON ACTIVE",
     "BERHENTI", "Non-Aktif"],
)  # fmt: skip
def test_words_of_a_closed_service_are_known_however_they_are_written(said: str) -> None:
    fact = rows.fact("SBRS", "2025-12", {"nomen": "1", "customer_status": said})
    assert isinstance(fact, Fact)
    assert fact.values["is_active"] is False


@pytest.mark.parametrize(
    ("said", "of"), [("TUNGGAKAN", ""), ("UNDUE", ""), ("LANCAR", "2025-12"), ("", "2025-12")]
)
def test_a_payment_of_no_bill_period_that_is_said_is_of_the_active_one_unless_its_type_says_otherwise(
    said: str, of: str
) -> None:
    row = {"nomen": "1", "payment_date": "2025-12-05", "amount": "5", "payment_type": said}
    fact = rows.fact("COLLECTION", "2025-12", row)
    assert isinstance(fact, Fact)
    assert fact.values["bill_period"] == of


@pytest.mark.parametrize("said", ["", "BAIK", "normal", " ok ", "0", "00", "-", "--", "Ada", "TIDAK ADA"])
def test_what_says_that_there_is_no_reason_is_none(said: str) -> None:
    row = {"nomen": "1", "stand_akhir": "5", "skip_status": said, "trouble": said}
    fact = rows.fact("SBRS", "2025-12", row)
    assert isinstance(fact, Fact)
    assert (fact.values["skip_status"], fact.values["trouble"]) == ("", "")
    real = rows.fact("SBRS", "2025-12", {"nomen": "1", "skip_status": "pagar terkunci", "trouble": "03"})
    assert isinstance(real, Fact)
    assert (real.values["skip_status"], real.values["trouble"]) == ("PAGAR TERKUNCI", "03")


@pytest.mark.parametrize(("said", "is_active"), [("", None), ("Aktif", True), ("TUTUP", False)])
def test_a_read_says_whether_the_service_was_active_where_the_file_does(
    said: str, *, is_active: bool | None
) -> None:
    fact = rows.fact("SBRS", "2025-12", {"nomen": "1", "customer_status": said})
    assert isinstance(fact, Fact)
    assert fact.values["is_active"] is is_active


@pytest.mark.parametrize(
    ("type_", "fields", "wrong"),
    [
        ("SBRS", {"stand_akhir": "1"}, ("nomen", "ROW_REQUIRED")),
        ("SBRS", {"nomen": "1", "stand_akhir": "1.0005"}, ("stand_akhir", "ROW_NOT_DECIMAL")),
        ("SBRS", {"nomen": "1", "skip_status": "NORMAL"}, ("stand_akhir", "ROW_REQUIRED")),
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
        ("CUR", "2025-11", "CURRENT"),
        ("Rek. berjalan", "2025-11", "ARREARS"),
        ("BULAN_BERJALAN", "2025-11", "CURRENT"),
        ("belum  jatuh-tempo", "2025-12", "UNDUE"),
    ],
)
def test_a_payment_pays_the_active_period_an_older_one_or_one_not_due(
    said: str, bill_period: str, expected: str
) -> None:
    assert payment_type(said, bill_period, "2025-12", paid_on=date(2025, 12, 5)) == expected


@pytest.mark.parametrize(
    ("of", "due", "expected"),
    [
        ("2025-11", "2025-12-20", "UNDUE"),
        ("2025-11", "2025-12-05", "UNDUE"),
        ("2025-11", "2025-12-04", "ARREARS"),
        ("2025-12", "2025-12-20", "CURRENT"),
    ],
)
def test_a_payment_of_a_bill_that_says_when_it_is_due(of: str, due: str, expected: str) -> None:
    said = {"nomen": "1", "payment_date": "2025-12-05", "amount": "5", "bill_period": of, "due_date": due}
    fact = rows.fact("COLLECTION", "2025-12", said)
    assert isinstance(fact, Fact)
    assert fact.values["payment_type"] == expected


def test_a_utilitys_own_words_for_a_payment_stand_for_the_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARUS_PAYMENT_WORDS", '{"Lns bln ini": "CURRENT"}')
    payment_words.cache_clear()
    said = {"nomen": "1", "payment_date": "2025-12-05", "amount": "5", "bill_period": "2025-11"}
    chunk = ImportChunkPublished(type="COLLECTION", period="2025-12")
    for word in ("LNS  BLN INI", ""):
        chunk.rows.add(fields=said | {"payment_type": word})
    facts = [fact for _, fact in codec.facts(chunk, payment_words(), date(2026, 1, 5))]
    payment_words.cache_clear()
    assert [isinstance(one, Fact) and one.values["payment_type"] for one in facts] == ["CURRENT", "ARREARS"]


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("0-30", 0), ("31 - 60 hari", 31), ("30-60", 31), ("61 s/d 90", 61), ("> 90", 91),
        ("DI ATAS 90 HARI", 91), ("90+", 91), ("<= 30 hari", 0), ("s.d. 30", 0), ("s/d 30", 0),
        ("2 bulan", 60), ("1-2 bulan", 31), ("> 3 bulan", 91), ("4 lembar", 91), ("1-2 tahun", 366),
        ("lebih dari 1 tahun", 366), ("macet", None), ("2025", None), ("", None),
    ],
)  # fmt: skip
def test_a_band_of_age_is_its_least_days(said: str, days: int | None) -> None:
    assert days_of_band(said) == days


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"age_days": "45", "age_band": "> 90", "bills": "1"}, 45),
        ({"age_band": "61-90 hari", "bill_period": "2025-12"}, 61),
        ({"age_band": "macet", "bills": "3"}, 61),
        ({"bills": "1"}, 1),
        ({"bills": "4"}, 91),
        ({"bills": "4", "bill_period": "2025-12"}, 91),
        ({"bills": "1", "bill_period": "2025-10"}, 61),
        ({"due_date": "2025-12-20"}, 11),
        ({}, ("age_days", "ROW_AGE_UNKNOWN")),
        ({"age_band": "macet"}, ("age_band", "ROW_NOT_AGE_BAND")),
    ],
    ids=[
        "said", "band", "unknown_band", "one_bill", "bills", "bills_above_period", "period_above_bills",
        "due", "nothing", "unknown_band_alone",
    ],
)  # fmt: skip
def test_a_debt_is_as_old_as_its_file_lets_know(
    fields: dict[str, str], expected: int | tuple[str, str]
) -> None:
    said = rows.fact("ARDEBT", "2025-12", {"nomen": "1", "amount": "5", **fields})
    assert (said.values["age_days"] if isinstance(said, Fact) else (said.field, said.code)) == expected


def test_a_read_without_a_word_of_how_says_that_it_is_not_known() -> None:
    said = rows.fact("SBRS", "2025-12", {"nomen": "1", "stand_akhir": "5", "read_method": " "})
    assert isinstance(said, Fact)
    assert said.values["read_method"] == "TIDAK_DIKETAHUI"


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
        ([Bill(-5_000, -25, True)], Correction(-5_000, -25)),
        ([Bill(-20_000, -100, True), Bill(15_000, 75, True)], Correction(-5_000, -25)),
        ([Bill(20_000, 100, True), Bill(0, -25, True)], Correction(0, -25)),
        ([Bill(-20_000, -100, True), Bill(20_000, 100, True)], Correction(-20_000, -100)),
        (
            [Bill(-20_000, -100, True), Bill(20_000, 100, True), Bill(15_000, 75, True)],
            Correction(-5_000, -25),
        ),
        (
            [Bill(-20_000, -100, True), Bill(15_000, 75, True), Bill(20_000, 100, True)],
            Correction(-5_000, -25),
        ),
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


@given(st.integers(0, 10**16), st.sampled_from((1, 100, LITRES)))
def test_digits_alone_are_read_as_the_decimal_they_are(number: int, per_unit: int) -> None:
    if number * per_unit > MOST:
        with pytest.raises(ValueError, match=str(number)):
            whole(str(number), per_unit)
    else:
        assert whole(f"0{number}", per_unit) == whole(f"{number}.0", per_unit) == number * per_unit


def stand(
    day: str,
    m3: float,
    serial: str = "A",
    *,
    is_actual: bool = True,
    multiplier: int = 1,
    is_new: bool = False,
) -> Stand:
    return Stand(date.fromisoformat(day), round(m3 * 1_000), serial, is_actual, multiplier, is_new)


HISTORY = [stand("2025-08-01", 0), stand("2025-08-31", 10), stand("2025-09-30", 30), stand("2025-10-30", 60)]
PUT_IN = stand("2025-11-14", 3, "B", is_new=True)
BESIDE = [stand(f"{one.day}", 5_000 + 9 * at, "C") for at, one in enumerate(HISTORY)]
"""Another meter of the same customer, read on the same days."""


@pytest.mark.parametrize(
    ("before", "serial", "multiplier", "m3"),
    [
        (HISTORY, "A", 1, 80),
        ([*HISTORY, stand("2025-11-09", 66, is_actual=False)], "A", 1, 79),
        ([*HISTORY[:3], stand("2025-10-30", 60.5)], "A", 1, 80.667),
        (HISTORY[:2], "A", 1, 40),
        ([*HISTORY, stand("2025-11-09", 5)], "A", 1, 18),
        ([*HISTORY[:1], stand("2025-10-30", 10, multiplier=10)], "A", 10, 13),
        ([*HISTORY[:1], stand("2025-10-30", 9_990)], "A", 1, 3_320),
        ([PUT_IN, *HISTORY], "", 1, 13),
        ([PUT_IN._replace(stand_l=None), *HISTORY], "", 1, None),
        ([*HISTORY, PUT_IN, stand("2025-11-15", 9, "B")], "B", 1, 18),
        ([*HISTORY, stand("2025-11-29", 5, "B")], "B", 1, None),
        (HISTORY[:1], "A", 1, None),
        ([], "", 1, None),
        ([*HISTORY, *BESIDE], "A", 1, 80),
        ([*BESIDE, *HISTORY], "C", 1, 5_036),
        ([*HISTORY, *BESIDE, PUT_IN._replace(replaces="A")], "C", 1, 5_036),
        ([*HISTORY, *BESIDE, PUT_IN, stand("2025-11-24", 5_040, "C")], "B", 1, 13),
    ],
    ids=[
        "three", "from_an_estimate", "parts_of_a_m3", "one", "went_back", "multiplied", "past_its_end",
        "new_meter", "new_meter_unread", "new_meter_of_a_day", "other_register", "no_use", "none", "of_two",
        "of_two_the_other", "beside_a_new_one", "new_one_of_two",
    ],
)  # fmt: skip
def test_an_estimate_goes_on_from_the_last_stand_as_usual(
    before: list[Stand], serial: str, multiplier: int, m3: float | None
) -> None:
    found = estimated(before, date(2025, 11, 29), Register(serial, multiplier, 4))
    assert (found and found.stand_l) == (None if m3 is None else round(m3 * 1_000))


@pytest.mark.parametrize(
    ("read_on", "read_of", "of", "expected"),
    [
        ("2025-10-14", "2025-10-01", "2025-11-01", "2025-11-14"),
        ("2025-11-02", "2025-10-01", "2025-12-01", "2026-01-02"),
        ("2026-01-31", "2026-01-01", "2026-02-01", "2026-02-28"),
    ],
    ids=["next_month", "read_in_the_month_behind", "short_month"],
)
def test_a_period_would_have_been_read_on_the_day_of_the_month_of_the_others(
    read_on: str, read_of: str, of: str, expected: str
) -> None:
    assert str(usual_day(*map(date.fromisoformat, (read_on, read_of, of)))) == expected


@pytest.mark.parametrize(
    ("stand", "before", "changed", "dials", "use"),
    [
        (1_040, 1_000, (None, None), None, 40),
        (16, 1_060, (1_072, 0), None, 28),
        (12, 99_990, (None, None), 5, 22),
        (0, 99_999, (None, None), 5, 1),
        (12, 89_999, (None, None), 5, None),
        (12, 99_990, (None, None), None, None),
        (1_070, 1_060, (None, 0), None, None),
        (16, None, (None, None), None, None),
    ],
    ids=["plain", "changed", "round", "by one", "not from the last tenth", "no dials", "half known", "first"],
)
def test_the_use_until_a_stand_that_a_person_says(
    stand: int, before: int | None, changed: tuple[int | None, int | None], dials: int | None, use: int | None
) -> None:
    litres = [None if one is None else one * 1_000 for one in (before, *changed)]
    found = reads.volume(stand * 1_000, litres[0], changed=(litres[1], litres[2]), dials=dials, multiplier=2)
    assert found == (None if use is None else use * 2_000)
