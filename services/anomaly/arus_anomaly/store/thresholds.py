"""SQL of thresholds, and of the locations and products that they are set for."""

# ruff: noqa: S608 — what is spliced into the SQL is this module's own text

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal

from arus_runtime.postgres import Tx
from arus_runtime.side_inputs import VALID_FROM
from psycopg.rows import class_row, tuple_row

from arus_anomaly import codec
from arus_anomaly.rules.thresholds import DEFAULTS, NO_VERSIONS, OfTenant, Thresholds, Version

_VERSIONS: Final = """
    select t.id, t.location_id, l.name as location_name, t.product_id, p.name as product_name,
           t.valid_from, t.waspada_pct, t.anomali_pct, t.low_pct, t.facts_needed, t.profile,
           t.created_by, t.created_at,
           case when t.valid_from > clock_timestamp() then 'planned'
                when exists (
                  select from thresholds n
                  where n.location_id is not distinct from t.location_id
                    and n.product_id is not distinct from t.product_id
                    and n.valid_from <= clock_timestamp()
                    and (n.valid_from, n.id) > (t.valid_from, t.id)) then 'replaced'
                else 'active' end as state
    from thresholds t
    left join locations l on l.tenant_id = t.tenant_id and l.id = t.location_id
    left join products p on p.tenant_id = t.tenant_id and p.id = t.product_id"""


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """A version of thresholds as it lies there. Without a profile it inherits. state: as of now."""

    id: str
    location_id: str | None
    location_name: str | None
    product_id: str | None
    product_name: str | None
    valid_from: datetime
    waspada_pct: Decimal | None
    anomali_pct: Decimal | None
    low_pct: Decimal | None
    facts_needed: int | None
    profile: Literal["plain", "weekday"] | None
    created_by: str
    created_at: datetime
    state: Literal["planned", "active", "replaced"]


async def add_version(
    tx: Tx, tenant_id: str, version: Version, asked: datetime | None, created_by: str
) -> datetime:
    """Record a version, valid_from aside, and return the time from which it holds: as asked, or soon."""
    by = version.thresholds
    rows = tx.cursor(row_factory=tuple_row)
    await rows.execute(
        f"""insert into thresholds (tenant_id, id, location_id, product_id, valid_from, waspada_pct,
              anomali_pct, low_pct, facts_needed, profile, created_by)
            values (%(tenant)s, %(id)s, %(location)s, %(product)s, {VALID_FROM}, %(waspada)s, %(anomali)s,
              %(low)s, %(needed)s, %(profile)s, %(by)s)
            returning valid_from""",
        {
            "tenant": tenant_id,
            "id": version.id,
            "location": version.scope.location_id or None,
            "product": version.scope.product_id or None,
            "valid_from": asked,
            "waspada": by and codec.percent(by.waspada_ppm),
            "anomali": by and codec.percent(by.anomali_ppm),
            "low": codec.percent(by.low_ppm) if by and by.low_ppm else None,
            "needed": by and by.facts_needed,
            "profile": by and codec.profile(by),
            "by": created_by,
        },
    )
    row = await rows.fetchone()
    assert row is not None
    return row[0]


async def of_version(tx: Tx, version_id: str) -> Thresholds:
    """Return what a version says; raises LookupError when there is none."""
    rows = tx.cursor(row_factory=tuple_row)
    await rows.execute(
        f"select {', '.join(codec.VERSION_COLUMNS)} from thresholds where id = %s", (version_id,)
    )
    row = await rows.fetchone()
    if row is None:
        raise LookupError(version_id)
    return codec.version(row)[1].thresholds or DEFAULTS


async def version(tx: Tx, version_id: str) -> StoredVersion:
    """Return one version; raises LookupError when there is none."""
    rows = tx.cursor(row_factory=class_row(StoredVersion))
    await rows.execute(f"{_VERSIONS} where t.id = %s", (version_id,))
    found = await rows.fetchone()
    if found is None:
        raise LookupError(version_id)
    return found


async def versions(
    tx: Tx,
    scope: tuple[str | None, str | None],
    within: Collection[str] | None,
    after: tuple[datetime, str] | None,
    limit: int,
) -> Sequence[StoredVersion]:
    """Return versions, those that hold latest first. scope: location and product, None: any."""
    rows = tx.cursor(row_factory=class_row(StoredVersion))
    await rows.execute(
        f"""{_VERSIONS}
           where (%(location)s::text is null or t.location_id = %(location)s)
             and (%(product)s::text is null or t.product_id = %(product)s)
             and (%(within)s::text[] is null or t.location_id is null or t.location_id = any(%(within)s))
             and (%(after_time)s::timestamptz is null
                  or (t.valid_from, t.id) < (%(after_time)s, %(after_id)s))
           order by t.valid_from desc, t.id desc limit %(limit)s""",
        {
            "location": scope[0],
            "product": scope[1],
            "within": None if within is None else list(within),
            "after_time": after and after[0],
            "after_id": after and after[1],
            "limit": limit,
        },
    )
    return await rows.fetchall()


async def in_force(tx: Tx, tenant_id: str) -> tuple[OfTenant, datetime]:
    """Return all versions of the tenant by scope, and the database's clock."""
    rows = tx.cursor(row_factory=tuple_row)
    await rows.execute(f"select {', '.join(codec.VERSION_COLUMNS)} from thresholds order by number")
    found = codec.add_versions(NO_VERSIONS, await rows.fetchall())
    now = await (await rows.execute("select clock_timestamp()")).fetchone()
    assert now is not None
    return found.get(tenant_id, {}), now[0]


async def names(tx: Tx, location_ids: Collection[str], product_ids: Collection[str]) -> Mapping[str, str]:
    """Return what locations and products are called, by id; those that are not known are absent."""
    rows = tx.cursor(row_factory=tuple_row)
    await rows.execute(
        "select id, name from locations where id = any(%s) union all select id, name from products"
        " where id = any(%s)",
        (list(location_ids), list(product_ids)),
    )
    return dict(await rows.fetchall())


@dataclass(frozen=True, slots=True)
class Pair:
    """A location and a product."""

    location_id: str
    location_name: str
    product_id: str
    product_name: str


async def pairs(
    tx: Tx,
    scope: tuple[str | None, str | None],
    within: Collection[str] | None,
    after: tuple[str, str] | None,
    limit: int,
) -> Sequence[Pair]:
    """Return every location with every product, by their ids."""
    rows = tx.cursor(row_factory=class_row(Pair))
    await rows.execute(
        """select l.id as location_id, l.name as location_name, p.id as product_id, p.name as product_name
           from locations l cross join products p
           where (%(location)s::text is null or l.id = %(location)s)
             and (%(product)s::text is null or p.id = %(product)s)
             and (%(within)s::text[] is null or l.id = any(%(within)s))
             and (%(after_location)s::text is null
                  or (l.id, p.id) > (%(after_location)s, %(after_product)s))
           order by l.id, p.id limit %(limit)s""",
        {
            "location": scope[0],
            "product": scope[1],
            "within": None if within is None else list(within),
            "after_location": after and after[0],
            "after_product": after and after[1],
            "limit": limit,
        },
    )
    return await rows.fetchall()
