"""Codes become sentences in the language of the reader."""

from datetime import UTC, date, datetime
from decimal import Decimal, localcontext

import pytest
from arus_runtime import words
from arus_runtime.words import Language
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "id"),
        ("", "id"),
        ("en", "en"),
        ("en-US,en;q=0.9,id;q=0.8", "en"),
        ("fr, id;q=0.4, en;q=0.6", "en"),
        ("fr", "id"),
        ("en; q=0.9, id ;Q=0.5", "en"),
        ("en;q=0", "id"),
        ("en;q=much", "id"),
    ],
)
def test_the_language_liked_best_is_spoken(header: str | None, language: str) -> None:
    assert words.language_of(header) == language


@given(st.text(max_size=200))
def test_any_header_has_a_language(header: str) -> None:
    assert words.language_of(header) in ("id", "en")


def test_a_reason_is_told_with_numbers_as_the_reader_writes_them() -> None:
    params = {"volume_l": Decimal("1520.5"), "baseline_l": 300, "score_pct": Decimal("173.33")}
    assert (
        words.render("FUEL_ANOMALI", params, "id")
        == "Pemakaian 1.520,5 L, 173,33% dari biasanya (300 L): ANOMALI."
    )
    assert words.render("FUEL_ANOMALI", params, "en").startswith(
        "Use of 1,520.5 L is 173.33% of the usual 300 L"
    )


@given(
    st.decimals(allow_nan=False, min_value=-(10**20), max_value=10**20)
    | st.sampled_from([Decimal("nan"), Decimal("inf"), Decimal("-0"), Decimal("-1E-9")]),
    st.sampled_from(("id", "en")),
    st.integers(0, 6),
)
def test_a_number_is_written_as_the_locale_says(value: Decimal, language: Language, places: int) -> None:
    pattern = f"#,##0.{'#' * places}"
    with localcontext(prec=100):
        assert words.number(value, language, places) == format_decimal(value, pattern, language)


def test_an_unknown_code_and_a_missing_parameter_still_say_something() -> None:
    assert words.render("FROM_THE_FUTURE", {}, "en") == "FROM_THE_FUTURE"
    assert "{volume_l}" in words.render("FUEL_NORMAL", {}, "en")


def test_a_parameter_may_be_a_word_or_several() -> None:
    templates = {
        "stands": {"id": "Status {value}; boleh: {expected}.", "en": "{value}; may be {expected}."},
        "open": {"id": "Terbuka", "en": "Open"},
        "closed": {"id": "Ditutup", "en": "Closed"},
    }
    said = {"value": words.Word("open"), "expected": (words.Word("open"), words.Word("closed"))}
    assert words.render("stands", said, "id", templates) == "Status Terbuka; boleh: Terbuka, Ditutup."
    assert words.render("stands", said, "en", templates) == "Open; may be Open, Closed."


def test_every_sentence_has_both_languages() -> None:
    for code, entry in {**words.reasons(), **words.problems()}.items():
        assert set(entry) == {"id", "en"}, code


@pytest.mark.parametrize(
    ("value", "id_", "en"),
    [
        (1234567, "1.234.567", "1,234,567"),
        (Decimal("0.1250000"), "0,125", "0.125"),
        (0.5, "0,5", "0.5"),
        (words.Quantity(1200, "L"), "1.200 L", "1,200 L"),
        (date(2025, 1, 10), "10 Jan 2025", "10 Jan 2025"),
        (datetime(2025, 5, 1, 7, 30, tzinfo=UTC), "1 Mei 2025 07.30", "1 May 2025 07:30"),
        (-(10**30), "-1" + 10 * ".000", "-1" + 10 * ",000"),
        (10**60, "1" + 60 * "0", "1" + 60 * "0"),
        (words.Month("2025-12"), "Desember 2025", "December 2025"),
        ("as it is", "as it is", "as it is"),
    ],
)
def test_values_are_written_as_the_reader_writes_them(value: object, id_: str, en: str) -> None:
    assert (words.format_value(value, "id"), words.format_value(value, "en")) == (id_, en)
