"""The door closes for a while when events pile up before Kafka, instead of promising what cannot be told.

Measured beside the requests, once a second: what a request pays is one comparison.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Final

import structlog
from arus_runtime.context import Context
from arus_runtime.web import Problem
from psycopg import Error as DatabaseError

from arus_ingest.settings import settings_of
from arus_ingest.state import Backlog
from arus_ingest.store import fuel as store

MEASURE_EVERY_S: Final = 1.0
RETRY_AFTER_S: Final = 5
_BACKLOG: Final = "backlog"

_log: Final = structlog.get_logger(__name__)


@asynccontextmanager
async def watched(context: Context) -> AsyncGenerator[None]:
    """Keep measuring while the service runs."""
    stop = asyncio.Event()
    watching = asyncio.ensure_future(_watch(context, stop))
    try:
        yield
    finally:
        stop.set()
        await watching


async def _watch(context: Context, stop: asyncio.Event) -> None:
    while not stop.is_set():
        try:
            await measure(context)
        except DatabaseError as error:  # requests will meet it too, and say so themselves
            _log.warning("backlog not measured", reason=str(error))
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), MEASURE_EVERY_S)


async def measure(context: Context) -> None:
    """Remember how much waits in the outbox now."""
    async with context.worker_db.system() as tx:
        context.own[_BACKLOG] = await store.backlog(tx)


def admit(context: Context) -> None:
    """Return when there is room for more events; raises the 503 with Retry-After when there is not."""
    settings = settings_of(context)
    waiting: Backlog = context.own.get(_BACKLOG, Backlog(0, 0.0))
    if waiting.rows >= settings.outbox_max_rows or waiting.age_s >= settings.outbox_max_age_s:
        params = {"retry_after_s": RETRY_AFTER_S}
        raise Problem(503, "outbox_full", params=params, headers={"Retry-After": str(RETRY_AFTER_S)})
