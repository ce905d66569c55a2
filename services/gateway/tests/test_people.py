"""Accounts: registering, signing in and out, proving an address."""

import asyncio

import pytest
from arus_gateway import hashes
from arus_gateway.store import sweep
from structlog.testing import capture_logs
from werkzeug.security import generate_password_hash

from .world import HOME, PASSWORD, Gateway, Mailbox, Opening

pytestmark = pytest.mark.integration

ELSEWHERE = "pbkdf2:sha256:1000"
"""How another system hashes."""


async def test_whoever_registers_owns_an_organisation(gateway: Gateway):
    body = {"email": "Budi.One@Example.com", "password": PASSWORD, "name": "Budi"}
    answer = await gateway.anonymous.post("/auth/register", json=body)
    assert answer.status_code == 201
    made = answer.json()
    assert made["user"]["email"] == "budi.one@example.com"
    assert made["user"]["email_verified"] is False
    assert made["organisation"]["role"] == "owner"
    budi = await gateway.log_in("budi.one@example.com")
    me = (await budi.http.get("/auth/me")).json()
    assert me["organisation"]["roles"] == ["owner"]
    assert me["organisation"]["locations"] is None
    assert me["permissions"] == {"*": "crud"}


async def test_an_unverified_person_has_all_rights_in_their_own_organisation_except_inviting(
    gateway: Gateway,
):
    siti = await gateway.register()
    assert (await siti.http.get("/users")).status_code == 200
    assert (await siti.http.get("/audit")).status_code == 200
    refused = await siti.http.post(
        "/organisations/invitations", json={"email": "x@example.com", "role": "operator"}
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "email_unverified")


async def test_an_address_is_registered_once_in_any_case(gateway: Gateway):
    siti = await gateway.register()
    body = {"email": siti.email.upper(), "password": PASSWORD, "name": "Other"}
    again = await gateway.anonymous.post("/auth/register", json=body)
    assert (again.status_code, again.json()["code"]) == (409, "email_registered")
    assert again.json()["errors"] == [
        {
            "field": "email",
            "code": "address_taken",
            "message": f"The e-mail address {siti.email} has an account already.",
        }
    ]


@pytest.mark.parametrize(
    ("password", "code"),
    [("short", "password_short"), ("x" * 300, "password_long"), ("aaaaaaaaaa", "password_guessable")],
)
async def test_a_bad_password_is_named(gateway: Gateway, password: str, code: str):
    body = {"email": "bad@example.com", "password": password, "name": "Bad"}
    answer = await gateway.anonymous.post("/auth/register", json=body)
    assert answer.status_code == 422
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [("password", code)]


async def test_wrong_password_and_unknown_address_get_the_same_answer(gateway: Gateway):
    siti = await gateway.register()
    wrong = await gateway.anonymous.post("/auth/login", json={"email": siti.email, "password": "wrong"})
    unknown = await gateway.anonymous.post(
        "/auth/login", json={"email": "no@example.com", "password": "wrong"}
    )
    nonsense = await gateway.anonymous.post("/auth/login", json={"email": "nonsense", "password": "wrong"})
    assert wrong.status_code == 401
    assert wrong.json()["detail"] == "Invalid credentials"
    assert wrong.json() == unknown.json() == nonsense.json()


async def test_an_unknown_address_takes_the_work_of_a_wrong_password(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
):
    siti = await gateway.register()
    checked: list[str] = []
    reading = hashes.reading

    def noted(kept: str):
        checked.append(kept.split("$")[3])
        return reading(kept)

    monkeypatch.setattr(hashes, "reading", noted)
    for email in (siti.email, "no@example.com", "nonsense"):
        await gateway.anonymous.post("/auth/login", json={"email": email, "password": "wrong"})
    assert checked == ["m=19456,t=2,p=1"] * 3


async def test_refused_sign_ins_are_audited(gateway: Gateway):
    siti = await gateway.register()
    await gateway.anonymous.post("/auth/login", json={"email": siti.email, "password": "wrong"})
    await gateway.door.afterwards.close()
    log = (await siti.http.get("/audit", params={"action": "session.refused"})).json()["items"]
    assert [entry["resource_id"] for entry in log] == [siti.id]


async def test_a_login_answers_as_the_contract_says(gateway: Gateway):
    siti = await gateway.register()
    assert set(siti.tokens) == {
        "access_token", "refresh_token", "token_type", "expires_at", "user", "organisation",
    }  # fmt: skip
    assert siti.tokens["token_type"] == "bearer"
    assert set(siti.tokens["user"]) == {"id", "email", "name", "email_verified", "language"}


async def test_a_second_factor_that_nobody_asked_for_is_no_error(gateway: Gateway):
    siti = await gateway.register()
    body = {"email": siti.email, "password": PASSWORD, "mfa_token": "123456"}
    answer = await gateway.anonymous.post("/auth/login", json=body)
    assert answer.status_code == 200
    assert answer.json()["access_token"]
    wrong = await gateway.anonymous.post("/auth/login", json=body | {"password": "wrong"})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "invalid_credentials")


async def test_a_refresh_token_works_once_and_its_reuse_ends_the_family(gateway: Gateway):
    siti = await gateway.register()
    first = siti.tokens["refresh_token"]
    answer = await gateway.anonymous.post("/auth/refresh", json={"refresh_token": first})
    assert answer.status_code == 200
    second = answer.json()
    assert second["refresh_token"] != first
    stolen = await gateway.anonymous.post("/auth/refresh", json={"refresh_token": first})
    assert stolen.status_code == 401
    for token in (second["refresh_token"], first):
        again = await gateway.anonymous.post("/auth/refresh", json={"refresh_token": token})
        assert again.status_code == 401
    bearer = gateway.connect(Authorization=f"Bearer {second['access_token']}")
    assert (await bearer.get("/auth/me")).status_code == 401
    assert (await siti.http.get("/auth/me")).status_code == 401


async def test_two_refreshes_at_once_are_taken_for_theft(gateway: Gateway):
    siti = await gateway.register()
    body = {"refresh_token": siti.tokens["refresh_token"]}
    answers = await asyncio.gather(*(gateway.anonymous.post("/auth/refresh", json=body) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]


async def test_logging_out_ends_access_and_refresh(gateway: Gateway):
    siti = await gateway.register()
    assert (await siti.http.post("/auth/logout")).status_code == 204
    assert (await siti.http.get("/auth/me")).status_code == 401
    body = {"refresh_token": siti.tokens["refresh_token"]}
    assert (await gateway.anonymous.post("/auth/refresh", json=body)).status_code == 401


async def test_an_address_is_verified_by_mail_once(gateway: Gateway, mailbox: Mailbox):
    siti = await gateway.register()
    token = await mailbox.token_for(siti.email, "verify-email")
    assert (await gateway.anonymous.post("/auth/verify-email", json={"token": token})).status_code == 204
    assert (await siti.http.get("/auth/me")).json()["user"]["email_verified"] is True
    again = await gateway.anonymous.post("/auth/verify-email", json={"token": token})
    assert (again.status_code, again.json()["code"]) == (422, "token_invalid")


async def test_a_resent_verification_replaces_the_first(gateway: Gateway, mailbox: Mailbox):
    siti = await gateway.register()
    first = await mailbox.token_for(siti.email, "verify-email")
    assert (await siti.http.post("/auth/verify-email/resend")).status_code == 202
    second = await mailbox.token_for(siti.email, "verify-email")
    assert (await gateway.anonymous.post("/auth/verify-email", json={"token": first})).status_code == 422
    assert (await gateway.anonymous.post("/auth/verify-email", json={"token": second})).status_code == 204


async def test_a_reset_password_ends_every_session(gateway: Gateway, mailbox: Mailbox):
    siti = await gateway.register()
    asked = await gateway.anonymous.post("/auth/password-reset", json={"email": siti.email})
    unknown = await gateway.anonymous.post("/auth/password-reset", json={"email": "nobody@example.com"})
    assert (asked.status_code, asked.content) == (unknown.status_code, unknown.content) == (202, b"null")
    token = await mailbox.token_for(siti.email, "reset-password")
    body = {"token": token, "password": "teh-sore-di-gudang"}
    assert (await gateway.anonymous.post("/auth/password-reset/confirm", json=body)).status_code == 204
    assert (await siti.http.get("/auth/me")).status_code == 401
    assert (await gateway.anonymous.post("/auth/password-reset/confirm", json=body)).status_code == 422
    old = await gateway.anonymous.post("/auth/login", json={"email": siti.email, "password": PASSWORD})
    assert old.status_code == 401
    await gateway.log_in(siti.email, "teh-sore-di-gudang")


@pytest.mark.parametrize("kept", ["as ours", "as another system did"])
@pytest.mark.parametrize("what", ["signing in", "changing the password"])
async def test_what_the_former_password_began_ends_with_it(
    gateway: Gateway, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, what: str, kept: str
):
    siti = await gateway.register()
    if kept != "as ours":
        async with gateway.context.worker_db.system() as tx:
            await tx.execute("update passwords set hash = %s", (generate_password_hash(PASSWORD, ELSEWHERE),))
    await gateway.anonymous.post("/auth/password-reset", json={"email": siti.email})
    token = await mailbox.token_for(siti.email, "reset-password")
    checked, go_on = asyncio.Event(), asyncio.Event()
    matches = gateway.door.passwords.matches

    async def slow(kept: str | None, password: str) -> bool:
        fits = await matches(kept, password)
        checked.set()
        await go_on.wait()
        return fits

    monkeypatch.setattr(gateway.door.passwords, "matches", slow)
    if what == "signing in":
        asked = gateway.anonymous.post("/auth/login", json={"email": siti.email, "password": PASSWORD})
    else:
        body = {"current_password": PASSWORD, "password": "jamu-siang-di-gudang"}
        asked = siti.http.post("/auth/password", json=body)
    under_way = asyncio.create_task(asked)
    await asyncio.wait_for(checked.wait(), 20)
    body = {"token": token, "password": "teh-sore-di-gudang"}
    assert (await gateway.anonymous.post("/auth/password-reset/confirm", json=body)).status_code == 204
    go_on.set()
    assert (await under_way).status_code == 401
    await gateway.log_in(siti.email, "teh-sore-di-gudang")


async def test_signing_in_twice_at_once_with_a_password_brought_along_is_no_conflict(gateway: Gateway):
    siti = await gateway.register()
    async with gateway.context.worker_db.system() as tx:
        await tx.execute("update passwords set hash = %s", (generate_password_hash(PASSWORD, ELSEWHERE),))
    await asyncio.gather(*(gateway.log_in(siti.email) for _ in range(4)))


async def test_no_session_comes_of_one_that_has_ended(gateway: Gateway):
    siti = await gateway.register()
    other = (await siti.http.post("/organisations", json={"name": "Kedua"})).json()
    # Ended by another replica: this one knows the token for some seconds yet.
    async with gateway.context.worker_db.system() as tx:
        await tx.execute("update sessions set revoked_at = now()")
    answer = await siti.http.post("/auth/switch", json={"organisation_id": other["id"]})
    assert (answer.status_code, answer.json()["code"]) == (401, "session_ended")


async def test_a_verification_token_resets_no_password(gateway: Gateway, mailbox: Mailbox):
    siti = await gateway.register()
    token = await mailbox.token_for(siti.email, "verify-email")
    body = {"token": token, "password": "teh-sore-di-gudang"}
    assert (await gateway.anonymous.post("/auth/password-reset/confirm", json=body)).status_code == 422


async def test_a_changed_password_keeps_only_the_session_that_changed_it(gateway: Gateway):
    siti = await gateway.register()
    elsewhere = await gateway.log_in(siti.email)
    wrong = {"current_password": "wrong", "password": "teh-sore-di-gudang"}
    assert (await siti.http.post("/auth/password", json=wrong)).status_code == 401
    right = {"current_password": PASSWORD, "password": "teh-sore-di-gudang"}
    assert (await siti.http.post("/auth/password", json=right)).status_code == 204
    assert (await siti.http.get("/auth/me")).status_code == 200
    assert (await elsewhere.http.get("/auth/me")).status_code == 401


async def test_the_language_of_a_person_changes(gateway: Gateway):
    siti = await gateway.register()
    changed = (await siti.http.patch("/auth/me", json={"language": "en", "name": "Siti A."})).json()
    assert (changed["user"]["language"], changed["user"]["name"]) == ("en", "Siti A.")


async def test_a_browser_session_lives_in_a_cookie(gateway: Gateway):
    siti = await gateway.register()
    browser = gateway.connect(Origin=HOME, **{"X-Arus-Request": "1"})
    answer = await browser.post("/auth/session", json={"email": siti.email, "password": PASSWORD})
    assert answer.status_code == 200
    assert set(answer.json()) == {"user", "organisation", "expires_at"}
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert (await browser.get("/auth/me")).status_code == 200
    assert (await browser.post("/auth/refresh", json={})).status_code == 200
    assert (await browser.post("/auth/logout")).status_code == 204
    assert (await browser.get("/auth/me")).status_code == 401


async def test_a_cookie_is_secure_under_tls(gateway: Gateway):
    siti = await gateway.register()
    browser = gateway.connect("https://gateway/api/v1")
    answer = await browser.post("/auth/session", json={"email": siti.email, "password": PASSWORD})
    assert "Secure" in answer.headers["set-cookie"]
    assert "max-age" in answer.headers["strict-transport-security"]


@pytest.mark.parametrize(
    "headers",
    [{}, {"X-Arus-Request": "1", "Origin": "http://evil.example"}, {"Origin": "http://gateway"}],
    ids=["no proof", "foreign origin", "no header"],
)
async def test_a_cookie_alone_changes_nothing(gateway: Gateway, headers: dict[str, str]):
    siti = await gateway.register()
    browser = gateway.connect()
    await browser.post("/auth/session", json={"email": siti.email, "password": PASSWORD})
    refused = await browser.post("/organisations", json={"name": "Forged"}, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf_refused")


async def test_a_refresh_token_is_no_cookie_and_a_cookie_no_refresh_token(gateway: Gateway):
    siti = await gateway.register()
    browser = gateway.connect(Origin=HOME, **{"X-Arus-Request": "1"})
    await browser.post("/auth/session", json={"email": siti.email, "password": PASSWORD})
    secret = browser.cookies["arus_session"]
    answer = await gateway.anonymous.post("/auth/refresh", json={"refresh_token": secret})
    assert answer.status_code == 401
    forged = gateway.connect(Cookie=f"arus_session={siti.tokens['refresh_token']}")
    assert (await forged.get("/auth/me")).status_code == 401


async def test_the_first_administrator_is_made_once(opening: Opening):
    settings = {"admin_email": "Admin@Example.com", "admin_password": "gudang-besar-sekali"}
    for _ in range(2):
        async with opening(**settings) as gateway:
            admin = await gateway.log_in("admin@example.com", "gudang-besar-sekali")
            me = (await admin.http.get("/auth/me")).json()
            assert me["organisation"]["role"] == "owner"
            assert len(me["organisations"]) == 1
            assert me["user"]["email_verified"] is True


async def test_an_address_without_a_password_makes_nobody_and_the_log_says_so(opening: Opening):
    said = "no first administrator"
    with capture_logs() as logs:
        async with opening(admin_email="admin@example.com", admin_password="") as gateway:
            body = {"email": "admin@example.com", "password": "gudang-besar-sekali"}
            assert (await gateway.anonymous.post("/auth/login", json=body)).status_code == 401
    assert [log["reason"] for log in logs if log["event"] == said] == [
        "ARUS_ADMIN_EMAIL is set without ARUS_ADMIN_PASSWORD"
    ]
    async with opening(admin_email="admin@example.com", admin_password="gudang-besar-sekali"):
        pass
    with capture_logs() as logs:  # made on an earlier start, as by `arus up`
        async with opening(admin_email="admin@example.com", admin_password=""):
            pass
    assert said not in [log["event"] for log in logs]


async def test_tokens_outlive_a_restart(opening: Opening):
    async with opening() as gateway:
        siti = await gateway.register()
    async with opening() as gateway:
        bearer = gateway.connect(Authorization=f"Bearer {siti.tokens['access_token']}")
        assert (await bearer.get("/auth/me")).status_code == 200


async def test_sign_in_is_limited_per_address(opening: Opening):
    async with opening(rate_auth="3/minute") as gateway:
        body = {"email": "no@example.com", "password": "wrong"}
        answers = [await gateway.anonymous.post("/auth/login", json=body) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 60


async def test_requests_are_limited_per_account(opening: Opening):
    async with opening(rate_account="2/day") as gateway:
        siti, budi = await gateway.register(), await gateway.register("Budi")
        assert [(await siti.http.get("/auth/me")).status_code for _ in range(3)] == [200, 200, 429]
        assert (await budi.http.get("/auth/me")).status_code == 200


async def test_a_person_is_told_where_they_get_help(opening: Opening):
    async with opening(support="bantuan@pam.example.id") as gateway:
        siti = await gateway.register()
        assert (await siti.http.get("/auth/me")).json()["support"] == "bantuan@pam.example.id"


@pytest.mark.parametrize(
    "value", ["Bearer x.y.z", "Bearer ak_nothing", "Basic abc", "Bearer " + "a" * 5000, "Bearer"]
)
async def test_rubbish_credentials_are_not_let_in(gateway: Gateway, value: str):
    assert (await gateway.connect(Authorization=value).get("/auth/me")).status_code == 401


async def test_what_has_ended_is_forgotten_in_time_and_nothing_else(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sweep, "AT_ONCE", 1)
    siti, budi = await gateway.register(), await gateway.register("Budi")
    async with gateway.context.worker_db.system() as tx:
        await tx.execute(
            "update sessions set expires_at = now() - interval '1 second' where person_id = %s", (siti.id,)
        )
        await tx.execute("update mail_proofs set expires_at = now() - interval '8 days'")
    assert await sweep.stale(gateway.context.worker_db) == 3
    async with gateway.context.worker_db.system() as tx:
        row = await (await tx.execute("select count(*) as n from session_secrets")).fetchone()
        assert row == {"n": 1}
    assert (await budi.http.get("/auth/me")).status_code == 200
