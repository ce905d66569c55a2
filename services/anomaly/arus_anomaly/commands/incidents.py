"""Commands of incidents: what people say of them, each with the event that tells it."""

from collections.abc import Collection
from datetime import UTC, datetime

from arus_runtime import outbox
from arus_runtime.auth import Principal
from arus_runtime.ids import is_ulid, new_ulid
from arus_runtime.postgres import Tx
from arus_runtime.web import Problem, wrong
from psycopg.errors import UniqueViolation

from arus_anomaly import codec, store
from arus_anomaly.rules import feedback
from arus_anomaly.rules.feedback import Answer, OfKey
from arus_anomaly.rules.learned.causes import Cause
from arus_anomaly.rules.learned.severity import cut_of, cut_on
from arus_anomaly.schemas.incidents import Bar, NewAnswer
from arus_anomaly.store.incidents import StoredIncident
from arus_anomaly.store.verdicts import Stored


async def incident(tx: Tx, principal: Principal, incident_id: str) -> StoredIncident:
    """Return an incident that the caller may see; raises the 404."""
    found = None
    if is_ulid(incident_id):
        found = await store.incidents.incident(tx, incident_id, principal.locations)
    if found is None:
        raise Problem(404, "not_found")
    return found


async def answer_incident(tx: Tx, principal: Principal, incident_id: str, new: NewAnswer) -> str:
    """Record what a person says of an incident, and return the answer's id."""
    if new.cause is not None and new.answer != Answer.CONFIRMED:
        raise wrong("cause", "cause_unconfirmed", value=new.cause)
    stored = await incident(tx, principal, incident_id)
    if stored.state == store.incidents.WITHDRAWN:
        raise Problem(409, "incident_withdrawn")
    # Confirmed again takes in the records since then; the others would only count twice.
    if new.answer == stored.answer and new.answer != Answer.CONFIRMED:
        raise Problem(409, "answer_given")
    cause = None if new.cause is None else Cause(new.cause)
    said = codec.Said(
        _key(principal, stored), incident_id, new_ulid(), Answer(new.answer), cause, "", principal.user_id
    )
    await _say(tx, said, new.note, stored)
    return said.id


async def revert_answer(tx: Tx, principal: Principal, incident_id: str, answer_id: str) -> None:
    """Record that an answer is taken back; raises the 404, and the 409 when it was already."""
    stored = await incident(tx, principal, incident_id)
    given = next((one for one in await store.incidents.answers(tx, incident_id) if one.id == answer_id), None)
    if given is None:
        raise Problem(404, "not_found")
    said = codec.Said(
        _key(principal, stored), incident_id, new_ulid(), Answer.REVERTED, None, answer_id, principal.user_id
    )
    try:
        await _say(tx, said, "", stored)
    except UniqueViolation as taken:
        raise Problem(409, "answer_reverted") from taken


async def _say(tx: Tx, said: codec.Said, note: str, stored: StoredIncident) -> None:
    valid_from = await store.incidents.add_answer(tx, said, note, stored.last_date)
    await outbox.add(
        tx,
        codec.answered(said, valid_from),
        tenant_id=said.of.tenant_id,
        key=":".join(said.of),
        cause=said.id,
        label="answered",
    )


async def said_about(tx: Tx, tenant_id: str, stored: StoredIncident) -> OfKey:
    """Return what people said of an incident's location and product."""
    of = stored.location_id, stored.product_id
    return (await store.incidents.answers_about(tx, tenant_id, of)).get(of, ())


def joined_since(said: OfKey, stored: StoredIncident, fact_ids: Collection[str]) -> int:
    """Return how many of a confirmed incident's facts no confirmation holds for; 0 for another incident."""
    if stored.answer != Answer.CONFIRMED:
        return 0
    return len(set(map(codec.ulid_bytes, fact_ids)) - feedback.now_confirmed(said))


def bar(said: OfKey) -> Bar:
    """Return by how much people's answers have raised the bar of a location and product."""
    days = feedback.dismissal_days(said, feedback.END)
    cut, since = cut_of(days)
    now = cut_on(cut, since, datetime.now(UTC).toordinal())
    return Bar(raised_decades=round(now, 2), false_alarms=len(days))


async def confirmed(tx: Tx, tenant_id: str, verdict: Stored) -> frozenset[bytes]:
    """Return the confirmed anomalies that a fact was judged without."""
    of = verdict.location_id, verdict.product_id
    answers = (await store.incidents.answers_about(tx, tenant_id, of)).get(of, ())
    return feedback.confirmed(answers, codec.ulid_bytes(verdict.fact_id), verdict.business_date.toordinal())


def _key(principal: Principal, stored: StoredIncident) -> codec.Key:
    return codec.Key(principal.tenant_id, stored.location_id, stored.product_id)
