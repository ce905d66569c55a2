"""What makes a fuel fact acceptable."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from arus_ingest import rules
from arus_ingest.rules import RefusedError
from arus_ingest.state import Entry, FuelFact, Location, Product, Said
from hypothesis import given, settings
from hypothesis import strategies as st

JAKARTA = Location("L", "Asia/Jakarta", is_active=True)
SOLAR = Product("P", "fuel", is_active=True)
NOON = datetime(2025, 1, 10, 5, tzinfo=UTC)  # 12:00 in Jakarta


def entry(**said: object) -> Entry:
    given_ = {
        "business_date": date(2025, 1, 10),
        "location_id": "L",
        "product_id": "P",
        "volume_ul": 520_000_000,
    }
    return Entry(**(given_ | {"note": None} | said))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "volume_ul"),
    [
        ("520", 520_000_000),
        (" 520 ", 520_000_000),
        ("173.3333", 173_333_300),
        ("0.000001", 1),
        ("1000000", 1_000_000_000_000),
        ("999999.999999", 999_999_999_999),
        ("520.000000000", 520_000_000),
        (520, 520_000_000),
        (0.1, 100_000),
        (999999.999999, 999_999_999_999),
        (Decimal("5.2E+2"), 520_000_000),
    ],
)
def test_a_volume_is_counted_exactly(said: object, volume_ul: int) -> None:
    assert rules.microlitres(said) == volume_ul


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("", "not_number"),
        ("abc", "not_number"),
        ("1e3", "not_number"),
        ("1,5", "not_number"),
        ("٥", "not_number"),
        ("0x10", "not_number"),
        ("1_000", "not_number"),
        ("nan", "not_number"),
        (float("nan"), "not_number"),
        (float("inf"), "not_number"),
        (Decimal("sNaN"), "not_number"),
        (True, "not_number"),
        (None, "not_number"),
        ([520], "not_number"),
        ({}, "not_number"),
        ("9" * 10_000, "not_number"),
        ("0", "volume_out_of_range"),
        ("-0", "volume_out_of_range"),
        ("-5", "volume_out_of_range"),
        ("1000000.000001", "volume_out_of_range"),
        (10**400, "volume_out_of_range"),
        (1e308, "volume_out_of_range"),
        (Decimal("1e999999999"), "volume_out_of_range"),
        ("0.0000001", "too_many_places"),
        ("1.0000001", "too_many_places"),
        (5e-324, "too_many_places"),
        (Decimal("1e-999999999"), "too_many_places"),
        (Decimal("1." + "0" * 90 + "1"), "too_many_places"),
    ],
)
def test_what_is_no_volume_is_refused_for_a_named_reason(said: object, code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        rules.microlitres(said)
    assert refused.value.code == code
    assert len(str(refused.value.params["value"])) <= 41


@settings(deadline=None)
@given(st.integers(1, 10**12))
def test_litres_and_microlitres_are_two_ways_to_say_one_volume(volume_ul: int) -> None:
    text = rules.litres(volume_ul)
    assert rules.microlitres(text) == volume_ul
    assert rules.microlitres(Decimal(text)) == volume_ul
    assert rules.microlitres(float(text)) == volume_ul
    assert "e" not in text.lower()


@settings(deadline=None)
@given(st.one_of(st.text(), st.floats(), st.integers(), st.decimals(allow_nan=True), st.none(), st.binary()))
def test_whatever_is_said_of_a_volume_it_is_counted_or_refused(said: object) -> None:
    try:
        volume_ul = rules.microlitres(said)
    except RefusedError:
        return
    assert 0 < volume_ul <= rules.MAX_VOLUME_L * rules.UL_PER_L


@pytest.mark.parametrize(
    "said",
    ["2025-1-10", "2025-02-30", "20250110", "2025-W02-5", "２０２５-01-10", "0000-01-01", 20250110, None],
)
def test_what_is_no_date_is_refused(said: object) -> None:
    with pytest.raises(RefusedError) as refused:
        rules.business_date(said)
    assert refused.value.code == "not_date"


@settings(deadline=None)
@given(st.dates())
def test_any_date_can_be_said(day: date) -> None:
    assert rules.business_date(day.isoformat()) == day


def test_the_seeds_golden_entry_is_sound() -> None:
    assert rules.flaws(entry(), JAKARTA, SOLAR, NOON) == []


@pytest.mark.parametrize(
    ("timezone", "at", "last"),
    [
        ("Asia/Jakarta", datetime(2025, 1, 10, 16, 59, tzinfo=UTC), date(2025, 1, 10)),
        ("Asia/Jakarta", datetime(2025, 1, 10, 17, 0, tzinfo=UTC), date(2025, 1, 11)),
        ("Asia/Jayapura", datetime(2025, 1, 10, 15, 0, tzinfo=UTC), date(2025, 1, 11)),
        ("America/Los_Angeles", datetime(2025, 1, 10, 7, 0, tzinfo=UTC), date(2025, 1, 9)),
    ],
)
def test_today_is_the_locations_own(timezone: str, at: datetime, last: date) -> None:
    location = Location("L", timezone, is_active=True)
    assert rules.flaws(entry(business_date=last), location, SOLAR, at) == []
    (flaw,) = rules.flaws(entry(business_date=last + timedelta(days=1)), location, SOLAR, at)
    assert (flaw.field, flaw.code, flaw.params["today"]) == ("date", "future_date", last)


@pytest.mark.parametrize("day", [date.min, date(1945, 8, 17), date(2025, 1, 9)])
def test_any_past_date_will_do(day: date) -> None:
    assert rules.flaws(entry(business_date=day), JAKARTA, SOLAR, NOON) == []


def test_every_wrong_reference_is_named() -> None:
    closed = Location("L", "Asia/Jakarta", is_active=False)
    assert [flaw.code for flaw in rules.flaws(entry(), None, None, NOON)] == ["unknown_reference"] * 2
    assert [flaw.code for flaw in rules.flaws(entry(), closed, SOLAR, NOON)] == ["inactive_reference"]
    rice = Product("P", "food", is_active=True)
    assert [flaw.code for flaw in rules.flaws(entry(), JAKARTA, rice, NOON)] == ["product_not_fuel"]


def test_the_edit_window_counts_from_recording() -> None:
    fact = FuelFact(
        "F", "L", "P", date(2020, 1, 1), 1, "Asia/Jakarta", None, "active", NOON, "u", NOON, "u", 1
    )
    window = timedelta(days=31)
    assert not rules.edit_window_closed(fact, NOON + window, window)
    assert rules.edit_window_closed(fact, NOON + window + timedelta(seconds=1), window)


def test_that_a_column_is_read_all_the_same_is_remembered_and_that_it_is_left_out_is_not() -> None:
    read, skip = "unread:multiplier:FAKTOR KALI", "unread:dials:DIGIT"
    said = rules.said(Said(), {"answers": {read: "read", skip: "skip", "column:nomen": "NO"}})
    assert said.columns == {"FAKTOR KALI": "multiplier", "NO": "nomen"}
    assert said.answers == {skip: "skip"}
