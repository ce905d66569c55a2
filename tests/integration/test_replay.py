"""The whole log of a system at work, folded again into an empty schema: the same verdicts, byte for byte."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import psycopg
import pytest
from arus_anomaly.replay import replay
from arus_runtime import migrate
from arus_runtime.log import AiokafkaLog, Security
from arus_stack import importing
from arus_stack.demo.rest import Api
from arus_stack.strangers import PASSWORD, Stranger
from arus_stack.testing import PostgresServer, RunningStack
from psycopg import sql

pytestmark = [pytest.mark.integration, pytest.mark.timeout(1200)]

DEADLINE_S = 60
TRANSACTIONS = "/fuel/transactions"
METERS = tuple(f"34{number:04}" for number in range(6))
MONTHS = ("2024-01", "2024-02", "2024-03", "2024-04", "2024-05", "2024-06")
UNDONE = "2024-04"
CUSTOMER = {"name": "PT Example", "address": "Jl. Sunter No.1", "rayon": "35", "usage_class": "3A"}
HEAD = "NOMEN;RAYON;GOL;STAND AKHIR;METODE;STATUS SKIP;PETUGAS;TGL BACA;PERIODE"


@pytest.fixture
def owner(stack: RunningStack) -> Iterator[Stranger]:
    with Stranger(stack.gateway) as somebody:
        yield somebody


@pytest.fixture
def empty_schema(stack: RunningStack) -> Iterator[str]:
    """Give a database on the system's own server that holds the anomaly schema and nothing in it."""
    server = PostgresServer(stack.postgres)
    url = server.create_database()
    try:
        with psycopg.connect(url) as connection:
            connection.execute("create schema anomaly")
        migrate.upgrade("anomaly", url)
        yield url
    finally:
        server.drop_database(url)


async def test_a_replay_of_the_whole_log_gives_the_same_verdicts(
    stack: RunningStack, owner: Stranger, empty_schema: str, tmp_path: Path
) -> None:
    recorded, voided = record_late_corrected_and_voided(owner)
    with psycopg.connect(stack.postgres, autocommit=True) as watched:
        imports = read_late_and_by_new_limits(stack, owner, tmp_path)
        await standing(watched, owner, "meter_verdicts", len(METERS) * len(MONTHS))
        correct_estimate_and_undo(owner, imports[UNDONE])
        periods = len(METERS) * (len(MONTHS) - 1)
        await standing(watched, owner, "meter_verdicts", periods)
        await standing(watched, owner, "verdicts", recorded - voided)
    access = stack.kafka
    log = AiokafkaLog(Security(access.bootstrap, access.user, access.password, access.ca))
    outcome = await replay(stack.postgres, empty_schema, log)
    assert outcome.said["verdicts"] >= recorded - voided
    assert outcome.said["meter_verdicts"] >= periods
    assert outcome.said["opinions"] >= recorded - voided
    assert (outcome.differing, outcome.different) == (0, [])


async def standing(watched: psycopg.Connection, owner: Stranger, table: str, count: int) -> None:
    """Return when so many verdicts of an organisation stand in a table."""
    asked = sql.SQL("select count(*) from anomaly.{} where is_current and tenant_id = %s")
    deadline = time.monotonic() + DEADLINE_S
    while (found := watched.execute(asked.format(sql.Identifier(table)), (owner.tenant_id,)).fetchone()) != (
        count,
    ):
        assert time.monotonic() < deadline, found
        await asyncio.sleep(0.05)


def record_late_corrected_and_voided(owner: Stranger) -> tuple[int, int]:
    """Record a history through the API in no good order, correct and void some of it; return how much."""
    chance = Random(11)
    place = {"location_id": owner.location(), "product_id": owner.product()}
    days = [f"2024-{month:02}-{day:02}" for month in range(1, 9) for day in range(1, 28, 4)]
    chance.shuffle(days)
    ids: list[str] = []
    for start in range(0, len(days), 8):
        items = [
            {"date": day, "volume_l": str(chance.randint(50, 500)), **place}
            for day in days[start : start + 8]
        ]
        ids += [result["id"] for result in owner.make(f"{TRANSACTIONS}/batch", items=items)["results"]]
    corrected, voided = ids[::7], ids[3::9]
    for fact_id in corrected:
        change = {"date": chance.choice(days), "volume_l": str(chance.randint(50, 500))}
        owner.http.patch(f"{TRANSACTIONS}/{fact_id}", json=change).raise_for_status()
    for fact_id in voided:
        owner.http.delete(f"{TRANSACTIONS}/{fact_id}").raise_for_status()
    return len(ids), len(voided)


def read_late_and_by_new_limits(stack: RunningStack, owner: Stranger, folder: Path) -> dict[str, str]:
    """Import months of register reads in no good order, half of them by newer limits; return each import."""
    chance = Random(12)
    stands = dict.fromkeys(METERS, 1_000)
    files: list[Path] = []
    for month in MONTHS:
        lines = [HEAD]
        for nomen in METERS:
            stands[nomen] += chance.choice((0, 3, 18, 20, 22, 70, 400, -15))
            method = chance.choice(("ACTUAL", "ACTUAL", "ESTIMASI"))
            year, number = month.split("-")
            lines.append(
                f"{nomen};34;2A;{stands[nomen]};{method};;JOKO;{chance.randint(8, 14):02}/{number}/{year};"
                f"{year}{number}"
            )
        file = folder / f"SBRS {month}.csv"
        file.write_text("\n".join(lines) + "\n", "utf-8")
        files.append(file)
    chance.shuffle(files)
    half = len(files) // 2
    with Api(stack.gateway, owner.email, PASSWORD) as api:
        found = importing.run(api, files[:half], unseen, commit=True)
        owner.make("/thresholds/meter", usage_class="2A", limits={"extreme_m3": "60", "drop_pct": 30})
        found += importing.run(api, files[half:], unseen, commit=True)
    assert {one["state"] for one in found} == {"completed"}, found
    return {file.stem.removeprefix("SBRS "): one["id"] for file, one in zip(files, found, strict=True)}


def unseen(_name: str, _state: str, _done: float) -> None:
    """Show nobody how far an import is."""


def correct_estimate_and_undo(owner: Stranger, import_id: str) -> None:
    """Let people correct and estimate reads, take some and an import back, change meters, once wrongly."""
    why = {"reason": "Dibaca ulang di lapangan."}
    for nomen, month in zip(METERS, ("03", "03", "05", "06", "05", "06"), strict=True):
        path = f"/meters/{nomen}/reads/2024-{month}"
        owner.http.patch(path, json={"stand_m3": "1099", **why}).raise_for_status()
    first, second, third, *_ = METERS
    owner.make(f"/meters/{first}/reads/2024-06/estimate", **why)
    owner.http.post(f"/meters/{second}/reads/2024-03/revert").raise_for_status()
    owner.make("/customers", nomen=third, **CUSTOMER)
    changed = {"replaced_on": "2024-05-01", "new_serial": "B-1", "old_final_m3": "1120", "new_start_m3": "0"}
    owner.make("/meters/replacements", nomen=third, **changed)
    wrong = owner.make("/meters/replacements", nomen=third, **changed | {"replaced_on": "2024-04-02"})["id"]
    owner.http.delete(f"/meters/replacements/{wrong}").raise_for_status()
    owner.http.post(f"/imports/{import_id}/undo").raise_for_status()
