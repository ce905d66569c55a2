"""Many items at once, over REST and gRPC: one answer per item, the same either way."""

from collections.abc import AsyncIterator, Iterable
from typing import Any
from urllib.parse import urlsplit

import grpc
import httpx
import orjson
import psycopg
import pytest
from arus.fuel.v1.api_pb2 import SummariseRequest
from arus.fuel.v1.api_pb2_grpc import FuelServiceStub
from arus.ingest.v1.api_pb2 import RecordFuelTransactionsRequest
from arus.ingest.v1.api_pb2_grpc import IngestServiceStub
from arus_runtime import rpc
from arus_runtime.ids import new_ulid
from arus_stack.testing import ServiceDatabase

from .conftest import CatalogueOwner, token

pytestmark = pytest.mark.integration

BATCH = "/fuel/transactions/batch"
AS_OWNER = (("authorization", f"Bearer {token('tenant-a')}"), ("accept-language", "en"))


def counted(database: ServiceDatabase) -> tuple[int, int]:
    with psycopg.connect(database.superuser_url) as connection:
        facts = connection.execute("select count(*) from ingest.fuel_transactions").fetchone()
        events = connection.execute("select count(*) from ingest.outbox").fetchone()
    assert facts
    assert events
    return facts[0], events[0]


async def test_a_bad_item_never_stops_the_others(
    owner: httpx.AsyncClient, golden: dict[str, Any], database: ServiceDatabase
) -> None:
    items: list[Any] = [
        golden,
        golden | {"volume_l": "-5"},
        "nonsense",
        None,
        [],
        golden | {"location_id": new_ulid()},
        golden | {"date": "9999-01-01", "product_id": "x"},
        golden | {"volume_l": 300},
        golden,
    ]
    answer = await owner.post(BATCH, json={"items": items})
    assert answer.status_code == 200, answer.text
    report = answer.json()
    assert (report["recorded"], report["refused"]) == (3, 6)
    assert [result["index"] for result in report["results"]] == list(range(9))
    assert [result["status"] == "recorded" for result in report["results"]] == [True] + [False] * 6 + [
        True,
        True,
    ]
    assert [[error["code"] for error in result["errors"]] for result in report["results"]] == [
        [], ["volume_out_of_range"], ["not_object"], ["not_null"], ["not_object"], ["unknown_reference"],
        ["unknown_reference", "future_date"], [], [],
    ]  # fmt: skip
    assert [warning["code"] for warning in report["results"][8]["warnings"]] == ["DUPLIKAT"]
    assert counted(database) == (3, 3)


async def test_items_are_recorded_in_the_order_sent(
    owner: httpx.AsyncClient, golden: dict[str, Any], database: ServiceDatabase
) -> None:
    items = [golden | {"volume_l": n + 1} for n in range(200)]
    results = (await owner.post(BATCH, json={"items": items})).json()["results"]
    ids = [result["id"] for result in results]
    assert ids == sorted(ids)
    with psycopg.connect(database.superuser_url) as connection:
        rows = connection.execute("select volume_ul from ingest.fuel_transactions order by id").fetchall()
    assert [volume for (volume,) in rows] == [(n + 1) * 1_000_000 for n in range(200)]


async def test_ten_thousand_items_are_one_batch_and_one_more_is_too_many(
    owner: httpx.AsyncClient, golden: dict[str, Any], catalogue: CatalogueOwner, database: ServiceDatabase
) -> None:
    places = [catalogue.location() for _ in range(40)]
    items = [golden | {"location_id": places[n % 40], "volume_l": f"{n + 1}.5"} for n in range(10_000)]
    answer = await owner.post(BATCH, json={"items": items})
    assert (answer.status_code, answer.json()["recorded"]) == (200, 10_000)
    assert counted(database) == (10_000, 10_000)
    assert catalogue.asked == 41
    assert (await owner.post(BATCH, json={"items": [*items, golden]})).status_code == 422
    assert (await owner.post(BATCH, json={"items": []})).status_code == 422
    assert (await owner.post(BATCH, json={"items": 5})).status_code == 422


async def test_a_batch_repeated_under_its_key_is_recorded_once(
    owner: httpx.AsyncClient, golden: dict[str, Any], database: ServiceDatabase
) -> None:
    headers = {"Idempotency-Key": "batch-1"}
    answers = [await owner.post(BATCH, json={"items": [golden] * 3}, headers=headers) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert counted(database) == (3, 3)


async def test_a_caller_limited_to_locations_is_refused_item_by_item(
    caller: Any, golden: dict[str, Any], catalogue: CatalogueOwner
) -> None:
    limited = caller("tenant-a", "operator", locations=[golden["location_id"]])
    items = [golden, golden | {"location_id": catalogue.location()}]
    report = (await limited.post(BATCH, json={"items": items})).json()
    assert (report["recorded"], report["results"][1]["errors"][0]["code"]) == (1, "outside_scope")


def stream(items: Iterable[dict[str, Any]]) -> AsyncIterator[RecordFuelTransactionsRequest]:
    async def sent() -> AsyncIterator[RecordFuelTransactionsRequest]:
        for item in items:
            yield RecordFuelTransactionsRequest(**item)

    return sent()


async def test_the_stream_answers_as_the_batch_does(
    channel: grpc.aio.Channel, owner: httpx.AsyncClient, golden: dict[str, Any], database: ServiceDatabase
) -> None:
    items = [
        golden,
        golden | {"volume_l": "-5"},
        golden | {"note": "a\0b"},
        golden | {"location_id": "a\0b"},
        golden | {"date": ""},
        golden | {"volume_l": "173.3333"},
    ]
    stub: Any = IngestServiceStub(channel)
    streamed = (await stub.RecordFuelTransactions(stream(items), metadata=AS_OWNER)).results
    assert [bool(result.transaction_id) for result in streamed] == [True, False, False, False, False, True]
    assert [[error.code for error in result.errors] for result in streamed] == [
        [], ["volume_out_of_range"], ["nul_character"], ["unknown_reference"], ["not_date"], [],
    ]  # fmt: skip
    assert streamed[1].errors[0].message == "volume_l must be > 0 and <= 1,000,000 L, got -5 L."
    posted = (await owner.post(BATCH, json={"items": [items[0], items[1]]})).json()["results"]
    assert [warning["code"] for warning in posted[0]["warnings"]] == ["DUPLIKAT"]
    assert posted[1]["errors"][0]["message"] == streamed[1].errors[0].message
    assert counted(database) == (3, 3)


async def test_a_stream_without_end_is_refused_and_records_nothing(
    channel: grpc.aio.Channel, golden: dict[str, Any], database: ServiceDatabase
) -> None:
    stub: Any = IngestServiceStub(channel)
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await stub.RecordFuelTransactions(stream([golden] * 10_001), metadata=AS_OWNER)
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert counted(database) == (0, 0)


async def test_a_stream_is_as_large_as_a_body_may_be(
    channel: grpc.aio.Channel, golden: dict[str, Any], database: ServiceDatabase
) -> None:
    stub: Any = IngestServiceStub(channel)
    requests = (RecordFuelTransactionsRequest(**golden, note="x" * 1_000_000) for _ in range(9))
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await stub.RecordFuelTransactions(requests, metadata=AS_OWNER)
    assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    problem = orjson.loads(dict(refused.value.trailing_metadata() or ())[rpc.PROBLEM_METADATA])
    assert (problem["code"], problem["detail"]) == (
        "body_too_large", "A request body may hold at most 8,388,608 bytes.",
    )  # fmt: skip
    assert counted(database) == (0, 0)


async def test_no_transaction_waits_for_the_owner_of_the_catalogue(
    owner: httpx.AsyncClient,
    channel: grpc.aio.Channel,
    golden: dict[str, Any],
    catalogue: CatalogueOwner,
    database: ServiceDatabase,
) -> None:
    open_then: list[int] = []

    def look() -> None:
        with psycopg.connect(database.superuser_url) as connection:
            found = connection.execute(
                "select count(*) from pg_stat_activity where datname = current_database()"
                " and usename = %s and state like 'idle in transaction%%'",
                (urlsplit(database.api_url).username,),  # requests, not the upkeep
            ).fetchone()
        open_then.extend(found or ())

    catalogue.when_asked = look
    made = await owner.post("/fuel/transactions", json=golden)
    assert made.status_code == 201
    moved = await owner.patch(
        f"/fuel/transactions/{made.json()['id']}", json={"location_id": catalogue.location()}
    )
    assert moved.status_code == 200, moved.text
    assert (await owner.post(BATCH, json={"items": [golden]})).json()["recorded"] == 1
    stub: Any = IngestServiceStub(channel)
    request = RecordFuelTransactionsRequest(**golden)
    assert (await stub.RecordFuelTransactions(iter([request]), metadata=AS_OWNER)).results[0].transaction_id
    assert open_then == [0, 0, 0, 0]


async def test_the_owner_is_not_asked_about_whatever_somebody_makes_up(
    owner: httpx.AsyncClient, golden: dict[str, Any], catalogue: CatalogueOwner
) -> None:
    items = [golden | {"location_id": new_ulid()} for _ in range(501)]
    answer = await owner.post(BATCH, json={"items": items})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "too_many_unknown")
    assert catalogue.asked == 0


async def test_who_may_not_record_may_not_stream(channel: grpc.aio.Channel, golden: dict[str, Any]) -> None:
    stub: Any = IngestServiceStub(channel)
    viewer = (("authorization", f"Bearer {token('tenant-a', 'viewer')}"),)
    for metadata, code in (
        (viewer, grpc.StatusCode.PERMISSION_DENIED),
        ((), grpc.StatusCode.UNAUTHENTICATED),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await stub.RecordFuelTransactions(stream([golden]), metadata=metadata)
        assert refused.value.code() is code


async def test_a_summary_adds_what_stands_per_date_within_the_callers_walls(
    channel: grpc.aio.Channel, owner: httpx.AsyncClient, golden: dict[str, Any], catalogue: CatalogueOwner
) -> None:
    other = golden | {"location_id": catalogue.location(), "date": "2025-01-11", "volume_l": "0.5"}
    items = [golden, golden, other, golden | {"date": "2024-12-31"}]
    results = (await owner.post(BATCH, json={"items": items})).json()["results"]
    await owner.delete(f"/fuel/transactions/{results[1]['id']}")
    await owner.post("/fuel/deliveries", json=golden)
    stub: Any = FuelServiceStub(channel)
    asked = SummariseRequest(from_date="2025-01-01", to_date="2025-01-31")
    summary = await stub.Summarise(asked, metadata=AS_OWNER)
    assert (summary.transactions, summary.volume_ul) == (2, 520_500_000)
    assert [(day.business_date, day.volume_ul) for day in summary.days] == [
        ("2025-01-10", 520_000_000), ("2025-01-11", 500_000),
    ]  # fmt: skip
    limited = (("authorization", f"Bearer {token('tenant-a', 'viewer', locations=[other['location_id']])}"),)
    assert (await stub.Summarise(asked, metadata=limited)).volume_ul == 500_000
    stranger = (("authorization", f"Bearer {token('tenant-b')}"),)
    assert (await stub.Summarise(asked, metadata=stranger)).transactions == 0
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await stub.Summarise(SummariseRequest(from_date="x"), metadata=AS_OWNER)
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
