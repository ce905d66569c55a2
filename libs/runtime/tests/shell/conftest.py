"""A service made up for the tests of the shell: its database with three roles, its tokens."""

import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import jwt
import psycopg
import pytest
from arus_runtime import ddl, tracing
from arus_runtime.auth import FixedKeys, Verifier
from arus_runtime.context import Context, Service
from arus_runtime.service import opened
from arus_runtime.settings import Settings
from arus_stack import schemas
from arus_stack.testing import TEST_PASSWORD, PostgresServer, ServiceDatabase, service_database
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

SERVICE = "shell"
KID = "test"
NOTES = "create table notes (tenant_id text, id text, body text, primary key (tenant_id, id));"

Token = Callable[..., str]


@pytest.fixture(scope="session")
def signing_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


@pytest.fixture(scope="session")
def verifier(signing_key: Ed25519PrivateKey) -> Verifier:
    return Verifier(FixedKeys({KID: signing_key.public_key()}))


@pytest.fixture(scope="session")
def token(signing_key: Ed25519PrivateKey) -> Token:
    def make(tenant: str = "tenant-a", user: str = "user-1", *roles: str, **claims: object) -> str:
        body = {
            "iss": "arus",
            "aud": "arus",
            "sub": user,
            "org": tenant,
            "roles": list(roles or ("owner",)),
            "exp": int(time.time()) + 60,
        }
        return jwt.encode(body | claims, signing_key, algorithm="EdDSA", headers={"kid": KID})

    return make


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """Give where the spans of a test go, in which every trace is kept."""
    exporter = InMemorySpanExporter()
    sending: Any = tracing.sending
    sending.processor, sending.resource, sending.share = SimpleSpanProcessor(exporter), Resource({}), 1.0
    yield exporter
    tracing.close()
    sending.share = 0.0


@pytest.fixture
def database(postgres: PostgresServer) -> Iterator[ServiceDatabase]:
    url = postgres.create_database()
    schemas.provision(url, [SERVICE], lambda _: TEST_PASSWORD)
    made = service_database(url, SERVICE)
    with psycopg.connect(made.owner_url, options=f"-c search_path={SERVICE}") as connection:
        for statements in (
            ddl.idempotency_tables(),
            ddl.outbox_tables(),
            ddl.jobs_tables(),
            NOTES,
            ddl.tenant_policy("notes"),
        ):
            connection.execute(statements.encode())
    yield made
    postgres.drop_database(url)


@pytest.fixture
async def context(database: ServiceDatabase, verifier: Verifier) -> AsyncIterator[Context]:
    settings = Settings.model_validate(
        {"service": SERVICE, "db_api_url": database.api_url, "db_worker_url": database.worker_url}
    )
    async with opened(Service(SERVICE), settings, verifier) as shared:
        yield shared
