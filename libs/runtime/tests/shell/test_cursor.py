"""A cursor comes back as it went out, or not at all."""

from datetime import UTC, date, datetime

import pytest
from arus_runtime import cursor
from hypothesis import given
from hypothesis import strategies as st

TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"))
BIGINT = st.integers(-(2**63), 2**63 - 1)


@given(TEXT, BIGINT, st.dates(), st.datetimes(timezones=st.just(UTC)))
def test_a_position_survives_the_way_out_and_back(text: str, whole: int, day: date, moment: datetime) -> None:
    position = (text, whole, day, moment)
    assert cursor.decode(cursor.encode(*position), str, int, date, datetime) == position


@given(st.text())
def test_any_other_text_is_refused_cleanly(text: str) -> None:
    with pytest.raises(cursor.BadCursorError):
        cursor.decode(text, str, int)


@pytest.mark.parametrize(
    ("position", "kinds"),
    [
        (("a",), (int,)),
        ((1,), (str,)),
        ((1,), (int, int)),
        (("2025-02-30",), (date,)),
        (("2025-02-03T00:00:00",), (datetime,)),
        (("\0",), (str,)),
    ],
)
def test_a_position_of_another_list_is_refused(position: tuple[str | int], kinds: tuple[type]) -> None:
    with pytest.raises(cursor.BadCursorError):
        cursor.decode(cursor.encode(*position), *kinds)


def test_a_whole_number_beyond_bigint_is_refused() -> None:
    with pytest.raises(cursor.BadCursorError):
        cursor.decode(cursor.encode(2**63), int)
