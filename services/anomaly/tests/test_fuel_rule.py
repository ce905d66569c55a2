"""The boundary table of the contract, and the exactness behind it."""

from fractions import Fraction

import pytest
from arus_anomaly.rules.fuel import Status, assess, risk_score
from arus_anomaly.state import Window
from hypothesis import given, settings
from hypothesis import strategies as st

L = 1_000_000


def said(volume_ul: int, *history_ul: int) -> tuple[str, str, str]:
    window = Window(sum(history_ul), len(history_ul))
    status, reason_code = assess(volume_ul, window)
    return status.name, reason_code, risk_score(volume_ul, window)


@pytest.mark.parametrize(
    ("volume_ul", "history_ul", "expected"),
    [
        (520 * L, [300 * L] * 3, ("ANOMALI", "FUEL_ANOMALI", "173.3333")),
        (120 * L - 1, [100 * L] * 3, ("NORMAL", "FUEL_NORMAL", "120.0000")),
        (120 * L, [100 * L] * 3, ("WASPADA", "FUEL_WASPADA", "120.0000")),
        (150 * L, [100 * L] * 3, ("WASPADA", "FUEL_WASPADA", "150.0000")),
        (150 * L + 1, [100 * L] * 3, ("ANOMALI", "FUEL_ANOMALI", "150.0000")),
        (150 * L + 100, [100 * L] * 3, ("ANOMALI", "FUEL_ANOMALI", "150.0001")),
        (50 * L, [100 * L] * 30, ("NORMAL", "FUEL_NORMAL", "50.0000")),
        # 7 / (10 / 3) is 210 % exactly, though the mean is not a decimal.
        (7 * L, [3 * L, 3 * L, 4 * L], ("ANOMALI", "FUEL_ANOMALI", "210.0000")),
        # 4 / (10 / 3) is 120 % exactly: a rounded mean would decide otherwise.
        (4 * L, [3 * L, 3 * L, 4 * L], ("WASPADA", "FUEL_WASPADA", "120.0000")),
        (520 * L, [], ("NORMAL", "BASELINE_KURANG", "")),
        (520 * L, [300 * L] * 2, ("NORMAL", "BASELINE_KURANG", "")),
        (520 * L, [0] * 3, ("NORMAL", "BASELINE_NOL", "")),
    ],
)
def test_boundaries(volume_ul: int, history_ul: list[int], expected: tuple[str, str, str]) -> None:
    assert said(volume_ul, *history_ul) == expected


@settings(deadline=None)
@given(st.integers(1, 10**12), st.lists(st.integers(1, 10**12), min_size=3, max_size=30))
def test_the_status_follows_the_exact_fraction(volume_ul: int, history_ul: list[int]) -> None:
    status, _, _ = said(volume_ul, *history_ul)
    score = Fraction(volume_ul) / Fraction(sum(history_ul), len(history_ul)) * 100
    expected = Status.NORMAL if score < 120 else Status.WASPADA if score <= 150 else Status.ANOMALI
    assert status == expected.name


@settings(deadline=None)
@given(st.integers(1, 10**12), st.lists(st.integers(1, 10**12), min_size=3, max_size=30))
def test_the_shown_score_is_rounded_half_up(volume_ul: int, history_ul: list[int]) -> None:
    _, _, shown = said(volume_ul, *history_ul)
    score = Fraction(volume_ul) / Fraction(sum(history_ul), len(history_ul)) * 100
    assert len(shown.partition(".")[2]) == 4
    # Half-up: the shown score is at most half a unit above the exact one, and less than half a unit below.
    assert -Fraction(1, 20_000) < score - Fraction(shown) <= Fraction(1, 20_000) or score == Fraction(shown)
    assert Fraction(shown) - score <= Fraction(1, 20_000)
