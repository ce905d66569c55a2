"""An organisation's own calibration: fitted by a job, and what is recorded later is read by it."""

from datetime import date, timedelta
from math import exp
from random import Random

import pytest
from arus_anomaly import jobs
from arus_runtime.context import Context
from arus_runtime.ids import new_ulid
from arus_runtime.jobs import Work
from ulid import ULID

from .conftest import Caller, Door, Place, Worker

pytestmark = pytest.mark.integration

FIRST = date(2025, 1, 6)
DAYS = 150


def work(tenant: str) -> Work:
    return Work(tenant, new_ulid(), jobs.KIND, {}, claim=1, failures=0)


async def test_later_facts_are_read_by_the_calibration_of_the_organisations_own_facts(
    worker: Worker, door: Door, caller: Caller, context: Context
) -> None:
    chance, tenant = Random(3), new_ulid()
    places = [Place(tenant=tenant) for _ in range(10)]
    for place in places:
        facts = [
            place.recorded(FIRST + timedelta(days=day), round(300 * exp(chance.gauss(0, 0.1)), 2))
            for day in range(DAYS)
        ]
        await door.tell(place.key, *facts)
    await worker.until(tenant, lambda rows: len(rows) == DAYS * len(places))
    due = work(tenant)
    fitted = await jobs.calibrate(context, due)
    assert (fitted["facts"], fitted["keys"]) == (DAYS * len(places), len(places))
    assert 0.05 < fitted["body"]["usual_scale"] < 0.2
    for _ in range(2):  # a job that is finished twice records once
        async with context.worker_db.system() as tx:
            await jobs.keep(tx, due, fitted)
    async with context.worker_db.system() as tx:
        rows = await tx.execute("select valid_from from calibrations where tenant_id = %s", (tenant,))
        [row] = await rows.fetchall()
    behind = str(ULID.from_datetime(row["valid_from"] + timedelta(milliseconds=1)))
    day = FIRST + timedelta(days=DAYS)
    before, after = places[0].recorded(day, 300), places[0].recorded(day, 310, behind)
    await door.tell(places[0].key, before, after)
    shown: list[str] = []
    for fact in (before, after):
        path = f"/anomalies/{fact.transaction_id}"
        await worker.until(tenant, lambda rows: len(rows) == DAYS * len(places) + 2)
        opinion = None
        while opinion is None:
            opinion = (await caller(tenant).get(path)).json()["second_opinion"]
        shown.append(opinion["calibration"])
    assert shown == ["fuel-simulated-2", f"own-{due.id}"]


async def test_too_few_facts_give_no_calibration(
    worker: Worker, door: Door, context: Context, place: Place
) -> None:
    await door.tell(place.key, *(place.recorded(FIRST + timedelta(days=day), 300) for day in range(30)))
    await worker.until(place.tenant, lambda rows: len(rows) == 30)
    assert await jobs.calibrate(context, work(place.tenant)) is None
    async with context.worker_db.system() as tx:
        await jobs.keep(tx, work(place.tenant), None)
        found = await tx.execute("select 1 from calibrations where tenant_id = %s", (place.tenant,))
        assert await found.fetchall() == []
        assert place.tenant not in {tenant for tenant, _ in await jobs.SCHEDULES[0].tenants(tx)}
