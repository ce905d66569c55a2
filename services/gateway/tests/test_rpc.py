"""The gateway over gRPC, on real sockets: watching, views, what is passed on to ingest."""

from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from arus.alerts.v1.api_pb2 import WatchRequest
from arus.alerts.v1.api_pb2_grpc import AlertServiceStub
from arus.anomaly.v1.events_pb2 import (
    Status,
)
from arus.ingest.v1.api_pb2 import (
    RecordFuelTransactionsRequest,
    UploadImportRequest,
)
from arus.ingest.v1.api_pb2_grpc import (
    IngestServiceStub,
)
from arus.views.v1.api_pb2 import GetOverviewRequest
from arus.views.v1.api_pb2_grpc import ViewServiceStub
from arus_gateway import tokens
from arus_runtime import rpc
from grpc_reflection.v1alpha import reflection_pb2

from .sockets import HERE, THERE, Running

pytestmark = pytest.mark.integration


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
