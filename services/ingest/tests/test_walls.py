"""Who may do what at the fuel door, and whose facts nobody else sees."""

from typing import Any

import httpx
import psycopg
import pytest
from arus_stack.testing import ServiceDatabase

from .conftest import CatalogueOwner

pytestmark = pytest.mark.integration

PATH = "/fuel/transactions"


@pytest.mark.parametrize(
    ("role", "create", "read", "update", "delete"),
    [
        ("owner", 201, 200, 200, 204),
        ("admin", 201, 200, 200, 204),
        ("operator", 201, 403, 403, 403),
        ("service", 201, 200, 403, 403),
        ("viewer", 403, 200, 403, 403),
        ("device", 403, 403, 403, 403),
    ],
)
async def test_each_role_does_what_the_table_says(
    *,
    owner: httpx.AsyncClient,
    caller: Any,
    golden: dict[str, Any],
    role: str,
    create: int,
    read: int,
    update: int,
    delete: int,
) -> None:
    path = f"{PATH}/{(await owner.post(PATH, json=golden)).json()['id']}"
    client = caller("tenant-a", role)
    assert (await client.post(PATH, json=golden)).status_code == create
    assert (await client.get(path)).status_code == read
    assert (await client.patch(path, json={"note": "x"})).status_code == update
    assert (await client.delete(path)).status_code == delete


async def test_a_caller_limited_to_locations_stays_within_them(
    owner: httpx.AsyncClient, caller: Any, golden: dict[str, Any], catalogue: CatalogueOwner
) -> None:
    other = golden | {"location_id": catalogue.location()}
    theirs = (await owner.post(PATH, json=other)).json()
    limited = caller("tenant-a", "admin", locations=[golden["location_id"]])
    mine = await limited.post(PATH, json=golden)
    assert mine.status_code == 201
    outside = await limited.post(PATH, json=other)
    assert (outside.status_code, outside.json()["errors"][0]["code"]) == (403, "outside_scope")
    moved = await limited.patch(f"{PATH}/{mine.json()['id']}", json={"location_id": other["location_id"]})
    assert moved.status_code == 403
    assert [item["id"] for item in (await limited.get(PATH)).json()["items"]] == [mine.json()["id"]]
    for answer in (
        await limited.get(f"{PATH}/{theirs['id']}"),
        await limited.patch(f"{PATH}/{theirs['id']}", json={"note": "x"}),
        await limited.delete(f"{PATH}/{theirs['id']}"),
    ):
        assert answer.status_code == 404


async def test_no_tenant_sees_or_changes_what_is_another_ones(
    owner: httpx.AsyncClient, caller: Any, golden: dict[str, Any]
) -> None:
    fact = (await owner.post(PATH, json=golden)).json()
    delivery = (await owner.post("/fuel/deliveries", json=golden)).json()
    stranger = caller("tenant-b")
    for path in (f"{PATH}/{fact['id']}", f"/fuel/deliveries/{delivery['id']}"):
        assert (await stranger.get(path)).status_code == 404
        assert (await stranger.delete(path)).status_code == 404
    assert (await stranger.patch(f"{PATH}/{fact['id']}", json={"volume_l": 1})).status_code == 404
    assert (await stranger.put(f"{PATH}/{fact['id']}", json=golden)).status_code == 404
    assert (await stranger.get(PATH)).json()["items"] == []
    assert (await stranger.post(PATH, json=golden)).json()["errors"][0]["code"] == "unknown_reference"
    assert (await owner.get(f"{PATH}/{fact['id']}")).json() == fact


def test_every_table_with_a_tenant_is_walled(database: ServiceDatabase) -> None:
    with psycopg.connect(database.owner_url) as connection:
        tables = connection.execute(
            """select c.relname, c.relrowsecurity and c.relforcerowsecurity as walled
               from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
               where c.relkind = 'r' and c.relnamespace = 'ingest'::regnamespace"""
        ).fetchall()
    assert {"fuel_keys", "fuel_transactions", "fuel_deliveries", "locations", "products", "outbox"} <= {
        name for name, _ in tables
    }
    assert all(walled for _, walled in tables)
    row = "('tenant-a', 'L', 'A', 'Asia/Jakarta', true, 1)"
    with psycopg.connect(database.worker_url, options="-c search_path=ingest") as connection:
        connection.execute(f"insert into locations values {row}".encode())
    with psycopg.connect(database.api_url, options="-c search_path=ingest") as connection:
        assert connection.execute("select 1 from locations").fetchall() == []
        connection.execute("set arus.tenant = 'tenant-b'")
        assert connection.execute("select 1 from locations").fetchall() == []
        assert connection.execute("delete from locations").rowcount == 0
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"insert into locations values {row}".encode())
