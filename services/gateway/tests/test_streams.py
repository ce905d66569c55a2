"""Verdicts from a real Kafka, over WebSocket and server-sent events, on real sockets."""

import json
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx
import pytest
import websockets
from arus.anomaly.v1.events_pb2 import (
    Answer,
    CaseChange,
    CaseChanged,
    CasePriority,
    CaseStatus,
    IncidentAnswered,
    IncidentChange,
    IncidentChanged,
    Severity,
    Status,
    VerdictReached,
    VerdictWithdrawn,
)
from arus.imports.v1.events_pb2 import ImportChanged
from arus_gateway import live
from arus_runtime import tracing
from arus_runtime.ids import new_ulid
from arus_runtime.log import Message
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from psycopg import OperationalError

from .sockets import HERE, SOLAR, THERE, TOPIC, Messages, Running
from .world import PASSWORD

pytestmark = pytest.mark.integration


async def test_an_incident_and_its_answer_are_told_to_those_who_may_see_it(running: Running):
    async with running.socket("/live?types=alert&lang=en") as reader:
        await running.publish(running.verdict())
        opened = IncidentChanged(
            tenant_id=running.owner.organisation,
            location_id=HERE,
            product_id=SOLAR,
            incident_id=new_ulid(),
            domain="fuel",
            change=IncidentChange.INCIDENT_CHANGE_OPENED,
            severity=Severity.SEVERITY_CRITICAL,
            first_date="2025-01-10",
            last_date="2025-01-10",
            facts=1,
            fact_id="f",
            volume_ul=520_000_000,
            status=Status.STATUS_ANOMALI,
            risk_score="173.3333",
            history_sum_ul=900_000_000,
            history_count=3,
            reason_code="FUEL_ANOMALI",
            expected_ul=302_410_000,
        )
        await running.publish(opened)
        message = await reader.next()
        assert message["type"] == "alert"
        told = message["data"]
        assert (told["change"], told["severity"], told["facts"]) == ("opened", "critical", 1)
        assert (told["location"]["name"], told["volume"], told["expected"]) == ("Gudang A", "520", "302.41")
        assert told["reason"]["text"] == "Use of 520 L is 173% of the usual 300 L: ANOMALI (anomaly)."
        answer = IncidentAnswered(
            tenant_id=running.owner.organisation,
            location_id=HERE,
            product_id=SOLAR,
            incident_id=opened.incident_id,
            answer=Answer.ANSWER_CONFIRMED,
        )
        await running.publish(answer)
        message = await reader.next()
        assert (message["type"], message["data"]["answer"]) == ("alert_answered", "confirmed")
        assert message["data"]["id"] == opened.incident_id
        position = live.read_event_id(message["id"])
        assert max(position) >= live.FIRST_OF_INCIDENTS
    async with running.socket(f"/live?types=alert&last_event_id={message['id']}") as resumed:
        await running.publish(answer)
        assert (await resumed.next())["type"] == "alert_answered"


async def test_an_import_is_followed_by_those_who_may_read_imports(running: Running):
    operator = await running.gateway.colleague(running.owner, "operator")
    changed = ImportChanged(
        tenant_id=running.owner.organisation,
        import_id=new_ulid(),
        state="committing",
        type="SBRS",
        period="2025-12",
        file_name="SBRS_34_DES25.xlsx",
        rows=1000,
        done=500,
        created=499,
        rejected=1,
        imported_by="somebody",
        progress=0.5,
    )
    async with running.socket("/live?types=import") as reader, running.socket(person=operator) as other:
        await running.publish(changed)
        message = await reader.next()
        assert message["type"] == "import"
        assert message["data"] == {
            "id": changed.import_id,
            "state": "committing",
            "file_name": "SBRS_34_DES25.xlsx",
            "type": "SBRS",
            "period": "2025-12",
            "rows": 1000,
            "done": 500,
            "progress": 0.5,
            "counts": {"created": 499, "updated": 0, "unchanged": 0, "rejected": 1},
            "uploaded_by": "somebody",
            "changed_at": "2025-01-10T10:15:00.000000Z",
        }
        await running.publish(running.verdict())
        assert (await other.next())["type"] == "verdict"


async def test_what_happens_to_a_case_is_told_to_those_who_may_read_cases(running: Running):
    operator = await running.gateway.colleague(running.owner, "operator")
    changed = CaseChanged(
        tenant_id=running.owner.organisation,
        case_id=new_ulid(),
        number=17,
        change=CaseChange.CASE_CHANGE_CHANGED,
        domain="meter",
        type="zero",
        status=CaseStatus.CASE_STATUS_IN_PROGRESS,
        priority=CasePriority.CASE_PRIORITY_HIGH,
        nomen="340100012",
        version=3,
        changed_fields=["status"],
        changed_by="somebody",
    )
    async with running.socket("/live?types=case") as reader, running.socket(person=operator) as other:
        await running.publish(changed)
        message = await reader.next()
        assert message["type"] == "case"
        assert message["data"] == {
            "id": changed.case_id,
            "number": 17,
            "change": "changed",
            "domain": "meter",
            "type": "zero",
            "status": "in_progress",
            "priority": "high",
            "assignee_id": None,
            "due_date": None,
            "version": 3,
            "changed_fields": ["status"],
            "changed_by": "somebody",
            "changed_at": "2025-01-10T10:15:00.000000Z",
        }
        await running.publish(running.verdict())
        assert (await other.next())["type"] == "verdict"


async def test_a_verdict_is_told_with_names_and_its_reason_in_the_asked_language(running: Running):
    async with running.socket("/live?lang=id") as indonesian, running.socket("/live?lang=en") as english:
        verdict = running.verdict()
        await running.publish(verdict)
        message = await indonesian.next()
        assert message["type"] == "verdict"
        assert message["data"] == {
            "id": verdict.verdict_id,
            "domain": "fuel",
            "location": {"id": HERE, "name": "Gudang A"},
            "product": {"id": SOLAR, "name": "Solar"},
            "date": "2025-01-10",
            "volume": "520",
            "baseline": "300",
            "risk_score": "173.3333",
            "status": "ANOMALI",
            "reason": {
                "code": "FUEL_ANOMALI",
                "params": {
                    "volume_l": "520",
                    "history_count": 3,
                    "history_needed": 3,
                    "baseline_l": "300",
                    "score_pct": 173,
                },
                "text": "Pemakaian 520 L, 173% dari biasanya (300 L): ANOMALI.",
            },
            "milder": [
                {
                    "status": "WASPADA",
                    "at_least": "360",
                    "at_most": "450",
                    "reason": {
                        "code": "FLIP_WASPADA_AT_MOST",
                        "params": {"volume_l": "450"},
                        "text": "WASPADA bila ≤ 450 L.",
                    },
                },
                {
                    "status": "NORMAL",
                    "at_least": None,
                    "at_most": "359.999999",
                    "reason": {
                        "code": "FLIP_NORMAL_BELOW",
                        "params": {"volume_l": "360"},
                        "text": "NORMAL bila < 360 L.",
                    },
                },
            ],
            "thresholds_id": None,
            "fact_id": verdict.fact_id,
            "judged_at": "2025-01-10T10:15:00.000000Z",
            "superseded": False,
        }
        assert "usual" in (await english.next())["data"]["reason"]["text"]


async def test_a_kept_trace_ends_once_with_who_was_told(running: Running, monkeypatch: pytest.MonkeyPatch):
    exporter = InMemorySpanExporter()
    monkeypatch.setattr(tracing.sending, "processor", SimpleSpanProcessor(exporter))
    async with running.socket() as one, running.socket() as another:
        await running.publish(running.verdict(), f"00-{'1' * 32}-{'2' * 16}-01")
        await running.publish(running.verdict(), f"00-{'3' * 32}-{'2' * 16}-00")
        await running.publish(running.verdict())
        for reader in (one, another):
            assert [(await reader.next())["type"] for _ in range(3)] == ["verdict"] * 3
    [span] = exporter.get_finished_spans()
    assert (span.name, span.kind.name) == ("live feed", "CONSUMER")
    assert span.parent is not None
    assert (span.parent.trace_id, span.parent.span_id) == (int("1" * 32, 16), int("2" * 16, 16))


async def test_a_reader_sees_only_what_is_theirs(running: Running):
    stranger = await running.gateway.register("Budi")
    scoped = await running.gateway.colleague(running.owner, "operator", location_ids=[THERE])
    async with running.socket(person=stranger) as outside, running.socket(person=scoped) as inside:
        await running.publish(running.verdict(HERE))
        await running.publish(running.verdict(THERE))
        await running.publish(running.verdict(HERE, stranger.organisation))
        assert (await inside.next())["data"]["location"]["id"] == THERE
        assert (await outside.next())["data"]["location"]["id"] == HERE
        await running.publish(running.verdict(THERE, stranger.organisation))
        assert (await outside.next())["data"]["location"]["id"] == THERE


async def test_a_lost_connection_resumes_where_it_was_even_over_the_other_transport(running: Running):
    async with running.socket() as live:
        await running.publish(running.verdict())
        last = (await live.next())["id"]
    missed = [running.verdict() for _ in range(3)]
    for verdict in missed:
        await running.publish(verdict)
    async with running.socket(f"/live?last_event_id={last}") as live:
        assert [(await live.next())["data"]["id"] for _ in missed] == [
            verdict.verdict_id for verdict in missed
        ]
    headers = {"Authorization": f"Bearer {running.owner.tokens['access_token']}", "Last-Event-ID": last}
    got: list[Any] = []
    async with (
        httpx.AsyncClient(timeout=20) as client,
        client.stream("GET", f"{running.http}/api/v1/live", headers=headers) as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        async for line in answer.aiter_lines():
            if line.startswith("data:"):
                got.append(json.loads(line[5:]))
            if len(got) > len(missed):
                break
    assert got[0] == {"type": "ping"}
    assert [message["data"]["id"] for message in got[1:]] == [verdict.verdict_id for verdict in missed]


async def test_a_withdrawn_verdict_is_told(running: Running):
    async with running.socket() as live:
        gone = VerdictWithdrawn(
            tenant_id=running.owner.organisation,
            verdict_id="v",
            domain="fuel",
            location_id=HERE,
            product_id=SOLAR,
        )
        await running.publish(gone)
        message = await live.next()
        assert (message["type"], message["data"]["id"]) == ("verdict_withdrawn", "v")


async def test_a_record_that_cannot_be_read_stops_nobody(running: Running):
    async with running.socket() as live:
        kind = VerdictReached.DESCRIPTOR.full_name.encode()
        for value, headers in ((b"\xff\xff", [("ce_type", kind)]), (None, [("ce_type", kind)]), (b"x", [])):
            await running.producer.publish([Message(TOPIC, b"k", value, headers)])
        verdict = running.verdict()
        await running.publish(verdict)
        message = await live.next()
        assert message["data"]["id"] == verdict.verdict_id


async def _refused(socket: AbstractAsyncContextManager["Messages"]) -> tuple[int, str]:
    """Return status and code of the answer that comes instead of a socket."""
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with socket:
            pass
    answer = refused.value.response
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, json.loads(answer.body or b"")["code"]


async def test_a_feed_ends_with_its_session(running: Running, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("arus_gateway.telling.PING_S", 0.2)
    async with running.socket() as live:
        await running.owner.http.post("/auth/logout")
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await live.until_closed()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4401


async def test_a_feed_that_cannot_go_on_for_now_says_so(running: Running, monkeypatch: pytest.MonkeyPatch):
    async def away(*_: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr("arus_gateway.telling.PING_S", 0.2)
    async with running.socket() as live:
        monkeypatch.setattr(running.gateway.door.callers, "refreshed", away)
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await live.until_closed()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1013


async def test_a_ticket_opens_the_feed_for_those_who_can_send_no_header(running: Running):
    ticket = (await running.owner.http.post("/live/ticket")).json()["ticket"]
    async with running.socket(f"/live?token={ticket}", headers={"X-None": "1"}) as live:
        await running.publish(running.verdict())
        assert (await live.next())["type"] == "verdict"
    async with httpx.AsyncClient(
        base_url=running.http, headers={"Authorization": f"Bearer {ticket}"}
    ) as client:
        assert (await client.get("/api/v1/auth/me")).status_code == 401


async def test_a_cookie_opens_the_feed_from_our_own_pages_only(running: Running):
    browser = running.gateway.connect(Origin="http://gateway")
    await browser.post("/auth/session", json={"email": running.owner.email, "password": PASSWORD})
    cookie = f"arus_session={browser.cookies['arus_session']}"
    async with running.socket(headers={"Cookie": cookie, "Origin": "http://gateway"}):
        pass
    for headers, status, code in (
        ({"Cookie": cookie, "Origin": "http://evil.example"}, 403, "csrf_refused"),
        ({"Cookie": cookie}, 403, "csrf_refused"),
        ({"X-None": "1"}, 401, "not_authenticated"),
    ):
        assert await _refused(running.socket(headers=headers)) == (status, code)


async def test_who_may_not_read_verdicts_gets_no_feed(running: Running):
    nutritionist = await running.gateway.colleague(running.owner, "nutritionist")
    assert await _refused(running.socket(person=nutritionist)) == (403, "forbidden")
    assert (await nutritionist.http.get("/live")).status_code == 403
    assert (await nutritionist.http.post("/live/ticket")).status_code == 403


async def test_a_bad_event_id_is_refused(running: Running):
    answer = await running.owner.http.get("/live", params={"last_event_id": "nonsense"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "last_event_id")


async def test_a_type_that_never_comes_is_refused(running: Running):
    answer = await running.owner.http.get(
        "/live", params={"types": "verdict,verdicts"}, headers={"Accept-Language": "en"}
    )
    assert answer.status_code == 422
    said = "types must be one of verdict, alert, import, case, got verdicts."
    assert answer.json()["errors"][0]["message"] == said


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("types=verdicts", "types harus salah satu dari verdict, alert, import, case, diterima verdicts."),
        ("last_event_id=nonsense", "last_event_id bukan id peristiwa dari aliran ini."),
        ("location_id=here", "location_id harus sesuai pola "),
        ("lang=de", "lang "),
    ],
)
async def test_a_socket_with_a_wrong_question_closes_with_the_reason(
    running: Running, question: str, said: str
):
    with pytest.raises(websockets.ConnectionClosed) as closed:
        async with running.socket(f"/live?{question}"):
            pass
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4422
    assert closed.value.rcvd.reason.startswith(said)


async def test_a_key_reads_the_feed_only_while_its_maker_may(running: Running):
    maker = await running.gateway.colleague(running.owner, "admin")
    key = (await maker.http.post("/keys", json={"name": "wall", "role": "viewer"})).json()["secret"]
    async with running.socket(headers={"X-API-Key": key}):
        pass
    await running.owner.http.patch(f"/users/{maker.id}", json={"role": "nutritionist"})
    assert await _refused(running.socket(headers={"X-API-Key": key})) == (403, "forbidden")
