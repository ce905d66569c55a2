"""The engine asks one thing at a time of a store's writing connection."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
import weakref
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import pytest
from arus_runtime import engine
from arus_runtime.log import TopicPartition
from arus_runtime.log.memory import MemoryConsumer
from arus_runtime.log.partitioner import partition_of
from arus_runtime.memory import MemoryDatabase, MemoryStore
from arus_runtime.store import Away, Grant, Part
from arus_runtime.testing import until
from arus_runtime.worker import AnyWorker
from structlog.testing import capture_logs
from typing_extensions import override

from .workers import IN, TOTALS, Door, Mood, totals
from .worlds import House, MemoryWorld

pytestmark = pytest.mark.parametrize("world", ["memory"], indirect=True)
LONG_ENOUGH_S = 1.0


class Watching(MemoryStore):
    """A store that tells whether partitions are taken while it commits, and waits for that a while."""

    def __init__(self, database: MemoryDatabase, worker: AnyWorker, loading: Callable[[], None]) -> None:
        super().__init__(database, worker)
        self.loading = loading
        self.taking = threading.Event()
        self.overlapped = False

    @override
    def load(self, at: TopicPartition, keys: Sequence[str]) -> dict[str, bytes]:
        self.taking.clear()
        self.loading()
        return super().load(at, keys)

    @override
    def commit(self, parts: Sequence[Part]) -> None:
        self.overlapped = self.taking.wait(LONG_ENOUGH_S)
        super().commit(parts)

    @override
    def take(
        self, partitions: Iterable[TopicPartition], stuck: Collection[TopicPartition] = ()
    ) -> dict[TopicPartition, Grant]:
        self.taking.set()
        return super().take(partitions, stuck)


async def test_partitions_are_taken_only_after_the_commit_under_way(world: MemoryWorld, house: House) -> None:
    worker, loop = totals(), asyncio.get_running_loop()
    at = TopicPartition(IN, partition_of(b"t:k", world.partitions))
    other = TopicPartition(IN, (at.partition + 1) % world.partitions)

    def given() -> None:
        """Let the group give us another partition while a batch is folded, whose commit is then under way."""
        asyncio.run_coroutine_threadsafe(engine.assigned([other]), loop).result()

    store = Watching(world.database, worker, given)
    engine = house.work(worker, store)
    await world.publish(Door().recorded("t:k", "a", 10))
    await house.taken(worker)

    async def taken() -> bool:
        return store.taking.is_set()

    await house.until(taken)
    assert not store.overlapped
    assert [(row["place"], row["sum_ul"]) for row in await world.rows(TOTALS)] == [(1, 10)]


class Keeping(MemoryStore):
    """A store in which somebody keeps partitions locked. asked: for which, and whether as stuck."""

    def __init__(self, database: MemoryDatabase, worker: AnyWorker, kept: set[TopicPartition]) -> None:
        super().__init__(database, worker)
        self.kept = kept
        self.asked: list[tuple[TopicPartition, bool]] = []

    @override
    def take(
        self, partitions: Iterable[TopicPartition], stuck: Collection[TopicPartition] = ()
    ) -> dict[TopicPartition, Grant]:
        partitions = list(partitions)
        free = super().take([at for at in partitions if at not in self.kept])
        self.asked += [(at, at in stuck) for at in partitions if at in self.kept]
        return free


class Clock:
    """The engine's clock, turned by hand."""

    now = 0.0
    perf_counter = staticmethod(time.perf_counter)

    def monotonic(self) -> float:
        return self.now


async def test_who_keeps_partitions_locked_has_half_a_second_for_each(
    world: MemoryWorld, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, worker = Clock(), totals()
    monkeypatch.setattr(engine, "time", clock)
    a, b, free = (TopicPartition(IN, partition) for partition in range(world.partitions))
    store = Keeping(world.database, worker, {a, b})

    async def asked(*partitions: TopicPartition) -> dict[TopicPartition, bool]:
        """Ask for partitions again, and return which of their holders are stuck."""
        store.asked.clear()
        await working.assigned(partitions)
        await until(lambda: len(store.asked) >= len(partitions))
        await working.revoked([])  # which waits until the engine knows the answer
        return dict(store.asked)

    with capture_logs() as logs:
        working = house.work(worker, store)
        await until(lambda: free in working.reached)
        for at in (a, b, a, b):
            assert await asked(at) == {at: False}
        assert not working.unready  # its pod serves on
        assert set(working.held_up) == {a, b}
        assert working.trouble == f"{IN}[0] locked by somebody else, {IN}[1] locked by somebody else"
        clock.now = engine.LOCKED_S
        assert await asked(a, b) == {a: True, b: True}
        await working.revoked([a, b])
        assert not working.trouble
        assert not working.held_up
        assert await asked(a, b) == {a: False, b: False}
    locked = [set(log["partitions"]) for log in logs if log["event"].startswith("partitions locked")]
    assert locked == [{a, b}, {a, b}]  # said when it comes, not whenever it is asked for
    store.kept.clear()
    clock.now += engine.LOCKED_S
    await until(lambda: set(working.reached) == {a, b, free})
    assert not working.trouble
    assert not working.held_up


class Refusing(MemoryStore):
    """A store whose database lets nobody in, as when a password is wrong."""

    @override
    def take(
        self, partitions: Iterable[TopicPartition], stuck: Collection[TopicPartition] = ()
    ) -> dict[TopicPartition, Grant]:
        raise Away("password authentication failed")


async def test_partitions_that_a_database_keeps_from_us_are_held_up(world: MemoryWorld, house: House) -> None:
    worker = totals()
    working = house.work(worker, Refusing(world.database, worker))
    await until(lambda: len(working.held_up) == world.partitions)
    assert working.unready == "waiting for the database or Kafka"
    assert not working.reached


async def test_an_engine_that_runs_again_tries_again_what_had_stopped(world: MemoryWorld) -> None:
    """As it does when Kafka was away."""
    mood = Mood(fails={"a"})
    worker = totals(mood)
    await world.publish(Door().recorded("t:k", "a", 10))
    first = House(world)
    engine = first.work(worker)
    await until(lambda: bool(engine.stopped))
    await first.close()
    assert not engine.trouble
    mood.fails.clear()
    again = House(world)
    again.tasks.append(asyncio.create_task(engine.run(again.stop)))
    await again.taken(worker)
    await again.close()
    assert [row["fact_id"] for row in await world.rows(TOTALS)] == ["a"]


async def test_kafka_is_told_what_moved_and_now_and_then_everything(
    world: MemoryWorld, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, worker, told = Clock(), totals(), list[set[TopicPartition]]()

    async def commit(_: MemoryConsumer, offsets: Mapping[TopicPartition, int]) -> None:
        told.append(set(offsets))

    async def heard() -> set[TopicPartition]:
        told.clear()
        clock.now += engine.REPORT_OFFSETS_S
        await until(lambda: bool(told))
        return told[0]

    monkeypatch.setattr(engine, "time", clock)
    monkeypatch.setattr(MemoryConsumer, "commit", commit)
    every = {TopicPartition(IN, partition) for partition in range(world.partitions)}
    working = house.work(worker)
    await until(lambda: set(working.reached) == every)
    assert await heard() == every
    await world.publish(Door().recorded("t:k", "a", 10))
    await house.taken(worker)
    await until(lambda: max(working.reached.values()) == 1)
    assert await heard() == {TopicPartition(IN, partition_of(b"t:k", world.partitions))}
    clock.now += engine.REPORT_ALL_S
    assert await heard() == every


class Knot:
    """Refers to itself, so that only the collector frees it."""

    def __init__(self) -> None:
        self.itself = self


async def test_cycles_are_swept_where_little_happens(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "SWEEP_S", 0.0)
    usual = gc.get_threshold()
    try:
        house.work(totals())
        await until(lambda: gc.get_threshold() == engine.GC_THRESHOLD)
        tied = weakref.ref(Knot())
        await until(lambda: tied() is None)
    finally:
        gc.set_threshold(*usual)
