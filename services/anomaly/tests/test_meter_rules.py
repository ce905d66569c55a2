"""The seven judgements of register reads: every edge that the utility's clerks would name."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from arus_anomaly.rules.meter import Judgement, Kind, Limits, LimitsOf, judge
from arus_anomaly.rules.meter.findings import FINDINGS
from arus_anomaly.rules.meter.limits import (
    EVERY_CLASS,
    EVERY_SIZE,
    NO_VERSIONS,
    Version,
    holding,
    size_of,
    with_versions,
)
from arus_anomaly.rules.meter.refusals import Said, refused
from arus_anomaly.state.meter import Period, Read, Rebilling, Replacement
from arus_runtime.words import reasons
from hypothesis import given, settings
from hypothesis import strategies as st

FIRST = date(2025, 1, 25)
M3 = 1_000


def read(month: int, stand_m3: float | None, *, day: date | None = None, **said: Any) -> Read:
    on = day or FIRST + timedelta(days=30 * month)
    stand_l = None if stand_m3 is None else round(stand_m3 * M3)
    return Read(b"%d" % month, on.toordinal(), stand_l, serial="A", dials=5)._replace(**said)


def period(month: int, *reads: Read, rebilling: Rebilling | None = None) -> Period:
    return Period(2025 * 12 + month, reads, rebilling)


def recorded(day: date) -> int:
    return (day - date(1970, 1, 1)).days * 86_400_000


def limits_of(*versions: Version) -> LimitsOf:
    of = with_versions(NO_VERSIONS, [("t", version) for version in versions])["t"]
    return lambda usage_class, meter_size, recorded_ms: holding(of, usage_class, meter_size, recorded_ms)


def stands(*stands_m3: float, **said: Any) -> list[Period]:
    return [period(month, read(month, stand, **said)) for month, stand in enumerate(stands_m3)]


def last(periods: Sequence[Period]) -> Judgement:
    return judge(periods)[-1]


def kinds(*stands_m3: float) -> list[str]:
    return [str(kind) for kind in last(stands(*stands_m3)).kinds]


def codes(judged: Judgement) -> list[str]:
    return [finding.code.removeprefix("METER_") for finding in judged.findings]


USUAL = (1000, 1020, 1040, 1060)
"""Four reads, so three periods of 20 m³ in 30 days each."""


def test_a_first_read_is_a_baseline_only() -> None:
    assert codes(last(stands(1000))) == ["AWAL"]


def test_an_ordinary_month_is_no_anomaly() -> None:
    judged = last(stands(*USUAL, 1080))
    assert (codes(judged), judged.use_l, judged.days, judged.usual_l) == (["NORMAL"], 20 * M3, 30, 20 * M3)


def test_where_nothing_usual_is_known_nothing_usual_is_said() -> None:
    assert codes(last(stands(1000, 1020))) == ["BELUM_ADA_BIASANYA"]
    rebilled = period(1, read(1, 1020), rebilling=Rebilling(-5 * M3, 0))
    assert codes(last([*stands(1000), rebilled])) == ["REBILL"]
    unused = last(stands(1000, 1000, 1005))
    assert (codes(unused), unused.usual_l, unused.usual_periods) == (["NORMAL"], 0, 1), "zero is usual here"


def test_extreme_is_more_than_100_m3_and_not_100() -> None:
    assert kinds(0, 60, 120, 180, 280) == []
    assert kinds(0, 60, 120, 180, 281) == ["extreme"]


@pytest.mark.parametrize(
    ("days", "use_m3", "is_extreme"),
    [
        (19, 64, True),
        (19, 63, False),
        (20, 100, False),
        (45, 100.001, True),
        (46, 153, False),
        (46, 154, True),
    ],
)
def test_only_20_to_45_days_count_as_a_month_others_are_taken_as_of_30_days(
    days: int, use_m3: float, is_extreme: bool
) -> None:
    first = read(0, 0.001)
    second = read(1, use_m3 + 0.001, day=FIRST + timedelta(days=days))
    assert (Kind.EXTREME in last([period(0, first), period(1, second)]).kinds) == is_extreme


def test_a_multiplier_counts() -> None:
    assert last(stands(0, 11, multiplier=10)).kinds == (Kind.EXTREME,)


def test_turun_is_less_than_half_the_usual_and_not_half() -> None:
    assert kinds(*USUAL, 1070) == []
    assert kinds(*USUAL, 1069) == ["turun"]


def test_turun_compares_with_the_mean_of_three_periods() -> None:
    # 10, 20 and 30 m³: mean 20
    assert kinds(0, 10, 30, 60, 70) == []
    assert kinds(0, 10, 30, 60, 69) == ["turun"]


def test_turun_compares_days_of_equal_length() -> None:
    # 14 m³ in 45 days are 9.33 in 30, less than half of 20
    late = read(4, 1074, day=FIRST + timedelta(days=90 + 45))
    assert Kind.DROP in last([*stands(*USUAL), period(4, late)]).kinds


def test_turun_with_fewer_periods_compares_with_the_one_before() -> None:
    assert kinds(0, 20, 29) == ["turun"]
    assert kinds(0, 20, 30) == []


def test_no_turun_where_the_usual_is_below_5_m3_but_against_one_period_before() -> None:
    assert kinds(0, 4, 5) == ["turun"]
    assert kinds(0, 0, 1) == [], "less than nothing cannot be"
    assert kinds(0, 4, 8, 12, 13) == []
    assert kinds(0, 5, 10, 15, 17) == ["turun"]


def test_the_usual_forgets_a_spike_but_not_a_large_customer() -> None:
    assert kinds(*USUAL, 1360, 1380) == [], "20 m³ behind a spike of 300 are no drop"
    assert kinds(0, 150, 300, 450, 510) == ["turun"], "60 m³ are one for who always uses 150"


def test_zero_is_the_same_stand_and_not_turun() -> None:
    assert kinds(*USUAL, 1060) == ["zero"]


def test_a_third_zero_in_a_row_looks_like_a_stuck_meter() -> None:
    second, third = judge(stands(*USUAL, 1060, 1060, 1060))[-2:]
    assert (codes(second), codes(third)) == (["ZERO"], ["ZERO", "MACET"])
    assert third.run == 3
    assert third.kinds == (Kind.ZERO,)


@pytest.mark.parametrize(
    ("stands_m3", "code"),
    [
        ((1060, 1060, 900, 900), ["ZERO"]),
        ((1060, 1060, 1061, 1061), ["ZERO"]),
        ((1060, 1060, 1060.5, 1060), ["ZERO", "MACET", "DIPRORATA"]),
    ],
    ids=["back", "on", "refused"],
)
def test_a_register_seen_to_move_is_not_stuck_but_a_refused_read_says_nothing_of_it(
    stands_m3: Sequence[float], code: list[str]
) -> None:
    assert codes(last(stands(*USUAL, *stands_m3))) == code


def test_zero_needs_an_actual_read_and_an_active_service() -> None:
    estimated = period(4, read(4, 1060, method="ESTIMATED"))
    assert last([*stands(*USUAL), estimated]).kinds == (Kind.ESTIMATED,)
    closed = period(4, read(4, 1060, is_active=False))
    assert last([*stands(*USUAL), closed]).kinds == ()


def test_use_without_an_active_service_is_remarked() -> None:
    closed = last([*stands(*USUAL), period(4, read(4, 1070, is_active=False))])
    assert codes(closed) == ["PAKAI_TANPA_LAYANAN"]
    less = last([*stands(*USUAL), period(4, read(4, 1065, is_active=False))])
    assert codes(less) == ["TURUN", "PAKAI_TANPA_LAYANAN"], "several may hold"


def test_a_stand_that_was_estimated_shows_no_use_since_when_it_is_read() -> None:
    estimated = period(4, read(4, 1080, method="ESTIMATED"))
    judged = last([*stands(*USUAL), estimated, period(5, read(5, 1080))])
    assert (codes(judged), judged.use_l, judged.days) == (["ZERO", "SUSULAN"], 20 * M3, 60)
    used = last([*stands(*USUAL), estimated, period(5, read(5, 1100))])
    assert Kind.ZERO not in used.kinds


def test_a_use_that_is_taken_out_again_leaves_three_periods_to_compare_with() -> None:
    judged = last(stands(*USUAL, 1080, 1100, 1106, 1166, 1125, 1130))
    assert (judged.kinds, judged.usual_periods) == ((Kind.DROP,), 3)


def test_a_misread_makes_no_end_of_a_register_plausible() -> None:
    judged = judge(stands(99_770, 998_187, 99_871, 99_905, 99_938, 99_970, dials=0))
    assert [one.kinds for one in judged[2:]] == [(Kind.NEGATIVE,), (), (), ()]


def test_negative_suppresses_the_codes_of_use() -> None:
    judged = last(stands(*USUAL, 1040))
    assert (judged.kinds, judged.use_l) == ((Kind.NEGATIVE,), -20 * M3)


def test_a_register_that_went_back_goes_on_from_there() -> None:
    assert kinds(*USUAL, 900, 920) == []


@pytest.mark.parametrize("stands_m3", [(*USUAL, 1155, 1100), (1000, 10_200, 1040)])
def test_what_a_register_went_back_on_is_not_usual(stands_m3: tuple[int, ...]) -> None:
    onward = (stands_m3[-1] + 20 * at for at in range(1, 5))
    following = judge(stands(*stands_m3, *onward))[len(stands_m3) - 1 :]
    assert codes(following[0]) == ["NEGATIVE"]
    assert all(codes(one) in (["NORMAL"], ["BELUM_ADA_BIASANYA"]) for one in following[1:])


def test_a_register_that_went_back_behind_an_ordinary_month_keeps_it_as_usual() -> None:
    judged = last(stands(*USUAL, 1080, 1070, 1090))
    assert (codes(judged), judged.usual_periods) == (["NORMAL"], 3)


def test_a_stand_back_that_was_wrong_is_passed_over() -> None:
    # 1060 → 600 → 1100: from 600 it were 500 m³
    assert kinds(*USUAL, 600, 1100) == []


def test_a_stand_back_of_little_hides_no_extreme_use() -> None:
    # 1060 → 1057 → 1230: 170 m³ in 60 days are less than extreme, and explain nothing
    judged = judge(stands(*USUAL, 1057, 1230, 1240))
    assert [one.kinds for one in judged[-3:]] == [(Kind.NEGATIVE,), (Kind.EXTREME,), ()]


def test_a_read_below_an_estimate_that_stands_first_is_where_counting_begins() -> None:
    reads = (read(0, 500, method="ESTIMATED"), read(1, 495), read(2, 515))
    first, second, third = judge([period(month, one) for month, one in enumerate(reads)])
    assert (codes(first), codes(second)) == (["ESTIMASI", "AWAL"], ["AWAL", "ESTIMASI_TERLALU_TINGGI"])
    assert third.use_l == 20 * M3


def test_99990_to_00012_is_22_m3_and_no_anomaly() -> None:
    judged = last(stands(99930, 99950, 99970, 99990, 12))
    assert (codes(judged), judged.use_l) == (["PUTARAN"], 22 * M3)


def test_99999_to_00000_is_1_m3() -> None:
    judged = last(stands(99998, 99999, 0))
    assert judged.use_l == 1 * M3
    assert judged.kinds == ()


def test_a_register_that_ends_below_nine_tenths_has_not_gone_round() -> None:
    assert Kind.NEGATIVE in last(stands(89_000, 89_999, 5)).kinds
    assert Kind.NEGATIVE in last(stands(99_970, 99_990, 10_001)).kinds
    assert Kind.NEGATIVE in last(stands(99_970, 99_990, 9_000)).kinds, "9,010 m³ are not plausible"


def test_a_smaller_register_goes_round_earlier() -> None:
    judged = last(stands(9970, 9990, 12, dials=4))
    assert (codes(judged), judged.use_l) == (["PUTARAN"], 22 * M3)


def test_where_nobody_says_its_digits_a_register_of_four_goes_round_if_only_so_its_use_is_usual() -> None:
    judged = last(stands(9930, 9950, 9970, 9990, 12, dials=0))
    assert (codes(judged), judged.use_l) == (["PUTARAN"], 22 * M3)
    assert Kind.NEGATIVE in last(stands(9930, 9950, 9970, 9990, 300, dials=0)).kinds, "310 m³ are not usual"
    assert Kind.NEGATIVE in last(stands(930, 950, 970, 990, 12, dials=0)).kinds, "three digits are too few"


def test_below_a_too_high_estimate_is_not_negative() -> None:
    periods = [
        *stands(*USUAL),
        period(4, read(4, 1100, method="ESTIMATED")),
        period(5, read(5, 1095)),
    ]
    judged = last(periods)
    assert codes(judged) == ["ESTIMASI_TERLALU_TINGGI", "SUSULAN"]
    assert (judged.use_l, judged.days, judged.use30_l) == (35 * M3, 60, 17_500)


def test_an_estimate_below_a_too_high_estimate_is_not_negative_either() -> None:
    estimates = [period(at, read(at, stand, method="ESTIMATED")) for at, stand in ((4, 1100), (5, 1095))]
    judged = last([*stands(*USUAL), *estimates])
    assert codes(judged) == ["ESTIMASI", "ESTIMASI_TERLALU_TINGGI", "DIPRORATA"]
    assert (judged.from_l, judged.use_l, judged.days) == (1060 * M3, 35 * M3, 60)
    below = period(5, read(5, 1050, method="ESTIMATED"))
    assert Kind.NEGATIVE in last([*stands(*USUAL), estimates[0], below]).kinds


def test_a_too_high_estimate_is_known_as_one_behind_the_registers_end_too() -> None:
    def behind(actual_m3: int, estimated_m3: int, next_m3: int, method: str) -> Judgement:
        before = [read(at, actual_m3 - 20 * (3 - at)) for at in range(4)]
        estimated = read(4, estimated_m3, method="ESTIMATED")
        reads = (*before, estimated, read(5, next_m3, method=method))
        return last([period(at, one) for at, one in enumerate(reads)])

    for judged, use_m3 in (
        (behind(99_985, 5, 99_997, "ESTIMATED"), 12),
        (behind(99_990, 10, 5, "ESTIMATED"), 15),
        (behind(99_985, 5, 99_997, "ACTUAL"), 12),
    ):
        assert "ESTIMASI_TERLALU_TINGGI" in codes(judged)
        assert (judged.use_l, Kind.NEGATIVE in judged.kinds) == (use_m3 * M3, False)


def test_below_the_last_actual_stand_is_negative_whatever_was_estimated() -> None:
    periods = [*stands(*USUAL), period(4, read(4, 1080, method="ESTIMATED")), period(5, read(5, 1050))]
    assert Kind.NEGATIVE in last(periods).kinds


def test_the_first_actual_read_after_estimates_is_spread_over_all_days() -> None:
    # 120 m³ since the last actual read, but over 90 days
    estimates = [period(at, read(at, 1060 + 20 * (at - 3), method="ESTIMATED")) for at in (4, 5)]
    judged = last([*stands(*USUAL), *estimates, period(6, read(6, 1180))])
    assert (codes(judged), judged.use30_l) == (["SUSULAN"], 40 * M3)


def test_estimates_never_enter_the_usual() -> None:
    estimated = period(4, read(4, 1160, method="ESTIMATED"))
    assert last([*stands(*USUAL), estimated, period(5, read(5, 1100))]).usual_l == 20 * M3


def test_what_is_used_since_an_estimate_is_not_usual() -> None:
    periods = [period(0, read(0, 1000, method="ESTIMATED")), *stands(0, 1100, 1120, 1140)[1:]]
    first, second, third = judge(periods)[1:]
    assert (first.use_l, first.usual_periods) == (100 * M3, 0)
    assert (codes(second), second.usual_periods) == (["BELUM_ADA_BIASANYA"], 0)
    assert (codes(third), third.usual_l) == (["NORMAL"], 20 * M3)


@pytest.mark.parametrize(("method", "code"), [("ESTIMATED", "ESTIMASI"), ("", "METODE_TIDAK_DIKETAHUI")])
def test_every_other_method_is_an_estimate_and_a_blank_one_is_unknown(method: str, code: str) -> None:
    judged = last([*stands(*USUAL), period(4, read(4, 1080, method=method))])
    assert (codes(judged), judged.kinds) == ([code], (Kind.ESTIMATED,))


def test_a_third_estimate_in_a_row_is_warned_of() -> None:
    estimates = [period(at, read(at, 1000 + 20 * at, method="ESTIMATED")) for at in (4, 5, 6)]
    _, second, third = judge([*stands(*USUAL), *estimates])[-3:]
    assert "ESTIMASI_BERULANG" not in codes(second)
    assert codes(third) == ["ESTIMASI", "ESTIMASI_BERULANG"]


def test_who_came_to_read_ends_a_row_of_estimates_even_where_the_stand_is_refused() -> None:
    first = [period(at, read(at, 1000 + 20 * at, method="ESTIMATED")) for at in (4, 5)]
    visit, fourth = period(6, read(6, 1120, serial="B")), period(7, read(7, 1140, method="ESTIMATED"))
    assert codes(last([*stands(*USUAL), *first, visit, fourth])) == ["ESTIMASI", "DIPRORATA"]
    nobody = period(6, read(6, None, skip="PAGAR TERKUNCI", method="ESTIMATED"))
    skipped, again = judge([*stands(*USUAL), *first, nobody, fourth])[-2:]
    assert codes(skipped) == ["TIDAK_DIBACA"], "nothing was put in its place: no estimate"
    assert codes(again) == ["ESTIMASI", "ESTIMASI_BERULANG", "DIPRORATA"]


def test_what_was_put_in_place_of_a_read_is_an_estimate_whatever_kept_the_reader_out() -> None:
    judged = last([*stands(*USUAL), period(4, read(4, 1080, skip="PAGAR TERKUNCI", method="ESTIMATED"))])
    assert (codes(judged), judged.use_l) == (["ESTIMASI"], 20 * M3)


@pytest.mark.parametrize(
    ("volume_m3", "code"), [(155, "EXTREME"), (100, ""), (0, "VOLUME_NOL"), (-7, "VOLUME_MINUS"), (9, "")]
)
def test_where_a_file_says_a_volume_and_no_stand_it_is_the_use(volume_m3: int, code: str) -> None:
    judged = last([period(0, read(0, None, volume_l=volume_m3 * M3))])
    assert codes(judged) == [code or "BELUM_ADA_BIASANYA"]
    assert (judged.use_l, judged.days, judged.stand_l) == (volume_m3 * M3, 30, None)


def test_volumes_are_compared_like_uses_between_stands() -> None:
    volumes = [period(at, read(at, None, volume_l=use * M3)) for at, use in enumerate((20, 20, 20, 9))]
    assert codes(last(volumes)) == ["TURUN"]
    zeros = [period(at, read(at, None, volume_l=0)) for at in range(3)]
    assert codes(last(zeros)) == ["VOLUME_NOL", "MACET"]
    other = period(4, read(4, None, volume_l=9 * M3, serial="B"))
    assert codes(last([*volumes, other])) == ["NOMOR_SERI_LAIN"]
    skipped = period(4, read(4, None, volume_l=0, skip="RUMAH KOSONG"))
    assert codes(last([*volumes, skipped])) == ["TIDAK_DIBACA"]
    estimated = period(4, read(4, None, volume_l=20 * M3, method="ESTIMATED"))
    assert codes(last([*volumes, estimated])) == ["ESTIMASI"]
    behind = [*stands(*USUAL), period(4, read(4, None, volume_l=20 * M3)), period(5, read(5, 1100))]
    assert (codes(last(behind)), last(behind).use30_l) == (["DIPRORATA"], 20 * M3)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"stand_m3": -5}, "STAND_DI_BAWAH_NOL"),
        ({"stand_m3": 100_000}, "STAND_LEBIH_DARI_REGISTER"),
        ({"stand_m3": 1080.5}, "STAND_PECAHAN"),
        ({"stand_m3": 1080, "serial": "B"}, "NOMOR_SERI_LAIN"),
        ({"stand_m3": 1080, "recorded_ms": recorded(FIRST)}, "TANGGAL_DI_DEPAN"),
        ({"stand_m3": 1080, "day": FIRST + timedelta(days=90)}, "TANGGAL_MUNDUR"),
        ({"stand_m3": 1080, "previous_l": 1050 * M3}, "STAND_AWAL_BEDA"),
        ({"stand_m3": 1180, "previous_l": 1050 * M3}, "STAND_AWAL_BEDA"),
    ],
)
def test_what_is_wrong_in_itself_is_salah_catat_and_nothing_of_its_use(
    said: dict[str, Any], code: str
) -> None:
    judged = last([*stands(*USUAL), period(4, read(4, **said))])
    assert (codes(judged), judged.kinds) == ([code], (Kind.INCORRECT,))


def test_a_file_may_go_on_from_the_last_stand_read_behind_an_estimate_that_it_knows_nothing_of() -> None:
    before = [*stands(*USUAL), period(4, read(4, 1081, method="ESTIMATED"))]
    assert last([*before, period(5, read(5, 1100, previous_l=1081 * M3))]).kinds == ()
    assert last([*before, period(5, read(5, 1100, previous_l=1060 * M3))]).kinds == ()
    wrong = last([*before, period(5, read(5, 1100, previous_l=1070 * M3))])
    assert codes(wrong) == ["STAND_AWAL_BEDA", "SUSULAN"]


def test_a_fraction_is_right_on_a_register_whose_accepted_reads_had_one() -> None:
    assert [codes(one) for one in judge(stands(1000.5, 1020, 1040.25))][1:] == [
        ["BELUM_ADA_BIASANYA"],
        ["NORMAL"],
    ]
    changed = period(4, read(4, 7.5, serial="B", replacement=Replacement(1072 * M3, 0)))
    behind = period(5, read(5, 27.5, serial="B"))
    assert [one.kinds for one in judge([*stands(*USUAL), changed, behind])[4:]] == [(), ()]


def test_an_estimate_may_have_a_fraction_and_says_nothing_of_the_register() -> None:
    estimated = period(4, read(4, 1080.6, method="ESTIMATED"))
    assert codes(last([*stands(*USUAL), estimated])) == ["ESTIMASI"]
    assert codes(last([*stands(*USUAL), estimated, period(5, read(5, 1100.5))])) == ["STAND_PECAHAN"]


def test_the_digits_of_a_register_hold_for_a_read_that_says_none() -> None:
    beyond = read(4, 100_080, dials=0)
    assert codes(last([*stands(*USUAL), period(4, beyond)])) == ["STAND_LEBIH_DARI_REGISTER"]
    new = beyond._replace(serial="B", replacement=Replacement(1072 * M3, 100_070 * M3))
    assert codes(last([*stands(*USUAL), period(4, new)])) == ["GANTI"]


def test_a_second_fraction_in_a_row_is_the_registers_and_no_slip() -> None:
    first, second, third = judge(stands(*USUAL, 1080.5, 1100.5, 1120.5))[4:]
    assert (codes(first), second.kinds, third.kinds) == (["STAND_PECAHAN"], (), ())
    alone = judge(stands(*USUAL, 1080.5, 1100, 1120.5))
    assert [one.kinds for one in alone[4:]] == [(Kind.INCORRECT,), (), (Kind.INCORRECT,)]


def test_behind_a_month_that_never_came_a_file_says_a_previous_stand_that_nobody_knows() -> None:
    late = read(6, 1120, previous_l=1070 * M3)
    assert codes(last([*stands(*USUAL), period(6, late)])) == ["DIPRORATA"]
    much = last([*stands(*USUAL), period(6, read(6, 1940, previous_l=1070 * M3))])
    assert (codes(much), much.use_l, much.days) == (["EXTREME", "DIPRORATA"], 880 * M3, 90)
    came = [period(4, read(4, None, skip="PAGAR")), period(5, read(5, None, skip="PAGAR")), period(6, late)]
    assert codes(last([*stands(*USUAL), *came])) == ["STAND_AWAL_BEDA", "DIPRORATA"]
    right = [*came[:2], period(6, late._replace(previous_l=1060 * M3))]
    assert codes(last([*stands(*USUAL), *right])) == ["DIPRORATA"]
    told_in_between = [period(5, read(5, None, volume_l=10 * M3)), period(6, late)]
    assert codes(last([*stands(*USUAL), *told_in_between])) == ["DIPRORATA"]


def test_an_accepted_read_counts_as_usual_whatever_the_file_says_was_before() -> None:
    differs = period(4, read(4, 1120, previous_l=1050 * M3))
    assert last([*stands(*USUAL), differs, period(5, read(5, 1140))]).usual_l == 33_333


@pytest.mark.parametrize("serial", ["00123456", " 123456 ", "-", "0", "N/A", ""])
def test_a_serial_is_the_same_however_it_is_written_and_strokes_are_none(serial: str) -> None:
    before = stands(*USUAL, serial="123456")
    assert codes(last([*before, period(4, read(4, 1080, serial=serial))])) == ["NORMAL"]


def test_capitals_do_not_make_another_serial_but_digits_do() -> None:
    before = stands(*USUAL, serial="ab 123")
    assert codes(last([*before, period(4, read(4, 1080, serial="AB123"))])) == ["NORMAL"]
    assert codes(last([*before, period(4, read(4, 1080, serial="AB124"))])) == ["NOMOR_SERI_LAIN"]


@pytest.mark.parametrize(("hour", "is_future"), [(16, True), (17, False)])
def test_tomorrow_begins_at_midnight_where_the_utility_is(hour: int, is_future: bool) -> None:
    today = FIRST + timedelta(days=120)
    at = recorded(today) + hour * 3_600_000
    tomorrow = read(4, 1080, day=today + timedelta(days=1), recorded_ms=at)
    assert ("TANGGAL_DI_DEPAN" in codes(last([*stands(*USUAL), period(4, tomorrow)]))) == is_future


def test_a_date_that_nobody_said_is_neither_in_the_future_nor_in_the_way_of_the_next() -> None:
    told = recorded(FIRST + timedelta(days=120))
    undated = read(4, 1080, day=FIRST + timedelta(days=125), is_date_assumed=True, recorded_ms=told)
    following = read(5, 1100, day=FIRST + timedelta(days=123))
    one, other = judge([*stands(*USUAL), period(4, undated), period(5, following)])[-2:]
    assert codes(one) == ["NORMAL"]
    assert (codes(other), other.days, other.use30_l) == (["NORMAL"], 30, 20 * M3), "a month before it"
    stated = undated._replace(is_date_assumed=False, recorded_ms=0)
    assert codes(last([*stands(*USUAL), period(4, stated), period(5, following)])) == ["TANGGAL_MUNDUR"]


def test_the_previous_stand_of_a_file_may_be_what_was_read_or_what_a_person_made_of_it() -> None:
    before = [*stands(*USUAL), period(4, read(4, 1080, raw_l=1800 * M3))]
    for previous_m3, code in ((1800, "NORMAL"), (1080, "NORMAL"), (1070, "STAND_AWAL_BEDA")):
        assert codes(last([*before, period(5, read(5, 1100, previous_l=previous_m3 * M3))])) == [code]


def test_a_wrong_read_is_not_what_the_next_one_counts_from() -> None:
    periods = [*stands(*USUAL), period(4, read(4, 5000, serial="B")), period(5, read(5, 1100))]
    assert (last(periods).kinds, last(periods).use_l) == ((), 40 * M3)


def test_the_same_stand_of_a_period_twice_is_a_repeat_and_another_is_salah_catat() -> None:
    repeated = period(4, read(4, 1080), read(4, 1080, day=FIRST + timedelta(days=121)))
    assert last([*stands(*USUAL), repeated]).kinds == ()
    other = period(4, read(4, 1080), read(4, 1090, day=FIRST + timedelta(days=121)))
    assert codes(last([*stands(*USUAL), other])) == ["PERIODE_GANDA"]


def test_who_came_to_read_stands_in_the_place_of_an_estimate_of_the_period() -> None:
    def both(estimated_day: int, actual_day: int) -> Judgement:
        estimate = read(4, 1079, day=FIRST + timedelta(days=estimated_day), method="ESTIMATED")
        actual = read(4, 1081, day=FIRST + timedelta(days=actual_day))
        in_order = sorted((estimate, actual), key=lambda one: one.day)
        return last([*stands(*USUAL), period(4, *in_order)])

    for judged in (both(115, 120), both(120, 115)):
        assert (codes(judged), judged.stand_l, judged.use_l) == (["NORMAL"], 1081 * M3, 21 * M3)
    estimates = [read(4, stand, method="ESTIMATED") for stand in (1079, 1081)]
    assert "PERIODE_GANDA" in codes(last([*stands(*USUAL), period(4, *estimates)]))


def test_a_read_of_a_period_stands_whatever_kept_a_later_reader_out() -> None:
    later = read(4, None, day=FIRST + timedelta(days=121), skip="RUMAH KOSONG", method="")
    judged = last([*stands(*USUAL), period(4, read(4, 1080), later)])
    assert (codes(judged), judged.use_l) == (["NORMAL"], 20 * M3)


@pytest.mark.parametrize(
    ("stand_m3", "code"), [(10_080, "ANGKA_TERTUKAR"), (10_820, "ANGKA_LEBIH"), (180, "ANGKA_KURANG")]
)
def test_a_slip_of_the_pen_that_explains_a_jump_is_salah_catat(stand_m3: int, code: str) -> None:
    judged = last(stands(*USUAL, stand_m3))
    assert code in codes(judged)
    assert judged.would_be_l in (1080 * M3, 1082 * M3)
    assert Kind.EXTREME not in judged.kinds


@pytest.mark.parametrize(
    ("usual_m3", "right_m3", "written_m3"), [(45, 1345, 1435), (60, 1360, 1630), (20, 1315, 1135)]
)
def test_swapped_digits_explain_any_use_that_is_extreme_or_negative(
    usual_m3: int, right_m3: int, written_m3: int
) -> None:
    before = [1300 - 3 * usual_m3, 1300 - 2 * usual_m3, 1300 - usual_m3, 1300]
    slip, following = judge(stands(*before, written_m3, right_m3 + usual_m3))[-2:]
    assert "ANGKA_TERTUKAR" in codes(slip)
    assert slip.would_be_l == right_m3 * M3
    assert Kind.EXTREME not in slip.kinds
    assert (codes(following), following.days) == (["DIPRORATA"], 60), "counts from the stand before it"


def test_digits_swapped_into_a_stand_just_below_the_last_are_a_slip() -> None:
    slip, following = judge(stands(*USUAL, 1057, 1095))[-2:]
    assert (codes(slip), slip.would_be_l) == (["ANGKA_TERTUKAR", "NEGATIVE"], 1075 * M3)
    assert (following.kinds, following.use_l) == ((), 35 * M3)
    assert kinds(*USUAL, 1057, 1070) == [], "the register did go back: from 1075 it went back again"


def test_who_always_uses_much_makes_no_slips_of_it() -> None:
    assert kinds(1000, 1150, 1300, 1450, 1600) == ["extreme"], "1,006 would be nearer to nothing"


def test_a_jump_that_no_slip_explains_is_extreme() -> None:
    assert kinds(*USUAL, 1555) == ["extreme"]


def test_a_stand_that_the_next_read_goes_on_from_was_no_slip() -> None:
    periods = stands(*USUAL, 1800, 1820)  # 1080 with two digits swapped, or so it seemed
    assert judge(periods[:-1])[-1].kinds == (Kind.INCORRECT,)
    assert judge(periods)[-2].kinds == (Kind.EXTREME,)
    assert judge(periods)[-1].kinds == ()


@pytest.mark.parametrize("stands_m3", [(0, 2, 36, 70, 104, 138, 172), (0, 3, 28, 53, 78)])
def test_more_use_than_in_a_first_low_month_is_no_slip(stands_m3: tuple[int, ...]) -> None:
    assert [one.kinds for one in judge(stands(*stands_m3))] == [()] * len(stands_m3)


def test_behind_a_slip_the_use_counts_from_before_it() -> None:
    judged = last(stands(*USUAL, 10_800, 1100))
    assert (judged.kinds, judged.use_l, judged.days) == ((), 40 * M3, 60)


def test_a_replaced_meter_adds_the_use_of_both() -> None:
    changed = read(4, 7, serial="B", replacement=Replacement(1072 * M3, 1 * M3))
    judged = last([*stands(*USUAL), period(4, changed)])
    assert (codes(judged), judged.use_l) == (["GANTI"], 18 * M3)
    behind = last([*stands(*USUAL), period(4, changed), period(5, read(5, 27, serial="B"))])
    assert (behind.kinds, behind.use_l) == ((), 20 * M3)


def test_use_of_both_meters_is_judged_like_any() -> None:
    changed = read(4, 100, serial="B", replacement=Replacement(1080 * M3, 0))
    assert last([*stands(*USUAL), period(4, changed)]).kinds == (Kind.EXTREME,)


@pytest.mark.parametrize("stated", [Replacement(None, 0), Replacement(1072 * M3, None)])
def test_a_replacement_without_its_stands_is_salah_catat_with_its_own_reason(stated: Replacement) -> None:
    changed = read(4, 7, serial="B", replacement=stated)
    assert codes(last([*stands(*USUAL), period(4, changed)])) == ["GANTI_TIDAK_LENGKAP"]
    assert last([*stands(*USUAL), period(4, changed), period(5, read(5, 27, serial="B"))]).kinds == ()


def test_blank_columns_of_a_replacement_tell_none_unless_the_serial_is_another() -> None:
    blank = Replacement(0, 0, is_dated=False)
    kept = [
        one._replace(reads=(one.reads[0]._replace(replacement=blank),))
        for one in stands(*USUAL, 10_080, 1100)
    ]
    assert [codes(one) for one in judge(kept)[4:]] == [["ANGKA_TERTUKAR"], ["DIPRORATA"]]
    other = period(4, read(4, 7, serial="B", replacement=blank))
    assert codes(last([*stands(*USUAL), other])) == ["GANTI_TIDAK_LENGKAP"]
    dated = period(4, read(4, 7, replacement=Replacement(1072 * M3, 0)))
    assert codes(last([*stands(*USUAL), dated])) == ["GANTI"]


def test_a_rebilled_period_says_what_changed_beside_its_read() -> None:
    rebilled = period(4, read(4, 1060), rebilling=Rebilling(-5 * M3, -2_500_000))
    judged = last([*stands(*USUAL), rebilled])
    assert judged.kinds == (Kind.ZERO, Kind.REBILL)
    assert (judged.delta_l, judged.delta_minor) == (-5 * M3, -2_500_000)
    assert last([period(4, rebilling=Rebilling(-5 * M3, 0))]).kinds == (Kind.REBILL,)


def test_several_kinds_hold_together() -> None:
    periods = [*stands(*USUAL), period(4, read(4, 1200, method="ESTIMATED"))]
    assert last(periods).kinds == (Kind.EXTREME, Kind.ESTIMATED)


def test_a_skipped_read_is_counted_apart_and_what_follows_is_prorated() -> None:
    periods = [
        *stands(*USUAL),
        period(4, read(4, None, skip="RUMAH KOSONG", method="")),
        period(5, read(5, 1100)),
    ]
    skipped, following = judge(periods)[-2:]
    assert (codes(skipped), skipped.kinds) == (["TIDAK_DIBACA"], ())
    assert (codes(following), following.use30_l) == (["DIPRORATA"], 20 * M3)


def test_more_than_45_days_are_prorated() -> None:
    late = last([*stands(*USUAL), period(4, read(4, 1100, day=FIRST + timedelta(days=90 + 60)))])
    assert (codes(late), late.days, late.use30_l) == (["DIPRORATA"], 60, 20 * M3)
    in_time = last([*stands(*USUAL), period(4, read(4, 1090, day=FIRST + timedelta(days=90 + 45)))])
    assert codes(in_time) == ["NORMAL"]


def test_a_trouble_code_may_mean_salah_catat() -> None:
    limits = limits_of(
        Version(0, "v1", EVERY_CLASS, Limits("v1", trouble_codes=frozenset({"STAND TIDAK JELAS"})))
    )
    for said in (read(4, 1080, skip="STAND TIDAK JELAS"), read(4, 1080, trouble="STAND TIDAK JELAS")):
        assert judge([*stands(*USUAL), period(4, said)], limits)[-1].kinds == (Kind.INCORRECT,)


def test_a_trouble_code_that_nobody_listed_says_nothing_of_the_read() -> None:
    judged = last([*stands(*USUAL), period(4, read(4, 1080, trouble="METER BURAM"))])
    assert (codes(judged), judged.use_l) == (["NORMAL"], 20 * M3)


def test_limits_hold_for_their_class_from_when_a_read_was_recorded_on() -> None:
    begins = recorded(date(2026, 1, 1))
    limits = limits_of(
        Version(begins, "v1", "NIAGA", Limits("v1", extreme_l=500 * M3)),
        Version(0, "v0", EVERY_CLASS, Limits("v0", extreme_l=120 * M3)),
    )
    *before, newest = stands(0, 150, 300, 450, 600, usage_class="NIAGA", recorded_ms=begins - 1)
    after = newest._replace(reads=(newest.reads[0]._replace(recorded_ms=begins),))
    judged = judge([*before, after], limits)
    assert [one.kinds for one in judged] == [(), *[(Kind.EXTREME,)] * 3, ()]
    assert [one.limits_id for one in judged] == ["v0"] * 4 + ["v1"]
    assert [one.limit_l for one in judged[3:]] == [120 * M3, 500 * M3]


def test_a_class_that_inherits_follows_every_class_again_and_then_what_is_built_in() -> None:
    own = Version(1, "v1", "NIAGA", Limits("v1"))
    inherits, wide = Version(2, "v2", "NIAGA", None), Version(3, "v3", EVERY_CLASS, Limits("v3"))
    limits = limits_of(wide, inherits, own)
    assert [limits("NIAGA", "", at).version_id for at in (0, 1, 2, 3)] == ["", "v1", "", "v3"]
    assert limits("2A", "1/2", 3).version_id == "v3"


def test_limits_of_class_and_size_come_before_those_of_the_size_then_the_class_then_all() -> None:
    def limits(*scopes: tuple[str, str]) -> str:
        versions = [Version(0, f"{of}", of[0], Limits(f"{of}"), of[1]) for of in scopes]
        return limits_of(*versions)("3A", "2", 0).version_id

    wider = [("3A", "2"), (EVERY_CLASS, "2"), ("3A", EVERY_SIZE), (EVERY_CLASS, EVERY_SIZE)]
    others = [("3A", "1/2"), ("2A", "2"), ("2A", EVERY_SIZE), (EVERY_CLASS, "1/2")]
    for at, nearest in enumerate(wider):
        assert limits(*others, *reversed(wider[at:])) == f"{nearest}"
    assert limits(*others[:1]) == ""


def refusals(periods: Sequence[Period]) -> set[str]:
    return refused(
        Said(one.read_id.decode(), frozenset(found.code for found in one.findings), one.stand_l, one.from_l)
        for one in judge(periods)
    )


def test_reads_that_no_use_counts_from_are_refused() -> None:
    assert refusals(stands(*USUAL, 1080, 1100)) == set()
    assert refusals(stands(*USUAL, 1801, 1100)) == {"4"}, "1081 with its digits swapped"
    assert refusals(stands(*USUAL, -1, 1100)) == {"4"}
    replaced_unheard = [
        *stands(*USUAL),
        period(4, read(4, 20, serial="B")),
        period(5, read(5, 40, serial="B")),
    ]
    assert refusals(replaced_unheard) == set(), "their serial says that they are another meter's"


def test_a_stand_that_went_back_is_refused_where_the_next_use_counts_from_the_one_before() -> None:
    assert refusals(stands(*USUAL, 900, 920)) == set(), "the register went back"
    assert refusals(stands(*USUAL, 900, 1100)) == {"4"}
    assert refusals(stands(*USUAL, 900)) == set(), "nothing tells it yet"


def test_a_size_that_inherits_follows_the_class_again() -> None:
    of_class, of_size = Version(0, "v1", "3A", Limits("v1")), Version(0, "v2", "", Limits("v2"), "2")
    taken_back = Version(1, "v3", "", None, "2")
    limits = limits_of(of_class, of_size, taken_back)
    assert [limits("3A", "2", at).version_id for at in (0, 1)] == ["v2", "v1"]


def test_a_read_is_judged_by_the_limits_of_its_meters_size() -> None:
    limits = limits_of(Version(0, "v1", EVERY_CLASS, Limits("v1", extreme_l=500 * M3), "2"))
    periods = [
        one._replace(meter_size=size) for one, size in zip(stands(0, 150, 300), ("2", "2", ""), strict=True)
    ]
    assert [one.kinds for one in judge(periods, limits)] == [(), (), (Kind.EXTREME,)]


@pytest.mark.parametrize(
    ("said", "size"),
    [
        *(
            (one, "1/2")
            for one in (
                '1/2"',
                "½",
                '½"',
                " 1/2 Inch",
                "1/2 inci",
                "1 / 2 in.",
                "1/2''",
                "1/2”",
                "1/2″",
                "1⁄2",
            )
        ),
        *((one, "1 1/2") for one in ('1½"', "1 ½ inch", '1  1/2"', "1 1/2")),
        *((one, "DN20") for one in ("DN 20", "dn20", " Dn  20 ")),
        *((one, "15MM") for one in ("15 mm", "15mm", "15 MM")),
        *((one, "1.5") for one in ("1,5", '1.5"')),
        ("", ""),
        ("Ø 20", "Ø20"),
        ("main", "MAIN"),
    ],
)
def test_a_size_is_one_however_it_is_written(said: str, size: str) -> None:
    assert size_of(said) == size_of(size) == size


@pytest.mark.parametrize(
    ("limits", "stands_m3", "codes_of_last"),
    [
        (Limits(drop_pct=30), (*USUAL, 1069), ["NORMAL"]),
        (Limits(drop_pct=30), (*USUAL, 1065), ["TURUN"]),
        (Limits(drop_floor_l=20_001), (*USUAL, 1065), ["NORMAL"]),
        (Limits(zeros=2), (*USUAL, 1060, 1060), ["ZERO", "MACET"]),
        (Limits(month_days=(31, 45), extreme_l=99_999), (0, 60, 120, 180, 280), ["EXTREME"]),
    ],
)
def test_every_limit_that_can_be_set_is_judged_by(
    limits: Limits, stands_m3: Sequence[float], codes_of_last: list[str]
) -> None:
    always = limits_of(Version(0, "v1", EVERY_CLASS, limits))
    assert codes(judge(stands(*stands_m3), always)[-1]) == codes_of_last


READS = st.lists(
    st.tuples(st.integers(-2, 100_100), st.sampled_from(["ACTUAL", "ESTIMATED", ""]), st.sampled_from("AAAB"))
)


@settings(deadline=None)
@given(READS)
def test_whatever_comes_negative_and_incorrect_suppress_the_codes_of_use(
    reads: list[tuple[int, str, str]],
) -> None:
    periods = [
        period(month, read(month, stand, method=method, serial=serial))
        for month, (stand, method, serial) in enumerate(reads)
    ]
    for judged in judge(periods):
        held = set(judged.kinds)
        assert judged.findings
        if held & {Kind.NEGATIVE, Kind.INCORRECT}:
            assert not held & {Kind.EXTREME, Kind.DROP, Kind.ZERO}


@settings(deadline=None)
@given(READS, st.integers(0, 30))
def test_what_is_said_of_a_period_looks_no_further_than_the_next_reads_of_its_register(
    reads: list[tuple[int, str, str]], cut: int
) -> None:
    periods = [
        period(month, read(month, stand, method=method, serial=serial))
        for month, (stand, method, serial) in enumerate(reads)
    ]
    whole, part = judge(periods), judge(periods[:cut])
    for one, other in zip(whole, part, strict=False):
        if Kind.INCORRECT in one.kinds or Kind.INCORRECT in other.kinds:
            break  # only a slip of the pen waits for the read behind it
        assert one == other


def test_every_finding_has_its_sentence_in_both_languages() -> None:
    assert all({"id", "en"} <= set(reasons()[finding.code]) for finding in FINDINGS)
