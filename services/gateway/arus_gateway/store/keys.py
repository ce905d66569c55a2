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


async def standing(tx: Tx, tenant_id: str, after: str | None, limit: int) -> list[Key]:
    """Return keys that were not revoked, by id."""
    rows = await (
        await tx.execute(
            f"""select {_KEY} from api_keys
                where tenant_id = %(tenant)s and revoked_at is null
                  and (%(after)s::text is null or id > %(after)s)
                order by id limit %(limit)s""",
            {"tenant": tenant_id, "after": after, "limit": limit},
        )
    ).fetchall()
    return [_key(row) for row in rows]


async def shown(tx: Tx, digest: str, now: datetime) -> Key | None:
    """Return the key whose secret was shown, None when it is unknown, revoked or old."""
    row = await (
        await tx.execute(
            f"""select {_KEY} from api_keys
                where hash = %s and revoked_at is null and (expires_at is null or expires_at > %s)""",
            (digest, now),
        )
    ).fetchone()
    return _key(row) if row else None


async def by_id(tx: Tx, tenant_id: str, key_id: str, now: datetime) -> Key | None:
    """Return one key of the organisation that still stands."""
    row = await (
        await tx.execute(
            f"""select {_KEY} from api_keys where tenant_id = %s and id = %s
                and revoked_at is null and (expires_at is null or expires_at > %s)""",
            (tenant_id, key_id, now),
        )
    ).fetchone()
    return _key(row) if row else None


async def revoke(tx: Tx, tenant_id: str, key_id: str, now: datetime) -> bool:
    """End a key; False when there is none that stands."""
    done = await tx.execute(
        "update api_keys set revoked_at = %s where tenant_id = %s and id = %s and revoked_at is null",
        (now, tenant_id, key_id),
    )
    return done.rowcount > 0


def _key(row: dict[str, Any]) -> Key:
    ids: list[str] | None = row["location_ids"]
    fields: dict[str, Any] = {**row, "location_ids": None if ids is None else tuple(ids)}
    return Key(**fields)
