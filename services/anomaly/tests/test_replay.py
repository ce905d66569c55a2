"""The log folded again gives the same verdicts, and a verdict that differs is found."""

import asyncio
import random
import time
from collections import Counter
from datetime import date, timedelta

import psycopg
import pytest
from arus_anomaly.replay import Outcome, replay
from arus_runtime.heart import security_of
from arus_runtime.log import AiokafkaLog
from arus_runtime.settings import Settings
from arus_stack.testing import DatabaseFor, ServiceDatabase
from google.protobuf.message import Message

from .conftest import DEADLINE_S, Door, Place, Worker

pytestmark = pytest.mark.integration


async def test_a_replay_in_other_batches_gives_the_same_verdicts_byte_for_byte(
    worker: Worker,
    door: Door,
    database: ServiceDatabase,
    database_for: DatabaseFor,
    settings: Settings,
) -> None:
    """Facts in order, late, corrected and voided come in many small batches; the replay reads them in few."""
    places = [Place(tenant="replay-a"), Place(tenant="replay-a"), Place(tenant="replay-b")]
    chance = random.Random(7)
    standing = Counter[str]()
    for place in places:
        known: list[str] = []
        for start in range(0, 150, 10):
            events: list[Message] = []
            for number in range(start, start + 10):
                day = date(2024, 1, 1) + timedelta(days=number * 2 - chance.choice((0, 0, 0, 30, 170)))
                fact = place.recorded(day, chance.randint(50, 500))
                events.append(fact)
                known.append(fact.transaction_id)
                if chance.random() < 0.2:
                    events.append(place.corrected(chance.choice(known), day, chance.randint(50, 500)))
                if chance.random() < 0.1:
                    events.append(place.voided(known.pop(chance.randrange(len(known)))))
            await door.tell(place.key, *events)
        standing[place.tenant] += len(known)
    last = Place(tenant="replay-last")
    await door.tell(last.key, last.recorded("2025-01-10", 5))
    standing[last.tenant] = 1
    for tenant, count in standing.items():
        await worker.until(tenant, lambda rows, count=count: sum(current for *_, current in rows) == count)
    await most_looked_at(database, standing.total())

    log = AiokafkaLog(security_of(settings))
    outcome = await replay(database.worker_url, database_for("anomaly").worker_url, log)
    assert outcome.said["verdicts"] >= standing.total()
    assert outcome.said["opinions"] >= standing.total() // 2
    assert outcome == Outcome(outcome.said, 0, [])

    with psycopg.connect(database.superuser_url) as connection:
        changed = connection.execute(
            "update anomaly.verdicts set value = value || '\\x00'::bytea where tenant_id = 'replay-last'"
            " returning 'verdicts', tenant_id, fact_id"
        ).fetchall()
    outcome = await replay(database.worker_url, database_for("anomaly").worker_url, log)
    assert (outcome.differing, outcome.different) == (1, changed)


async def most_looked_at(database: ServiceDatabase, facts: int) -> None:
    """Return when there are opinions on most of so many facts; those that came too late get none."""
    deadline = time.monotonic() + DEADLINE_S
    with psycopg.connect(database.superuser_url, autocommit=True) as connection:
        while True:
            found = connection.execute(
                "select count(*) >= %s from anomaly.opinions where is_current and tenant_id like 'replay-%%'",
                (facts // 2,),
            ).fetchone()
            if found == (True,):
                return
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)
