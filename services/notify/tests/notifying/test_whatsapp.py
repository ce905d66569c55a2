"""Alerts over the WhatsApp Cloud API: the request as it is recorded, and every way it can fail."""

import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from arus_notify import upkeep
from arus_notify.outside import outside_of
from arus_notify.state import Severity
from arus_runtime.crypto import Keyring, new_key

from .conftest import FIELD_KEYS, Caller
from .world import Counterpart, Desk, Town

RECORDED = json.loads((Path(__file__).parent / "recorded/whatsapp.json").read_text("utf-8"))
NUMBER = "+6281234567890"
SEALED = """
with mine as (select %s::text as tenant_id)
select whatsapp_number from preferences natural join mine
union all select unnest(array[secret, former_secret]) from webhooks natural join mine
"""


@pytest.fixture
async def listener(desk: Desk, town: Town, caller: Caller, counterpart: Counterpart) -> str:
    """Somebody who wants everything over WhatsApp and nothing by mail."""
    person = town.person(desk.tenant)
    body = {"email": "off", "whatsapp": "info", "whatsapp_number": NUMBER}
    answer = await caller(person, "viewer").patch("/notifications/preferences", json=body)
    assert answer.status_code == 200, answer.text
    counterpart.usual = {"messaging_product": "whatsapp", "messages": [{"id": "wamid.HBgN"}]}
    await desk.names()
    return person


def whatsapp(desk: Desk) -> tuple[Any, ...]:
    return next(row for row in desk.deliveries() if row[0] == "whatsapp")


async def test_the_request_is_the_recorded_one(desk: Desk, listener: str, counterpart: Counterpart) -> None:
    await desk.happens(incident_id="01JH8PV6W4RZ3M0T5X9K2C7B1N")
    await desk.work()
    [seen] = counterpart.seen
    [(delivery_id, wamid)] = desk.rows(
        "select id, detail from deliveries where tenant_id = %s and channel = 'whatsapp'"
    )
    body = json.loads(seen.body)
    assert body.pop("biz_opaque_callback_data") == delivery_id
    assert {"method": seen.method, "path": seen.path, "body": body} == {
        name: RECORDED[name] for name in ("method", "path", "body")
    }
    assert {name: seen.headers[name] for name in RECORDED["headers"]} == RECORDED["headers"]
    assert whatsapp(desk) == ("whatsapp", "sent", "", 1)
    assert wamid == "wamid.HBgN"


def problem(status: int, code: int, **headers: str) -> web.Response:
    body = {"error": {"message": f"(#{code}) no", "type": "OAuthException", "code": code}}
    return web.json_response(body, status=status, headers=headers)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param(lambda: problem(429, 80007), "busy", id="429"),
        pytest.param(lambda: problem(400, 131056), "busy", id="too many to one number, told as 400"),
        pytest.param(lambda: problem(500, 131000), "failed", id="500"),
        pytest.param(lambda: problem(400, 131016), "failed", id="overloaded, told as 400"),
        pytest.param(lambda: web.Response(status=503, text="<html>down</html>"), "failed", id="503 in HTML"),
        pytest.param(lambda: None, "away", id="hung up"),
    ],
)
async def test_what_may_pass_is_tried_again(
    desk: Desk, listener: str, counterpart: Counterpart, answer: Any, reason: str
) -> None:
    counterpart.answers = [answer()]
    await desk.happens()
    await desk.work()
    assert whatsapp(desk) == ("whatsapp", "waiting", reason, 1)
    await desk.now_due()
    await desk.work()
    assert whatsapp(desk)[1] == "sent"
    first, second = (json.loads(seen.body)["biz_opaque_callback_data"] for seen in counterpart.seen)
    assert first == second


@pytest.mark.parametrize(
    ("status", "code"), [(401, 190), (400, 132001), (400, 131026), (403, 10), (404, 100)]
)
async def test_what_will_never_pass_is_given_up_and_says_why(
    desk: Desk, listener: str, counterpart: Counterpart, status: int, code: int
) -> None:
    counterpart.answers = [problem(status, code)]
    await desk.happens()
    await desk.work()
    assert whatsapp(desk) == ("whatsapp", "failed", "refused", 1)
    [(detail,)] = desk.rows("select detail from deliveries where tenant_id = %s and channel = 'whatsapp'")
    assert detail == f"{status} {code} (#{code}) no"


async def test_a_counterpart_that_names_a_time_is_left_alone_until_then(
    desk: Desk, listener: str, counterpart: Counterpart
) -> None:
    counterpart.answers = [problem(429, 4, **{"Retry-After": "1200"})]
    await desk.happens()
    await desk.work()
    [waits_s] = desk.wait_s()
    assert waits_s > 1100


async def test_nobody_listening_is_tried_again(desk: Desk, listener: str, context: Any) -> None:
    context.own["settings"] = context.own["settings"].model_copy(
        update={"whatsapp_url": "http://127.0.0.1:9/v23.0"}
    )
    await desk.happens()
    await desk.work()
    assert whatsapp(desk) == ("whatsapp", "waiting", "away", 1)


async def test_no_answer_in_time_is_tried_again(
    desk: Desk, listener: str, counterpart: Counterpart, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("arus_notify.channels.whatsapp.TIMEOUT_S", 0.05)
    counterpart.silent = True
    await desk.happens()
    await desk.work()
    assert whatsapp(desk) == ("whatsapp", "waiting", "away", 1)


async def test_the_number_lies_sealed(desk: Desk, listener: str) -> None:
    [(stored,)] = desk.rows("select whatsapp_number from preferences where tenant_id = %s")
    assert stored.startswith("v1.k1.")
    assert NUMBER not in str(desk.rows("select d::text from deliveries d where tenant_id = %s"))


async def test_after_a_rotation_all_is_sealed_anew_and_the_old_key_may_go(
    desk: Desk, listener: str, counterpart: Counterpart, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin, new = caller("admin-1"), f"k2:{new_key()}"
    hook = await admin.post("/notifications/webhooks", json={"name": "a", "url": f"{counterpart.url}/"})
    assert (await admin.post(f"/notifications/webhooks/{hook.json()['id']}/rotate")).status_code == 200
    outside = outside_of(desk.context)
    monkeypatch.setattr(upkeep, "SEALED_AT_ONCE", 1)

    monkeypatch.setattr(outside, "_keyring", Keyring(f"{new},{FIELD_KEYS}"))
    await upkeep.seal_anew(desk.context)
    stored = desk.rows(SEALED)
    assert [text[:6] for [text] in stored] == ["v1.k2."] * 3

    monkeypatch.setattr(outside, "_keyring", Keyring(new))
    await desk.happens()
    await desk.work()
    assert {row[:2] for row in desk.deliveries()} >= {("whatsapp", "sent"), ("webhook", "sent")}
    await upkeep.seal_anew(desk.context)
    assert desk.rows(SEALED) == stored

    monkeypatch.setattr(outside, "_keyring", Keyring(f"k3:{new_key()}"))
    await upkeep.seal_anew(desk.context)
    assert desk.rows(SEALED) == stored


async def test_whatsapp_is_refused_without_a_number_or_where_it_is_not_set_up(
    desk: Desk, town: Town, caller: Caller, context: Any
) -> None:
    client = caller(town.person(desk.tenant), "viewer", language="en")
    answer = await client.patch("/notifications/preferences", json={"whatsapp": "critical"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "whatsapp_number")
    context.own["settings"] = context.own["settings"].model_copy(update={"whatsapp_phone_number_id": ""})
    body = {"whatsapp": "critical", "whatsapp_number": NUMBER}
    answer = await client.patch("/notifications/preferences", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "whatsapp_not_set_up")
    assert (await client.get("/notifications/preferences")).json()["whatsapp_available"] is False
    assert Severity.OFF.name.lower() == (await client.get("/notifications/preferences")).json()["whatsapp"]
