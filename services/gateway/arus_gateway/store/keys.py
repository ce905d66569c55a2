"""API keys of machines."""

# ruff: noqa: S608 — what is spliced into the SQL is this module's own text

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from arus_runtime.postgres import Tx
from psycopg.types.json import Jsonb


@dataclass(frozen=True, slots=True)
class Key:
    """A key without its secret. resources: resource → actions, None for all its role allows."""

    id: str
    tenant_id: str
    name: str
    prefix: str
    role: str
    resources: Mapping[str, str] | None
    location_ids: tuple[str, ...] | None
    created_by: str
    created_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A key with whether its maker, whose rights bound it, is still an active member."""

    key: Key
    maker_belongs: bool


@dataclass(frozen=True, slots=True)
class Maker:
    """What the person who made a key is now."""

    role: str
    location_ids: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Working:
    """A key that opens something: it stands, and its maker is still an active member."""

    key: Key
    maker: Maker


@dataclass(frozen=True, slots=True)
class Shown:
    """The key whose secret was shown."""

    tenant_id: str
    key_id: str


_KEY: Final = "id, tenant_id, name, prefix, role, resources, location_ids, created_by, created_at, expires_at"


async def add(tx: Tx, key: Key, digest: str) -> None:
    """Keep a key and the digest of its secret."""
    await tx.execute(
        f"insert into api_keys ({_KEY}, hash) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            key.id,
            key.tenant_id,
            key.name,
            key.prefix,
            key.role,
            None if key.resources is None else Jsonb(dict(key.resources)),
            None if key.location_ids is None else list(key.location_ids),
            key.created_by,
            key.created_at,
            key.expires_at,
            digest,
        ),
    )


async def standing(tx: Tx, tenant_id: str, after: str | None, limit: int) -> list[Listed]:
    """Return keys that were not revoked, by id."""
    rows = await (
        await tx.execute(
            f"""select {_KEY}, exists (
                    select from memberships m
                    where m.tenant_id = k.tenant_id and m.person_id = k.created_by and m.is_active
                ) as maker_belongs
                from api_keys k
                where tenant_id = %(tenant)s and revoked_at is null
                  and (%(after)s::text is null or id > %(after)s)
                order by id limit %(limit)s""",
            {"tenant": tenant_id, "after": after, "limit": limit},
        )
    ).fetchall()
    return [Listed(maker_belongs=row.pop("maker_belongs"), key=_key(row)) for row in rows]


async def shown(tx: Tx, digest: str) -> Shown | None:
    """Return which key's secret was shown; the transaction must carry its digest as proof."""
    row = await (
        await tx.execute("select tenant_id, id as key_id from api_keys where hash = %s", (digest,))
    ).fetchone()
    return Shown(**row) if row else None


async def working(tx: Tx, tenant_id: str, key_id: str, now: datetime) -> Working | None:
    """Return one key of the organisation with its maker, None unless both still stand."""
    row = await (
        await tx.execute(
            f"""select {_KEY}, maker_role, maker_location_ids
                from api_keys
                join (select person_id, role as maker_role, location_ids as maker_location_ids
                      from memberships where tenant_id = %(tenant)s and is_active) maker
                  on person_id = created_by
                where tenant_id = %(tenant)s and id = %(id)s
                  and revoked_at is null and (expires_at is null or expires_at > %(now)s)""",
            {"tenant": tenant_id, "id": key_id, "now": now},
        )
    ).fetchone()
    if row is None:
        return None
    maker = Maker(row.pop("maker_role"), _scope(row.pop("maker_location_ids")))
    return Working(_key(row), maker)


async def revoked(tx: Tx, tenant_id: str, key_id: str, now: datetime) -> Key | None:
    """End a key and return it; None when there is none that stands."""
    row = await (
        await tx.execute(
            f"""update api_keys set revoked_at = %s where tenant_id = %s and id = %s and revoked_at is null
                returning {_KEY}""",
            (now, tenant_id, key_id),
        )
    ).fetchone()
    return _key(row) if row else None


def _key(row: dict[str, Any]) -> Key:
    fields: dict[str, Any] = {**row, "location_ids": _scope(row["location_ids"])}
    return Key(**fields)


def _scope(location_ids: list[str] | None) -> tuple[str, ...] | None:
    return None if location_ids is None else tuple(location_ids)
