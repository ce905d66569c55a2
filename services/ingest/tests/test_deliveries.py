"""Deliveries over REST: the same seven routes as use, another fact, another topic."""

from collections.abc import Sequence
from typing import Any

import httpx
import psycopg
import pytest
from arus.fuel.v1 import events_pb2
from arus_ingest.state import Backlog
from arus_runtime.context import Context
from arus_stack.testing import ServiceDatabase

from .conftest import CatalogueOwner, kinds, told

pytestmark = pytest.mark.integration

PATH = "/fuel/deliveries"


@pytest.fixture
def golden(golden: dict[str, Any]) -> dict[str, Any]:
    """8,000 L of Solar for Gudang A, the day before the seed's example."""
    return golden | {"date": "2025-01-09", "volume_l": "8000"}


async def test_a_delivery_is_another_fact(
    owner: httpx.AsyncClient, golden: dict[str, Any], database: ServiceDatabase
) -> None:
    made = await owner.post(PATH, json=golden)
    assert made.status_code == 201, made.text
    path = made.headers["location"].removeprefix("/api/v1")
    assert path == f"{PATH}/{made.json()['id']}"
    assert (await owner.get(path)).json() == made.json()
    assert (await owner.get("/fuel/transactions")).json()["items"] == []
    assert (await owner.get(f"/fuel/transactions/{made.json()['id']}")).status_code == 404
    assert (await owner.delete(path)).status_code == 204
    assert (await owner.delete(path)).status_code == 204
    assert (await owner.get(f"{PATH}?status=voided")).json()["items"][0]["id"] == made.json()["id"]
    assert kinds(database) == ["FuelDeliveryRecorded", "FuelDeliveryVoided"]


async def test_a_corrected_delivery_says_something_else_and_tells_it(
    owner: httpx.AsyncClient, golden: dict[str, Any], database: ServiceDatabase
) -> None:
    made = (await owner.post(PATH, json=golden)).json()
    path = f"{PATH}/{made['id']}"
    patched = await owner.patch(path, json={"volume_l": "7950"}, headers={"If-Match": '"1"'})
    assert (patched.status_code, patched.headers["etag"]) == (200, '"2"')
    assert (patched.json()["volume_l"], patched.json()["date"]) == ("7950", "2025-01-09")
    stale = await owner.patch(path, json={"volume_l": "1"}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    replaced = await owner.put(path, json=golden | {"note": "Surat jalan 0117"})
    assert (replaced.json()["volume_l"], replaced.json()["note"]) == ("8000", "Surat jalan 0117")
    await owner.delete(path)
    voided = await owner.patch(path, json={"volume_l": "1"})
    assert (voided.status_code, voided.json()["code"]) == (409, "already_voided")
    events = [event for _, event in told(database)]
    assert [type(event).__name__ for event in events] == [
        "FuelDeliveryRecorded", "FuelDeliveryCorrected", "FuelDeliveryCorrected", "FuelDeliveryVoided",
    ]  # fmt: skip
    assert events[1] == events_pb2.FuelDeliveryCorrected(
        tenant_id="tenant-a",
        delivery_id=made["id"],
        location_id=golden["location_id"],
        product_id=golden["product_id"],
        business_date="2025-01-09",
        volume_ul=7_950_000_000,
        timezone="Asia/Jakarta",
        corrected_by="user-1",
    )


async def test_a_delivery_moved_elsewhere_is_voided_here_and_recorded_there(
    owner: httpx.AsyncClient, golden: dict[str, Any], catalogue: CatalogueOwner, database: ServiceDatabase
) -> None:
    made = (await owner.post(PATH, json=golden)).json()
    there = catalogue.location(timezone="Asia/Makassar")
    moved = await owner.patch(f"{PATH}/{made['id']}", json={"location_id": there})
    assert (moved.status_code, moved.json()["timezone"]) == (200, "Asia/Makassar")
    assert [(key.split(":")[1], type(event).__name__) for key, event in told(database)] == [
        (golden["location_id"], "FuelDeliveryRecorded"),
        (golden["location_id"], "FuelDeliveryVoided"),
        (there, "FuelDeliveryRecorded"),
    ]


async def test_deliveries_come_in_batches_with_one_answer_each(
    owner: httpx.AsyncClient, golden: dict[str, Any], database: ServiceDatabase
) -> None:
    items: Sequence[Any] = [golden, golden | {"volume_l": "-5"}, None, golden]
    headers = {"Idempotency-Key": "batch-1"}
    answers = [await owner.post(f"{PATH}/batch", json={"items": items}, headers=headers) for _ in range(2)]
    assert answers[0].status_code == 200, answers[0].text
    assert answers[0].json() == answers[1].json()
    report = answers[0].json()
    assert (report["recorded"], report["refused"]) == (2, 2)
    assert [[error["code"] for error in result["errors"]] for result in report["results"]] == [
        [], ["volume_out_of_range"], ["not_null"], [],
    ]  # fmt: skip
    assert [warning["code"] for warning in report["results"][3]["warnings"]] == ["DUPLIKAT"]
    assert kinds(database) == ["FuelDeliveryRecorded"] * 2
    too_many = await owner.post(f"{PATH}/batch", json={"items": [golden] * 10_001})
    assert (too_many.status_code, too_many.json()["errors"][0]["code"]) == (422, "too_many")


async def test_a_use_is_no_repeat_of_a_delivery(owner: httpx.AsyncClient, golden: dict[str, Any]) -> None:
    await owner.post(PATH, json=golden)
    assert (await owner.post("/fuel/transactions", json=golden)).json()["warnings"] == []


async def test_a_delivery_recorded_long_ago_stays(
    owner: httpx.AsyncClient, golden: dict[str, Any], database: ServiceDatabase
) -> None:
    made = (await owner.post(PATH, json=golden)).json()
    with psycopg.connect(database.superuser_url) as connection:
        connection.execute("update ingest.fuel_deliveries set recorded_at = now() - interval '32 days'")
    for method, body in (("PATCH", {"volume_l": 1}), ("PUT", golden), ("DELETE", None)):
        refused = await owner.request(method, f"{PATH}/{made['id']}", json=body)
        assert (refused.status_code, refused.json()["code"]) == (409, "edit_window_closed"), method


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("warehouse_staff", {"GET", "POST"}),
        ("analyst", {"GET"}),
        ("operator", set[str]()),
        ("admin", {"GET", "POST", "PATCH", "DELETE"}),
    ],
)
async def test_roles_reach_what_the_table_says(
    owner: httpx.AsyncClient, caller: Any, golden: dict[str, Any], role: str, allowed: set[str]
) -> None:
    made = (await owner.post(PATH, json=golden)).json()
    client = caller("tenant-a", role)
    requests = (
        ("GET", PATH, None),
        ("POST", f"{PATH}/batch", {"items": [golden]}),
        ("PATCH", f"{PATH}/{made['id']}", {"note": "x"}),
        ("DELETE", f"{PATH}/{made['id']}", None),
    )
    reached = {
        m for m, path, body in requests if (await client.request(m, path, json=body)).status_code < 300
    }
    assert reached == allowed


async def test_deliveries_wait_too_while_the_outbox_is_full(
    owner: httpx.AsyncClient, golden: dict[str, Any], context: Context
) -> None:
    made = (await owner.post(PATH, json=golden)).json()
    context.own["backlog"] = Backlog(10_000_000, 0.0)
    for method, path, body in (
        ("POST", f"{PATH}/batch", {"items": [golden]}),
        ("PATCH", f"{PATH}/{made['id']}", {"volume_l": 1}),
        ("DELETE", f"{PATH}/{made['id']}", None),
    ):
        answer = await owner.request(method, path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (503, "outbox_full"), path
