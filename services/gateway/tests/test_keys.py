"""API keys: a machine's way in."""

from datetime import UTC, datetime, timedelta

import pytest
from arus_gateway.callers import CACHED_S, Callers
from arus_runtime.auth import FixedKeys, Verifier, roles
from arus_runtime.ids import new_ulid

from .world import PASSWORD, Gateway, Person

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


async def test_a_key_does_no_more_than_its_maker_may_now(gateway: Gateway):
    owner = await gateway.register()
    maker = await gateway.colleague(owner, "admin")
    machine = gateway.connect(**{"X-API-Key": (await make(maker))["secret"]})
    assert (await machine.get("/users")).status_code == 200
    await owner.http.patch(f"/users/{maker.id}", json={"role": "operator"})
    assert (await machine.get("/users")).status_code == 403
    await owner.http.patch(f"/users/{maker.id}", json={"role": "admin"})
    assert (await machine.get("/users")).status_code == 200


async def test_a_key_lies_within_the_places_its_maker_has_now(gateway: Gateway):
    owner = await gateway.register()
    maker = await gateway.colleague(owner, "admin")
    here, there, elsewhere = new_ulid(), new_ulid(), new_ulid()
    key = await make(maker, location_ids=[here, there])
    machine = gateway.connect(Authorization=f"Bearer {key['secret']}")
    await owner.http.patch(f"/users/{maker.id}", json={"location_ids": [there, elsewhere]})
    inside = {"email": "p@example.com", "name": "P", "password": PASSWORD, "role": "operator"}
    refused = await machine.post("/users", json=inside | {"location_ids": [here]})
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_not_yours_to_give")
    assert (await machine.post("/users", json=inside | {"location_ids": [there]})).status_code == 201


@pytest.mark.parametrize("how", ["removed", "left"])
async def test_a_key_rests_while_its_maker_is_no_member(gateway: Gateway, how: str):
    owner = await gateway.register()
    maker = await gateway.colleague(owner, "admin")
    key = await make(maker)
    machine = gateway.connect(Authorization=f"Bearer {key['secret']}")
    assert (await machine.get("/users")).status_code == 200
    if how == "removed":
        assert (await owner.http.delete(f"/users/{maker.id}")).status_code == 204
    else:
        path = f"/organisations/{owner.organisation}/leave"
        assert (await maker.http.post(path)).status_code == 204
    assert (await machine.get("/users")).status_code == 401
    listed = (await owner.http.get("/keys")).json()["items"]
    assert [(entry["id"], entry["maker_belongs"]) for entry in listed] == [(key["id"], False)]
    await owner.http.patch(f"/users/{maker.id}", json={"is_active": True})
    assert (await machine.get("/users")).status_code == 200


async def test_another_replica_notices_a_demoted_maker_when_it_looks_again(gateway: Gateway):
    owner = await gateway.register()
    maker = await gateway.colleague(owner, "admin")
    secret = (await make(maker))["secret"]
    time_s = 0.0
    door = gateway.door
    elsewhere = Callers(door.db, door.signer, door.quotas, clock=lambda: time_s)
    before = await elsewhere.of_bearer(secret)
    assert before
    assert before.principal.may("users", "c")
    await owner.http.patch(f"/users/{maker.id}", json={"role": "viewer"})
    time_s = CACHED_S - 0.1
    assert await elsewhere.of_bearer(secret) == before
    time_s = CACHED_S
    after = await elsewhere.of_bearer(secret)
    assert after
    assert (after.principal.may("users", "c"), after.principal.may("locations", "r")) == (False, True)
    # What services behind the gateway are shown says the same.
    read = await Verifier(FixedKeys(gateway.door.signer.public)).verify(after.token)
    assert (read.may("users", "c"), read.may("locations", "r")) == (False, True)


async def test_keys_are_made_by_people_only(gateway: Gateway):
    owner = await gateway.register()
    machine = gateway.connect(Authorization=f"Bearer {(await make(owner))['secret']}")
    refused = await machine.post("/keys", json={"name": "child", "role": "viewer"})
    assert (refused.status_code, refused.json()["code"]) == (403, "persons_only")


async def test_a_limited_key_gives_no_role_that_can_do_more(gateway: Gateway):
    owner = await gateway.register()
    key = await make(owner, resources={"users": "c", **roles()["operator"]})
    machine = gateway.connect(Authorization=f"Bearer {key['secret']}")
    body = {"email": "q@example.com", "name": "Q", "password": PASSWORD}
    for role in ("admin", "viewer"):
        refused = await machine.post("/users", json=body | {"role": role})
        assert (refused.status_code, refused.json()["code"]) == (403, "role_beyond_yours")
    assert (await machine.post("/users", json=body | {"role": "operator"})).status_code == 201


async def test_a_key_beyond_ones_places_is_not_ones_own_to_revoke(gateway: Gateway):
    owner = await gateway.register()
    here, there = new_ulid(), new_ulid()
    scoped = await gateway.colleague(owner, "admin", location_ids=[here])
    theirs, everywhere = await make(owner, location_ids=[there]), await make(owner)
    for key in (theirs, everywhere):
        refused = await scoped.http.delete(f"/keys/{key['id']}")
        assert (refused.status_code, refused.json()["code"]) == (403, "scope_not_yours_to_give")
    own = await make(scoped, location_ids=[here])
    assert (await scoped.http.delete(f"/keys/{own['id']}")).status_code == 204
    standing = (await owner.http.get("/keys")).json()["items"]
    assert [key["id"] for key in standing] == [theirs["id"], everywhere["id"]]
