"""What travels over REST: catalogue records as people write and read them."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from arus_runtime.web.problems import not_null
from arus_runtime.words import HOME_ZONE
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, field_validator
from pydantic.config import JsonDict
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError

from arus_inventory import rules
from arus_inventory.state import Location, Product

LocationType = Literal[
    "depot", "warehouse", "sppg", "supplier", "kitchen", "shop", "household", "office", "other"
]
ProductKind = Literal["fuel", "food", "material", "service", "other"]


def _known_timezone(name: str) -> str:
    if name not in rules.timezones():
        raise PydanticCustomError("not_timezone", "must be an IANA time zone such as Asia/Jakarta")
    return name


def _text(longest: int) -> Any:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=longest, pattern=r"\S")


Name = Annotated[str, _text(200)]
Code = Annotated[str, _text(50)]
ExternalCode = Annotated[str, _text(100)]
Address = Annotated[str, _text(500)]
Unit = Annotated[str, _text(16)]
Timezone = Annotated[str, StringConstraints(max_length=60), AfterValidator(_known_timezone)]
Capacity = Annotated[int, Field(ge=0, le=1_000_000_000_000, strict=True)]
Active = Annotated[bool, Field(strict=True)]

GUDANG_A: JsonDict = {
    "name": "Gudang A",
    "type": "depot",
    "timezone": "Asia/Jakarta",
    "external_code": "GD-A",
    "address": "Jl. Raya Cakung 12, Jakarta Timur",
    "coordinates": {"lat": -6.1829, "lng": 106.9478},
    "capacity": 24000,
    "manager": "Siti Rahma",
    "is_active": True,
}
SOLAR: JsonDict = {"code": "SOLAR", "name": "Solar", "kind": "fuel", "unit": "L", "is_active": True}
RECORD: JsonDict = {"version": 1, "created_at": "2025-01-02T01:00:00Z", "updated_at": "2025-01-02T01:00:00Z"}


NAMES_ONLY = Field(description="Always null for who may not read `locations.details`, as operators.")


class Coordinates(BaseModel):
    """WGS 84 degrees."""

    model_config = ConfigDict(extra="forbid")

    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False, strict=True)]
    lng: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False, strict=True)]


class NewLocation(BaseModel):
    """A location as its owner describes it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [GUDANG_A]})

    name: Name
    type: LocationType
    timezone: Timezone = HOME_ZONE
    external_code: ExternalCode | None = None
    address: Address | None = None
    coordinates: Coordinates | None = None
    capacity: Capacity | None = None
    manager: Name | None = None
    is_active: Active = True

    def values(self) -> dict[str, Any]:
        """Return every field by its name in state."""
        return _columns(self.model_dump())


class LocationReplacement(NewLocation):
    """A whole location; what the server owns (id, version, times) may be sent back and is ignored."""

    model_config = ConfigDict(extra="ignore", json_schema_extra={"examples": [GUDANG_A]})


class LocationPatch(BaseModel):
    """Only what changes; null empties an optional field."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"manager": "Budi Santoso"}]})

    name: Name | SkipJsonSchema[None] = None
    type: LocationType | SkipJsonSchema[None] = None
    timezone: Timezone | SkipJsonSchema[None] = None
    external_code: ExternalCode | None = None
    address: Address | None = None
    coordinates: Coordinates | None = None
    capacity: Capacity | None = None
    manager: Name | None = None
    is_active: Active | SkipJsonSchema[None] = None

    _required = field_validator("name", "type", "timezone", "is_active", mode="before")(not_null)

    def values(self) -> dict[str, Any]:
        """Return the fields that were sent, by their names in state."""
        return _columns(self.model_dump(exclude_unset=True))


class LocationRecord(BaseModel):
    """A location as it now is."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"id": "01JGJ4M3Z8Q0T7C1V5X2B9N6KD", **GUDANG_A, **RECORD}]}
    )

    id: str
    name: str
    type: LocationType
    timezone: str
    external_code: Annotated[str | None, NAMES_ONLY]
    address: Annotated[str | None, NAMES_ONLY]
    coordinates: Annotated[Coordinates | None, NAMES_ONLY]
    capacity: Annotated[int | None, NAMES_ONLY]
    manager: Annotated[str | None, NAMES_ONLY]
    is_active: bool
    version: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def named(cls, location: Location) -> Self:
        """Return the record without what only readers of ``locations.details`` are told."""
        bare = replace(
            location,
            external_code=None,
            address=None,
            latitude=None,
            longitude=None,
            capacity=None,
            manager=None,
        )
        return cls.of(bare)

    @classmethod
    def of(cls, location: Location) -> Self:
        return cls(
            id=location.id,
            name=location.name,
            type=location.type,  # pyright: ignore[reportArgumentType] -- stored through NewLocation
            timezone=location.timezone,
            external_code=location.external_code,
            address=location.address,
            coordinates=(
                None
                if location.latitude is None or location.longitude is None
                else Coordinates(lat=location.latitude, lng=location.longitude)
            ),
            capacity=location.capacity,
            manager=location.manager,
            is_active=location.is_active,
            version=location.version,
            created_at=location.created_at,
            updated_at=location.updated_at,
        )


class NewProduct(BaseModel):
    """A product as its owner describes it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [SOLAR]})

    code: Code
    name: Name
    kind: ProductKind
    unit: Unit
    is_active: Active = True

    def values(self) -> dict[str, Any]:
        """Return every field by its name in state."""
        return self.model_dump()


class ProductReplacement(NewProduct):
    """A whole product; what the server owns (id, version, times) may be sent back and is ignored."""

    model_config = ConfigDict(extra="ignore", json_schema_extra={"examples": [SOLAR]})


class ProductPatch(BaseModel):
    """Only what changes."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "Solar B40"}]})

    code: Code | SkipJsonSchema[None] = None
    name: Name | SkipJsonSchema[None] = None
    kind: ProductKind | SkipJsonSchema[None] = None
    unit: Unit | SkipJsonSchema[None] = None
    is_active: Active | SkipJsonSchema[None] = None

    _required = field_validator("code", "name", "kind", "unit", "is_active", mode="before")(not_null)

    def values(self) -> dict[str, Any]:
        """Return the fields that were sent, by their names in state."""
        return self.model_dump(exclude_unset=True)


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    if "coordinates" in values:
        point = values.pop("coordinates") or {"lat": None, "lng": None}
        values |= {"latitude": point["lat"], "longitude": point["lng"]}
    return values


class ProductRecord(BaseModel):
    """A product as it now is."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={"examples": [{"id": "01JGJ4M3ZA5R8W2E6T0Y4U1P7H", **SOLAR, **RECORD}]},
    )

    id: str
    code: str
    name: str
    kind: ProductKind
    unit: str
    is_active: bool
    version: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, product: Product) -> Self:
        return cls.model_validate(product)
