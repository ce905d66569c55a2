"""What reports and their schedules say over REST."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal, Self

from arus_runtime.ids import Ulid
from arus_runtime.web.spans import AS_WRITTEN
from arus_runtime.words import HOME_ZONE
from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic.config import JsonDict
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError

from arus_gateway.api.schemas import Closed
from arus_gateway.api.zones import Zone
from arus_gateway.store.reports import (
    Format,
    Language,
    Mailing,
    MailState,
    Period,
    Report,
    Schedule,
    State,
)

DAYS_OF_WEEK = 7
GOLDEN_NEW: JsonDict = {"period": "month", "start": "2025-01-01", "format": "pdf", "language": "id"}
GOLDEN_SCHEDULE: JsonDict = {
    "period": "month",
    "day": 1,
    "time": "07:00",
    "timezone": "Asia/Jakarta",
    "location_id": None,
    "format": "pdf",
    "language": "id",
    "recipients": ["01JGJ4KX7V2E9H5S8D3F6G1A0Q"],
    "is_active": True,
}
GOLDEN_REPORT: JsonDict = {
    "id": "01JJZ8PV6W4RZ3M0T5X9K2C7B1",
    "kind": "fuel",
    "period": "month",
    "start": "2025-01-01",
    "end": "2025-01-31",
    "timezone": "Asia/Jakarta",
    "location_id": None,
    "format": "pdf",
    "language": "id",
    "made_by": "01JGJ4KX7V2E9H5S8D3F6G1A0Q",
    "schedule_id": "01JJY2PV6W4RZ3M0T5X9K2C7B1",
    "state": "done",
    "progress": 1.0,
    "asked_at": "2025-02-01T00:00:04Z",
    "done_at": "2025-02-01T00:00:06Z",
    "size_bytes": 48213,
    "mails": [
        {
            "person_id": "01JGJ4KX7V2E9H5S8D3F6G1A0Q",
            "name": "Sari Wulandari",
            "state": "sent",
            "at": "2025-02-01T00:00:07Z",
        }
    ],
}


Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["07:00"])]
Recipients = Annotated[list[Ulid], Field(min_length=1, max_length=50, description="Ids of members.")]
Day = Annotated[
    int, Field(ge=1, le=28, description="Of the month, 1 to 28; of the week, Monday 1 to Sunday 7.")
]


class NewReport(Closed):
    """A report of fuel use to be made now. start: the first of a month, or a Monday."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [GOLDEN_NEW]})

    kind: Literal["fuel"] = "fuel"
    period: Period = "month"
    start: Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 1)), AS_WRITTEN]
    location_id: Ulid | None = Field(default=None, description="Null: all that the caller may see.")
    format: Format = "pdf"
    language: Language = "id"
    timezone: Zone = Field(default=HOME_ZONE, description="Whose clock the report shows.")

    @field_validator("start")
    @classmethod
    def _begins(cls, start: date, info: ValidationInfo) -> date:
        begins = start.weekday() == 0 if info.data.get("period") == "week" else start.day == 1
        if not begins:
            raise PydanticCustomError("not_a_period_start", "not_a_period_start")
        return start


class NewSchedule(Closed):
    """When a report of the newest period that is over is made, and to whom it goes by mail."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [GOLDEN_SCHEDULE]})

    period: Period = "month"
    day: Day = 1
    time: Clock = "07:00"
    timezone: Zone = HOME_ZONE
    location_id: Ulid | None = None
    format: Format = "pdf"
    language: Language = "id"
    recipients: Recipients
    is_active: bool = True

    @field_validator("day")
    @classmethod
    def _fits(cls, day: int, info: ValidationInfo) -> int:
        if info.data.get("period") == "week" and day > DAYS_OF_WEEK:
            raise PydanticCustomError("too_large", "too_large", {"bound": DAYS_OF_WEEK})
        return day


class SchedulePatch(Closed):
    """Only what changes."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"is_active": False}]})

    day: Day | SkipJsonSchema[None] = None
    time: Clock | SkipJsonSchema[None] = None
    timezone: Zone | SkipJsonSchema[None] = None
    format: Format | SkipJsonSchema[None] = None
    language: Language | SkipJsonSchema[None] = None
    recipients: Recipients | SkipJsonSchema[None] = None
    is_active: bool | SkipJsonSchema[None] = None


class ScheduleOut(BaseModel):
    """A schedule as it stands."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "01JJY2PV6W4RZ3M0T5X9K2C7B1",
                    **GOLDEN_SCHEDULE,
                    "created_by": "01JGJ4KX7V2E9H5S8D3F6G1A0Q",
                    "version": 1,
                }
            ]
        }
    )

    id: str
    period: Period
    day: int
    time: str
    timezone: str
    location_id: str | None
    format: Format
    language: Language
    recipients: list[str]
    is_active: bool
    created_by: str = Field(description="The report shows what this member may see.")
    version: int

    @classmethod
    def of(cls, schedule: Schedule) -> Self:
        """Return a schedule as it is shown."""
        hour, minute = divmod(schedule.at_minute, 60)
        return cls(
            id=schedule.id,
            period=schedule.period,
            day=schedule.day,
            time=f"{hour:02}:{minute:02}",
            timezone=schedule.timezone,
            location_id=schedule.location_id,
            format=schedule.format,
            language=schedule.language,
            recipients=list(schedule.recipients),
            is_active=schedule.is_active,
            created_by=schedule.created_by,
            version=schedule.version,
        )


class MailOut(BaseModel):
    """What became of the mail to one recipient; skipped: unverified, no member now, or may not see it."""

    person_id: str
    name: str | None
    state: MailState
    at: datetime


class ReportOut(BaseModel):
    """A report that was asked for; its file is kept for 90 days."""

    model_config = ConfigDict(json_schema_extra={"examples": [GOLDEN_REPORT]})

    id: str
    kind: Literal["fuel"]
    period: Period
    start: date
    end: date
    timezone: str
    location_id: str | None
    format: Format
    language: Language
    made_by: str
    schedule_id: str | None
    state: State
    progress: float = Field(ge=0, le=1)
    asked_at: datetime
    done_at: datetime | None
    size_bytes: int | None
    mails: list[MailOut]

    @classmethod
    def of(cls, report: Report, mails: Sequence[Mailing] = ()) -> Self:
        """Return a report as it is shown."""
        return cls(
            id=report.id,
            kind="fuel",
            period=report.period,
            start=report.first_date,
            end=report.last_date,
            timezone=report.timezone,
            location_id=report.location_id,
            format=report.format,
            language=report.language,
            made_by=report.made_by,
            schedule_id=report.schedule_id,
            state=report.state,
            progress=1.0 if report.state == "done" else report.progress,
            asked_at=report.asked_at,
            done_at=report.done_at,
            size_bytes=report.size_bytes,
            mails=[MailOut(person_id=m.person_id, name=m.name, state=m.state, at=m.at) for m in mails],
        )


def minutes(clock: str) -> int:
    """Return the minute of the day that a clock shows."""
    hour, _, minute = clock.partition(":")
    return int(hour) * 60 + int(minute)
