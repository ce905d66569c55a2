"""Imports as commands that come as events: a chunk, or a withdrawal, in the batch's transaction."""

from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from operator import itemgetter
from typing import Any, Final

from arus.imports.v1.events_pb2 import ImportChunkPublished, ImportWithdrawalAnswered, ImportWithdrawn
from arus_runtime.worker import Effect, Emit, Meta, Projection, Write

from arus_metering import codec
from arus_metering.rules import rows
from arus_metering.rules.billing import correction, may_correct
from arus_metering.rules.payments import is_same_payment
from arus_metering.rules.reads import day_of
from arus_metering.settings import payment_words
from arus_metering.state import Fact, Wrong
from arus_metering.store import dependants, versions
from arus_metering.store import imports as store
from arus_metering.store.debts import listed
from arus_metering.store.versions import Version

SHOWN_DEPENDANTS: Final = 100
AT_ONCE: Final = 2_000
"""Versions withdrawn in one transaction; who asked asks again while some are left."""
ReadsOf = Mapping[tuple[str, str], Sequence[codec.Row]]
"""By nomen and period, each period's by date."""
NO_READS: Final[ReadsOf] = {}
imports: Final = Projection("imports", topics=("import.chunk.v1",))


@imports.on(ImportChunkPublished)
def published(chunk: ImportChunkPublished, meta: Meta) -> Sequence[Effect]:
    """Take a chunk's rows into the books, unless they are another book's."""
    if chunk.type not in rows.TYPES:
        return ()
    return [Write(partial(_apply, chunk, codec.facts(chunk, payment_words(), day_of(meta.at)), meta.time))]


@imports.on(ImportWithdrawn)
def withdrawn(event: ImportWithdrawn, _meta: Meta) -> Sequence[Effect]:
    """Take back as much of an import as one transaction may, unless it is another book's."""
    return [Write(partial(_withdraw, event))] if event.type in rows.TYPES else ()


def _apply(
    chunk: ImportChunkPublished,
    read: Sequence[tuple[ImportChunkPublished.Row, Fact | Wrong]],
    recorded_at: str,
    tx: store.Tx,
) -> list[Emit]:
    table, tenant_id = versions.TABLES[chunk.type], chunk.tenant_id
    of = store.begin(tx, tenant_id, chunk.import_id, chunk.type, chunk.period)
    if of.is_withdrawn:
        return []
    keys = _keys(tx, chunk, read)
    hashes = _hashes(keys, read)
    beside = {key: codec.beside(key) for key in hashes} if table == "customer_periods" else {}
    before = store.standing(tx, table, of, sorted({*hashes, *beside.values()}))
    gone = store.withdrawn_payments(tx, tenant_id, sorted(hashes)) if table == "collections" else ()
    newest: Mapping[str, date] = store.lists(tx, tenant_id, sorted(hashes)) if table == "arrears" else {}
    outcomes: list[tuple[str, codec.Outcome | Wrong]] = []
    added: list[Version] = []
    changed: dict[str, Fact] = {}
    for row, fact in read:
        if isinstance(fact, Wrong):
            outcomes.append((row.row_id, fact))
            continue
        key = keys[row.row_id]
        stands = before.get(key)
        if stands and row.row_id in stands.row_ids:
            continue  # the same chunk again
        if (key, row.hash) in gone:
            outcomes.append((row.row_id, codec.UNCHANGED))
            continue
        other = before.get(beside.get(key, ""))
        if other and (stands is None or stands.number < other.number):
            stands = other  # what was said last of a customer's month
        is_same = stands is not None and row.hash in stands.hashes
        is_late = key in newest and listed(fact.values) < newest[key]
        outcome = codec.UNCHANGED if is_same or is_late else codec.UPDATED if stands else codec.CREATED
        outcomes.append((row.row_id, outcome))
        version = Version(
            key, row.number, row.row_id, row.hash, recorded_at, fact.nomen, fact.values["rayon"], fact.values
        )
        if stands and stands.is_persons and hashes[key] <= stands.hashes:
            version = version._replace(yields_to=stands.number)
        elif not is_same or stands is None or hashes[key] != stands.hashes:
            changed[key] = fact
        added.append(version)
    if added:
        store.add(tx, table, of, added, before)
    touched = {key: fact.nomen for key, fact in changed.items()}
    if touched and table == "meter_readings":
        told = list(_reads(tx, tenant_id, touched, _first_reads(added, before)))
    else:
        told = _tell(tx, table, tenant_id, touched)
    return [*told, Emit(codec.answered(chunk, outcomes))] if outcomes else told


def _keys(
    tx: store.Tx, chunk: ImportChunkPublished, read: Sequence[tuple[ImportChunkPublished.Row, Fact | Wrong]]
) -> Mapping[str, str]:
    """Return what the facts of rows are called, by row id: a payment that stands keeps its name."""
    keys = {row.row_id: codec.fact_key(chunk, row, fact) for row, fact in read if isinstance(fact, Fact)}
    if chunk.type not in rows.PAYMENTS:
        return keys
    nomens = [fact.nomen for _, fact in read if isinstance(fact, Fact)]
    names = store.with_month(tx, chunk.tenant_id, chunk.type, nomens)
    known = {codec.called_without_month(name): name for name in names}
    keys = {row_id: known.get(key, key) for row_id, key in keys.items()}
    return {**keys, **_before_its_bill(tx, chunk, read, keys, known)}


def _before_its_bill(
    tx: store.Tx,
    chunk: ImportChunkPublished,
    read: Sequence[tuple[ImportChunkPublished.Row, Fact | Wrong]],
    keys: Mapping[str, str],
    known: Mapping[str, str],
) -> Mapping[str, str]:
    """Return the names of payments that stand without the billed month that their rows say by now, by row id.

    keys: what the rows' own are called; known: names with a month by those without. Each goes to one payment.
    """
    former: dict[str, tuple[str, Fact]] = {}
    for row, fact in read:
        if isinstance(fact, Fact) and (name := codec.called_without_bill(chunk, row)):
            former[row.row_id] = known.get(name, name), fact
    if not former:
        return {}
    stands: dict[str, list[Mapping[str, Any]]] = {}
    for one in store.currents(
        tx, "collections", chunk.tenant_id, sorted({name for name, _ in former.values()})
    ):
        stands.setdefault(one["key"], []).append(one)
    same = {
        row_id: name
        for row_id, (name, fact) in former.items()
        if any(is_same_payment(one, fact.values, chunk.period) for one in stands.get(name, ()))
    }
    own = store.current(tx, "collections", chunk.tenant_id, sorted({keys[row_id] for row_id in same}))
    takes: dict[str, str] = {}
    for row_id, name in same.items():
        if keys[row_id] not in own:
            takes.setdefault(name, keys[row_id])
    return {row_id: name for row_id, name in same.items() if takes.get(name) == keys[row_id]}


def _hashes(
    keys: Mapping[str, str], read: Sequence[tuple[ImportChunkPublished.Row, Fact | Wrong]]
) -> Mapping[str, frozenset[str]]:
    """Return what a chunk says of each fact, by key: more than one hash where it says it in several rows."""
    hashes: dict[str, frozenset[str]] = {}
    for row, fact in read:
        if isinstance(fact, Fact):
            key = keys[row.row_id]
            hashes[key] = hashes.get(key, frozenset()) | {row.hash}
    return hashes


def _withdraw(event: ImportWithdrawn, tx: store.Tx) -> list[Emit]:
    table, tenant_id = versions.TABLES[event.type], event.tenant_id
    of = store.begin(tx, tenant_id, event.import_id, event.type, event.period)
    if not of.is_withdrawn:  # what was begun is brought to its end
        standing, in_all = dependants.of(tx, tenant_id, event.import_id, SHOWN_DEPENDANTS)
        if in_all:
            return [Emit(codec.withdrawal_refused(event, standing, in_all))]
    gone, more = store.withdraw(tx, table, tenant_id, event.import_id, AT_ONCE)
    told = _tell(tx, table, tenant_id, dict(gone))
    answer = ImportWithdrawalAnswered(
        tenant_id=tenant_id, import_id=event.import_id, withdrawn=len(gone), is_partial=more
    )
    return [*told, Emit(answer)]


def _tell(tx: store.Tx, table: str, tenant_id: str, touched: Mapping[str, str]) -> list[Emit]:
    """Return what now stands of the facts that were touched. touched: key → nomen.

    An event's id follows from its place, so the order must not be the database's, nor a set's.
    """
    if not touched:
        return []
    return list(_TELL[table](tx, tenant_id, dict(sorted(touched.items()))))


def _first_reads(added: Iterable[Version], before: Container[str]) -> ReadsOf:
    """Return what ``store.reads`` would of the periods of which none stood before: most of a file."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for one in added:
        of = one.nomen, one.values["period"]
        if one.key not in before and one.key == codec.read_key(*of):
            read = {**one.values, "row_id": one.row_id, "line": one.line}
            read["recorded_at"] = datetime.fromisoformat(one.recorded_at)
            found.setdefault(of, []).append(read)
    for of_period in found.values():
        of_period.sort(key=itemgetter("read_date", "line"))
    return found


def _customers(tx: store.Tx, tenant_id: str, touched: Mapping[str, str]) -> Iterable[Emit]:
    for nomen, customer in store.settle_customers(tx, tenant_id, touched.values()).items():
        yield Emit(codec.customer_changed(tenant_id, nomen, customer), codec.key(tenant_id, nomen))
    months = {(nomen, _month(key)) for key, nomen in touched.items()}
    # A master that comes behind the reads of its months says anew whose and of which class they are.
    yield from _reads_of(tx, tenant_id, store.told_with(tx, tenant_id, months))
    yield from _rebillings(tx, tenant_id, months)


def _reads(
    tx: store.Tx, tenant_id: str, touched: Mapping[str, str], first: ReadsOf = NO_READS
) -> Iterable[Emit]:
    return _reads_of(tx, tenant_id, {(nomen, _month(key)) for key, nomen in touched.items()}, first)


def _reads_of(
    tx: store.Tx, tenant_id: str, periods: Collection[tuple[str, str]], first: ReadsOf = NO_READS
) -> Iterable[Emit]:
    """Yield what now stands of periods. first: all reads of those of which none stood before."""
    masters = store.masters(tx, tenant_id, periods)
    standing = {**store.reads(tx, tenant_id, [of for of in periods if of not in first]), **first}
    for of in sorted(periods):
        event = codec.reads_stand(tenant_id, *of, standing[of], masters.get(of))
        yield Emit(event, codec.key(tenant_id, of[0]))


def _payments(tx: store.Tx, tenant_id: str, touched: Mapping[str, str]) -> Iterable[Emit]:
    now = store.current(tx, "collections", tenant_id, list(touched))
    for key, nomen in touched.items():
        yield Emit(codec.payment_stands(tenant_id, nomen, key, now.get(key)), codec.key(tenant_id, nomen))


def _bills(tx: store.Tx, tenant_id: str, touched: Mapping[str, str]) -> Iterable[Emit]:
    now = store.current(tx, "bills", tenant_id, list(touched))
    for key, nomen in touched.items():
        event = codec.bill_stands(tenant_id, nomen, key, now.get(key), _month(key))
        yield Emit(event, codec.key(tenant_id, nomen))
    yield from _rebillings(tx, tenant_id, {(nomen, _month(key)) for key, nomen in touched.items()})


def _rebillings(tx: store.Tx, tenant_id: str, periods: Collection[tuple[str, str]]) -> Iterable[Emit]:
    """Tell what periods' bills correct by now: the main bills, else what the billing master says."""
    made, billed = store.bills(tx, tenant_id, periods), store.billed(tx, tenant_id, periods)
    told = [of for of in sorted(periods) if any(map(may_correct, (made[of], billed[of])))]
    if not told:
        return
    masters = store.masters(tx, tenant_id, told)
    for of in told:
        standing = ([bill for bill in bills if not bill.is_withdrawn] for bills in (made[of], billed[of]))
        corrected = next(filter(None, map(correction, standing)), None)
        event = codec.rebilled(tenant_id, *of, corrected, masters.get(of))
        yield Emit(event, codec.key(tenant_id, of[0]))


def _debts(_tx: store.Tx, _tenant_id: str, _touched: Mapping[str, str]) -> Iterable[Emit]:
    return ()  # a list of what is unpaid as of a month; nobody listens to it yet


def _month(key: str) -> str:
    return key.split("/", 2)[1]


_TELL: Final[Mapping[str, Callable[[store.Tx, str, Mapping[str, str]], Iterable[Emit]]]] = {
    "customer_periods": _customers,
    "meter_readings": _reads,
    "collections": _payments,
    "bills": _bills,
    "arrears": _debts,
}
