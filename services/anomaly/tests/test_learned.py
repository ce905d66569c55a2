"""What the learned detector says, by examples a person would say aloud."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from math import exp, log

import pytest
from arus_anomaly import calibrate
from arus_anomaly.rules.learned import calendar, explanation
from arus_anomaly.rules.learned.calibration import two_sided, z_of
from arus_anomaly.rules.learned.causes import Cause, Hint, hints
from arus_anomaly.rules.learned.detector import (
    Assessment,
    Fact,
    SideInputs,
    Stage,
    expectation,
    rebuilt,
    score,
)
from arus_anomaly.rules.learned.incidents import Incident
from arus_anomaly.rules.learned.level import midmean
from arus_anomaly.rules.learned.profile import FUEL, METER, PROFILES, SPEND
from arus_anomaly.rules.learned.severity import Severity, cut_of, cut_on
from arus_anomaly.rules.learned.shipped import CALIBRATIONS
from arus_anomaly.state.memory import Memory, dump, load
from arus_runtime.words import Language, render

SIDE = SideInputs(FUEL, CALIBRATIONS["fuel"])
MONDAY = date(2025, 6, 9).toordinal()
WOBBLE = (1.0, 0.95, 1.04, 0.98, 1.1, 0.92, 1.02, 0.97, 1.06, 1.01)


def told(
    values: Iterable[float], start: int = MONDAY, side: SideInputs = SIDE
) -> tuple[Memory, Sequence[Assessment]]:
    memory, said = Memory(), list[Assessment]()
    for day, value in enumerate(values, start):
        memory, one = score(memory, Fact(day, value), side)
        said.append(one)
    return memory, said


def usual(count: int, level: float = 300.0) -> list[float]:
    return [level * WOBBLE[at % len(WOBBLE)] for at in range(count)]


def after(count: int, value: float, side: SideInputs = SIDE) -> Assessment:
    return told([*usual(count), value], side=side)[1][-1]


def test_a_usual_day_is_usual() -> None:
    said = after(60, 305.0)
    assert (said.stage, said.severity, said.incident) == (Stage.JUDGED, Severity.NONE, Incident.NONE)
    assert said.low < 305.0 < said.high
    assert said.expected == pytest.approx(300, rel=0.05)


def test_ten_times_the_usual_is_critical() -> None:
    said = after(60, 3000.0)
    assert (said.severity, said.incident) == (Severity.CRITICAL, Incident.OPENED)


def test_a_tenth_of_the_usual_is_critical_too() -> None:
    assert after(60, 30.0).severity is Severity.CRITICAL


def test_twenty_facts_alarm_nobody_and_twenty_one_do() -> None:
    learning, judged = after(20, 3000.0), after(21, 3000.0)
    assert (learning.stage, learning.severity) == (Stage.LEARNING, Severity.NONE)
    assert learning.decades > 0.0
    assert (judged.stage, judged.severity) == (Stage.JUDGED, Severity.CRITICAL)


def test_a_meter_is_known_after_a_year() -> None:
    side = SideInputs(METER, CALIBRATIONS["meter"])
    assert [after(facts, 3000.0, side).severity for facts in (11, 12)] == [Severity.NONE, Severity.CRITICAL]


def test_the_eighth_fact_is_the_first_with_a_surprise() -> None:
    _, said = told([300.0] * 7 + [9000.0, 9000.0])
    assert said[7].decades == 0.0
    assert said[8].decades > 0.0


def test_the_normal_range_is_where_nothing_surprises() -> None:
    said = after(60, 305.0)
    for value in (said.low * 1.0001, said.high * 0.9999):
        assert after(60, value).severity is Severity.NONE
    for value in (said.low * 0.9999, said.high * 1.0001):
        assert after(60, value).severity is Severity.INFO


def test_sundays_that_are_always_half_are_not_low() -> None:
    week = [300.0, 306.0, 294.0, 303.0, 309.0, 291.0, 150.0]
    _, said = told([value * WOBBLE[at % 10] for at, value in enumerate(week * 9)])
    assert all(one.severity is Severity.NONE for one in said[6::7][3:])
    assert said[62].expected == pytest.approx(150, rel=0.15)


def test_lebaran_does_not_alarm_and_is_learned() -> None:
    first = date(2025, 1, 1).toordinal()
    lebaran = range(date(2025, 3, 24).toordinal(), date(2025, 4, 8).toordinal())
    days = range(first, first + 120)
    values = [value * (1.4 if day in lebaran else 1.0) for day, value in zip(days, usual(120), strict=True)]
    memory, said = told(values, first)
    assert max(one.severity for one in said) < Severity.WARNING
    assert exp(memory.holiday_factors[calendar.LEBARAN]) == pytest.approx(1.35, abs=0.06)
    assert said[-1].expected == pytest.approx(300, rel=0.06), "the level is that of ordinary days"


def test_a_shift_is_told_once_and_then_usual() -> None:
    _, said = told(usual(60) + usual(30, 450.0))
    shifts = [at for at, one in enumerate(said) if one.shift]
    assert shifts == [64]
    assert 1.3 < exp(said[64].shift) < 1.5, "of winsorised values, so a little under the whole step"
    assert all(one.severity is Severity.NONE for one in said[70:])
    reason = explanation.shift(said[64])
    assert reason is not None
    assert reason.code == "LEARNED_SHIFT_UP"


def test_one_incident_for_three_bad_days() -> None:
    _, said = told([*usual(60), 900.0, 1500.0, 800.0, *usual(5)])
    assert [one.incident for one in said[60:67]] == [
        Incident.OPENED, Incident.UPDATED, Incident.UPDATED, Incident.NONE, Incident.NONE, Incident.CLOSED,
        Incident.NONE,
    ]  # fmt: skip


def test_spending_little_surprises_nobody() -> None:
    side = SideInputs(SPEND, CALIBRATIONS["spend"])
    assert after(60, 3.0, side).severity is Severity.NONE
    assert after(60, 30_000.0, side).severity is Severity.CRITICAL


def test_where_zeros_are_common_only_high_values_surprise() -> None:
    values = [value if at % 3 else 0.0 for at, value in enumerate(usual(90))]
    low, high = told([*values, 30.0])[1][-1], told([*values, 3000.0])[1][-1]
    assert (low.severity, low.low) == (Severity.NONE, 0.0)
    assert high.severity is Severity.CRITICAL


def test_a_zero_says_and_teaches_nothing() -> None:
    memory, said = told([*usual(40), 0.0])
    assert said[-1].decades == 0.0
    assert memory.values == told(usual(40))[0].values


@pytest.mark.parametrize("value", [-1.0, float("nan"), float("inf")])
def test_what_is_no_volume_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="value must be >= 0 and finite, got"):
        score(Memory(), Fact(MONDAY, value), SIDE)


def test_each_dismissal_raises_the_bar_by_a_quarter_decade_up_to_two() -> None:
    memory, said = told([*usual(60), 480.0])
    cut, cut_day = cut_of([MONDAY + 61] * 8)
    bar = memory._replace(cut=cut, cut_day=cut_day)
    assert [cut_of([MONDAY + 61] * times)[0] for times in (1, 2, 8, 9)] == [0.25, 0.5, 2.0, 2.0]
    assert cut_on(bar.cut, bar.cut_day, MONDAY + 91) == pytest.approx(1.8)
    again = score(bar, Fact(MONDAY + 61, 480.0), SIDE)[1]
    unraised = score(memory, Fact(MONDAY + 61, 480.0), SIDE)[1]
    assert again.decades == unraised.decades
    assert again.severity < unraised.severity
    assert said[-1].severity > Severity.NONE


def test_a_dismissal_taken_back_leaves_the_bar_as_if_it_had_never_been() -> None:
    days = [MONDAY + 40, MONDAY + 52, MONDAY + 71]
    assert cut_of(days)[1] == days[-1]
    assert 0.0 < cut_of([days[0], days[2]])[0] < cut_of(days)[0] < 0.75
    assert cut_of([]) == (0.0, 0)


def test_a_confirmed_anomaly_teaches_nothing() -> None:
    facts = [Fact(day, value) for day, value in enumerate(usual(50), MONDAY)]
    confirmed = Fact(MONDAY + 50, 700.0)
    untaught = rebuilt(facts, SIDE)
    assert rebuilt([*facts, confirmed], SIDE) != untaught
    assert rebuilt([fact for fact in [*facts, confirmed] if fact != confirmed], SIDE) == untaught
    assert untaught == told(usual(50))[0]


def test_only_the_last_sixty_facts_are_rebuilt_from() -> None:
    facts = [Fact(day, value) for day, value in enumerate(usual(90), MONDAY)]
    assert rebuilt(facts, SIDE) == rebuilt(facts[-60:], SIDE)


def likeliest(values: Sequence[float]) -> Cause | None:
    memory, _ = told(values[:-1])
    day = MONDAY + len(values) - 1
    found = hints(memory, Fact(day, values[-1]), expectation(memory, day, SIDE))
    assert not found or sum(hint.share for hint in found) == pytest.approx(1)
    return found[0].cause if found else None


@pytest.mark.parametrize(
    ("values", "cause"),
    [
        ([*usual(60), 3050.0], Cause.SALAH_CATAT),
        ([*usual(60), 30.2], Cause.SALAH_CATAT),
        ([*usual(60), 600.0], Cause.PENYALAHGUNAAN),  # rather than two days in one record
        ([*usual(60, 190.0), 910.0], Cause.SALAH_CATAT),  # 190 with two digits swapped
        ([*usual(60), 750.0], Cause.PENYALAHGUNAAN),
        ([*usual(60), 350.0, 355.0, 345.0, 352.0, 358.0], Cause.BOCOR),
        ([value * 1.012**at for at, value in enumerate(usual(60))], Cause.PEMBOROSAN),
    ],
)  # fmt: skip
def test_causes(values: list[float], cause: Cause) -> None:
    assert likeliest(values) is cause


def test_a_day_like_any_other_hints_at_nothing() -> None:
    assert likeliest([*usual(60), 297.0]) is None


def test_the_reason_is_a_sentence_in_both_languages() -> None:
    said = after(60, 520.0)
    reason = explanation.reason(said, Decimal(520), 60, FUEL)
    assert reason.code == "LEARNED_HIGH"
    assert render(reason.code, reason.params, "id").startswith("Di atas pola: 520 L, perkiraan 30")
    assert render(reason.code, reason.params, "en").startswith("Above the pattern: 520 L, 30")


def test_a_learning_key_says_how_much_it_still_needs() -> None:
    reason = explanation.reason(after(5, 300.0), Decimal(300), 5, FUEL)
    assert render(reason.code, reason.params, "id") == (
        "Pola belum dikenal: baru 5 catatan. Detektor menilai setelah 21 catatan."
    )


@pytest.mark.parametrize(
    ("flip", "said"),
    [
        (explanation.flips("WASPADA", 450_000_000, 520_000_000), "WASPADA bila ≤ 450 L."),
        (explanation.flips("WASPADA", 449_999_999, 520_000_000), "WASPADA bila ≤ 449,99 L."),
        (explanation.flips("WARNING", 51_000_001, 30_000_000), "Hanya peringatan bila ≥ 51,01 L."),
        (explanation.flips("NORMAL", 360_000_000, 520_000_000), "NORMAL bila ≤ 360 L."),
    ],
)
def test_the_counterfactual_stays_true_when_it_is_rounded(flip: explanation.Reason, said: str) -> None:
    assert render(flip.code, flip.params, "id") == said


@pytest.mark.parametrize("severity", [one for one in Severity if one is not Severity.CRITICAL])
@pytest.mark.parametrize("language", ["id", "en"])
def test_every_answer_that_can_flip_has_its_sentence(severity: Severity, language: Language) -> None:
    for volume_ul in (1, 3):
        flip = explanation.flips(severity.name, 2, volume_ul)
        assert render(flip.code, flip.params, language) != flip.code


@pytest.mark.parametrize("cause", Cause)
def test_every_cause_has_its_sentence(cause: Cause) -> None:
    reason = explanation.cause(Hint(cause, 0.625))
    assert "(63%)" in render(reason.code, reason.params, "id")
    assert "(63%)" in render(reason.code, reason.params, "en")


def test_p_is_ten_to_the_power_of_minus_the_decades() -> None:
    assert after(60, 3000.0).p == pytest.approx(10.0 ** -after(60, 3000.0).decades)
    assert after(5, 300.0).p == 1.0


@pytest.mark.parametrize("domain", PROFILES)
def test_every_domain_ships_with_a_calibration(domain: str) -> None:
    one = CALIBRATIONS[domain]
    assert two_sided(one, 60, 0.0) == 0.0
    assert all(a < b for knots in one.knots for a, b in pairwise(knots))
    for decades in (0.5, 2.0, 3.0, 4.0, 6.0):
        assert two_sided(one, 60, z_of(one, 60, decades)) == pytest.approx(decades)


def test_the_shipped_calibrations_are_what_the_script_makes() -> None:
    assert calibrate.SHIPPED.read_text("utf-8") == calibrate.shipped()


def test_a_midmean_leaves_the_outer_quarters_out() -> None:
    assert midmean([1.0, 2.0, 3.0, 1000.0]) == 2.5
    assert midmean([5.0]) == 5.0


def test_a_memory_is_small_and_survives_its_bytes() -> None:
    memory, _ = told(usual(90))
    assert load(dump(memory)) == memory
    assert len(dump(memory)) <= 700
    with pytest.raises(ValueError, match="memory format must be 1, got 9"):
        load(b"\x09" + dump(memory)[1:])


IDULFITRI = {
    2019: (6, 5), 2020: (5, 24), 2021: (5, 13), 2022: (5, 2), 2023: (4, 22), 2024: (4, 10), 2025: (3, 31),
    2026: (3, 21), 2027: (3, 10), 2028: (2, 27), 2029: (2, 15), 2030: (2, 5),
}  # fmt: skip
"""Decreed to 2026; from then on as astronomers expect the moon, give or take a day."""


@pytest.mark.parametrize("year", IDULFITRI)
def test_lebaran_is_known_for_every_year(year: int) -> None:
    (found,) = calendar.lebaran(year)
    assert abs(found - date(year, *IDULFITRI[year])) <= timedelta(days=1 if year > 2026 else 0)
    for offset, kind in ((-8, None), (-7, calendar.LEBARAN), (7, calendar.LEBARAN), (8, None)):
        told_kind = calendar.holiday(found.toordinal() + offset)
        assert (told_kind == calendar.LEBARAN) is (kind is calendar.LEBARAN)


def test_independence_day_is_a_holiday_and_the_day_behind_it_is_not() -> None:
    assert calendar.holiday(date(2025, 8, 17).toordinal()) == calendar.NATIONAL
    assert calendar.holiday(date(2025, 8, 19).toordinal()) == calendar.ORDINARY


def test_a_domain_without_days_has_no_lebaran() -> None:
    feast = date(2025, 3, 31).toordinal()
    memory, _ = told(usual(30), feast - 15, SideInputs(METER, CALIBRATIONS["meter"]))
    assert memory.holiday_facts == (0, 0)
    assert memory.factors[1:] == (0.0,) * 6
    assert log(300) == pytest.approx(midmean(memory.values), abs=0.05)
