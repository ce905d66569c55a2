"""Who asks at the same time is served together, and is answered as if alone."""

import asyncio
from collections.abc import Sequence

import psycopg
import pytest
from arus_runtime import together
from arus_runtime.together import MOST, Together
from psycopg_pool import PoolTimeout, TooManyRequests


class Counter:
    """Doubles numbers once it is open; 13 cannot be doubled, at 99 the database is away."""

    def __init__(self) -> None:
        self.turns: list[list[int]] = []
        self.together = Together(self.serve)
        self.open = asyncio.Event()
        self.cannot: Exception = ValueError(13)
        self.away: Exception = psycopg.OperationalError("away")

    async def serve(self, _: str, asks: Sequence[int]) -> list[int]:
        self.turns.append(list(asks))
        await self.open.wait()
        if 99 in asks:
            raise self.away
        if 13 in asks:
            raise self.cannot
        return [2 * ask for ask in asks]

    async def asked(self, *asks: int, key: str = "a") -> list[asyncio.Task[int]]:
        tasks = [asyncio.create_task(self.together.ask(key, ask)) for ask in asks]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return tasks


async def test_who_comes_alone_waits_for_nobody_and_the_others_go_together_in_their_order() -> None:
    counter = Counter()
    tasks = [*await counter.asked(1), *await counter.asked(2, 3), *await counter.asked(4)]
    assert counter.turns == [[1]]
    counter.open.set()
    assert await asyncio.gather(*tasks) == [2, 4, 6, 8]
    assert counter.turns == [[1], [2, 3, 4]]
    assert await counter.together.ask("a", 5) == 10
    assert counter.turns[2:] == [[5]]


async def test_a_turn_has_an_end() -> None:
    counter = Counter()
    tasks = await counter.asked(*range(100, 102 + MOST))
    counter.open.set()
    await asyncio.gather(*tasks)
    assert [len(turn) for turn in counter.turns] == [MOST, 2]


async def test_more_than_may_wait_are_sent_away_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "WAITING_AT_MOST", 2)
    counter = Counter()
    tasks = [*await counter.asked(1), *await counter.asked(2, 3, 4)]
    with pytest.raises(TooManyRequests, match="at most 2"):
        await tasks.pop()
    counter.open.set()
    assert await asyncio.gather(*tasks) == [2, 4, 6]


async def test_one_key_does_not_wait_for_another() -> None:
    counter = Counter()
    await counter.asked(1)
    await counter.asked(2, key="b")
    assert counter.turns == [[1], [2]]
    counter.open.set()


@pytest.mark.parametrize(
    "cannot",
    [
        ValueError("13"),
        psycopg.errors.QueryCanceled("13"),
        psycopg.errors.DeadlockDetected("13"),
        psycopg.errors.LockNotAvailable("13"),
    ],
    ids=lambda cannot: type(cannot).__name__,
)
async def test_nobody_fails_for_anothers_sake(cannot: Exception) -> None:
    counter = Counter()
    counter.cannot = cannot
    tasks = [*await counter.asked(1), *await counter.asked(2, 13, 4)]
    counter.open.set()
    said = await asyncio.gather(*tasks, return_exceptions=True)
    assert [str(one) for one in said] == ["2", "4", "13", "8"]
    assert counter.turns == [[1], [2, 13, 4], [2], [13], [4]]


@pytest.mark.parametrize(
    "away",
    [
        psycopg.OperationalError("no sqlstate"),
        PoolTimeout("no connection"),
        psycopg.errors.ConnectionFailure("08006"),
        psycopg.errors.DiskFull("53100"),
        psycopg.errors.AdminShutdown("57P01"),
    ],
    ids=lambda away: type(away).__name__,
)
async def test_all_that_wait_are_told_at_once_that_the_database_is_away(away: Exception) -> None:
    counter = Counter()
    counter.away = away
    tasks = [*await counter.asked(99), *await counter.asked(2, 3)]
    counter.open.set()
    said = await asyncio.gather(*tasks, return_exceptions=True)
    assert said == [away] * 3
    assert counter.turns == [[99]]
    assert await counter.together.ask("a", 5) == 10


async def test_who_goes_away_keeps_nobody_from_an_answer() -> None:
    counter = Counter()
    first, gone, last = [*await counter.asked(1), *await counter.asked(2, 3)]
    gone.cancel()
    counter.open.set()
    assert await asyncio.gather(first, last) == [2, 6]
    with pytest.raises(asyncio.CancelledError):
        await gone
