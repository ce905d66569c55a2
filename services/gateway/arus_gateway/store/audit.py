"""Who did what: written in the transaction of the deed, told to others through the outbox."""

# ruff: noqa: S608 — what is spliced into the SQL is this module's own text

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from arus.identity.v1.events_pb2 import AuditEventRecorded
from arus_runtime import outbox
from arus_runtime.ids import new_ulid
from arus_runtime.postgres import Tx
from psycopg.rows import class_row, tuple_row
from psycopg.types.json import Jsonb

CHUNK: Final = 2_000
_ENTRIES: Final = """
    select a.id, a.at, a.action, a.actor_id, p.name as actor_name, a.resource_type, a.resource_id, a.ip,
           a.detail
    from audit_events a left join persons p on p.id = a.actor_id
    where a.tenant_id = %(tenant)s
      and (%(action)s::text is null or a.action = %(action)s)
      and (%(actor)s::text is null or a.actor_id = %(actor)s)
      and (%(since)s::timestamptz is null or a.at >= %(since)s)
      and (%(until)s::timestamptz is null or a.at < %(until)s)"""
_NEWEST: Final = "order by a.id desc limit %(limit)s"


@dataclass(frozen=True, slots=True)
class Deed:
    """Something worth keeping: a past-tense action, who did it, and to what."""

    action: str
    actor_id: str
    resource_type: str
    resource_id: str
    ip: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Entry:
    """A deed as the log shows it."""

    id: str
    at: datetime
    action: str
    actor_id: str
    actor_name: str | None
    resource_type: str
    resource_id: str
    ip: str
    detail: Mapping[str, Any]


async def record(tx: Tx, tenant_id: str, deed: Deed) -> None:
    """Write the deed down and tell it on audit.event.v1; the transaction must be inside the tenant."""
    audit_id = new_ulid()
    await tx.execute(
        """insert into audit_events (tenant_id, id, action, actor_id, resource_type, resource_id, ip, detail)
           values (%s, %s, %s, %s, %s, %s, %s, %s)""",
        (
            tenant_id,
            audit_id,
            deed.action,
            deed.actor_id,
            deed.resource_type,
            deed.resource_id,
            deed.ip,
            Jsonb(dict(deed.detail)),
        ),
    )
    event = AuditEventRecorded(
        tenant_id=tenant_id,
        audit_id=audit_id,
        action=deed.action,
        actor_id=deed.actor_id,
        resource_type=deed.resource_type,
        resource_id=deed.resource_id,
    )
    await outbox.add(tx, event, tenant_id=tenant_id, key=tenant_id, cause=audit_id, label="recorded")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which deeds are asked for; None: any. since and until: until is the first moment too late."""

    tenant_id: str
    action: str | None = None
    actor_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


async def entries(tx: Tx, asked: Asked, before: str | None, limit: int) -> Sequence[Entry]:
    """Return deeds, newest first, those before the given id."""
    rows = tx.cursor(row_factory=class_row(Entry))
    await rows.execute(
        f"{_ENTRIES} and (%(before)s::text is null or a.id < %(before)s) {_NEWEST}",
        {**_values(asked), "before": before, "limit": limit},
    )
    return await rows.fetchall()


async def every(tx: Tx, asked: Asked, most: int) -> AsyncGenerator[Sequence[Entry]]:
    """Yield deeds, newest first, some thousands at a time; most: of all."""
    async with tx.cursor("audit", row_factory=class_row(Entry)) as rows:
        await rows.execute(f"{_ENTRIES} {_NEWEST}", {**_values(asked), "limit": most})
        while found := await rows.fetchmany(CHUNK):
            yield found


async def number(tx: Tx, asked: Asked, most: int) -> int:
    """Return how many deeds there are, counted up to most + 1."""
    rows = tx.cursor(row_factory=tuple_row)
    await rows.execute(
        f"select count(*) from ({_ENTRIES} limit %(limit)s) found", {**_values(asked), "limit": most + 1}
    )
    found = await rows.fetchone()
    assert found is not None
    return found[0]


def _values(asked: Asked) -> dict[str, Any]:
    return {
        "tenant": asked.tenant_id,
        "action": asked.action,
        "actor": asked.actor_id,
        "since": asked.since,
        "until": asked.until,
    }
