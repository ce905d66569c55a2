"""What travels over REST: comments, files, what was found in the field, and the history of a case."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Final, Literal, Self

from arus_contracts.reading import plain
from arus_runtime.ids import Ulid
from arus_runtime.web.spans import Moment
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from arus_anomaly.state import cases as state

VisitOutcome = Literal[
    "no_fault", "leak", "meter_broken", "misread", "illegal_use", "meter_replaced", "no_access", "other"
]
Happened = Literal[
    "opened",
    "changed",
    "commented",
    "attached",
    "attachment_removed",
    "visited",
    "fell_due",
    "became_overdue",
]
_LITRES: Final = 1_000

LongText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4_000)]
StandM3 = Annotated[Decimal, Field(ge=0, lt=1_000_000_000, decimal_places=3)]

COMMENT: JsonDict = {
    "id": "01KE5Y3A00ARVSCMNT00000001",
    "text": "Petugas lapangan ke lokasi besok pagi.",
    "written_by": "01JGZ3M0T0ARVSPERSXN000001",
    "written_at": "2026-01-05T03:00:00Z",
}
ATTACHMENT: JsonDict = {
    "id": "01KE5Y3A00ARVSFXLE00000001",
    "name": "meter.jpg",
    "media_type": "image/jpeg",
    "size_bytes": 184201,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "added_by": "01JGZ3M0T0ARVSPERSXN000001",
    "added_at": "2026-01-06T02:10:00Z",
    "removed_by": None,
    "removed_at": None,
}
VISIT: JsonDict = {
    "id": "01KE5Y3A00ARVSVXST00000001",
    "visited_at": "2026-01-06T02:00:00Z",
    "outcome": "leak",
    "stand_m3": "1522",
    "note": "Pipa setelah meter bocor.",
    "attachment_ids": ["01KE5Y3A00ARVSFXLE00000001"],
    "recorded_by": "01JGZ3M0T0ARVSPERSXN000001",
    "recorded_at": "2026-01-06T02:15:00Z",
}


class CaseComment(BaseModel):
    """What somebody wrote of a case."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [COMMENT]})

    id: str
    text: str
    written_by: str
    written_at: datetime


class NewComment(BaseModel):
    """What somebody writes of a case; it is never changed."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"text": COMMENT["text"]}]})

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4_000)]


class CaseAttachment(BaseModel):
    """A file of a case. removed_at: when it was taken away; that it was there stays."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [ATTACHMENT]})

    id: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    added_by: str
    added_at: datetime
    removed_by: str | None
    removed_at: datetime | None


class NewVisit(BaseModel):
    """What somebody found in the field."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "visited_at": "2026-01-06T09:00:00+07:00",
                    "outcome": "leak",
                    "stand_m3": "1522",
                    "note": "Pipa setelah meter bocor.",
                }
            ]
        },
    )

    visited_at: Moment = Field(description="Not in the future.")
    outcome: VisitOutcome
    stand_m3: StandM3 | None = Field(default=None, description="What the register showed.")
    note: LongText = ""
    attachment_ids: list[Ulid] = Field(
        default=[], max_length=20, description="Photos among the case's files."
    )

    @property
    def stand_l(self) -> int | None:
        """What the register showed, in litres."""
        return None if self.stand_m3 is None else int(self.stand_m3 * _LITRES)


class CaseVisit(BaseModel):
    """What somebody found in the field."""

    model_config = ConfigDict(json_schema_extra={"examples": [VISIT]})

    id: str
    visited_at: datetime
    outcome: VisitOutcome
    stand_m3: str | None
    note: str
    attachment_ids: list[str]
    recorded_by: str
    recorded_at: datetime

    @classmethod
    def of(cls, visit: state.Visit) -> Self:
        """Return a visit as it is shown."""
        stand = None if visit.stand_l is None else plain(Decimal(visit.stand_l) / _LITRES)
        return cls.model_validate({**{name: getattr(visit, name) for name in _VISIT_SAME}, "stand_m3": stand})


_VISIT_SAME: Final = tuple(name for name in CaseVisit.model_fields if name in state.Visit.__slots__)


class FieldChange(BaseModel):
    """What a field was and what it is."""

    before: str | None
    after: str | None


class CaseHistory(BaseModel):
    """One entry of a case's history, which nobody changes."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "01KE5Y3A00ARVSCHNG00000001",
                    "kind": "changed",
                    "changes": {"status": {"before": "open", "after": "waiting_field"}},
                    "about_id": None,
                    "changed_by": "01JGZ3M0T0ARVSPERSXN000001",
                    "changed_at": "2026-01-05T03:00:00Z",
                }
            ]
        }
    )

    id: str
    kind: Happened
    changes: dict[str, FieldChange]
    about_id: str | None = Field(description="Of the comment, file or visit.")
    changed_by: str | None = Field(description="null: the clock.")
    changed_at: datetime

    @classmethod
    def of(cls, change: state.Change) -> Self:
        """Return an entry as it is shown."""
        return cls.model_validate(
            {
                "id": change.id,
                "kind": change.kind,
                "changes": {
                    name: {"before": before, "after": after}
                    for name, (before, after) in change.changes.items()
                },
                "about_id": change.about_id,
                "changed_by": change.changed_by or None,
                "changed_at": change.changed_at,
            }
        )
