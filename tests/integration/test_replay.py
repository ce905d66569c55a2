"""The whole log of a system at work, folded again into an empty schema: the same verdicts, byte for byte."""

import asyncio
import time
from collections.abc import Iterator
from random import Random

import psycopg
import pytest
from arus_anomaly.replay import replay
from arus_runtime import migrate
from arus_runtime.log import AiokafkaLog, Security
from arus_stack.strangers import Stranger
from arus_stack.testing import PostgresServer, RunningStack

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

DEADLINE_S = 60
TRANSACTIONS = "/fuel/transactions"


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
    stack: RunningStack, owner: Stranger, empty_schema: str
) -> None:
    recorded, voided = record_late_corrected_and_voided(owner)
    with psycopg.connect(stack.postgres, autocommit=True) as watched:
        standing = "select count(*) from anomaly.verdicts where is_current and tenant_id = %s"
        deadline = time.monotonic() + DEADLINE_S
        while watched.execute(standing, (owner.tenant_id,)).fetchone() != (recorded - voided,):
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)
    access = stack.kafka
    log = AiokafkaLog(Security(access.bootstrap, access.user, access.password, access.ca))
    outcome = await replay(stack.postgres, empty_schema, log)
    assert outcome.said["verdicts"] >= recorded - voided
    assert (outcome.differing, outcome.different) == (0, [])


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
