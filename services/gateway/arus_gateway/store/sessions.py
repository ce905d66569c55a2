"""Sessions and the secrets that continue them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from arus_runtime.postgres import Tx

Kind = Literal["bearer", "cookie"]


@dataclass(frozen=True, slots=True)
class Live:
    """A session that stands, with what its person is in its organisation right now."""

    id: str
    tenant_id: str
    person_id: str
    kind: Kind
    role: str
    location_ids: tuple[str, ...] | None
    language: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session about to begin."""

    id: str
    tenant_id: str
    person_id: str
    kind: Kind
    expires_at: datetime


async def start(tx: Tx, session: NewSession, digest: str) -> None:
    """Start a session that the secret with this digest continues."""
    await tx.execute(
        "insert into sessions (id, tenant_id, person_id, kind, expires_at) values (%s, %s, %s, %s, %s)",
        (session.id, session.tenant_id, session.person_id, session.kind, session.expires_at),
    )
    await add_secret(tx, session.id, session.person_id, digest)


async def add_secret(tx: Tx, session_id: str, person_id: str, digest: str) -> None:
    """Let another secret continue the session."""
    await tx.execute(
        "insert into session_secrets (hash, session_id, person_id) values (%s, %s, %s)",
        (digest, session_id, person_id),
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """A session secret that was shown; used: it was exchanged for a newer one before."""

    session_id: str
    person_id: str
    used: bool


async def shown(tx: Tx, digest: str) -> Shown | None:
    """Return what the shown secret belongs to; the transaction must carry its digest as proof."""
    row = await (
        await tx.execute(
            """select session_id, person_id, used_at is not null as used from session_secrets
               where hash = %s for update""",
            (digest,),
        )
    ).fetchone()
    return Shown(**row) if row else None


async def use_up(tx: Tx, digest: str, now: datetime) -> None:
    """Note that the secret was exchanged; showing it again is theft."""
    await tx.execute("update session_secrets set used_at = %s where hash = %s", (now, digest))


async def prolong(tx: Tx, session_id: str, expires_at: datetime) -> None:
    """Let the session live until then."""
    await tx.execute("update sessions set expires_at = %s where id = %s", (expires_at, session_id))


async def move(tx: Tx, session_id: str, tenant_id: str) -> None:
    """Let the acting person's session go on in another organisation of theirs."""
    await tx.execute("update sessions set tenant_id = %s where id = %s", (tenant_id, session_id))


async def live(tx: Tx, session_id: str, now: datetime) -> Live | None:
    """Return the session if it stands and its person is still an active member."""
    row = await (
        await tx.execute(
            """select s.id, s.tenant_id, s.person_id, s.kind, m.role, m.location_ids, p.language, s.expires_at
               from sessions s
               join memberships m on m.tenant_id = s.tenant_id and m.person_id = s.person_id
               join persons p on p.id = s.person_id
               where s.id = %s and s.revoked_at is null and s.expires_at > %s and m.is_active""",
            (session_id, now),
        )
    ).fetchone()
    return _live(row)


async def end(tx: Tx, session_id: str, now: datetime) -> None:
    """End one session and every secret of it."""
    await tx.execute(
        "update sessions set revoked_at = %s where id = %s and revoked_at is null", (now, session_id)
    )


async def end_of_person(tx: Tx, person_id: str, now: datetime, *, but: str = "") -> None:
    """End every session of the acting person, except one."""
    await tx.execute(
        "update sessions set revoked_at = %s where person_id = %s and id <> %s and revoked_at is null",
        (now, person_id, but),
    )


async def end_of_member(tx: Tx, tenant_id: str, person_id: str, now: datetime) -> None:
    """End the person's sessions in this organisation."""
    await tx.execute(
        "update sessions set revoked_at = %s where tenant_id = %s and person_id = %s and revoked_at is null",
        (now, tenant_id, person_id),
    )


def _live(row: dict[str, Any] | None) -> Live | None:
    if row is None:
        return None
    ids: list[str] | None = row["location_ids"]
    fields: dict[str, Any] = {**row, "location_ids": None if ids is None else tuple(ids)}
    return Live(**fields)
