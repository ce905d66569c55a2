"""Each fact meets the version that holds when it is recorded, however late that version became known."""

from __future__ import annotations

import asyncio

import psycopg
import pytest
from arus_runtime import ddl
from arus_runtime.side_inputs import Beyond, Known
from arus_runtime.store import PostgresStore
from arus_runtime.testing import until
from arus_stack.testing import PostgresServer
from ulid import ULID

from .conftest import TABLES
from .workers import BOUNDS, TOTALS, Door, informed
from .worlds import SERVICE, House, MemoryWorld, World, add_bound


def recorded_at(ms: int) -> str:
    return str(ULID.from_timestamp(ms))


def placed(rows: list[dict[str, int]]) -> list[int]:
    return [row["place"] for row in rows]


async def test_a_fact_meets_the_version_that_holds_when_it_is_recorded(world: World, house: House) -> None:
    worker, door = informed(), Door()
    house.work(worker)
    before_ms = await world.now_ms()
    await world.publish(door.recorded("t:k", recorded_at(before_ms)))
    await house.taken(worker)  # what was known then is known for the next two seconds

    holds_ms = await world.bound(7)
    soon_ms, last_ms = before_ms + 1_500, holds_ms - 1
    moments = [before_ms, soon_ms, last_ms, holds_ms, holds_ms + 1, soon_ms]
    facts = [recorded_at(ms) for ms in moments[1:]]
    await world.publish(*(door.recorded("t:k", fact) for fact in facts[:1]))
    await house.taken(worker)
    world.skip(4)
    await world.publish(*(door.recorded("t:k", fact) for fact in facts[1:]))
    await house.taken(worker)
    assert placed(await world.rows(TOTALS)) == [7 if ms >= holds_ms else 0 for ms in moments]


async def test_a_fact_meets_the_versions_of_all_tables(world: World, house: House) -> None:
    worker, door = informed(), Door()
    first_ms = await world.bound(7)
    world.skip(1)
    second_ms = await world.bound(10, "extras")
    world.skip(1)
    later_ms = await world.bound(8)
    world.skip(6)
    house.work(worker)
    facts = [recorded_at(ms) for ms in (first_ms - 1, second_ms, later_ms + 1)]
    await world.publish(*(door.recorded("t:k", fact) for fact in facts))
    await house.taken(worker)
    assert placed(await world.rows(TOTALS)) == [0, 17, 18]


async def test_a_conclusion_meets_the_version_of_each_fact_too(world: World, house: House) -> None:
    worker, door = informed(), Door()
    holds_ms = await world.bound(7)
    world.skip(4)
    moments = [holds_ms - 1, holds_ms]
    await world.publish(*(door.corrected("t:k", recorded_at(ms), 1) for ms in moments))
    house.work(worker)
    await house.taken(worker)
    assert placed(await world.rows(TOTALS)) == [0, 7]


async def test_a_fact_from_a_clock_that_is_ahead_waits_until_enough_is_known() -> None:
    world, door, worker = MemoryWorld(), Door(), informed()
    house = House(world)
    now_ms = await world.now_ms()
    stopped = world.database.clock()
    world.database.clock = lambda: stopped
    await world.publish(door.recorded("t:k", recorded_at(now_ms + 2_001)))
    engine = house.work(worker)
    await until(lambda: bool(engine.waiting))
    assert await world.rows(TOTALS) == []
    world.skip(1)
    await house.taken(worker)
    assert placed(await world.rows(TOTALS)) == [0]
    await house.close()


def test_what_is_known_ends_with_its_time() -> None:
    known = Known("value", 1_000)
    assert known.at(ULID.from_str(recorded_at(999)).bytes) == "value"
    with pytest.raises(Beyond):
        known.at(ULID.from_str(recorded_at(1_001)).bytes)
    with pytest.raises(Beyond):
        Known("nothing read yet").at(ULID.from_str(recorded_at(0)).bytes)


@pytest.mark.integration
async def test_a_version_that_is_being_inserted_is_never_missed(
    postgres: PostgresServer,
) -> None:
    url = postgres.create_database()
    options = f"-c search_path={SERVICE}"
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(f"create schema {SERVICE}; set search_path = {SERVICE}".encode())
        owner.execute((ddl.worker_tables() + TABLES).encode())
    store = PostgresStore(url, SERVICE, informed())
    with psycopg.connect(url, options=options) as command, psycopg.connect(url, options=options) as other:
        add_bound(command, 1)
        add_bound(other, 2)
        other.commit()
        assert await asyncio.to_thread(store.read_side, BOUNDS, {}) is None
        command.commit()
        reading = await asyncio.to_thread(store.read_side, BOUNDS, {})
        assert reading is not None
        assert [bound for _, bound in reading.rows["bounds"]] == [1, 2]
        add_bound(command, 3)
        command.rollback()
        add_bound(command, 4)
        command.commit()
        more = await asyncio.to_thread(store.read_side, BOUNDS, reading.last)
        assert more is not None
        assert [bound for _, bound in more.rows["bounds"]] == [4]
        assert all(round(since.timestamp() * 1000) > more.at_ms + 4_000 for since, _ in more.rows["bounds"])
        add_bound(other, 5, "extras")
        assert await asyncio.to_thread(store.read_side, BOUNDS, more.last) is None
        other.commit()
        extra = await asyncio.to_thread(store.read_side, BOUNDS, more.last)
        assert extra is not None
        assert {table: [bound for _, bound in rows] for table, rows in extra.rows.items()} == {
            "bounds": [], "extras": [5],
        }  # fmt: skip
    store.close()
    postgres.drop_database(url)
