"""What the catalogue remembers: locations and products as they now are."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Location:
    """A place where something is kept, used or measured; coordinates are both set or both absent."""

    id: str
    name: str
    type: str
    timezone: str
    external_code: str | None
    address: str | None
    latitude: float | None
    longitude: float | None
    capacity: int | None
    manager: str | None
    is_active: bool
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Product:
    """A good that other records refer to; `unit` is what its quantities are counted in."""

    id: str
    code: str
    name: str
    kind: str
    unit: str
    is_active: bool
    version: int
    created_at: datetime
    updated_at: datetime
