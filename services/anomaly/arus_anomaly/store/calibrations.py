"""SQL of calibrations, and of the facts that they are fitted on."""

# ruff: noqa: S608 — what is spliced into the SQL is this module's own text

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, LiteralString

from arus_runtime.postgres import Tx
from arus_runtime.side_inputs import VALID_FROM
from psycopg.rows import tuple_row
from psycopg.types.json import Jsonb

from arus_anomaly import codec
from arus_anomaly.rules.learned.calibrations import NO_CALIBRATIONS, Calibrations

FACTS_OF_KEY: Final = 400
"""Older ones say little of how a place is now."""
MOST_FACTS: Final = 200_000


async def tenants(tx: Tx, least: int) -> Sequence[str]:
    """Return the tenants with at least so many facts; worker role."""
    return await _with_many(tx, "verdicts", "is_current", least)


async def histories(
    tx: Tx, tenant_id: str, confirmed: Collection[str]
) -> Sequence[tuple[Sequence[int], Sequence[float]]]:
    """Return days and litres of the newest facts of each location and product, confirmed anomalies aside."""
    rows = tx.cursor(row_factory=tuple_row)
    await rows.execute(
        """select v.location_id, v.product_id, v.business_date, v.value from (
               select location_id, product_id, business_date, fact_id, value, row_number() over (
                   partition by location_id, product_id order by business_date desc, fact_id desc) as back
               from verdicts where tenant_id = %(tenant)s and is_current and domain = 'fuel') v
           where v.back <= %(facts)s and v.fact_id <> all(%(confirmed)s)
           order by v.location_id, v.product_id, v.business_date, v.fact_id limit %(most)s""",
        {"tenant": tenant_id, "facts": FACTS_OF_KEY, "most": MOST_FACTS, "confirmed": [*confirmed]},
    )
    found: dict[tuple[str, str], tuple[list[int], list[float]]] = {}
    async for location_id, product_id, day, value in rows:
        days, litres = found.setdefault((location_id, product_id), ([], []))
        days.append(day.toordinal())
        litres.append(codec.volume_ul(value) / 1_000_000)
    return list(found.values())


async def tenants_with_uses(tx: Tx, least: int) -> Sequence[str]:
    """Return the tenants with at least so many uses of register reads that compare; worker role."""
    return await _with_many(tx, "meter_verdicts", "is_current and movement is not null", least)


async def _with_many(tx: Tx, table: LiteralString, which: LiteralString, least: int) -> Sequence[str]:
    """Return the tenants with so many rows, by an index: no more of each is read than it takes."""
    rows = tx.cursor(row_factory=tuple_row)
    await rows.execute(
        f"""with recursive tenants as (
                select min(tenant_id) as tenant_id from {table} where {which}
                union all
                select (select min(f.tenant_id) from {table} f where {which} and f.tenant_id > t.tenant_id)
                from tenants t where t.tenant_id is not null)
            select t.tenant_id from tenants t where t.tenant_id is not null and exists (
                select from {table} f where {which} and f.tenant_id = t.tenant_id offset %s)""",
        (least - 1,),
    )
    return [tenant_id for (tenant_id,) in await rows.fetchall()]


async def uses(tx: Tx, tenant_id: str) -> Sequence[tuple[str, str, str, float | None, bytes]]:
    """Return customer, class, rayon, movement and verdict of each current period, customer by customer."""
    rows = tx.cursor(row_factory=tuple_row)
    await rows.execute(
        "select nomen, usage_class, rayon, movement, value from meter_verdicts"
        " where tenant_id = %s and is_current order by nomen, period limit %s",
        (tenant_id, MOST_FACTS),
    )
    return await rows.fetchall()


async def own(tx: Tx) -> Calibrations:
    """Return the calibrations that the tenant's own facts were fitted to."""
    rows = tx.cursor(row_factory=tuple_row)
    await rows.execute(f"select {', '.join(codec.CALIBRATION_COLUMNS)} from calibrations order by number")
    return codec.add_calibrations(NO_CALIBRATIONS, await rows.fetchall())


async def add(tx: Tx, tenant_id: str, calibration_id: str, fitted: Mapping[str, Any]) -> None:
    """Record a calibration; recorded once, whatever is asked."""
    await tx.execute(
        f"""insert into calibrations (tenant_id, id, domain, facts, keys, body, valid_from)
            values (%(tenant)s, %(id)s, %(domain)s, %(facts)s, %(keys)s, %(body)s, {VALID_FROM})
            on conflict do nothing""",
        {
            "tenant": tenant_id,
            "id": calibration_id,
            "domain": fitted["domain"],
            "facts": fitted["facts"],
            "keys": fitted["keys"],
            "body": Jsonb(fitted["body"]),
            "valid_from": None,
        },
    )
