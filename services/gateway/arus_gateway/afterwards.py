"""Work that an answer does not wait for, so that its time tells nobody anything."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

import structlog

_log: Final = structlog.get_logger(__name__)


class Afterwards:
    """Tasks of this process; what fails is logged, what is still under way at the end gets a moment."""

    def __init__(self) -> None:
        self._under_way: set[asyncio.Task[None]] = set()

    def do(self, work: Coroutine[Any, Any, None]) -> None:
        """Begin the work now and go on."""
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._done)

    async def close(self, patience_s: float = 5) -> None:
        """Give what is under way a moment, then drop it."""
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=patience_s)
            for task in late:
                task.cancel()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _log.error("work after an answer failed", exc_info=error)
