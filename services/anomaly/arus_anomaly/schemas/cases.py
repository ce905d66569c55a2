"""What travels over REST: cases as people open, change and read them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal, Self

from arus_runtime.ids import Ulid
from arus_runtime.periods import MONTH
from arus_runtime.web.problems import not_null
from arus_runtime.web.spans import Day
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator
from pydantic.config import JsonDict
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError

from arus_anomaly.directory import Member
from arus_anomaly.rules import cases as rules
from arus_anomaly.schemas.dossiers import ATTACHMENT, VISIT, CaseAttachment, CaseVisit, LongText
from arus_anomaly.schemas.verdicts import Named
from arus_anomaly.state import cases as state
from arus_anomaly.store.cases import Counts, Shown

CaseStatus = Literal["open", "in_progress", "waiting_field", "resolved", "closed"]
CasePriority = Literal["low", "medium", "high", "critical"]
CaseDomain = Literal["fuel", "meter"]
CaseType = Literal[
    "extreme",
    "turun",
    "zero",
    "negative",
    "salah_catat",
    "rebill",
    "estimasi",
    "WASPADA",
    "ANOMALI",
    "other",
]
MOST_AT_ONCE: Final = 200

Nomen = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
Period = Annotated[str, StringConstraints(pattern=MONTH)]
PersonId = Annotated[str, StringConstraints(min_length=1, max_length=64)]
CASE: JsonDict = {
    "id": "01KE5Y3A00ARVSCASE00000001",
    "number": 17,
    "domain": "meter",
    "type": "extreme",
    "description": "Pemakaian naik lima kali lipat, pelanggan melapor pipa basah.",
    "status": "open",
    "next_statuses": ["in_progress", "waiting_field", "resolved", "closed"],
    "priority": "high",
    "assignee_id": "01JGZ3M0T0ARVSPERSXN000001",
    "due_date": "2026-01-09",
    "is_overdue": False,
    "resolution": "",
    "incident_id": None,
    "fact_id": None,
    "location": None,
    "product": None,
    "nomen": "123456",
    "period": "2025-12",
    "rayon": "34",
    "customer": "PT Example",
    "address": "Jl. Sunter No.1",
    "comments": 1,
    "attachments": 1,
    "opened_by": "01JGZ3M0T0ARVSPERSXN000002",
    "opened_at": "2026-01-05T02:00:00Z",
    "updated_at": "2026-01-05T02:00:00Z",
    "ended_at": None,
    "version": 1,
}


class NewCase(BaseModel):
    """A case: about an incident, a fuel record, or a customer by number. Exactly one of these is named."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "nomen": "123456",
                    "period": "2025-12",
                    "type": "extreme",
                    "description": "Pemakaian naik lima kali lipat.",
                    "priority": "high",
                    "assignee_id": "01JGZ3M0T0ARVSPERSXN000001",
                    "due_date": "2026-01-09",
                },
                {"incident_id": "01JH8PV6W4RZ3M0T5X9K2C7B1N"},
            ]
        },
    )

    incident_id: Ulid | None = None
    fact_id: Ulid | None = Field(default=None, description="A judged fuel record.")
    nomen: Nomen | None = Field(default=None, description="A customer's number.")
    period: Period | None = Field(default=None, description="A billing period; only with nomen.")
    type: CaseType | None = Field(
        default=None,
        description="Left out: what was said of the record, or of the customer's period. Of a meter the seven"
        " keys, of fuel WASPADA and ANOMALI, of both other.",
    )
    description: LongText = ""
    priority: CasePriority = "medium"
    assignee_id: PersonId | None = Field(default=None, description="Of /cases/assignees; null: nobody yet.")
    due_date: Day | None = Field(default=None, description="Today (WIB) or later.")

    @field_validator("period")
    @classmethod
    def _with_nomen(cls, period: str | None, info: Any) -> str | None:
        if period is not None and info.data.get("nomen") is None:
            raise PydanticCustomError("period_without_nomen", "needs nomen")
        return period


class CasePatch(BaseModel):
    """Only what changes; null empties assignee and due date."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"status": "waiting_field"},
                {"status": "resolved", "resolution": "Pipa setelah meter bocor, sudah diperbaiki."},
            ]
        },
    )

    type: CaseType | SkipJsonSchema[None] = None
    description: LongText | SkipJsonSchema[None] = None
    status: CaseStatus | SkipJsonSchema[None] = Field(
        default=None, description="One of the case's next_statuses; resolved and closed need a resolution."
    )
    priority: CasePriority | SkipJsonSchema[None] = None
    assignee_id: PersonId | None = None
    due_date: Day | None = None
    resolution: LongText | SkipJsonSchema[None] = Field(
        default=None, description="What it was and what was done. Gone when the case is taken up again."
    )

    _given = field_validator("type", "description", "status", "priority", "resolution", mode="before")(
        not_null
    )

    def values(self) -> dict[str, Any]:
        """Return the fields that were sent, by their names in state."""
        return self.model_dump(exclude_unset=True)


class CaseOut(BaseModel):
    """A case as it now is."""

    model_config = ConfigDict(json_schema_extra={"examples": [CASE]})

    id: str
    number: int = Field(description="Counts the organisation's cases: what people call it by.")
    domain: CaseDomain
    type: CaseType
    description: str
    status: CaseStatus
    next_statuses: list[CaseStatus] = Field(description="Those that may follow.")
    priority: CasePriority
    assignee_id: str | None
    due_date: date | None
    is_overdue: bool
    resolution: str
    incident_id: str | None
    fact_id: str | None
    location: Named | None
    product: Named | None
    nomen: str | None
    period: str | None
    rayon: str | None
    customer: str | None = Field(description="Name and address are those when the case was opened.")
    address: str | None
    comments: int
    attachments: int = Field(description="Those that were not removed.")
    opened_by: str
    opened_at: datetime
    updated_at: datetime
    ended_at: datetime | None = Field(description="When it was resolved, or closed without that.")
    version: int

    @classmethod
    def of(cls, shown: Shown, today: date) -> Self:
        """Return a case as it is shown on a day."""
        case = shown.case
        return cls.model_validate(
            {
                **{name: getattr(case, name) for name in _SAME},
                "next_statuses": rules.next_statuses(case.status),
                "is_overdue": rules.is_overdue(case, today),
                "location": _named(case.location_id, shown.location_name),
                "product": _named(case.product_id, shown.product_name),
                "comments": shown.comments,
                "attachments": shown.attachments,
            }
        )


_SAME: Final = tuple(name for name in CaseOut.model_fields if name in state.Case.__slots__)


class CaseDetail(CaseOut):
    """A case with its files and what was found in the field; comments and history are lists of their own."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**CASE, "files": [ATTACHMENT], "visits": [VISIT]}]}
    )

    files: list[CaseAttachment] = Field(description="Newest first, those that were removed among them.")
    visits: list[CaseVisit] = Field(description="Newest first.")

    @classmethod
    def whole(
        cls,
        shown: Shown,
        today: date,
        files: Sequence[state.Attachment],
        visits: Sequence[state.Visit],
    ) -> Self:
        """Return a case with what belongs to it."""
        return cls(
            **dict(CaseOut.of(shown, today)),
            files=[CaseAttachment.model_validate(one) for one in files],
            visits=[CaseVisit.of(one) for one in visits],
        )


class CaseSummary(BaseModel):
    """How many cases there are: a column of a board each, and what waits for somebody."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "by_status": {
                        "open": 12,
                        "in_progress": 5,
                        "waiting_field": 3,
                        "resolved": 2,
                        "closed": 40,
                    },
                    "overdue": 4,
                    "unassigned": 6,
                    "mine": 3,
                }
            ]
        }
    )

    by_status: dict[CaseStatus, int]
    overdue: int
    unassigned: int = Field(description="Those not done that nobody has.")
    mine: int = Field(description="Those not done that the caller has.")

    @classmethod
    def of(cls, counts: Counts) -> Self:
        """Return counts as they are shown."""
        return cls.model_validate(
            {
                "by_status": {str(one): counts.by_status.get(one, 0) for one in rules.Status},
                "overdue": counts.overdue,
                "unassigned": counts.unassigned,
                "mine": counts.mine,
            }
        )


class Assignee(BaseModel):
    """Somebody who may be given cases. location_ids null: everywhere."""

    id: str
    name: str
    location_ids: list[str] | None

    @classmethod
    def of(cls, member: Member) -> Self:
        """Return a member as they are shown."""
        places = None if member.locations is None else sorted(member.locations)
        return cls(id=member.id, name=member.name, location_ids=places)


class Assignees(BaseModel):
    """Who may be given cases."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"items": [{"id": "01JGZ3M0T0ARVSPERSXN000001", "name": "Siti Rahma", "location_ids": None}]}
            ]
        }
    )

    items: list[Assignee]


class Assignment(BaseModel):
    """Cases that are given to one member, or to nobody."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "ids": ["01KE5Y3A00ARVSCASE00000001", "01KE5Y3A00ARVSCASE00000002"],
                    "assignee_id": "01JGZ3M0T0ARVSPERSXN000001",
                    "seen": {"01KE5Y3A00ARVSCASE00000001": None},
                }
            ]
        },
    )

    ids: Annotated[list[Ulid], Field(min_length=1, max_length=MOST_AT_ONCE)]
    assignee_id: PersonId | None = Field(description="null: nobody.")
    seen: dict[Ulid, PersonId | None] = Field(
        default_factory=dict[Ulid, PersonId | None],
        max_length=MOST_AT_ONCE,
        description="Whose cases were when they were chosen; one that somebody else has since is refused.",
    )


class Assigned(BaseModel):
    """What became of one case. text: why it was refused, in the reader's language."""

    id: str
    outcome: Literal["assigned", "unchanged", "refused"]
    code: str | None
    text: str | None


class AssignmentOut(BaseModel):
    """What became of each case, in the order asked for; no case stops another."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "assigned": 1,
                    "items": [
                        {
                            "id": "01KE5Y3A00ARVSCASE00000001",
                            "outcome": "assigned",
                            "code": None,
                            "text": None,
                        },
                        {
                            "id": "01KE5Y3A00ARVSCASE00000002",
                            "outcome": "refused",
                            "code": "case_closed",
                            "text": "Kasus #12 sudah ditutup.",
                        },
                    ],
                }
            ]
        }
    )

    assigned: int
    items: list[Assigned]


def _named(record_id: str | None, name: str | None) -> Named | None:
    return None if record_id is None else Named(id=record_id, name=name or record_id)
