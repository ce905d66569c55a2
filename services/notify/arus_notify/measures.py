"""What this service shows of itself besides what every service does."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

import structlog
from arus_runtime import observe, tasks
from arus_runtime.context import Context
from psycopg import OperationalError

from arus_notify import store

MEASURE_S: Final = 10.0
_log: Final = structlog.get_logger(__name__)


@asynccontextmanager
async def measuring(context: Context) -> AsyncGenerator[None]:
    """Measure what waits while the process runs, where it runs jobs."""
    if "jobs" not in context.settings.roles:
        yield
        return
    async with tasks.beside(_measure(context)):
        yield


async def _measure(context: Context) -> None:
    while True:
        try:
            async with context.worker_db.system() as tx:
                observe.DELIVERY_OLDEST_WAITING_SECONDS.set(await store.deliveries.oldest_waiting_s(tx))
        except OperationalError as error:
            _log.warning("not measured for now: the database is away", reason=str(error))
        await asyncio.sleep(MEASURE_S)
