"""SQL of what register reads are judged by."""

# ruff: noqa: S608 — what is spliced into the SQL is this module's own text

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from arus_runtime.postgres import Tx
from arus_runtime.side_inputs import VALID_FROM
from psycopg.rows import tuple_row

from arus_anomaly.codec import meter_limits as codec
from arus_anomaly.rules.meter.limits import NO_VERSIONS, OfTenant, Version

_COLUMNS: Final = ", ".join(codec.VERSION_COLUMNS)
_SET: Final = f"""(
      select {_COLUMNS}, '' as meter_size, created_by, created_at from {codec.OF_EVERY_SIZE}
      union all
      select {_COLUMNS}, meter_size, created_by, created_at from {codec.OF_A_SIZE})"""
_VERSIONS: Final = f"""
    select {_COLUMNS}, meter_size, created_by, created_at,
           case when valid_from > clock_timestamp() then 'planned'
                when exists (
                  select from {_SET} n
                  where n.usage_class = t.usage_class and n.meter_size = t.meter_size
                    and n.valid_from <= clock_timestamp()
                    and (n.valid_from, n.id) > (t.valid_from, t.id)) then 'replaced'
                else 'active' end
    from {_SET} t"""
_VALID_FROM: Final = codec.VERSION_COLUMNS.index("valid_from")


@dataclass(frozen=True, slots=True)
class StoredLimits:
    """A version as it lies there. state: as of now."""

    version: Version
    valid_from: datetime
    created_by: str
    created_at: datetime
    state: Literal["planned", "active", "replaced"]

    @classmethod
    def of(cls, row: Sequence[Any]) -> "StoredLimits":
        """Return what a row holds."""
        *columns, created_by, created_at, state = row
        return cls(codec.version(columns)[1], columns[_VALID_FROM], created_by, created_at, state)


async def add_version(
    tx: Tx, tenant_id: str, version: Version, asked: datetime | None, created_by: str
) -> datetime:
    """Record a version, valid_from aside, and return the time from which it holds: as asked, or soon."""
    table = codec.OF_A_SIZE if version.meter_size else codec.OF_EVERY_SIZE
    columns = [name for name in codec.TABLES[table] if name != "valid_from"]
    given = [tenant_id, version.id, version.usage_class, *codec.values(version.limits)]
    if version.meter_size:
        given.append(version.meter_size)
    rows = tx.cursor(row_factory=tuple_row)
    await rows.execute(
        f"""insert into {table} ({", ".join(columns)}, valid_from, created_by)
            values ({", ".join(f"%({name})s" for name in columns)}, {VALID_FROM}, %(by)s)
            returning valid_from""".encode(),
        {**dict(zip(columns, given, strict=True)), "valid_from": asked, "by": created_by},
    )
    row = await rows.fetchone()
    assert row is not None
    return row[0]


async def version(tx: Tx, version_id: str) -> StoredLimits:
    """Return one version; raises LookupError when there is none."""
    rows = tx.cursor(row_factory=tuple_row)
    await rows.execute(f"{_VERSIONS} where id = %s".encode(), (version_id,))
    found = await rows.fetchone()
    if found is None:
        raise LookupError(version_id)
    return StoredLimits.of(found)


async def versions(
    tx: Tx,
    usage_class: str | None,
    meter_size: str | None,
    after: tuple[datetime, str] | None,
    limit: int,
) -> Sequence[StoredLimits]:
    """Return versions, those that hold latest first. usage_class, meter_size: None for any, "" for every."""
    rows = tx.cursor(row_factory=tuple_row)
    await rows.execute(
        f"""{_VERSIONS}
           where (%(class)s::text is null or usage_class = %(class)s)
             and (%(size)s::text is null or meter_size = %(size)s)
             and (%(after_time)s::timestamptz is null or (valid_from, id) < (%(after_time)s, %(after_id)s))
           order by valid_from desc, id desc limit %(limit)s""".encode(),
        {
            "class": usage_class,
            "size": meter_size,
            "after_time": after and after[0],
            "after_id": after and after[1],
            "limit": limit,
        },
    )
    return [StoredLimits.of(row) for row in await rows.fetchall()]


async def in_force(tx: Tx, tenant_id: str) -> tuple[OfTenant, datetime]:
    """Return all versions of the tenant by class and size, and the database's clock."""
    rows = tx.cursor(row_factory=tuple_row)
    await rows.execute(f"select {_COLUMNS}, meter_size from {_SET} t".encode())
    found = codec.add_versions(NO_VERSIONS, await rows.fetchall())
    now = await (await rows.execute("select clock_timestamp()")).fetchone()
    assert now is not None
    return found.get(tenant_id, {}), now[0]
