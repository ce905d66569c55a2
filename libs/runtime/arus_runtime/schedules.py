"""Work at set times in each tenant's time zone; ids are derived from the time, so replicas fire it once."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

import structlog
from cronsim import CronSim

from arus_runtime import jobs
from arus_runtime.context import Context
from arus_runtime.ids import named_id
from arus_runtime.jobs import wait_for
from arus_runtime.postgres import UNANSWERED, Tx

TICK_S: Final = 15.0
LATE_AT_MOST: Final = timedelta(hours=1)

_log: Final = structlog.get_logger(__name__)

Tenants = Callable[[Tx], Awaitable[Sequence[tuple[str, str]]]]
"""Reads which tenants there are: (tenant id, IANA time zone)."""


@dataclass(frozen=True, slots=True)
class Timing:
    """When one tenant's work is due: the times of a cron expression in a zone, those after since.

    key: names the times among all of a schedule, so that each is fired once.
    """

    tenant_id: str
    key: str
    cron: str
    zone: str
    params: Mapping[str, Any]
    since: datetime | None = None


class Scheduled(Protocol):
    """Jobs of a kind at set times; a time missed by more than late_at_most is left out."""

    @property
    def name(self) -> str:
        """What the schedule is called."""
        ...

    @property
    def kind(self) -> str:
        """Of the jobs it asks for."""
        ...

    @property
    def late_at_most(self) -> timedelta:
        """How late a time is still made up for."""
        ...

    def may_be_due(self, now: datetime) -> bool:
        """Say whether it is worth asking whose work is due; asks nobody."""
        ...

    async def timings(self, tx: Tx) -> Sequence[Timing]:
        """Return when whose work is due; worker role."""
        ...


@dataclass(frozen=True, slots=True)
class Schedule:
    """A job of a kind at the times of a cron expression, for each tenant in its own zone.

    A time missed by more than an hour (the service was down) is left out, not made up for. zone: of all
    tenants, who are then asked for at those times only.
    """

    name: str
    cron: str
    kind: str
    tenants: Tenants
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    late_at_most: timedelta = LATE_AT_MOST
    zone: str = ""

    def may_be_due(self, now: datetime) -> bool:
        """Say whether its hour has come where the tenants are."""
        return not self.zone or due_at(self.cron, self.zone, now, self.late_at_most) is not None

    async def timings(self, tx: Tx) -> Sequence[Timing]:
        """Return the schedule's own times for every tenant."""
        return [
            Timing(tenant_id, f"{self.name}/{tenant_id}", self.cron, zone, self.params)
            for tenant_id, zone in await self.tenants(tx)
        ]


@dataclass(frozen=True, slots=True)
class KeptSchedules:
    """Jobs of a kind at times that people chose: each row of a table is a schedule of its own."""

    name: str
    kind: str
    rows: Callable[[Tx], Awaitable[Sequence[Timing]]]
    late_at_most: timedelta = LATE_AT_MOST

    def may_be_due(self, now: datetime) -> bool:  # noqa: ARG002 — the rows say
        """Say that only the rows can tell."""
        return True

    async def timings(self, tx: Tx) -> Sequence[Timing]:
        """Return the times that are kept."""
        return await self.rows(tx)


def due_at(cron: str, zone: str, now: datetime, late_at_most: timedelta = LATE_AT_MOST) -> datetime | None:
    """Return the newest time of the expression up to now in the zone, None when that is too long ago."""
    local = now.astimezone(ZoneInfo(zone))
    # Reverse search is exclusive; a second later includes the very moment.
    newest = next(CronSim(cron, local + timedelta(seconds=1), reverse=True))
    return newest if now - newest <= late_at_most else None


async def fire(tx: Tx, schedule: Scheduled, now: datetime) -> int:
    """Enqueue what is due unless it is there, and return how much is due; worker role."""
    fired = 0
    if not schedule.may_be_due(now):
        return fired
    for timing in await schedule.timings(tx):
        due = due_at(timing.cron, timing.zone, now, schedule.late_at_most)
        if due is None or (timing.since and due <= timing.since):
            continue
        job_id = str(named_id(f"{timing.key}/{due.astimezone(UTC).isoformat()}"))
        params = {**timing.params, "due": due.isoformat()}
        await jobs.enqueue(tx, schedule.kind, params, tenant_id=timing.tenant_id, job_id=job_id)
        fired += 1
    return fired


async def run(schedules: Sequence[Scheduled], context: Context, stop: asyncio.Event) -> None:
    """Fire what is due until stop is set."""
    while not stop.is_set():
        await fire_all(schedules, context, datetime.now(UTC))
        await wait_for(stop, TICK_S)


async def fire_all(schedules: Sequence[Scheduled], context: Context, now: datetime) -> None:
    """Fire what is due of each; one that fails holds up no other."""
    for schedule in schedules:
        try:
            async with context.worker_db.system() as tx:
                await fire(tx, schedule, now)
        except UNANSWERED as error:
            _log.warning("not fired for now", schedule=schedule.name, reason=str(error))
