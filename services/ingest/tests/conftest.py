"""The fuel door over HTTP and gRPC, on a real PostgreSQL, beside a catalogue owner of the test's own."""

import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import httpx
import jwt
import psycopg
import pytest
from arus.catalog.v1.events_pb2 import LocationChanged, ProductChanged
from arus.inventory.v1.api_pb2 import (
    CountLocationsRequest,
    CountLocationsResponse,
    GetLocationRequest,
    GetLocationResponse,
    GetProductRequest,
    GetProductResponse,
)
from arus.inventory.v1.api_pb2_grpc import CatalogueServiceServicer, add_CatalogueServiceServicer_to_server
from arus_ingest.__main__ import SERVICE
from arus_runtime import rpc
from arus_runtime.auth import FixedKeys, Verifier
from arus_runtime.context import Context
from arus_runtime.envelope import unpack
from arus_runtime.ids import new_ulid
from arus_runtime.service import opened
from arus_runtime.settings import Settings
from arus_runtime.web import create_app
from arus_stack.testing import DatabaseFor, ServiceDatabase
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from google.protobuf.descriptor_pool import Default
from google.protobuf.message_factory import GetMessageClass
from typing_extensions import override

KEY = Ed25519PrivateKey.generate()
Caller = Callable[..., httpx.AsyncClient]


def token(tenant: str, *roles: str, **claims: Any) -> str:
    body = {"iss": "arus", "aud": "arus", "sub": "user-1", "org": tenant, "roles": list(roles or ("owner",))}
    return jwt.encode(body | {"exp": int(time.time()) + 86_400} | claims, KEY, "EdDSA", {"kid": "test"})


def tenant_of(context: Any) -> str:
    metadata = dict(context.invocation_metadata())
    claims = jwt.decode(
        metadata["authorization"].removeprefix("Bearer "), options={"verify_signature": False}
    )
    return claims["org"]


@dataclass
class CatalogueOwner(CatalogueServiceServicer):
    """A catalogue over real gRPC, so that the door can be tested without the service that owns it."""

    locations: dict[tuple[str, str], LocationChanged] = field(
        default_factory=dict[tuple[str, str], LocationChanged]
    )
    products: dict[tuple[str, str], ProductChanged] = field(
        default_factory=dict[tuple[str, str], ProductChanged]
    )
    asked: int = 0
    address: str = ""
    when_asked: Callable[[], None] = lambda: None

    def location(
        self, tenant: str = "tenant-a", timezone: str = "Asia/Jakarta", *, active: bool = True
    ) -> str:
        location_id = new_ulid()
        self.locations[tenant, location_id] = LocationChanged(
            tenant_id=tenant,
            location_id=location_id,
            name="Gudang A",
            type="depot",
            timezone=timezone,
            is_active=active,
            version=1,
        )
        return location_id

    def product(self, tenant: str = "tenant-a", kind: str = "fuel", *, active: bool = True) -> str:
        product_id = new_ulid()
        self.products[tenant, product_id] = ProductChanged(
            tenant_id=tenant,
            product_id=product_id,
            code=product_id,
            name="Solar",
            kind=kind,
            unit="L",
            is_active=active,
            version=1,
        )
        return product_id

    @override
    async def GetLocation(self, request: GetLocationRequest, context: Any) -> GetLocationResponse:
        self.asked += 1
        self.when_asked()
        known = self.locations.get((tenant_of(context), request.location_id))
        if known is None:
            await context.abort(grpc.StatusCode.NOT_FOUND, "not found")
        return GetLocationResponse(location=known)

    @override
    async def GetProduct(self, request: GetProductRequest, context: Any) -> GetProductResponse:
        self.asked += 1
        known = self.products.get((tenant_of(context), request.product_id))
        if known is None:
            await context.abort(grpc.StatusCode.NOT_FOUND, "not found")
        return GetProductResponse(product=known)

    @override
    async def CountLocations(self, request: CountLocationsRequest, context: Any) -> CountLocationsResponse:
        return CountLocationsResponse(active=len(self.locations), total=len(self.locations))


@pytest.fixture
async def catalogue() -> AsyncIterator[CatalogueOwner]:
    owner = CatalogueOwner()
    server = grpc.aio.server()
    add_CatalogueServiceServicer_to_server(owner, server)
    owner.address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    await server.start()
    yield owner
    await server.stop(None)


@pytest.fixture
def golden(catalogue: CatalogueOwner) -> dict[str, Any]:
    """The seed's own example: 2025-01-10, Gudang A, Solar, 520 L."""
    return {
        "date": "2025-01-10",
        "location_id": catalogue.location(),
        "product_id": catalogue.product(),
        "volume_l": "520",
    }


@pytest.fixture
def database(database_for: DatabaseFor) -> ServiceDatabase:
    return database_for("ingest")


@pytest.fixture
async def context(
    database: ServiceDatabase, catalogue: CatalogueOwner, tmp_path: Path
) -> AsyncIterator[Context]:
    settings = Settings.model_validate(
        {
            "service": "ingest",
            "db_api_url": database.api_url,
            "db_worker_url": database.worker_url,
            "home": tmp_path,
            "peers": {"inventory": {"grpc": catalogue.address}},
        }
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
            base_url="http://ingest/api/v1",
            headers={"Authorization": f"Bearer {token(tenant, *roles, **claims)}", "Accept-Language": "en"},
            timeout=60,
        )
        made.append(client)
        return client

    yield make
    for client in made:
        await client.aclose()


@pytest.fixture
def owner(caller: Caller) -> httpx.AsyncClient:
    return caller()


@pytest.fixture
async def grpc_port(context: Context) -> AsyncIterator[int]:
    server, port = await rpc.serve(SERVICE.rpc, context, SERVICE.words)
    yield port
    await server.stop(None)


@pytest.fixture
async def channel(grpc_port: int) -> AsyncIterator[grpc.aio.Channel]:
    async with grpc.aio.insecure_channel(f"127.0.0.1:{grpc_port}") as made:
        yield made


def told(database: ServiceDatabase) -> list[tuple[str, Any]]:
    """Return key and event of everything waiting in the outbox, in its order."""
    with psycopg.connect(database.superuser_url) as connection:
        rows = connection.execute("select key, value, headers from ingest.outbox order by id").fetchall()
    events: list[tuple[str, Any]] = []
    for key, value, headers in rows:
        name = dict(unpack(bytes(headers), b"", 0))["ce_type"].decode()
        kind = GetMessageClass(Default().FindMessageTypeByName(name))
        events.append((key, kind.FromString(bytes(value))))
    return events


def kinds(database: ServiceDatabase) -> list[str]:
    return [type(event).__name__ for _, event in told(database)]
