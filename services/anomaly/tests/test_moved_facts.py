"""A fact that moves to another place: taken back under one key and told under another, in any order."""

import asyncio
import time
from collections.abc import Sequence
from typing import Final, LiteralString

import psycopg
import pytest
from arus_runtime import catalogue, migrate
from arus_runtime.ids import new_ulid
from arus_runtime.log.partitioner import partition_of
from arus_stack import house, schemas
from arus_stack.testing import TEST_PASSWORD, PostgresServer, ServiceDatabase, service_database

from .conftest import DEADLINE_S, FUEL_TOPIC, Caller, Door, Place, Worker

pytestmark = pytest.mark.integration


def places(*, one_partition: bool) -> tuple[Place, Place]:
    """Return two places of a tenant whose facts lie in one partition, or in two."""
    old, partitions = Place(), catalogue.topics()[FUEL_TOPIC].partitions
    while True:
        new = Place(tenant=old.tenant)
        found = {partition_of(place.key.encode(), partitions) for place in (old, new)}
        if (len(found) == 1) is one_partition:
            return old, new


def standing(url: str, table: LiteralString, fact_id: str) -> Sequence[str]:
    """Return the locations under which something stands of a fact."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            f"select location_id from anomaly.{table} where fact_id = %s and is_current order by 1",
            (fact_id,),
        ).fetchall()
    return [location_id for (location_id,) in rows]


async def stands(database: ServiceDatabase, table: LiteralString, fact_id: str, *locations: str) -> None:
    """Return when what stands of a fact stands under these locations."""
    deadline = time.monotonic() + DEADLINE_S
    while (found := standing(database.superuser_url, table, fact_id)) != sorted(locations):
        assert time.monotonic() < deadline, found
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("one_partition", [True, False], ids=["one_partition", "two_partitions"])
@pytest.mark.parametrize("at_once", [True, False], ids=["at_once", "one_after_the_other"])
async def test_what_stands_is_what_was_said_where_the_fact_is_now(
    worker: Worker, door: Door, caller: Caller, *, one_partition: bool, at_once: bool
) -> None:
    old, new = places(one_partition=one_partition)
    moved = old.recorded("2025-01-10", 520)
    await door.tell(old.key, *(old.recorded(f"2025-01-0{day}", 300) for day in (7, 8, 9)), moved)
    await door.tell(new.key, *(new.recorded(f"2025-01-0{day}", 500) for day in (7, 8, 9)))
    await worker.until(old.tenant, lambda rows: len(rows) == 7)
    await stands(worker.database, "opinions", moved.transaction_id, old.location)

    await door.tell(new.key, new.recorded("2025-01-10", 520, moved.transaction_id))
    if not at_once:
        await worker.until(old.tenant, lambda rows: len(rows) == 8)
        await stands(worker.database, "opinions", moved.transaction_id, old.location, new.location)
    await door.tell(old.key, old.voided(moved.transaction_id), old.recorded("2025-01-11", 300))
    await worker.until(old.tenant, lambda rows: len(rows) == 10)

    fact_id, client = moved.transaction_id, caller(old.tenant)
    await stands(worker.database, "verdicts", fact_id, new.location)
    await stands(worker.database, "opinions", fact_id, new.location)
    shown = (await client.get(f"/anomalies/{fact_id}")).json()
    assert (shown["location"]["id"], shown["status"], shown["superseded"]) == (new.location, "NORMAL", False)
    assert [(one["location"]["id"], one["status"]) for one in shown["revisions"]] == [
        (old.location, "ANOMALI")
    ]
    listed = (await client.get("/anomalies", params={"location_id": old.location})).json()["items"]
    assert fact_id not in {item["id"] for item in listed}


ROW: Final = (
    "src_part, src_off, src_idx, is_current, tenant_id, fact_id, location_id, product_id, business_date"
)
ROW_VALUES: Final = "3, %(off)s, 0, %(is_current)s, 'T', %(fact)s, %(at)s, 'P'"
WRITTEN: Final = f"""
insert into anomaly.verdicts ({ROW}, domain, status, judged_at)
values ({ROW_VALUES}, '2025-01-10', 'fuel', %(status)s, now())
"""
OPINED: Final = f"""
insert into anomaly.opinions ({ROW}, severity)
values ({ROW_VALUES}, case when %(status)s > 0 then date '2025-01-10' end, 0)
"""


def test_what_the_version_before_left_standing_in_the_wrong_place_is_mended(postgres: PostgresServer) -> None:
    url = postgres.create_database()
    source = next(source for source in house.sources() if source.name == "anomaly")
    stays, moved = new_ulid(), new_ulid()
    try:
        schemas.provision(url, ["anomaly"], lambda _: TEST_PASSWORD)
        owner = service_database(url, "anomaly").owner_url
        migrate.upgrade("anomaly", owner, revision="0016", migrations=source.migrations)
        written = [
            (stays, "A", 1, 1, False),
            (stays, "A", 2, 3, True),
            (moved, "A", 3, 3, True),  # the old place's, which nobody took off
            (moved, "B", 4, 1, False),  # the new place's, taken off in its stead
            (moved, "A", 5, 0, False),  # taken back
        ]
        names = ("fact", "at", "off", "status", "is_current")
        with psycopg.connect(url) as connection:
            for row in written:
                for statement in (WRITTEN, OPINED):
                    connection.execute(statement, dict(zip(names, row, strict=True)))
        migrate.upgrade("anomaly", owner, migrations=source.migrations)
        for table in ("verdicts", "opinions"):
            assert standing(url, table, stays) == ["A"]
            assert standing(url, table, moved) == ["B"]
    finally:
        postgres.drop_database(url)
