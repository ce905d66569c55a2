"""Notify on a real PostgreSQL, beside real gRPC, SMTP and HTTP servers of the tests' own."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest
from aiohttp import web
from aiosmtpd.controller import Controller
from arus.identity.v1.api_pb2_grpc import add_PeopleServiceServicer_to_server
from arus_notify.__main__ import SERVICE
from arus_notify.settings import NotifySettings
from arus_runtime.auth import FixedKeys, Verifier
from arus_runtime.context import Context
from arus_runtime.crypto import new_key
from arus_runtime.service import opened
from arus_runtime.settings import Settings
from arus_runtime.web import create_app
from arus_stack import ports
from arus_stack.testing import DatabaseFor, ServiceDatabase
from grpc import aio

from .world import KEY, SECRET, Counterpart, Desk, Mailbox, Town, token

FIELD_KEYS = f"k1:{new_key()}"
Caller = Callable[..., httpx.AsyncClient]


@pytest.fixture(scope="session")
def smtp() -> Iterator[Mailbox]:
    port = ports.free_port()
    box = Mailbox(f"smtp://127.0.0.1:{port}")
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box
    controller.stop()


@pytest.fixture
def mailbox(smtp: Mailbox) -> Mailbox:
    smtp.mails.clear()
    smtp.refuses.clear()
    return smtp


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    town = Town()
    server = aio.server()
    add_PeopleServiceServicer_to_server(town, server)
    port = server.add_insecure_port("127.0.0.1:0")
    town.address = f"127.0.0.1:{port}"
    await server.start()
    yield town
    await server.stop(None)


@pytest.fixture
async def counterpart() -> AsyncIterator[Counterpart]:
    made = Counterpart()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", made.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    made.over.set()
    await runner.cleanup()


@pytest.fixture
def database(database_for: DatabaseFor) -> ServiceDatabase:
    return database_for("notify")


@pytest.fixture
def kafka_settings() -> dict[str, Any]:
    """Where Kafka is; the tests that need it say so."""
    return {}


@pytest.fixture
def settings(
    database: ServiceDatabase, mailbox: Mailbox, town: Town, kafka_settings: dict[str, Any]
) -> Settings:
    return Settings.model_validate(
        {
            "service": "notify",
            "db_api_url": database.api_url,
            "db_worker_url": database.worker_url,
            "smtp_url": mailbox.url,
            "mail_from": "Arus <arus@example.com>",
            "public_url": "https://arus.example.com",
            "field_keys": FIELD_KEYS,
            "peers": {"gateway": {"grpc": town.address}},
        }
        | kafka_settings
    )


@pytest.fixture
async def context(settings: Settings, counterpart: Counterpart) -> AsyncIterator[Context]:
    async with opened(SERVICE, settings, Verifier(FixedKeys({"test": KEY.public_key()}))) as shared:
        shared.own["settings"] = NotifySettings.model_validate(
            {
                "people_secret": SECRET,
                "whatsapp_url": f"{counterpart.url}/v23.0",
                "whatsapp_token": "EAAtoken",
                "whatsapp_phone_number_id": "106540352242922",
                "webhook_loopback": True,
            }
        )
        yield shared


@pytest.fixture
def desk(context: Context, database: ServiceDatabase, town: Town) -> Desk:
    return Desk(context, database.superuser_url, town)


@pytest.fixture
async def caller(context: Context, desk: Desk) -> AsyncIterator[Caller]:
    """Call it with a person and a role for a client that speaks for them."""
    app = create_app(SERVICE, context)
    made: list[httpx.AsyncClient] = []

    def make(person: str, role: str = "owner", *, language: str = "id", **claims: Any) -> httpx.AsyncClient:
        tenant = claims.pop("tenant", desk.tenant)
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False),
            base_url="http://notify/api/v1",
            headers={
                "Authorization": f"Bearer {token(tenant, person, role, **claims)}",
                "Accept-Language": language,
            },
        )
        made.append(client)
        return client

    yield make
    for client in made:
        await client.aclose()
