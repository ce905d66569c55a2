"""API keys: a machine's way in."""

from datetime import UTC, datetime, timedelta

import pytest

from .world import Gateway, Person

pytestmark = pytest.mark.integration


async def make(owner: Person, **body: object) -> dict[str, str]:
    answer = await owner.http.post("/keys", json={"name": "pump", "role": "admin"} | body)
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.mark.parametrize("header", ["Authorization", "X-API-Key"])
async def test_a_key_opens_what_its_role_opens(gateway: Gateway, header: str):
    owner = await gateway.register()
    key = await make(owner)
    assert key["secret"].startswith(key["prefix"])
    assert key["prefix"].startswith("ak_")
    value = f"Bearer {key['secret']}" if header == "Authorization" else key["secret"]
    machine = gateway.connect(**{header: value})
    assert (await machine.get("/users")).status_code == 200
    listed = (await owner.http.get("/keys")).json()["items"]
    assert [entry["id"] for entry in listed] == [key["id"]]
    assert "secret" not in listed[0]


async def test_a_revoked_key_opens_nothing(gateway: Gateway):
    owner = await gateway.register()
    key = await make(owner)
    machine = gateway.connect(Authorization=f"Bearer {key['secret']}")
    assert (await machine.get("/users")).status_code == 200
    assert (await owner.http.delete(f"/keys/{key['id']}")).status_code == 204
    assert (await machine.get("/users")).status_code == 401
    assert (await owner.http.delete(f"/keys/{key['id']}")).status_code == 404


async def test_a_key_limited_to_resources_reaches_only_those(gateway: Gateway):
    owner = await gateway.register()
    key = await make(owner, resources={"users": "r"})
    machine = gateway.connect(Authorization=f"Bearer {key['secret']}")
    assert (await machine.get("/users")).status_code == 200
    for method, path in (
        ("POST", "/users"),
        ("GET", "/keys"),
        ("GET", "/auth/me"),
        ("POST", "/fuel/transactions"),
    ):
        refused = await machine.request(method, path, json={})
        assert (refused.status_code, refused.json()["code"]) == (403, "key_out_of_scope"), path


async def test_a_key_is_no_person(gateway: Gateway):
    owner = await gateway.register()
    machine = gateway.connect(Authorization=f"Bearer {(await make(owner))['secret']}")
    for method, path in (("GET", "/auth/me"), ("POST", "/auth/logout"), ("GET", "/organisations")):
        assert (await machine.request(method, path)).status_code == 403


async def test_an_expired_key_opens_nothing(gateway: Gateway):
    owner = await gateway.register()
    key = await make(owner, expires_at=(datetime.now(UTC) + timedelta(days=1)).isoformat())
    async with gateway.context.db.tenant(owner.organisation) as tx:
        await tx.execute(
            "update api_keys set expires_at = now() - interval '1 second' where id = %s", (key["id"],)
        )
    machine = gateway.connect(Authorization=f"Bearer {key['secret']}")
    assert (await machine.get("/users")).status_code == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"role": "owner"}, 403),
        ({"role": "king"}, 422),
        ({"resources": {"moon": "r"}}, 422),
        ({"resources": {"users": "x"}}, 422),
        ({"expires_at": "2020-01-01T00:00:00Z"}, 422),
        ({"expires_at": "2020-01-01T00:00:00"}, 422),
    ],
)
async def test_an_impossible_key_is_refused(gateway: Gateway, body: dict[str, object], status: int):
    owner = await gateway.register()
    answer = await owner.http.post("/keys", json={"name": "pump", "role": "admin"} | body)
    assert answer.status_code == status
