"""The anomaly service at work: workers on a real Kafka and PostgreSQL, an API for callers of every kind."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import jwt
import psycopg
import pytest
from arus.catalog.v1.events_pb2 import LocationChanged, ProductChanged
from arus.fuel.v1.events_pb2 import (
    FuelTransactionCorrected,
    FuelTransactionRecorded,
    FuelTransactionVoided,
)
from arus_anomaly.__main__ import SERVICE
from arus_inventory.__main__ import SERVICE as INVENTORY
from arus_runtime import rpc
from arus_runtime.auth import FixedKeys, Verifier
from arus_runtime.context import Context
from arus_runtime.envelope import Envelope, unpack
from arus_runtime.heart import heart_of
from arus_runtime.ids import new_ulid
from arus_runtime.log import AiokafkaLog, Message, Producer, Security
from arus_runtime.service import opened
from arus_runtime.settings import Peer, Settings
from arus_runtime.web import create_app
from arus_stack.testing import DatabaseFor, KafkaServer, ServiceDatabase
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from google.protobuf.descriptor_pool import Default
from google.protobuf.message import Message as Event
from google.protobuf.message_factory import GetMessageClass

KEY = Ed25519PrivateKey.generate()
DEADLINE_S = 60
FUEL_TOPIC = "fuel.transaction.v1"
LITRE = 1_000_000


def token(tenant: str, *roles: str, **claims: Any) -> str:
    body = {"iss": "arus", "aud": "arus", "sub": "user-1", "org": tenant, "roles": list(roles or ("owner",))}
    return jwt.encode(body | {"exp": int(time.time()) + 86_400} | claims, KEY, "EdDSA", {"kid": "test"})


@dataclass(slots=True)
class Place:
    """A location and product of a tenant, and what is recorded there. Each test has its own."""

    tenant: str = field(default_factory=new_ulid)
    location: str = field(default_factory=new_ulid)
    product: str = field(default_factory=new_ulid)

    @property
    def key(self) -> str:
        return f"{self.tenant}:{self.location}:{self.product}"

    def recorded(self, day: date | str, litres: float, fact_id: str = "") -> FuelTransactionRecorded:
        return FuelTransactionRecorded(
            **self._said(), **_fact(fact_id or new_ulid(), day, litres), recorded_by="u"
        )

    def corrected(self, fact_id: str, day: date | str, litres: float) -> FuelTransactionCorrected:
        return FuelTransactionCorrected(**self._said(), **_fact(fact_id, day, litres), corrected_by="u")

    def voided(self, fact_id: str) -> FuelTransactionVoided:
        return FuelTransactionVoided(**self._said(), transaction_id=fact_id, voided_by="u")

    def _said(self) -> dict[str, str]:
        return {"tenant_id": self.tenant, "location_id": self.location, "product_id": self.product}


def _fact(fact_id: str, day: date | str, litres: float) -> dict[str, Any]:
    return {
        "transaction_id": fact_id,
        "business_date": str(day),
        "volume_ul": round(litres * LITRE),
        "timezone": "Asia/Jakarta",
    }


@pytest.fixture
def place() -> Place:
    return Place()


@pytest.fixture
def database(database_for: DatabaseFor) -> ServiceDatabase:
    return database_for("anomaly")


@pytest.fixture
def settings(database: ServiceDatabase, kafka: KafkaServer, tmp_path: Path) -> Settings:
    access = kafka.service("anomaly")
    return Settings.model_validate(
        {
            "service": "anomaly",
            "db_api_url": database.api_url,
            "db_worker_url": database.worker_url,
            "kafka_bootstrap": access.bootstrap,
            "kafka_user": access.user,
            "kafka_password": access.password,
            "kafka_ca": access.ca,
            "home": tmp_path,
        }
    )


class Door:
    """Stands in for ingest: puts events on the topics, numbered as an outbox does."""

    def __init__(self, producer: Producer) -> None:
        self._producer = producer
        self._source = f"/arus/test/{new_ulid()}".encode()
        self._sequence = 0

    async def tell(self, key: str, *events: Event, topic: str = FUEL_TOPIC, at: str = "") -> None:
        messages = list[Message]()
        for event in events:
            self._sequence += 1
            envelope = Envelope(
                event_id=f"{new_ulid()}",
                event_type=event.DESCRIPTOR.full_name,
                time=at or "2025-01-10T09:00:00.000000Z",
                tenant=key.partition(":")[0],
                subject=key,
                traceparent="",
                import_id="",
            )
            headers = unpack(envelope.pack(), self._source, self._sequence)
            messages.append(Message(topic, key.encode(), event.SerializeToString(), headers))
        await self._producer.publish(messages)


@pytest.fixture
async def door(kafka: KafkaServer) -> AsyncIterator[Door]:
    log = AiokafkaLog(Security(kafka.bootstrap, kafka.user, kafka.password, kafka.ca))
    producer = log.producer()
    await producer.start()
    yield Door(producer)
    await producer.stop()


@dataclass(slots=True)
class Worker:
    """The service's workers, running. written: what they have said about a tenant."""

    database: ServiceDatabase

    def rows(self, tenant: str) -> Sequence[tuple[Any, ...]]:
        """Return fact id, status and whether it is current of every row, in order of writing."""
        with psycopg.connect(self.database.superuser_url) as connection:
            return connection.execute(
                "select fact_id, status, is_current from anomaly.verdicts where tenant_id = %s"
                " order by src_part, src_off, src_idx",
                (tenant,),
            ).fetchall()

    async def until(self, tenant: str, said: Callable[[Sequence[tuple[Any, ...]]], bool]) -> None:
        """Return when what was said about the tenant is as asked."""
        deadline = time.monotonic() + DEADLINE_S
        while not said(rows := await asyncio.to_thread(self.rows, tenant)):
            assert time.monotonic() < deadline, f"after {DEADLINE_S} s: {rows}"
            await asyncio.sleep(0.02)


@pytest.fixture
async def worker(database: ServiceDatabase, settings: Settings) -> AsyncIterator[Worker]:
    stop = asyncio.Event()
    parts = [asyncio.ensure_future(part(stop)) for part in heart_of(SERVICE, settings).parts.values()]
    yield Worker(database)
    stop.set()
    await asyncio.gather(*parts)


Caller = Callable[..., httpx.AsyncClient]
VERIFIER = Verifier(FixedKeys({"test": KEY.public_key()}))


@pytest.fixture
async def context(settings: Settings) -> AsyncIterator[Context]:
    async with opened(SERVICE, settings, VERIFIER) as shared:
        yield shared


@pytest.fixture
async def caller(context: Context) -> AsyncIterator[Caller]:
    """Call it with a tenant and roles for a client that speaks for them."""
    async with calling(create_app(SERVICE, context)) as make:
        yield make


@pytest.fixture
async def inventory(database_for: DatabaseFor, settings: Settings) -> AsyncIterator[Caller]:
    """Run the service that owns locations and products beside this one; call it as ``caller``."""
    own = database_for("inventory")
    access = {"service": "inventory", "db_api_url": own.api_url, "db_worker_url": own.worker_url}
    async with opened(INVENTORY, Settings.model_validate(access), VERIFIER) as shared:
        server, port = await rpc.serve(INVENTORY.rpc, shared, INVENTORY.words)
        settings.peers["inventory"] = Peer(grpc=f"127.0.0.1:{port}")
        async with calling(create_app(INVENTORY, shared)) as make:
            yield make
        await server.stop(None)


@asynccontextmanager
async def calling(app: FastAPI) -> AsyncGenerator[Caller]:
    made: list[httpx.AsyncClient] = []

    def make(tenant: str, *roles: str, language: str = "id", **claims: Any) -> httpx.AsyncClient:
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False),
            base_url="http://service/api/v1",
            headers={
                "Authorization": f"Bearer {token(tenant, *roles, **claims)}",
                "Accept-Language": language,
            },
        )
        made.append(client)
        return client

    yield make
    for client in made:
        await client.aclose()


async def events(kafka: KafkaServer, topic: str, tenant: str, count: int) -> Sequence[Event]:
    """Return what was told of a tenant on a topic, once it is so much."""
    log = AiokafkaLog(Security(kafka.bootstrap, kafka.user, kafka.password, kafka.ca))
    found: list[Event] = []

    class Reader:
        async def assigned(self, partitions: Any) -> None:
            for at in partitions:
                consumer.begin(at, 0)

        async def revoked(self, partitions: Any) -> None:
            pass

    consumer = log.consumer((topic,), "arus.anomaly.replay", Reader())
    await consumer.start()
    deadline = time.monotonic() + DEADLINE_S
    while len(found) < count:
        assert time.monotonic() < deadline, found
        for records in (await consumer.poll(500, 0.2)).values():
            for record in records:
                headers = dict(record.headers)
                if headers["ce_tenant"] == tenant.encode():
                    kind = GetMessageClass(Default().FindMessageTypeByName(headers["ce_type"].decode()))
                    found.append(kind.FromString(record.value or b""))
    await consumer.stop()
    return found


async def told(door: Door, worker: Worker, *places: Place) -> None:
    """Let the service know the places' locations and products."""
    for place in places:
        key = f"{place.tenant}:{place.location}"
        location = LocationChanged(tenant_id=place.tenant, location_id=place.location, name="Gudang A")
        product = ProductChanged(tenant_id=place.tenant, product_id=place.product, name="Solar")
        await door.tell(key, location, topic="catalog.location.v1")
        await door.tell(f"{place.tenant}:{place.product}", product, topic="catalog.product.v1")
    deadline = time.monotonic() + DEADLINE_S
    while True:
        with psycopg.connect(worker.database.superuser_url) as connection:
            known = connection.execute(
                "select (select count(*) from anomaly.locations where id = any(%s))"
                " + (select count(*) from anomaly.products where id = any(%s))",
                ([place.location for place in places], [place.product for place in places]),
            ).fetchone()
        wanted = len({place.location for place in places}) + len({place.product for place in places})
        if known == (wanted,):
            return
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)
