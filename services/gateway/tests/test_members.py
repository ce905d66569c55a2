"""Organisations: who belongs, as what, and where."""

import asyncio

import pytest
from arus_gateway import rules
from arus_runtime.auth import roles
from werkzeug.security import generate_password_hash

from .world import PASSWORD, Gateway, Mailbox, Person

pytestmark = pytest.mark.integration


async def invite(
    gateway: Gateway, mailbox: Mailbox, inviter: Person, address: str, role: str = "operator"
) -> str:
    proof = await mailbox.token_for(inviter.email, "verify-email")
    assert (await gateway.anonymous.post("/auth/verify-email", json={"token": proof})).status_code == 204
    sent = await inviter.http.post("/organisations/invitations", json={"email": address, "role": role})
    assert sent.status_code == 201, sent.text
    return await mailbox.token_for(address, "invitation")


async def test_an_owner_makes_accounts_with_roles_and_places(gateway: Gateway):
    owner = await gateway.register()
    place = "01JGJ4M3Z8Q0T7C1V5X2B9N6KD"
    operator = await gateway.colleague(owner, "operator", location_ids=[place])
    assert operator.organisation == owner.organisation
    me = (await operator.http.get("/auth/me")).json()
    assert me["organisation"]["roles"] == ["operator"]
    assert me["organisation"]["locations"] == [place]
    assert me["permissions"] == roles()["operator"]
    assert me["permissions"]["fuel.transactions"] == "c"
    listed = (await owner.http.get("/users")).json()["items"]
    assert {member["role"] for member in listed} == {"owner", "operator"}


async def test_people_bring_their_passwords_along_from_another_system(gateway: Gateway):
    owner = await gateway.register()
    kept = generate_password_hash(PASSWORD, "pbkdf2:sha256:1000")
    body = {"email": "dulu@example.com", "name": "Dulu", "role": "viewer", "password_hash": kept}
    made = await owner.http.post("/users", json=body)
    assert made.status_code == 201, made.text
    wrong = {"email": "dulu@example.com", "password": "another-password"}
    assert (await gateway.anonymous.post("/auth/login", json=wrong)).status_code == 401
    for _ in range(2):
        await gateway.log_in("dulu@example.com")
    async with gateway.context.worker_db.system() as tx:
        found = await tx.execute("select hash from passwords where person_id = %s", (made.json()["id"],))
        assert (await found.fetchone() or {})["hash"].startswith("$argon2id$")


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "password", "password_or_hash"),
        ({"password": PASSWORD, "password_hash": "x"}, "password", "password_or_hash"),
        ({"password_hash": "5f4dcc3b5aa765d61d8327deb882cf99"}, "password_hash", "hash_unknown"),
        ({"password_hash": f"pbkdf2:sha256:9000000$s${'0' * 64}"}, "password_hash", "hash_costly"),
    ],
    ids=["neither", "both", "unknown", "costly"],
)
async def test_a_hash_that_is_none_or_asks_too_much_is_refused(
    gateway: Gateway, body: dict[str, str], field: str, code: str
):
    owner = await gateway.register()
    person = {"email": "dulu@example.com", "name": "Dulu", "role": "viewer"}
    answer = await owner.http.post("/users", json=person | body)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["field"], error["code"]) == (field, code)


async def test_nobody_sets_the_password_of_an_existing_account(gateway: Gateway):
    owner, stranger = await gateway.register(), await gateway.register("Budi")
    body = {"email": stranger.email, "name": "X", "password": "stolen-password", "role": "operator"}
    answer = await owner.http.post("/users", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "email_taken")
    await gateway.log_in(stranger.email)


async def test_an_admin_makes_no_owner_and_touches_none(gateway: Gateway):
    owner = await gateway.register()
    admin = await gateway.colleague(owner, "admin")
    body = {"email": "o@example.com", "name": "O", "password": PASSWORD, "role": "owner"}
    made = await admin.http.post("/users", json=body)
    raised = await admin.http.patch(f"/users/{admin.id}", json={"role": "owner"})
    removed = await admin.http.delete(f"/users/{owner.id}")
    for answer in (made, raised, removed):
        assert (answer.status_code, answer.json()["code"]) == (403, "role_not_yours_to_give")


async def test_an_admin_of_one_place_gives_no_other(gateway: Gateway):
    owner = await gateway.register()
    here, there = "01JGJ4M3Z8Q0T7C1V5X2B9N6KD", "01JGJ4M3Z8Q0T7C1V5X2B9N6KE"
    admin = await gateway.colleague(owner, "admin", location_ids=[here])
    body = {"email": "p@example.com", "name": "P", "password": PASSWORD, "role": "operator"}
    for places in (None, [there], [here, there]):
        refused = await admin.http.post("/users", json=body | {"location_ids": places})
        assert (refused.status_code, refused.json()["code"]) == (403, "scope_not_yours_to_give")
    widened = await admin.http.patch(f"/users/{admin.id}", json={"location_ids": None})
    assert widened.status_code == 403
    key = await admin.http.post("/keys", json={"name": "k", "role": "operator"})
    assert key.status_code == 403


@pytest.mark.parametrize("role", ["operator", "viewer", "analyst", "reporter"])
async def test_only_who_may_manages_members(gateway: Gateway, role: str):
    owner = await gateway.register()
    other = await gateway.colleague(owner, role)
    body = {"email": "q@example.com", "name": "Q", "password": PASSWORD, "role": "operator"}
    assert (await other.http.post("/users", json=body)).status_code == 403
    assert (await other.http.patch(f"/users/{other.id}", json={"role": "admin"})).status_code == 403
    assert (await other.http.delete(f"/users/{owner.id}")).status_code == 403


async def test_a_role_change_holds_for_tokens_already_given_out(gateway: Gateway):
    owner = await gateway.register()
    admin = await gateway.colleague(owner, "admin")
    assert (await admin.http.get("/users")).status_code == 200
    changed = await owner.http.patch(f"/users/{admin.id}", json={"role": "operator"})
    assert changed.json()["role"] == "operator"
    assert (await admin.http.get("/users")).status_code == 403
    assert (await admin.http.get("/auth/me")).json()["organisation"]["roles"] == ["operator"]


async def test_deactivation_ends_sessions_and_signing_in(gateway: Gateway):
    owner = await gateway.register()
    operator = await gateway.colleague(owner, "operator")
    assert (await owner.http.delete(f"/users/{operator.id}")).status_code == 204
    assert (await operator.http.get("/auth/me")).status_code == 401
    body = {"refresh_token": operator.tokens["refresh_token"]}
    assert (await gateway.anonymous.post("/auth/refresh", json=body)).status_code == 401
    again = await gateway.anonymous.post("/auth/login", json={"email": operator.email, "password": PASSWORD})
    assert (again.status_code, again.json()["code"]) == (403, "no_organisation")
    assert (await owner.http.get(f"/users/{operator.id}")).json()["is_active"] is False
    assert (await owner.http.patch(f"/users/{operator.id}", json={"is_active": True})).status_code == 200
    await gateway.log_in(operator.email)


async def test_the_last_owner_stays_an_owner(gateway: Gateway):
    owner = await gateway.register()
    for answer in (
        await owner.http.patch(f"/users/{owner.id}", json={"role": "operator"}),
        await owner.http.delete(f"/users/{owner.id}"),
        await owner.http.post(f"/organisations/{owner.organisation}/leave"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "last_owner")


async def test_of_two_owners_leaving_at_once_one_stays(gateway: Gateway):
    first = await gateway.register()
    second = await gateway.colleague(first, "owner")
    path = f"/organisations/{first.organisation}/leave"
    answers = await asyncio.gather(first.http.post(path), second.http.post(path))
    assert sorted(answer.status_code for answer in answers) == [204, 409]


async def test_an_invited_stranger_joins_with_a_new_account(gateway: Gateway, mailbox: Mailbox):
    owner = await gateway.register()
    token = await invite(gateway, mailbox, owner, "newcomer@example.com")
    waiting = (await owner.http.get("/organisations/invitations")).json()["items"]
    assert [invitation["email"] for invitation in waiting] == ["newcomer@example.com"]
    bare = await gateway.anonymous.post("/organisations/invitations/accept", json={"token": token})
    assert bare.status_code == 401
    body = {"token": token, "password": PASSWORD, "name": "New"}
    joined = await gateway.anonymous.post("/organisations/invitations/accept", json=body)
    assert joined.status_code == 200, joined.text
    assert joined.json()["id"] == owner.organisation
    again = await gateway.anonymous.post("/organisations/invitations/accept", json=body)
    assert again.status_code == 422
    newcomer = await gateway.log_in("newcomer@example.com")
    assert newcomer.tokens["user"]["email_verified"] is True
    assert newcomer.organisation == owner.organisation


async def test_an_invited_person_joins_and_switches(gateway: Gateway, mailbox: Mailbox):
    owner, guest = await gateway.register(), await gateway.register("Guest")
    token = await invite(gateway, mailbox, owner, guest.email)
    joined = await guest.http.post("/organisations/invitations/accept", json={"token": token})
    assert joined.json() == {"id": owner.organisation, "name": "Siti", "role": "operator", "version": 1}
    homes = (await guest.http.get("/organisations")).json()["items"]
    assert [home["id"] for home in homes] == [guest.organisation, owner.organisation]
    switched = await guest.http.post("/auth/switch", json={"organisation_id": owner.organisation})
    there = gateway.connect(Authorization=f"Bearer {switched.json()['access_token']}")
    assert (await there.get("/auth/me")).json()["organisation"]["roles"] == ["operator"]
    assert (await guest.http.get("/auth/me")).json()["organisation"]["roles"] == ["owner"]
    assert (await guest.http.post(f"/organisations/{owner.organisation}/leave")).status_code == 204
    assert (await there.get("/auth/me")).status_code == 401


async def test_a_member_is_not_invited_again_while_they_belong(gateway: Gateway, mailbox: Mailbox):
    owner, guest = await gateway.register(), await gateway.register("Guest")
    token = await invite(gateway, mailbox, owner, guest.email)
    await guest.http.post("/organisations/invitations/accept", json={"token": token})
    body = {"email": guest.email, "role": "viewer"}
    again = await owner.http.post("/organisations/invitations", json=body)
    assert (again.status_code, again.json()["code"]) == (409, "already_member")
    assert again.json()["errors"][0]["field"] == "email"
    assert (await owner.http.get("/organisations/invitations")).json()["items"] == []
    await guest.http.post(f"/organisations/{owner.organisation}/leave")
    assert (await owner.http.post("/organisations/invitations", json=body)).status_code == 201


async def test_a_browser_switches_within_its_cookie(gateway: Gateway):
    owner = await gateway.register()
    second = (await owner.http.post("/organisations", json={"name": "Second"})).json()
    browser = gateway.connect(Origin="http://gateway", **{"X-Arus-Request": "1"})
    await browser.post("/auth/session", json={"email": owner.email, "password": PASSWORD})
    former = browser.cookies["arus_session"]
    switched = await browser.post("/auth/switch", json={"organisation_id": second["id"]})
    assert switched.json()["organisation"]["name"] == "Second"
    assert (await browser.get("/auth/me")).json()["organisation"]["id"] == second["id"]
    # Another replica may know the session by its former secret where it was: the browser shows another.
    assert browser.cookies["arus_session"] != former
    tab = gateway.connect(Cookie=f"arus_session={former}")
    assert (await tab.get("/auth/me")).json()["organisation"]["id"] == second["id"]


async def test_nobody_switches_to_where_they_do_not_belong(gateway: Gateway):
    owner, stranger = await gateway.register(), await gateway.register("Budi")
    answer = await stranger.http.post("/auth/switch", json={"organisation_id": owner.organisation})
    assert answer.status_code == 422


async def test_an_invitation_is_for_its_address_only(gateway: Gateway, mailbox: Mailbox):
    owner, thief = await gateway.register(), await gateway.register("Thief")
    token = await invite(gateway, mailbox, owner, "meant@example.com")
    stolen = await thief.http.post("/organisations/invitations/accept", json={"token": token})
    assert (stolen.status_code, stolen.json()["code"]) == (403, "wrong_person")


async def test_a_withdrawn_invitation_opens_nothing(gateway: Gateway, mailbox: Mailbox):
    owner, guest = await gateway.register(), await gateway.register("Guest")
    token = await invite(gateway, mailbox, owner, guest.email)
    waiting = (await owner.http.get("/organisations/invitations")).json()["items"]
    path = f"/organisations/invitations/{waiting[0]['id']}"
    assert (await owner.http.delete(path)).status_code == 204
    assert (await owner.http.delete(path)).status_code == 404
    answer = await guest.http.post("/organisations/invitations/accept", json={"token": token})
    assert answer.status_code == 422


async def test_an_invitation_ends_with_the_right_to_give_it(gateway: Gateway, mailbox: Mailbox):
    owner, here = await gateway.register(), "01JGJ4M3Z8Q0T7C1V5X2B9N6KD"
    admin = await gateway.colleague(owner, "admin")
    token = await invite(gateway, mailbox, admin, "later@example.com", role="admin")
    body = {"token": token, "password": PASSWORD, "name": "Later"}

    async def refused() -> bool:
        answer = await gateway.anonymous.post("/organisations/invitations/accept", json=body)
        return (answer.status_code, answer.json().get("code")) == (422, "token_invalid")

    for change in ({"is_active": False}, {"is_active": True, "role": "viewer"}, {"location_ids": [here]}):
        assert (await owner.http.patch(f"/users/{admin.id}", json=change)).status_code == 200
        assert await refused(), change
    restored = {"role": "admin", "location_ids": None}
    assert (await owner.http.patch(f"/users/{admin.id}", json=restored)).status_code == 200
    joined = await gateway.anonymous.post("/organisations/invitations/accept", json=body)
    assert joined.status_code == 200, joined.text


async def test_an_invitation_of_before_lets_no_person_in_as_a_machine(gateway: Gateway, mailbox: Mailbox):
    owner, address = await gateway.register(), "pump@example.com"
    token = await invite(gateway, mailbox, owner, address)
    async with gateway.context.worker_db.system() as tx:
        await tx.execute("update invitations set role = 'device' where email = %s", (address,))
    body = {"token": token, "password": PASSWORD, "name": "Pump"}
    answer = await gateway.anonymous.post("/organisations/invitations/accept", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "token_invalid")
    [waiting] = (await owner.http.get("/organisations/invitations")).json()["items"]
    withdrawn = await owner.http.delete(f"/organisations/invitations/{waiting['id']}")
    assert withdrawn.status_code == 204


async def test_nobody_takes_back_an_invitation_they_could_not_have_sent(gateway: Gateway, mailbox: Mailbox):
    owner, here = await gateway.register(), "01JGJ4M3Z8Q0T7C1V5X2B9N6KD"
    admin = await gateway.colleague(owner, "admin")
    limited = await gateway.colleague(owner, "admin", location_ids=[here])
    await gateway.prove(admin, limited)
    await invite(gateway, mailbox, owner, "heir@example.com", role="owner")
    await owner.http.post("/organisations/invitations", json={"email": "all@example.com", "role": "viewer"})
    for other, address, code in (
        (admin, "heir@example.com", "role_not_yours_to_give"),
        (limited, "all@example.com", "scope_not_yours_to_give"),
    ):
        waiting = (await owner.http.get("/organisations/invitations")).json()["items"]
        [id_] = [one["id"] for one in waiting if one["email"] == address]
        body = {"email": address, "role": "operator", "location_ids": [here]}
        for answer in (
            await other.http.delete(f"/organisations/invitations/{id_}"),
            await other.http.post("/organisations/invitations", json=body),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, code)
    assert len((await owner.http.get("/organisations/invitations")).json()["items"]) == 2


async def test_an_organisation_is_renamed_by_those_who_act_in_it(gateway: Gateway):
    owner, stranger = await gateway.register(), await gateway.register("Budi")
    path = f"/organisations/{owner.organisation}"
    assert (await owner.http.patch(path, json={"name": "Depot Jaya"})).json()["name"] == "Depot Jaya"
    assert (await stranger.http.patch(path, json={"name": "Mine"})).status_code == 404
    told = (await owner.http.get("/audit", params={"action": "organisation.renamed"})).json()["items"]
    assert [deed["detail"] for deed in told] == [{"name": "Depot Jaya"}]


async def test_members_are_listed_page_by_page(gateway: Gateway):
    owner = await gateway.register()
    for _ in range(3):
        await gateway.colleague(owner, "viewer")
    seen: list[str] = []
    cursor = None
    while True:
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await owner.http.get("/users", params=query)).json()
        seen += [member["id"] for member in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 4
    found = (await owner.http.get("/users", params={"q": "VIEWER"})).json()["items"]
    assert {member["role"] for member in found} == {"viewer"}


async def test_what_happened_is_in_the_audit_log_and_on_its_topic(gateway: Gateway):
    owner = await gateway.register()
    await gateway.colleague(owner, "operator")
    log = (await owner.http.get("/audit")).json()["items"]
    assert [entry["action"] for entry in log] == [
        "session.opened", "member.added", "session.opened", "person.registered",
    ]  # fmt: skip
    assert log[0]["actor_name"] == "operator"
    only = (await owner.http.get("/audit", params={"action": "member.added"})).json()["items"]
    assert [entry["actor_id"] for entry in only] == [owner.id]
    async with gateway.context.worker_db.system() as tx:
        rows = await tx.execute(
            "select count(*) as n from outbox where tenant_id = %s and topic = 'audit.event.v1'",
            (owner.organisation,),
        )
        assert (await rows.fetchone() or {})["n"] == len(log)


async def test_the_audit_log_says_what_rights_were_given_and_where(gateway: Gateway):
    owner, here = await gateway.register(), "01JGJ4M3Z8Q0T7C1V5X2B9N6KD"
    await gateway.prove(owner)
    member = await gateway.colleague(owner, "operator", location_ids=[here])
    for rights in ({"location_ids": None}, {"role": "viewer", "location_ids": [here]}):
        assert (await owner.http.patch(f"/users/{member.id}", json=rights)).status_code == 200
    rights = {"role": "viewer", "location_ids": [here]}
    invited = await owner.http.post("/organisations/invitations", json={"email": "a@example.com"} | rights)
    made = await owner.http.post("/keys", json={"name": "pump"} | rights)
    assert (invited.status_code, made.status_code) == (201, 201)
    log = (await owner.http.get("/audit")).json()["items"]
    told = [(deed["action"], deed["detail"]) for deed in log if deed["action"] != "session.opened"]
    assert told[:5] == [
        ("key.created", rights),
        ("invitation.sent", rights),
        ("member.changed", rights),
        ("member.changed", {"role": "operator"}),
        ("member.added", {"role": "operator", "location_ids": [here]}),
    ]


@pytest.mark.parametrize("role", ["device", "service", "emperor"])
async def test_a_person_is_given_no_role_of_machines(gateway: Gateway, role: str):
    owner = await gateway.register()
    await gateway.prove(owner)
    colleague = await gateway.colleague(owner, "viewer")
    whom = {"email": "pump@example.com", "role": role}
    for answer in (
        await owner.http.post("/organisations/invitations", json=whom),
        await owner.http.post("/users", json=whom | {"name": "P", "password": PASSWORD}),
        await owner.http.patch(f"/users/{colleague.id}", json={"role": role}),
    ):
        assert answer.status_code == 422
        [error] = answer.json()["errors"]
        assert (error["field"], error["code"]) == ("role", "not_one_of")
        assert error["message"] == f"role must be one of {', '.join(rules.persons())}, got {role}."
    # Who had one before keeps it until another is chosen.
    async with gateway.context.worker_db.system() as tx:
        await tx.execute("update memberships set role = 'device' where person_id = %s", (colleague.id,))
    here: dict[str, object] = {"location_ids": []}
    for change in (here, {"role": "viewer"}):
        assert (await owner.http.patch(f"/users/{colleague.id}", json=change)).status_code == 200
