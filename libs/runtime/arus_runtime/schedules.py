"""Work at set times in each tenant's time zone; ids are derived from the time, so replicas fire it once."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import structlog
from cronsim import CronSim
from psycopg import OperationalError

from arus_runtime import jobs
from arus_runtime.context import Context
from arus_runtime.ids import named_id
from arus_runtime.jobs import wait_for
from arus_runtime.postgres import Tx

TICK_S: Final = 15.0
LATE_AT_MOST: Final = timedelta(hours=1)

_log: Final = structlog.get_logger(__name__)

Tenants = Callable[[Tx], Awaitable[Sequence[tuple[str, str]]]]
"""Reads which tenants there are: (tenant id, IANA time zone)."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A job of a kind at the times of a cron expression, for each tenant in its own zone.

    A time missed by more than an hour (the service was down) is left out, not made up for.
    """

    name: str
    cron: str
    kind: str
    tenants: Tenants
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])


def due_at(cron: str, zone: str, now: datetime) -> datetime | None:
    """Return the newest time of the expression up to now in the zone, None when that is too long ago."""
    local = now.astimezone(ZoneInfo(zone))
    # Reverse search is exclusive; a second later includes the very moment.
    newest = next(CronSim(cron, local + timedelta(seconds=1), reverse=True))
    return newest if now - newest <= LATE_AT_MOST else None


async def fire(tx: Tx, schedule: Schedule, now: datetime) -> int:
    """Enqueue what is due unless it is there, and return for how many tenants it is due; worker role."""
    fired = 0
    for tenant_id, zone in await schedule.tenants(tx):
        due = due_at(schedule.cron, zone, now)
        if due is None:
            continue
        job_id = str(named_id(f"{schedule.name}/{tenant_id}/{due.astimezone(UTC).isoformat()}"))
        params = {**schedule.params, "due": due.isoformat()}
        await jobs.enqueue(tx, schedule.kind, params, tenant_id=tenant_id, job_id=job_id)
        fired += 1
    return fired


async def run(schedules: Sequence[Schedule], context: Context, stop: asyncio.Event) -> None:
    """Fire what is due until stop is set."""
    while not stop.is_set():
        try:
            async with context.worker_db.system() as tx:
                for schedule in schedules:
                    await fire(tx, schedule, datetime.now(UTC))
        except OperationalError as error:
            _log.warning("no schedules for now: the database is away", reason=str(error))
        await wait_for(stop, TICK_S)
