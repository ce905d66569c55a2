"""A process starts its parts, says when it is ready, and stops in good order or with a bad exit code."""

import asyncio
import signal
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from arus_runtime import service
from arus_runtime.log import LogAway
from arus_runtime.settings import Settings
from arus_stack import ports
from arus_stack.testing import KafkaServer, ServiceDatabase
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from .sample_service import SERVICE

DEADLINE_S = 60


async def obedient(stop: asyncio.Event) -> None:
    await stop.wait()


async def broken(stop: asyncio.Event) -> None:
    raise RuntimeError("a part of this process broke")


async def deserter(stop: asyncio.Event) -> None:
    return


@pytest.mark.parametrize("part", [broken, deserter])
async def test_a_part_that_ends_by_itself_ends_the_process_with_a_failure(
    part: Callable[[asyncio.Event], Awaitable[None]],
) -> None:
    stop = asyncio.Event()
    assert await service.supervise({"good": obedient, "bad": part}, stop)
    assert stop.is_set()


async def test_a_stop_that_was_asked_for_is_no_failure() -> None:
    stop = asyncio.Event()
    running = asyncio.ensure_future(service.supervise({"one": obedient, "two": obedient}, stop))
    stop.set()
    assert not await running


async def test_a_part_that_breaks_while_stopping_is_a_failure() -> None:
    async def bad_ending(stop: asyncio.Event) -> None:
        await stop.wait()
        raise RuntimeError("could not say goodbye")

    stop = asyncio.Event()
    running = asyncio.ensure_future(service.supervise({"bad": bad_ending}, stop))
    stop.set()
    assert await running


async def test_kafka_being_away_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "KAFKA_PAUSES_S", (0.0,))
    attempts: list[int] = []

    async def part(stop: asyncio.Event) -> None:
        attempts.append(len(attempts))
        if len(attempts) < 3:
            raise LogAway("no broker answers")
        stop.set()

    await service.connected("relay", part, asyncio.Event())
    assert len(attempts) == 3


@pytest.mark.parametrize(
    ("trusted", "peer", "seen"),
    [
        ("", "127.0.0.1", "127.0.0.1"),
        ("10.0.0.0/8,192.0.2.1", "10.1.2.3", "203.0.113.7"),
        ("10.0.0.0/8,192.0.2.1", "192.0.2.1", "203.0.113.7"),
        ("10.0.0.0/8,192.0.2.1", "192.0.2.2", "192.0.2.2"),
    ],
)
async def test_only_a_trusted_proxy_is_believed_about_addresses(trusted: str, peer: str, seen: str) -> None:
    async def who(scope: Scope, _receive: Receive, send: Send) -> None:
        await PlainTextResponse(scope["client"][0])(scope, _receive, send)

    config = service.http_config(who, Settings(trusted_proxies=trusted))
    config.load()
    app: Any = vars(config)["loaded_app"]  # half typed
    transport = httpx.ASGITransport(app, client=(peer, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://shell") as client:
        answer = await client.get("/", headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.7"})
    assert answer.text == seen


def test_the_document_is_printed_without_any_server() -> None:
    document = orjson.loads(service.openapi(SERVICE))
    assert list(document["paths"]) == ["/api/v1/notes"]


class Running:
    """The sample service as a process."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self.process = process
        self.http = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20)

    async def ready(self) -> httpx.Response:
        try:
            return await self.http.get("/readyz")
        except httpx.TransportError:
            return httpx.Response(0)

    async def until_ready(self) -> None:
        async with asyncio.timeout(DEADLINE_S):
            while (await self.ready()).status_code != 200:
                assert self.process.returncode is None, "the process ended"
                await asyncio.sleep(0.1)


@asynccontextmanager
async def started(database: ServiceDatabase, kafka: dict[str, str], **extra: str) -> AsyncGenerator[Running]:
    port = ports.free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(Path(__file__).with_name("sample_service.py")),
        env={
            "ARUS_SERVICE": "shell",
            "ARUS_HTTP_PORT": str(port),
            "ARUS_DB_API_URL": database.api_url,
            "ARUS_DB_WORKER_URL": database.worker_url,
            "ARUS_LOG_LEVEL": "warning",
            **kafka,
            **extra,
        },
    )
    running = Running(process, port)
    try:
        yield running
    finally:
        await running.http.aclose()
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.fixture
def kafka_env(kafka: KafkaServer) -> dict[str, str]:
    access = kafka.service("inventory")
    return {
        "ARUS_KAFKA_BOOTSTRAP": access.bootstrap,
        "ARUS_KAFKA_USER": access.user,
        "ARUS_KAFKA_PASSWORD": access.password,
        "ARUS_KAFKA_CA": access.ca,
    }


@pytest.mark.integration
@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
async def test_a_process_gets_ready_serves_and_stops_when_told(
    database: ServiceDatabase, kafka_env: dict[str, str], signum: signal.Signals
) -> None:
    async with started(database, kafka_env) as running:
        await running.until_ready()
        assert (await running.http.get("/api/v1/notes")).json() == []
        running.process.send_signal(signum)
        assert await asyncio.wait_for(running.process.wait(), DEADLINE_S) == 0


@pytest.mark.integration
async def test_without_kafka_a_process_lives_and_says_what_it_waits_for(database: ServiceDatabase) -> None:
    async with started(database, {"ARUS_KAFKA_BOOTSTRAP": f"127.0.0.1:{ports.free_port()}"}) as running:
        async with asyncio.timeout(DEADLINE_S):
            while (answer := await running.ready()).status_code != 503:  # noqa: ASYNC110 — another process
                await asyncio.sleep(0.1)
        assert answer.json()["detail"] == "relay: waiting for Kafka"
        assert (await running.http.get("/healthz")).status_code == 200
        assert (await running.http.get("/api/v1/notes")).status_code == 200


@pytest.mark.integration
async def test_a_process_without_the_api_role_has_no_api(
    database: ServiceDatabase, kafka_env: dict[str, str]
) -> None:
    async with started(database, kafka_env, ARUS_ROLES="relay,jobs") as running:
        await running.until_ready()
        assert (await running.http.get("/api/v1/notes")).status_code == 404
