"""What people say of incidents, and what calibrations an organisation has, as they are stored and told."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from arus.anomaly.v1.events_pb2 import (
    ANSWER_ACKNOWLEDGED,
    ANSWER_CONFIRMED,
    ANSWER_FALSE_POSITIVE,
    ANSWER_REVERTED,
    CAUSE_UNSPECIFIED,
    IncidentAnswered,
)

from arus_anomaly.codec.keys import Key, ulid_bytes, ulid_start
from arus_anomaly.codec.opinions import WIRE_CAUSE
from arus_anomaly.codec.verdicts import FUEL
from arus_anomaly.rules.feedback import Answer, Answers, Given, with_answers
from arus_anomaly.rules.learned.calibration import Calibration
from arus_anomaly.rules.learned.calibrations import Calibrations, Version, with_versions
from arus_anomaly.rules.learned.causes import Cause

ANSWER_COLUMNS: Final = (
    "tenant_id", "id", "location_id", "product_id", "valid_from", "answer", "reverts", "fact_ids",
    "last_date", "incident_id",
)  # fmt: skip
"""The columns of a stored answer, in the order that ``given`` takes them in."""
CALIBRATION_COLUMNS: Final = ("tenant_id", "id", "domain", "valid_from", "body")
"""The columns of a stored calibration."""
WIRE_ANSWER: Final = {
    Answer.ACKNOWLEDGED: ANSWER_ACKNOWLEDGED,
    Answer.CONFIRMED: ANSWER_CONFIRMED,
    Answer.FALSE_POSITIVE: ANSWER_FALSE_POSITIVE,
    Answer.REVERTED: ANSWER_REVERTED,
}


def given(row: Sequence[Any]) -> tuple[str, tuple[str, str], Given]:
    """Return a stored answer, whose it is, and of which location and product."""
    tenant_id, answer_id, location_id, product_id, valid_from, answer, reverts, fact_ids, last_date, of = row
    return (
        tenant_id,
        (location_id, product_id),
        Given(
            ulid_start(valid_from),
            answer_id,
            Answer(answer),
            valid_from.date().toordinal(),
            reverts or "",
            frozenset(map(ulid_bytes, fact_ids)),
            last_date.toordinal(),
            of,
        ),
    )


def add_answers(answers: Answers, rows: Sequence[Sequence[Any]]) -> Answers:
    """Return answers with stored ones added."""
    return with_answers(answers, map(given, rows))


class Said(NamedTuple):
    """What a person says of an incident, and what the answers' table knows of it."""

    of: Key
    incident_id: str
    id: str
    answer: Answer
    cause: Cause | None
    reverts: str
    by: str
    """The id of the person or key."""


def answered(said: Said, valid_from: datetime) -> IncidentAnswered:
    """Return an answer as the event that tells it."""
    of = said.of
    return IncidentAnswered(
        tenant_id=of.tenant_id,
        incident_id=said.incident_id,
        domain=FUEL,
        location_id=of.location_id,
        product_id=of.product_id,
        answer_id=said.id,
        answer=WIRE_ANSWER[said.answer],
        cause=CAUSE_UNSPECIFIED if said.cause is None else WIRE_CAUSE[said.cause],
        reverts=said.reverts,
        answered_by=said.by,
        valid_from=valid_from.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    )


def add_calibrations(calibrations: Calibrations, rows: Sequence[Sequence[Any]]) -> Calibrations:
    """Return calibrations with stored ones added."""
    return with_versions(
        calibrations,
        (
            (tenant_id, domain, Version(ulid_start(valid_from), calibration(version_id, body)))
            for tenant_id, version_id, domain, valid_from, body in rows
        ),
    )


def calibration(version_id: str, body: dict[str, Any]) -> Calibration:
    """Return the calibration that a stored body holds."""
    return Calibration(
        version_id,
        body["usual_scale"],
        tuple(tuple(row) for row in body["knots"]),
        tuple(body["decades"]),
        body["shape"],
        body["width"],
    )
