"""Register reads as they come by the log: judged together, said once, taken back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import orjson
import pytest
from arus.anomaly.v1.events_pb2 import MeterVerdictReached, MeterVerdictWithdrawn
from arus.metering.v1.events_pb2 import (
    MeterReplaced,
    MeterReplacementWithdrawn,
    PeriodRebilled,
    RegisterReadRecorded,
    RegisterReadWithdrawn,
)
from arus_anomaly.codec import meter as codec
from arus_anomaly.handlers.meter import METER_VERDICTS, meter
from arus_anomaly.rules.meter import Kind
from arus_anomaly.rules.meter.limits import NO_VERSIONS, Limits, Version, with_versions
from arus_anomaly.state.meter import Changed, KnownPeriod, MeterHistory, Rebilling, Replacement
from arus_runtime.side_inputs import Known
from arus_runtime.testing import NOON, Bench, meta
from arus_runtime.wire import Encoded
from arus_runtime.worker import Row
from google.protobuf.message import Message
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

M3 = 1_000
PERIODS = [f"2024-{month:02}" for month in range(1, 13)]


def read(at: int, stand_m3: int, serial: str = "A", **said: str) -> RegisterReadRecorded:
    event = RegisterReadRecorded(
        tenant_id="t", nomen="1", period=PERIODS[at], rayon="34", usage_class="2A", is_active=True
    )
    on = date(2024, 1, 20) + timedelta(days=30 * at)
    event.reads.add(
        read_id=f"r{at}",
        read_date=on.isoformat(),
        stand_l=stand_m3 * M3,
        serial=serial,
        read_method=said.get("method", "ACTUAL"),
    )
    return event


async def said(*batches: Sequence[object]) -> tuple[dict[str, tuple[Kind, ...]], list[object]]:
    async with Bench("anomaly", [meter]) as bench:
        for events in batches:
            await bench.feed(*events, key="t:1", tenant="t")  # pyright: ignore[reportArgumentType] - messages
    stored = [row for row in bench.stored(METER_VERDICTS) if row.is_current]
    verdicts = {row.values["period"]: codec.meter_verdict(row.value or b"") for row in stored}
    assert {row.values["period"]: row.values["kinds"] for row in stored} == {
        period: codec.kinds_of(verdict) for period, verdict in verdicts.items()
    }
    found = {period: verdict.kinds for period, verdict in verdicts.items()}
    return found, bench.events("anomaly.meter.v1")


async def test_a_file_that_comes_late_judges_what_follows_again_and_says_only_what_is_new() -> None:
    stands = [1000, 1020, 1040, 1060, 1080]
    events = [read(at, stand) for at, stand in enumerate(stands)]
    found, told = await said([events[0], events[1], events[4]], [events[3]], [events[2]])
    assert found == dict.fromkeys(PERIODS[:5], ())
    again = [event.period for event in told if isinstance(event, MeterVerdictReached)]
    assert again.count("2024-01") == again.count("2024-02") == 1, "what is said already is not said again"
    assert again.count("2024-05") == 3


async def test_what_is_withdrawn_is_as_if_it_had_never_been_told() -> None:
    stands = [1000, 1020, 1320, 1340]
    events = [read(at, stand) for at, stand in enumerate(stands)]
    found, told = await said(events, [RegisterReadWithdrawn(tenant_id="t", nomen="1", period=PERIODS[2])])
    plain, _ = await said([events[0], events[1], events[3]])
    assert found == plain
    assert [event.period for event in told if isinstance(event, MeterVerdictWithdrawn)] == [PERIODS[2]]


async def test_a_rebilling_and_a_meter_changed_are_judged_with_their_reads() -> None:
    changed = MeterReplaced(
        tenant_id="t", nomen="1", replaced_on="2024-03-01", old_serial="A", old_final_l=1030 * M3,
        new_serial="B", new_start_l=0,
    )  # fmt: skip
    rebilled = PeriodRebilled(tenant_id="t", nomen="1", period=PERIODS[1], delta_l=-5 * M3, delta_minor=-1)
    reads = [read(0, 1000), read(1, 1020), read(2, 8, "B"), read(3, 28, "B")]
    found, _ = await said([*reads, changed, rebilled])
    assert list(found.values()) == [(), (Kind.REBILL,), (), ()]
    without, _ = await said(reads)
    assert without[PERIODS[2]] == (Kind.INCORRECT,), "another serial without a change is another meter"
    taken_back = PeriodRebilled(tenant_id="t", nomen="1", period=PERIODS[1])
    found, _ = await said([*reads, changed, rebilled, taken_back])
    assert found[PERIODS[1]] == ()


async def test_a_rebilling_without_a_read_is_of_its_customers_rayon_and_class_and_no_read() -> None:
    of = {"tenant_id": "t", "nomen": "1", "period": PERIODS[0]}
    rebilled = PeriodRebilled(**of, delta_l=-5 * M3, delta_minor=-1, rayon="35", usage_class="3b")

    async def row(*events: Message) -> tuple[dict[str, Any], str]:
        async with Bench("anomaly", [meter]) as bench:
            await bench.feed(*events, key="t:1", tenant="t")
        [stored] = [row for row in bench.stored(METER_VERDICTS) if row.is_current]
        verdict = codec.meter_verdict(stored.value or b"")
        assert (verdict.rayon, verdict.usage_class) == (stored.values["rayon"], stored.values["usage_class"])
        return dict(stored.values), verdict.rayon

    alone, rayon = await row(rebilled)
    assert (rayon, alone["usage_class"], alone["is_read"]) == ("35", "3B", False)
    beside, rayon = await row(rebilled, read(0, 1000))
    assert (rayon, beside["usage_class"], beside["is_read"]) == ("34", "2A", True), "the read's own"
    assert await row(rebilled, read(0, 1000), RegisterReadWithdrawn(**of)) == (alone, "35")


async def test_a_change_of_the_meter_that_is_taken_back_is_as_if_it_had_never_been_told() -> None:
    stated: dict[str, Any] = {
        "tenant_id": "t", "nomen": "1", "replaced_on": "2024-03-01", "old_serial": "A",
        "old_final_l": 1030 * M3, "new_serial": "B", "new_start_l": 0,
    }  # fmt: skip
    reads = [read(0, 1000), read(1, 1020), read(2, 8, "B"), read(3, 28, "B")]
    plain, _ = await said(reads)
    told, gone = MeterReplaced(**stated), MeterReplacementWithdrawn(**stated)
    for batches in (
        [[*reads, told], [gone]],
        [[*reads, told, gone]],
        [reads, [told], [gone]],
        [[told, gone], reads],
    ):
        found, _ = await said(*batches)
        assert found == plain
    found, events = await said([*reads, told], [gone])
    again = [event.period for event in events if isinstance(event, MeterVerdictReached)]
    assert again == [*PERIODS[:4], *PERIODS[2:4]], "what lies before it is not said again"
    another = MeterReplacementWithdrawn(**stated)
    another.new_start_l = 1
    assert (await said([*reads, told], [another]))[0] == (await said([*reads, told]))[0]
    assert (await said([*reads, told], [gone], [told]))[0] == (await said([*reads, told]))[0]


async def test_the_memory_of_a_meter_holds_nothing_of_a_change_that_was_taken_back() -> None:
    known = MeterHistory({2024 * 12: KnownPeriod(rayon="34")})
    one, other = (Changed(1, serial, Replacement(None, None)) for serial in ("B", "C"))
    history = known.with_changed(one).with_changed(other).without_changed(one)
    assert codec.dump_meter(history) == codec.dump_meter(known.with_changed(other))
    assert codec.dump_meter(history.without_changed(other)) == codec.dump_meter(known)


async def test_a_meter_changed_in_the_field_is_judged_by_what_its_read_says() -> None:
    changed = read(2, 8, "B")
    changed.reads[0].replacement.old_final_l = 1030 * M3
    changed.reads[0].replacement.new_start_l = 0
    reads = [read(0, 1000), read(1, 1020), changed]
    found, told = await said(reads)
    assert list(found.values()) == [(), (), ()]
    assert [event.use_l for event in told if isinstance(event, MeterVerdictReached)][-1] == 18 * M3
    changed.reads[0].replacement.ClearField("old_final_l")
    found, _ = await said(reads)
    assert found[PERIODS[2]] == (Kind.INCORRECT,), "what the old meter showed last is missing"


async def test_a_meter_shows_as_many_digits_and_counts_as_the_file_says() -> None:
    reads = [read(0, 9_990), read(1, 12)]
    for event in reads:
        event.reads[0].dials, event.reads[0].multiplier = 4, 10
    _, told = await said(reads)
    assert [event.use_l for event in told if isinstance(event, MeterVerdictReached)][-1] == 220 * M3


async def test_a_read_that_is_told_again_is_judged_by_when_it_was_recorded() -> None:
    event = read(1, 1020)
    event.reads[0].recorded_at = "2024-02-18T08:00:00Z"
    (known,) = codec.reads(event, NOON)
    assert known.recorded_ms == 1_708_243_200_000
    assert (await said([read(0, 1000), event]))[0][PERIODS[1]] == (Kind.INCORRECT,), "dated two days ahead"
    event.reads[0].recorded_at = "9999-01-01T00:00:00Z"
    assert codec.reads(event, NOON) == codec.reads(read(1, 1020), NOON), "never behind what tells it"


async def test_a_file_of_volumes_alone_is_judged() -> None:
    events = [read(at, 0) for at in range(3)]
    for event, volume in zip(events, (155, 0, -7), strict=True):
        event.reads[0].ClearField("stand_l")
        event.reads[0].volume_l = volume * M3
    found, _ = await said(events)
    assert list(found.values()) == [(Kind.EXTREME,), (Kind.ZERO,), (Kind.NEGATIVE,)]


async def test_noughts_in_the_columns_of_a_replacement_replace_nothing() -> None:
    events = [read(at, stand) for at, stand in enumerate((1000, 1020, 1140))]
    for event in events:
        event.reads[0].replacement.old_final_l = event.reads[0].replacement.new_start_l = 0
    found, told = await said(events)
    assert list(found.values()) == [(), (), (Kind.EXTREME,)]
    assert [event.use_l for event in told if isinstance(event, MeterVerdictReached)] == [0, 20 * M3, 120 * M3]


async def test_a_record_under_anothers_key_is_parked() -> None:
    event = read(0, 1000)
    event.nomen = "2"
    found, told = await said([event])
    assert (found, told) == ({}, [])


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 11), st.integers(0, 2000), st.sampled_from(["ACTUAL", "", "X"])), max_size=12
    )
)
def test_a_history_is_read_back_as_it_was_written(reads: list[tuple[int, int, str]]) -> None:
    history = MeterHistory({})
    for at, stand, method in reads:
        event = read(at, stand, method=method)
        if method == "X":
            event.reads[0].replacement.new_start_l = stand
        known = KnownPeriod(codec.reads(event, NOON), rayon="34", said="x")
        history = history.with_period(codec.number(event.period), known)
    assert codec.load_meter(codec.dump_meter(history)) == history


STANDS_L = st.none() | st.integers(0, 10**12)
DAYS = st.dates(date(1900, 1, 1), date(2999, 12, 31)).map(date.isoformat)
SERIALS = st.sampled_from(["", "A", "B"])
REPLACED = st.builds(
    MeterReplaced,
    tenant_id=st.just("t"),
    nomen=st.just("1"),
    replaced_on=DAYS,
    old_serial=SERIALS,
    new_serial=SERIALS,
    old_final_l=STANDS_L,
    new_start_l=STANDS_L,
)
READS = st.builds(
    RegisterReadRecorded.Read,
    read_id=st.sampled_from(["r1", "r2"]),
    read_date=DAYS,
    stand_l=STANDS_L,
    previous_l=STANDS_L,
    serial=SERIALS,
    read_method=st.sampled_from(["", "ACTUAL", "ESTIMATED"]),
    skip_status=st.sampled_from(["", "RUMAH KOSONG"]),
    dials=st.sampled_from([0, 3, 5, 9]),
    multiplier=st.sampled_from([0, 1, 10_000]),
    volume_l=STANDS_L | st.integers(-(10**9), -1),
    trouble=st.sampled_from(["", "METER BURAM"]),
    recorded_at=st.sampled_from(["", "2024-01-20T08:00:00Z"]),
    replacement=st.none()
    | st.builds(RegisterReadRecorded.Replacement, old_final_l=STANDS_L, new_start_l=STANDS_L),
)
RECORDED = st.builds(
    RegisterReadRecorded,
    tenant_id=st.just("t"),
    nomen=st.just("1"),
    period=st.sampled_from(PERIODS[:4]),
    reads=st.lists(READS, max_size=2),
    usage_class=st.sampled_from(["", "2A"]),
    is_active=st.booleans(),
)
REBILLED = st.builds(
    PeriodRebilled,
    tenant_id=st.just("t"),
    nomen=st.just("1"),
    period=st.sampled_from(PERIODS[:4]),
    delta_l=st.integers(-(10**12), 10**12),
    delta_minor=st.integers(-(10**15), 10**15),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(REPLACED, RECORDED, REBILLED), max_size=8))
def test_nothing_that_the_books_may_say_stops_the_judge(events: list[Message]) -> None:
    history, known = MeterHistory({}), Known(NO_VERSIONS, 2**47)
    for event in events:
        history = meter.handlers[type(event)](history, event, meta("t:1"), known)
        assert meter.conclusion is not None
        history, _ = meter.conclusion(history, meta("t:1"), known)
        written = codec.load_meter(codec.dump_meter(history))
        assert written == history
        history = written
        assert_as_from_the_beginning(history)


def assert_as_from_the_beginning(history: MeterHistory) -> None:
    """Check that whoever judges a history anew has nothing else to say of it."""
    assert meter.conclusion is not None
    anew, effects = meter.conclusion(replace(history, settled=None), meta("t:1"), Known(NO_VERSIONS, 2**47))
    assert (anew, effects) == (history, [])
    assert codec.dump_meter(anew) == codec.dump_meter(history)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 11),
            st.sampled_from([0, 0, 0, 0, 1, -20, 90, 90, 9_000]),
            st.sampled_from(["ACTUAL", "ACTUAL", "ACTUAL", ""]),
        ),
        max_size=16,
    ),
    st.booleans(),
)
@example([*((at, 0, "ACTUAL") for at in range(6)), (6, 90, "ACTUAL"), (7, 90, "ACTUAL")], True)
def test_a_read_that_comes_is_judged_as_if_all_were_judged_from_the_beginning(
    told: list[tuple[int, int, str]], is_written_down: bool
) -> None:
    """Stands that jump are looked up in what follows, in whatever order that comes."""
    history, known = MeterHistory({}), Known(NO_VERSIONS, 2**47)
    for at, jump, method in told:
        event = read(at, 1_000 + 20 * at + jump, method=method)
        history = meter.handlers[type(event)](history, event, meta("t:1"), known)
        assert meter.conclusion is not None
        history, _ = meter.conclusion(history, meta("t:1"), known)
        if is_written_down:
            history = codec.load_meter(codec.dump_meter(history))
        assert_as_from_the_beginning(history)


def test_of_a_long_life_only_what_is_new_is_judged() -> None:
    history, known = MeterHistory({}), Known(NO_VERSIONS, 2**47)
    for at in range(12):
        event = read(at, 1_000 + 20 * at)
        history = meter.handlers[type(event)](history, event, meta("t:1"), known)
        assert [period.number for period in history.periods()] == [codec.number(PERIODS[at])]
        assert meter.conclusion is not None
        history, _ = meter.conclusion(history, meta("t:1"), known)
    corrected = history.with_period(codec.number(PERIODS[3]), KnownPeriod())
    assert len(corrected.periods()) == 12


def test_what_was_settled_by_another_rule_is_judged_again() -> None:
    history, known = MeterHistory({}), Known(NO_VERSIONS, 2**47)
    history = meter.handlers[RegisterReadRecorded](history, read(0, 1_000), meta("t:1"), known)
    assert meter.conclusion is not None
    written = codec.dump_meter(meter.conclusion(history, meta("t:1"), known)[0])
    assert codec.load_meter(written).settled
    assert codec.load_meter(written.replace(b"meter/6 ", b"meter/5 ")).settled is None


def test_a_rebilling_is_written_so_that_the_version_before_reads_it() -> None:
    """Which unpacks five parts of a period, and two of what was billed again."""
    history = MeterHistory({}).with_period(24_288, KnownPeriod(rebilling=Rebilling(-5_000, 100, "34", "2A")))
    written = codec.dump_meter(history)
    assert orjson.loads(written)["known"] == [[24_288, [], [-5_000, 100], "", ""]]
    assert codec.load_meter(written) == history
    once = b'{"version":2,"known":[[24288,[],[-5000,100,"34","2A"],"",""]],"changed":[]}'
    assert codec.load_meter(once) == history
    by_the_one_before = b'{"version":2,"known":[[24288,[],[-5000,100],"",""]],"changed":[]}'
    assert codec.load_meter(by_the_one_before).known[24_288].rebilling == Rebilling(-5_000, 100)


def test_a_meters_size_is_written_beside_what_the_version_before_reads() -> None:
    history = MeterHistory({}).with_period(24_288, KnownPeriod(meter_size="1/2"))
    written = codec.dump_meter(history)
    assert orjson.loads(written)["known"] == [[24_288, [], None, "", ""]]
    assert codec.load_meter(written) == history
    by_the_one_before = b'{"version":2,"known":[[24288,[],null,"",""]],"changed":[]}'
    assert codec.load_meter(by_the_one_before).known[24_288] == KnownPeriod()


def test_reads_are_judged_by_the_limits_of_the_size_that_they_are_told_with() -> None:
    of_size = Version(0, "v1", "", Limits("v1", extreme_l=500 * M3), "1 1/2")
    known = Known(with_versions(NO_VERSIONS, [("t", of_size)]), 2**47)

    def limits(*events: Message) -> list[str]:
        history = MeterHistory({})
        for event in events:
            history = meter.handlers[type(event)](history, event, meta("t:1"), known)
        assert meter.conclusion is not None
        _, effects = meter.conclusion(history, meta("t:1"), known)
        told = [one.event for one in effects if isinstance(one, Row)]
        return [codec.meter_verdict(one.value).limits_id for one in told if isinstance(one, Encoded)]

    reads = [read(at, 150 * at) for at in range(3)]
    for event, size in zip(reads, ('1½"', "1 1/2 inch", "2"), strict=True):
        event.meter_size = size
    assert limits(*reads) == ["v1", "v1", ""]
    withdrawn = RegisterReadWithdrawn(tenant_id="t", nomen="1", period=PERIODS[1])
    assert limits(*reads, withdrawn, read(1, 150)) == ["v1", "", ""]


def test_a_history_of_before_reads_had_volumes_is_still_read() -> None:
    written = b"""{"known":[[24288,[["r0",738905,1000000,"A","ACTUAL",null,"",5,"2A",true,1,5,0,false,
        [1072000,0]]],null,"34","x"]],"changed":[[738900,"B",[null,0]]]}"""
    history = codec.load_meter(written)
    (known,) = history.known[24288].reads
    assert (known.dials, known.opens, known.trouble, known.volume_l) == (5, False, "", None)
    assert (known.replacement, known.usage_class) == (Replacement(1_072_000, 0), "2A")
    assert codec.load_meter(codec.dump_meter(history)) == history


def test_two_changes_of_one_day_stand_in_one_order_whatever_is_left_out() -> None:
    stated, unknown = (
        codec.changed(
            MeterReplaced(replaced_on="2025-12-01", new_serial="B", old_final_l=final, new_start_l=0)
        )
        for final in (5, None)
    )
    both = MeterHistory({}).with_changed(stated).with_changed(unknown).changed
    assert both == MeterHistory({}).with_changed(unknown).with_changed(stated).changed == (unknown, stated)


@pytest.mark.parametrize("period", ["2025-1", "2025-13", "", "x"])
def test_what_is_no_period_is_refused(period: str) -> None:
    with pytest.raises(Exception, match="period must be YYYY-MM"):
        codec.number(period)
