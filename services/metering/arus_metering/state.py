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


class Dependant(NamedTuple):
    """What a person made of an import's fact. kind: read_edit or payment_edit; label: what people call it."""

    kind: str
    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer as the books now know them.

    version 0: files tell of the number, and nobody said yet whose it is. meter_size: where one is looked up.
    """

    nomen: str
    name: str
    address: str
    rayon: str
    usage_class: str
    serial: str
    is_active: bool
    version: int
    updated_at: datetime
    meter_size: str = ""


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as it now stands. source: COLLECTION, MB or MANUAL; is_repeat: of MB, it stands there too.

    said_by: who entered or corrected it, None: a file.
    """

    id: str
    nomen: str
    rayon: str
    source: str
    payment_date: date
    amount_minor: int
    payment_type: str
    bill_period: str
    receipt_number: str
    version: int
    is_repeat: bool
    said_by: str | None


@dataclass(frozen=True, slots=True)
class Replacement:
    """A meter changed for another; litres, None: not stated.

    import_id: of the file that tells it, then id is the key of its read; "": a person.
    """

    id: str
    nomen: str
    replaced_on: date
    old_serial: str
    old_final_l: int | None
    new_serial: str
    new_start_l: int | None
    import_id: str = ""


@dataclass(frozen=True, slots=True)
class ReadVersion:
    """What a file, or a person, says of the register read of a period.

    import_id "": a person; then edit_id, act and the rest behind it say why. stand_akhir_l None: not read;
    is_active None: it says nothing of the service.
    """

    key: str
    number: int
    line: int
    import_id: str
    row_id: str
    is_current: bool
    is_withdrawn: bool
    recorded_at: datetime
    nomen: str
    rayon: str
    period: str
    read_date: date
    is_date_assumed: bool
    serial: str
    stand_awal_l: int | None
    stand_akhir_l: int | None
    volume_l: int | None
    read_method: str
    skip_status: str
    trouble: str
    reader: str
    usage_class: str
    replaced_on: date | None
    old_final_l: int | None
    new_start_l: int | None
    dials: int | None
    multiplier: int | None
    is_active: bool | None
    edit_id: str | None
    act: str | None
    reason: str | None
    case_id: str | None
    said_by: str | None
    withdrawn_by: str | None
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A read of a period that nobody read, as the books let expect it. Volumes are litres.

    from_l, on from_day: the stand it goes on from; usual_l: the mean use of 30 days in so many periods.
    """

    nomen: str
    period: str
    rayon: str
    usage_class: str
    serial: str
    dials: int | None
    multiplier: int | None
    from_day: date
    from_l: int
    read_date: date
    stand_l: int
    use_l: int
    usual_l: int
    periods: int


@dataclass(frozen=True, slots=True)
class Edit:
    """Why a person made a version of a read. act: EDITED or ESTIMATED; import_id: whose read it corrects."""

    tenant_id: str
    id: str
    key: str
    number: int
    act: str
    nomen: str
    period: str
    import_id: str
    raw_l: int | None
    stand_l: int
    reason: str
    case_id: str
    said_by: str
    said_at: datetime
