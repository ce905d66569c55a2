"""Slow work and what the clock asks for: an organisation's own calibration, and cases that fell due."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from arus_runtime.context import Context
from arus_runtime.isolated import isolated
from arus_runtime.jobs import Job, Work
from arus_runtime.postgres import Tx
from arus_runtime.schedules import Schedule

from arus_anomaly import codec, reviews, store
from arus_anomaly.commands import cases
from arus_anomaly.rules import cases as case_rules
from arus_anomaly.rules import feedback
from arus_anomaly.rules.feedback import END
from arus_anomaly.rules.learned.profile import METER

KIND: Final = "anomaly.calibrate"
METERS: Final = "anomaly.calibrate-meters"
REMIND: Final = "anomaly.remind"
ZONE: Final = str(case_rules.ZONE)
MEMORY_MB: Final = 1_024
LEAST_FACTS: Final = 1_000
"""An organisation with fewer is read by the calibration that ships."""
_fit: Final = isolated("arus_anomaly.calibrate:fit", memory_limit_mb=MEMORY_MB, cpu_limit_s=600)


async def calibrate(context: Context, work: Work) -> Any:
    """Return the calibration of the tenant's facts, null when they are too few; confirmed anomalies aside."""
    async with context.worker_db.system() as tx:
        answers = await store.incidents.all_answers(tx, work.tenant_id)
        confirmed = feedback.NOTHING.union(*(feedback.confirmed(of, END, 0) for of in answers.values()))
        odd = [codec.ulid_text(fact_id) for fact_id in confirmed]
        histories = await store.calibrations.histories(tx, work.tenant_id, odd)
    work.params = {"domain": codec.FUEL, "histories": histories}
    return await _fit(context, work)


async def calibrate_meters(context: Context, work: Work) -> Any:
    """Return the calibration of the tenant's uses of register reads, null when they are too few."""
    async with context.worker_db.system() as tx:
        rows = await store.calibrations.uses(tx, work.tenant_id)
    histories = await asyncio.to_thread(reviews.histories, rows)
    work.params = {"domain": METER.name, "histories": histories}
    return await _fit(context, work)


async def keep(tx: Tx, work: Work, fitted: Any) -> None:
    """Record a calibration; facts recorded from a few seconds on are read by it."""
    if fitted is not None:
        await store.calibrations.add(tx, work.tenant_id, f"own-{work.id}", fitted)


async def _tenants(tx: Tx) -> Sequence[tuple[str, str]]:
    return [(tenant_id, ZONE) for tenant_id in await store.calibrations.tenants(tx, LEAST_FACTS)]


async def _utilities(tx: Tx) -> Sequence[tuple[str, str]]:
    found = await store.calibrations.tenants_with_uses(tx, LEAST_FACTS)
    return [(tenant_id, ZONE) for tenant_id in found]


async def look(context: Context, work: Work) -> None:
    """Do nothing: what fell due is found and told in the transaction that ends the job."""
    del context, work


async def remind(tx: Tx, work: Work, _: None) -> None:
    """Tell which cases of a tenant fell due or became overdue."""
    await cases.remind(tx, work.tenant_id, datetime.now(UTC))


async def _with_due_cases(tx: Tx) -> Sequence[tuple[str, str]]:
    return [(tenant_id, ZONE) for tenant_id in await store.cases.tenants_with_due(tx)]


JOBS: Final = (
    Job(KIND, calibrate, finish=keep, time_limit_s=900.0),
    Job(METERS, calibrate_meters, finish=keep, time_limit_s=900.0),
    Job(REMIND, look, finish=remind),
)
SCHEDULES: Final = (
    Schedule("calibrate", "30 2 * * 0", KIND, _tenants, zone=ZONE),
    Schedule("calibrate-meters", "0 3 * * 0", METERS, _utilities, zone=ZONE),
    Schedule("cases-due", "0 7 * * *", REMIND, _with_due_cases, late_at_most=timedelta(hours=12), zone=ZONE),
)
