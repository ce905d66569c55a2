"""The inventory service over HTTP and gRPC, on a real PostgreSQL, with callers of every kind."""

import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import jwt
import pytest
from arus_inventory.__main__ import SERVICE
from arus_runtime.auth import FixedKeys, Verifier
from arus_runtime.context import Context
from arus_runtime.service import opened
from arus_runtime.settings import Settings
from arus_runtime.web import create_app
from arus_stack.testing import DatabaseFor, ServiceDatabase
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY = Ed25519PrivateKey.generate()
Caller = Callable[..., httpx.AsyncClient]


def token(tenant: str, *roles: str, **claims: Any) -> str:
    body = {"iss": "arus", "aud": "arus", "sub": "user-1", "org": tenant, "roles": list(roles or ("owner",))}
    return jwt.encode(body | {"exp": int(time.time()) + 86_400} | claims, KEY, "EdDSA", {"kid": "test"})


@pytest.fixture
def database(database_for: DatabaseFor) -> ServiceDatabase:
    return database_for("inventory")


@pytest.fixture
async def context(database: ServiceDatabase) -> AsyncIterator[Context]:
    settings = Settings.model_validate(
        {"service": "inventory", "db_api_url": database.api_url, "db_worker_url": database.worker_url}
    )
    verifier = Verifier(FixedKeys({"test": KEY.public_key()}))
    async with opened(SERVICE, settings, verifier) as shared:
        yield shared


@pytest.fixture
async def caller(context: Context) -> AsyncIterator[Caller]:
    """Call it with a tenant and roles for a client that speaks for them."""
    app = create_app(SERVICE, context)
    made: list[httpx.AsyncClient] = []

    def make(tenant: str = "tenant-a", *roles: str, **claims: Any) -> httpx.AsyncClient:
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False),
            base_url="http://inventory/api/v1",
            headers={"Authorization": f"Bearer {token(tenant, *roles, **claims)}", "Accept-Language": "en"},
        )
        made.append(client)
        return client

    yield make
    for client in made:
        await client.aclose()


@pytest.fixture
def owner(caller: Caller) -> httpx.AsyncClient:
    return caller()
