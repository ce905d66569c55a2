"""Kill the services' own workers: what their tables hold must be what a calm run leaves, row for row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import psycopg
import pytest
from arus_runtime.log import Message
from arus_stack.testing import DatabaseFor, ServiceDatabase

from .conftest import Ground
from .sizes import size
from .streams import chunks, facts, incidents, reads, verdicts

pytestmark = [pytest.mark.faults, pytest.mark.integration]
Say = Callable[[str], None]


class Part(NamedTuple):
    """A worker of a service, its topic, what is told there, and what must be the same in the end."""

    service: str
    worker: str
    topic: str
    events: Callable[[str, int], Iterator[Message]]
    statements: Sequence[str]

    @property
    def name(self) -> str:
        """Return service/worker."""
        return f"{self.service}/{self.worker}"


# Late facts are looked at once in a batch, and batches end elsewhere each time: what stands is alike.
FUEL = Part(
    "anomaly",
    "fuel",
    "fuel.transaction.v1",
    facts,
    (
        "select to_jsonb(t)::text from verdicts t where tenant_id = 'orderly'",
        "select (to_jsonb(t) - 'id')::text from state t where key like 'orderly:%'",
        "select concat_ws(':', fact_id, value) from verdicts where tenant_id = 'late' and is_current",
    ),
)
LEARNED = Part(
    "anomaly",
    "learned",
    "anomaly.verdict.v1",
    verdicts,
    (
        "select to_jsonb(t)::text from opinions t where tenant_id = 'orderly'",
        "select to_jsonb(t)::text from incidents t where tenant_id = 'orderly'",
        "select (to_jsonb(t) - 'id')::text from state t where key like 'orderly:%'",
        "select (to_jsonb(t) - array['id', 'added_at'])::text from outbox t where tenant_id = 'orderly'",
        "select concat_ws(':', fact_id, value) from opinions where tenant_id = 'late' and is_current",
        "select (to_jsonb(t) - 'changed_at')::text from incidents t where tenant_id = 'late' and state < 3",
    ),
)
METER = Part(
    "anomaly",
    "meter",
    "meter.read.v1",
    reads,
    (
        "select concat_ws(':', nomen, period, kinds, value) from meter_verdicts where is_current",
        "select (to_jsonb(t) - 'id')::text from state t",
    ),
)
_VERSION = "select (to_jsonb(t) - array['number', 'recorded_at'])::text from {} t"
IMPORTS = Part(
    "metering",
    "imports",
    "import.chunk.v1",
    chunks,
    (
        *(_VERSION.format(table) for table in ("customer_periods", "meter_readings", "collections", "bills")),
        "select (to_jsonb(t) - array['version', 'updated_at'])::text from customers t",
        "select (to_jsonb(t) - array['id', 'added_at'])::text from outbox t",
    ),
)
ALERTS = Part(
    "notify",
    "incidents",
    "anomaly.incident.v1",
    incidents,
    (
        "select to_jsonb(t)::text from alerts t",
        "select to_jsonb(t)::text from incidents t",
        "select (to_jsonb(t) - 'created_at')::text from jobs t",
        "select (to_jsonb(t) - 'id')::text from state t",
    ),
)


def taken(ground: Ground, database: ServiceDatabase, topic: str) -> int:
    """Return how many records a worker has taken since the test began."""
    begun = {at.partition: end for at, end in ground.ends.items() if at.topic == topic}
    with psycopg.connect(database.superuser_url) as connection:
        rows = connection.execute(
            f"select partition, next_offset from {database.schema}.progress where topic = %s".encode(),
            (topic,),
        )
        return sum(offset - begun[partition] for partition, offset in rows)


def begin(ground: Ground, database: ServiceDatabase, part: Part) -> None:
    """Let a worker begin where the topic ended when the test began."""
    with psycopg.connect(database.superuser_url) as connection:
        for at, end in ground.ends.items():
            if at.topic == part.topic:
                connection.execute(
                    f"insert into {database.schema}.progress values (%s, %s, %s, 0, %s, 0, now())".encode(),
                    (part.worker, at.topic, at.partition, end),
                )


def left(database: ServiceDatabase, part: Part) -> Mapping[str, Counter[str]]:
    """Return what the service's tables hold, by statement."""
    search = f"-c search_path={database.schema}"
    with psycopg.connect(database.superuser_url, options=search) as connection:
        return {
            statement: Counter(row[0] for row in connection.execute(statement.encode()).fetchall())
            for statement in part.statements
        }


@pytest.mark.parametrize("part", [FUEL, LEARNED, METER, IMPORTS, ALERTS], ids=lambda part: part.name)
async def test_a_services_worker_killed_again_and_again_leaves_what_a_calm_one_does(
    part: Part, ground: Ground, database_for: DatabaseFor, say: Say
) -> None:
    times, events = size(part.name)
    calm, killed = database_for(part.service), database_for(part.service)
    for database in (calm, killed):
        begin(ground, database, part)
    producer = ground.log.producer()
    await producer.start()
    await producer.publish([*part.events(f"/{ground.folder.name}", events)])
    await producer.stop()

    words = ("service", part.service, part.worker)
    undisturbed = ground.start(*words, ARUS_FAULT_INSTANCE="one", ARUS_FAULT_DB=calm.worker_url)
    await ground.until(lambda: taken(ground, calm, part.topic) == events)
    undisturbed.kill()
    undisturbed.wait()
    await ground.kill_while(
        lambda: taken(ground, killed, part.topic),
        words,
        kills=times,
        step=size(part.name).step(4),
        ARUS_FAULT_DB=killed.worker_url,
    )
    await ground.until(lambda: taken(ground, killed, part.topic) == events)

    expected, found = left(calm, part), left(killed, part)
    wrong = sum(((expected[of] - found[of]) + (found[of] - expected[of])).total() for of in expected)
    say(f"{part.name}: {times} kills, {events} events, {wrong} differences")
    assert all(expected.values()), "a calm run must have said something of everything"
    assert found == expected
