"""Tasks beside other work: they run for a while, and end for sure."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Final

AGAIN_S: Final = 1.0


@asynccontextmanager
async def beside(work: Coroutine[Any, Any, None]) -> AsyncGenerator[None]:
    """Run endless work beside the block, and end it with the block; raises what the work failed with."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        await end(task)
        if not task.cancelled():
            task.result()


async def end(*tasks: "asyncio.Future[Any]") -> None:
    """Cancel tasks, and return when all have ended, whatever they came to.

    They are told again and again: a cancellation may be lost on its way. Before Python 3.12
    ``asyncio.wait_for`` loses one that comes together with its answer, and so does a pool that waits for a
    connection by it.
    """
    while late := [task for task in tasks if not task.done()]:
        for task in late:
            task.cancel()
        await asyncio.wait(late, timeout=AGAIN_S)
    await asyncio.gather(*tasks, return_exceptions=True)  # so that none is said to have failed unheard
