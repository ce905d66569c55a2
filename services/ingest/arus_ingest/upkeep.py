"""Files are kept as long as the settings say: those of imports, and pieces of which the rest never came."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Final

import structlog
from arus_runtime import observe, tasks
from arus_runtime.context import Context
from arus_runtime.files import files_of
from obstore.exceptions import BaseError
from psycopg import OperationalError

from arus_ingest.commands.imports import folder_of
from arus_ingest.settings import settings_of
from arus_ingest.store import sweep

SWEEP_S: Final = 3600.0
for _counter in (observe.FILES_SWEPT, observe.FILES_SWEPT_BYTES):
    observe.stand_at_zero(_counter, ("uploads",), ("imports",))
_log: Final = structlog.get_logger(__name__)


@asynccontextmanager
async def sweeping(context: Context) -> AsyncGenerator[None]:
    """Sweep every hour, where the jobs run."""
    if "jobs" not in context.settings.roles:
        yield
        return
    async with tasks.beside(_sweep_for_ever(context)):
        yield


async def _sweep_for_ever(context: Context) -> None:
    while True:
        try:
            swept = await sweep_once(context)
            _log.info("files swept", **swept)
        except (OperationalError, BaseError, OSError) as error:
            _log.warning("files not swept", reason=str(error))
        await asyncio.sleep(SWEEP_S)


async def sweep_once(context: Context) -> dict[str, int]:
    """Delete what has been kept long enough, and return of how many imports and uploads.

    A file goes before it is said to be gone, so what a crash left half done is done again.
    """
    settings, files = settings_of(context), files_of(context)
    swept = {"imports": 0, "uploads": 0}
    while True:
        async with context.worker_db.system() as tx:
            uploads = await sweep.old_uploads(tx, settings.import_upload_days)
            imports = await sweep.old_files(tx, settings.import_file_days)
        for one in uploads:
            _count("uploads", await files.delete_under(f"uploads/{one.tenant_id}/{one.id}/"))
            async with context.worker_db.system() as tx:
                await sweep.forget_upload(tx, one)
        for one in imports:
            _count("imports", await files.delete_under(folder_of(one.tenant_id, one.id)))
            async with context.worker_db.system() as tx:
                await sweep.mark_swept(tx, one)
        swept["uploads"] += len(uploads)
        swept["imports"] += len(imports)
        if max(len(uploads), len(imports)) < sweep.AT_ONCE:
            break
    async with context.worker_db.system() as tx:
        observe.UPLOAD_OLDEST_UNFINISHED_SECONDS.set(await sweep.oldest_unfinished_s(tx))
    return swept


def _count(of: str, sizes: Sequence[int]) -> None:
    observe.FILES_SWEPT.labels(of).inc(len(sizes))
    observe.FILES_SWEPT_BYTES.labels(of).inc(sum(sizes))
