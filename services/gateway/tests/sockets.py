"""The gateway on real sockets, with its feed from a real Kafka and an ingest behind it."""

import asyncio
import json
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import grpc
import uvicorn
import websockets
from arus.alerts.v1.api_pb2 import WatchRequest, WatchResponse
from arus.alerts.v1.api_pb2_grpc import AlertServiceStub
from arus.anomaly.v1.events_pb2 import (
    CaseChanged,
    Status,
    VerdictReached,
)
from arus.imports.v1.events_pb2 import ImportChanged
from arus.ingest.v1.api_pb2 import (
    ItemResult,
    RecordFuelTransactionsResponse,
    UploadImportResponse,
)
from arus.ingest.v1.api_pb2_grpc import (
    IngestServiceServicer,
    add_IngestServiceServicer_to_server,
)
from arus_gateway import live
from arus_gateway.api.live_messages import LiveMessage
from arus_gateway.service import SERVICE
from arus_runtime import rpc
from arus_runtime.catalogue import topic_of
from arus_runtime.ids import new_ulid
from arus_runtime.log import AiokafkaLog, Message, Producer, Security
from arus_runtime.web import create_app
from arus_stack.testing import KafkaServer

from .world import Gateway, Opening, Person

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
    """What a socket is told, one message after the other."""

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


async def _until(holds: Callable[[], bool]) -> None:
    """Wait until the condition holds, for a minute at most."""
    async with asyncio.timeout(60):
        while not holds():  # noqa: ASYNC110 — what is waited for has no event of its own
            await asyncio.sleep(0.05)


class _IngestBehind(IngestServiceServicer):
    """The ingest service as the gateway sees it: it says who asked."""

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


async def _ingest_behind() -> tuple[grpc.aio.Server, int]:
    server = grpc.aio.server()
    add_IngestServiceServicer_to_server(_IngestBehind(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    return server, port


@asynccontextmanager
async def on_sockets(opening: Opening, kafka: KafkaServer) -> AsyncGenerator[Running]:
    """Open a gateway that listens, with a broker and an ingest of its own, as long as the block lasts."""
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
    ingest, ingest_port = await _ingest_behind()
    peers = {"ingest": {"grpc": f"127.0.0.1:{ingest_port}"}}
    async with opening(peers=peers, **settings) as gateway:
        server = uvicorn.Server(
            uvicorn.Config(create_app(SERVICE, gateway.context), lifespan="off", log_config=None)
        )
        listener = socket.create_server(("127.0.0.1", 0))
        serving = asyncio.ensure_future(server.serve([listener]))
        calls, port = await rpc.serve(SERVICE.rpc, gateway.context, SERVICE.words)
        owner = await gateway.register()
        await _until(lambda: bool(gateway.door.feed.position))
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
