"""Commands of cases: open, change, give to somebody; each with its history and the event that tells it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from arus_runtime import outbox
from arus_runtime.auth import LimitedError, Principal
from arus_runtime.ids import is_ulid, new_ulid
from arus_runtime.postgres import Tx
from arus_runtime.rpc import Peers
from arus_runtime.web import FieldProblem, IfMatchHeader, Problem, wrong
from arus_runtime.words import Word

from arus_anomaly import codec, directory, store
from arus_anomaly.codec import cases as told
from arus_anomaly.codec.meter import meter_verdict
from arus_anomaly.commands import incidents
from arus_anomaly.directory import Member
from arus_anomaly.rules import cases as rules
from arus_anomaly.rules.cases import Happened, Reminded, Status
from arus_anomaly.rules.fuel import Status as Verdict
from arus_anomaly.schemas.cases import NewCase
from arus_anomaly.state.cases import Case, Change
from arus_anomaly.store import meter
from arus_anomaly.store.cases import Shown


@dataclass(frozen=True, slots=True)
class Subject:
    """What a case is about, by the columns of a case; type: what was said of it, None: nothing."""

    domain: str
    type: str | None
    incident_id: str | None = None
    fact_id: str | None = None
    location_id: str | None = None
    product_id: str | None = None
    nomen: str | None = None
    period: str | None = None
    rayon: str | None = None
    customer: str | None = None
    address: str | None = None


async def open_case(tx: Tx, peers: Peers, principal: Principal, new: NewCase, at: datetime) -> Case:
    """Record a new case; raises the 409 of one that stands already about the same."""
    subject = await _subject(tx, peers, principal, new)
    kind = new.type or subject.type
    if kind is None:
        raise wrong("type", "missing")
    _check_type(subject.domain, kind)
    _check_due(new.due_date, at)
    await check_assignee(peers, principal, new.assignee_id, subject.location_id)
    case = Case(
        id=new_ulid(),
        number=await store.cases.hold_numbers(tx, principal.tenant_id),
        domain=subject.domain,
        type=kind,
        description=new.description,
        status=Status.OPEN,
        priority=new.priority,
        assignee_id=new.assignee_id,
        due_date=new.due_date,
        resolution="",
        incident_id=subject.incident_id,
        fact_id=subject.fact_id,
        location_id=subject.location_id,
        product_id=subject.product_id,
        nomen=subject.nomen,
        period=subject.period,
        rayon=subject.rayon,
        customer=subject.customer,
        address=subject.address,
        reminded=Reminded.NOT_YET,
        opened_by=principal.user_id,
        opened_at=at,
        updated_at=at,
        ended_at=None,
        version=1,
    )
    if number := await store.cases.standing(tx, case):
        raise Problem(409, "case_stands", params={"number": number})
    await store.cases.add(tx, principal.tenant_id, case)
    changes = rules.differences(None, case)
    await happened(
        tx, principal.tenant_id, case, Happened.OPENED, by=principal.user_id, at=at, changes=changes
    )
    return case


async def change(
    tx: Tx,
    peers: Peers,
    principal: Principal,
    case_id: str,
    *,
    if_match: IfMatchHeader,
    values: Mapping[str, Any],
    at: datetime,
) -> Case:
    """Change fields of a case if the caller has seen its version; no difference, no event."""
    standing = await held(tx, principal, case_id)
    if_match.check(standing.version)
    _check_type(standing.domain, values.get("type", standing.type))
    if values.get("due_date", standing.due_date) != standing.due_date:
        _check_due(values["due_date"], at)
    if values.get("assignee_id", standing.assignee_id) != standing.assignee_id:
        await check_assignee(peers, principal, values["assignee_id"], standing.location_id)
    return await _change(tx, principal, standing, values, at)


async def assign(  # noqa: PLR0917 - what is given, to whom, by whom, when
    tx: Tx,
    principal: Principal,
    case_id: str,
    member: Member | None,
    at: datetime,
    seen: Mapping[str, str | None],
) -> bool:
    """Give a case to a member (None: to nobody), and say whether that is new; raises Problem.

    seen: whose cases were when they were chosen; what somebody took meanwhile stays theirs.
    """
    standing = await held(tx, principal, case_id)
    if standing.assignee_id not in {seen.get(case_id, standing.assignee_id), member and member.id}:
        raise Problem(409, "case_taken", params={"number": standing.number})
    if member is not None and not member.sees(standing.location_id):
        raise wrong("assignee_id", "assignee_outside_scope", value=member.name)
    changed = await _change(tx, principal, standing, {"assignee_id": member and member.id}, at)
    return changed != standing


async def held(tx: Tx, principal: Principal, case_id: str) -> Case:
    """Return a case that the caller may see, and hold it; raises the 404."""
    case = await store.cases.hold(tx, case_id, principal.locations) if is_ulid(case_id) else None
    if case is None:
        raise Problem(404, "not_found")
    return case


async def shown(tx: Tx, principal: Principal, case_id: str) -> Shown:
    """Return a case that the caller may see as it is shown; raises the 404."""
    case = await store.cases.shown(tx, case_id, principal.locations) if is_ulid(case_id) else None
    if case is None:
        raise Problem(404, "not_found")
    return case


async def check_assignee(
    peers: Peers, principal: Principal, assignee_id: str | None, location_id: str | None
) -> None:
    """Refuse somebody who may not be given a case at a location; None: nobody is to have it."""
    if assignee_id is None:
        return
    member = (await directory.by_id(peers, principal)).get(assignee_id)
    if member is None:
        raise wrong("assignee_id", "not_assignable", value=assignee_id)
    if not member.sees(location_id):
        raise wrong("assignee_id", "assignee_outside_scope", value=member.name)


async def happened(
    tx: Tx,
    tenant_id: str,
    case: Case,
    what: Happened,
    *,
    by: str,
    at: datetime,
    changes: Mapping[str, Sequence[Any]] | None = None,
    about_id: str | None = None,
) -> None:
    """Write down what happened to a case, and tell it. by: empty for the clock."""
    entry = Change(new_ulid(), what, changes or {}, about_id, by, at)
    await store.dossiers.add(tx, tenant_id, case.id, entry)
    await outbox.add(
        tx,
        told.changed(tenant_id, case, what, sorted(entry.changes), by),
        tenant_id=tenant_id,
        key=told.key(tenant_id, case.id),
        cause=entry.id,
        label=what,
        at=at,
    )


async def remind(tx: Tx, tenant_id: str, at: datetime) -> int:
    """Tell which cases fell due or became overdue since they were last looked at; worker role."""
    day, count = rules.day_of(at), 0
    for case in await store.cases.due(tx, tenant_id, rules.near(day)):
        reminded = rules.reminder(case, day)
        if reminded is None:
            continue
        what = Happened.FELL_DUE if reminded is Reminded.DUE else Happened.BECAME_OVERDUE
        told_of = replace(case, reminded=reminded)
        await store.cases.change(tx, tenant_id, told_of)
        await happened(tx, tenant_id, told_of, what, by="", at=at)
        count += 1
    return count


async def _change(
    tx: Tx, principal: Principal, standing: Case, values: Mapping[str, Any], at: datetime
) -> Case:
    changed = replace(standing, **values)
    if changed == standing:
        return standing
    if changed.status != standing.status:
        _check_status(standing, changed)
    elif standing.status == Status.CLOSED:
        raise Problem(409, "case_closed", params={"number": standing.number})
    changed = replace(changed, **rules.consequences(standing, values, at))
    changed = replace(changed, version=standing.version + 1, updated_at=at)
    await store.cases.change(tx, principal.tenant_id, changed)
    changes = rules.differences(standing, changed)
    await happened(
        tx, principal.tenant_id, changed, Happened.CHANGED, by=principal.user_id, at=at, changes=changes
    )
    return changed


def _check_status(standing: Case, changed: Case) -> None:
    possible = rules.next_statuses(standing.status)
    if changed.status not in possible:
        said = {"value": _word(changed.status), "expected": tuple(map(_word, possible))}
        entry = FieldProblem("status", "status_cannot_follow", said)
        raise Problem(409, "status_cannot_follow", errors=[entry], params=entry.params)
    if rules.is_done(changed.status) and not changed.resolution:
        raise wrong("resolution", "resolution_needed", value=_word(changed.status))


def _word(status: str) -> Word:
    return Word(f"case_status_{status}")


def _check_type(domain: str, kind: str) -> None:
    if kind not in rules.TYPES[domain]:
        raise wrong("type", "not_one_of", value=kind, expected=", ".join(rules.TYPES[domain]))


def _check_due(due_date: date | None, at: datetime) -> None:
    if due_date is not None and due_date < rules.day_of(at):
        raise wrong("due_date", "too_small", bound=rules.day_of(at), value=due_date)


async def _subject(tx: Tx, peers: Peers, principal: Principal, new: NewCase) -> Subject:
    match (new.incident_id, new.fact_id, new.nomen):
        case (str() as incident_id, None, None):
            return await _of_incident(tx, principal, incident_id)
        case (None, str() as fact_id, None):
            return await _of_fact(tx, principal, fact_id)
        case (None, None, str() as nomen):
            return await _of_customer(tx, peers, principal, nomen, new.period)
        case _:
            raise wrong("nomen", "one_subject")


async def _of_incident(tx: Tx, principal: Principal, incident_id: str) -> Subject:
    try:
        found = await incidents.incident(tx, principal, incident_id)
    except Problem as problem:
        raise wrong("incident_id", "unknown_reference", value=incident_id) from problem
    of_fact = await _of_fact(tx, principal, found.fact_id)
    return replace(of_fact, incident_id=incident_id, type=of_fact.type or rules.OTHER)


async def _of_fact(tx: Tx, principal: Principal, fact_id: str) -> Subject:
    revisions = await store.verdicts.revisions(tx, fact_id, principal.locations)
    if not revisions:
        raise wrong("fact_id", "unknown_reference", value=fact_id)
    newest = revisions[0]
    verdict = Verdict(newest.status)
    return Subject(
        codec.FUEL,
        None if verdict is Verdict.NORMAL else verdict.name,
        fact_id=fact_id,
        location_id=newest.location_id,
        product_id=newest.product_id,
    )


async def _of_customer(tx: Tx, peers: Peers, principal: Principal, nomen: str, period: str | None) -> Subject:
    if principal.locations is not None:
        raise LimitedError
    found = await directory.customer(peers, principal, nomen)
    judged = await meter.of_customer(tx, nomen)
    if found is None and not judged:
        raise wrong("nomen", "unknown_reference", value=nomen)
    verdicts = [meter_verdict(one.value) for one in judged]
    kind = next((str(kind) for one in verdicts if one.period == period for kind in one.kinds), None)
    return Subject(
        told.METER,
        kind,
        nomen=nomen,
        period=period,
        rayon=found.rayon if found else verdicts[0].rayon,
        customer=found.name if found else "",
        address=found.address if found else "",
    )
