"""The lanes in PostgreSQL: one relay holds them, and what it ticks off is exactly what it published."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from arus_runtime.backlog import behind, ends_of, places_of
from arus_runtime.lanes import PostgresLanes
from arus_runtime.log import AiokafkaLog, TopicPartition
from arus_runtime.log.partitioner import partition_of
from arus_runtime.postgres import SilentError
from arus_runtime.relay import Lane
from arus_runtime.store import Away, Fenced, Part, PostgresStore
from arus_runtime.testing import until
from arus_stack.line import Line
from typing_extensions import override

from .test_conformance import has_rows
from .test_relay import add
from .workers import IN, TOTALS, Door, Mood, totals
from .worlds import PATIENCE_S, SERVICE, House, RealWorld, keys_of_different_partitions

pytestmark = [pytest.mark.integration, pytest.mark.parametrize("world", ["real"], indirect=True)]
BACKEND = "select backend_pid from relay"
LIVING = "select count(*) as living from pg_stat_activity where pid = %s"
LEFT = "select id, pub_seq from outbox order by id"
MORE = """
insert into outbox (tenant_id, topic, key, value, headers)
select tenant_id, topic, key, value, headers from outbox, generate_series(1, 1000)
returning 1
"""
READ_IN_ALL = "select seq_tup_read from pg_stat_user_tables where schemaname = %s and relname = 'outbox'"


async def taken(lanes: PostgresLanes) -> Lane:
    """Take the lanes, once the database knows that who held them is gone, and return the outbox's."""
    async with asyncio.timeout(PATIENCE_S):
        while not (held := await lanes.take()):  # noqa: ASYNC110 - PostgreSQL calls nobody
            await asyncio.sleep(0.01)
    return held[-1]


def names(messages: Sequence[Any]) -> list[str]:
    return [dict(message.headers)["ce_id"].decode() for message in messages]


def sequences(messages: Sequence[Any]) -> list[int]:
    return [int(dict(message.headers)["ce_sequence"]) for message in messages]


async def test_what_becomes_visible_late_is_neither_skipped_nor_deleted(world: RealWorld) -> None:
    lanes = PostgresLanes(world.url, SERVICE, ())
    outbox = await taken(lanes)
    slow = await psycopg.AsyncConnection[Any].connect(world.url, options=f"-c search_path={SERVICE}")
    async with slow:  # its row has the lower id, and is seen later
        await add(world, "late", slow)
        await add(world, "early")
        first = await outbox.unsent()
        assert names(first.messages) == ["early"]
        await slow.commit()
    await outbox.sent(first.mark)
    second = await outbox.unsent()
    assert names(second.messages) == ["late"]
    assert sequences(second.messages) > sequences(first.messages)
    await outbox.sent(second.mark)
    assert await world.query(LEFT) == []
    await lanes.close()


async def test_numbers_outlive_the_relay_that_gave_them(world: RealWorld) -> None:
    for name in "abc":
        await add(world, name)
    lanes, heir = (PostgresLanes(world.url, SERVICE, ()) for _ in range(2))
    before = await (await taken(lanes)).unsent()
    await lanes.close()
    await add(world, "d")
    after = await (await taken(heir)).unsent()
    assert names(after.messages) == names(before.messages) == ["a", "b", "c"]
    assert sequences(after.messages) == sequences(before.messages)
    await heir.close()


async def test_what_comes_next_is_found_without_reading_all_that_waits(world: RealWorld) -> None:
    for name in "abcdef":
        await add(world, name)
    await world.query(MORE)  # of which the planner knows nothing
    before = await world.query(READ_IN_ALL, SERVICE)
    lanes = PostgresLanes(world.url, SERVICE, ())
    outbox = await taken(lanes)
    first = await outbox.unsent()
    assert names(first.messages)[:6] == ["a", "b", "c", "d", "e", "f"]
    await outbox.sent(first.mark)
    cursor = await lanes.cursor()
    await cursor.execute("select pg_stat_force_next_flush()")
    assert await world.query(READ_IN_ALL, SERVICE) == before
    await lanes.close()


async def test_while_a_relay_lives_no_other_gets_the_lanes(world: RealWorld) -> None:
    lanes, other = (PostgresLanes(world.url, SERVICE, ()) for _ in range(2))
    await taken(lanes)
    assert await other.take() == ()
    await lanes.beat()
    await lanes.close()
    await taken(other)
    await other.close()


async def test_a_silent_relay_is_ended_and_replaced(world: RealWorld) -> None:
    lanes, heir = (PostgresLanes(world.url, SERVICE, ()) for _ in range(2))
    await taken(lanes)
    ((pid,),) = [tuple(row.values()) for row in await world.query(BACKEND)]
    await world.query("update relay set beat_at = beat_at - interval '10 seconds' returning 1")
    await taken(heir)
    assert await world.query(LIVING, pid) == [{"living": 0}]
    with pytest.raises(psycopg.OperationalError):
        await lanes.beat()
    await lanes.close()
    await heir.close()


async def test_a_relay_that_lost_its_lease_ticks_nothing_off(world: RealWorld) -> None:
    await add(world, "a")
    lanes = PostgresLanes(world.url, SERVICE, ())
    outbox = await taken(lanes)
    unsent = await outbox.unsent()
    left = await world.query(LEFT)
    await world.query("update relay set epoch = epoch + 1 returning 1")
    with pytest.raises(Fenced):
        await lanes.beat()
    with pytest.raises(Fenced):
        await outbox.sent(unsent.mark)
    assert await world.query(LEFT) == left
    await lanes.close()


class Stuck(list[tuple[str, str, bytes]]):
    """States that are handed over, inside the transaction that saves them, only when they are let go."""

    def __init__(self) -> None:
        super().__init__([("t:k", "", b"x" * 16)])
        self.entered, self.let_go = threading.Event(), threading.Event()

    @override
    def __iter__(self) -> Iterator[tuple[str, str, bytes]]:
        self.entered.set()
        self.let_go.wait(PATIENCE_S)
        return super().__iter__()


async def test_a_holder_stopped_in_its_transaction_is_ended_by_who_takes_over(world: RealWorld) -> None:
    worker, at, states = totals(), TopicPartition(IN, 0), Stuck()
    zombie, heir = (PostgresStore(world.url, SERVICE, worker) for _ in range(2))
    old = (await asyncio.to_thread(zombie.take, [at]))[at]
    part = Part(at, old.epoch, old.next_offset, old.next_offset + 5, states)
    stopped = asyncio.create_task(asyncio.to_thread(zombie.commit, [part]))
    try:
        await asyncio.to_thread(states.entered.wait, PATIENCE_S)
        for _ in range(2):
            assert await asyncio.to_thread(heir.take, [at]) == {}
        new = (await asyncio.to_thread(heir.take, [at], {at}))[at]
        assert (new.epoch, new.next_offset) == (old.epoch + 1, old.next_offset)
    finally:
        states.let_go.set()
    with pytest.raises(Away):
        await stopped
    assert await world.states(worker) == {}
    for store in (zombie, heir):
        store.close()


async def test_a_partition_locked_by_somebody_else_keeps_no_other_waiting(world: RealWorld) -> None:
    worker, door, house = totals(), Door(), House(world)
    late, soon = keys_of_different_partitions(world.partitions, 2)
    at = TopicPartition(IN, partition_of(late.encode(), world.partitions))
    world.start_at_the_end(worker)
    async with await psycopg.AsyncConnection[Any].connect(
        world.url, options=f"-c search_path={SERVICE}"
    ) as other:
        await other.execute("select from progress where partition = %s for update", (at.partition,))
        engine = house.work(worker)
        await world.publish(door.recorded(late, "late"), door.recorded(soon, "soon"))
        await house.until(has_rows(world, 1))
        assert [row["fact_id"] for row in await world.rows(TOTALS)] == ["soon"]
        assert engine.trouble == f"{IN}[{at.partition}] locked by somebody else"
        assert not engine.unready
    await house.until(has_rows(world, 2))
    assert not engine.trouble
    await house.close()


async def test_what_waits_behind_a_locked_or_stopped_partition_is_counted(world: RealWorld) -> None:
    mood = Mood(fails={"broken"})
    worker, door, house = totals(mood), Door(), House(world)
    locked, stopped, read = keys_of_different_partitions(world.partitions, 3)
    at, broken = (
        TopicPartition(IN, partition_of(key.encode(), world.partitions)) for key in (locked, stopped)
    )
    told = House(world)
    told.work(worker)
    ends = {place: end for place, end in world.ends.items() if place.topic == IN}

    async def reported() -> bool:
        return await world.reported(worker, ends) == ends

    await told.until(reported)
    await told.close()
    async with await psycopg.AsyncConnection[Any].connect(
        world.url, options=f"-c search_path={SERVICE}"
    ) as other:
        await other.execute("select from progress where partition = %s for update", (at.partition,))
        engine = house.work(worker)
        facts = [door.recorded(locked, f"late-{number}") for number in range(3)]
        facts += [
            door.recorded(stopped, "broken"),
            door.recorded(stopped, "behind"),
            door.recorded(read, "a"),
        ]
        await world.publish(*facts)
        await house.until(has_rows(world, 1))
        await until(lambda: broken in engine.stopped and at in engine.held_up)
        log = world.log
        assert isinstance(log, AiokafkaLog)

        async def waiting() -> Mapping[str, int]:
            places = await places_of(log, engine)
            assert places.keys() == ends.keys()
            return behind([IN], places, await ends_of(log, places))

        async def told_of_what_was_read() -> bool:
            return (await waiting())[IN] <= 5

        await house.until(told_of_what_was_read)
        assert await waiting() == {IN: 5}
    await house.close()


async def test_a_line_that_falls_silent_is_given_up_and_another_one_serves(world: RealWorld) -> None:
    worker, at = totals(), TopicPartition(IN, 0)
    parts = urlsplit(world.url)
    with Line(parts.hostname or "", parts.port or 5432) as line:
        store = PostgresStore(line.url(world.url), SERVICE, worker, answer_s=0.5)
        lease = store.take([at])[at]
        assert store.load(at, ["t:k"]) == {}
        part = Part(at, lease.epoch, lease.next_offset, lease.next_offset + 5, [("t:k", "", b"x" * 16)])
        line.strand()
        for ask in (partial(store.load, at, ["t:k"]), partial(store.commit, [part])):
            with pytest.raises(Away, match=r"the database must answer within 0\.5 s"):
                await asyncio.wait_for(asyncio.to_thread(ask), PATIENCE_S)
        again = store.take([at])[at]
        assert again.epoch == lease.epoch + 1
        store.commit([replace(part, epoch=again.epoch)])
        assert store.load(at, ["t:k"]) == {"t:k": b"x" * 16}
        store.close()


async def test_a_lone_relay_whose_line_falls_silent_takes_another(world: RealWorld) -> None:
    await add(world, "a")
    parts = urlsplit(world.url)
    with Line(parts.hostname or "", parts.port or 5432) as line:
        lanes = PostgresLanes(line.url(world.url), SERVICE, (), answer_s=0.5)
        outbox = await taken(lanes)
        line.strand()
        async with asyncio.timeout(PATIENCE_S):
            with pytest.raises(SilentError, match=r"the database must answer within 0\.5 s"):
                await outbox.unsent()
        await world.query("update relay set beat_at = beat_at - interval '10 seconds' returning 1")
        assert names((await (await taken(lanes)).unsent()).messages) == ["a"]
        await lanes.close()
