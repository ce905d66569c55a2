"""Meters that are changed: what a file and a person tell of it, until a read shows it."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from arus_anomaly.codec.meter import dump_meter, load_meter
from arus_anomaly.rules.meter import Judgement, Kind, judge
from arus_anomaly.state.meter import Changed, KnownPeriod, MeterHistory, Read, Replacement

FIRST = date(2025, 1, 25)
M3 = 1_000
FITTED = Replacement(1072 * M3, 0)
"""The old register ended at 1,072, twelve behind the last read; the new one began at nothing."""


def day(after: int) -> int:
    return (FIRST + timedelta(days=after)).toordinal()


def read(month: int, stand_m3: float | None, **said: Any) -> Read:
    stand_l = None if stand_m3 is None else round(stand_m3 * M3)
    return Read(b"%d" % month, day(30 * month), stand_l, serial="A", dials=5)._replace(**said)


USUAL = tuple(read(month, 1000 + 20 * month) for month in range(4))
"""20 m³ in 30 days each, to 1,060 on day 90."""


def judged(*reads: Read | Sequence[Read], changed: Sequence[Changed] = ()) -> list[Judgement]:
    """Judge reads, one period each; several of one month are that period's."""
    history = MeterHistory({})
    for one in reads:
        of = (one,) if isinstance(one, Read) else tuple(one)
        history = history.with_period(2025 * 12 + int(of[0].id), KnownPeriod(of))
    for change in changed:
        history = history.with_changed(change)
    assert load_meter(dump_meter(history)) == history
    return judge(history.periods())


def codes(one: Judgement) -> list[str]:
    return [finding.code.removeprefix("METER_") for finding in one.findings]


def said(one: Judgement) -> tuple[list[str], float]:
    return codes(one), one.use_l / M3


@pytest.mark.parametrize("stated", [FITTED._replace(day=day(100)), FITTED._replace(is_dated=False)])
def test_columns_that_a_file_repeats_next_month_change_the_meter_once(stated: Replacement) -> None:
    columns = {"serial": "B", "replacement": stated}
    first, second = judged(*USUAL, read(4, 7, **columns), read(5, 27, **columns))[-2:]
    assert said(first) == (["GANTI"], 19)
    assert said(second) == (["NORMAL"], 20)


def test_an_estimate_that_still_follows_the_old_register_shows_no_change() -> None:
    change = Changed(day(95), "", Replacement(1064 * M3, 0))
    reads = [one._replace(serial="") for one in (*USUAL, read(4, 1080, method="ESTIMATED"), read(5, 30))]
    estimate, after = judged(*reads, changed=[change])[-2:]
    assert said(estimate) == (["ESTIMASI"], 20)
    assert said(after) == (["GANTI", "ESTIMASI_TERLALU_TINGGI", "SUSULAN"], 34)


def test_a_date_of_fitting_on_every_row_changes_no_meter() -> None:
    since = Replacement(None, None, day=date(2015, 3, 1).toordinal())
    reads = [read(month, 1000 + 20 * month, replacement=since) for month in range(5)]
    assert [codes(one) for one in judged(*reads)] == [
        ["AWAL"], ["BELUM_ADA_BIASANYA"], ["NORMAL"], ["NORMAL"], ["NORMAL"],
    ]  # fmt: skip
    other = read(4, 1080, serial="B", replacement=since)
    assert codes(judged(*USUAL, other)[-1]) == ["NOMOR_SERI_LAIN"]


def test_a_date_since_the_read_before_is_a_change_of_which_the_stands_are_missing() -> None:
    bare = Replacement(None, None, day=day(100))
    assert codes(judged(*USUAL, read(4, 7, replacement=bare))[-1]) == ["GANTI_TIDAK_LENGKAP"]


def test_a_first_read_is_a_baseline_whatever_was_changed_before() -> None:
    reads = [read(month, 20 * month, serial="B", replacement=FITTED) for month in range(2)]
    assert [codes(one) for one in judged(*reads)] == [["AWAL"], ["BELUM_ADA_BIASANYA"]]
    assert codes(judged(reads[0], changed=[Changed(day(-9), "B", FITTED)])[0]) == ["AWAL"]


@pytest.mark.parametrize(
    "unusable",
    [
        read(4, None, serial="B", skip="PAGAR", method=""),
        read(4, -7, serial="B"),
        read(4, 7, day=day(80), serial="B"),
    ],
    ids=["skipped", "below zero", "dated before"],
)
@pytest.mark.parametrize("teller", ["file", "person"])
def test_a_change_told_with_a_read_that_cannot_be_used_waits_for_the_next(
    unusable: Read, teller: str
) -> None:
    of_person = [Changed(day(100), "B", FITTED)] if teller == "person" else []
    if not of_person:
        unusable = unusable._replace(replacement=FITTED._replace(day=day(100)))
    following, after = judged(
        *USUAL, unusable, read(5, 27, serial="B"), read(6, 47, serial="B"), changed=of_person
    )[-2:]
    assert said(following) == (["GANTI", "DIPRORATA"], 39)
    assert following.use30_l == 19_500
    assert said(after) == (["NORMAL"], 20)


def test_a_change_that_no_read_shows_holds_up_no_other() -> None:
    changed = [Changed(day(99), "X9", FITTED), Changed(day(100), "B", FITTED)]
    assert said(judged(*USUAL, read(4, 7, serial="B"), changed=changed)[-1]) == (["GANTI"], 19)


@pytest.mark.parametrize("old_serial", ["", "C"])
def test_a_meter_changed_twice_between_two_reads_counts_on_all_three(old_serial: str) -> None:
    changed = [
        Changed(day(95), "C", FITTED),
        Changed(day(110), "B", Replacement(5 * M3, 1 * M3), old_serial),
    ]
    assert said(judged(*USUAL, read(4, 7, serial="B"), changed=changed)[-1]) == (["GANTI"], 12 + 5 + 6)


def test_a_person_who_knows_no_stands_takes_none_from_the_file() -> None:
    of_file = read(4, 7, serial="B", replacement=FITTED._replace(day=day(101)))
    unknown = Changed(day(100), "B", Replacement(None, None))
    assert said(judged(*USUAL, of_file, changed=[unknown])[-1]) == (["GANTI"], 19)
    half = read(4, 7, serial="B", replacement=Replacement(None, 0, day=day(100)))
    other_half = Changed(day(100), "B", Replacement(1072 * M3, None))
    assert said(judged(*USUAL, half, changed=[other_half])[-1]) == (["GANTI"], 19)


@pytest.mark.parametrize("serial", ["A", ""])
def test_a_change_on_the_day_of_the_old_registers_last_read_is_of_the_next_read(serial: str) -> None:
    reads = [one._replace(serial=serial) for one in USUAL]
    changed = [Changed(day(90), "B", Replacement(1060 * M3, 0))]
    before, behind = judged(*reads, read(4, 17, serial=serial and "B"), changed=changed)[-2:]
    assert said(before) == (["NORMAL"], 20)
    assert said(behind) == (["GANTI"], 17)


def test_the_last_read_of_the_old_register_and_the_first_of_the_new_are_no_double_period() -> None:
    new = read(4, 7, serial="B", day=day(121), replacement=FITTED._replace(day=day(105)))
    assert said(judged(*USUAL, [read(4, 1072), new])[-1]) == (["GANTI"], 19)


def test_an_old_register_may_have_gone_round_before_it_was_taken_out_and_the_new_one_behind() -> None:
    before = [read(month, 99_930 + 20 * month) for month in range(4)]
    old = read(4, 7, serial="B", replacement=Replacement(12 * M3, 0))
    assert said(judged(*before, old)[-1]) == (["GANTI", "GANTI_PUTARAN"], 22 + 7)
    new = read(4, 12, serial="B", replacement=Replacement(1072 * M3, 99_998 * M3))
    assert said(judged(*USUAL, new)[-1]) == (["GANTI", "GANTI_PUTARAN"], 12 + 14)


def test_stands_of_a_change_that_do_not_fit_say_which_of_them_went_back() -> None:
    for old_m3, new_m3, code in ((1050, 0, "GANTI_AKHIR_MUNDUR"), (1072, 10, "GANTI_AWAL_MUNDUR")):
        new = read(4, 5, serial="B", replacement=Replacement(old_m3 * M3, new_m3 * M3))
        wrong = judged(*USUAL, new)[-1]
        assert (wrong.kinds, said(wrong)[0]) == ((Kind.NEGATIVE,), [code, "GANTI"])
        assert codes(judged(*USUAL, new, read(5, 25, serial="B"))[-1]) == ["NORMAL"]


def test_behind_estimates_the_first_read_of_a_new_register_is_spread_over_all_days() -> None:
    estimated = read(4, 1100, method="ESTIMATED")
    new = read(5, 7, serial="B", replacement=Replacement(1085 * M3, 0, day=day(140)))
    of_all = judged(*USUAL, estimated, new)[-1]
    assert said(of_all) == (["GANTI", "ESTIMASI_TERLALU_TINGGI", "SUSULAN"], 32)
    assert of_all.days == 60
    again = judged(*USUAL, estimated, new._replace(method="ESTIMATED"))[-1]
    assert (again.kinds, again.use_l) == ((Kind.ESTIMATED,), 32 * M3)


def test_what_was_estimated_on_a_new_register_is_spread_since_the_old_one_was_read() -> None:
    estimated = read(4, 7, serial="B", method="ESTIMATED", replacement=FITTED._replace(day=day(100)))
    following = judged(*USUAL, estimated, read(5, 27, serial="B"))[-1]
    assert said(following) == (["SUSULAN"], 12 + 27)
    assert (following.days, following.use30_l, following.from_l) == (60, 19_500, 0)
