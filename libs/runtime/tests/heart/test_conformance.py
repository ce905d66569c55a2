"""What the heart promises, on the fake and on real Kafka and PostgreSQL.

``tests/faults/test_mutations.py`` takes each promise's line out and expects this suite to fail.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence

import pytest
from arus.anomaly.v1.events_pb2 import VerdictWithdrawn
from arus_runtime.log import Message, Record, TopicPartition
from arus_runtime.log.partitioner import partition_of
from arus_runtime.store import Away, Fenced, Outgoing, Part, Store, Writing
from arus_runtime.testing import decoded, until
from arus_runtime.worker import Emit

from .workers import (
    DLQ,
    IN,
    LATEST,
    OUT,
    TOTALS,
    Door,
    Mood,
    Total,
    conclusions,
    latest,
    ledger,
    paged,
    totals,
)  # fmt: skip
from .worlds import House, RealWorld, World, keys_of_different_partitions

NO_TIMES = [
    b"2025-W02-5T12:00:00Z",
    b"2026-01-01T00Z",
    b"2026-01-01T00+07",
    b"2",
    "２０２６-01-01T00:00:00Z".encode(),
    b"2026-01-01T00:00:00." + b"0" * 10_000 + b"Z",
    b"\xff",
    b"1970-01-01T00:00:00+14:00",
    b"9999-12-31T23:59:59-14:00",
]
KEYS = [f"t{number % 3}:k{number}" for number in range(20)]


def header(record: Record, name: str) -> str:
    return dict(record.headers)[name].decode()


def once(records: Sequence[Record]) -> list[Record]:
    """Return records as a reader sees them that keeps the highest sequence per source and partition."""
    seen: dict[tuple[int, str], int] = defaultdict(lambda: -1)
    kept: list[Record] = []
    for record in records:
        origin, sequence = (record.partition, header(record, "ce_source")), int(header(record, "ce_sequence"))
        if sequence > seen[origin]:
            seen[origin] = sequence
            kept.append(record)
    return kept


async def test_each_event_counts_once_and_in_the_order_of_its_key(world: World, house: House) -> None:
    worker, door = totals(), Door()
    await world.publish(*(door.recorded(KEYS[n % 20], f"f{n}", n) for n in range(1000)))
    house.work(worker, batch_records=100)
    house.relay(worker)
    await house.taken(worker)
    await house.published()

    expected = {f"f{n}": (n // 20 + 1, sum(range(n % 20, n + 1, 20))) for n in range(1000)}
    rows = await world.rows(TOTALS)
    assert {row["fact_id"]: (row["place"], row["sum_ul"]) for row in rows} == expected
    assert len(rows) == 1000
    events = await world.records(OUT)
    assert Counter(decoded(event).fact_id for event in events) == Counter(expected.keys())
    by_key: dict[bytes | None, list[int]] = defaultdict(list)
    for event in events:
        by_key[event.key].append(decoded(event).history_count)
    assert all(places == list(range(1, 51)) for places in by_key.values())


async def test_an_event_says_what_it_follows_from(world: World, house: House) -> None:
    worker, cause = totals(), Door().recorded("t:k", "f")
    await world.publish(cause)
    house.work(worker)
    house.relay(worker)
    await house.taken(worker)
    await house.published()

    (event,) = await world.records(OUT)
    headers, given = dict(event.headers), dict(cause.headers)
    assert [name for name, _ in event.headers] == [name for name, _ in cause.headers]
    assert headers["ce_source"].startswith(b"/arus/heart/totals/")
    assert headers["ce_type"] == b"arus.anomaly.v1.VerdictReached"
    assert headers["ce_subject"] == event.key == b"t:k"
    for name in ("ce_time", "ce_tenant", "traceparent"):
        assert headers[name] == given[name]
    assert headers["ce_id"] != given["ce_id"]


async def test_a_repeat_is_dropped_by_its_origin_and_sequence(world: World, house: House) -> None:
    worker, door, other = totals(), Door(), Door("/other")
    first, second = door.recorded("t:k", "first"), door.recorded("t:k", "second")
    house.work(worker)
    await world.publish(first, second, first, second)
    await house.taken(worker)
    await world.publish(second, other.recorded("t:k", "elsewhere"), door.recorded("t:k", "third"))
    await house.taken(worker)
    assert [row["fact_id"] for row in await world.rows(TOTALS)] == ["first", "second", "elsewhere", "third"]


async def test_repeats_are_known_after_a_restart(world: World, house: House) -> None:
    worker, message = totals(), Door().recorded("t:k", "f")
    await world.publish(message)
    first = House(world)
    first.work(worker)
    await first.taken(worker)
    await first.close()
    await world.publish(message)
    house.work(worker)
    await house.taken(worker)
    assert len(await world.rows(TOTALS)) == 1


async def test_states_are_remembered_after_a_restart(world: World, house: House) -> None:
    door = Door()
    for n in range(3):
        worker, visit = totals(), House(world)
        await world.publish(door.recorded("t:k", f"f{n}", 10))
        visit.work(worker)
        await visit.taken(worker)
        await visit.close()
    assert [row["sum_ul"] for row in await world.rows(TOTALS)] == [10, 20, 30]


async def test_a_rejected_record_is_parked_and_the_others_go_on(world: World, house: House) -> None:
    door, mood = Door(), Mood(rejects={"bad"})
    worker = totals(mood)
    good, bad = door.recorded("t:k", "a", 1), door.recorded("t:k", "bad", 100)
    await world.publish(good, bad, door.recorded("t:k", "b", 2))
    house.work(worker)
    house.relay(worker)
    await house.taken(worker)
    await house.published()

    rows = await world.rows(TOTALS)
    assert [(row["fact_id"], row["place"], row["sum_ul"]) for row in rows] == [("a", 1, 1), ("b", 2, 3)]
    (parked,) = await world.records(DLQ)
    assert (parked.key, parked.value) == (bad.key, bad.value)
    assert dict(bad.headers).items() <= dict(parked.headers).items()
    assert header(parked, "dlq_reason") == "rejected"
    assert header(parked, "dlq_detail") == "bad can never succeed"
    assert header(parked, "dlq_worker") == "heart/totals"


async def test_what_cannot_be_read_is_parked(world: World, house: House) -> None:
    door, worker = Door(), totals()
    good = door.recorded("t:k", "good")

    def changed(**headers: bytes | None) -> Message:
        door.sequence += 1
        fresh = {"ce_sequence": b"%d" % door.sequence, **headers}
        return good._replace(headers=[(name, fresh.get(name, value)) for name, value in good.headers])

    await world.publish(
        changed()._replace(value=b"\xff\xff"),
        changed(ce_type=b"arus.fuel.v1.Unheard"),
        changed(ce_type=b""),
        changed()._replace(value=b"x" * 1_000_001 if world.partitions == 3 else b"\x0f"),
        changed()._replace(key=b"\xff"),
        changed(ce_sequence=b"many"),
        changed(ce_sequence=b"%d" % 2**63),
        changed(ce_sequence=b"-2"),
        changed(ce_time=b""),
        changed(ce_time=b"yesterday"),
        changed(ce_time=b"2025-01-10T12:00:00"),
        *(changed(ce_time=time) for time in NO_TIMES),
        changed(ce_tenant=b"t\0"),
        changed(ce_source=b"/\0"),
        changed(ce_source=b"/" * 1_001),
        changed(ce_id=b"x" * 70_000),
        changed(ce_time=None),
        changed()._replace(key=b"t:\0"),
        changed()._replace(headers=[]),
        changed()._replace(headers=[(name, None) for name, _ in good.headers]),
        door.recorded("t:k", "n\0l"),
        door.recorded("t:k", "of another tenant")._replace(key=b"other:k"),
        changed(ce_tenant=b"other"),
        door.recorded("t:k", "good"),
    )
    house.work(worker)
    house.relay(worker)
    await house.taken(worker)
    await house.published()

    assert [row["fact_id"] for row in await world.rows(TOTALS)] == ["good"]
    reasons = Counter(header(record, "dlq_reason") for record in await world.records(DLQ))
    oversized = 1 if world.partitions == 3 else 0  # a real broker refuses it at the door
    assert reasons == {"undecodable": 17 + len(NO_TIMES) - oversized, "unknown_type": 2, "rejected": 3} | (
        {"oversized": 1} if oversized else {}
    )


async def test_types_without_a_handler_are_passed_over(world: World, house: House) -> None:
    worker, door = latest(), Door()
    await world.publish(door.voided("t:k", "a"), door.recorded("t:k", "b", 5))
    house.work(worker)
    await house.taken(worker)
    assert [row["fact_id"] for row in await world.rows(LATEST)] == ["b"]


async def test_a_bad_deploy_stops_the_partition_and_parks_little(world: World, house: House) -> None:
    worker, door = totals(), Door()
    bad, good = keys_of_different_partitions(world.partitions, 2)
    garbage = [door.recorded(bad, "x") for _ in range(5)]
    garbage = [
        message._replace(
            value=b"\xff",
            headers=[(k, b"tenant%d" % n if k == "ce_tenant" else v) for k, v in message.headers],
        )
        for n, message in enumerate(garbage)
    ]
    await world.publish(*garbage, door.recorded(good, "good"))
    engine = house.work(worker)
    house.relay(worker)
    await until(lambda: bool(engine.stopped))
    await house.until(has_rows(world, 1))
    await house.published()
    assert len(await world.records(DLQ)) == 2
    assert await world.backlog(worker) == 3


def has_rows(world: World, count: int) -> Callable[[], Awaitable[bool]]:
    async def holds() -> bool:
        return len(await world.rows(TOTALS)) >= count

    return holds


async def test_later_keeps_the_order_and_lets_other_partitions_go_on(world: World, house: House) -> None:
    mood, door = Mood(later={"b"}), Door()
    worker = totals(mood)
    waits, goes = keys_of_different_partitions(world.partitions, 2)
    await world.publish(
        door.recorded(waits, "a"),
        door.recorded(waits, "b"),
        door.recorded(waits, "c"),
        door.recorded(goes, "d"),
    )
    house.work(worker)
    await house.until(has_rows(world, 2))
    await until(lambda: mood.asked.count("b") >= 3)
    assert {row["fact_id"] for row in await world.rows(TOTALS)} == {"a", "d"}
    mood.later.clear()
    await house.taken(worker)
    rows = await world.rows(TOTALS)
    assert [(row["fact_id"], row["place"]) for row in rows if row["fact_id"] != "d"] == [
        ("a", 1),
        ("b", 2),
        ("c", 3),
    ]


async def test_an_error_of_ours_stops_its_partition_after_two_retries(world: World, house: House) -> None:
    mood, door = Mood(fails={"b"}), Door()
    worker = totals(mood)
    stops, goes = keys_of_different_partitions(world.partitions, 2)
    await world.publish(
        door.recorded(stops, "a"),
        door.recorded(stops, "b"),
        door.recorded(stops, "c"),
        door.recorded(goes, "d"),
    )
    engine = house.work(worker)
    await until(lambda: bool(engine.stopped))
    await house.until(has_rows(world, 2))
    await world.publish(door.recorded(goes, "e"))
    await house.until(has_rows(world, 3))
    assert {row["fact_id"] for row in await world.rows(TOTALS)} == {"a", "d", "e"}
    assert mood.asked.count("b") == 3
    assert await world.backlog(worker) == 2
    ((at, cause),) = engine.stopped.items()
    assert isinstance(cause, ZeroDivisionError)
    assert engine.trouble == f"{at.topic}[{at.partition}] stopped by ZeroDivisionError"


async def test_a_batch_concludes_once_per_key(world: World, house: House) -> None:
    mood, door = Mood(), Door()
    worker = conclusions(mood)
    await world.publish(*(door.recorded("t:k", f"f{n}") for n in range(50)))
    house.work(worker)
    await house.taken(worker)
    rows = await world.rows(TOTALS)
    assert [row["fact_id"] for row in rows] == [f"f{n}" for n in range(50)]
    assert mood.asked.count("concluded") < 50


async def test_a_handler_that_concludes_itself_is_not_concluded_again(world: World, house: House) -> None:
    mood, door = Mood(), Door()
    worker = conclusions(mood)
    await world.publish(*(door.corrected("t:k", f"f{n}", n) for n in range(50)))
    house.work(worker)
    await house.taken(worker)
    rows = await world.rows(TOTALS)
    assert [(row["fact_id"], row["sum_ul"]) for row in rows] == [(f"f{n}", n) for n in range(50)]
    assert "concluded" not in mood.asked


async def test_a_conclusion_that_fails_on_one_event_parks_this_event_only(world: World, house: House) -> None:
    mood, door = Mood(rejects={"f2"}), Door()
    worker = conclusions(mood)
    await world.publish(*(door.recorded(key, f"{key[-1]}{n}") for n in range(4) for key in ("t:f", "t:g")))
    house.work(worker)
    house.relay(worker)
    await house.taken(worker)
    await house.published()
    rows = await world.rows(TOTALS)
    assert {row["fact_id"] for row in rows} == {"f0", "f1", "f3", "g0", "g1", "g2", "g3"}
    assert [dict(record.headers)["dlq_detail"] for record in await world.records(DLQ)] == [
        b"f2 can never succeed"
    ]


async def test_pages_are_loaded_when_asked_for_and_saved_when_changed(world: World, house: House) -> None:
    door = Door()
    for visit in ("a", "b"):
        worker, once_more = paged(), House(world)
        await world.publish(
            door.recorded("t:k", f"{visit}1", day="2024-01-01"),
            door.recorded("t:k", f"{visit}2", day="2025-01-01"),
            door.recorded("t:k", f"{visit}3", day="2024-01-01"),
        )
        once_more.work(worker)
        await once_more.taken(worker)
        await world.publish(door.recorded("t:k", f"{visit}4", day="2024-01-01"))
        await once_more.taken(worker)
        await once_more.close()
    assert await world.states(worker) == {
        ("t:k", ""): b"head",
        ("t:k", "2024-01-01"): b"a1a3a4b1b3b4",
        ("t:k", "2025-01-01"): b"a2b2",
    }


async def test_one_row_of_an_entity_is_current(world: World, house: House) -> None:
    worker, door = totals(), Door()
    await world.publish(
        door.recorded("t:k", "a", 1), door.corrected("t:k", "a", 2), door.recorded("t:k", "b", 3)
    )
    house.work(worker)
    await house.taken(worker)
    await world.publish(door.corrected("t:k", "a", 4), door.corrected("t:k", "b", 5))
    await house.taken(worker)
    rows = await world.rows(TOTALS)
    assert [(row["fact_id"], row["sum_ul"], row["is_current"]) for row in rows] == [
        ("a", 1, False), ("a", 2, False), ("b", 4, False), ("a", 4, True), ("b", 5, True),
    ]  # fmt: skip


async def test_the_last_upsert_of_a_row_wins(world: World, house: House) -> None:
    worker, door = latest(), Door()
    await world.publish(*(door.recorded("t:k", "a", volume_ul) for volume_ul in (1, 2, 3)))
    await world.publish(door.recorded("t:k", "b", 7))
    house.work(worker)
    await house.taken(worker)
    await world.publish(door.recorded("t:k", "b", 0))
    await house.taken(worker)
    assert {row["fact_id"]: row["volume_ul"] for row in await world.rows(LATEST)} == {"a": 3, "b": None}


async def test_bare_events_leave_through_the_queue_in_order(world: World, house: House) -> None:
    worker, door = totals(), Door()
    await world.publish(*(door.voided("t:k", f"f{n}") for n in range(100)))
    house.work(worker, batch_records=7)
    house.relay(worker)
    await house.taken(worker)
    await house.published()
    events = await world.records(OUT)
    assert [decoded(event).fact_id for event in events] == [f"f{n}" for n in range(100)]
    sequences = [int(header(event, "ce_sequence")) for event in events]
    assert sequences == sorted(set(sequences))
    assert {header(event, "ce_source") for event in events} == {"/arus/heart"}


async def test_members_that_come_and_go_share_the_work(world: World, house: House) -> None:
    worker, door = totals(), Door()
    first = House(world)
    first.work(worker, batch_records=20)
    for n in range(0, 600, 200):
        await world.publish(*(door.recorded(KEYS[m % 20], f"f{m}") for m in range(n, n + 200)))
        if n == 0:
            house.work(worker, batch_records=20)
        if n == 400:
            await first.close()
    await house.taken(worker)
    rows = await world.rows(TOTALS)
    assert Counter(row["fact_id"] for row in rows) == Counter(f"f{n}" for n in range(600))
    assert all(row["place"] == int(row["fact_id"][1:]) // 20 + 1 for row in rows)


async def test_a_partition_that_somebody_else_touched_meanwhile_is_read_anew(
    world: World, house: House
) -> None:
    worker, door = totals(), Door()
    at = TopicPartition(IN, partition_of(b"t:k", world.partitions))
    await world.publish(door.recorded("t:k", "a", 10))
    engine = house.work(worker)
    await house.taken(worker)
    await engine.revoked([at])
    other = world.store(worker)
    grant = (await asyncio.to_thread(other.take, [at]))[at]
    state = worker.state.dump(Total(7, 1_000))
    touched = Part(at, grant.epoch, grant.next_offset, grant.next_offset, [("t:k", "", state)])
    await asyncio.to_thread(other.commit, [touched])
    other.close()
    await engine.assigned([at])
    await world.publish(door.recorded("t:k", "b", 5))
    await house.taken(worker)
    assert [(row["place"], row["sum_ul"]) for row in await world.rows(TOTALS)] == [(1, 10), (8, 1_005)]


@pytest.mark.parametrize("world", ["real", "confluent"], indirect=True)
@pytest.mark.integration
async def test_a_dashboard_sees_in_kafka_how_far_a_worker_is(world: RealWorld, house: House) -> None:
    worker, door = totals(), Door()
    await world.publish(*(door.recorded(key, key) for key in KEYS))
    house.work(worker)
    await house.taken(worker)
    ends = {
        at: end for at, end in (await world.ends_now()).items() if at.topic == IN and end > world.ends[at]
    }

    async def reported() -> bool:
        return await world.reported(worker, ends) == ends

    await house.until(reported)


async def test_a_holder_that_was_overtaken_writes_nothing(world: World) -> None:
    worker = totals()
    zombie, heir = world.store(worker), world.store(worker)
    at = TopicPartition(IN, 0)
    old = (await asyncio.to_thread(zombie.take, [at]))[at]
    new = (await asyncio.to_thread(heir.take, [at]))[at]
    states = [("t:k", "", b"x" * 16)]
    with pytest.raises(Fenced):
        await asyncio.to_thread(
            zombie.commit, [Part(at, old.epoch, old.next_offset, old.next_offset + 5, states)]
        )
    assert await world.states(worker) == {}
    await asyncio.to_thread(heir.commit, [Part(at, new.epoch, new.next_offset, new.next_offset + 1, states)])
    with pytest.raises(Fenced):
        await asyncio.to_thread(heir.commit, [Part(at, new.epoch, new.next_offset, new.next_offset + 1)])
    for store in (zombie, heir):
        store.close()


async def test_a_books_records_are_written_once_and_what_follows_is_told(world: World, house: House) -> None:
    worker, door = ledger(), Door()
    await world.publish(*(door.recorded(KEYS[n % 20], f"f{n % 20}", n) for n in range(200)))
    # The second commit is written and its answer lost: what was folded on top of it is folded anew.
    house.work(worker, flaky(world.store(worker), ["", "after", "", "before"]), batch_records=20)
    house.relay(worker)
    await house.taken(worker)
    await house.published()
    assert await world.sums() == {f"f{n}": 10 * n + 900 for n in range(20)}
    told = once(await world.records(OUT))
    assert len({header(event, "ce_id") for event in told}) == len(told) == 200
    last = {f"f{n}={10 * n + 900}" for n in range(20)}
    assert last <= {VerdictWithdrawn.FromString(event.value or b"").fact_id for event in told}


async def test_an_overtaken_holder_writes_no_records(world: World) -> None:
    worker = ledger()
    zombie, heir = world.store(worker), world.store(worker)
    at = TopicPartition(IN, 0)
    old = (await asyncio.to_thread(zombie.take, [at]))[at]
    await asyncio.to_thread(heir.take, [at])
    written: list[object] = []

    def run(records: object) -> list[Emit]:
        written.append(records)
        return []

    def follow(_: Sequence[Emit]) -> list[Outgoing]:
        return []

    write = Writing(run, follow)
    with pytest.raises(Fenced):
        await asyncio.to_thread(
            zombie.commit, [Part(at, old.epoch, old.next_offset, old.next_offset + 1, writes=[write])]
        )
    assert written == []
    for store in (zombie, heir):
        store.close()


def flaky(store: Store, failures: list[str]) -> Store:
    """Return the store with commits that fail: before anything is written, or after all of it was."""
    commit = store.commit

    def failing(parts: Sequence[Part]) -> None:
        failure = failures.pop(0) if failures else ""
        if failure == "before":
            raise Away("lost on the way")
        commit(parts)
        if failure == "after":
            raise Away("lost on the way back")

    setattr(store, "commit", failing)  # noqa: B010 - a fault, injected into one object
    return store


@pytest.mark.parametrize("failure", ["before", "after"])
async def test_a_connection_lost_at_commit_loses_and_doubles_nothing(
    world: World, house: House, failure: str
) -> None:
    worker, door = totals(), Door()
    await world.publish(*(door.recorded(KEYS[n % 20], f"f{n}") for n in range(200)))
    house.work(worker, flaky(world.store(worker), ["", failure, "", failure]), batch_records=20)
    await house.taken(worker)
    rows = await world.rows(TOTALS)
    assert Counter(row["fact_id"] for row in rows) == Counter(f"f{n}" for n in range(200))
    assert all(row["place"] == int(row["fact_id"][1:]) // 20 + 1 for row in rows)


async def test_a_commit_that_the_database_refuses_stops_the_partition_at_fault_only(
    world: World, house: House
) -> None:
    worker, door = totals(), Door()
    stops, goes = keys_of_different_partitions(world.partitions, 2)
    await world.publish(
        door.recorded(stops, "twice"),
        door.recorded(stops, "twice"),
        door.recorded(goes, "a"),
        door.recorded(goes, "b"),
    )
    engine = house.work(worker)
    await until(lambda: bool(engine.stopped))
    await house.until(has_rows(world, 2))
    await world.publish(door.recorded(goes, "c"))
    await house.until(has_rows(world, 3))
    assert {row["fact_id"] for row in await world.rows(TOTALS)} - {"twice"} == {"a", "b", "c"}


async def test_events_published_again_carry_the_same_sequence(world: World, house: House) -> None:
    worker, door = totals(), Door()
    await world.publish(*(door.recorded(KEYS[n % 20], f"f{n}") for n in range(40)))
    await world.publish(*(door.voided(KEYS[n % 20], f"f{n}") for n in range(40)))
    house.work(worker)
    await house.taken(worker)
    producer, lanes = world.log.producer(), world.lanes([worker])
    await producer.start()
    for lane in await lanes.take():
        await producer.publish((await lane.unsent()).messages)  # and the crash: sent() is never called
    await lanes.close()
    await producer.stop()
    house.relay(worker)
    await house.published()
    events = await world.records(OUT)
    assert len(events) == 160
    facts = Counter((header(event, "ce_type"), decoded(event).fact_id) for event in once(events))
    assert len(facts) == 80
    assert set(facts.values()) == {1}
