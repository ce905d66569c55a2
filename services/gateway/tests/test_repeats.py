"""Commands on people, keys and organisations: sent twice, done once; edits of what changed since, refused."""

from typing import Any

import httpx
import psycopg
import pytest
from arus_stack.testing import ServiceDatabase

from .world import PASSWORD, Gateway, Mailbox, Person

pytestmark = pytest.mark.integration
KEY = {"Idempotency-Key": "once"}


async def twice(person: Person, method: str, path: str, **body: Any) -> tuple[httpx.Response, httpx.Response]:
    """Send a command twice under one key; the second answer is the first one, told again."""
    first, again = [await person.http.request(method, path, json=body or None, headers=KEY) for _ in range(2)]
    assert first.is_success, first.text
    assert (again.status_code, again.headers["idempotency-replayed"]) == (first.status_code, "true")
    return first, again


async def count(person: Person, path: str) -> int:
    return len((await person.http.get(path)).json()["items"])


async def test_an_account_is_made_once_and_greeted_once(
    gateway: Gateway, mailbox: Mailbox, database: ServiceDatabase
):
    owner = await gateway.register()
    new = {"email": "twice@example.com", "name": "Dua", "password": PASSWORD, "role": "operator"}
    first, again = await twice(owner, "POST", "/users", **new)
    assert first.json() == again.json()
    assert await count(owner, "/users") == 2
    await mailbox.token_for("twice@example.com", "verify-email")
    assert [mail for mail in mailbox.mails if mail["To"] == "twice@example.com"] == []
    # The password is no part of what is compared, so nothing of it is kept: not even a hash to guess by.
    other = await owner.http.post("/users", json=new | {"password": "another-long-one"}, headers=KEY)
    assert other.headers["idempotency-replayed"] == "true"
    different = await owner.http.post("/users", json=new | {"role": "viewer"}, headers=KEY)
    assert (different.status_code, different.json()["code"]) == (422, "idempotency_key_reused")
    with psycopg.connect(database.superuser_url) as connection:
        [(body,)] = connection.execute("select body from gateway.idempotency").fetchall()
    assert PASSWORD.encode() not in bytes(body)


async def test_a_key_is_made_once_and_its_secret_told_once(gateway: Gateway, database: ServiceDatabase):
    owner = await gateway.register()
    first, again = await twice(owner, "POST", "/keys", name="Mesin", role="operator")
    secret = first.json()["secret"]
    assert again.json() == first.json() | {"secret": None}
    assert await count(owner, "/keys") == 1
    machine = gateway.connect(Authorization=f"Bearer {secret}")
    assert (await machine.get("/users")).status_code == 403  # known, and no more than an operator
    with psycopg.connect(database.superuser_url) as connection:
        [(body,)] = connection.execute("select body from gateway.idempotency").fetchall()
    assert secret.encode() not in bytes(body)
    await twice(owner, "DELETE", f"/keys/{first.json()['id']}")
    assert await count(owner, "/keys") == 0


async def test_organisations_and_invitations_are_made_and_left_once(gateway: Gateway, mailbox: Mailbox):
    owner = await gateway.register()
    proof = await mailbox.token_for(owner.email, "verify-email")
    await gateway.anonymous.post("/auth/verify-email", json={"token": proof})
    before = await count(owner, "/organisations")
    first, again = await twice(owner, "POST", "/organisations", name="Kedua")
    assert first.json() == again.json()
    assert await count(owner, "/organisations") == before + 1
    await twice(owner, "POST", "/organisations/invitations", email="tamu@example.com", role="viewer")
    await mailbox.token_for("tamu@example.com", "invitation")
    assert [mail for mail in mailbox.mails if mail["To"] == "tamu@example.com"] == []
    [invitation] = (await owner.http.get("/organisations/invitations")).json()["items"]
    await twice(owner, "DELETE", f"/organisations/invitations/{invitation['id']}")
    colleague = await gateway.colleague(owner, "operator")
    await colleague.http.post("/organisations", json={"name": "Sendiri"})
    own = (await colleague.http.get("/organisations")).json()["items"][-1]["id"]
    refused = await colleague.http.post(f"/organisations/{own}/leave", headers=KEY)
    assert (refused.status_code, refused.json()["code"]) == (409, "last_owner")


async def test_who_changes_a_member_has_seen_what_they_are(gateway: Gateway):
    owner = await gateway.register()
    colleague = await gateway.colleague(owner, "operator")
    path = f"/users/{colleague.id}"
    shown = await owner.http.get(path)
    assert (shown.headers["etag"], shown.json()["version"]) == ('"1"', 1)
    raised = await owner.http.patch(path, json={"role": "analyst"}, headers={"If-Match": '"1"'})
    assert (raised.status_code, raised.headers["etag"], raised.json()["version"]) == (200, '"2"', 2)
    for method, body in (("PATCH", {"role": "viewer"}), ("DELETE", None)):
        stale = await owner.http.request(method, path, json=body, headers={"If-Match": '"1"'})
        assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
        assert stale.headers["etag"] == '"2"'
    assert (await owner.http.get(path)).json()["role"] == "analyst"
    same = await owner.http.patch(path, json={"role": "analyst"}, headers={"If-Match": '"2"'})
    assert same.headers["etag"] == '"2"'
    gone = await owner.http.delete(path, headers={"If-Match": '"2"'})
    assert gone.status_code == 204
    assert (await owner.http.get(path)).json()["version"] == 3
    # Who may not change a member learns nothing of their version.
    admin = await gateway.colleague(owner, "admin")
    refused = await admin.http.patch(
        f"/users/{owner.id}", json={"role": "viewer"}, headers={"If-Match": '"9"'}
    )
    assert refused.status_code == 403


async def test_who_renames_an_organisation_has_seen_its_name(gateway: Gateway):
    owner = await gateway.register()
    [home] = (await owner.http.get("/organisations")).json()["items"]
    path = f"/organisations/{home['id']}"
    assert home["version"] == 1
    renamed = await owner.http.patch(path, json={"name": "Baru"}, headers={"If-Match": '"1"'})
    assert (renamed.json()["version"], renamed.headers["etag"]) == (2, '"2"')
    stale = await owner.http.patch(path, json={"name": "Lain"}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    assert (await owner.http.get("/auth/me")).json()["organisation"]["name"] == "Baru"
    again = await owner.http.patch(path, json={"name": "Baru"}, headers={"If-Match": '"2"'})
    assert again.headers["etag"] == '"2"'
