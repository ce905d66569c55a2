"""What this service does for itself now and then: show what waits, forget what was told long ago."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

import structlog
from arus_runtime import observe
from arus_runtime.context import Context
from psycopg import OperationalError

from arus_notify import store

MEASURE_S: Final = 10.0
FORGET_S: Final = 3600.0
KEPT_DAYS: Final = 400
"""How long people can look up what they were told: as long as the audit log."""

_log: Final = structlog.get_logger(__name__)


@asynccontextmanager
async def keeping(context: Context) -> AsyncGenerator[None]:
    """Keep the house in order while the process runs, where it runs jobs."""
    if "jobs" not in context.settings.roles:
        yield
        return
    task = asyncio.create_task(_keep(context))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _keep(context: Context) -> None:
    forgot_at = float("-inf")
    while True:
        try:
            async with context.worker_db.system() as tx:
                waiting_s = await store.deliveries.oldest_waiting_s(tx)
                observe.DELIVERY_OLDEST_WAITING_SECONDS.set(waiting_s)
            if time.monotonic() - forgot_at >= FORGET_S:
                async with context.worker_db.system() as tx:
                    await store.forget(tx, KEPT_DAYS)
                forgot_at = time.monotonic()
        except OperationalError as error:
            _log.warning("no upkeep for now: the database is away", reason=str(error))
        await asyncio.sleep(MEASURE_S)
