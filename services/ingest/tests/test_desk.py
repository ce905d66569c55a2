"""Facts that come one a request and at the same time share a transaction, and nothing else."""

import asyncio
from typing import Any

import httpx
import psycopg
import pytest
from arus_runtime.envelope import unpack
from arus_stack.testing import ServiceDatabase

from .conftest import Caller, CatalogueOwner, told

pytestmark = pytest.mark.integration

PATH = "/fuel/transactions"
TRACE = f"00-{'ab' * 16}-{'cd' * 8}-00"
WAITING = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"


@pytest.fixture
def heard(golden: dict[str, Any], catalogue: CatalogueOwner, database: ServiceDatabase) -> dict[str, Any]:
    """The golden fact, its location and product in the door's own copy of the catalogue."""
    with psycopg.connect(database.superuser_url, options="-c search_path=ingest") as connection:
        for tenant, location in catalogue.locations:
            connection.execute(
                "insert into locations (tenant_id, id, name, timezone, is_active, version)"
                " values (%s, %s, 'Gudang A', 'Asia/Jakarta', true, 1)",
                (tenant, location),
            )
        for tenant, product in catalogue.products:
            connection.execute(
                "insert into products (tenant_id, id, name, kind, is_active, version)"
                " values (%s, %s, 'Solar', 'fuel', true, 1)",
                (tenant, product),
            )
    return golden


async def test_each_of_many_at_once_is_answered_as_if_it_had_come_alone(
    owner: httpx.AsyncClient,
    caller: Caller,
    heard: dict[str, Any],
    catalogue: CatalogueOwner,
    database: ServiceDatabase,
) -> None:
    unheard = catalogue.location()
    limited = caller("tenant-a", "operator", sub="user-2", locations=[heard["location_id"]])
    assert (await owner.post(PATH, json=heard)).status_code == 201
    url, options = database.superuser_url, "-c search_path=ingest"
    async with (
        await psycopg.AsyncConnection[Any].connect(url, options=options) as other,
        await psycopg.AsyncConnection[Any].connect(url, autocommit=True) as watching,
    ):
        await other.execute("select from fuel_keys for update")
        first = asyncio.create_task(owner.post(PATH, json=heard | {"volume_l": 1}))
        async with asyncio.timeout(30):
            while not await (await watching.execute(WAITING)).fetchone():  # noqa: ASYNC110 - it waits elsewhere
                await asyncio.sleep(0.01)
        later = [
            asyncio.create_task(client.post(PATH, json=heard | said, headers={"traceparent": TRACE}))
            for client, said in (
                (limited, {"volume_l": 2}),
                (owner, {"volume_l": 2}),
                (owner, {"date": "2999-01-01"}),
                (limited, {"location_id": unheard}),
                (caller("tenant-b"), {}),
                (owner, {"location_id": unheard}),
            )
        ]
        stranger = await asyncio.wait_for(later[4], 30)  # another tenant stands in a line of its own
        await other.commit()
        answers = await asyncio.gather(first, *later)
    assert [answer.status_code for answer in answers] == [201, 201, 201, 422, 403, 422, 201]
    assert stranger.json()["errors"][0]["code"] == "unknown_reference"
    one, two, again, owners = (answer.json() for answer in answers if answer.status_code == 201)
    assert [fact["recorded_by"] for fact in (one, two, again, owners)] == [
        "user-1",
        "user-2",
        "user-1",
        "user-1",
    ]
    warned = [[warning["code"] for warning in fact["warnings"]] for fact in (one, two, again)]
    assert warned == [[], [], ["DUPLIKAT"]]
    with psycopg.connect(database.superuser_url) as connection:
        rows = connection.execute("select id, xmin::text from ingest.fuel_transactions").fetchall()
        headers = connection.execute("select headers from ingest.outbox order by id").fetchall()
    transaction = dict[str, str](rows)
    assert transaction[two["id"]] == transaction[again["id"]]
    assert len({transaction[fact["id"]] for fact in (one, two, owners)}) == 3
    traced = [
        dict(unpack(bytes(row[0]), b"", 0))["traceparent"][3:35] == TRACE[3:35].encode() for row in headers
    ]
    events = {event.transaction_id: came for (_, event), came in zip(told(database), traced, strict=True)}
    in_order = [fact_id for fact_id in events if fact_id in (one["id"], two["id"], again["id"])]
    assert in_order == [one["id"], two["id"], again["id"]]
    assert [events[fact["id"]] for fact in (one, two, again, owners)] == [False, True, True, True]
