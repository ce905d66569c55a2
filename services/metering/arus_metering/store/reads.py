"""Register reads as people see and correct them, inside one tenant's transaction.

A read is what stands of a customer's period: versions under one key, of imports and of people. Nothing is
overwritten, so what the file said stays beside what a person made of it.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from arus_runtime.postgres import Tx
from psycopg.rows import class_row, dict_row

from arus_metering.state import Edit, ReadVersion
from arus_metering.store import versions
from arus_metering.store.imports import READS
from arus_metering.store.masters import MASTERS

_VERSIONS: Final = """
select r.key, r.number, r.line, r.import_id, r.row_id, r.is_current, r.is_withdrawn, r.recorded_at, r.nomen,
    r.rayon, r.period, r.read_date, r.is_date_assumed, r.serial, r.stand_awal_l, r.stand_akhir_l, r.volume_l,
    r.read_method, r.skip_status, r.trouble, r.reader, r.usage_class, r.replaced_on, r.old_final_l,
    r.new_start_l, r.dials, r.multiplier, r.is_active, e.id as edit_id, e.act, e.reason, e.case_id,
    e.said_by, e.withdrawn_by, e.withdrawn_at
from meter_readings r left join read_edits e using (tenant_id, key, number)
where r.key in (select key from meter_readings where nomen = %(nomen)s and is_current {of})
order by r.period desc, r.key, r.number, r.line
"""
_OF_PAGE: Final = "and period in (select distinct period from meter_readings where nomen = %(nomen)s and \
is_current and (%(before)s::text is null or period < %(before)s) order by period desc limit %(limit)s)"
_CURRENT: Final = """
select row_id, period, read_date, stand_akhir_l, serial, read_method, multiplier, skip_status, rayon,
    usage_class, dials
from meter_readings
where nomen = %(nomen)s and is_current and period < %(period)s and stand_akhir_l is not null
order by period, read_date, line
"""
_NEXT: Final = """
select min(read_date) as day from meter_readings where nomen = %s and is_current and period > %s
"""
_ADD: Final = """
insert into read_edits (tenant_id, id, key, number, act, nomen, period, import_id, raw_l, stand_l, reason,
    case_id, said_by, said_at)
values (%(tenant_id)s, %(id)s, %(key)s, %(number)s, %(act)s, %(nomen)s, %(period)s, %(import_id)s, %(raw_l)s,
    %(stand_l)s, %(reason)s, %(case_id)s, %(said_by)s, %(said_at)s)
"""
_WITHDRAW: Final = """
update read_edits set withdrawn_by = %(by)s, withdrawn_at = %(at)s where id = %(id)s
"""
_WITHDRAW_VERSION: Final = """
update meter_readings set is_current = false, is_withdrawn = true where key = %(key)s and number = %(number)s
"""


async def page(tx: Tx, nomen: str, before: str | None, limit: int) -> list[ReadVersion]:
    """Return every version of a customer's reads, newest period first. before: a period to go on from."""
    return await _versions(tx, _OF_PAGE, {"nomen": nomen, "before": before, "limit": limit})


async def of_period(tx: Tx, nomen: str, period: str) -> list[ReadVersion]:
    """Return every version of a period's reads; none where nothing stands."""
    return await _versions(tx, "and period = %(period)s", {"nomen": nomen, "period": period})


async def earlier(tx: Tx, nomen: str, period: str) -> Sequence[Mapping[str, Any]]:
    """Return the stands that were read before a period, oldest first."""
    rows = tx.cursor(row_factory=dict_row)
    await rows.execute(_CURRENT, {"nomen": nomen, "period": period}, prepare=False)
    return await rows.fetchall()


async def next_day(tx: Tx, nomen: str, period: str) -> date | None:
    """Return the first day on which a later period was read."""
    row = await (await tx.execute(_NEXT, (nomen, period))).fetchone()
    assert row is not None
    return row["day"]


async def standing(
    tx: Tx, tenant_id: str, nomen: str, period: str
) -> tuple[Sequence[Mapping[str, Any]], Mapping[str, Any] | None]:
    """Return the reads of a period that stand, by date, and the customer as of it, as an import sees them."""
    rows = tx.cursor(row_factory=dict_row)
    values = {"tenant": tenant_id, "nomens": [nomen], "periods": [period]}
    await rows.execute(READS, values, prepare=False)
    reads = await rows.fetchall()
    await rows.execute(MASTERS, values, prepare=False)
    return reads, await rows.fetchone()


async def add(tx: Tx, edit: Edit) -> None:
    """Write why a version was made."""
    await tx.execute(_ADD, {name: getattr(edit, name) for name in edit.__slots__})


async def withdraw(tx: Tx, tenant_id: str, edited: ReadVersion, by: str, at: datetime) -> None:
    """Take an edit back; what stood before stands again."""
    await tx.execute(_WITHDRAW, {"id": edited.edit_id, "by": by, "at": at})
    await tx.execute(_WITHDRAW_VERSION, {"key": edited.key, "number": edited.number})
    await tx.execute(
        versions.PROMOTE.format(table="meter_readings").encode(), {"tenant": tenant_id, "keys": [edited.key]}
    )


async def _versions(tx: Tx, of: str, values: Mapping[str, Any]) -> list[ReadVersion]:
    rows = tx.cursor(row_factory=class_row(ReadVersion))
    await rows.execute(_VERSIONS.format(of=of).encode(), values, prepare=False)
    return await rows.fetchall()
