"""What a verdict would have needed to be milder: bounds that flip exactly there, sentences that hold."""

from decimal import Decimal

import pytest
from arus_anomaly.rules.fuel import Status, assess
from arus_anomaly.rules.thresholds import DEFAULTS, Thresholds
from arus_anomaly.state import Window
from arus_contracts.reading import BUILT_IN, Bounds, Milder, milder
from arus_runtime.words import Language, render
from hypothesis import given, settings
from hypothesis import strategies as st

L = 1_000_000
MOST_UL = 10**12


def sentences(found: tuple[Milder, ...] | list[Milder], language: Language = "id") -> list[str]:
    return [render(one.code, one.params, language) for one in found]


def said(status: str, usual_l: str, by: Bounds = BUILT_IN, language: Language = "id") -> list[str]:
    return sentences([*milder(status, round(Decimal(usual_l) * L), 1, by)], language)


def test_520_l_against_a_usual_300_l() -> None:
    assert said("ANOMALI", "300") == ["WASPADA bila ≤ 450 L.", "NORMAL bila < 360 L."]
    assert said("WASPADA", "300", language="en") == ["NORMAL if < 360 L."]
    assert said("NORMAL", "300") == []


def test_bounds_that_somebody_set_are_the_ones_that_count() -> None:
    by = Bounds(1_105_000, 1_300_000, 500_000)
    assert said("ANOMALI", "300", by) == ["WASPADA bila ≤ 390 L.", "NORMAL bila ≥ 150 L dan < 331,5 L."]
    # Too low, and also told what would be too much.
    assert said("WASPADA", "300", by) == ["NORMAL bila ≥ 150 L dan < 331,5 L."]


@pytest.mark.parametrize(
    ("usual_l", "sentences"),
    [
        ("173.333333", ["WASPADA bila ≤ 259,99 L.", "NORMAL bila < 208 L."]),
        ("1234.567891", ["WASPADA bila ≤ 1.851,85 L.", "NORMAL bila < 1.481,48 L."]),
        # So little that two places would say nothing, or a milder answer than is meant.
        ("0.001", ["WASPADA bila ≤ 0,0015 L.", "NORMAL bila < 0,0012 L."]),
        ("0.000001", ["NORMAL bila < 0,000002 L."]),
    ],
)
def test_shown_litres_are_rounded_to_where_the_sentence_holds(usual_l: str, sentences: list[str]) -> None:
    assert said("ANOMALI", usual_l) == sentences


def test_an_answer_that_no_volume_gets_is_not_promised() -> None:
    assert said("ANOMALI", "0.000001", Bounds(1_000_000, 1_000_000, 0)) == ["WASPADA bila ≤ 0,000001 L."]
    assert said("ANOMALI", "0.000001", Bounds(500_000, 900_000, 0)) == []
    assert said("WASPADA", "0.000001", Bounds(1_100_000, 1_200_000, 1_050_000)) == []
    assert milder("ANOMALI", 0, 0, BUILT_IN) == milder("ANOMALI", L, 1, None) == ()


def _limits(low: int, more: int, most: int) -> Thresholds:
    return DEFAULTS._replace(
        low_ppm=low, waspada_ppm=low + more, anomali_ppm=low + more + most, facts_needed=1
    )


limits = st.one_of(
    st.just(DEFAULTS._replace(facts_needed=1)),
    st.builds(_limits, st.integers(0, 10**8), st.integers(1, 10**8), st.integers(0, 10**8)),
    st.builds(_limits, st.just(0), st.integers(1, 2 * L), st.integers(0, 3)),
)
histories = st.one_of(
    st.lists(st.integers(1, MOST_UL), min_size=1, max_size=30), st.lists(st.integers(1, 9), min_size=1)
)


def judged(volume_ul: int, past: list[int], by: Thresholds) -> Status:
    return assess(volume_ul, Window(sum(past), len(past)), by)[0]


def found(volume_ul: int, past: list[int], by: Thresholds) -> tuple[Milder, ...]:
    bounds = Bounds(by.waspada_ppm, by.anomali_ppm, by.low_ppm)
    return (*milder(judged(volume_ul, past, by).name, sum(past), len(past), bounds),)


@settings(deadline=None)
@given(st.integers(1, MOST_UL), histories, limits)
def test_it_flips_exactly_at_its_bounds(volume_ul: int, past: list[int], by: Thresholds) -> None:
    for one in found(volume_ul, past, by):
        status = Status[one.status]
        assert status < judged(volume_ul, past, by)
        assert judged(one.at_least_ul, past, by) is judged(one.at_most_ul, past, by) is status
        assert judged(one.at_most_ul + 1, past, by) > status
        below_ul = one.at_least_ul - 1
        if below_ul:  # what is WASPADA there may be so for being low, with no volume that is NORMAL between
            status_below, reason_code = assess(below_ul, Window(sum(past), len(past)), by)
            assert status_below is not status or reason_code == "RENDAH"


@settings(deadline=None)
@given(st.integers(1, MOST_UL), histories, limits, st.data())
def test_its_sentence_holds_for_every_volume_it_covers(
    volume_ul: int, past: list[int], by: Thresholds, data: st.DataObject
) -> None:
    for one in found(volume_ul, past, by):
        numbers = {name: int(value * L) for name, value in one.params.items()}
        if one.code == "FLIP_WASPADA_AT_MOST":
            assert judged(numbers["volume_l"], past, by) is Status.WASPADA
            covered = st.integers(1, numbers["volume_l"])
            assert judged(data.draw(covered), past, by) is not Status.ANOMALI
        else:
            beyond = numbers.get("volume_l", numbers.get("high_l", 0))
            covered = st.integers(numbers.get("low_l", 1), beyond - 1)
            assert judged(data.draw(covered), past, by) is Status.NORMAL


@settings(deadline=None)
@given(st.integers(1, MOST_UL), st.integers(1, MOST_UL), histories, limits)
def test_no_milder_volume_is_left_out(volume_ul: int, other_ul: int, past: list[int], by: Thresholds) -> None:
    status, code = assess(other_ul, Window(sum(past), len(past)), by)
    if code == "RENDAH" or status >= judged(volume_ul, past, by):
        return
    [said] = [one for one in found(volume_ul, past, by) if one.status == status.name]
    assert said.at_least_ul <= other_ul <= said.at_most_ul
