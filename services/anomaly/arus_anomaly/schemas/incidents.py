"""What travels over REST: incidents as people read and answer them."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Final, Literal, Self

from arus_runtime.words import Language
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from arus_anomaly.rules.feedback import Answer
from arus_anomaly.schemas.opinions import OPINION, CauseName, Opinion
from arus_anomaly.schemas.verdicts import GOLDEN, Anomaly, Domain, Named
from arus_anomaly.store.incidents import CLOSED, WITHDRAWN, Kind, StoredAnswer, StoredIncident
from arus_anomaly.store.verdicts import Stored

StateName = Literal["open", "closed", "withdrawn"]
AlarmName = Literal["info", "warning", "critical"]
AnswerName = Literal["acknowledged", "confirmed", "false_positive"]
Answered = Literal["none", "acknowledged", "confirmed", "false_positive"]

_STATES: Final[Mapping[int, StateName]] = {1: "open", 2: "closed", 3: "withdrawn"}
STATE_OF: Final[Mapping[StateName, int]] = {name: state for state, name in _STATES.items()}
SEVERITY_OF: Final[Mapping[AlarmName, int]] = {"info": 1, "warning": 2, "critical": 3}
_ALARMS: Final[Mapping[int, AlarmName]] = {severity: name for name, severity in SEVERITY_OF.items()}
_ANSWERS: Final[Mapping[str, AnswerName]] = {
    "acknowledged": "acknowledged",
    "confirmed": "confirmed",
    "false_positive": "false_positive",
}
_ANSWER: JsonDict = {
    "id": "01JHB8Z5G0R5C1V8X3N6K2Q7TZ",
    "answer": "confirmed",
    "cause": "BOCOR",
    "note": "Sambungan pipa genset 2 bocor, sudah diganti.",
    "answered_by": "01JGJ4M3Z1T5C0V8X2N6K3Q7RB",
    "answered_at": "2025-01-10T11:02:00Z",
    "holds_from": "2025-01-10T11:02:05Z",
    "reverted_by": None,
    "reverted_at": None,
}
_INCIDENT: JsonDict = {
    "id": "01JH8PV6W4RZ3M0T5X9K2C7B1N",
    "domain": "fuel",
    "location": GOLDEN["location"],
    "product": GOLDEN["product"],
    "state": "open",
    "severity": "critical",
    "first_date": "2025-01-10",
    "last_date": "2025-01-10",
    "facts": 1,
    "is_history": False,
    "opened_at": "2025-01-10T10:14:59Z",
    "changed_at": "2025-01-10T10:14:59Z",
    "answer": "confirmed",
    "newest": {**GOLDEN},
}
_BAR: JsonDict = {"raised_decades": 0.25, "false_alarms": 1}


class NewAnswer(BaseModel):
    """What a person says of an incident."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"answer": "confirmed", "cause": "BOCOR", "note": "Sambungan pipa genset 2 bocor."},
                {"answer": "false_positive", "note": "Pengisian genset untuk pesta desa."},
            ]
        },
    )

    answer: AnswerName = Field(
        description="confirmed: its records are kept out of baselines and of learning from now on."
        " false_positive: the bar of this location and product rises."
    )
    cause: CauseName | None = Field(default=None, description="What it was; only with confirmed.")
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = ""


class AnswerOut(BaseModel):
    """An answer, and whether it was taken back."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ANSWER]})

    id: str
    answer: AnswerName
    cause: CauseName | None
    note: str
    answered_by: str
    answered_at: datetime
    holds_from: datetime = Field(description="Records from then on are judged with it.")
    reverted_by: str | None
    reverted_at: datetime | None

    @classmethod
    def of(cls, stored: StoredAnswer) -> Self:
        """Return a stored answer as it is shown."""
        return cls(
            id=stored.id,
            answer=_ANSWERS[stored.answer],
            cause=_cause(stored.cause),
            note=stored.note,
            answered_by=stored.created_by,
            answered_at=stored.created_at,
            holds_from=stored.valid_from,
            reverted_by=stored.reverted_by,
            reverted_at=stored.reverted_at,
        )


class Incident(BaseModel):
    """One alarm for one occurrence, however many records it takes."""

    model_config = ConfigDict(json_schema_extra={"examples": [_INCIDENT]})

    id: str
    domain: Domain
    location: Named
    product: Named
    state: StateName = Field(
        description="closed: three records in a row were usual. withdrawn: its records were corrected."
    )
    severity: AlarmName = Field(description="The highest of its records.")
    first_date: date
    last_date: date
    facts: int = Field(description="How many records alarmed.")
    is_history: bool = Field(description="It came with an import, or lay more than seven days back.")
    opened_at: datetime
    changed_at: datetime
    answer: Answered = Field(description="The last answer that was not taken back.")
    newest: Anomaly | None = Field(description="The newest record that alarmed; null: it was voided.")

    @classmethod
    def of(cls, stored: StoredIncident, newest: Stored | None, language: Language) -> Self:
        """Return a stored incident as it is shown."""
        return cls(
            id=stored.id,
            domain="fuel",
            location=Named(id=stored.location_id, name=stored.location_name or stored.location_id),
            product=Named(id=stored.product_id, name=stored.product_name or stored.product_id),
            state=_STATES[stored.state],
            severity=_ALARMS[stored.severity],
            first_date=stored.first_date,
            last_date=stored.last_date,
            facts=stored.facts,
            is_history=stored.is_history,
            opened_at=stored.opened_at,
            changed_at=stored.changed_at,
            answer=_ANSWERS[stored.answer] if stored.answer else "none",
            newest=None if newest is None else Anomaly.of(newest, language),
        )


class Judged(BaseModel):
    """A record of an incident: what the rule says of it, and what the detector says."""

    anomaly: Anomaly
    second_opinion: Opinion | None

    @classmethod
    def of(cls, stored: Stored, opinion: bytes | None, language: Language) -> Self:
        """Return a stored verdict and the opinion beside it as they are shown."""
        return cls(
            anomaly=Anomaly.of(stored, language),
            second_opinion=None if opinion is None else Opinion.of(opinion, language),
        )


class Bar(BaseModel):
    """How much more a record of this location and product must surprise, by what people said so far."""

    model_config = ConfigDict(json_schema_extra={"examples": [_BAR]})

    raised_decades: float = Field(description="0.25 a false alarm, at most 2; a tenth less every 30 days.")
    false_alarms: int = Field(description="Those that were not taken back.")


class IncidentDetail(Incident):
    """An incident with its records and what people said."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_INCIDENT,
                    "records": [{"anomaly": {**GOLDEN}, "second_opinion": {**OPINION}}],
                    "answers": [{**_ANSWER}],
                    "bar": {**_BAR},
                    "joined_since": 0,
                }
            ]
        }
    )

    records: list[Judged] = Field(description="Those that alarmed, newest first, at most 100.")
    answers: list[AnswerOut] = Field(description="Newest first; those taken back are among them.")
    bar: Bar
    joined_since: int = Field(
        description="Records that alarmed after it was confirmed, so baselines still hold them until it is"
        " confirmed again; 0 unless confirmed is the last answer."
    )

    @classmethod
    def with_records(
        cls,
        incident: Incident,
        records: Sequence[Judged],
        answers: Sequence[StoredAnswer],
        bar: Bar,
        joined_since: int,
    ) -> Self:
        """Return an incident with all that is known of it."""
        return cls(
            **dict(incident),
            records=[*records],
            answers=[AnswerOut.of(one) for one in answers],
            bar=bar,
            joined_since=joined_since,
        )


class IncidentCounts(BaseModel):
    """How many incidents there are of each severity."""

    critical: int = 0
    warning: int = 0
    info: int = 0


class IncidentSummary(BaseModel):
    """How many incidents there are by their last answer, how many of them subsided, and those withdrawn."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "unanswered": {"critical": 1, "warning": 2, "info": 4},
                    "acknowledged": {"critical": 0, "warning": 1, "info": 0},
                    "confirmed": {"critical": 3, "warning": 0, "info": 0},
                    "false_positive": {"critical": 0, "warning": 2, "info": 1},
                    "closed": {"critical": 2, "warning": 4, "info": 5},
                    "withdrawn": {"critical": 0, "warning": 1, "info": 0},
                }
            ]
        }
    )

    unanswered: IncidentCounts
    acknowledged: IncidentCounts
    confirmed: IncidentCounts
    false_positive: IncidentCounts
    closed: IncidentCounts = Field(description="Three records in a row were usual, whatever was answered.")
    withdrawn: IncidentCounts = Field(description="Their records were corrected; counted nowhere else.")

    @classmethod
    def of(cls, counts: Mapping[Kind, int]) -> Self:
        """Return counts of each kind as they are shown."""

        def where(holds: Callable[[Kind], bool]) -> IncidentCounts:
            by_severity = Counter[int]()
            for kind, count in counts.items():
                by_severity[kind.severity] += count if holds(kind) else 0
            return IncidentCounts(**{name: by_severity[severity] for severity, name in _ALARMS.items()})

        def answered(answer: str) -> IncidentCounts:
            return where(lambda kind: kind.answer == answer and kind.state != WITHDRAWN)

        return cls(
            unanswered=answered(""),
            acknowledged=answered(Answer.ACKNOWLEDGED),
            confirmed=answered(Answer.CONFIRMED),
            false_positive=answered(Answer.FALSE_POSITIVE),
            closed=where(lambda kind: kind.state == CLOSED),
            withdrawn=where(lambda kind: kind.state == WITHDRAWN),
        )


def _cause(cause: str | None) -> CauseName | None:
    for name in ("BOCOR", "PENYALAHGUNAAN", "SALAH_CATAT", "PEMBOROSAN"):
        if cause == name:
            return name
    return None
