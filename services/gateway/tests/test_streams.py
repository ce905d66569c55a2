"""Verdicts from a real Kafka, over WebSocket, server-sent events and gRPC, on real sockets."""

import asyncio
import json
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import grpc
import httpx
import pytest
import uvicorn
import websockets
from arus.alerts.v1.api_pb2 import WatchRequest, WatchResponse
from arus.alerts.v1.api_pb2_grpc import AlertServiceStub
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
from arus.ingest.v1.api_pb2 import (
    ItemResult,
    RecordFuelTransactionsRequest,
    RecordFuelTransactionsResponse,
    UploadImportRequest,
    UploadImportResponse,
)
from arus.ingest.v1.api_pb2_grpc import (
    IngestServiceServicer,
    IngestServiceStub,
    add_IngestServiceServicer_to_server,
)
from arus.views.v1.api_pb2 import GetOverviewRequest
from arus.views.v1.api_pb2_grpc import ViewServiceStub
from arus_gateway import live, tokens
from arus_gateway.api.live_messages import LiveMessage
from arus_gateway.service import SERVICE
from arus_runtime import rpc, tracing
from arus_runtime.catalogue import topic_of
from arus_runtime.ids import new_ulid
from arus_runtime.log import AiokafkaLog, Message, Producer, Security
from arus_runtime.web import create_app
from arus_stack.testing import KafkaServer, ServiceDatabase
from grpc_reflection.v1alpha import reflection_pb2
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from psycopg import OperationalError

from .world import PASSWORD, Gateway, Opening, Person

pytestmark = pytest.mark.integration

TOPIC = "anomaly.verdict.v1"
HERE, THERE, SOLAR = "01JGJ4M3Z8Q0T7C1V5X2B9N6KD", "01JGJ4M3Z8Q0T7C1V5X2B9N6KE", "01JGJ4M3ZA5R8W2E6T0Y4V1P7H"


@dataclass
class Running:
    """A gateway on real sockets, its own producer of verdicts, and somebody who owns an organisation."""

    gateway: Gateway
    http: str
    rpc: str
    producer: Producer
    owner: Person

    async def publish(self, event: live.Told, traceparent: str = "") -> None:
        match event:
            case ImportChanged():
                of = event.import_id
            case CaseChanged():
                of = event.case_id
            case _:
                of = f"{event.location_id}:{event.product_id}"
        key = f"{event.tenant_id}:{of}".encode()
        headers = [
            ("ce_type", event.DESCRIPTOR.full_name.encode()),
            ("ce_time", b"2025-01-10T10:15:00.000000Z"),
        ]
        if traceparent:
            headers += [("", b"")] * (10 - len(headers)) + [("traceparent", traceparent.encode())]
        topic = topic_of(event.DESCRIPTOR.full_name).name
        await self.producer.publish([Message(topic, key, event.SerializeToString(), headers)])

    def verdict(self, location: str = HERE, tenant: str = "") -> VerdictReached:
        fact = new_ulid()
        return VerdictReached(
            tenant_id=tenant or self.owner.organisation,
            verdict_id=fact,
            domain="fuel",
            fact_id=fact,
            location_id=location,
            product_id=SOLAR,
            business_date="2025-01-10",
            status=Status.STATUS_ANOMALI,
            volume_ul=520_000_000,
            history_sum_ul=900_000_000,
            history_count=3,
            risk_score="173.3333",
            reason_code="FUEL_ANOMALI",
            rule="fuel-ratio/1",
        )

    @asynccontextmanager
    async def socket(
        self, path: str = "/live", person: Person | None = None, headers: Mapping[str, str] | None = None
    ) -> AsyncGenerator["Messages"]:
        person = person or self.owner
        headers = headers or {"Authorization": f"Bearer {person.tokens['access_token']}"}
        url = self.http.replace("http", "ws") + "/api/v1" + path
        async with websockets.connect(url, additional_headers=headers) as connection:
            messages = Messages(connection)
            assert await messages.next() == {"type": "ping"}
            yield messages

    @asynccontextmanager
    async def watched(self, person: Person) -> AsyncGenerator[AsyncIterator[WatchResponse]]:
        """Let the person watch over gRPC; each answer read is followed by a verdict HERE and one THERE."""
        metadata = (("authorization", f"Bearer {person.tokens['access_token']}"),)
        async with grpc.aio.insecure_channel(self.rpc) as channel:
            async with self.socket(person=person) as live:
                await self.publish(self.verdict(HERE))
                before = (await live.next())["id"]
            call = AlertServiceStub(channel).Watch(
                WatchRequest(resume_after=before), metadata=metadata, timeout=20
            )

            async def answers() -> AsyncIterator[WatchResponse]:
                await self.publish_both()
                async for answer in call:
                    yield answer
                    if answer.verdict.location_id == THERE:
                        await self.publish_both()

            yield answers()
            call.cancel()

    async def publish_both(self) -> None:
        """Publish a verdict HERE, then one THERE."""
        await self.publish(self.verdict(HERE))
        await self.publish(self.verdict(THERE))


class Messages:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(20):
            message = json.loads(await self._connection.recv())
        assert LiveMessage.model_validate(message).model_dump() == message, "as the document says"
        return message

    async def until_closed(self) -> None:
        while True:
            await self.next()


@pytest.fixture
async def running(opening: Opening, kafka: KafkaServer, database: ServiceDatabase) -> AsyncIterator[Running]:
    access = kafka.service("gateway")
    settings: Mapping[str, Any] = {
        "kafka_bootstrap": access.bootstrap,
        "kafka_user": access.user,
        "kafka_password": access.password,
        "kafka_ca": access.ca,
    }
    admin = Security(kafka.bootstrap, kafka.user, kafka.password, kafka.ca)
    producer = AiokafkaLog(admin).producer()
    await producer.start()
    ingest, ingest_port = await ingest_behind()
    peers = {"ingest": {"grpc": f"127.0.0.1:{ingest_port}"}}
    async with opening(peers=peers, **settings) as gateway:
        server = uvicorn.Server(
            uvicorn.Config(create_app(SERVICE, gateway.context), lifespan="off", log_config=None)
        )
        listener = socket.create_server(("127.0.0.1", 0))
        serving = asyncio.ensure_future(server.serve([listener]))
        calls, port = await rpc.serve(SERVICE.rpc, gateway.context, SERVICE.words)
        owner = await gateway.register()
        await until(lambda: bool(gateway.door.feed.position))
        async with gateway.context.worker_db.system() as tx:
            where = "insert into locations (tenant_id, id, name) values (%s, %s, %s)"
            await tx.execute(where, (owner.organisation, HERE, "Gudang A"))
            what = "insert into products (tenant_id, id, name) values (%s, %s, %s)"
            await tx.execute(what, (owner.organisation, SOLAR, "Solar"))
        yield Running(
            gateway, f"http://127.0.0.1:{listener.getsockname()[1]}", f"127.0.0.1:{port}", producer, owner
        )
        await calls.stop(0)
        server.should_exit = True
        server.force_exit = True
        await serving
    await producer.stop()
    await ingest.stop(0)


async def until(holds: Callable[[], bool]) -> None:
    """Wait until the condition holds, for a minute at most."""
    async with asyncio.timeout(60):
        while not holds():  # noqa: ASYNC110 — what is waited for has no event of its own
            await asyncio.sleep(0.05)


class IngestBehind(IngestServiceServicer):
    async def RecordFuelTransactions(  # noqa: N802
        self, request_iterator: Any, context: Any
    ) -> RecordFuelTransactionsResponse:
        metadata = dict(context.invocation_metadata())
        results: list[ItemResult] = []
        async for item in request_iterator:
            if item.note == "refuse":
                problem = ((rpc.PROBLEM_METADATA, b"{}"),)
                await context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "slow down", problem)
            results.append(
                ItemResult(index=len(results), transaction_id=item.note + metadata["authorization"][:9])
            )
        return RecordFuelTransactionsResponse(results=results)

    async def UploadImport(self, request_iterator: Any, context: Any) -> UploadImportResponse:  # noqa: N802
        sizes = [len(message.data) async for message in request_iterator]
        if not sum(sizes):
            problem = ((rpc.PROBLEM_METADATA, b"{}"),)
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "data: empty", problem)
        metadata = dict(context.invocation_metadata())
        return UploadImportResponse(import_id=metadata["authorization"][:9], size_bytes=sum(sizes))


async def ingest_behind() -> tuple[grpc.aio.Server, int]:
    server = grpc.aio.server()
    add_IngestServiceServicer_to_server(IngestBehind(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    return server, port


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


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (WatchRequest(resume_after="x"), "resume_after is not an event id of this stream."),
        (WatchRequest(location_ids=["here"]), "location_ids is not known: here."),
        (WatchRequest(statuses=[Status.STATUS_UNSPECIFIED]), "statuses must be one of STATUS_NORMAL, "),
    ],
)
async def test_a_watch_that_could_never_answer_is_refused(
    running: Running, request_: WatchRequest, said: str
):
    metadata = (
        ("authorization", f"Bearer {running.owner.tokens['access_token']}"),
        ("accept-language", "en"),
    )
    async with grpc.aio.insecure_channel(running.rpc) as channel:
        call = AlertServiceStub(channel).Watch(request_, metadata=metadata, timeout=20)
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await anext(aiter(call))
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert said in (refused.value.details() or "")


async def test_alerts_are_watched_over_grpc(running: Running):
    metadata = (
        ("authorization", f"Bearer {running.owner.tokens['access_token']}"),
        ("accept-language", "en"),
    )
    async with grpc.aio.insecure_channel(running.rpc) as channel:
        stub = AlertServiceStub(channel)
        async with running.socket() as live:
            await running.publish(running.verdict())
            before = (await live.next())["id"]
        expected = running.verdict()
        normal = running.verdict()
        normal.status = Status.STATUS_NORMAL
        await running.publish(normal)
        await running.publish(expected)
        call = stub.Watch(WatchRequest(resume_after=before), metadata=metadata, timeout=20)
        async for answer in call:
            assert answer.verdict == expected
            assert answer.reason_text == "Use of 520 L is 173% of the usual 300 L: ANOMALI (anomaly)."
            waspada, normal = answer.milder
            assert (waspada.at_least_l, waspada.at_most_l) == ("360", "450")
            assert (normal.at_least_l, normal.at_most_l) == ("", "359.999999")
            assert [one.status for one in answer.milder] == [Status.STATUS_WASPADA, Status.STATUS_NORMAL]
            assert "450 L" in waspada.text
            break
        call.cancel()


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/auth/logout", None, grpc.StatusCode.UNAUTHENTICATED),
        ("/users/{id}", {"role": "nutritionist"}, grpc.StatusCode.PERMISSION_DENIED),
    ],
    ids=["logout", "demotion"],
)
async def test_a_watch_ends_with_its_session_or_right_however_busy_it_is(
    running: Running, monkeypatch: pytest.MonkeyPatch, path: str, body: Any, code: grpc.StatusCode
):
    monkeypatch.setattr("arus_gateway.telling.PING_S", 0.2)
    viewer = await running.gateway.colleague(running.owner, "viewer")
    async with running.watched(viewer) as verdicts:
        assert (await anext(verdicts)).HasField("verdict")
        if body is None:
            await viewer.http.post(path)
        else:
            await running.owner.http.patch(path.format(id=viewer.id), json=body)
        with pytest.raises(grpc.aio.AioRpcError) as ended:
            async for _ in verdicts:
                pass
        assert ended.value.code() is code


async def test_a_watch_narrows_with_the_locations_of_its_reader(
    running: Running, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("arus_gateway.telling.PING_S", 0.2)
    viewer = await running.gateway.colleague(running.owner, "viewer")
    async with running.watched(viewer) as verdicts:
        assert {(await anext(verdicts)).verdict.location_id for _ in range(4)} == {HERE, THERE}
        await running.owner.http.patch(f"/users/{viewer.id}", json={"location_ids": [THERE]})
        seen: list[str] = []
        async for answer in verdicts:
            seen.append(answer.verdict.location_id)
            if seen[-5:] == [THERE] * 5:
                break
        assert seen[-5:] == [THERE] * 5


async def test_a_key_reads_the_feed_only_while_its_maker_may(running: Running):
    maker = await running.gateway.colleague(running.owner, "admin")
    key = (await maker.http.post("/keys", json={"name": "wall", "role": "viewer"})).json()["secret"]
    async with running.socket(headers={"X-API-Key": key}):
        pass
    await running.owner.http.patch(f"/users/{maker.id}", json={"role": "nutritionist"})
    assert await _refused(running.socket(headers={"X-API-Key": key})) == (403, "forbidden")


async def test_a_view_without_its_parts_says_what_is_missing(running: Running):
    answer = await running.owner.http.get("/views/overview", params={"to": "2025-01-31"})
    assert answer.status_code == 200
    seen = answer.json()
    assert (seen["from_date"], seen["to_date"]) == ("2025-01-02", "2025-01-31")
    assert (seen["partial"], seen["missing"]) == (True, ["anomalies", "fuel", "locations"])
    wrong = await running.owner.http.get("/views/overview", params={"from": "2025-02-01", "to": "2025-01-31"})
    assert wrong.status_code == 422
    metadata = (("authorization", f"Bearer {running.owner.tokens['access_token']}"),)
    async with grpc.aio.insecure_channel(running.rpc) as channel:
        view = await ViewServiceStub(channel).GetOverview(GetOverviewRequest(), metadata=metadata)
        assert list(view.missing) == ["anomalies", "fuel", "locations"]


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (
            GetOverviewRequest(from_date="20250101"),
            "from_date must be an existing date YYYY-MM-DD, got 20250101.",
        ),
        (
            GetOverviewRequest(from_date="2025-02-01", to_date="2025-01-31"),
            "from_date must be 31 Jan 2025 or earlier, got 1 Feb 2025.",
        ),
        (GetOverviewRequest(to_date="0001-01-05"), "to_date must be 30 Jan 1 or later, got 5 Jan 1."),
    ],
)
async def test_a_view_names_wrong_dates_as_they_were_sent(
    running: Running, request_: GetOverviewRequest, said: str
):
    metadata = (
        ("authorization", f"Bearer {running.owner.tokens['access_token']}"),
        ("accept-language", "en"),
    )
    async with grpc.aio.insecure_channel(running.rpc) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await ViewServiceStub(channel).GetOverview(request_, metadata=metadata)
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert said in (refused.value.details() or "")


async def test_machines_stream_to_ingest_through_the_gateway(running: Running):
    key = (await running.owner.http.post("/keys", json={"name": "pump", "role": "operator"})).json()["secret"]
    metadata = (("authorization", f"Bearer {key}"),)

    async def items(*notes: str) -> AsyncIterator[RecordFuelTransactionsRequest]:
        for note in notes:
            yield RecordFuelTransactionsRequest(note=note)

    async with grpc.aio.insecure_channel(running.rpc) as channel:
        stub = IngestServiceStub(channel)
        answer = await stub.RecordFuelTransactions(items("a", "b"), metadata=metadata)
        assert [result.transaction_id for result in answer.results] == ["aBearer ey", "bBearer ey"]
        for notes, given, code in (
            (("refuse",), metadata, grpc.StatusCode.RESOURCE_EXHAUSTED),
            (("a",), (("authorization", "Bearer ak_none"),), grpc.StatusCode.UNAUTHENTICATED),
            (("a",), (), grpc.StatusCode.UNAUTHENTICATED),
        ):
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                await stub.RecordFuelTransactions(items(*notes), metadata=given)
            assert refused.value.code() is code
            assert rpc.PROBLEM_METADATA in dict(refused.value.trailing_metadata() or ())


async def test_files_are_streamed_to_ingest_through_the_gateway(running: Running):
    made: dict[str, str] = {
        role: (await running.owner.http.post("/keys", json={"name": role, "role": role})).json()["secret"]
        for role in ("service", "operator")
    }
    metadata = {role: (("authorization", f"Bearer {secret}"),) for role, secret in made.items()}
    piece = UploadImportRequest(data=bytes(3_000_000))
    async with grpc.aio.insecure_channel(running.rpc) as channel:
        stub: Any = IngestServiceStub(channel)
        answer = await stub.UploadImport(iter([piece] * 5), metadata=metadata["service"])
        assert (answer.import_id, answer.size_bytes) == ("Bearer ey", 15_000_000)
        for messages, given, code in (
            ([UploadImportRequest()], metadata["service"], grpc.StatusCode.INVALID_ARGUMENT),
            ([piece], metadata["operator"], grpc.StatusCode.PERMISSION_DENIED),
            ([piece], (), grpc.StatusCode.UNAUTHENTICATED),
        ):
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                await stub.UploadImport(iter(messages), metadata=given)
            assert refused.value.code() is code
            assert rpc.PROBLEM_METADATA in dict(refused.value.trailing_metadata() or ())


async def test_a_key_limited_to_resources_is_limited_over_grpc_too(running: Running):
    body = {"name": "reader", "role": "admin", "resources": {"anomalies": "r"}}
    key = (await running.owner.http.post("/keys", json=body)).json()["secret"]
    metadata = (("authorization", f"Bearer {key}"),)
    async with grpc.aio.insecure_channel(running.rpc) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await ViewServiceStub(channel).GetOverview(GetOverviewRequest(), metadata=metadata)
        assert refused.value.code() is grpc.StatusCode.PERMISSION_DENIED


async def test_a_key_that_is_nobodys_counts_for_its_address_over_grpc_too(running: Running):
    async with grpc.aio.insecure_channel(running.rpc) as channel:
        metadata = (("authorization", "Bearer ak_nobodys"),)
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await ViewServiceStub(channel).GetOverview(GetOverviewRequest(), metadata=metadata)
        assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED
    async with running.gateway.context.worker_db.system() as tx:
        digest = tokens.digest("stranger\x1f127.0.0.1/32")
        found = await tx.execute("select granted from allowances where hash = %s", (digest,))
        assert found.rowcount == 1


async def test_the_public_services_are_named_by_reflection(running: Running):
    async with grpc.aio.insecure_channel(running.rpc) as channel:
        # grpcio-reflection's stub is not typed for asyncio; the method itself is all that is needed.
        ask = channel.stream_stream(
            "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
            request_serializer=reflection_pb2.ServerReflectionRequest.SerializeToString,
            response_deserializer=reflection_pb2.ServerReflectionResponse.FromString,
        )
        call = ask(iter([reflection_pb2.ServerReflectionRequest(list_services="")]))
        answer = await call.read()
        assert isinstance(answer, reflection_pb2.ServerReflectionResponse)
        assert {service.name for service in answer.list_services_response.service} >= {
            "arus.views.v1.ViewService",
            "arus.alerts.v1.AlertService",
            "arus.ingest.v1.IngestService",
        }
