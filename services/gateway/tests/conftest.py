"""The gateway over HTTP on a real PostgreSQL, with a real SMTP server for its mails."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiosmtpd.controller import Controller
from arus_gateway.service import SERVICE
from arus_gateway.settings import GatewaySettings
from arus_runtime.service import opened
from arus_runtime.web import create_app
from arus_stack import ports
from arus_stack.testing import DatabaseFor, KafkaServer, ServiceDatabase

from .sockets import Running, on_sockets
from .world import API, HOME, Gateway, Mailbox, Opening


@pytest.fixture(scope="session")
def mailbox() -> Iterator[Mailbox]:
    port = ports.free_port()
    box = Mailbox(f"smtp://127.0.0.1:{port}")
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box
    controller.stop()


@pytest.fixture
def database(database_for: DatabaseFor) -> ServiceDatabase:
    return database_for("gateway")


@pytest.fixture(scope="session")
def numbers() -> Iterator[int]:
    return iter(range(1_000_000))


@pytest.fixture
def opening(database: ServiceDatabase, mailbox: Mailbox, numbers: Iterator[int], tmp_path: Path) -> Opening:
    """Call it with settings for a gateway that lives as long as its block."""

    @asynccontextmanager
    async def open_gateway(**settings: Any) -> AsyncGenerator[Gateway]:
        chosen = GatewaySettings.model_validate(
            {
                "service": "gateway",
                "db_api_url": database.api_url,
                "db_worker_url": database.worker_url,
                "smtp_url": mailbox.url,
                "home": tmp_path,
                "public_url": HOME,
                "rate_auth": "100000/minute",
            }
            | settings
        )
        async with opened(SERVICE, chosen) as context:
            app = create_app(SERVICE, context)
            made: list[httpx.AsyncClient] = []

            def connect(base: str = API, *, address: str = "127.0.0.1", **headers: str) -> httpx.AsyncClient:
                transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 4711))
                client = httpx.AsyncClient(
                    transport=transport, base_url=base, headers={"Accept-Language": "en"} | headers
                )
                made.append(client)
                return client

            yield Gateway(context, connect(), connect, numbers)
            for client in made:
                await client.aclose()

    return open_gateway


@pytest.fixture
async def gateway(opening: Opening) -> AsyncIterator[Gateway]:
    async with opening() as made:
        yield made


@pytest.fixture
async def running(opening: Opening, kafka: KafkaServer) -> AsyncIterator[Running]:
    async with on_sockets(opening, kafka) as running:
        yield running
