"""Items streamed under keys of their own: whatever is sent again is recorded once."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import grpc
import psycopg
import pytest
from arus.ingest.v1.api_pb2 import ItemResult, RecordFuelTransactionsRequest
from arus.ingest.v1.api_pb2_grpc import IngestServiceStub
from arus_stack.testing import ServiceDatabase

from .conftest import CatalogueOwner, token

pytestmark = pytest.mark.integration

Items = Sequence[dict[str, Any]]
DEADLINE_S = 30


@pytest.fixture
def golden(golden: dict[str, Any]) -> dict[str, Any]:
    return golden | {"idempotency_key": "pump-7/1"}


def as_user(user: str = "user-1", tenant: str = "tenant-a") -> Any:
    return (("authorization", f"Bearer {token(tenant, sub=user)}"), ("accept-language", "en"))


async def record(channel: grpc.aio.Channel, items: Items, metadata: Any = None) -> list[ItemResult]:
    stub: Any = IngestServiceStub(channel)
    requests = (RecordFuelTransactionsRequest(**item) for item in items)
    return list((await stub.RecordFuelTransactions(requests, metadata=metadata or as_user())).results)


def volumes(database: ServiceDatabase) -> list[int]:
    with psycopg.connect(database.superuser_url) as connection:
        rows = connection.execute("select volume_ul from ingest.fuel_transactions order by id").fetchall()
    return [volume // 1_000_000 for (volume,) in rows]


async def test_what_is_sent_again_is_answered_as_before(
    channel: grpc.aio.Channel, golden: dict[str, Any], database: ServiceDatabase
) -> None:
    items = [golden | {"idempotency_key": f"k{n}", "volume_l": str(n + 1)} for n in range(3)]
    first = await record(channel, items)
    again = await record(channel, [*items, golden | {"idempotency_key": "", "volume_l": "9"}])
    assert [result.transaction_id for result in again[:3]] == [result.transaction_id for result in first]
    assert [result.replayed for result in (*first, *again)] == [False] * 3 + [True] * 3 + [False]
    assert [result.index for result in again] == [0, 1, 2, 3]
    assert volumes(database) == [1, 2, 3, 9]


async def test_another_item_under_a_used_key_is_refused(
    channel: grpc.aio.Channel, golden: dict[str, Any], database: ServiceDatabase
) -> None:
    await record(channel, [golden])
    other, new = await record(
        channel, [golden | {"volume_l": "521"}, golden | {"volume_l": "7", "idempotency_key": "new"}]
    )
    assert [(error.field, error.code) for error in other.errors] == [
        ("idempotency_key", "idempotency_key_reused")
    ]
    assert other.errors[0].message == "This Idempotency-Key was already used for another request."
    assert new.transaction_id
    assert volumes(database) == [520, 7]


async def test_what_was_refused_may_be_sent_again_corrected(
    channel: grpc.aio.Channel, golden: dict[str, Any], database: ServiceDatabase
) -> None:
    (refused,) = await record(channel, [golden | {"volume_l": "-5"}])
    assert refused.errors
    (recorded,) = await record(channel, [golden])
    assert recorded.transaction_id
    assert volumes(database) == [520]


async def test_a_key_twice_in_one_stream_is_one_item(
    channel: grpc.aio.Channel, golden: dict[str, Any], database: ServiceDatabase
) -> None:
    first, again, other = await record(channel, [golden, golden, golden | {"volume_l": "1"}])
    assert (first.transaction_id, first.replayed) == (again.transaction_id, False)
    assert again.replayed
    assert other.errors[0].code == "idempotency_key_reused"
    assert volumes(database) == [520]


async def test_keys_belong_to_their_caller(
    channel: grpc.aio.Channel, golden: dict[str, Any], catalogue: CatalogueOwner, database: ServiceDatabase
) -> None:
    there = {"location_id": catalogue.location("tenant-b"), "product_id": catalogue.product("tenant-b")}
    results = [
        *await record(channel, [golden]),
        *await record(channel, [golden], as_user("user-2")),
        *await record(channel, [golden | there], as_user(tenant="tenant-b")),
    ]
    assert len({result.transaction_id for result in results}) == 3
    assert volumes(database) == [520] * 3


@pytest.mark.parametrize("key", ["two words", "kunci-é", "x" * 256, "\n"])
async def test_a_key_that_no_header_could_carry_is_refused(
    channel: grpc.aio.Channel, golden: dict[str, Any], database: ServiceDatabase, key: str
) -> None:
    (refused,) = await record(channel, [golden | {"idempotency_key": key}])
    assert [(error.field, error.code) for error in refused.errors] == [("idempotency_key", "wrong_pattern")]
    assert volumes(database) == []


async def test_a_key_is_forgotten_after_a_day(
    channel: grpc.aio.Channel, golden: dict[str, Any], database: ServiceDatabase
) -> None:
    await record(channel, [golden])
    with psycopg.connect(database.superuser_url) as connection:
        connection.execute("update ingest.idempotency set recorded_at = now() - interval '25 hours'")
    (fresh,) = await record(channel, [golden | {"volume_l": "1"}])
    assert (bool(fresh.transaction_id), fresh.replayed) == (True, False)
    assert volumes(database) == [520, 1]


async def test_the_same_stream_twice_at_once_is_recorded_once(
    channel: grpc.aio.Channel, golden: dict[str, Any], database: ServiceDatabase
) -> None:
    items = [golden | {"idempotency_key": f"k{n}", "volume_l": str(n + 1)} for n in range(200)]
    answers = await asyncio.gather(*(record(channel, order) for order in (items, items[::-1], items)))
    assert len({result.transaction_id for answer in answers for result in answer}) == 200
    assert sorted(volumes(database)) == list(range(1, 201))


class Wire:
    """A connection between client and server that can be cut, or made deaf to what the server answers."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._writers: list[asyncio.StreamWriter] = []
        self.deaf = False
        self.address = ""

    def cut(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    @asynccontextmanager
    async def laid(self) -> AsyncGenerator["Wire"]:
        server = await asyncio.start_server(self._join, "127.0.0.1", 0)
        self.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield self
        self.cut()
        server.close()

    async def _join(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        server, to_server = await asyncio.open_connection("127.0.0.1", self._port)
        self._writers += [to_client, to_server]
        await asyncio.gather(
            self._pass(client, to_server, lambda: True), self._pass(server, to_client, lambda: not self.deaf)
        )

    async def _pass(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, passes: Callable[[], bool]
    ) -> None:
        with suppress(ConnectionError):
            while chunk := await source.read(65_536):
                if passes():
                    target.write(chunk)


async def test_a_retry_after_a_cut_connection_records_nothing_twice(
    channel: grpc.aio.Channel, grpc_port: int, golden: dict[str, Any], database: ServiceDatabase
) -> None:
    items = [golden | {"idempotency_key": f"k{n}", "volume_l": str(n + 1)} for n in range(20)]
    async with Wire(grpc_port).laid() as wire, grpc.aio.insecure_channel(wire.address) as by_wire:

        def sent() -> Iterator[RecordFuelTransactionsRequest]:
            for item in items:
                yield RecordFuelTransactionsRequest(**item)
            wire.deaf = True  # the last item is on its way; its answer will not arrive

        stub: Any = IngestServiceStub(by_wire)
        call = stub.RecordFuelTransactions(sent(), metadata=as_user(), wait_for_ready=True)
        deadline = time.monotonic() + DEADLINE_S
        while len(await asyncio.to_thread(volumes, database)) < 20:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.01)
        wire.cut()
        with pytest.raises(grpc.aio.AioRpcError) as lost:
            await call
        assert lost.value.code() is grpc.StatusCode.UNAVAILABLE
    retried = await record(channel, items)
    assert all(result.replayed for result in retried)
    assert len({result.transaction_id for result in retried}) == 20
    assert volumes(database) == list(range(1, 21))
