"""Register reads as people see and correct them: the raw read beside what is made of it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from arus_runtime.ids import Ulid
from arus_runtime.web.spans import BusinessDate
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict
from pydantic.json_schema import SkipJsonSchema

from arus_metering.rules import reads as rules
from arus_metering.rules.amounts import LITRES, shown
from arus_metering.schemas.records import Code, Period, Stand
from arus_metering.state import Proposal, ReadVersion

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=r"\S")]
CaseId = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=60),
    Field(description="The case it came up in, of the same customer; empty: none."),
]
Method = Literal["RAW", "EDITED", "ESTIMATED"]
EDIT: JsonDict = {
    "stand_m3": "1040",
    "reason": "Angka tertukar; dibaca ulang di lapangan.",
    "case_id": "01JGZ3M0T0ARVSCASE00000001",
}
VISITED: JsonDict = {
    "case_id": "01JGZ3M0T0ARVSCASE00000001",
    "visit_id": "01JGZ3M0T0ARVSVXST00000001",
    "reason": "Dibaca ulang di lapangan; angka tertukar.",
}
ESTIMATE: JsonDict = {"reason": "Rumah terkunci, meter tidak terbaca."}
MISSING: JsonDict = {"period": "2025-11", "reason": "Petugas tidak datang; tetangga dibaca."}
PROPOSED: JsonDict = {
    "nomen": "123456",
    "period": "2025-11",
    "serial": "A-1001",
    "read_date": "2025-11-14",
    "previous_m3": "1000",
    "previous_date": "2025-10-14",
    "stand_m3": "1021",
    "volume_m3": "21",
    "days": 31,
    "usual_m3": "20",
    "periods": 3,
}
AS_READ: JsonDict = {
    "stand_m3": "1400",
    "volume_m3": "380",
    "read_date": "2025-12-14",
    "read_method": "ACTUAL",
    "import_id": "01JGZ3M0T0ARVS1MP0RT000001",
}
EXAMPLE: JsonDict = {
    "nomen": "123456",
    "period": "2025-12",
    "serial": "A-1001",
    "previous_m3": "1020",
    "raw": AS_READ,
    "validated": {**AS_READ, "stand_m3": "1040", "volume_m3": "20", "import_id": None},
    "method": "EDITED",
    "version": 8,
    "versions": [
        {
            **AS_READ, "version": 7, "method": "RAW", "is_current": False, "is_withdrawn": False,
            "said_at": "2025-12-15T02:00:00Z", "said_by": None, "reason": None, "case_id": None,
            "withdrawn_by": None, "withdrawn_at": None,
        },
        {
            **AS_READ, "stand_m3": "1040", "volume_m3": "20", "import_id": None, "version": 8,
            "method": "EDITED", "is_current": True, "is_withdrawn": False, "said_at": "2025-12-16T03:00:00Z",
            "said_by": "01JGZ3M0T0ARVSPERS0N000001", "reason": EDIT["reason"], "case_id": EDIT["case_id"],
            "withdrawn_by": None, "withdrawn_at": None,
        },
    ],
}  # fmt: skip


class ReadEdit(BaseModel):
    """What a person says the register showed, and why. What is left out stays as it was read."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EDIT]})

    stand_m3: Stand
    read_date: BusinessDate | SkipJsonSchema[None] = None
    read_method: Literal["AS_READ", "ACTUAL", "ESTIMATED"] = "AS_READ"
    serial: Code | SkipJsonSchema[None] = Field(default=None, description="Of the meter; empty: unknown.")
    reason: Reason
    case_id: CaseId = ""

    def values(self) -> dict[str, Any]:
        """Return it by the columns of the books."""
        values: dict[str, Any] = {"stand_akhir_l": int(self.stand_m3 * LITRES)}
        if self.read_date is not None:
            values["read_date"] = self.read_date
        if self.read_method != "AS_READ":
            values["read_method"] = self.read_method
        if self.serial is not None:
            values["serial"] = self.serial
        return values


class ReadEstimate(BaseModel):
    """Why a read is estimated."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [ESTIMATE]})

    reason: Reason
    case_id: CaseId = ""


class VisitedRead(BaseModel):
    """Whose stand corrects a read: a visit's, in the course of a case."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [VISITED]})

    case_id: Ulid
    visit_id: Ulid
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = Field(
        default="", description="Empty: that the stand was read on the visit, with its day and the case."
    )


class NewEstimate(ReadEstimate):
    """An estimate of a period that nobody read. read_date left out: read on the usual day of the month."""

    model_config = ConfigDict(json_schema_extra={"examples": [MISSING]})

    period: Period
    read_date: BusinessDate | SkipJsonSchema[None] = None


class ProposedRead(BaseModel):
    """What a register would have shown in a period that nobody read, and what that rests on."""

    model_config = ConfigDict(json_schema_extra={"examples": [PROPOSED]})

    nomen: str
    period: str
    serial: str
    read_date: date
    previous_m3: str = Field(description="The stand it goes on from.")
    previous_date: date
    stand_m3: str
    volume_m3: str
    days: int = Field(description="Since previous_date.")
    usual_m3: str = Field(description="Of 30 days.")
    periods: int = Field(description="How many actual periods usual_m3 is the mean of.")

    @classmethod
    def of(cls, one: Proposal) -> Self:
        """Return a proposal as shown."""
        return cls(
            nomen=one.nomen,
            period=one.period,
            serial=one.serial,
            read_date=one.read_date,
            previous_m3=shown(one.from_l, LITRES),
            previous_date=one.from_day,
            stand_m3=shown(one.stand_l, LITRES),
            volume_m3=shown(one.use_l, LITRES),
            days=(one.read_date - one.from_day).days,
            usual_m3=shown(one.usual_l, LITRES),
            periods=one.periods,
        )


class AsRead(BaseModel):
    """A register read. stand_m3 null: nothing was read; import_id null: a person said it."""

    stand_m3: str | None
    volume_m3: str | None
    read_date: date
    read_method: str = Field(description="In capitals; TIDAK_DIKETAHUI: the file does not say.")
    import_id: str | None

    @classmethod
    def values_of(cls, one: ReadVersion) -> dict[str, Any]:
        """Return what is shown of a version."""
        return {
            "stand_m3": _m3(one.stand_akhir_l),
            "volume_m3": _m3(one.volume_l),
            "read_date": one.read_date,
            "read_method": one.read_method,
            "import_id": one.import_id or None,
        }


class ReadVersionOut(AsRead):
    """What was once said of a period's read, by a file or a person, and why."""

    version: int
    method: Method
    is_current: bool
    is_withdrawn: bool
    said_at: datetime
    said_by: str | None = Field(description="Null: a file.")
    reason: str | None
    case_id: str | None
    withdrawn_by: str | None
    withdrawn_at: datetime | None

    @classmethod
    def of(cls, one: ReadVersion) -> Self:
        """Return a version as shown."""
        return cls(
            **AsRead.values_of(one),
            version=one.number,
            method=_method(one),
            is_current=one.is_current,
            is_withdrawn=one.is_withdrawn,
            said_at=one.recorded_at,
            said_by=one.said_by,
            reason=one.reason,
            case_id=one.case_id or None,
            withdrawn_by=one.withdrawn_by,
            withdrawn_at=one.withdrawn_at,
        )


class RegisterRead(BaseModel):
    """The register read of a period: as the file brought it, as it is told, and all that was said of it.

    raw null: no file that stands says anything of the period.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    nomen: str
    period: str
    serial: str
    previous_m3: str | None = Field(description="The stand before, as the file says it.")
    raw: AsRead | None
    validated: AsRead
    method: Method
    version: int = Field(description="Of what stands; the ETag.")
    versions: list[ReadVersionOut] = Field(description="Oldest first.")

    @classmethod
    def of(cls, versions: Sequence[ReadVersion]) -> Self:
        """Return a period's read as shown. versions: all of it."""
        now, raw = rules.standing(versions), rules.raw(versions)
        return cls(
            nomen=now.nomen,
            period=now.period,
            serial=now.serial,
            previous_m3=_m3(now.stand_awal_l),
            raw=AsRead(**AsRead.values_of(raw)) if raw else None,
            validated=AsRead(**AsRead.values_of(now)),
            method=_method(now),
            version=now.number,
            versions=[ReadVersionOut.of(one) for one in versions],
        )


def _method(one: ReadVersion) -> Method:
    return "EDITED" if one.act == "EDITED" else "ESTIMATED" if one.act == "ESTIMATED" else "RAW"


def _m3(litres: int | None) -> str | None:
    return None if litres is None else shown(litres, LITRES)
