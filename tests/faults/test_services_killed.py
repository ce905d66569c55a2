"""Kill the services' own workers: what their tables hold must be what a calm run leaves, row for row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import NamedTuple

import psycopg
import pytest
from arus.anomaly.v1.events_pb2 import (
    INCIDENT_CHANGE_CLOSED,
    INCIDENT_CHANGE_ESCALATED,
    INCIDENT_CHANGE_OPENED,
    INCIDENT_CHANGE_UPDATED,
    SEVERITY_CRITICAL,
    SEVERITY_WARNING,
    STATUS_ANOMALI,
    STATUS_NORMAL,
    IncidentChanged,
    VerdictReached,
)
from arus_runtime.log import Message
from arus_runtime.testing import message
from arus_stack.testing import DatabaseFor, ServiceDatabase
from ulid import ULID

from .conftest import Ground

pytestmark = [pytest.mark.faults, pytest.mark.integration]
KEYS = 60
FACTS_OF_KEY = 60
EVENTS = KEYS * FACTS_OF_KEY
KILLS = 3
STEP = 300
FIRST = datetime(2025, 1, 6, tzinfo=UTC)
UL = 1_000_000

TOLD = {
    "anomaly": (
        "select to_jsonb(t)::text from opinions t where tenant_id = 'orderly'",
        "select to_jsonb(t)::text from incidents t where tenant_id = 'orderly'",
        "select (to_jsonb(t) - 'id')::text from state t where key like 'orderly:%'",
        "select (to_jsonb(t) - array['id', 'added_at'])::text from outbox t where tenant_id = 'orderly'",
        # Late facts are looked at once in a batch, and batches end elsewhere each time: what stands is alike.
        "select concat_ws(':', fact_id, value) from opinions where tenant_id = 'late' and is_current",
        "select (to_jsonb(t) - 'changed_at')::text from incidents t where tenant_id = 'late' and state < 3",
    ),
    "notify": (
        "select to_jsonb(t)::text from alerts t",
        "select to_jsonb(t)::text from incidents t",
        "select (to_jsonb(t) - 'created_at')::text from jobs t",
        "select (to_jsonb(t) - 'id')::text from state t",
    ),
}
"""By service, what must be the same."""


def fact_id(number: int) -> str:
    at_ms = int(FIRST.timestamp() * 1000) + number
    return str(ULID.from_bytes(at_ms.to_bytes(6, "big") + number.to_bytes(10, "big")))


def verdicts(source: str) -> Iterator[Message]:
    """Yield the rule's verdicts: of half the keys in order, of the others some late and some said again."""
    chance = Random(7)
    said: dict[int, list[VerdictReached]] = {key: [] for key in range(KEYS)}
    for number in range(EVENTS):
        key = number % KEYS
        tenant, behind = ("late" if key % 2 else "orderly"), said[key]
        litres = 300 * chance.lognormvariate(0, 0.1) * (3 if chance.random() < 0.04 else 1)
        verdict = VerdictReached(
            tenant_id=tenant,
            domain="fuel",
            fact_id=fact_id(number),
            location_id=f"L{key}",
            product_id="P",
            business_date=(FIRST + timedelta(days=number // KEYS)).date().isoformat(),
            status=STATUS_ANOMALI if litres > 450 else STATUS_NORMAL,
            volume_ul=round(litres * UL),
        )
        if tenant == "late" and behind and chance.random() < 0.2:
            earlier = behind[-chance.randint(1, min(len(behind), 20))]
            verdict.business_date = earlier.business_date
            if chance.random() < 0.5:
                verdict.fact_id = earlier.fact_id
        behind.append(verdict)
        yield message(
            verdict, key=f"{tenant}:L{key}:P", tenant=tenant, source=source, sequence=number, at=FIRST
        )


def incidents(source: str) -> Iterator[Message]:
    """Yield incidents that open, are updated, become worse and close; each fourth is history."""
    course = (
        (INCIDENT_CHANGE_OPENED, SEVERITY_WARNING),
        (INCIDENT_CHANGE_UPDATED, SEVERITY_WARNING),
        (INCIDENT_CHANGE_ESCALATED, SEVERITY_CRITICAL),
        (INCIDENT_CHANGE_CLOSED, SEVERITY_CRITICAL),
    )
    for number in range(EVENTS):
        key, turn = number % KEYS, number // KEYS
        change, severity = course[turn % len(course)]
        incident = turn // len(course)
        event = IncidentChanged(
            tenant_id="t",
            incident_id=fact_id(incident * KEYS + key),
            domain="fuel",
            location_id=f"L{key}",
            product_id="P",
            change=change,
            severity=severity,
            last_date=date(2025, 1, 6).isoformat(),
            is_history=incident % 4 == 3,
            import_id=f"import-{key}-{incident}" if incident % 4 == 3 else "",
        )
        yield message(event, key=f"t:L{key}:P", tenant="t", source=source, sequence=number, at=FIRST)


def taken(ground: Ground, database: ServiceDatabase, topic: str) -> int:
    """Return how many records a worker has taken since the test began."""
    begun = {at.partition: end for at, end in ground.ends.items() if at.topic == topic}
    with psycopg.connect(database.superuser_url) as connection:
        rows = connection.execute(
            f"select partition, next_offset from {database.schema}.progress where topic = %s".encode(),
            (topic,),
        )
        return sum(offset - begun[partition] for partition, offset in rows)


def begin(ground: Ground, database: ServiceDatabase, worker: str, topic: str) -> None:
    """Let a worker begin where the topic ended when the test began."""
    with psycopg.connect(database.superuser_url) as connection:
        for at, end in ground.ends.items():
            if at.topic == topic:
                connection.execute(
                    f"insert into {database.schema}.progress values (%s, %s, %s, 0, %s, 0, now())".encode(),
                    (worker, topic, at.partition, end),
                )


def left(database: ServiceDatabase) -> Mapping[str, list[str]]:
    """Return what the service's tables hold, by statement."""
    search = f"-c search_path={database.schema}"
    with psycopg.connect(database.superuser_url, options=search) as connection:
        return {
            statement: sorted(row[0] for row in connection.execute(statement.encode()).fetchall())
            for statement in TOLD[database.service]
        }


class Part(NamedTuple):
    """A worker of a service, its topic, and what is told there."""

    service: str
    worker: str
    topic: str
    events: Callable[[str], Iterator[Message]]


LEARNED = Part("anomaly", "learned", "anomaly.verdict.v1", verdicts)
ALERTS = Part("notify", "incidents", "anomaly.incident.v1", incidents)


@pytest.mark.parametrize("part", [LEARNED, ALERTS], ids=lambda part: f"{part.service}/{part.worker}")
async def test_a_services_worker_killed_again_and_again_leaves_what_a_calm_one_does(
    part: Part, ground: Ground, database_for: DatabaseFor
) -> None:
    service, worker, topic, events = part
    calm, killed = database_for(service), database_for(service)
    for database in (calm, killed):
        begin(ground, database, worker, topic)
    producer = ground.log.producer()
    await producer.start()
    await producer.publish([*events(f"/{ground.folder.name}")])
    await producer.stop()

    words = ("service", service, worker)
    undisturbed = ground.start(*words, ARUS_FAULT_INSTANCE="one", ARUS_FAULT_DB=calm.worker_url)
    await ground.until(lambda: taken(ground, calm, topic) == EVENTS)
    undisturbed.kill()
    undisturbed.wait()
    await ground.kill_while(
        lambda: taken(ground, killed, topic), words, kills=KILLS, step=STEP, ARUS_FAULT_DB=killed.worker_url
    )
    await ground.until(lambda: taken(ground, killed, topic) == EVENTS)

    expected, found = left(calm), left(killed)
    assert all(expected.values()), "a calm run must have said something of everything"
    assert found == expected
