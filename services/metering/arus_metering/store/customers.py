"""Customers as people look them up, inside one tenant's transaction."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime
from typing import Any, Final

from arus_runtime.postgres import Tx
from psycopg.rows import class_row, dict_row

from arus_metering.rules import searching
from arus_metering.state import Customer, Replacement
from arus_metering.store.chunks import chunks, number
from arus_metering.store.imports import READS, SAVE, SAVE_WORDS
from arus_metering.store.masters import MASTER, MASTERS, SIZE, TOLD_WITH

_COLUMNS: Final = "nomen, name, address, rayon, usage_class, serial, is_active, version, updated_at"
# What thousands are called is put in order before their rows are fetched.
_SEARCH: Final = """
select c.nomen, c.name, c.address, c.rayon, c.usage_class, c.serial, c.is_active, c.version, c.updated_at
from (
    select nomen, {rank} as rank from customer_grams
    where strpos(words, %(text)s) > 0 and (%(rayon)s::text is null or rayon = %(rayon)s)
      and (%(nomens)s::text[] is null or nomen = any(%(nomens)s))
      and (%(after)s::text is null or nomen > %(after)s)
    order by rank, nomen limit %(limit)s) hit
join customers c using (nomen) order by hit.rank, nomen
"""
_BY_NUMBER: Final = _SEARCH.format(rank="0")
_BEST: Final = _SEARCH.format(
    rank="case when strpos(words, %(text)s) = 1 then 0 when strpos(words, ' ' || %(text)s) > 0 then 1 end"
)
_LIST: Final = """
select nomen, name, address, rayon, usage_class, serial, is_active, version, updated_at from customers
where (%(rayon)s::text is null or rayon = %(rayon)s) and (%(after)s::text is null or nomen > %(after)s)
  and (%(nomens)s::text[] is null or nomen = any(%(nomens)s))
  and strpos(lower(nomen || ' ' || name || ' ' || address), %(text)s) > 0
order by nomen limit %(limit)s
"""
_OF_NO_METER: Final = "'' as usage_class, '' as serial, true as is_active"
_OF_BOOKS: Final = """
select nomen, '' as name, '' as address, rayon, usage_class, serial, is_active, 0::bigint as version,
    recorded_at as updated_at
from ({books}) book
where (%(rayon)s::text is null or rayon = %(rayon)s) and not exists (
    select from customers where nomen = %(nomen)s)
order by place limit 1
""".format(
    books=" union all ".join(
        f"(select nomen, rayon, {of_meter}, recorded_at, {place} as place from {table}"  # noqa: S608 - our own names
        " where nomen = %(nomen)s and is_current"
        f" order by {month} desc, number desc, line desc limit 1)"
        for place, (table, month, of_meter) in enumerate(
            (
                ("meter_readings", "period", "usage_class, serial, coalesce(is_active, true) as is_active"),
                ("bills", "period", _OF_NO_METER),
                ("collections", "bill_period", _OF_NO_METER),
                ("arrears", "as_of", _OF_NO_METER),
            )
        )
    )
)
_TOLD_BY_FILES: Final = """
select key, line, nomen, period, read_date, coalesce(replaced_on, read_date) as replaced_on, old_final_l,
  serial, new_start_l,
  case when import_id <> '' then import_id else (
    select f.import_id from meter_readings f
    where f.tenant_id = c.tenant_id and f.key = c.key and f.import_id <> '' and not f.is_withdrawn
    order by f.number desc limit 1) end as import_id
from meter_readings c
where is_current and (replaced_on is not null or old_final_l > 0 or new_start_l > 0)
"""
"""Changes of meters in the columns of a file's reads, corrected by a person since or not."""
_NEWS_DAYS: Final = 62
"""How long before its read a change may lie to be shown: the date of fitting on every row is no news."""
_TIMELINE: Final = f"""
select * from (select * from (
  select 'read' as kind, read_date as day, period, jsonb_build_object('stand_awal_l', stand_awal_l,
    'stand_akhir_l', stand_akhir_l, 'volume_l', volume_l, 'read_method', read_method,
    'skip_status', skip_status, 'serial', serial, 'reader', reader) as facts, import_id
  from meter_readings where nomen = %(nomen)s and is_current
  union all
  select 'payment', payment_date, bill_period, jsonb_build_object('id', key, 'version', number,
    'amount_minor', amount_minor, 'payment_type', payment_type, 'channel', channel,
    'receipt_number', receipt_number, 'source', source, 'is_repeat', is_repeat::int,
    'said_by', said_by), import_id
  from collections where nomen = %(nomen)s and is_current
  union all
  select 'payment', payment_date, bill_period, jsonb_build_object('amount_minor', amount_minor,
    'payment_type', payment_type, 'channel', channel, 'receipt_number', receipt_number,
    'source', source, 'said_by', said_by, 'withdrawn_by', withdrawn_by, 'withdrawn_at', withdrawn_at),
    import_id
  from collections where nomen = %(nomen)s and withdrawn_by is not null
  union all
  select 'bill', coalesce(bill_date, (period || '-01')::date), period, jsonb_build_object('amount_minor',
    amount_minor, 'volume_l', volume_l, 'bill_number', bill_number, 'due_date', due_date), import_id
  from bills where nomen = %(nomen)s and is_current
  union all
  select 'billed', (period || '-01')::date, period, jsonb_build_object('amount_minor', target_minor,
    'volume_l', volume_l, 'usage_class', usage_class), import_id
  from customer_periods where nomen = %(nomen)s and is_current and target_minor is not null
  union all
  select 'arrears', (as_of || '-01')::date, bill_period, jsonb_build_object('amount_minor', amount_minor,
    'penalty_minor', penalty_minor, 'age_days', age_days), import_id
  from arrears where nomen = %(nomen)s and is_current
  union all
  select 'replacement', replaced_on, to_char(replaced_on, 'YYYY-MM'), jsonb_build_object('id', id,
    'old_serial', old_serial, 'old_final_l', old_final_l, 'new_serial', new_serial,
    'new_start_l', new_start_l, 'recorded_by', recorded_by, 'withdrawn_by', withdrawn_by,
    'withdrawn_at', withdrawn_at), ''
  from meter_replacements where nomen = %(nomen)s
  union all
  select * from (select distinct on (replaced_on, old_final_l, new_start_l)
    'replacement', replaced_on, period, jsonb_build_object('id', key, 'old_serial', '',
      'old_final_l', old_final_l, 'new_serial', serial, 'new_start_l', new_start_l), import_id
    from ({_TOLD_BY_FILES}) r where nomen = %(nomen)s
      and replaced_on > read_date - {_NEWS_DAYS} and replaced_on <= read_date
    order by replaced_on, old_final_l, new_start_l, period) told_by_file
  union all
  select 'correction', (said_at at time zone 'Asia/Jakarta')::date, period, jsonb_build_object('act', act,
    'raw_l', raw_l, 'stand_l', stand_l, 'reason', reason, 'case_id', case_id, 'said_by', said_by,
    'withdrawn_by', withdrawn_by, 'withdrawn_at', withdrawn_at), ''
  from read_edits where nomen = %(nomen)s
  union all
  select 'customer', (recorded_at at time zone 'Asia/Jakarta')::date, period, jsonb_build_object('name', name,
    'address', address, 'rayon', rayon, 'usage_class', usage_class, 'serial', serial,
    'meter_size', meter_size, 'is_active', is_active::int)
    - unsaid - case meter_size when '' then 'meter_size' else '' end
    || jsonb_build_object('said_by', said_by, 'said_at', recorded_at), ''
  from customer_periods where nomen = %(nomen)s and is_current and import_id = ''
) line
where (%(before)s::date is null or day < %(before)s)
order by day desc fetch first %(limit)s rows with ties
) newest order by day desc, kind, period desc, facts ->> 'said_at' desc
"""  # noqa: S608 - our own text
_REPLACED: Final = """
insert into meter_replacements
    (tenant_id, id, nomen, replaced_on, old_serial, old_final_l, new_serial, new_start_l, recorded_by)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_REPLACEMENTS: Final = """
select id, nomen, replaced_on, old_serial, old_final_l, new_serial, new_start_l from meter_replacements
where withdrawn_at is null and (%(nomen)s::text is null or nomen = %(nomen)s)
order by replaced_on desc, id limit 500
"""
_REPLACEMENT: Final = f"""
select id, nomen, replaced_on, old_serial, old_final_l, new_serial, new_start_l, '' as import_id
from meter_replacements where id = %(id)s and withdrawn_at is null
union all
select * from (
  select key, nomen, replaced_on, '', old_final_l, serial, new_start_l, import_id
  from ({_TOLD_BY_FILES}) r where key = %(id)s order by line limit 1) told_by_file
"""  # noqa: S608 - our own text
_WITHDRAW_REPLACEMENT: Final = """
update meter_replacements set withdrawn_by = %s, withdrawn_at = %s where id = %s and withdrawn_at is null
"""


async def search(
    tx: Tx,
    text: str,
    rayon: str | None,
    after: str | None,
    limit: int,
    *,
    nomens: Sequence[str] | None = None,
) -> list[Customer]:
    """Return customers by number whose number, name or address holds a text, in any case.

    nomens: of these only.
    """
    statement, values = await _asked(tx, text, rayon, after, limit)
    return await _found(tx, statement, {**values, "nomens": nomens})


async def best(tx: Tx, text: str, rayon: str | None, limit: int) -> list[Customer]:
    """Return what ``search`` does, best first: whose number begins so, of whom a word does, others."""
    statement, values = await _asked(tx, text, rayon, None, limit)
    return await _found(tx, _BEST if statement is _BY_NUMBER else statement, values)


async def in_books(tx: Tx, nomen: str, rayon: str | None = None) -> Customer | None:
    """Return what reads, bills, payments or debts tell of a number that no customer has yet."""
    rows = tx.cursor(row_factory=class_row(Customer))
    await rows.execute(_OF_BOOKS.encode(), {"nomen": nomen, "rayon": rayon}, prepare=False)
    return await rows.fetchone()


async def number_found(tx: Tx, text: str, rayon: str | None, most: int) -> int:
    """Return how many customers a search finds, counted up to most + 1."""
    return await number(tx, *await _asked(tx, text, rayon, None, most + 1))


async def every(tx: Tx, text: str, rayon: str | None, most: int) -> AsyncGenerator[Sequence[Customer]]:
    """Yield what a search finds, by number, some thousands at a time; at most so many in all."""
    async with aclosing(chunks(tx, Customer, *await _asked(tx, text, rayon, None, most))) as found:
        async for customers in found:
            yield customers


async def _asked(
    tx: Tx, text: str, rayon: str | None, after: str | None, limit: int
) -> tuple[str, Mapping[str, Any]]:
    plain = searching.plain([text])
    asked = searching.asked(plain)
    if asked:
        await tx.execute("select set_config('arus.grams', %s::text[]::text, true)", (asked,))
    values = {"text": plain, "rayon": rayon, "nomens": None, "after": after, "limit": limit}
    return _BY_NUMBER if asked else _LIST, values


async def _found(tx: Tx, statement: str, values: Mapping[str, Any]) -> list[Customer]:
    rows = tx.cursor(row_factory=class_row(Customer))
    await rows.execute(statement.encode(), values, prepare=False)
    return await rows.fetchall()


async def one(tx: Tx, nomen: str) -> Customer | None:
    """Return one customer, with the size of their meter."""
    rows = tx.cursor(row_factory=class_row(Customer))
    await rows.execute(f"select {_COLUMNS}, {SIZE} from customers where nomen = %s", (nomen,))  # noqa: S608 - our own names
    return await rows.fetchone()


async def timeline(tx: Tx, nomen: str, before: Any, limit: int) -> Sequence[dict[str, Any]]:
    """Return what happened at a customer, newest first; all of the last day. before: a date to go on from."""
    rows = tx.cursor(row_factory=dict_row)
    await rows.execute(_TIMELINE.encode(), {"nomen": nomen, "before": before, "limit": limit}, prepare=False)
    return await rows.fetchall()


async def add_replacement(tx: Tx, tenant_id: str, made: Replacement, recorded_by: str) -> None:
    """Write that a meter was changed."""
    await tx.execute(
        _REPLACED,
        (
            tenant_id, made.id, made.nomen, made.replaced_on, made.old_serial, made.old_final_l,
            made.new_serial, made.new_start_l, recorded_by,
        ),
    )  # fmt: skip


async def replacements(tx: Tx, nomen: str | None) -> list[Replacement]:
    """Return what people entered of meters changed for another, newest first. nomen: one customer's only."""
    rows = tx.cursor(row_factory=class_row(Replacement))
    await rows.execute(_REPLACEMENTS, {"nomen": nomen}, prepare=False)
    return await rows.fetchall()


async def replacement(tx: Tx, replacement_id: str) -> Replacement | None:
    """Return one change of a meter that stands, a person's or one that a file tells."""
    rows = tx.cursor(row_factory=class_row(Replacement))
    await rows.execute(_REPLACEMENT.encode(), {"id": replacement_id}, prepare=False)
    return await rows.fetchone()


async def was_withdrawn(tx: Tx, replacement_id: str) -> bool:
    """Say whether a person entered a change of a meter that was taken back."""
    answer = await tx.execute(
        "select from meter_replacements where id = %s and withdrawn_at is not null", (replacement_id,)
    )
    return await answer.fetchone() is not None


async def withdraw_replacement(tx: Tx, replacement_id: str, withdrawn_by: str, at: datetime) -> None:
    """Write that a change of a meter was taken back, by whom and when."""
    await tx.execute(_WITHDRAW_REPLACEMENT, (withdrawn_by, at, replacement_id))


async def settle(tx: Tx, tenant_id: str, nomen: str) -> Customer:
    """Let a customer be what their newest period says."""
    found = await tx.execute(MASTER, {"tenant": tenant_id, "nomens": [nomen]})
    customer = await found.fetchone()
    assert customer is not None
    lists = {name: [value] for name, value in customer.items()}
    words = searching.plain((nomen, customer["name"], customer["address"]))
    await tx.execute(SAVE, {"tenant": tenant_id, **lists})
    await tx.execute(SAVE_WORDS, {"tenant": tenant_id, **lists, "words": [words]})
    settled = await one(tx, nomen)
    assert settled is not None
    return settled


async def reads_told_with(
    tx: Tx, tenant_id: str, nomen: str, period: str
) -> Mapping[str, tuple[Sequence[dict[str, Any]], dict[str, Any] | None]]:
    """Return the reads, by period, that are told with the customer as of a period, and that customer."""
    rows = tx.cursor(row_factory=dict_row)
    values = {"tenant": tenant_id, "nomens": [nomen], "periods": [period]}
    await rows.execute(TOLD_WITH, values, prepare=False)
    values["periods"] = [row["period"] for row in await rows.fetchall()]
    values["nomens"] = [nomen] * len(values["periods"])
    await rows.execute(MASTERS, values, prepare=False)
    masters = {row["period"]: row for row in await rows.fetchall()}
    await rows.execute(READS, values, prepare=False)
    reads = await rows.fetchall()
    return {
        of: ([read for read in reads if read["period"] == of], masters.get(of)) for of in values["periods"]
    }
