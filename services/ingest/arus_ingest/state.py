"""What the door remembers: fuel facts as they stand, and the catalogue as far as it has heard."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
class Said:
    """What people say of a file in place of what was found in it.

    sheet: its name. columns: header → field, empty for a column to leave out; answers: to the questions of
    its detection. confirmed: what is said holds although the file says otherwise, and further sheets may stay
    out. anyway: the file is taken although it was taken before.
    """

    type: str | None = None
    period: str | None = None
    sheet: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict[str, str])
    answers: Mapping[str, str] = field(default_factory=dict[str, str])
    confirmed: bool = False
    anyway: bool = False


@dataclass(frozen=True, slots=True)
class Trouble:
    """What stands in an import's way; `code` names the sentence, `params` fill it."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Import:
    """A file of facts, from its upload to its last answer.

    type, period: what is said of it by now, empty when nothing is. months: those of its rows, None: its
    period alone. detections: what its sheets hold, as JSON; sheet: which of them is meant. preview: samples
    by outcome, as JSON. blocks: why it cannot be committed, or why it failed. rows: of facts in it; done: how
    many were seen through in this state; chunks: of ≤ 500 sound rows each; sent: how many of them were
    carried out, or went to their book. repeats: the standing import of the same file. locations: to which who
    sent it, and later who committed it, is limited, None: to none. swept_at: when its file had been kept for
    long enough.
    """

    id: str
    state: ImportState
    file_name: str
    size_bytes: int
    sha256: str
    said: Said
    uploaded_at: datetime
    uploaded_by: str
    type: str = ""
    period: str = ""
    months: Sequence[str] | None = None
    sheet: int = 0
    detections: Sequence[Mapping[str, Any]] = ()
    preview: Mapping[str, Any] = field(default_factory=dict[str, Any])
    preview_hash: str = ""
    blocks: Sequence[Trouble] = ()
    repeats: str | None = None
    rows: int = 0
    chunks: int = 0
    sent: int = 0
    done: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    committed_at: datetime | None = None
    committed_by: str | None = None
    locations: Sequence[str] | None = None
    ended_at: datetime | None = None
    undone_at: datetime | None = None
    undone_by: str | None = None
    swept_at: datetime | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """A sound row of a file. number: its line as a person counts; hash: of its fields, hexadecimal.

    key_id: of its type, natural key and, where its type has no days, own month; the second row of a file
    under one key has another. which: of the file's rows under its key, from 1.
    """

    id: str
    number: int
    key: str
    key_id: str
    hash: str
    fields: Mapping[str, str]
    which: int


@dataclass(frozen=True, slots=True)
class StandingRow:
    """What was imported last under a key and stands, from which row of its file.

    listed_on: as of which day its list is, where it says that. fact_id, note: of a fact that this service
    keeps itself.
    """

    key_id: str
    hash: str
    import_id: str
    committed_at: datetime
    number: int
    listed_on: date | None
    fact_id: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How many rows came to what."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0

    @property
    def rows(self) -> int:
        """How many there are in all."""
        return self.created + self.updated + self.unchanged + self.rejected


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that its book refused, and why; field is empty when it is the row as a whole."""

    row_id: str
    field: str
    code: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What a book answered when an import was to be taken back. in_all: of the dependants that forbid it.

    withdrawn: how many rows since it was last asked; is_partial: it has to be asked again for the rest.
    """

    dependants: Sequence["Dependant"]
    in_all: int
    withdrawn: int
    is_partial: bool


@dataclass(frozen=True, slots=True)
class Dependant:
    """What would lose its ground if an import were taken back. label: what people call it."""

    kind: str
    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Dependants:
    """What keeps an import from being taken back: the first of it, how much there is.

    missing: books that do not say what depends on it.
    """

    first: Sequence[Dependant] = ()
    in_all: int = 0
    missing: Sequence[str] = ()
