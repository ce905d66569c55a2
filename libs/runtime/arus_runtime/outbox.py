"""Outgoing events of a book: written in the command's transaction, published by the relay in that order.

    async with db.tenant(tenant_id) as tx:
        await tx.execute("select … for update", …)  # its lock is what orders its events
        await store.insert(tx, fact)
        await outbox.add(tx, codec.recorded(fact), tenant_id=…, key=…, cause=fact.id, label="recorded")

The event id is derived from cause and label, so a command that is answered twice names the same event. cause
must be unique per command (a fact's id with its version, for example ``f"{id}/{version}"``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from google.protobuf.message import Message
from psycopg import AsyncConnection

from arus_runtime.catalogue import topic_of
from arus_runtime.envelope import Envelope, timestamp
from arus_runtime.ids import derived_id
from arus_runtime.observe import current_traceparent


@dataclass(frozen=True, slots=True)
class Pending:
    """An event to publish, with the command it follows from.

    traceparent: of the request it came with; empty: of the one at hand.
    """

    event: Message
    key: str
    cause: str
    label: str
    traceparent: str = ""


async def add(
    tx: AsyncConnection[Any],
    event: Message,
    *,
    tenant_id: str,
    key: str,
    cause: str,
    label: str,
    at: datetime | None = None,
    traceparent: str = "",
    import_id: str = "",
) -> str:
    """Add one event to the transaction and return its id.

    at: when it was recorded, now when None. traceparent: of the request at hand when empty.
    """
    ids = await add_all(
        tx,
        [Pending(event, key, cause, label, traceparent)],
        tenant_id=tenant_id,
        at=at,
        import_id=import_id,
    )
    return ids[0]


async def add_all(
    tx: AsyncConnection[Any],
    events: Sequence[Pending],
    *,
    tenant_id: str,
    at: datetime | None = None,
    import_id: str = "",
) -> list[str]:
    """Add events to the transaction in one statement, in this order, and return their ids."""
    time = timestamp(at or datetime.now(UTC))
    ids = [derived_id(pending.cause, pending.label) for pending in events]
    headers = [
        Envelope(
            event_id=event_id,
            event_type=pending.event.DESCRIPTOR.full_name,
            time=time,
            tenant=tenant_id,
            subject=pending.key,
            traceparent=pending.traceparent or current_traceparent(),
            import_id=import_id,
        ).pack()
        for event_id, pending in zip(ids, events, strict=True)
    ]
    await tx.execute(
        """insert into outbox (tenant_id, topic, key, value, headers)
           select %s, topic, key, value, headers
           from unnest(%b::text[], %b::text[], %b::bytea[], %b::bytea[]) with ordinality
             as added (topic, key, value, headers, place)
           order by place""",
        (
            tenant_id,
            [topic_of(pending.event.DESCRIPTOR.full_name).name for pending in events],
            [pending.key for pending in events],
            [pending.event.SerializeToString() for pending in events],
            headers,
        ),
    )
    return ids
