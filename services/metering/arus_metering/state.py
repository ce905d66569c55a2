"""What the books hold: imported facts by kind, customers, payments, meters changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple


class Fact(NamedTuple):
    """A row that can be taken: where it belongs and what it says, by column."""

    table: str
    nomen: str
    values: Mapping[str, Any]


class Wrong(NamedTuple):
    """Why a row cannot be taken. field: canonical name; code and params: of its sentence."""

    field: str
    code: str
    params: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer as the books now know them."""

    nomen: str
    name: str
    address: str
    rayon: str
    usage_class: str
    serial: str
    is_active: bool
    version: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as it now stands. source: COLLECTION, MB or MANUAL."""

    id: str
    nomen: str
    rayon: str
    source: str
    payment_date: date
    amount_minor: int
    payment_type: str
    bill_period: str
    receipt_number: str


@dataclass(frozen=True, slots=True)
class Replacement:
    """A meter changed for another; litres, None: not stated."""

    id: str
    nomen: str
    replaced_on: date
    old_serial: str
    old_final_l: int | None
    new_serial: str
    new_start_l: int | None
