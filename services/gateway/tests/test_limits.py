"""Limits that hold over all replicas, and passwords that cannot be guessed from many addresses."""

import asyncio
from collections.abc import MutableMapping, Sequence
from datetime import timedelta
from itertools import count
from typing import Any

import httpx
import pytest
from arus_gateway import rules, tokens
from arus_gateway.quotas import MAILS, Quotas
from arus_gateway.rules import Rate
from arus_gateway.service import SERVICE
from arus_gateway.store import sweep
from arus_runtime.web import Problem, create_app

from .world import PASSWORD, Gateway, Mailbox, Opening, Person

pytestmark = pytest.mark.integration

DAILY = Rate(100, 86_400)  # two at a time


class Replica:
    """Another process of the gateway, as far as limits go."""

    def __init__(self, gateway: Gateway, account: Rate = DAILY) -> None:
        self.now_s = 0.0
        self.quotas = Quotas(gateway.context.db, Rate(1, 60), account, clock=lambda: self.now_s)

    async def admits(self, account: str) -> bool:
        try:
            await self.quotas.count_account(account)
        except Problem:
            return False
        return True


async def used(gateway: Gateway, account: str) -> object:
    async with gateway.context.worker_db.system() as tx:
        digest = tokens.digest(f"account\x1f{account}")
        rows = await tx.execute("select used_until from allowances where hash = %s", (digest,))
        return (await rows.fetchone() or {})["used_until"]


async def test_replicas_count_together(gateway: Gateway):
    replicas = [Replica(gateway) for _ in range(3)]
    admitted = await asyncio.gather(*(replica.admits("a") for _ in range(60) for replica in replicas))
    assert sum(admitted) == DAILY.requests
    assert not any([await replica.admits("a") for replica in replicas])
    assert await replicas[0].admits("b")


async def test_most_requests_ask_no_database(gateway: Gateway):
    replica = Replica(gateway)
    seen: list[object] = []
    for _ in range(4):
        await replica.admits("a")
        seen.append(await used(gateway, "a"))
    assert seen[0] == seen[1] != seen[2] == seen[3]


async def test_who_has_had_enough_is_told_when_to_come_back_without_asking_again(gateway: Gateway):
    replica = Replica(gateway)
    while await replica.admits("a"):
        pass
    empty = await used(gateway, "a")
    with pytest.raises(Problem) as refused:
        await replica.quotas.count_account("a")
    wait_s = int(refused.value.headers["Retry-After"])
    assert DAILY.each_s - 60 < wait_s <= DAILY.each_s
    # A day later the bucket is full; this replica does not know until it said it would look again.
    async with gateway.context.worker_db.system() as tx:
        await tx.execute("update allowances set used_until = used_until - interval '1 day'")
    assert not await replica.admits("a")
    replica.now_s += wait_s
    assert [await replica.admits("a") for _ in range(DAILY.requests + 1)] == [True] * DAILY.requests + [False]
    assert await used(gateway, "a") != empty


async def test_an_ipv6_customer_has_one_share_for_all_their_addresses(opening: Opening):
    async with opening(rate_auth="2/day") as gateway:
        answers = [
            await gateway.connect(address=address).post("/auth/login", json={"email": "x", "password": "x"})
            for address in ("2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8:0:1::1", "10.0.0.1")
        ]
        assert [answer.status_code for answer in answers] == [401, 401, 429, 401, 401]
        assert answers[2].headers["content-type"] == "application/problem+json"
        assert answers[2].json()["code"] == "too_many_requests"


@pytest.mark.parametrize(
    ("how", "wrong"),
    [("Authorization", "Bearer ak_{}"), ("X-API-Key", "ak_{}"), ("Cookie", "arus_session={}")],
)
async def test_an_address_that_shows_what_is_nobodys_is_refused_what_was_not_let_in_before(
    opening: Opening, how: str, wrong: str
):
    async with opening(rate_account="3/day") as gateway:
        siti = await gateway.register()
        keys = [await siti.http.post("/keys", json={"name": name, "role": "admin"}) for name in "ab"]
        known, later = (key.json()["secret"] for key in keys)
        numbers = count()

        async def shown(key: str = "", address: str = "10.0.0.1") -> int:
            header = {"X-API-Key": key} if key else {how: wrong.format(next(numbers))}
            return (await gateway.connect(address=address, **header).get("/users")).status_code

        assert await shown(known) == 200
        assert [await shown() for _ in range(5)] == [401, 401, 401, 401, 429]
        gateway.door.callers.forget()
        assert await shown(known) == 200
        assert await shown(later) == 429
        assert await shown(later, address="10.0.0.2") == 200
        assert await shown(address="10.0.0.2") == 401


class HungUpError(Exception):
    """The client has seen what it wanted."""


@pytest.mark.parametrize(
    ("share", "answer"),
    [("2/day", ("websocket.accept", None)), ("1/day", ("websocket.http.response.start", 429))],
)
async def test_opening_a_socket_counts_as_a_request(
    opening: Opening, share: str, answer: tuple[str, int | None]
):
    async with opening(rate_account=share) as gateway:
        siti = await gateway.register()
        assert (await siti.http.get("/auth/me")).status_code == 200
        bearer = f"Bearer {siti.tokens['access_token']}".encode()
        scope: dict[str, Any] = {
            "type": "websocket",
            "scheme": "ws",
            "path": "/api/v1/live",
            "raw_path": b"/api/v1/live",
            "query_string": b"",
            "headers": [(b"authorization", bearer)],
            "client": ("127.0.0.1", 1),
            "subprotocols": [],
            "extensions": {"websocket.http.response": {}},
        }

        async def receive() -> dict[str, str]:
            return {"type": "websocket.connect"}

        async def send(message: MutableMapping[str, Any]) -> None:
            seen.append((message["type"], message.get("status")))
            raise HungUpError

        seen: list[tuple[str, int | None]] = []
        with pytest.raises(HungUpError):
            await create_app(SERVICE, gateway.context)(scope, receive, send)
        assert seen == [answer]


@pytest.mark.parametrize("text", ["0/minute", "many", "5/fortnight", "5 per minute", "-1/minute"])
async def test_a_rate_that_means_nothing_is_refused_at_the_start(opening: Opening, text: str):
    with pytest.raises(ValueError, match="rate_auth"):
        async with opening(rate_auth=text):
            pass


@pytest.fixture
async def siti(gateway: Gateway) -> Person:
    """Somebody who has signed in from 127.0.0.1."""
    return await gateway.register()


async def sign_in(client: httpx.AsyncClient, email: str, password: str = PASSWORD) -> httpx.Response:
    return await client.post("/auth/login", json={"email": email, "password": password})


async def guesses(gateway: Gateway, email: str, addresses: Sequence[str]) -> list[int]:
    answers = [await sign_in(gateway.connect(address=address), email, "wrong") for address in addresses]
    return [answer.status_code for answer in answers]


def strangers(how_many: int) -> list[str]:
    return [f"10.{number}.0.1" for number in range(how_many)]


async def test_guessing_from_many_networks_is_slowed_down_and_its_owner_is_not(
    gateway: Gateway, siti: Person
):
    free = rules.GUESSES_FREE
    assert await guesses(gateway, siti.email, strangers(free + 3)) == [401] * free + [429] * 3
    # Not even the right password gets in from yet another place, so a guesser learns nothing.
    refused = await sign_in(gateway.connect(address="172.16.0.1"), siti.email)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_guesses")
    assert 1 <= int(refused.headers["retry-after"]) <= 2
    # From where they always sign in, nothing has changed.
    assert (await sign_in(gateway.connect(), siti.email)).status_code == 200
    assert (await sign_in(gateway.connect(address="127.0.0.9"), siti.email)).status_code == 200


async def test_a_thousand_guesses_at_once_are_counted_one_by_one(gateway: Gateway, siti: Person):
    answers = await asyncio.gather(
        *(sign_in(gateway.connect(address=address), siti.email, "wrong") for address in strangers(60))
    )
    assert sorted(answer.status_code for answer in answers) == [401] * rules.GUESSES_FREE + [429] * (
        60 - rules.GUESSES_FREE
    )


async def test_an_address_without_an_account_is_treated_the_same(gateway: Gateway):
    free = rules.GUESSES_FREE
    assert await guesses(gateway, "nobody@example.com", strangers(free + 1)) == [401] * free + [429]


async def test_a_familiar_network_waits_for_its_own_failures_only(gateway: Gateway, siti: Person):
    free = rules.GUESSES_FREE
    assert await guesses(gateway, siti.email, ["127.0.0.1"] * (free + 1)) == [401] * free + [429]
    assert (await sign_in(gateway.connect(address="10.0.0.1"), siti.email)).status_code == 200


async def test_the_delay_grows_and_is_forgotten_after_a_day(gateway: Gateway, siti: Person):
    async def look_back(by: timedelta) -> None:
        async with gateway.context.worker_db.system() as tx:
            await tx.execute("update sign_in_attempts set tried_at = tried_at - %s", (by,))

    await guesses(gateway, siti.email, strangers(rules.GUESSES_FREE))
    for waited_s in (1, 2, 4, 8):
        await look_back(timedelta(seconds=waited_s / 2))
        assert await guesses(gateway, siti.email, ["10.200.0.1"]) == [429]
        await look_back(timedelta(seconds=waited_s / 2))
        assert await guesses(gateway, siti.email, ["10.200.0.1"]) == [401]
    await look_back(timedelta(days=1, seconds=1))
    answers = await guesses(gateway, siti.email, ["10.201.0.1"] * (rules.GUESSES_FREE + 1))
    assert answers == [401] * rules.GUESSES_FREE + [429]


async def test_a_reset_by_mail_opens_the_door_from_a_new_place(
    gateway: Gateway, siti: Person, mailbox: Mailbox
):
    travelling = gateway.connect(address="172.16.0.1")
    await guesses(gateway, siti.email, strangers(rules.GUESSES_FREE + 1))
    assert (await sign_in(travelling, siti.email)).status_code == 429
    await travelling.post("/auth/password-reset", json={"email": siti.email})
    token = await mailbox.token_for(siti.email, "reset-password")
    body = {"token": token, "password": "teh-sore-di-gudang"}
    assert (await travelling.post("/auth/password-reset/confirm", json=body)).status_code == 204
    assert (await sign_in(travelling, siti.email, "teh-sore-di-gudang")).status_code == 200


async def test_an_open_session_is_no_place_to_guess_the_password(gateway: Gateway, siti: Person):
    numbers = count()
    seen: list[int] = []
    for _ in range(rules.GUESSES_FREE + 1):
        body = {"current_password": f"guess-{next(numbers)}", "password": "teh-sore-di-gudang"}
        seen.append((await siti.http.post("/auth/password", json=body)).status_code)
    assert seen == [401] * rules.GUESSES_FREE + [429]


async def test_nobody_is_buried_in_mails_they_did_not_ask_for(gateway: Gateway, siti: Person):
    for _ in range(MAILS.requests + 3):
        answer = await gateway.anonymous.post("/auth/password-reset", json={"email": siti.email})
        assert answer.status_code == 202
    await gateway.door.afterwards.close()
    async with gateway.context.worker_db.system() as tx:
        proofs = await tx.execute("select from mail_proofs where purpose = 'reset'")
        assert proofs.rowcount == MAILS.requests


@pytest.mark.parametrize("path", ["/auth/verify-email/resend", "/organisations/invitations", "/users"])
async def test_no_way_to_mail_somebody_leads_around_their_share(gateway: Gateway, siti: Person, path: str):
    await gateway.prove(siti)
    person, buried = siti, "buried@example.com"
    if path == "/auth/verify-email/resend":
        person = await gateway.register("Budi")
        buried = person.email
    invitation = {"email": buried, "role": "viewer"}
    for _ in range(MAILS.requests):
        assert (await siti.http.post("/organisations/invitations", json=invitation)).status_code == 201
    body = invitation | ({"name": "B", "password": PASSWORD} if path == "/users" else {})
    refused = await person.http.post(path, json=body)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_mails")
    assert int(refused.headers["Retry-After"]) > 0
    assert await gateway.door.quotas.admits_mail(buried), "the way in again is nobody else's to use up"


async def test_only_what_writes_a_mail_is_counted(gateway: Gateway, siti: Person):
    async def invite(key: str = "", **body: str) -> int:
        headers = {"Idempotency-Key": key} if key else {}
        whom = {"email": "new@example.com", "role": "viewer"} | body
        return (await siti.http.post("/organisations/invitations", json=whom, headers=headers)).status_code

    again = [await invite() for _ in range(MAILS.requests + 1)]
    assert set(again) == {403}, "whose own address is not proven invites nobody"
    await gateway.prove(siti)
    assert {await invite(role="emperor") for _ in range(MAILS.requests)} == {422}
    assert {await invite("once") for _ in range(MAILS.requests + 1)} == {201}
    assert [await invite() for _ in range(MAILS.requests)] == [201] * (MAILS.requests - 1) + [429]
    # An address that has an account gets no mail by POST /users.
    body = {"email": siti.email, "name": "S", "password": PASSWORD, "role": "viewer"}
    taken = [await siti.http.post("/users", json=body) for _ in range(MAILS.requests + 1)]
    assert {answer.status_code for answer in taken} == {409}


async def test_limits_are_forgotten_in_time_and_familiar_networks_are_not(gateway: Gateway, siti: Person):
    await guesses(gateway, siti.email, strangers(2))
    async with gateway.context.worker_db.system() as tx:
        await tx.execute("update sign_in_attempts set tried_at = now() - interval '2 days'")
        await tx.execute("update allowances set used_until = now() - interval '2 days'")
    await sweep.stale(gateway.context.worker_db)
    async with gateway.context.worker_db.system() as tx:
        left = await (await tx.execute("select network from sign_in_attempts")).fetchall()
        assert [row["network"] for row in left] == ["127.0.0.0/24"]
        assert await (await tx.execute("select from allowances")).fetchall() == []
