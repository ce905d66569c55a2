"""What the door tells, and what it understands of the catalogue, is what the golden records say."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from arus.catalog.v1.events_pb2 import LocationChanged, ProductChanged
from arus.fuel.v1 import events_pb2
from arus_ingest import codec, handlers
from arus_ingest.state import FuelFact, Import, ImportedRow, Said
from arus_runtime.testing import Bench
from google.protobuf.json_format import ParseDict
from google.protobuf.message import Message

EXAMPLES = Path(__file__).parents[3] / "protos" / "examples"
NOW = datetime(2025, 1, 10, tzinfo=UTC)


def example(path: str) -> dict[str, Any]:
    return json.loads((EXAMPLES / f"{path}.json").read_text("utf-8"))


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("fuel.transaction.v1/2025-01-10-520-l", codec.TRANSACTIONS.recorded),
        ("fuel.transaction.v1/corrected-to-320-l", codec.TRANSACTIONS.corrected),
        ("fuel.transaction.v1/voided", codec.TRANSACTIONS.voided),
        ("fuel.delivery.v1/recorded-8000-l", codec.DELIVERIES.recorded),
        ("fuel.delivery.v1/corrected-to-7950-l", codec.DELIVERIES.corrected),
        ("fuel.delivery.v1/voided", codec.DELIVERIES.voided),
    ],
)
def test_a_fact_is_told_as_the_golden_record_says(
    path: str, told: Callable[[str, FuelFact], Message]
) -> None:
    golden = example(path)
    said = golden["value"]
    who = said.get("recorded_by") or said.get("corrected_by") or said["voided_by"]
    fact = FuelFact(
        id=said.get("transaction_id") or said["delivery_id"],
        location_id=said["location_id"],
        product_id=said["product_id"],
        business_date=date.fromisoformat(said.get("business_date", "2025-01-10")),
        volume_ul=int(said.get("volume_ul", 1)),
        timezone=said.get("timezone", "Asia/Jakarta"),
        note=None,
        status="active",
        recorded_at=NOW,
        recorded_by=who,
        changed_at=NOW,
        changed_by=who,
        version=1,
    )
    kind: type[Message] = getattr(events_pb2, golden["type"].rpartition(".")[2])
    assert told(said["tenant_id"], fact) == ParseDict(said, kind())
    assert codec.key(said["tenant_id"], fact.key) == golden["key"]


async def test_the_door_remembers_the_catalogue_as_it_was_last_told() -> None:
    location = example("catalog.location.v1/gudang-a")
    product = example("catalog.product.v1/solar")
    tenant = location["value"]["tenant_id"]
    opened = ParseDict(location["value"], LocationChanged())
    closed = ParseDict(location["value"] | {"is_active": False, "version": "2"}, LocationChanged())
    solar = ParseDict(product["value"], ProductChanged())
    async with Bench("ingest", [handlers.catalogue]) as bench:
        await bench.feed(opened, closed, key=location["key"], tenant=tenant)
        await bench.feed(solar, key=product["key"], tenant=tenant)
    assert bench.rows(handlers.LOCATIONS) == [
        {
            "tenant_id": tenant,
            "id": opened.location_id,
            "name": "Gudang A",
            "timezone": "Asia/Jakarta",
            "is_active": False,
            "version": 2,
            "code": "GDG-A",
        }
    ]
    assert [(row["id"], row["kind"], row["is_active"]) for row in bench.rows(handlers.PRODUCTS)] == [
        (solar.product_id, "fuel", True)
    ]


@pytest.mark.parametrize(
    ("type_", "columns", "told"),
    [
        ("MC", {"nomen": "NOMEN", "target_mc": "TAGIHAN"}, {"target_mc": "0"}),
        ("MC", {"nomen": "NOMEN", "name": "NAMA"}, {}),
        ("MB", {"nomen": "NOMEN", "kubikasi": "PAKAI"}, {}),
    ],
    ids=["billing master", "plain list", "another type"],
)
def test_who_was_billed_nothing_is_told_apart_from_a_list_that_bills_nobody(
    type_: str, columns: dict[str, str], told: dict[str, str]
) -> None:
    of = Import(
        "01JGZ3M0T0ARVS1MP0RT000001", "committing", "f.csv", 1, "", Said(), NOW, "user-1",
        type=type_, period="2025-01", detections=[{"columns": columns}],
    )  # fmt: skip
    row = ImportedRow("r", 2, "1", "k", "h", {"nomen": "1"}, 1)
    [sent] = codec.chunk("t", of, 1, [row]).rows
    assert dict(sent.fields) == {"nomen": "1", **told}
    assert sent.hash == "h"
