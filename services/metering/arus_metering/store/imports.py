"""What an import does to the books, inside a worker's batch: blocking, every tenant in reach."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from psycopg import Connection
from psycopg.rows import dict_row

from arus_metering.rules import searching
from arus_metering.rules.billing import Bill
from arus_metering.store import versions
from arus_metering.store.debts import SETTLE as SETTLE_DEBTS
from arus_metering.store.debts import listed
from arus_metering.store.masters import MASTER, MASTERS, TOLD_WITH
from arus_metering.store.pairing import SETTLE as SETTLE_PAYMENTS
from arus_metering.store.versions import Version

Tx = Connection[Any]

_BEGIN: Final = """
insert into imports (tenant_id, import_id, type, period)
values (%(tenant)s, %(import)s, %(type)s, %(period)s) on conflict do nothing
"""
_TOUCHED: Final = """
update imports set recorded_at = now() where tenant_id = %(tenant)s and import_id = %(import)s
"""
_NUMBER: Final = """
select number, withdrawn_at is not null from imports where tenant_id = %(tenant)s and import_id = %(import)s
"""
_WITHDRAWN: Final = """
update imports set withdrawn_at = now() where tenant_id = %(tenant)s and import_id = %(import)s
"""
_HELD: Final = "select pg_advisory_xact_lock(hashtextextended(%s, 7))"
KNOWN: Final = """
select nomen, name, address, rayon, usage_class, serial, is_active from customers
where tenant_id = %(tenant)s and nomen = any(%(nomens)s)
"""
SAVE: Final = """
insert into customers as c (tenant_id, nomen, name, address, rayon, usage_class, serial, is_active, version)
select %(tenant)s, v.*, 1 from unnest(
    %(nomen)b::text[], %(name)b::text[], %(address)b::text[], %(rayon)b::text[], %(usage_class)b::text[],
    %(serial)b::text[], %(is_active)b::bool[]) as v
on conflict (tenant_id, nomen) do update set
    name = excluded.name, address = excluded.address, rayon = excluded.rayon,
    usage_class = excluded.usage_class, serial = excluded.serial, is_active = excluded.is_active,
    version = c.version + 1, updated_at = now()
"""
SAVE_WORDS: Final = """
insert into customer_grams (tenant_id, nomen, rayon, words)
select %(tenant)s, v.* from unnest(%(nomen)b::text[], %(rayon)b::text[], %(words)b::text[]) as v
on conflict (tenant_id, nomen) do update set rayon = excluded.rayon, words = excluded.words
"""
_FORGET: Final = "delete from {table} where tenant_id = %(tenant)s and nomen = any(%(nomens)s)"
# Each period on its own, as in ``versions.CURRENT``. Of a period that no file tells of, nobody said what the
# previous stand was: what is kept there is where our own estimate counts from.
READS: Final = """
select t.nomen, t.period, row_id, read_date, is_date_assumed,
    case when e.import_id = '' then null else stand_awal_l end as stand_awal_l, stand_akhir_l, raw_l,
    read_method, skip_status, trouble, serial, reader, usage_class, rayon, replaced_on, old_final_l,
    new_start_l, dials, multiplier, volume_l, is_active, recorded_at
from unnest(%(nomens)b::text[], %(periods)b::text[]) asked (nomen, period) cross join lateral (
    select * from meter_readings
    where tenant_id = %(tenant)s and nomen = asked.nomen and period = asked.period and is_current offset 0) t
left join lateral (
    select e.import_id, raw_l from read_edits e
    where t.import_id = '' and e.tenant_id = t.tenant_id and e.key = t.key and e.number = t.number) e on true
order by t.nomen, t.period, read_date, line
"""
# By their own dates where each that was not withdrawn has one: files and rows come in any order.
_BILLS: Final = """
select t.nomen, t.period, t.volume_l, t.{amount} as amount_minor, t.is_current, t.is_withdrawn
from unnest(%(nomens)b::text[], %(periods)b::text[]) asked (nomen, period) cross join lateral (
    select * from {table}
    where tenant_id = %(tenant)s and nomen = asked.nomen and period = asked.period offset 0) t
where t.{amount} is not null
order by t.nomen, t.period,
    case when bool_and(t.is_withdrawn or {date} is not null) over (partition by t.nomen, t.period)
        then {date} end,
    t.number, t.line
"""
_STANDING: Final = """
select {columns} from unnest(%(keys)b::text[]) asked (key) cross join lateral (
    select * from {table} where tenant_id = %(tenant)s and key = asked.key and is_current offset 0) t
"""


_WITH_MONTH: Final = """
select t.key from unnest(%(nomens)b::text[]) asked (nomen) cross join lateral (
    select key, number from collections
    where tenant_id = %(tenant)s and nomen = asked.nomen and is_current and starts_with(key, %(type)s || '/2')
    offset 0) t
order by t.number
"""
_WITHDRAWN_BEFORE: Final = """
select key, hash from withdrawn_payments where tenant_id = %(tenant)s and key = any(%(keys)s)
"""
_SETTLE: Final = {"collections": SETTLE_PAYMENTS.encode(), "arrears": SETTLE_DEBTS.encode()}
"""What is settled once versions of a table were written or withdrawn."""


class Standing(NamedTuple):
    """The current version of a fact, before more are added.

    is_persons: a person's; hashes and row_ids are those of the file beneath it then.
    """

    number: int
    hashes: frozenset[str]
    row_ids: frozenset[str]
    is_persons: bool


class Numbered(NamedTuple):
    """An import as the books know it. number: rises with every import and command."""

    tenant_id: str
    import_id: str
    number: int
    is_withdrawn: bool


def begin(tx: Tx, tenant_id: str, import_id: str, type_: str, period: str) -> Numbered:
    """Return an import with its number; others of its kind wait behind it."""
    tx.execute(_HELD, (f"{tenant_id}/{versions.HELD[versions.TABLES[type_]]}",))
    values = {"tenant": tenant_id, "import": import_id, "type": type_, "period": period}
    tx.execute(_BEGIN, values)
    row = tx.execute(_NUMBER, values).fetchone()
    assert row is not None
    return Numbered(tenant_id, import_id, *row)


def standing(tx: Tx, table: str, of: Numbered, keys: Sequence[str]) -> Mapping[str, Standing]:
    """Return what stands under keys, of which an import says something."""
    found: dict[str, Standing] = {}
    values = {"tenant": of.tenant_id, "keys": list(keys), "number": of.number}
    rows = tx.execute(versions.CURRENT.format(table=table).encode(), values).fetchall()
    for key, number, _, _, is_persons in rows:
        found[key] = Standing(number, frozenset(), frozenset(), is_persons)
    said = [(key, hash_, row_id) for key, _, hash_, row_id, is_persons in rows if not is_persons]
    if edited := [key for key, standing in found.items() if standing.is_persons]:
        beneath = versions.FILED.format(table=table).encode()
        said += tx.execute(beneath, {**values, "keys": edited}).fetchall()
    for key, hash_, row_id in said:
        known = found[key]
        found[key] = known._replace(hashes=known.hashes | {hash_}, row_ids=known.row_ids | {row_id})
    return found


def with_month(tx: Tx, tenant_id: str, type_: str, nomens: Iterable[str]) -> list[str]:
    """Return under which keys with the month of a file customers' payments stand, the newest last."""
    values = {"tenant": tenant_id, "type": type_, "nomens": sorted(set(nomens))}
    return [key for (key,) in tx.execute(_WITH_MONTH, values).fetchall()]


def withdrawn_payments(tx: Tx, tenant_id: str, keys: Sequence[str]) -> set[tuple[str, str]]:
    """Return (key, hash) of rows of files that are payments which a person took back."""
    return set(tx.execute(_WITHDRAWN_BEFORE, {"tenant": tenant_id, "keys": list(keys)}).fetchall())


def add(
    tx: Tx,
    table: str,
    of: Numbered,
    added: Sequence[Version],
    before: Mapping[str, Standing],
) -> None:
    """Write an import's versions; those of a newer one stay current, and what versions yield to."""
    number, import_id = of.number, of.import_id
    tx.execute(_TOUCHED, {"tenant": of.tenant_id, "import": import_id})
    overtaken = [
        key
        for key in {one.key for one in added if one.yields_to is None}
        if key in before and before[key].number < number
    ]
    if overtaken:
        tx.execute(
            versions.OVERTAKE.format(table=table).encode(),
            {"tenant": of.tenant_id, "keys": overtaken, "number": number},
        )
    statement = f"copy {table} ({', '.join(versions.columns(table))}) from stdin"
    with tx.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        for one in added:
            is_newest = one.key not in before or before[one.key].number <= number
            is_current = is_newest and one.yields_to is None
            copy.write_row(one.columns(table, of.tenant_id, number, import_id, is_current=is_current))
    if settle := _SETTLE.get(table):
        tx.execute(settle, {"tenant": of.tenant_id, "keys": sorted({one.key for one in added})})


def withdraw(
    tx: Tx, table: str, tenant_id: str, import_id: str, most: int
) -> tuple[list[tuple[str, str]], bool]:
    """Withdraw versions of an import and let the ones before stand again.

    most: versions looked at; the rest of a key's goes with them. Returns (key, nomen) of each that was
    withdrawn, and whether more are left.
    """
    values = {"tenant": tenant_id, "import": import_id, "most": most}
    found = tx.execute(versions.LEFT.format(table=table).encode(), values).fetchall()
    keys = sorted({key for (key,) in found})
    gone = tx.execute(versions.WITHDRAW.format(table=table).encode(), {**values, "keys": keys}).fetchall()
    tx.execute(versions.PROMOTE.format(table=table).encode(), {"tenant": tenant_id, "keys": keys})
    if settle := _SETTLE.get(table):
        tx.execute(settle, {"tenant": tenant_id, "keys": keys})
    tx.execute(_WITHDRAWN, values)
    return gone, len(found) == most


def masters(
    tx: Tx, tenant_id: str, periods: Iterable[tuple[str, str]]
) -> Mapping[tuple[str, str], Mapping[str, Any]]:
    """Return the customer of each (nomen, period): as of that month, else as first known; unknown: absent."""
    return {(row["nomen"], row["period"]): row for row in _of_periods(tx, MASTERS, tenant_id, periods)}


def told_with(tx: Tx, tenant_id: str, periods: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return (nomen, period) of the reads that are told with the customer as of some (nomen, period)."""
    return [(row["nomen"], row["period"]) for row in _of_periods(tx, TOLD_WITH, tenant_id, periods)]


def settle_customers(tx: Tx, tenant_id: str, nomens: Iterable[str]) -> Mapping[str, Mapping[str, Any] | None]:
    """Let customers be what their newest period says; return those that changed, None for those now gone.

    Those that are gone come first; each in the order of their numbers.
    """
    asked = sorted(set(nomens))
    before, now = (_by_nomen(tx, statement, tenant_id, asked) for statement in (KNOWN, MASTER))
    gone = [nomen for nomen in asked if nomen in before and nomen not in now]
    changed = [now[nomen] for nomen in asked if nomen in now and before.get(nomen) != now[nomen]]
    if gone:
        for table in ("customers", "customer_grams"):
            tx.execute(_FORGET.format(table=table).encode(), {"tenant": tenant_id, "nomens": gone})
    if changed:
        lists = {name: [one[name] for one in changed] for name in changed[0]}
        words = [searching.plain((one["nomen"], one["name"], one["address"])) for one in changed]
        tx.execute(SAVE, {"tenant": tenant_id, **lists})
        tx.execute(SAVE_WORDS, {"tenant": tenant_id, **lists, "words": words})
    return {**dict.fromkeys(gone), **{one["nomen"]: one for one in changed}}


def reads(
    tx: Tx, tenant_id: str, periods: Iterable[tuple[str, str]]
) -> Mapping[tuple[str, str], list[Mapping[str, Any]]]:
    """Return the current reads of (nomen, period), by date; a period without any has an empty list."""
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = {period: [] for period in periods}
    for row in _of_periods(tx, READS, tenant_id, found):
        found[row["nomen"], row["period"]].append(row)
    return found


def bills(tx: Tx, tenant_id: str, periods: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], list[Bill]]:
    """Return every main bill that was ever made of (nomen, period), in their order."""
    statement = _BILLS.format(table="bills", amount="amount_minor", date="t.bill_date")
    return _bills_by(tx, statement, tenant_id, periods)


def billed(
    tx: Tx, tenant_id: str, periods: Iterable[tuple[str, str]]
) -> Mapping[tuple[str, str], list[Bill]]:
    """Return whatever the billing master ever said was billed of (nomen, period), in its order."""
    statement = _BILLS.format(table="customer_periods", amount="target_minor", date="null::date")
    return _bills_by(tx, statement, tenant_id, periods)


def _bills_by(
    tx: Tx, statement: str, tenant_id: str, periods: Iterable[tuple[str, str]]
) -> Mapping[tuple[str, str], list[Bill]]:
    found: dict[tuple[str, str], list[Bill]] = {period: [] for period in periods}
    for row in _of_periods(tx, statement, tenant_id, found):
        found[row["nomen"], row["period"]].append(
            Bill(row["volume_l"], row["amount_minor"], row["is_current"], row["is_withdrawn"])
        )
    return found


def current(tx: Tx, table: str, tenant_id: str, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    """Return the current facts under keys; of several under one the last."""
    return {row["key"]: row for row in currents(tx, table, tenant_id, keys)}


def currents(tx: Tx, table: str, tenant_id: str, keys: Sequence[str]) -> Sequence[Mapping[str, Any]]:
    """Return all current facts under keys."""
    named = ", ".join(f"t.{name}" for name in versions.columns(table))
    with tx.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            _STANDING.format(columns=named, table=table).encode(), {"tenant": tenant_id, "keys": list(keys)}
        )
        return cursor.fetchall()


def lists(tx: Tx, tenant_id: str, keys: Sequence[str]) -> Mapping[str, date]:
    """Return of which day the list is that a debt stands in, by key."""
    return {key: listed(debt) for key, debt in current(tx, "arrears", tenant_id, keys).items()}


def _by_nomen(
    tx: Tx, statement: str, tenant_id: str, nomens: Sequence[str]
) -> Mapping[str, Mapping[str, Any]]:
    with tx.cursor(row_factory=dict_row) as cursor:
        cursor.execute(statement.encode(), {"tenant": tenant_id, "nomens": nomens})
        return {row["nomen"]: row for row in cursor.fetchall()}


def _of_periods(
    tx: Tx, statement: str, tenant_id: str, periods: Iterable[tuple[str, str]]
) -> list[Mapping[str, Any]]:
    asked = sorted(set(periods))
    with tx.cursor(row_factory=dict_row) as cursor:
        values = {
            "tenant": tenant_id,
            "nomens": [nomen for nomen, _ in asked],
            "periods": [period for _, period in asked],
        }
        cursor.execute(statement.encode(), values)
        return list(cursor.fetchall())
