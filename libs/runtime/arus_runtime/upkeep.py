"""What every service does for itself now and then: forget what is no longer needed, measure what waits."""

import asyncio
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Final

import structlog

from arus_runtime import commands, jobs, observe
from arus_runtime.context import Context
from arus_runtime.jobs import wait_for
from arus_runtime.lanes import has_results, unpublished
from arus_runtime.postgres import UNANSWERED, Tx
from arus_runtime.worker import AnyWorker

MEASURE_S: Final = 10.0
FORGET_S: Final = 3600.0

_log: Final = structlog.get_logger(__name__)
# A service keeps only the tables it uses.
_TABLES: Final = """
select relname from pg_class where relnamespace = current_schema()::regnamespace
    and relname in ('idempotency', 'jobs', 'outbox')
"""
_OUTBOX_AGE: Final = """
select extract(epoch from clock_timestamp() - added_at)::float8 as age_s from outbox order by id limit 1
"""
Place = tuple[int, int, int]
"""Partition, offset and index of a result row."""


async def run(
    context: Context, kinds: Collection[str], stop: asyncio.Event, workers: Sequence[AnyWorker] = ()
) -> None:
    """Keep the house in order until stop is set; kinds: of the service's jobs."""
    forgot_at = float("-inf")
    waiting: dict[str, dict[Place, float]] = {}
    while not stop.is_set():
        try:
            async with context.worker_db.system() as tx:
                tables = await _tables(tx)
                if "outbox" in tables:
                    await _measure_outbox(tx, context.settings.service)
                for worker in filter(has_results, workers):
                    waiting[worker.name] = await _measure_results(
                        tx, context.settings.service, worker, waiting.get(worker.name, {})
                    )
                if "jobs" in tables:
                    await jobs.measure(tx, kinds)
                if time.monotonic() - forgot_at >= FORGET_S:
                    await _forget(tx, tables)
                    forgot_at = time.monotonic()
        except UNANSWERED as error:
            _log.warning("no upkeep for now: the database is away", reason=str(error))
        await wait_for(stop, MEASURE_S)


async def _tables(tx: Tx) -> set[str]:
    return {row["relname"] for row in await (await tx.execute(_TABLES)).fetchall()}


async def _measure_outbox(tx: Tx, service: str) -> None:
    row = await (await tx.execute(_OUTBOX_AGE)).fetchone()
    observe.OUTBOX_AGE_SECONDS.labels(service).set(row["age_s"] if row else 0.0)


async def _measure_results(
    tx: Tx, service: str, worker: AnyWorker, seen: Mapping[Place, float]
) -> dict[Place, float]:
    """Show how long the oldest unpublished rows have waited, and return since when each has been seen.

    Rows carry the time of the fact, which may lie years back, and none of their own: they age from when we
    first saw them waiting.
    """
    rows = await (await tx.execute(unpublished(worker, ("src_off", "src_idx")), (1, worker.name))).fetchall()
    now = time.monotonic()
    places = ((row["partition"], row["src_off"], row["src_idx"]) for row in rows)
    waiting = {place: seen.get(place, now) for place in places}
    age_s = now - min(waiting.values(), default=now)
    observe.OUTBOX_AGE_SECONDS.labels(f"{service}/{worker.name}").set(age_s)
    return waiting


async def _forget(tx: Tx, tables: set[str]) -> None:
    if "idempotency" in tables:
        await commands.forget_answers(tx)
    if "jobs" in tables:
        await jobs.forget_ended(tx)
