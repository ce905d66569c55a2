"""Slow work: an organisation's own calibration, fitted every week on its own facts."""

from collections.abc import Sequence
from typing import Any, Final

from arus_runtime.context import Context
from arus_runtime.isolated import isolated
from arus_runtime.jobs import Job, Work
from arus_runtime.postgres import Tx
from arus_runtime.schedules import Schedule

from arus_anomaly import codec, store
from arus_anomaly.rules import feedback
from arus_anomaly.rules.feedback import END

KIND: Final = "anomaly.calibrate"
LEAST_FACTS: Final = 1_000
"""An organisation with fewer is read by the calibration that ships."""
_fit: Final = isolated("arus_anomaly.calibrate:fit", memory_limit_mb=1024, cpu_limit_s=600)


async def calibrate(context: Context, work: Work) -> Any:
    """Return the calibration of the tenant's facts, null when they are too few; confirmed anomalies aside."""
    async with context.worker_db.system() as tx:
        answers = await store.incidents.all_answers(tx, work.tenant_id)
        confirmed = feedback.NOTHING.union(*(feedback.confirmed(of, END, 0) for of in answers.values()))
        odd = [codec.ulid_text(fact_id) for fact_id in confirmed]
        histories = await store.calibrations.histories(tx, work.tenant_id, odd)
    work.params = {"domain": codec.FUEL, "histories": histories}
    return await _fit(context, work)


async def keep(tx: Tx, work: Work, fitted: Any) -> None:
    """Record a calibration; facts recorded from a few seconds on are read by it."""
    if fitted is not None:
        await store.calibrations.add(tx, work.tenant_id, f"own-{work.id}", fitted)


async def _tenants(tx: Tx) -> Sequence[tuple[str, str]]:
    return [(tenant_id, "Asia/Jakarta") for tenant_id in await store.calibrations.tenants(tx, LEAST_FACTS)]


JOBS: Final = (Job(KIND, calibrate, finish=keep, time_limit_s=900.0),)
SCHEDULES: Final = (Schedule("calibrate", "30 2 * * 0", KIND, _tenants),)
