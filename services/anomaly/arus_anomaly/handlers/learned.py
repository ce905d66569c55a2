"""What verdicts do to the second opinion and to incidents."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final, NamedTuple

from arus.anomaly.v1.events_pb2 import IncidentChanged, VerdictReached, VerdictWithdrawn
from arus_runtime.side_inputs import Known, SideInput
from arus_runtime.tuples import new
from arus_runtime.worker import (
    Column,
    Effect,
    Emit,
    InformedWorker,
    Meta,
    PagedState,
    Row,
    Supersede,
    Table,
    Upsert,
)

from arus_anomaly import codec
from arus_anomaly.codec import opinions as wire
from arus_anomaly.rules import feedback, opinions
from arus_anomaly.rules.alarms import Turn
from arus_anomaly.rules.learned import calibrations
from arus_anomaly.rules.learned.detector import SideInputs
from arus_anomaly.rules.learned.incidents import Incident
from arus_anomaly.rules.learned.profile import FUEL
from arus_anomaly.rules.learned.severity import cut_of
from arus_anomaly.rules.opinions import Basis, Opinion
from arus_anomaly.state import OpenIncident, Watch, new_watch

OPINIONS: Final = Table(
    "opinions",
    (
        Column("tenant_id", "text"),
        Column("fact_id", "text"),
        Column("location_id", "text"),
        Column("product_id", "text"),
        Column("business_date", "date", nullable=True),
        Column("severity", "int2"),
        Column("incident_id", "text", nullable=True),
    ),
    entity=("tenant_id", "fact_id", "location_id", "product_id"),
)
INCIDENTS: Final = Table(
    "incidents",
    (
        Column("tenant_id", "text"),
        Column("id", "text"),
        Column("location_id", "text"),
        Column("product_id", "text"),
        Column("domain", "text"),
        Column("state", "int2"),
        Column("severity", "int2"),
        Column("first_date", "date"),
        Column("last_date", "date"),
        Column("facts", "int4"),
        Column("fact_id", "text"),
        Column("is_history", "bool"),
        Column("opened_at", "timestamptz"),
        Column("changed_at", "timestamptz"),
    ),
    key=("tenant_id", "id"),
)
OPEN: Final = 1
CLOSED: Final = 2
WITHDRAWN: Final = 3
_STATE: Final = {Turn.CLOSED: CLOSED, Turn.WITHDRAWN: WITHDRAWN}
_TURN: Final = {
    Incident.OPENED: Turn.OPENED,
    Incident.UPDATED: Turn.UPDATED,
    Incident.ESCALATED: Turn.ESCALATED,
    Incident.CLOSED: Turn.CLOSED,
}


class Told(NamedTuple):
    """What the second opinion is told besides verdicts."""

    answers: feedback.Answers
    calibrations: calibrations.Calibrations


def _add(told: Told, table: str, rows: Sequence[Sequence[Any]]) -> Told:
    if table == "incident_answers":
        return told._replace(answers=codec.add_answers(told.answers, rows))
    return told._replace(calibrations=codec.add_calibrations(told.calibrations, rows))


TOLD: Final = SideInput(
    {
        "incident_answers": codec.ANSWER_COLUMNS,
        "calibrations": codec.CALIBRATION_COLUMNS,
    },
    empty=Told(feedback.NO_ANSWERS, calibrations.NO_CALIBRATIONS),
    add=_add,
)
learned: Final = InformedWorker(
    "learned",
    topics=("anomaly.verdict.v1",),
    state=PagedState(
        new=new_watch,
        load=codec.load_watch,
        dump=codec.dump_watch,
        pages=lambda watch: watch.pages,
        with_pages=Watch.with_pages,
        load_page=codec.load_stretch,
        dump_page=codec.dump_stretch,
    ),
    side=TOLD,
    tables=(OPINIONS, INCIDENTS),
)


@learned.on(VerdictReached)
def reached(
    watch: Watch, event: VerdictReached, meta: Meta, known: Known[Told]
) -> Watch | tuple[Watch, Sequence[Effect]]:
    """Look at a judged fact at once when it is the newest of its key, else with the batch's conclusion."""
    if event.domain != codec.FUEL:
        return watch, ()
    key, fact = codec.key_of(event, meta.key), wire.seen(event)
    if watch.change is None and watch.follows(fact):
        watch, opinion = opinions.next_one(watch, fact, partial(_basis, known, key))
        effects: list[Effect] = [_opinion(opinion, key)]
        did, incident = opinion.step
        if incident is not None and did is not Incident.NONE:
            turn = _TURN[did]
            effects += _turned(
                turn, incident, meta, wire.incident_changed(turn, incident, key, opinion, event)
            )
        return watch, effects
    return opinions.changed(watch, fact) or (watch, ())


@learned.on(VerdictWithdrawn)
def withdrawn(
    watch: Watch, event: VerdictWithdrawn, meta: Meta, _: Known[Told]
) -> Watch | tuple[Watch, Sequence[Effect]]:
    """Take a voided fact out. One that is too old to be taken out loses its opinion all the same."""
    if event.domain != codec.FUEL:
        return watch, ()
    codec.key_of(event, meta.key)
    return opinions.voided(watch, codec.ulid_bytes(event.fact_id))


@learned.concludes
def look_again(watch: Watch, meta: Meta, known: Known[Told]) -> tuple[Watch, Sequence[Effect]]:
    """Say what late changes came to. What was said before is kept, as superseded."""
    key = codec.key(meta.key)
    watch, (gone, said, turns) = opinions.conclude(watch, partial(_basis, known, key))
    effects: list[Effect] = []
    for fact_id in gone:
        effects += _taken_back(fact_id, key)
    if said:
        effects.append(Supersede(OPINIONS, [_entity(key, one.fact.id) for one in said]))
    effects += [_opinion(one, key) for one in said]
    by_fact = {one.fact.id: one for one in said}
    for turn, incident in turns:
        event = wire.incident_changed(turn, incident, key, by_fact.get(incident.last_id), None)
        effects += _turned(turn, incident, meta, event)
    return watch, effects


def _basis(known: Known[Told], key: codec.Key, fact_id: bytes, day: int) -> Basis:
    told = known.at(fact_id)
    calibration = calibrations.holding(told.calibrations, key.tenant_id, codec.FUEL, fact_id)
    side = new(SideInputs, (FUEL, calibration))
    of = told.answers.get(key.tenant_id, {}).get((key.location_id, key.product_id))
    if of is None:
        return Basis(side)
    cut, since = cut_of(feedback.dismissal_days(of, fact_id))
    return Basis(side, cut, since, feedback.confirmed(of, fact_id, day))


def _opinion(opinion: Opinion, key: codec.Key) -> Row:
    fact, incident_id = opinion.fact, opinion.incident_id
    values = (
        key.tenant_id,
        codec.ulid_text(fact.id),
        key.location_id,
        key.product_id,
        codec.business_date(fact.day)[0],
        int(opinion.assessment.severity),
        codec.ulid_text(incident_id) if incident_id else None,
    )
    return Row(OPINIONS, values, wire.opinion_reached(opinion, key))


def _taken_back(fact_id: bytes, key: codec.Key) -> Sequence[Effect]:
    """Return what takes an opinion back; a withdrawal is written down and told, but nothing stands."""
    entity = Supersede(OPINIONS, [_entity(key, fact_id)])
    text = codec.ulid_text(fact_id)
    values = (key.tenant_id, text, key.location_id, key.product_id, None, 0, None)
    return entity, Row(OPINIONS, values, wire.opinion_withdrawn(text, key)), entity


def _turned(turn: Turn, incident: OpenIncident, meta: Meta, event: IncidentChanged) -> Sequence[Effect]:
    """Return an incident as it stands now, and what tells what happened to it."""
    is_history = wire.is_history(incident.last_day, incident.last_id, meta.import_id)
    event.is_history, event.import_id = is_history, meta.import_id
    values = (
        event.tenant_id,
        event.incident_id,
        event.location_id,
        event.product_id,
        event.domain,
        _STATE.get(turn, OPEN),
        incident.severity,
        codec.business_date(incident.first_day)[0],
        codec.business_date(incident.last_day)[0],
        incident.facts,
        event.fact_id,
        is_history,
        wire.recorded_at(incident.id),
        meta.at,
    )
    return Upsert(INCIDENTS, values), Emit(event)


def _entity(key: codec.Key, fact_id: bytes) -> tuple[str, str, str, str]:
    return key.tenant_id, codec.ulid_text(fact_id), key.location_id, key.product_id
