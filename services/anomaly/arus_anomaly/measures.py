"""What this service shows of itself besides what every service does: how incidents and cases stand."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import product
from typing import Final

import structlog
from arus_runtime import observe, tasks
from arus_runtime.context import Context
from arus_runtime.postgres import UNANSWERED

from arus_anomaly import store
from arus_anomaly.rules import cases
from arus_anomaly.rules.feedback import Answer
from arus_anomaly.rules.learned.severity import Severity
from arus_anomaly.store.incidents import Kind

MEASURE_S: Final = 30.0
_SEVERITIES: Final = (Severity.INFO, Severity.WARNING, Severity.CRITICAL)
_STANDING: Final = (store.incidents.OPEN, store.incidents.CLOSED)
_ANSWERS: Final = ("", Answer.ACKNOWLEDGED, Answer.CONFIRMED, Answer.FALSE_POSITIVE)
_log: Final = structlog.get_logger(__name__)


@asynccontextmanager
async def measuring(context: Context) -> AsyncGenerator[None]:
    """Count incidents and cases while the process runs, where it runs jobs."""
    if "jobs" not in context.settings.roles:
        yield
        return
    async with tasks.beside(_measure(context)):
        yield


async def _measure(context: Context) -> None:
    while True:
        try:
            async with context.worker_db.system() as tx:
                counts = await store.incidents.counts(tx, None)
                of_cases, overdue = await store.cases.measured(tx, cases.day_of(datetime.now(UTC)))
        except UNANSWERED as error:
            _log.warning("not measured for now: the database is away", reason=str(error))
        else:
            for answer, severity in product(_ANSWERS, _SEVERITIES):
                gauge = observe.INCIDENTS.labels(severity.name.lower(), str(answer) or "none")
                gauge.set(sum(counts.get(Kind(state, answer, severity), 0) for state in _STANDING))
            for status, priority in product(cases.Status, cases.Priority):
                observe.CASES.labels(status, priority).set(of_cases.get((status, priority), 0))
            observe.CASES_OVERDUE.set(overdue)
        await asyncio.sleep(MEASURE_S)
