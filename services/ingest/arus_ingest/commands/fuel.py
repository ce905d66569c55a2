"""Commands of the fuel door: check, record and event in one transaction, under a lock of each history.

The lock is held from before the first event is written until the commit, so the order of events of one
history is the order in which its facts came to stand. A command that changes facts first holds these, in one
statement, then all its keys, in another: two commands never wait for each other.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from arus_runtime import outbox
from arus_runtime.auth import Principal
from arus_runtime.ids import is_ulid, new_ulid
from arus_runtime.outbox import Pending
from arus_runtime.postgres import Tx
from arus_runtime.web import FieldProblem, IfMatchHeader, Problem
from google.protobuf.message import Message

from arus_ingest import codec, rules
from arus_ingest.catalogue import Catalogue, Known
from arus_ingest.rules import Flaw
from arus_ingest.state import Entry, FuelFact, FuelKey
from arus_ingest.store import fuel as store


@dataclass(frozen=True, slots=True)
class Ledger:
    """A kind of fuel fact: where it is written and how it is told."""

    table: store.Ledger
    told: codec.Telling


TRANSACTIONS: Final = Ledger("fuel_transactions", codec.TRANSACTIONS)
DELIVERIES: Final = Ledger("fuel_deliveries", codec.DELIVERIES)


@dataclass(frozen=True, slots=True)
class Asked:
    """An entry that somebody wants recorded. traceparent: of their request; empty: of the one at hand."""

    entry: Entry
    principal: Principal
    traceparent: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """An entry that became a fact."""

    fact: FuelFact
    warnings: tuple[Flaw, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """An entry that did not, and why."""

    flaws: tuple[Flaw, ...]


async def record(
    tx: Tx, catalogue: Catalogue, ledger: Ledger, entries: Sequence[Entry], at: datetime
) -> list[Recorded | Refused]:
    """Record what can be recorded and say of each entry, in order, what became of it."""
    known = await catalogue.look_up(
        tx, {entry.location_id for entry in entries}, {entry.product_id for entry in entries}
    )
    principal = catalogue.principal
    asked = [Asked(entry, principal) for entry in entries]
    return await record_known(tx, principal.tenant_id, known, ledger, asked, at=at)


async def record_known(
    tx: Tx,
    tenant_id: str,
    known: Known,
    ledger: Ledger,
    asked: Sequence[Asked],
    *,
    at: datetime,
    import_id: str = "",
    besides: Collection[FuelKey] = (),
) -> list[Recorded | Refused]:
    """Record what can be recorded of a tenant's entries whose places and fuels were looked up.

    besides: further keys to hold, under which the same transaction will change facts.
    """
    found = [_flaws(one, known, at) for one in asked]
    sound = [one.entry for one, flaws in zip(asked, found, strict=True) if not flaws]
    standing: set[store.Duplicate] = set()
    if sound or besides:
        async with tx.pipeline():  # what needs no answer of the other goes in one round trip
            await store.hold_keys(tx, tenant_id, {entry.key for entry in sound} | set(besides))
            standing = await store.standing(tx, ledger.table, sound)
    outcomes: list[Recorded | Refused] = []
    events: list[Pending] = []
    facts: list[FuelFact] = []
    for one, flaws in zip(asked, found, strict=True):
        entry = one.entry
        if flaws:
            outcomes.append(Refused(tuple(flaws)))
            continue
        same = (entry.key, entry.business_date, entry.volume_ul)
        warnings = (rules.duplicate(entry),) if same in standing else ()
        standing.add(same)
        timezone = known.locations[entry.location_id].timezone
        fact = _fact(entry, timezone, one.principal.user_id, at)
        outcomes.append(Recorded(fact, warnings))
        facts.append(fact)
        told = ledger.told.recorded(tenant_id, fact)
        events.append(_pending(tenant_id, fact, told, "recorded", one.traceparent))
    if facts:
        async with tx.pipeline():
            await store.add(tx, tenant_id, ledger.table, facts)
            await outbox.add_all(tx, events, tenant_id=tenant_id, at=at, import_id=import_id)
    return outcomes


async def amend(
    tx: Tx, principal: Principal, ledger: Ledger, changed: Sequence[FuelFact], *, at: datetime, import_id: str
) -> None:
    """Write facts that stay under their keys and say something else since an import, or never happened.

    changed: as they now are; the same transaction read and holds them and their keys. No window closes for
    what imports bring.
    """
    if not changed:
        return
    told = ledger.told
    events: list[tuple[FuelFact, Message, str]] = []
    for fact in changed:
        await store.change(tx, ledger.table, fact)
        if fact.status == "voided":
            events.append((fact, told.voided(principal.tenant_id, fact), "voided"))
        else:
            events.append((fact, told.corrected(principal.tenant_id, fact), "corrected"))
    await _tell(tx, principal, at, events, import_id)


async def correct(
    tx: Tx,
    catalogue: Catalogue,
    ledger: Ledger,
    fact_id: str,
    *,
    if_match: IfMatchHeader,
    window: timedelta,
    at: datetime,
    change: Callable[[Entry], Entry],
) -> Recorded:
    """Correct a standing fact; one that moves is voided under its old key, recorded under the new."""
    principal = catalogue.principal
    old = await _held(tx, principal, ledger, fact_id)
    if_match.check(old.version)
    if old.status == "voided":
        raise Problem(409, "already_voided")
    _check_window(old, window, at)
    said = Entry(old.business_date, old.location_id, old.product_id, old.volume_ul, old.note)
    entry = change(said)
    if entry == said:
        return Recorded(old, ())
    timezone = await _check_change(tx, catalogue, old, entry, at)
    await store.hold_keys(tx, principal.tenant_id, {old.key, entry.key})
    resized = (entry.key, entry.business_date, entry.volume_ul) != (old.key, old.business_date, old.volume_ul)
    warned = resized and bool(await store.standing(tx, ledger.table, [entry]))
    new = replace(
        old,
        business_date=entry.business_date,
        location_id=entry.location_id,
        product_id=entry.product_id,
        volume_ul=entry.volume_ul,
        note=entry.note,
        timezone=timezone,
        version=old.version + 1,
        changed_at=at,
        changed_by=principal.user_id,
    )
    await store.change(tx, ledger.table, new)
    tenant_id = principal.tenant_id
    if new.key == old.key:
        events = [(new, ledger.told.corrected(tenant_id, new), "corrected")]
    else:
        gone = replace(new, location_id=old.location_id, product_id=old.product_id)
        events = [
            (gone, ledger.told.voided(tenant_id, gone), "moved away"),
            (new, ledger.told.recorded(tenant_id, new), "moved here"),
        ]
    await _tell(tx, principal, at, events)
    return Recorded(new, (rules.duplicate(entry),) if warned else ())


async def void(
    tx: Tx,
    principal: Principal,
    ledger: Ledger,
    fact_id: str,
    *,
    if_match: IfMatchHeader,
    window: timedelta,
    at: datetime,
) -> None:
    """Say that a fact never happened; saying it again changes nothing."""
    old = await _held(tx, principal, ledger, fact_id)
    if old.status == "voided":
        return
    if_match.check(old.version)
    _check_window(old, window, at)
    await store.hold_keys(tx, principal.tenant_id, {old.key})
    new = replace(old, status="voided", version=old.version + 1, changed_at=at, changed_by=principal.user_id)
    await store.change(tx, ledger.table, new)
    await _tell(tx, principal, at, [(new, ledger.told.voided(principal.tenant_id, new), "voided")])


async def _held(tx: Tx, principal: Principal, ledger: Ledger, fact_id: str) -> FuelFact:
    fact = await store.hold(tx, ledger.table, fact_id) if is_ulid(fact_id) else None
    if fact is None or not principal.sees(fact.location_id):
        raise Problem(404, "not_found")
    return fact


def _check_window(fact: FuelFact, window: timedelta, at: datetime) -> None:
    if rules.edit_window_closed(fact, at, window):
        raise Problem(409, "edit_window_closed", params={"days": window.days})


async def _check_change(tx: Tx, catalogue: Catalogue, old: FuelFact, entry: Entry, at: datetime) -> str:
    """Return the time zone of a corrected fact; raises the 422 when the correction cannot stand.

    Only what changed is checked: a volume may be corrected after its location was closed.
    """
    if entry.key == old.key:
        flaws = rules.date_flaws(entry, old.timezone, at)
        timezone = old.timezone
    else:
        known = await catalogue.look_up(tx, {entry.location_id}, {entry.product_id})
        location, product = known.locations.get(entry.location_id), known.products.get(entry.product_id)
        flaws = _outside(catalogue.principal, entry.location_id) or rules.flaws(entry, location, product, at)
        timezone = location.timezone if location else ""
    if flaws:
        raise refusal(flaws)
    return timezone


def refusal(flaws: Sequence[Flaw]) -> Problem:
    """Return the problem that tells of the flaws: 403 when the location is another's business, else 422."""
    errors = [FieldProblem(flaw.field, flaw.code, flaw.params) for flaw in flaws]
    outside = any(flaw.code == "outside_scope" for flaw in flaws)
    return (
        Problem(403, "forbidden", errors=errors) if outside else Problem(422, "invalid_input", errors=errors)
    )


def _flaws(asked: Asked, known: Known, at: datetime) -> list[Flaw]:
    entry = asked.entry
    location, product = known.locations.get(entry.location_id), known.products.get(entry.product_id)
    return _outside(asked.principal, entry.location_id) or rules.flaws(entry, location, product, at)


def _outside(principal: Principal, location_id: str) -> list[Flaw]:
    return [] if principal.sees(location_id) else [rules.outside_scope(location_id)]


def _fact(entry: Entry, timezone: str, user_id: str, at: datetime) -> FuelFact:
    return FuelFact(
        id=new_ulid(),
        location_id=entry.location_id,
        product_id=entry.product_id,
        business_date=entry.business_date,
        volume_ul=entry.volume_ul,
        timezone=timezone,
        note=entry.note,
        status="active",
        recorded_at=at,
        recorded_by=user_id,
        changed_at=at,
        changed_by=user_id,
        version=1,
    )


async def _tell(
    tx: Tx,
    principal: Principal,
    at: datetime,
    events: Sequence[tuple[FuelFact, Message, str]],
    import_id: str = "",
) -> None:
    pending = [_pending(principal.tenant_id, *event) for event in events]
    await outbox.add_all(tx, pending, tenant_id=principal.tenant_id, at=at, import_id=import_id)


def _pending(tenant_id: str, fact: FuelFact, event: Message, label: str, traceparent: str = "") -> Pending:
    key, cause = codec.key(tenant_id, fact.key), f"{fact.id}/{fact.version}"
    return Pending(event, key, cause, label, traceparent)
