"""Work at set times happens once per tenant, at that tenant's own hour."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from arus_runtime.context import Context
from arus_runtime.postgres import Tx
from arus_runtime.schedules import LATE_AT_MOST, KeptSchedules, Schedule, Timing, due_at, fire, fire_all

TWO_IN_JAKARTA = datetime(2025, 6, 1, 19, 0, tzinfo=UTC)  # 02:00 of the 2nd, UTC+7


async def tenants(_: Tx) -> Sequence[tuple[str, str]]:
    return (("jakarta", "Asia/Jakarta"), ("jayapura", "Asia/Jayapura"))


NIGHTLY = Schedule("insights", "0 2 * * *", "count", tenants)


@pytest.mark.parametrize(
    ("late", "due"),
    [
        (timedelta(), True),
        (timedelta(seconds=1), True),
        (LATE_AT_MOST, True),
        (timedelta(seconds=-1), False),
        (LATE_AT_MOST + timedelta(seconds=1), False),
    ],
)
def test_a_time_is_due_from_its_moment_until_it_is_too_late(late: timedelta, due: bool) -> None:
    found = due_at("0 2 * * *", "Asia/Jakarta", TWO_IN_JAKARTA + late)
    assert found == (TWO_IN_JAKARTA if due else None)


def test_the_hour_is_the_tenants_own() -> None:
    assert due_at("0 2 * * *", "Asia/Jayapura", TWO_IN_JAKARTA - timedelta(hours=2)) is not None
    assert due_at("0 2 * * *", "Asia/Jayapura", TWO_IN_JAKARTA) is None


@pytest.mark.integration
async def test_times_that_people_chose_are_made_up_for_but_none_from_before_they_chose(
    context: Context,
) -> None:
    chosen_at = TWO_IN_JAKARTA + timedelta(hours=3)

    async def rows(_: Tx) -> Sequence[Timing]:
        return [
            Timing("t1", "old", "0 2 2 * *", "Asia/Jakarta", {"n": 1}, TWO_IN_JAKARTA - timedelta(days=9)),
            Timing("t1", "new", "0 2 2 * *", "Asia/Jakarta", {"n": 2}, chosen_at),
        ]

    kept = KeptSchedules("reports", "count", rows, late_at_most=timedelta(days=3))
    for late in (timedelta(hours=4), timedelta(hours=5), timedelta(days=4)):
        async with context.worker_db.system() as tx:
            await fire(tx, kept, TWO_IN_JAKARTA + late)
    async with context.worker_db.system() as tx:
        found = await (await tx.execute("select params from jobs where tenant_id = 't1'")).fetchall()
    assert [row["params"] for row in found] == [{"n": 1, "due": "2025-06-02T02:00:00+07:00"}]


@pytest.mark.integration
async def test_each_of_indonesias_zones_gets_its_own_hour_once_a_day_from_two_replicas(
    context: Context,
) -> None:
    zones = {"wib": "Asia/Jakarta", "wita": "Asia/Makassar", "wit": "Asia/Jayapura"}

    async def of_three_zones(_: Tx) -> Sequence[tuple[str, str]]:
        return list(zones.items())

    schedule = Schedule("insights", "0 2 * * *", "count", of_three_zones)
    start = datetime(2025, 6, 1, tzinfo=UTC)

    async def replica(late_s: int) -> None:
        for minutes in range(0, 2 * 24 * 60, 20):
            async with context.worker_db.system() as tx:
                await fire(tx, schedule, start + timedelta(minutes=minutes, seconds=late_s))

    await asyncio.gather(replica(0), replica(7))
    async with context.worker_db.system() as tx:
        rows = await (await tx.execute("select tenant_id, params from jobs order by 1, 2")).fetchall()
    assert [(row["tenant_id"], row["params"]["due"]) for row in rows] == [
        (tenant, f"2025-06-{day:02}T02:00:00+{offset:02}:00")
        for tenant, offset in (("wib", 7), ("wit", 9), ("wita", 8))
        for day in (2, 3)
    ]


@pytest.mark.integration
async def test_an_hour_that_a_clock_change_repeats_fires_once(context: Context) -> None:
    async def amsterdam(_: Tx) -> Sequence[tuple[str, str]]:
        return (("amsterdam", "Europe/Amsterdam"),)

    before = datetime(2025, 10, 26, 0, 30, tzinfo=UTC)  # 02:30, and an hour later it is 02:30 again
    for minutes in range(0, 75, 5):
        async with context.worker_db.system() as tx:
            schedule = Schedule("early", "30 2 * * *", "count", amsterdam)
            await fire(tx, schedule, before + timedelta(minutes=minutes))
    async with context.worker_db.system() as tx:
        assert len(await (await tx.execute("select 1 from jobs")).fetchall()) == 1


@pytest.mark.integration
async def test_two_replicas_fire_once(context: Context) -> None:
    async def replica(now: datetime) -> None:
        async with context.worker_db.system() as tx:
            await fire(tx, NIGHTLY, now)

    await asyncio.gather(*(replica(TWO_IN_JAKARTA + timedelta(seconds=late)) for late in (0, 3, 15, 30)))
    async with context.worker_db.system() as tx:
        rows = await (await tx.execute("select tenant_id, params from jobs")).fetchall()
    assert rows == [{"tenant_id": "jakarta", "params": {"due": "2025-06-02T02:00:00+07:00"}}]


@pytest.mark.integration
async def test_nobody_is_asked_for_before_the_hour_and_who_cannot_answer_holds_up_no_other(
    context: Context,
) -> None:
    asked: list[str] = []

    def of(name: str) -> Schedule:
        async def answers(tx: Tx) -> Sequence[tuple[str, str]]:
            asked.append(name)
            if name == "slow":
                await tx.execute("set local statement_timeout = 1; select pg_sleep(5)")
            return await tenants(tx)

        return Schedule(name, "0 2 * * *", "count", answers, zone="Asia/Jakarta")

    for now in (TWO_IN_JAKARTA - timedelta(seconds=1), TWO_IN_JAKARTA):
        await fire_all([of("slow"), of("quick")], context, now)
    assert asked == ["slow", "quick"]
    async with context.worker_db.system() as tx:
        rows = await (await tx.execute("select tenant_id from jobs")).fetchall()
    assert rows == [{"tenant_id": "jakarta"}]


@pytest.mark.integration
async def test_the_next_day_is_another_job(context: Context) -> None:
    for days in (0, 1):
        async with context.worker_db.system() as tx:
            assert await fire(tx, NIGHTLY, TWO_IN_JAKARTA + timedelta(days=days)) == 1
    async with context.worker_db.system() as tx:
        assert len(await (await tx.execute("select 1 from jobs")).fetchall()) == 2
