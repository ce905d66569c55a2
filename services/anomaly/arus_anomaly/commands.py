"""Commands of the anomaly service: set thresholds, answer incidents, each with the event that tells it."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Final

from arus_runtime import outbox
from arus_runtime.auth import Principal
from arus_runtime.ids import is_ulid, new_ulid
from arus_runtime.postgres import Tx
from arus_runtime.rpc import Peers
from arus_runtime.web import FieldProblem, Problem, wrong
from psycopg.errors import UniqueViolation

from arus_anomaly import catalogue, codec, store
from arus_anomaly.codec.meter_limits import limits_set, litres
from arus_anomaly.rules import feedback
from arus_anomaly.rules.feedback import Answer, OfKey
from arus_anomaly.rules.learned.causes import Cause
from arus_anomaly.rules.learned.severity import cut_of, cut_on
from arus_anomaly.rules.meter.limits import EVERY_CLASS, Limits
from arus_anomaly.rules.meter.limits import Version as MeterVersion
from arus_anomaly.rules.thresholds import Scope, Thresholds, Version
from arus_anomaly.schemas.incidents import Bar, NewAnswer
from arus_anomaly.schemas.meter_limits import NewMeterLimits
from arus_anomaly.schemas.thresholds import ThresholdsIn
from arus_anomaly.store.incidents import StoredIncident
from arus_anomaly.store.verdicts import Stored

DRAFT: Final = "draft"


def draft(scope: Scope, said: ThresholdsIn | None) -> Version:
    """Return thresholds as somebody wrote them, not yet recorded; raises the 422 when they contradict."""
    if said is None:
        return Version(b"", DRAFT, scope, None)
    if said.anomali_pct < said.waspada_pct:
        raise wrong("thresholds.anomali_pct", "too_small", bound=said.waspada_pct, value=said.anomali_pct)
    if said.low_pct is not None and said.low_pct >= said.waspada_pct:
        raise wrong("thresholds.low_pct", "not_less", bound=said.waspada_pct, value=said.low_pct)
    by = Thresholds(
        DRAFT,
        codec.ppm(said.waspada_pct),
        codec.ppm(said.anomali_pct),
        0 if said.low_pct is None else codec.ppm(said.low_pct),
        said.facts_needed,
        said.profile == codec.WEEKDAY,
    )
    return Version(b"", DRAFT, scope, by)


async def check_scope(tx: Tx, peers: Peers, principal: Principal, scope: Scope) -> None:
    """Refuse a scope that is not the caller's to set, or whose location or product does not exist."""
    if not scope.location_id and principal.locations is not None:
        raise wrong("location_id", "everywhere_outside_scope")
    if scope.location_id and not principal.sees(scope.location_id):
        raise wrong("location_id", "outside_scope", value=scope.location_id)
    known = await catalogue.known(tx, peers, principal, scope)
    unknown = [
        FieldProblem(field, "unknown_reference", {"value": given})
        for field, given in scope._asdict().items()
        if given and given not in known
    ]
    if unknown:
        raise Problem(422, "invalid_input", errors=unknown)


async def set_thresholds(
    tx: Tx, peers: Peers, principal: Principal, new: Version, asked: datetime | None
) -> str:
    """Record a draft as a version, and return its id."""
    await check_scope(tx, peers, principal, new.scope)
    version_id = new_ulid()
    by = new.thresholds and new.thresholds._replace(version_id=version_id)
    version = new._replace(id=version_id, thresholds=by)
    valid_from = await store.thresholds.add_version(
        tx, principal.tenant_id, version, asked, principal.user_id
    )
    await outbox.add(
        tx,
        codec.threshold_set(principal.tenant_id, version, valid_from, principal.user_id),
        tenant_id=principal.tenant_id,
        key=principal.tenant_id,
        cause=version_id,
        label="set",
    )
    return version_id


def meter_limits(new: NewMeterLimits) -> MeterVersion:
    """Return limits of register reads as somebody wrote them; raises the 422 when they contradict."""
    said, limits = new.limits, None
    if said is not None:
        first, last = said.month_from_days, said.month_to_days
        if last < first:
            raise wrong("limits.month_to_days", "too_small", bound=first, value=last)
        limits = Limits(
            DRAFT,
            litres(said.extreme_m3),
            said.drop_pct,
            litres(said.drop_floor_m3),
            (first, last),
            said.zeros,
            said.estimates,
            frozenset(said.trouble_codes),
        )
    return MeterVersion(0, DRAFT, new.usage_class or EVERY_CLASS, limits)


async def set_meter_limits(tx: Tx, principal: Principal, new: MeterVersion, asked: datetime | None) -> str:
    """Record a draft as a version, and return its id. They are the whole organisation's to set."""
    if principal.locations is not None:
        raise Problem(403, "limits_outside_scope")
    version_id = new_ulid()
    limits = new.limits and new.limits._replace(version_id=version_id)
    version = new._replace(id=version_id, limits=limits)
    valid_from = await store.meter_limits.add_version(
        tx, principal.tenant_id, version, asked, principal.user_id
    )
    await outbox.add(
        tx,
        limits_set(principal.tenant_id, version, valid_from, principal.user_id),
        tenant_id=principal.tenant_id,
        key=principal.tenant_id,
        cause=version_id,
        label="set",
    )
    return version_id


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
