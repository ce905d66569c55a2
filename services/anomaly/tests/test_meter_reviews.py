"""Second opinions on uses over REST, and the calibration of a utility's own uses, on the real system."""

import asyncio
import time
from datetime import date, timedelta
from math import exp, log, sin
from random import Random

import httpx
import pytest
from arus.metering.v1.events_pb2 import PeriodRebilled, RegisterReadRecorded
from arus_anomaly import jobs
from arus_runtime.context import Context
from arus_runtime.ids import new_ulid
from arus_runtime.jobs import Work

from .conftest import DEADLINE_S, Caller, Door, Place, Worker

pytestmark = pytest.mark.integration
CUSTOMERS = 105
PERIODS = 24


def reads(tenant: str, nomen: str, usage_class: str, uses_m3: list[float]) -> list[RegisterReadRecorded]:
    stand_l, told = 0, list[RegisterReadRecorded]()
    for at, use in enumerate([0.0, *uses_m3]):
        stand_l += round(use) * 1_000
        event = RegisterReadRecorded(
            tenant_id=tenant,
            nomen=nomen,
            period=f"{2023 + at // 12}-{at % 12 + 1:02}",
            rayon="34",
            usage_class=usage_class,
            is_active=True,
        )
        on = date(2023, 1, 14) + timedelta(days=30 * at)
        event.reads.add(
            read_id=f"r{at}", read_date=f"{on}", stand_l=stand_l, read_method="ACTUAL", serial="A"
        )
        told.append(event)
    return told


async def opinion(client: httpx.AsyncClient, nomen: str, period: str) -> dict[str, object]:
    deadline = time.monotonic() + DEADLINE_S
    while True:
        answer = await client.get(f"/anomalies/meter/{nomen}")
        if answer.status_code == 200 and answer.json()["items"][0]["period"] == period:
            return answer.json()["items"][0]["second_opinion"]
        assert time.monotonic() < deadline, answer.text
        await asyncio.sleep(0.05)


async def test_a_season_that_peers_share_surprises_nobody_and_p_is_read_from_the_utilitys_own_uses(
    worker: Worker, door: Door, caller: Caller, place: Place, context: Context
) -> None:
    chance, tenant, client = Random(5), place.tenant, caller(place.tenant)
    # A large use, so that whole m³ on the register are no noise; in the last month everybody of 2A uses more.
    season = [0.35 * sin(at / 3) for at in range(PERIODS - 1)] + [log(2.0)]

    def uses() -> list[float]:
        level = 400 * exp(chance.gauss(0, 0.3))
        return [level * exp(moved + chance.gauss(0, 0.08)) for moved in season]

    for nomen in range(CUSTOMERS):
        await door.tell(f"{tenant}:{nomen}", *reads(tenant, str(nomen), "2A", uses()), topic="meter.read.v1")
    loner = [400 * exp(chance.gauss(0, 0.05)) for _ in range(PERIODS - 1)] + [1_600.0]
    await door.tell(f"{tenant}:loner", *reads(tenant, "loner", "3B", loner), topic="meter.read.v1")

    alone = await opinion(client, "loner", "2025-01")
    for nomen in range(CUSTOMERS):
        await opinion(client, str(nomen), "2025-01")
    peer = await opinion(client, "7", "2025-01")
    # Behind a bill that was corrected and says no class, the customer's peers are still the same.
    corrected = PeriodRebilled(tenant_id=tenant, nomen="7", period="2025-02", delta_l=-1_000)
    await door.tell(f"{tenant}:7", corrected, topic="meter.read.v1")
    await opinion(client, "7", "2025-02")
    [again] = [
        one["second_opinion"]
        for one in (await client.get("/anomalies/meter/7")).json()["items"]
        if one["period"] == "2025-01"
    ]
    assert again == peer
    assert (peer["stage"], peer["calibration"]) == ("JUDGED", "meter-simulated-2")
    assert peer["severity"] == "none", peer
    assert isinstance(peer["peers_moved_pct"], int)
    assert peer["peers_moved_pct"] > 40
    assert (alone["peers_moved_pct"], alone["severity"] in ("warning", "critical")) == (0, True), alone

    due = Work(tenant, new_ulid(), jobs.METERS, {}, claim=1, failures=0)
    fitted = await jobs.calibrate_meters(context, due)
    assert (fitted["domain"], fitted["keys"]) == ("meter", CUSTOMERS + 1)
    assert 0.05 < fitted["body"]["usual_scale"] < 0.15, "the season is no noise"
    async with context.worker_db.system() as tx:
        assert (tenant, "Asia/Jakarta") in await jobs.SCHEDULES[1].tenants(tx)
        await jobs.keep(tx, due, fitted)
        rows = await tx.execute("select valid_from from calibrations where tenant_id = %s", (tenant,))
        [row] = await rows.fetchall()
    behind = (row["valid_from"] + timedelta(milliseconds=1)).isoformat(timespec="microseconds")
    later = reads(tenant, "loner", "3B", [*loner, 410.0])[-1]
    await door.tell(f"{tenant}:loner", later, topic="meter.read.v1", at=behind.replace("+00:00", "Z"))
    newest = await opinion(client, "loner", "2025-02")
    assert newest["calibration"] == f"own-{due.id}"
    english = caller(tenant, language="en")
    said = await opinion(english, "loner", "2025-02")
    assert str(said["reason"]).count("m³ a month") == 1
