"""gRPC knows its callers, names its failures, and says when a peer is away."""

# ruff: noqa: ARG002, N802 — names and parameters of the generated servicers

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import grpc
import orjson
import psycopg
import pytest
from arus.alerts.v1 import api_pb2 as alerts
from arus.alerts.v1 import api_pb2_grpc as alerts_grpc
from arus.ingest.v1 import api_pb2 as ingest
from arus.ingest.v1 import api_pb2_grpc as ingest_grpc
from arus.inventory.v1 import api_pb2 as inventory
from arus.inventory.v1 import api_pb2_grpc as inventory_grpc
from arus_runtime import observe, rpc
from arus_runtime.auth import Verifier
from arus_runtime.settings import Peer, Settings
from arus_runtime.web import Problem, UnavailableError
from arus_runtime.web.problems import FieldProblem
from arus_stack import certs
from arus_stack.line import Line
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import REGISTRY

from .conftest import Token

FAILURES: dict[str, Exception] = {
    "absent": Problem(404, "not_found"),
    "wrong": Problem(
        422, "invalid_input", errors=[FieldProblem("location_id", "unknown_reference", {"value": "x"})]
    ),
    "taken": Problem(409, "conflict"),
    "away": psycopg.OperationalError("connection refused"),
    "bug": KeyError("secret detail"),
}


class Catalogue(inventory_grpc.CatalogueServiceServicer):
    async def GetLocation(self, request: Any, context: Any) -> inventory.GetLocationResponse:
        principal = rpc.require("locations", "r")
        if request.location_id in FAILURES:
            raise FAILURES[request.location_id]
        answer = inventory.GetLocationResponse()
        answer.location.tenant_id = principal.tenant_id
        answer.location.name = rpc.language()
        return answer

    async def GetProduct(self, request: Any, context: Any) -> inventory.GetProductResponse:
        return inventory.GetProductResponse()

    async def CountLocations(self, request: Any, context: Any) -> inventory.CountLocationsResponse:
        return inventory.CountLocationsResponse()


class Alerts(alerts_grpc.AlertServiceServicer):
    async def Watch(self, request: Any, context: Any) -> AsyncIterator[alerts.WatchResponse]:
        yield alerts.WatchResponse(event_id=rpc.caller().tenant_id)
        raise Problem(503, "unavailable")


class Ingest(ingest_grpc.IngestServiceServicer):
    async def RecordFuelTransactions(
        self, request_iterator: Any, context: Any
    ) -> ingest.RecordFuelTransactionsResponse:
        items = [item async for item in request_iterator]
        results = [ingest.ItemResult(index=index) for index, _ in enumerate(items)]
        return ingest.RecordFuelTransactionsResponse(results=results)

    async def UploadImport(self, request_iterator: Any, context: Any) -> ingest.UploadImportResponse:
        return ingest.UploadImportResponse()


@pytest.fixture
async def channel(verifier: Verifier) -> AsyncIterator[grpc.aio.Channel]:
    context: Any = SimpleNamespace(settings=Settings(), verifier=verifier)
    server, port = await rpc.serve(
        [
            (inventory_grpc.add_CatalogueServiceServicer_to_server, lambda _: Catalogue()),
            (alerts_grpc.add_AlertServiceServicer_to_server, lambda _: Alerts()),
            (ingest_grpc.add_IngestServiceServicer_to_server, lambda _: Ingest()),
        ],
        context,
    )
    made = grpc.aio.insecure_channel(f"127.0.0.1:{port}")
    yield made
    await made.close()
    await server.stop(None)


def metadata(token: str, language: str = "en") -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {token}"), ("accept-language", language))


async def get(channel: grpc.aio.Channel, location_id: str, **call: Any) -> inventory.GetLocationResponse:
    stub: Any = inventory_grpc.CatalogueServiceStub(channel)
    return await stub.GetLocation(inventory.GetLocationRequest(location_id=location_id), **call)


async def test_a_method_knows_its_caller_and_their_language(channel: grpc.aio.Channel, token: Token) -> None:
    answer = await get(channel, "here", metadata=metadata(token("tenant-b")))
    assert (answer.location.tenant_id, answer.location.name) == ("tenant-b", "en")


@pytest.mark.parametrize(
    ("location_id", "status", "code"),
    [
        ("absent", grpc.StatusCode.NOT_FOUND, "not_found"),
        ("wrong", grpc.StatusCode.INVALID_ARGUMENT, "invalid_input"),
        ("taken", grpc.StatusCode.ABORTED, "conflict"),
        ("away", grpc.StatusCode.UNAVAILABLE, "unavailable"),
        ("bug", grpc.StatusCode.INTERNAL, "internal_error"),
    ],
)
async def test_a_failure_leaves_as_a_status_with_its_problem(
    channel: grpc.aio.Channel, token: Token, location_id: str, status: grpc.StatusCode, code: str
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await get(channel, location_id, metadata=metadata(token()))
    trailing = dict(raised.value.trailing_metadata() or ())
    problem = orjson.loads(trailing[rpc.PROBLEM_METADATA])
    assert (raised.value.code(), problem["code"]) == (status, code)
    said = raised.value.details() or ""
    assert "secret" not in said
    assert all(error["message"] in said for error in problem["errors"])


class Mirror(Catalogue):
    async def GetLocation(self, request: Any, context: Any) -> inventory.GetLocationResponse:
        answer = inventory.GetLocationResponse()
        answer.location.name = rpc.called_from()
        return answer


@pytest.mark.parametrize(
    ("proxies", "named", "believed"),
    [
        ("", "203.0.113.7", "127.0.0.1"),
        ("10.0.0.0/8", "203.0.113.7", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("127.0.0.1", "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        ("127.0.0.1, 10.0.0.0/8", "203.0.113.7, 10.1.2.3", "203.0.113.7"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.7,", "127.0.0.1"),
    ],
)
async def test_a_trusted_proxy_names_whom_it_calls_for(
    verifier: Verifier, token: Token, proxies: str, named: str, believed: str
) -> None:
    context: Any = SimpleNamespace(settings=Settings(trusted_proxies=proxies), verifier=verifier)
    server, port = await rpc.serve(
        [(inventory_grpc.add_CatalogueServiceServicer_to_server, lambda _: Mirror())], context
    )
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        told = (*metadata(token()), ("x-forwarded-for", named))
        assert (await get(channel, "here", metadata=told)).location.name == believed
    await server.stop(None)


async def test_strangers_and_the_unentitled_are_turned_away(channel: grpc.aio.Channel, token: Token) -> None:
    for call, status in (
        ({}, grpc.StatusCode.UNAUTHENTICATED),
        ({"metadata": metadata("nonsense")}, grpc.StatusCode.UNAUTHENTICATED),
        ({"metadata": metadata(token("t", "u", "device"))}, grpc.StatusCode.PERMISSION_DENIED),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await get(channel, "here", **call)
        assert raised.value.code() is status


async def test_streams_both_ways_go_through_the_same_door(channel: grpc.aio.Channel, token: Token) -> None:
    watching: Any = alerts_grpc.AlertServiceStub(channel)
    seen: list[str] = []
    with pytest.raises(grpc.aio.AioRpcError) as raised:  # noqa: PT012 — the stream breaks while it is read
        async for message in watching.Watch(alerts.WatchRequest(), metadata=metadata(token("tenant-c"))):
            seen.append(message.event_id)  # noqa: PERF401 — what came before the failure counts
    assert (seen, raised.value.code()) == (["tenant-c"], grpc.StatusCode.UNAVAILABLE)

    async def items() -> AsyncIterator[ingest.RecordFuelTransactionsRequest]:
        for _ in range(3):
            yield ingest.RecordFuelTransactionsRequest()

    recording: Any = ingest_grpc.IngestServiceStub(channel)
    answer = await recording.RecordFuelTransactions(items(), metadata=metadata(token()))
    assert [result.index for result in answer.results] == [0, 1, 2]
    with pytest.raises(grpc.aio.AioRpcError):
        await recording.RecordFuelTransactions(items())


async def test_a_stream_is_counted_apart_for_it_lasts_as_long_as_it_likes(
    channel: grpc.aio.Channel, token: Token
) -> None:
    method = "/arus.alerts.v1.AlertService/Watch"
    before = calls_that_ended("UNAVAILABLE", method, "stream")
    watching: Any = alerts_grpc.AlertServiceStub(channel)
    with pytest.raises(grpc.aio.AioRpcError):
        async for _ in watching.Watch(alerts.WatchRequest(), metadata=metadata(token())):
            pass
    async with asyncio.timeout(10):
        while calls_that_ended("UNAVAILABLE", method, "stream") == before:  # noqa: ASYNC110 — as below
            await asyncio.sleep(0)
    assert calls_that_ended("UNAVAILABLE", method, "grpc") == 0


class Watching(alerts_grpc.AlertServiceServicer):
    """Says one thing and then nothing any more."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()

    async def Watch(self, request: Any, context: Any) -> AsyncIterator[alerts.WatchResponse]:
        try:
            yield alerts.WatchResponse(event_id="1")
            await asyncio.Event().wait()
        finally:
            self.ended.set()


async def test_who_vanished_is_not_watched_for_any_more(
    verifier: Verifier, token: Token, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rpc, "KEEPALIVE_MS", 200)
    watching = Watching()
    context: Any = SimpleNamespace(settings=Settings(), verifier=verifier)
    add = alerts_grpc.add_AlertServiceServicer_to_server
    server, port = await rpc.serve([(add, lambda _: watching)], context)
    with Line("127.0.0.1", port) as line:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{line.port}") as channel:
            stub: Any = alerts_grpc.AlertServiceStub(channel)
            watch = stub.Watch(alerts.WatchRequest(), metadata=metadata(token()))
            assert (await watch.read()).event_id == "1"
            line.strand()
            await asyncio.wait_for(watching.ended.wait(), 30)
    await server.stop(None)


async def test_health_and_reflection_need_no_token(channel: grpc.aio.Channel) -> None:
    health: Any = health_pb2_grpc.HealthStub(channel)
    answer = await health.Check(health_pb2.HealthCheckRequest(service="arus.inventory.v1.CatalogueService"))
    assert answer.status == health_pb2.HealthCheckResponse.SERVING

    async def ask() -> AsyncIterator[reflection_pb2.ServerReflectionRequest]:
        yield reflection_pb2.ServerReflectionRequest(list_services="")

    reflected: Any = cast("Any", reflection_pb2_grpc.ServerReflectionStub)(channel)
    names = {
        service.name
        async for reply in reflected.ServerReflectionInfo(ask())
        for service in reply.list_services_response.service
    }
    assert {"arus.inventory.v1.CatalogueService", "arus.alerts.v1.AlertService"} <= names


async def test_a_peer_hears_the_callers_own_token(
    channel: grpc.aio.Channel, verifier: Verifier, token: Token
) -> None:
    principal = await verifier.verify(token("tenant-d", lang="en"))
    stub: Any = inventory_grpc.CatalogueServiceStub(channel)
    answer = await rpc.call(stub.GetLocation, inventory.GetLocationRequest(location_id="here"), principal)
    assert answer.location.tenant_id == "tenant-d"
    with pytest.raises(Problem) as raised:
        await rpc.call(stub.GetLocation, inventory.GetLocationRequest(location_id="absent"), principal)
    assert raised.value.status == 404
    stranger = await verifier.verify(token("tenant-d", "u", "device"))
    with pytest.raises(Problem) as raised:
        await rpc.call(stub.GetLocation, inventory.GetLocationRequest(location_id="here"), stranger)
    assert raised.value.status == 403


async def test_a_call_and_its_answer_are_steps_of_the_callers_trace(
    channel: grpc.aio.Channel, verifier: Verifier, token: Token, spans: InMemorySpanExporter
) -> None:
    principal = await verifier.verify(token())
    stub: Any = inventory_grpc.CatalogueServiceStub(channel)
    request = observe.enter_trace(f"00-{'1' * 32}-{'2' * 16}-01")
    await rpc.call(stub.GetLocation, inventory.GetLocationRequest(location_id="here"), principal)
    answered, called = spans.get_finished_spans()
    assert (called.name, called.kind.name) == ("arus.inventory.v1.GetLocation", "CLIENT")
    assert (answered.name, answered.kind.name) == ("arus.inventory.v1.CatalogueService/GetLocation", "SERVER")
    assert {span.context.trace_id for span in (answered, called) if span.context} == {int("1" * 32, 16)}
    assert [span.parent and f"{span.parent.span_id:016x}" for span in (called, answered)] == [
        request[36:52],
        called.context and f"{called.context.span_id:016x}",
    ]

    observe.enter_trace(f"00-{'1' * 32}-{'2' * 16}-00")
    await rpc.call(stub.GetLocation, inventory.GetLocationRequest(location_id="here"), principal)
    assert len(spans.get_finished_spans()) == 2


async def test_a_failed_call_says_so_in_trace_and_metrics(
    channel: grpc.aio.Channel, verifier: Verifier, token: Token, spans: InMemorySpanExporter
) -> None:
    principal = await verifier.verify(token())
    stub: Any = inventory_grpc.CatalogueServiceStub(channel)
    for location_id, status in (("absent", "NOT_FOUND"), ("away", "UNAVAILABLE")):
        before = calls_that_ended(status)
        with pytest.raises((Problem, UnavailableError)):
            await rpc.call(stub.GetLocation, inventory.GetLocationRequest(location_id=location_id), principal)
        async with asyncio.timeout(10):
            while len(spans.get_finished_spans()) < 2:  # noqa: ASYNC110 — the status leaves before the method ends
                await asyncio.sleep(0)
        failed = {span.kind.name: not span.status.is_ok for span in spans.get_finished_spans()}
        assert failed == {"CLIENT": True, "SERVER": location_id == "away"}
        assert calls_that_ended(status) == before + 1
        spans.clear()


def calls_that_ended(
    status: str, method: str = "/arus.inventory.v1.CatalogueService/GetLocation", kind: str = "grpc"
) -> float:
    labels = {"kind": kind, "operation": method, "status": status}
    return REGISTRY.get_sample_value("arus_request_seconds_count", labels) or 0


async def test_a_peer_that_is_away_or_unknown_is_unavailable(verifier: Verifier, token: Token) -> None:
    principal = await verifier.verify(token())
    peers = rpc.Peers(Settings(peers={"inventory": Peer(grpc="127.0.0.1:1")}))
    stub: Any = inventory_grpc.CatalogueServiceStub(peers.channel("inventory"))
    with pytest.raises(UnavailableError):
        await rpc.call(stub.GetLocation, inventory.GetLocationRequest(), principal)
    with pytest.raises(UnavailableError, match="no peer forecast"):
        peers.channel("forecast")
    await peers.close()


async def test_a_peer_that_speaks_tls_is_spoken_to_over_tls(
    verifier: Verifier, token: Token, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = certs.ensure(tmp_path)
    settings = Settings.model_validate({"tls_cert": str(files.certificate), "tls_key": str(files.key)})
    context: Any = SimpleNamespace(settings=settings, verifier=verifier)
    server, port = await rpc.serve(
        [(inventory_grpc.add_CatalogueServiceServicer_to_server, lambda _: Catalogue())], context
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(files.trusted))
    peers = rpc.Peers(
        Settings(peers={"inventory": Peer(http="https://127.0.0.1:1", grpc=f"127.0.0.1:{port}")})
    )
    answer = await get(peers.channel("inventory"), "here", metadata=metadata(token("tenant-b")))
    assert answer.location.tenant_id == "tenant-b"
    await peers.close()
    await server.stop(None)
