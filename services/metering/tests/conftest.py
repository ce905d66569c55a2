"""The metering service over HTTP, on a real PostgreSQL, with callers of every kind."""

import time
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
import jwt
import psycopg
import pytest
from arus.imports.v1.events_pb2 import ImportChunkPublished, ImportWithdrawn
from arus_anomaly.__main__ import SERVICE as ANOMALY
from arus_metering.__main__ import SERVICE
from arus_metering.commands.imports import imports
from arus_runtime import rpc
from arus_runtime.auth import FixedKeys, Verifier
from arus_runtime.context import Context
from arus_runtime.ids import derived_id
from arus_runtime.service import opened
from arus_runtime.settings import Peer, Settings
from arus_runtime.testing import NOON, meta
from arus_runtime.web import create_app
from arus_stack.testing import DatabaseFor, ServiceDatabase
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI

KEY = Ed25519PrivateKey.generate()
VERIFIER = Verifier(FixedKeys({"test": KEY.public_key()}))
Caller = Callable[..., httpx.AsyncClient]


def token(tenant: str, *roles: str, **claims: Any) -> str:
    body = {"iss": "arus", "aud": "arus", "sub": "user-1", "org": tenant, "roles": list(roles or ("owner",))}
    return jwt.encode(body | {"exp": int(time.time()) + 86_400} | claims, KEY, "EdDSA", {"kid": "test"})


@pytest.fixture
def database(database_for: DatabaseFor) -> ServiceDatabase:
    return database_for("metering")


@pytest.fixture
async def context(database: ServiceDatabase) -> AsyncIterator[Context]:
    settings = Settings.model_validate(
        {"service": "metering", "db_api_url": database.api_url, "db_worker_url": database.worker_url}
    )
    async with opened(SERVICE, settings, VERIFIER) as shared:
        yield shared


@pytest.fixture
async def caller(context: Context) -> AsyncIterator[Caller]:
    """Call it with a tenant and roles for a client that speaks for them."""
    async with calling(create_app(SERVICE, context)) as make:
        yield make


@asynccontextmanager
async def calling(app: FastAPI) -> AsyncGenerator[Caller]:
    made: list[httpx.AsyncClient] = []

    def make(tenant: str = "tenant-a", *roles: str, **claims: Any) -> httpx.AsyncClient:
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False),
            base_url="http://service/api/v1",
            headers={"Authorization": f"Bearer {token(tenant, *roles, **claims)}", "Accept-Language": "en"},
        )
        made.append(client)
        return client

    yield make
    for client in made:
        await client.aclose()


@pytest.fixture
def verdicts(database_for: DatabaseFor) -> ServiceDatabase:
    """Return the database of the service that owns verdicts and cases."""
    return database_for("anomaly")


@pytest.fixture
async def cases(verdicts: ServiceDatabase, context: Context) -> AsyncIterator[Caller]:
    """Run the service that owns cases beside the books, each with the other's word; call it as ``caller``."""
    own = verdicts
    books, books_port = await rpc.serve(SERVICE.rpc, context, SERVICE.words)
    access = {"service": "anomaly", "db_api_url": own.api_url, "db_worker_url": own.worker_url}
    settings = Settings.model_validate(access | {"peers": {"metering": {"grpc": f"127.0.0.1:{books_port}"}}})
    async with opened(ANOMALY, settings, VERIFIER) as shared:
        server, port = await rpc.serve(ANOMALY.rpc, shared, ANOMALY.words)
        context.settings.peers["anomaly"] = Peer(grpc=f"127.0.0.1:{port}")
        async with calling(create_app(ANOMALY, shared)) as make:
            yield make
        await server.stop(None)
    await books.stop(None)


@pytest.fixture
def owner(caller: Caller) -> httpx.AsyncClient:
    return caller()


@dataclass
class Imports:
    """Files on their way into the books of one tenant: each becomes one chunk, applied as the worker does."""

    url: str
    tenant: str = "tenant-a"
    number: int = 0

    def file(
        self, type_: str, period: str, *rows: dict[str, str], import_id: str = ""
    ) -> ImportChunkPublished:
        self.number += 1
        chunk = ImportChunkPublished(
            tenant_id=self.tenant,
            import_id=import_id or f"{self.number:026}",
            type=type_,
            period=period,
            chunk=1,
            chunks=1,
        )
        places = Counter[str]()
        for line, fields in enumerate(rows, 2):
            said = "|".join(f"{name}={value}" for name, value in sorted(fields.items()))
            key = fields.get("key") or fields["nomen"]
            places[key] += 1
            chunk.rows.add(
                row_id=derived_id(chunk.import_id, str(line)),
                number=line,
                key=key,
                hash=said,
                fields=fields,
                place=places[key],
            )
        return chunk

    def take(self, event: ImportChunkPublished | ImportWithdrawn, at: datetime = NOON) -> list[Any]:
        """Apply an event and return what follows from it."""
        _, effects = imports.handlers[type(event)](None, event, meta(tenant=self.tenant, at=at))
        options = "-c search_path=metering -c timezone=UTC"
        with psycopg.connect(self.url, autocommit=True, options=options) as tx, tx.transaction():
            return [emit.event for effect in effects for emit in effect.run(tx)]

    def undo(self, chunk: ImportChunkPublished) -> list[Any]:
        """Take an import back, asking as often as the books want to be asked."""
        wish = ImportWithdrawn(
            tenant_id=self.tenant, import_id=chunk.import_id, type=chunk.type, period=chunk.period
        )
        told = self.take(wish)
        while told[-1].is_partial:
            told += self.take(wish)
        return told


@pytest.fixture
def files(database: ServiceDatabase) -> Imports:
    return Imports(database.worker_url)
