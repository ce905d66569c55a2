"""What the door remembers: fuel facts as they stand, and the catalogue as far as it has heard."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

Status = Literal["active", "voided"]
ImportState = Literal[
    "queued",
    "analysed",
    "needs_mapping",
    "preview",
    "committing",
    "completed",
    "completed_with_errors",
    "failed",
    "undoing",
    "undone",
]


@dataclass(frozen=True, slots=True, order=True)
class FuelKey:
    """The history a fact belongs to: its order is the order of everything recorded under it."""

    location_id: str
    product_id: str


@dataclass(frozen=True, slots=True)
class FuelFact:
    """Fuel used at, or delivered to, a location.

    volume_ul counts microlitres; business_date belongs to timezone.
    """

    id: str
    location_id: str
    product_id: str
    business_date: date
    volume_ul: int
    timezone: str
    note: str | None
    status: Status
    recorded_at: datetime
    recorded_by: str
    changed_at: datetime
    changed_by: str
    version: int

    @property
    def key(self) -> FuelKey:
        """The history this fact belongs to."""
        return FuelKey(self.location_id, self.product_id)


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody says happened, its shape checked, its references not yet."""

    business_date: date
    location_id: str
    product_id: str
    volume_ul: int
    note: str | None

    @property
    def key(self) -> FuelKey:
        """The history it would belong to."""
        return FuelKey(self.location_id, self.product_id)


@dataclass(frozen=True, slots=True)
class Backlog:
    """Events that wait for Kafka: how many at most, and for how long the oldest has waited."""

    rows: int
    age_s: float


@dataclass(frozen=True, slots=True)
class Location:
    """What a fuel fact needs to know of its location."""

    id: str
    timezone: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class Product:
    """What a fuel fact needs to know of its product."""

    id: str
    kind: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class Import:
    """A file of facts, from its upload to its last answer.

    rows: of facts in it; done: how many were seen through in this state; chunks: of ≤ 500 sound rows each.
    type, period: what is said of it by now, empty when nothing is.
    """

    id: str
    state: ImportState
    file_name: str
    size_bytes: int
    sha256: str
    type: str
    period: str
    rows: int
    chunks: int
    done: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    uploaded_at: datetime
    uploaded_by: str
    committed_by: str | None
    version: int


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """A sound row of a file. number: its line as a person counts; hash: of its fields, hexadecimal."""

    id: str
    number: int
    key: str
    hash: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that its book refused, and why; field is empty when it is the row as a whole."""

    row_id: str
    field: str
    code: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Dependant:
    """What would lose its ground if an import were taken back. label: what people call it."""

    kind: str
    id: str
    label: str
