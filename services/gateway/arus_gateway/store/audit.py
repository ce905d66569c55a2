"""Who did what: written in the transaction of the deed, told to others through the outbox."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from arus.identity.v1.events_pb2 import AuditEventRecorded
from arus_runtime import outbox
from arus_runtime.ids import new_ulid
from arus_runtime.postgres import Tx
from psycopg.types.json import Jsonb


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


async def entries(
    tx: Tx, tenant_id: str, before: str | None, limit: int, *, action: str | None, actor_id: str | None
) -> list[Entry]:
    """Return deeds, newest first, those before the given id."""
    rows = await (
        await tx.execute(
            """select a.id, a.at, a.action, a.actor_id, p.name as actor_name, a.resource_type, a.resource_id,
                      a.ip, a.detail
               from audit_events a left join persons p on p.id = a.actor_id
               where a.tenant_id = %(tenant)s and (%(before)s::text is null or a.id < %(before)s)
                 and (%(action)s::text is null or a.action = %(action)s)
                 and (%(actor)s::text is null or a.actor_id = %(actor)s)
               order by a.id desc limit %(limit)s""",
            {"tenant": tenant_id, "before": before, "limit": limit, "action": action, "actor": actor_id},
        )
    ).fetchall()
    return [Entry(**row) for row in rows]
