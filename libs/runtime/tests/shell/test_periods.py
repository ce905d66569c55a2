"""Days, ISO weeks and months, and what they are compared with."""

from datetime import date, timedelta

import pytest
from arus_runtime.periods import Compare, Period, Stretch, count, cut, earlier, moved, started
from arus_runtime.web import Problem, span_of
from hypothesis import given
from hypothesis import strategies as st

DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))
PERIODS: st.SearchStrategy[Period] = st.sampled_from(("day", "week", "month"))


def stretch(first: str, last: str) -> Stretch:
    return Stretch(date.fromisoformat(first), date.fromisoformat(last))


def test_a_week_begins_on_monday_also_at_new_year() -> None:
    assert started("week", date(2025, 1, 1)) == date(2024, 12, 30)
    assert started("week", date(2027, 1, 3)) == date(2026, 12, 28)


def test_outer_periods_end_where_the_stretch_ends() -> None:
    assert cut("month", stretch("2025-01-15", "2025-03-10")) == [
        stretch("2025-01-15", "2025-01-31"),
        stretch("2025-02-01", "2025-02-28"),
        stretch("2025-03-01", "2025-03-10"),
    ]


@pytest.mark.parametrize(
    ("period", "compare", "part", "parts", "before"),
    [
        # As many periods just before.
        ("day", "previous", ("2025-01-10", "2025-01-10"), 30, ("2024-12-11", "2024-12-11")),
        ("month", "previous", ("2025-03-01", "2025-03-31"), 1, ("2025-02-01", "2025-02-28")),
        # A Monday meets a Monday; a month its namesake, in a leap year too.
        ("day", "last_year", ("2025-01-10", "2025-01-10"), 30, ("2024-01-12", "2024-01-12")),
        ("week", "last_year", ("2025-01-06", "2025-01-12"), 1, ("2024-01-08", "2024-01-14")),
        ("month", "last_year", ("2025-02-01", "2025-02-28"), 1, ("2024-02-01", "2024-02-29")),
        # Month to date is held against as much of the month before, which may be shorter.
        ("month", "previous", ("2025-03-01", "2025-03-10"), 1, ("2025-02-01", "2025-02-10")),
        ("month", "previous", ("2025-03-01", "2025-03-30"), 1, ("2025-02-01", "2025-02-28")),
        ("month", "previous", ("2025-03-30", "2025-03-31"), 1, None),
    ],
)
def test_a_period_is_compared_with_as_much_of_the_earlier_one(
    period: Period, compare: Compare, part: tuple[str, str], parts: int, before: tuple[str, str] | None
) -> None:
    assert earlier(period, compare, stretch(*part), parts) == (before and stretch(*before))


@given(PERIODS, DAYS, st.integers(0, 400))
def test_periods_cover_every_date_once(period: Period, first: date, days: int) -> None:
    whole = Stretch(first, first + timedelta(days=days))
    parts = cut(period, whole)
    assert len(parts) == count(period, whole)
    covered = [
        part.first + timedelta(days=n) for part in parts for n in range((part.last - part.first).days + 1)
    ]
    assert covered == [first + timedelta(days=n) for n in range(days + 1)]


@given(PERIODS, DAYS, st.integers(-500, 500))
def test_moving_there_and_back_ends_where_it_began(period: Period, day: date, steps: int) -> None:
    start = started(period, day)
    assert moved(period, moved(period, start, steps), -steps) == start


def test_more_points_than_a_chart_can_show_are_refused_with_the_bound() -> None:
    with pytest.raises(Problem) as refused:
        span_of("day", date(2024, 1, 1), date(2025, 12, 31), None, series=9)
    [error] = refused.value.errors
    assert (error.code, error.params) == ("too_many_points", {"bound": 4000, "value": 9 * 731})
