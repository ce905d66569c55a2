"""A log that does not hold what comes after a stored position is not read, however late somebody looks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from arus_runtime import catalogue
from arus_runtime.engine import Engine
from arus_runtime.log import Bounds, MemoryLog, Message, TopicPartition
from arus_runtime.log.partitioner import partition_of
from arus_runtime.positions import FactsExpired, LogBehind, lost_meanwhile, misfit
from arus_runtime.testing import until
from arus_runtime.worker import Worker
from arus_stack.backups import mend as mending
from arus_stack.errors import Refused
from arus_stack.kafka.admin import Admin, KafkaAccess
from arus_stack.testing import KafkaServer

from .test_conformance import has_rows
from .test_log import Heard, publish
from .workers import IN, TOTALS, Door, Total, totals
from .worlds import SERVICE, House, MemoryWorld, RealWorld, World

AT = TopicPartition("t", 3)


@pytest.mark.parametrize(
    ("position", "log", "wrong"),
    [
        (0, Bounds(0, 0), ""),
        (0, Bounds(7, 9), ""),
        (5, Bounds(0, 5), ""),
        (5, Bounds(5, 5), ""),
        (5, Bounds(0, 4), "t[3] must reach the stored position 5, got a log that ends at 4: it was lost"),
        (5, Bounds(0, 0), "t[3] must reach the stored position 5, got a log that ends at 0: it was lost"),
        (
            5,
            Bounds(6, 9),
            "t[3] must hold what follows the stored position 5, got a log that begins at 6: 1 ",
        ),
    ],
)
def test_a_position_fits_a_log_that_holds_what_comes_next(position: int, log: Bounds, wrong: str) -> None:
    assert str(misfit(AT, position, log) or "").startswith(wrong)
    assert bool(misfit(AT, position, log)) is bool(wrong)


async def test_a_gap_that_compaction_left_is_no_loss() -> None:
    log = MemoryLog(4)
    for _ in range(9):
        log.append(Message("t", None, b"", []), 3)
    consumer = log.consumer(["t"], "g", Heard())
    assert await lost_meanwhile(consumer, AT, 5, 5) is None
    assert await lost_meanwhile(consumer, AT, 5, 7) is None
    assert isinstance(await lost_meanwhile(consumer, AT, 5, 4), LogBehind)
    log.expire(AT, 6)
    assert isinstance(await lost_meanwhile(consumer, AT, 5, 7), FactsExpired)


@pytest.fixture
def topic(world: World, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give a topic of this test's own, which may be lost."""
    name = "test.lost.v1"
    if not isinstance(world, MemoryWorld):
        kafka: KafkaServer = request.getfixturevalue("kafka")
        name = kafka.create_topic(partitions=world.partitions)
    known = {**catalogue.topics(), name: replace(catalogue.topics()[IN], name=name, messages=())}
    monkeypatch.setattr(catalogue, "topics", lambda: known)
    return name


@pytest.fixture
def worker(topic: str) -> Worker[Total]:
    worker = totals()
    worker.topics = (topic,)
    return worker


@pytest.fixture
def lose(world: World, topic: str, request: pytest.FixtureRequest) -> Callable[[], None]:
    """Give what deletes the topic and creates it again."""
    if isinstance(world, MemoryWorld):
        return lambda: world.log.lose(topic)
    kafka: KafkaServer = request.getfixturevalue("kafka")

    def recreate() -> None:
        Admin(kafka.access).delete_topic(topic)
        kafka.create_topic(topic, partitions=world.partitions)

    return recreate


@pytest.fixture
def expire(world: World, topic: str, request: pytest.FixtureRequest) -> Callable[[int], None]:
    """Give what lets go of the records of the key "t:k" before an offset, as retention does."""
    at = TopicPartition(topic, partition_of(b"t:k", world.partitions))
    if isinstance(world, MemoryWorld):
        return lambda first: world.log.expire(at, first)
    kafka: KafkaServer = request.getfixturevalue("kafka")
    return lambda first: kafka.let_go(at, first)


class Facts:
    """Records one fact after the other under one key of a topic."""

    def __init__(self, world: World, topic: str) -> None:
        self._world, self._topic, self._door = world, topic, Door()

    def next(self, count: int) -> list[Message]:
        return [
            self._door.recorded("t:k", f"f{self._door.sequence}")._replace(topic=self._topic)
            for _ in range(count)
        ]

    async def arrive(self, count: int) -> None:
        await publish(self._world.log, *self.next(count))


@asynccontextmanager
async def at_work(world: World, worker: Worker[Total]) -> AsyncGenerator[tuple[Engine, House]]:
    house = House(world)
    yield house.work(worker), house
    await house.close()


async def stopped(engine: Engine) -> Exception:
    """Return what the one partition that stops is stopped by."""
    await until(lambda: bool(engine.stopped), 30)
    (cause,) = engine.stopped.values()
    return cause


async def test_a_log_that_was_lost_is_not_read_even_when_it_has_grown(
    world: World, topic: str, worker: Worker[Total], lose: Callable[[], None]
) -> None:
    facts = Facts(world, topic)
    await facts.arrive(5)
    async with at_work(world, worker) as (engine, house):
        await house.until(has_rows(world, 5))
        await until(lambda: not engine.unready, 30)
    await asyncio.to_thread(lose)
    await facts.arrive(1)
    for _ in range(2):
        async with at_work(world, worker) as (engine, _):
            cause = await stopped(engine)
            at = TopicPartition(topic, partition_of(b"t:k", world.partitions))
            assert isinstance(cause, LogBehind)
            assert str(cause) == str(LogBehind(at, 5, 1))
            await until(lambda: not engine.unready, 30)  # its pod serves on
            assert engine.trouble == f"{topic}[{at.partition}] stopped by LogBehind"
        await facts.arrive(9)
    assert len(await world.rows(TOTALS)) == 5


async def test_a_log_that_begins_after_what_was_read_is_not_read(
    world: World, topic: str, worker: Worker[Total], expire: Callable[[int], None]
) -> None:
    facts = Facts(world, topic)
    await facts.arrive(5)
    async with at_work(world, worker) as (_, house):
        await house.until(has_rows(world, 5))
    await facts.arrive(5)
    await asyncio.to_thread(expire, 8)
    async with at_work(world, worker) as (engine, house):
        cause = await stopped(engine)
        assert isinstance(cause, FactsExpired)
        assert "stored position 5, got a log that begins at 8: 3 offsets" in str(cause)
        await until(lambda: not engine.unready, 30)
    assert len(await world.rows(TOTALS)) == 5


async def test_what_was_read_may_expire_and_who_read_nothing_begins_with_the_oldest(
    world: World, topic: str, worker: Worker[Total], expire: Callable[[int], None]
) -> None:
    facts = Facts(world, topic)
    await facts.arrive(5)
    await asyncio.to_thread(expire, 3)
    async with at_work(world, worker) as (_, house):
        await house.until(has_rows(world, 2))
    await asyncio.to_thread(expire, 5)
    await facts.arrive(1)
    async with at_work(world, worker) as (engine, house):
        await house.until(has_rows(world, 3))
        assert not engine.stopped
    assert [row["fact_id"] for row in await world.rows(TOTALS)] == ["f3", "f4", "f5"]


async def test_only_who_holds_a_partition_says_that_its_log_is_short(world: World) -> None:
    worker, at = totals(), TopicPartition(IN, 0)
    old, heir = world.store(worker), world.store(worker)
    epoch = (await asyncio.to_thread(old.take, [at]))[at].epoch
    grant = (await asyncio.to_thread(heir.take, [at]))[at]
    await asyncio.to_thread(old.found_behind, at, epoch, 1)
    again = (await asyncio.to_thread(heir.take, [at]))[at]
    assert (grant.log_end, again.log_end) == (None, None)
    await asyncio.to_thread(heir.found_behind, at, again.epoch, 2)
    assert (await asyncio.to_thread(heir.take, [at]))[at].log_end == 2
    for store in (old, heir):
        store.close()


@pytest.mark.parametrize("world", ["memory"], indirect=True)
async def test_a_log_that_is_lost_under_a_worker_is_noticed_before_it_has_grown(
    world: MemoryWorld, topic: str, worker: Worker[Total]
) -> None:
    facts = Facts(world, topic)
    async with at_work(world, worker) as (engine, house):
        await facts.arrive(5)
        await house.until(has_rows(world, 5))
        world.log.lose(topic)
        await facts.arrive(1)
        cause = await stopped(engine)
        assert isinstance(cause, LogBehind)
        assert "stored position 5, got a log that ends at 0" in str(cause)
    assert len(await world.rows(TOTALS)) == 5


@pytest.mark.parametrize("world", ["memory"], indirect=True)
async def test_records_that_expire_unread_under_a_worker_are_noticed(
    world: MemoryWorld, topic: str, worker: Worker[Total]
) -> None:
    facts = Facts(world, topic)
    async with at_work(world, worker) as (engine, house):
        await facts.arrive(5)
        await house.until(has_rows(world, 5))
        first, *_ = [world.log.append(message) for message in facts.next(5)]
        at = TopicPartition(first.topic, first.partition)
        world.log.expire(at, 8)
        assert isinstance(await stopped(engine), FactsExpired)
    assert len(await world.rows(TOTALS)) == 5


@pytest.mark.parametrize("world", ["real"], indirect=True)
@pytest.mark.integration
class TestMending:
    """What `arus topics mend` does."""

    @pytest.fixture
    def access(self, kafka: KafkaServer) -> KafkaAccess:
        return kafka.access

    async def test_after_a_lost_log_workers_go_on_with_what_was_said_since(
        self,
        world: RealWorld,
        topic: str,
        worker: Worker[Total],
        lose: Callable[[], None],
        access: KafkaAccess,
    ) -> None:
        facts = Facts(world, topic)
        await facts.arrive(5)
        async with at_work(world, worker) as (_, house):
            await house.until(has_rows(world, 5))
        await asyncio.to_thread(lose)
        await facts.arrive(3)
        async with at_work(world, worker) as (engine, _):
            await stopped(engine)
        await facts.arrive(4)
        (one,) = mending.misfits(world.url, access, [SERVICE])
        assert (one.end, one.positions, one.was_lost) == (7, {f"{SERVICE}/totals": 5}, True)
        assert (one.goes_on, one.unread) == (7, {})
        with pytest.raises(Refused, match="must reach 5"):
            mending.let_go(world.url, [SERVICE], replace(one, end=4))
        assert await asyncio.to_thread(mending.mend, world.url, access, [], one) == 7  # and then it is killed
        (one,) = mending.misfits(world.url, access, [SERVICE])
        assert await asyncio.to_thread(mending.mend, world.url, access, [SERVICE], one) == 14
        assert list(mending.misfits(world.url, access, [SERVICE])) == []
        async with at_work(world, worker) as (engine, house):
            await facts.arrive(1)
            await house.until(has_rows(world, 13))
            assert not engine.stopped
        rows = await world.rows(TOTALS)
        assert [(row["fact_id"], row["place"]) for row in rows] == [(f"f{n}", n + 1) for n in range(13)]

    async def test_a_log_that_is_shorter_is_filled_up_to_what_was_read(
        self,
        world: RealWorld,
        topic: str,
        worker: Worker[Total],
        lose: Callable[[], None],
        access: KafkaAccess,
    ) -> None:
        facts = Facts(world, topic)
        await facts.arrive(5)
        async with at_work(world, worker) as (_, house):
            await house.until(has_rows(world, 5))
        await asyncio.to_thread(lose)
        await facts.arrive(2)
        (one,) = mending.misfits(world.url, access, [SERVICE])
        assert (one.end, one.goes_on) == (2, 5)
        assert await asyncio.to_thread(mending.mend, world.url, access, [SERVICE], one) == 2
        async with at_work(world, worker) as (_, house):
            await house.until(has_rows(world, 7))

    async def test_a_log_that_is_back_is_read_on(
        self, world: RealWorld, topic: str, worker: Worker[Total], access: KafkaAccess
    ) -> None:
        facts, at = Facts(world, topic), TopicPartition(topic, partition_of(b"t:k", world.partitions))
        await facts.arrive(5)
        async with at_work(world, worker) as (_, house):
            await house.until(has_rows(world, 5))
        store = world.store(worker)
        epoch = (await asyncio.to_thread(store.take, [at]))[at].epoch
        await asyncio.to_thread(store.found_behind, at, epoch, 0)
        store.close()
        (one,) = mending.misfits(world.url, access, [SERVICE])
        mending.let_go(world.url, [SERVICE], one)
        await facts.arrive(1)
        async with at_work(world, worker) as (_, house):
            await house.until(has_rows(world, 6))

    async def test_after_facts_expired_workers_go_on_with_the_oldest(
        self,
        world: RealWorld,
        topic: str,
        worker: Worker[Total],
        expire: Callable[[int], None],
        access: KafkaAccess,
    ) -> None:
        facts = Facts(world, topic)
        await facts.arrive(5)
        async with at_work(world, worker) as (_, house):
            await house.until(has_rows(world, 5))
        await facts.arrive(5)
        await asyncio.to_thread(expire, 8)
        (one,) = mending.misfits(world.url, access, [SERVICE])
        assert (one.was_lost, one.goes_on, one.unread) == (False, 8, {f"{SERVICE}/totals": 3})
        assert await asyncio.to_thread(mending.mend, world.url, access, [SERVICE], one) == 0
        async with at_work(world, worker) as (_, house):
            await house.until(has_rows(world, 7))
        assert [row["fact_id"] for row in await world.rows(TOTALS)][5:] == ["f8", "f9"]
