"""What the gateway does for itself: forget ended sessions, used proofs, and old audit entries."""

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import Final

import structlog
from arus_runtime import tasks
from arus_runtime.postgres import UNANSWERED, Database

from arus_gateway.store import sweep

SWEEP_S: Final = 3600.0
_log: Final = structlog.get_logger(__name__)


def sweeping(db: Database) -> AbstractAsyncContextManager[None]:
    """Sweep every hour. db: the worker role's, because ended rows lie in every organisation."""
    return tasks.beside(_sweep_for_ever(db))


async def _sweep_for_ever(db: Database) -> None:
    while True:
        try:
            _log.info("swept", rows=await sweep.stale(db))
        except UNANSWERED as error:
            _log.warning("not swept: the database is away", reason=str(error))
        await asyncio.sleep(SWEEP_S)
