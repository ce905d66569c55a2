"""Signed webhooks: the request as it is recorded, who may verify it, and every way it can fail."""

import asyncio
import json
import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from arus.notify.v1.events_pb2 import WebhookChange, WebhookChanged
from arus_notify.__main__ import SERVICE
from arus_notify.channels import webhook
from arus_runtime.jobs import Jobs
from hypothesis import given
from hypothesis import strategies as st

from .conftest import Caller
from .world import DEADLINE_S, Counterpart, Desk, Mailbox, Town

RECORDED = json.loads((Path(__file__).parent / "recorded/webhook.json").read_text("utf-8"))
DOCUMENTED = (Path(__file__).parents[4] / "docs/API.md").read_text("utf-8")
HOOKS = "/notifications/webhooks"


def documented_verify() -> Any:
    """Return the function that docs/API.md tells receivers to write."""
    [code] = re.findall(r"```python\n(# verify a webhook.*?)```", DOCUMENTED, re.DOTALL)
    found: dict[str, Any] = {}
    exec(code, found)
    return found["verified"]


async def made(caller: Caller, desk: Desk, url: str, **more: Any) -> dict[str, Any]:
    body = {"name": "Ruang kendali", "url": f"{url}/arus", "least": "info"} | more
    answer = await caller("admin-1").post(HOOKS, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def state(desk: Desk) -> tuple[Any, ...]:
    return next(row for row in desk.deliveries() if row[0] == "webhook")


async def test_the_request_is_the_recorded_one_and_verifies_as_documented(
    desk: Desk, caller: Caller, counterpart: Counterpart
) -> None:
    hook = await made(caller, desk, counterpart.url)
    desk.location, desk.product = "01JGJ4M3Z8Q0T7C1V5X2B9N6KD", "01JGJ4M3ZA5R8W2E6T0Y4V1P7H"
    await desk.names()
    incident = "01JH8PV6W4RZ3M0T5X9K2C7B1N"
    await desk.happens(incident_id=incident, fact_id=incident)
    await desk.work()
    [seen] = counterpart.seen
    body = json.loads(seen.body)
    assert body.pop("timestamp").endswith("Z")
    assert {"method": seen.method, "path": seen.path, "body": body} == {
        name: RECORDED[name] for name in ("method", "path", "body")
    }
    assert {name: seen.headers[name] for name in RECORDED["headers"]} == RECORDED["headers"]
    [(delivery_id,)] = desk.rows("select id from deliveries where tenant_id = %s")
    assert seen.headers["webhook-id"] == delivery_id
    verified = documented_verify()
    assert verified(hook["secret"], seen.headers, seen.body)
    assert not verified(hook["secret"], seen.headers, seen.body + b" ")
    assert not verified(webhook.new_secret(), seen.headers, seen.body)
    old = {**seen.headers, "webhook-timestamp": str(int(time.time()) - 3600)}
    assert not verified(hook["secret"], old, seen.body)


def test_the_signature_is_the_one_of_the_specification() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    signed = webhook.signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(st.binary(max_size=200), st.integers(0, 2**33))
def test_every_body_verifies_under_its_own_secret_only(body: bytes, at: int) -> None:
    ours, theirs = webhook.new_secret(), webhook.new_secret()
    assert webhook.signature(ours, "m", at, body) == webhook.signature(ours, "m", at, body)
    assert webhook.signature(ours, "m", at, body) != webhook.signature(theirs, "m", at, body)
    assert webhook.signature(ours, "m", at, body) != webhook.signature(ours, "m", at + 1, body)


async def test_after_a_rotation_both_secrets_verify_for_a_day(
    desk: Desk, caller: Caller, counterpart: Counterpart
) -> None:
    former = await made(caller, desk, counterpart.url)
    rotated = (await caller("admin-1").post(f"{HOOKS}/{former['id']}/rotate")).json()
    assert rotated["secret"] != former["secret"]
    await desk.happens()
    await desk.work()
    verified = documented_verify()
    [seen] = counterpart.seen
    assert verified(rotated["secret"], seen.headers, seen.body)
    assert verified(former["secret"], seen.headers, seen.body)
    async with desk.context.worker_db.system() as tx:
        await tx.execute("update webhooks set former_until = now()")
    await desk.happens()
    await desk.work()
    assert not verified(former["secret"], counterpart.seen[1].headers, counterpart.seen[1].body)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503])
async def test_what_may_pass_is_tried_again_under_the_same_id(
    desk: Desk, caller: Caller, counterpart: Counterpart, status: int
) -> None:
    await made(caller, desk, counterpart.url)
    counterpart.answers = [web.Response(status=status, headers={"Retry-After": "900"}), None]
    await desk.happens()
    await desk.work()
    assert state(desk) == ("webhook", "waiting", "busy" if status == 429 else "failed", 1)
    [waits_s] = desk.wait_s()
    assert waits_s > 850
    await desk.now_due()
    await desk.work()
    assert state(desk) == ("webhook", "waiting", "away", 2)
    await desk.now_due()
    await desk.work()
    assert state(desk)[1::2] == ("sent", 3)
    assert len({seen.headers["webhook-id"] for seen in counterpart.seen}) == 1


@pytest.mark.parametrize("status", [400, 401, 404, 301])
async def test_what_will_never_pass_is_given_up(
    desk: Desk, caller: Caller, counterpart: Counterpart, status: int
) -> None:
    await made(caller, desk, counterpart.url)
    counterpart.answers = [web.Response(status=status, headers={"Location": f"{counterpart.url}/elsewhere"})]
    await desk.happens()
    await desk.work()
    assert state(desk) == ("webhook", "failed", "refused", 1)
    assert [seen.path for seen in counterpart.seen] == ["/arus"]


async def test_a_receiver_that_is_gone_is_switched_off(
    desk: Desk, caller: Caller, counterpart: Counterpart
) -> None:
    hook = await made(caller, desk, counterpart.url)
    counterpart.answers = [web.Response(status=410)]
    await desk.happens()
    await desk.work()
    assert state(desk) == ("webhook", "failed", "gone", 1)
    assert (await caller("admin-1").get(f"{HOOKS}/{hook['id']}")).json()["is_active"] is False
    await desk.happens()
    await desk.work()
    assert len(counterpart.seen) == 1


async def test_no_answer_in_time_is_tried_again(
    desk: Desk, caller: Caller, counterpart: Counterpart, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("arus_notify.channels.webhook.TIMEOUT_S", 0.05)
    await made(caller, desk, counterpart.url)
    counterpart.silent = True
    await desk.happens()
    await desk.work()
    assert state(desk) == ("webhook", "waiting", "away", 1)


async def test_after_the_last_attempt_it_is_given_up_with_what_it_met(
    desk: Desk, caller: Caller, counterpart: Counterpart
) -> None:
    await made(caller, desk, counterpart.url)
    counterpart.answers = [web.Response(status=503) for _ in range(20)]
    await desk.happens()
    await desk.work()
    for _ in range(20):
        await desk.now_due()
        await desk.work()
    assert state(desk) == ("webhook", "failed", "failed", 11)
    assert len(counterpart.seen) == 11


async def test_what_was_given_up_leaves_when_a_person_lets_its_job_run_again(
    desk: Desk, caller: Caller, counterpart: Counterpart
) -> None:
    await made(caller, desk, counterpart.url)
    counterpart.answers = [web.Response(status=400)]
    await desk.happens()
    await desk.work()
    assert state(desk)[:2] == ("webhook", "failed")
    async with desk.context.worker_db.system() as tx:
        await tx.execute(
            """update jobs set state = 'waiting', failures = 0, run_after = now(), ended_at = null
               where tenant_id = %s and kind = 'notify.deliver' and state = 'failed'""",
            (desk.tenant,),
        )
    await desk.work()
    assert state(desk)[:2] == ("webhook", "sent")


@pytest.mark.parametrize(
    "url",
    [
        "https://10.0.0.7/x", "https://192.168.1.1/", "https://169.254.169.254/latest", "https://[::1]/",
        "https://[::ffff:10.0.0.1]/", "https://[64:ff9b::a00:1]/", "https://[fd00::1]/", "https://100.64.0.1/",
        "https://0.0.0.0/", "https://224.0.0.1/", "http://example.com/", "ftp://example.com/",
        "https://user:password@example.com/", "https:///x", "https://example.com:99999/", "https://127.1/",
        "https://2130706433/", "https://0177.0.0.1/", "https://0x7f000001/", "https://0X7f.1/", "https://10.0.7./",
        "https://192.0.0.192/", "https://[::ffff:192.0.0.192]/", "https://[::127.0.0.1]/", "https://[::10.0.0.1]/",
        "https://[64:ff9b:1::a00:1]/", "https://[2002:a00:1::]/", "https://[fec0::1]/", "https://[5f00::1]/",
        "https://[4000::1]/", "https://[ff0e::1]/", "https://[2001:db8::1]/",
    ],
)  # fmt: skip
def test_a_url_that_leads_inside_is_refused(url: str) -> None:
    assert not webhook.is_allowed(url, loopback=False)
    assert not webhook.is_allowed(url, loopback=True) or "[::1]" in url


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/x",
        "https://8.8.8.8/",
        "https://192.0.1.1/",
        "https://[::ffff:8.8.8.8]/",
        "https://8.8.8.8.example.com/",
        "https://[2606:4700::1111]:8443/a?b=c",
    ],
)
def test_a_public_url_is_allowed(url: str) -> None:
    assert webhook.is_allowed(url, loopback=False)


async def test_where_a_name_leads_is_looked_at_when_it_is_called(
    desk: Desk, caller: Caller, counterpart: Counterpart, context: Any
) -> None:
    """Such a name may have led elsewhere when it was entered."""
    port = counterpart.url.rpartition(":")[2]
    await made(caller, desk, f"http://localhost:{port}")
    async with desk.context.worker_db.system() as tx:
        await tx.execute("update webhooks set url = %s", (f"https://localhost:{port}/",))
    context.own["settings"] = context.own["settings"].model_copy(update={"webhook_loopback": False})
    await desk.happens()
    await desk.work()
    async with desk.context.worker_db.system() as tx:
        await tx.execute("update webhooks set url = %s", ("https://nobody.invalid/",))
    await desk.happens()
    await desk.work()
    told = desk.rows("select state, reason, detail from deliveries where tenant_id = %s order by id")
    # A name that is none cannot be told from one that leads inside.
    assert [(*kept, detail.partition(" ")[2]) for *kept, detail in told] == [
        ("waiting", "away", "leads to no public address")
    ] * 2
    assert counterpart.seen == []


async def test_an_address_that_is_written_out_is_refused_at_delivery_too(
    desk: Desk, caller: Caller, counterpart: Counterpart, context: Any
) -> None:
    await made(caller, desk, counterpart.url)
    context.own["settings"] = context.own["settings"].model_copy(update={"webhook_loopback": False})
    await desk.happens()
    await desk.work()
    assert state(desk) == ("webhook", "failed", "forbidden_address", 1)
    assert counterpart.seen == []


async def test_a_test_message_is_sent_and_its_delivery_tells(
    desk: Desk, caller: Caller, counterpart: Counterpart
) -> None:
    admin = caller("admin-1")
    hook = await made(caller, desk, counterpart.url, least="critical")
    started = await admin.post(f"{HOOKS}/{hook['id']}/test")
    assert started.status_code == 202
    await desk.work()
    [seen] = counterpart.seen
    assert json.loads(seen.body)["type"] == "webhook.test"
    [log] = (await admin.get("/notifications/deliveries")).json()["items"]
    assert (log["id"], log["kind"], log["state"]) == (started.json()["delivery_id"], "test", "sent")


async def test_a_webhook_is_told_of_its_severity_and_places_only(
    desk: Desk, caller: Caller, counterpart: Counterpart
) -> None:
    await made(caller, desk, counterpart.url, least="critical")
    await made(caller, desk, counterpart.url, location_ids=["01JGJ4M3Z8Q0T7C1V5X2B9N6KD"])
    await desk.happens(severity=3)
    await desk.work()
    assert counterpart.seen == []
    await desk.happens()
    await desk.work()
    assert len(counterpart.seen) == 1


async def test_secrets_lie_sealed_and_are_shown_once(
    desk: Desk, caller: Caller, counterpart: Counterpart
) -> None:
    admin = caller("admin-1")
    body = {"name": "a", "url": f"{counterpart.url}/"}
    first = await admin.post(HOOKS, json=body, headers={"Idempotency-Key": "k"})
    again = await admin.post(HOOKS, json=body, headers={"Idempotency-Key": "k"})
    assert (again.json()["id"], again.json()["secret"]) == (first.json()["id"], None)
    assert again.headers["Idempotency-Replayed"] == "true"
    shown = (await admin.get(f"{HOOKS}/{first.json()['id']}")).json()
    assert "secret" not in shown
    stored = str(desk.rows("select w::text from webhooks w where tenant_id = %s"))
    kept = str(desk.rows("select convert_from(body, 'utf8') from idempotency where tenant_id = %s"))
    assert first.json()["secret"] not in stored + kept


async def test_a_webhook_is_changed_by_who_saw_it_and_removed(
    desk: Desk, caller: Caller, counterpart: Counterpart
) -> None:
    admin = caller("admin-1")
    hook = await made(caller, desk, counterpart.url)
    at = f"{HOOKS}/{hook['id']}"
    changed = await admin.patch(at, json={"least": "critical"}, headers={"If-Match": '"1"'})
    assert (changed.json()["least"], changed.headers["ETag"]) == ("critical", '"2"')
    assert (await admin.patch(at, json={"name": "b"}, headers={"If-Match": '"1"'})).status_code == 412
    refused = await admin.patch(at, json={"url": "https://10.0.0.1/"})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "webhook_url_forbidden")
    assert (await admin.delete(at)).status_code == 204
    assert (await admin.get(at)).status_code == 404
    assert (await admin.delete(f"{HOOKS}/not-an-id")).status_code == 404


async def test_others_are_told_who_did_what_to_a_webhook_and_no_more_of_its_url_than_the_host(
    desk: Desk, caller: Caller, counterpart: Counterpart
) -> None:
    admin = caller("admin-1")
    hook = await made(caller, desk, counterpart.url)
    at = f"{HOOKS}/{hook['id']}"
    for answer in (
        await admin.patch(at, json={"least": "critical"}),
        await admin.patch(at, json={"least": "critical"}),
        await admin.post(f"{at}/rotate"),
        await admin.delete(at),
    ):
        assert answer.is_success
    rows = desk.rows("select value from outbox where tenant_id = %s order by id")
    told = [WebhookChanged.FromString(value) for (value,) in rows]
    done = [WebhookChange.Name(one.change).removeprefix("WEBHOOK_CHANGE_") for one in told]
    assert done == ["CREATED", "CHANGED", "SECRET_ROTATED", "REMOVED"]
    assert {(one.webhook_id, one.changed_by) for one in told} == {(hook["id"], "admin-1")}
    assert {one.host for one in told} == {urlsplit(counterpart.url).hostname}
    assert [one.version for one in told] == [1, 2, 3, 3]


async def test_who_is_in_charge_of_one_place_sends_out_nothing_of_another(
    desk: Desk, caller: Caller, town: Town, counterpart: Counterpart
) -> None:
    everywhere = await made(caller, desk, counterpart.url)
    scoped = caller("admin-2", "admin", locations=[desk.location])
    assert (await scoped.get(HOOKS)).json()["items"] == []
    at = f"{HOOKS}/{everywhere['id']}"
    assert (await scoped.patch(at, json={"url": "https://evil.example.com/"})).status_code == 404
    body = {"name": "c", "url": "https://example.com/", "location_ids": ["01JGJ4M3Z8Q0T7C1V5X2B9N6KD"]}
    assert (await scoped.post(HOOKS, json=body)).status_code == 422
    own = await scoped.post(HOOKS, json={"name": "c", "url": "https://example.com/"})
    assert own.json()["location_ids"] == [desk.location]
    widened = await scoped.patch(f"{HOOKS}/{own.json()['id']}", json={"location_ids": None})
    assert widened.json()["errors"][0]["code"] == "everywhere_outside_scope"


async def test_there_is_a_limit_of_webhooks(desk: Desk, caller: Caller, counterpart: Counterpart) -> None:
    for _ in range(20):
        await made(caller, desk, counterpart.url)
    answer = await caller("admin-1").post(HOOKS, json={"name": "a", "url": "https://example.com/"})
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_webhooks")


async def test_receivers_that_do_not_answer_hold_up_nobody_else(
    desk: Desk, caller: Caller, town: Town, mailbox: Mailbox, counterpart: Counterpart
) -> None:
    for _ in range(5):
        await made(caller, desk, counterpart.url)
    town.person(desk.tenant)
    counterpart.silent = True
    await desk.happens()
    await desk.work("notify.tell")
    stop = asyncio.Event()
    kinds = {job.kind: job for job in SERVICE.jobs}
    running = asyncio.ensure_future(Jobs(kinds, desk.context, slots=SERVICE.job_slots).run(stop))
    async with asyncio.timeout(DEADLINE_S):
        while not mailbox.mails or len(counterpart.seen) < 5:  # noqa: ASYNC110 - nobody signals
            await asyncio.sleep(0.01)
    # The mail is there, and none of the five has been given up meanwhile.
    assert [row[:3] for row in desk.deliveries() if row[0] == "webhook"] == [("webhook", "waiting", "")] * 5
    stop.set()
    await running
