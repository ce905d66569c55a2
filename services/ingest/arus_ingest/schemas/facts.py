"""What travels over REST: fuel facts as people write and read them."""

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Any, Literal, Self

from arus_runtime.words import Language, Templates, render
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    SkipValidation,
    StringConstraints,
    WithJsonSchema,
    field_validator,
)
from pydantic.config import JsonDict
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError

from arus_ingest import rules
from arus_ingest.rules import Flaw
from arus_ingest.state import Entry, FuelFact, Status

GOLDEN: JsonDict = {
    "date": "2025-01-10",
    "location_id": "01JGJ4M3Z8Q0T7C1V5X2B9N6KD",
    "product_id": "01JGJ4M3ZA5R8W2E6T0Y4U1P7H",
    "volume_l": "520",
    "note": "Genset dan dua truk",
}
GOLDEN_DELIVERY: JsonDict = {**GOLDEN, "date": "2025-01-09", "volume_l": "8000", "note": "Surat jalan 0117"}
GOLDEN_RECORD: JsonDict = {
    "id": "01JH8PV6W4RZ3M0T5X9K2C7B1N",
    **GOLDEN,
    "timezone": "Asia/Jakarta",
    "status": "active",
    "recorded_at": "2025-01-10T10:15:00Z",
    "recorded_by": "01JGJ4KX7V2E9H5S8D3F6G1A0Q",
    "version": 1,
    "warnings": [],
}
GOLDEN_RESULT: JsonDict = {
    "results": [
        {"index": 0, "status": "recorded", "id": "01JH8PV6W4RZ3M0T5X9K2C7B1N", "errors": [], "warnings": []},
        {
            "index": 1,
            "status": "refused",
            "id": None,
            "errors": [
                {
                    "field": "volume_l",
                    "code": "volume_out_of_range",
                    "message": "volume_l harus lebih dari 0 dan paling banyak 1.000.000 L, diterima -5 L.",
                }
            ],
            "warnings": [],
        },
    ],
    "recorded": 1,
    "refused": 1,
}


def _or_custom_error(read: Callable[[object], Any]) -> Callable[[object], Any]:
    def validated(value: object) -> Any:
        try:
            return read(value)
        except rules.RefusedError as error:
            raise PydanticCustomError(error.code, error.code, error.params) from error  # pyright: ignore[reportArgumentType] -- a literal is asked for, our codes are data

    return validated


BusinessDate = Annotated[
    dt.date,
    PlainValidator(_or_custom_error(rules.business_date)),
    WithJsonSchema(
        {"type": "string", "format": "date", "description": "YYYY-MM-DD in the location's time zone."}
    ),
]
Volume = Annotated[
    int,
    PlainValidator(_or_custom_error(rules.microlitres)),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": r"^[0-9]{1,7}(\.[0-9]{1,6})?$"},
                {"type": "number", "exclusiveMinimum": 0, "maximum": rules.MAX_VOLUME_L},
            ],
            "description": "Litres, > 0 and <= 1,000,000, at most six decimals; text keeps every digit.",
        }
    ),
]
Reference = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


def _not_null(value: object) -> object:
    if value is None:
        raise PydanticCustomError("not_null", "must not be null")
    return value


def _storable(value: str | None) -> str | None:
    # REST bodies are checked on reading; this is for what comes over gRPC.
    if value is not None and "\0" in value:
        raise PydanticCustomError("nul_character", "must not contain the NUL character")
    return value or None


class NewFact(BaseModel):
    """Fuel used at, or delivered to, a location."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [GOLDEN]})

    date: BusinessDate
    location_id: Reference
    product_id: Reference
    volume_l: Volume
    note: Note | None = None

    _note = field_validator("note")(_storable)

    def entry(self) -> Entry:
        """Return what is said, in the units of the house."""
        return Entry(self.date, self.location_id, self.product_id, self.volume_l, self.note)


class FactReplacement(NewFact):
    """A whole record; what the server owns (id, version, times) may be sent back and is ignored."""

    model_config = ConfigDict(extra="ignore", json_schema_extra={"examples": [GOLDEN]})


class FactPatch(BaseModel):
    """Only what changes."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"volume_l": "502"}]})

    date: BusinessDate | SkipJsonSchema[None] = None
    location_id: Reference | SkipJsonSchema[None] = None
    product_id: Reference | SkipJsonSchema[None] = None
    volume_l: Volume | SkipJsonSchema[None] = None
    note: Note | None = None

    _required = field_validator("date", "location_id", "product_id", "volume_l", mode="before")(_not_null)
    _note = field_validator("note")(_storable)

    def over(self, said: Entry) -> Entry:
        """Return an entry with what was sent in place of what was said."""
        return Entry(
            said.business_date if self.date is None else self.date,
            said.location_id if self.location_id is None else self.location_id,
            said.product_id if self.product_id is None else self.product_id,
            said.volume_ul if self.volume_l is None else self.volume_l,
            self.note if "note" in self.model_fields_set else said.note,
        )


class Batch(BaseModel):
    """Many facts at once; each is judged on its own."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"items": [GOLDEN]}]})

    items: Annotated[list[SkipValidation[NewFact]], Field(min_length=1, max_length=rules.BATCH_ITEMS)]


class Warned(BaseModel):
    """Something worth a second look; the record stands."""

    code: str
    message: str


class Wrong(BaseModel):
    """One wrong field of a refused item."""

    field: str
    code: str
    message: str


class FactRecord(BaseModel):
    """A fact as it now stands. volume_l is decimal text; the date belongs to the time zone."""

    model_config = ConfigDict(json_schema_extra={"examples": [GOLDEN_RECORD]})

    id: str
    date: dt.date
    location_id: str
    product_id: str
    volume_l: str
    note: str | None
    timezone: str
    status: Status
    recorded_at: dt.datetime
    recorded_by: str
    version: int
    warnings: list[Warned]

    @classmethod
    def of(cls, fact: FuelFact, warnings: list[Warned] | None = None) -> Self:
        return cls(
            id=fact.id,
            date=fact.business_date,
            location_id=fact.location_id,
            product_id=fact.product_id,
            volume_l=rules.litres(fact.volume_ul),
            note=fact.note,
            timezone=fact.timezone,
            status=fact.status,
            recorded_at=fact.recorded_at,
            recorded_by=fact.recorded_by,
            version=fact.version,
            warnings=warnings or [],
        )


class ItemResult(BaseModel):
    """What became of one item."""

    index: int
    status: Literal["recorded", "refused"]
    id: str | None = None
    errors: list[Wrong] = []
    warnings: list[Warned] = []


class BatchResult(BaseModel):
    """What became of each item, in the order sent."""

    model_config = ConfigDict(json_schema_extra={"examples": [GOLDEN_RESULT]})

    results: list[ItemResult]
    recorded: int
    refused: int


def warned(flaws: tuple[Flaw, ...], language: Language, templates: Templates) -> list[Warned]:
    """Return warnings in the reader's language."""
    return [
        Warned(code=flaw.code, message=render(flaw.code, flaw.params, language, templates)) for flaw in flaws
    ]
