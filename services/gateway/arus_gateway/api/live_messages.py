"""The messages of the live feed, as the OpenAPI document describes them; what makes them is telling.py."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, GetJsonSchemaHandler, RootModel, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema
from typing_extensions import override

from arus_gateway.api.views import MilderTold, ReasonTold, RecordName

Day = Annotated[str, WithJsonSchema({"type": "string", "format": "date"})]
Moment = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
EventId = Annotated[str, Field(description="What Last-Event-ID takes to go on behind this message.")]
Verdict = Literal["NORMAL", "WASPADA", "ANOMALI"]


class LiveVerdict(BaseModel):
    """A verdict as GET /anomalies lists it."""

    id: str
    domain: str
    location: RecordName
    product: RecordName
    date: Day
    volume: str
    baseline: str | None
    risk_score: str | None
    status: Verdict
    reason: ReasonTold
    milder: list[MilderTold]
    thresholds_id: str | None
    fact_id: str
    judged_at: Moment
    superseded: bool


class LiveWithdrawal(BaseModel):
    """The verdict on a fact that was voided."""

    id: str
    domain: str
    location: RecordName
    product: RecordName
    fact_id: str


class LiveAlert(BaseModel):
    """What happened to an incident; volume to reason are its newest record's, null where none caused it."""

    id: str
    domain: str
    location: RecordName
    product: RecordName
    change: Literal["opened", "updated", "escalated", "closed", "withdrawn"]
    severity: Literal["none", "info", "warning", "critical"]
    first_date: Day
    last_date: Day
    facts: int
    fact_id: str
    volume: str | None
    status: Verdict | None
    risk_score: str | None
    expected: str | None
    reason: ReasonTold | None
    is_history: bool
    changed_at: Moment


class LiveAnswer(BaseModel):
    """What a person said of an incident."""

    id: str
    domain: str
    location: RecordName
    product: RecordName
    answer: Literal["acknowledged", "confirmed", "false_positive", "reverted"]


class LiveCounts(BaseModel):
    """What became of an import's rows so far."""

    created: int
    updated: int
    unchanged: int
    rejected: int


class LiveImport(BaseModel):
    """How far an import is, under the names of GET /imports/{import_id}."""

    id: str
    state: str
    file_name: str
    type: str | None
    period: str | None
    rows: int
    done: int
    progress: float
    counts: LiveCounts
    uploaded_by: str
    changed_at: Moment


class LiveCase(BaseModel):
    """How a case stands and what happened to it, under the names of GET /cases/{case_id}."""

    id: str
    number: int
    change: str
    domain: str
    type: str
    status: str
    priority: str
    assignee_id: str | None
    due_date: Day | None
    version: int
    changed_fields: list[str]
    changed_by: str | None
    changed_at: Moment


class VerdictMessage(BaseModel):
    """A fact was judged, or judged again."""

    type: Literal["verdict"]
    id: EventId
    data: LiveVerdict


class WithdrawalMessage(BaseModel):
    """A verdict stands no more. Comes with the type verdict."""

    type: Literal["verdict_withdrawn"]
    id: EventId
    data: LiveWithdrawal


class AlertMessage(BaseModel):
    """Something happened to an incident."""

    type: Literal["alert"]
    id: EventId
    data: LiveAlert


class AnswerMessage(BaseModel):
    """Somebody answered an incident. Comes with the type alert."""

    type: Literal["alert_answered"]
    id: EventId
    data: LiveAnswer


class ImportMessage(BaseModel):
    """An import went on."""

    type: Literal["import"]
    id: EventId
    data: LiveImport


class CaseMessage(BaseModel):
    """Something happened to a case."""

    type: Literal["case"]
    id: EventId
    data: LiveCase


class ResetMessage(BaseModel):
    """What was missed is no longer known: load the list again."""

    type: Literal["reset"]


class PingMessage(BaseModel):
    """The feed is open, and nothing happened."""

    type: Literal["ping"]


class LiveMessage(
    RootModel[
        Annotated[
            VerdictMessage
            | WithdrawalMessage
            | AlertMessage
            | AnswerMessage
            | ImportMessage
            | CaseMessage
            | ResetMessage
            | PingMessage,
            Field(discriminator="type"),
        ]
    ]
):
    """One message: a WebSocket's text, or the data of a server-sent event."""


class LiveStream(RootModel[list[LiveMessage]]):
    """Server-sent events: text, and the data of each event is one message as JSON."""

    @classmethod
    @override
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler, /
    ) -> JsonSchemaValue:
        """Return the schema of the text, and of the messages it holds."""
        messages = handler.resolve_ref_schema(handler(core_schema))
        return {
            "type": "string",
            "description": cls.__doc__,
            "contentMediaType": "text/event-stream",
            "contentSchema": {"type": "array", "items": messages["items"]},
        }
