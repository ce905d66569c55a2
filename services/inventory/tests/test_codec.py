"""What inventory tells is what the golden records say."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from arus.catalog.v1.events_pb2 import LocationChanged, ProductChanged
from arus_inventory import codec
from arus_inventory.state import Location, Product
from google.protobuf.json_format import ParseDict

EXAMPLES = Path(__file__).parents[3] / "protos" / "examples"
NOW = datetime(2025, 1, 6, tzinfo=UTC)


def example(path: str) -> dict[str, Any]:
    return json.loads((EXAMPLES / f"{path}.json").read_text("utf-8"))


def test_a_location_is_told_as_the_golden_record_says() -> None:
    golden = example("catalog.location.v1/gudang-a")
    said = golden["value"]
    location = Location(
        id=said["location_id"],
        name=said["name"],
        type=said["type"],
        timezone=said["timezone"],
        external_code=said["external_code"],
        address=said["address"],
        latitude=said["latitude"],
        longitude=said["longitude"],
        capacity=int(said["capacity"]),
        manager="Siti Rahma",
        is_active=said["is_active"],
        version=int(said["version"]),
        created_at=NOW,
        updated_at=NOW,
    )
    assert codec.location_changed(said["tenant_id"], location, said["changed_by"]) == ParseDict(
        said, LocationChanged()
    )
    assert codec.key(said["tenant_id"], location.id) == golden["key"]


def test_the_name_of_a_person_stays_off_the_topic() -> None:
    location = Location(
        "L", "A", "depot", "Asia/Jakarta", None, None, None, None, None, "Siti Rahma", True, 1, NOW, NOW
    )
    assert b"Siti" not in codec.location_changed("T", location).SerializeToString()


def test_where_a_household_lives_stays_off_the_topic() -> None:
    home = Location(
        "L",
        "A",
        "household",
        "Asia/Jakarta",
        "R-1",
        "Jl. Melati 5",
        -6.2,
        106.8,
        None,
        None,
        True,
        1,
        NOW,
        NOW,
    )
    event = codec.location_changed("T", home)
    assert (event.name, event.external_code, event.address) == ("A", "R-1", "")
    assert not any(event.HasField(name) for name in ("latitude", "longitude"))


def test_what_a_location_does_not_have_is_absent_not_zero() -> None:
    location = Location(
        "L", "A", "depot", "Asia/Jakarta", None, None, None, None, None, None, True, 1, NOW, NOW
    )
    event = codec.location_changed("T", location)
    assert not any(event.HasField(name) for name in ("latitude", "longitude", "capacity"))
    assert (event.external_code, event.address) == ("", "")


def test_a_product_is_told_as_the_golden_record_says() -> None:
    golden = example("catalog.product.v1/solar")
    said = golden["value"]
    product = Product(
        id=said["product_id"],
        code=said["code"],
        name=said["name"],
        kind=said["kind"],
        unit=said["unit"],
        is_active=said["is_active"],
        version=int(said["version"]),
        created_at=NOW,
        updated_at=NOW,
    )
    assert codec.product_changed(said["tenant_id"], product, said["changed_by"]) == ParseDict(
        said, ProductChanged()
    )
    assert codec.key(said["tenant_id"], product.id) == golden["key"]
