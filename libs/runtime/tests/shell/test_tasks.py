"""What runs beside other work ends with it."""

import asyncio
from contextlib import suppress

import pytest
from arus_runtime import tasks


async def deaf(times: int) -> None:
    """Wait for ever, and take so many cancellations for something else."""
    for _ in range(times):
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(3_600)
    await asyncio.sleep(3_600)


@pytest.mark.parametrize("times", [0, 1, 3])
async def test_a_cancellation_that_got_lost_is_said_again(
    times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "AGAIN_S", 0.01)
    async with asyncio.timeout(10):
        async with tasks.beside(deaf(times)):
            await asyncio.sleep(0)


async def test_what_failed_beside_is_told() -> None:
    async def failing() -> None:
        raise KeyError("work")

    with pytest.raises(KeyError, match="work"):
        async with tasks.beside(failing()):
            await asyncio.sleep(0)


async def test_all_that_are_to_end_have_ended() -> None:
    some = [asyncio.ensure_future(deaf(0)) for _ in range(3)]
    await asyncio.sleep(0)
    await tasks.end(*some)
    assert all(task.cancelled() for task in some)
