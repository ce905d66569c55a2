"""Locations and products over REST, on a real PostgreSQL."""

import asyncio
from typing import Any

import httpx
import psycopg
import pytest
from arus.catalog.v1.events_pb2 import LocationChanged, ProductChanged
from arus_runtime.envelope import unpack
from arus_stack.testing import ServiceDatabase

pytestmark = pytest.mark.integration

GUDANG_A = {"name": "Gudang A", "type": "depot", "timezone": "Asia/Jakarta"}
SOLAR = {"code": "SOLAR", "name": "Solar", "kind": "fuel", "unit": "L"}


def told(database: ServiceDatabase, topic: str) -> list[tuple[str, bytes, dict[str, bytes]]]:
    """Return key, value and headers of the events waiting in the outbox."""
    with psycopg.connect(database.superuser_url) as connection:
        rows = connection.execute(
            "select key, value, headers from inventory.outbox where topic = %s order by id", (topic,)
        ).fetchall()
    return [(key, bytes(value), dict(unpack(bytes(headers), b"", 0))) for key, value, headers in rows]


async def test_a_new_location_is_shown_as_it_was_given_and_told_once(
    owner: httpx.AsyncClient, database: ServiceDatabase
) -> None:
    given = GUDANG_A | {
        "name": "  Gudang A ",
        "external_code": "GD-A",
        "coordinates": {"lat": -6.18, "lng": 106.94},
        "capacity": 24000,
        "manager": "Siti",
        "address": "Jl. Raya Cakung 12",
    }
    made = await owner.post("/locations", json=given)
    assert made.status_code == 201, made.text
    location = made.json()
    assert made.headers["etag"] == '"1"'
    assert made.headers["location"] == f"/api/v1/locations/{location['id']}"
    assert location | given == location | {"name": "  Gudang A "}
    assert location["name"] == "Gudang A"
    assert (await owner.get(f"/locations/{location['id']}")).json() == location
    ((key, value, headers),) = told(database, "catalog.location.v1")
    event = LocationChanged.FromString(value)
    assert key == f"tenant-a:{location['id']}"
    assert (event.name, event.latitude, event.capacity, event.version) == ("Gudang A", -6.18, 24000, 1)
    assert headers["ce_type"] == b"arus.catalog.v1.LocationChanged"
    assert headers["ce_tenant"] == b"tenant-a"


async def test_what_is_left_out_is_empty_and_a_location_is_in_jakarta_by_default(
    owner: httpx.AsyncClient,
) -> None:
    location = (await owner.post("/locations", json={"name": "Gudang B", "type": "warehouse"})).json()
    assert location["timezone"] == "Asia/Jakarta"
    assert location["is_active"] is True
    assert {
        location[name] for name in ("external_code", "address", "coordinates", "capacity", "manager")
    } == {None}


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"timezone": "Mars/Olympus"}, "timezone", "not_timezone"),
        ({"timezone": "../../etc/passwd"}, "timezone", "not_timezone"),
        ({"timezone": "localtime"}, "timezone", "not_timezone"),
        ({"timezone": "asia/jakarta"}, "timezone", "not_timezone"),
        ({"type": "castle"}, "type", "not_one_of"),
        ({"name": "   "}, "name", "too_short"),
        ({"name": "x" * 201}, "name", "too_long"),
        ({"name": "a\0b"}, "name", "nul_character"),
        ({"name": 5}, "name", "not_text"),
        ({"name": None}, "name", "not_null"),
        ({"coordinates": {"lat": 91, "lng": 0}}, "coordinates.lat", "too_large"),
        ({"coordinates": {"lat": 0, "lng": -180.1}}, "coordinates.lng", "too_small"),
        ({"coordinates": {"lat": 0}}, "coordinates.lng", "missing"),
        ({"capacity": -1}, "capacity", "too_small"),
        ({"capacity": 10**30}, "capacity", None),
        ({"capacity": True}, "capacity", "not_integer"),
        ({"is_active": "yes"}, "is_active", "not_boolean"),
        ({"colour": "red"}, "colour", "unknown_field"),
    ],
)
async def test_a_wrong_field_is_named(
    owner: httpx.AsyncClient, change: dict[str, Any], field: str, code: str | None
) -> None:
    answer = await owner.post("/locations", json=GUDANG_A | change)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    assert code is None or error["code"] == code
    assert field in error["message"]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"x"', b'{"name": NaN}', b'{"name": "\\ud800"}', b"\xff", b"[" * 100_000],
)
async def test_what_is_not_a_json_object_is_a_problem_not_a_crash(
    owner: httpx.AsyncClient, body: bytes
) -> None:
    answer = await owner.post("/locations", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 422}, answer.text


async def test_an_edit_needs_the_version_it_was_made_from(
    owner: httpx.AsyncClient, database: ServiceDatabase
) -> None:
    path = f"/locations/{(await owner.post('/locations', json=GUDANG_A)).json()['id']}"
    first = await owner.patch(path, json={"manager": "Budi"}, headers={"If-Match": '"1"'})
    assert (first.status_code, first.headers["etag"], first.json()["version"]) == (200, '"2"', 2)
    stale = await owner.patch(path, json={"manager": "Ani"}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"], stale.headers["etag"]) == (412, "stale_version", '"2"')
    assert (await owner.patch(path, json={"manager": None}, headers={"If-Match": "*"})).json()[
        "manager"
    ] is None
    assert (await owner.patch(path, json={"manager": "Citra"})).json()["version"] == 4
    events = told(database, "catalog.location.v1")
    assert [LocationChanged.FromString(value).version for _, value, _ in events] == [1, 2, 3, 4]


async def test_an_edit_without_a_difference_changes_and_tells_nothing(
    owner: httpx.AsyncClient, database: ServiceDatabase
) -> None:
    path = f"/locations/{(await owner.post('/locations', json=GUDANG_A)).json()['id']}"
    assert (await owner.patch(path, json={"name": "Gudang A"})).json()["version"] == 1
    assert (await owner.patch(path, json={})).json()["version"] == 1
    assert len(told(database, "catalog.location.v1")) == 1


async def test_a_replacement_empties_what_it_leaves_out_and_may_send_back_what_it_read(
    owner: httpx.AsyncClient,
) -> None:
    location = (await owner.post("/locations", json=GUDANG_A | {"manager": "Siti", "capacity": 5})).json()
    path = f"/locations/{location['id']}"
    same = await owner.put(path, json=location, headers={"If-Match": '"1"'})
    assert (same.status_code, same.json()) == (200, location)
    other = (await owner.put(path, json=GUDANG_A)).json()
    assert (other["manager"], other["capacity"], other["version"]) == (None, None, 2)


async def test_deleting_deactivates_and_may_be_repeated(
    owner: httpx.AsyncClient, database: ServiceDatabase
) -> None:
    path = f"/products/{(await owner.post('/products', json=SOLAR)).json()['id']}"
    assert (await owner.delete(path)).status_code == 204
    assert (await owner.delete(path)).status_code == 204
    product = (await owner.get(path)).json()
    assert (product["is_active"], product["version"]) == (False, 2)
    assert [
        (event.code, event.is_active)
        for _, value, _ in told(database, "catalog.product.v1")
        for event in [ProductChanged.FromString(value)]
    ] == [("SOLAR", True), ("SOLAR", False)]


async def test_codes_are_unique_whatever_their_case(owner: httpx.AsyncClient) -> None:
    assert (await owner.post("/products", json=SOLAR)).status_code == 201
    taken = await owner.post("/products", json=SOLAR | {"code": "solar"})
    assert (taken.status_code, taken.json()["code"]) == (409, "already_exists")
    other = (await owner.post("/products", json=SOLAR | {"code": "PERTALITE"})).json()
    clash = await owner.patch(f"/products/{other['id']}", json={"code": "SOLAR"})
    assert (clash.status_code, clash.json()["errors"][0]["field"]) == (409, "code")
    assert (await owner.post("/locations", json=GUDANG_A | {"external_code": "GD-A"})).status_code == 201
    assert (await owner.post("/locations", json=GUDANG_A | {"external_code": "gd-a"})).status_code == 409
    assert (await owner.post("/locations", json=GUDANG_A)).status_code == 201


async def test_of_many_at_once_with_one_code_one_is_recorded(
    owner: httpx.AsyncClient, database: ServiceDatabase
) -> None:
    answers = await asyncio.gather(*(owner.post("/products", json=SOLAR) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert len(told(database, "catalog.product.v1")) == 1


async def test_edits_of_one_record_at_once_all_stand_and_are_told_in_order(
    owner: httpx.AsyncClient, database: ServiceDatabase
) -> None:
    path = f"/locations/{(await owner.post('/locations', json=GUDANG_A)).json()['id']}"
    answers = await asyncio.gather(*(owner.patch(path, json={"capacity": n}) for n in range(16)))
    assert sorted(answer.json()["version"] for answer in answers) == list(range(2, 18))
    versions = [
        LocationChanged.FromString(value).version for _, value, _ in told(database, "catalog.location.v1")
    ]
    assert versions == list(range(1, 18))


async def test_a_command_repeated_under_its_key_is_done_once(
    owner: httpx.AsyncClient, database: ServiceDatabase
) -> None:
    headers = {"Idempotency-Key": "a-1"}
    first = await owner.post("/locations", json=GUDANG_A, headers=headers)
    again = await owner.post("/locations", json=GUDANG_A, headers=headers)
    assert (again.status_code, again.json()) == (201, first.json())
    assert (await owner.post("/locations", json=GUDANG_A | {"name": "B"}, headers=headers)).status_code == 422
    assert len(told(database, "catalog.location.v1")) == 1


async def test_a_list_goes_page_by_page_in_the_order_of_names(owner: httpx.AsyncClient) -> None:
    for name in ("delta", "Alfa", "bravo", "Charlie", "alfa"):
        await owner.post("/locations", json=GUDANG_A | {"name": name})
    names: list[str] = []
    cursor = None
    while True:
        page = (
            await owner.get("/locations", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))
        ).json()
        names += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert [name.lower() for name in names] == ["alfa", "alfa", "bravo", "charlie", "delta"]
    found = (await owner.get("/locations", params={"q": "RAV"})).json()["items"]
    assert [item["name"] for item in found] == ["bravo"]
    assert (await owner.get("/locations", params={"q": "%"})).json()["items"] == []
    assert (await owner.get("/locations", params={"type": "sppg"})).json()["items"] == []
    assert (await owner.get("/locations", params={"active": "false"})).json()["items"] == []


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=501", "limit=x", "cursor=x", "cursor=W10", "q=%00", "type=castle"]
)
async def test_a_wrong_query_is_a_422(owner: httpx.AsyncClient, query: str) -> None:
    assert (await owner.get(f"/locations?{query}")).status_code == 422


@pytest.mark.parametrize("name", ["x", "%00", "01JGJ4M3Z8Q0T7C1V5X2B9N6KD", "'%20or%201=1", "a" * 5000])
async def test_a_record_that_is_not_there_is_a_404(owner: httpx.AsyncClient, name: str) -> None:
    for answer in (await owner.get(f"/locations/{name}"), await owner.patch(f"/products/{name}", json={})):
        assert answer.status_code in ({422} if name == "%00" else {404})


async def test_no_tenant_sees_or_changes_what_is_another_ones(caller: Any) -> None:
    ours, theirs = caller("tenant-a"), caller("tenant-b")
    location = (await ours.post("/locations", json=GUDANG_A | {"external_code": "GD-A"})).json()
    product = (await ours.post("/products", json=SOLAR)).json()
    for path in (f"/locations/{location['id']}", f"/products/{product['id']}"):
        assert (await theirs.get(path)).status_code == 404
        assert (await theirs.patch(path, json={"name": "ours now"})).status_code == 404
        assert (await theirs.put(path, json=SOLAR if "products" in path else GUDANG_A)).status_code == 404
        assert (await theirs.delete(path)).status_code == 404
    assert (await theirs.get("/locations")).json()["items"] == []
    assert (await theirs.post("/products", json=SOLAR)).status_code == 201
    assert (await ours.get(f"/locations/{location['id']}")).json() == location


def test_the_api_role_sees_no_row_of_another_tenant_whatever_it_asks(database: ServiceDatabase) -> None:
    with psycopg.connect(database.owner_url) as connection:
        tables = connection.execute(
            """select c.relname
               from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
               where c.relkind = 'r' and c.relnamespace = 'inventory'::regnamespace"""
        ).fetchall()
        walled = connection.execute(
            """select relname from pg_class where relkind = 'r' and relnamespace = 'inventory'::regnamespace
               and relrowsecurity and relforcerowsecurity"""
        ).fetchall()
    assert {("locations",), ("products",), ("outbox",)} <= set(tables)
    assert set(tables) <= set(walled)
    with psycopg.connect(database.worker_url, options="-c search_path=inventory") as connection:
        connection.execute(
            "insert into products values ('tenant-a', 'p', 'c', 'n', 'fuel', 'L', true, 1, now(), now())"
        )
    with psycopg.connect(database.api_url, options="-c search_path=inventory") as connection:
        assert connection.execute("select 1 from products").fetchall() == []
        connection.execute("set arus.tenant = 'tenant-b'")
        assert connection.execute("select 1 from products").fetchall() == []
        assert connection.execute("update products set name = 'x'").rowcount == 0
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(
                "insert into products values ('tenant-a', 'q', 'd', 'n', 'fuel', 'L', true, 1, now(), now())"
            )


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [
        ("owner", 200, 201),
        ("admin", 200, 201),
        ("service", 200, 201),
        ("operator", 200, 403),
        ("viewer", 200, 403),
        ("device", 403, 403),
        ("nobody", 403, 403),
    ],
)
async def test_each_role_does_what_the_table_says(caller: Any, role: str, reads: int, writes: int) -> None:
    client = caller("tenant-a", role)
    assert (await client.get("/locations")).status_code == reads
    assert (await client.post("/locations", json=GUDANG_A)).status_code == writes


async def test_who_only_records_sees_the_names_of_locations(caller: Any) -> None:
    details = {
        "external_code": "GD-A",
        "address": "Jl. Raya Cakung 12",
        "coordinates": {"lat": -6.18, "lng": 106.95},
        "capacity": 24_000,
        "manager": "Siti Rahma",
    }
    made = (await caller().post("/locations", json=GUDANG_A | details)).json()
    bare = dict.fromkeys(details)
    operator = caller("tenant-a", "operator")
    assert (await operator.get("/locations")).json()["items"] == [made | bare]
    assert (await operator.get(f"/locations/{made['id']}")).json() == made | bare
    for client, found in ((operator, []), (caller(), [made])):
        assert (await client.get("/locations", params={"q": "gd-a"})).json()["items"] == found
    limited = caller("tenant-a", "admin", resources={"locations": "r"})
    assert (await limited.get(f"/locations/{made['id']}")).json() == made | bare
    assert (await caller("tenant-a", "viewer").get("/locations")).json()["items"] == [made]


async def test_a_caller_limited_to_locations_sees_only_those_and_makes_none(caller: Any) -> None:
    owner = caller()
    mine, other = [
        (await owner.post("/locations", json=GUDANG_A | {"name": name})).json()["id"] for name in ("A", "B")
    ]
    limited = caller("tenant-a", "admin", locations=[mine])
    assert [item["id"] for item in (await limited.get("/locations")).json()["items"]] == [mine]
    assert (await limited.get(f"/locations/{other}")).status_code == 404
    assert (await limited.patch(f"/locations/{other}", json={"name": "C"})).status_code == 404
    assert (await limited.patch(f"/locations/{mine}", json={"name": "C"})).status_code == 200
    assert (await limited.post("/locations", json=GUDANG_A)).status_code == 403
