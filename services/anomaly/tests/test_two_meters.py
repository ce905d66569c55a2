"""A customer with two meters: each is judged by its own reads, however their file orders them."""

import sys
from itertools import product
from typing import Any

import pytest
from arus.metering.v1.events_pb2 import RegisterReadRecorded
from arus_anomaly.codec import meter as codec
from arus_anomaly.rules.meter import Judgement, Kind, judge, judge_on
from arus_anomaly.rules.meter.refusals import Said, refused
from arus_anomaly.schemas.meter import MeterAnomaly
from arus_anomaly.state.meter import Changed, KnownPeriod, MeterHistory, Read, Replacement
from arus_anomaly.store.meter import StoredMeter
from arus_runtime.testing import NOON

from .test_meter_changes import M3, day, judged, read

MONTHS = 7


def of_a(month: int, more: int = 0, **said: Any) -> Read:
    return read(month, 100 + 20 * month + more, **said)


def of_b(month: int, more: int = 0, **said: Any) -> Read:
    return read(month, 500 + 30 * month + more, serial="B", **said)


def codes(judgement: Judgement) -> list[str]:
    return [finding.code.removeprefix("METER_") for finding in judgement.findings]


@pytest.mark.parametrize("is_turned", [*product([False, True], repeat=3)])
def test_each_of_two_meters_is_judged_by_its_own_last_read(is_turned: tuple[bool, ...]) -> None:
    months = [(of_a(month), of_b(month)) for month in range(MONTHS)]
    reads = [both[::-1] if is_turned[at % 3] else both for at, both in enumerate(months)]
    first, second, *others = judged(*reads)
    assert (codes(first), codes(second)) == (["AWAL"], ["BELUM_ADA_BIASANYA"])
    assert [(codes(one), one.days) for one in others] == [(["NORMAL"], 30)] * (MONTHS - 2)
    assert len({one.use_l for one in others}) == 1, "one of them is told each time"


@pytest.mark.parametrize("in_order", [(0, 1), (1, 0)])
@pytest.mark.parametrize(("of", "use_m3"), [("A", 420), ("B", 430)])
def test_what_is_odd_of_either_meter_is_told(of: str, use_m3: int, in_order: tuple[int, ...]) -> None:
    reads = [
        (of_a(month, 400 * (of == "A" and month > 4)), of_b(month, 400 * (of == "B" and month > 4)))
        for month in range(MONTHS)
    ]
    told = judged(*([both[at] for at in in_order] for both in reads))
    assert (codes(told[5]), told[5].use_l, told[5].usual_l) == (["EXTREME"], use_m3 * M3, (use_m3 - 400) * M3)
    assert codes(told[6]) == ["NORMAL"]


def test_a_meter_that_is_read_in_some_months_only_counts_from_its_own_last_read() -> None:
    both = [(of_a(month), of_b(month)) for month in range(4)]
    *_, alone, again = judged(*both, of_b(4), (of_a(5), of_b(5, 300)))
    assert (codes(alone), alone.use_l) == (["NORMAL"], 30 * M3)
    assert (codes(again), again.use_l) == (["EXTREME"], 330 * M3)
    assert codes(judged(*both, of_b(4), of_a(5))[-1]) == ["DIPRORATA"], "60 days of the other"


def test_a_serial_that_nobody_knew_is_told_once_beside_the_one_that_is_known() -> None:
    known = [of_a(month) for month in range(4)]
    for month in ((of_a(4), of_b(4)), (of_b(4), of_a(4))):
        *_, met, following, alone = judged(*known, month, (of_b(5), of_a(5)), of_b(6))
        assert (codes(met), met.stand_l) == (["NOMOR_SERI_LAIN", "AWAL"], 620 * M3)
        assert (codes(following), codes(alone), alone.use_l) == (["NORMAL"], ["NORMAL"], 30 * M3)
    assert codes(judged(*known, of_b(4))[-1]) == ["NOMOR_SERI_LAIN"], "and alone whenever it comes"


def test_a_meter_that_was_changed_is_no_second_one() -> None:
    known = [of_a(month) for month in range(4)]
    new = read(4, 6, day=day(115), serial="B", replacement=Replacement(172 * M3, 0, True, day(110)))
    *_, changed, following = judged(*known, (of_a(4, day=day(105)), new), read(5, 30, serial="B"))
    assert (codes(changed), changed.use_l) == (["GANTI"], 18 * M3)
    assert (codes(following), following.use_l) == (["NORMAL"], 24 * M3)
    told = Changed(day(110), "B", Replacement(172 * M3, 0), "A")
    plain = new._replace(replacement=None)
    assert codes(judged(*known, [of_a(4, day=day(105)), plain], changed=[told])[-1]) == ["GANTI"]


@pytest.mark.parametrize("is_told_by_file", [True, False])
@pytest.mark.parametrize(("of", "usual_l"), [("A", 20_000), ("B", 26_667)])
def test_one_of_two_meters_is_changed_while_the_other_goes_on(
    of: str, usual_l: int, is_told_by_file: bool
) -> None:
    both = [(of_a(month), of_b(month)) for month in range(4)]
    last = {"A": 160, "B": 590}[of]
    final = Replacement((last + 12) * M3, 0, True, day(110))
    new = read(4, 8, serial="C", replacement=final if is_told_by_file else None)
    changed = [] if is_told_by_file else [Changed(day(110), "C", final._replace(day=0), of)]
    stays = of_b if of == "A" else of_a
    later = (stays(5), read(5, 908, serial="C"))
    for month in ((stays(4), new), (new, stays(4))):
        *_, at_change, following = judged(*both, month, later, changed=changed)
        told = (["NORMAL"], 30 * M3) if of == "A" else (["GANTI"], 20 * M3)
        assert (codes(at_change), at_change.use_l) == told, "the one further down the first file is told"
        assert (codes(following), following.use_l, following.usual_l) == (["EXTREME"], 900 * M3, usual_l)


def test_a_slip_of_the_pen_is_looked_up_in_the_next_read_of_its_own_meter() -> None:
    reads = [(of_a(month), of_b(month)) for month in range(4)]
    slipped = of_a(4)._replace(stand_l=810 * M3)
    *_, told, following = judged(*reads, (slipped, of_b(4)), (of_b(5), of_a(5)))
    assert (codes(told), told.would_be_l) == (["ANGKA_TERTUKAR"], 180 * M3)
    assert codes(following) == ["NORMAL"]
    stood = judged(*reads, (slipped, of_b(4)), (of_b(5), of_a(5, 630)))[-2]
    assert codes(stood) == ["EXTREME"], "the next one goes on from there"


def test_what_is_odd_of_both_meters_is_told_of_both() -> None:
    *_, told = judged(*((of_a(month), of_b(month)) for month in range(5)), (of_b(5, -200), of_a(5, 400)))
    [other] = told.beside
    assert [(one.serial, codes(one), one.stand_l) for one in (told, other)] == [
        ("A", ["EXTREME"], 600 * M3),
        ("B", ["NEGATIVE"], 450 * M3),
    ]
    event = codec.reached(told, "t", "1", "34")
    verdict = codec.meter_verdict(event.value)
    assert [(one.serial, one.kinds, one.nomen, one.rayon) for one in (verdict, *verdict.beside)] == [
        ("A", (Kind.EXTREME,), "1", "34"),
        ("B", (Kind.NEGATIVE,), "1", "34"),
    ]
    both = codec.bits((Kind.EXTREME, Kind.NEGATIVE))
    assert codec.kinds_of(verdict) == codec.kinds_of(told) == both
    shown = MeterAnomaly.of(StoredMeter("1", "2025-06", NOON, event.value), "en")
    [beside] = shown.beside
    assert (shown.serial, shown.kinds, shown.use_m3) == ("A", [Kind.EXTREME, Kind.NEGATIVE], "420")
    assert (beside.serial, beside.kinds, beside.stand_m3) == ("B", [Kind.NEGATIVE], "450")
    [unknown] = judged((of_a(0), read(0, -5, serial="0b")))
    assert sorted((unknown.serial, *(one.serial for one in unknown.beside))) == ["A", "B"], (
        "refused, and named"
    )
    alone, *_ = judged(of_a(0))
    assert (alone.serial, alone.beside) == ("", ()), "one meter needs no name"


def refused_reads(*reads: Read | tuple[Read, ...]) -> list[tuple[str, int]]:
    """Return serial and period of the reads that no use counts from."""
    said = [one for period in judged(*reads) for one in (period, *period.beside)]
    found = refused(
        Said(f"{at}", frozenset(of.code for of in one.findings), one.stand_l, one.from_l, one.serial)
        for at, one in enumerate(said)
    )
    return sorted((said[int(at)].serial, said[int(at)].period % 12) for at in found)


def test_a_read_is_refused_by_what_is_said_of_its_own_meter_alone() -> None:
    before = [(of_a(month), of_b(month)) for month in range(4)]
    swapped = read(4, 810)
    assert refused_reads(*before, (swapped, of_b(4)), (of_b(5), of_a(5))) == [("A", 4)]
    assert refused_reads(*before, (swapped, read(4, 20, serial="B")), (of_b(5), of_a(5))) == [
        ("A", 4),
        ("B", 4),
    ], "each of its own meter"
    back = read(4, 150)
    assert refused_reads(*before, (back, of_b(4)), (read(5, 170), of_b(5, 500))) == [], "it did go back"
    put_in = read(5, 8, serial="C", replacement=Replacement(172 * M3, 0, True, day(140)))
    assert refused_reads(*before, (read(4, 50), of_b(4)), (put_in, of_b(5))) == [("A", 4)], ()
    assert refused_reads(*before, (read(4, 50), of_b(4)), (put_in, of_b(5))) == [("A", 4)], (
        "changed behind it"
    )
    alone = [of_a(month) for month in range(4)]
    met = read(5, 170), of_b(5, method="ESTIMATED")
    assert refused_reads(*alone, read(4, 150), met, (read(6, 190), of_b(6))) == [], "it did, alone"
    assert refused_reads(*alone, read(4, 20), (of_a(5), of_b(5))) == [("", 4)], "read alone, it did not"


def test_what_is_known_of_both_meters_is_written_down() -> None:
    history = MeterHistory({})
    for month in range(MONTHS):
        history = history.with_period(
            2025 * 12 + month, KnownPeriod((of_b(month), of_a(month, day=day(30 * month + 1))))
        )
        whole = judge(MeterHistory(history.known).periods())
        told, settled = judge_on(history.settled, history.periods())
        assert told == whole[-len(told) :]
        history = codec.load_meter(codec.dump_meter(MeterHistory(history.known, (), settled)))
        assert history.settled
        assert len(history.periods()) == 0, "only what is new is judged"


def test_of_two_stands_of_one_day_the_last_line_is_judged_as_in_the_books() -> None:
    event = RegisterReadRecorded(period="2025-05")
    for read_id, stand in (("z", 200), ("a", 230)):
        event.reads.add(read_id=read_id, read_date="2025-05-14", stand_l=stand * M3, read_method="ACTUAL")
    assert [one.id for one in codec.reads(event, NOON)] == [b"z", b"a"]
    before = read(3, 180, serial=""), read(4, 190, serial="")
    both = [one._replace(day=day(150), id=b"5", recorded_ms=0) for one in codec.reads(event, NOON)]
    judgement = judged(*before, both)[-1]
    assert (codes(judgement), judgement.stand_l) == (["PERIODE_GANDA"], 230 * M3)


def test_many_reads_of_one_number_take_steps_by_their_square_at_most() -> None:
    def steps(meters: int) -> int:
        changed = [Replacement(at, at, True, day(30 * month)) for month in range(4) for at in range(meters)]
        told = [
            (
                of_a(month),
                *(
                    of_b(month)._replace(
                        serial=f"{month // 2}B{at}", replacement=changed[month * meters + at]
                    )
                    for at in range(meters)
                ),
            )
            for month in range(4)
        ]
        counted = 0

        def count(*_: object) -> None:
            nonlocal counted
            counted += 1

        profiled = sys.getprofile()
        sys.setprofile(count)
        try:
            judged(*told)
        finally:
            sys.setprofile(profiled)
        return counted

    assert steps(80) < 5 * steps(40)
