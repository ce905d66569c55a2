"""The log of deliveries: what left by which channel, for whom, and what became of it."""

# ruff: noqa: S608 — what is spliced into the SQL is this module's own names of columns

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from arus_runtime.postgres import Tx
from psycopg.rows import class_row


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one address. The columns' meaning: see the migration."""

    tenant_id: str
    id: str
    channel: str
    kind: str
    severity: int
    state: str
    created_at: datetime
    person_id: str | None = None
    webhook_id: str | None = None
    incident_id: str | None = None
    group_id: str | None = None
    case_alert_id: str | None = None
    location_id: str | None = None
    incidents: int = 1
    critical: int = 0
    reason: str = ""
    detail: str = ""
    to_shown: str = ""
    attempts: int = 0
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Which deliveries are asked for; None: any. within: locations to choose from."""

    person_id: str | None = None
    channel: str | None = None
    states: Sequence[str] = ()
    within: Collection[str] | None = None


_NAMES: Final = tuple(field.name for field in fields(Delivery))
_COLUMNS: Final = ", ".join(_NAMES)
_DETAIL_MOST: Final = 500


async def add(tx: Tx, delivery: Delivery) -> bool:
    """Add a delivery and say whether it is new."""
    done = await tx.execute(
        f"""insert into deliveries ({_COLUMNS}) values ({", ".join(f"%({name})s" for name in _NAMES)})
            on conflict (tenant_id, id) do nothing""".encode(),
        {name: getattr(delivery, name) for name in _NAMES},
    )
    return done.rowcount == 1


async def alarms(tx: Tx, tenant_id: str, person_id: str, since: datetime) -> int:
    """Count what left for the person at once since then; one telling by several channels counts once."""
    found = await tx.execute(
        """select count(distinct created_at) as alarms from deliveries
           where tenant_id = %s and person_id = %s and created_at >= %s and channel in ('email', 'whatsapp')
             and kind <> 'digest' and state not in ('held', 'digested')""",
        (tenant_id, person_id, since),
    )
    row = await found.fetchone()
    return row["alarms"] if row else 0


async def begin(tx: Tx, tenant_id: str, delivery_id: str) -> Delivery | None:
    """Count one more attempt at a delivery and return it; None when it waits no more.

    One that was given up waits again: its job runs once more only when a person said so.
    """
    return await _one(
        tx,
        f"""update deliveries set attempts = attempts + 1, state = 'waiting', ended_at = null
            where tenant_id = %s and id = %s and state in ('waiting', 'failed') returning {_COLUMNS}""",
        (tenant_id, delivery_id),
    )


async def went_wrong(tx: Tx, tenant_id: str, delivery_id: str, reason: str, detail: str) -> None:
    """Say of a waiting delivery why its last attempt failed."""
    await tx.execute(
        "update deliveries set reason = %s, detail = %s where tenant_id = %s and id = %s",
        (reason, detail[:_DETAIL_MOST], tenant_id, delivery_id),
    )


async def end(tx: Tx, tenant_id: str, delivery_id: str, *, state: str, reason: str, detail: str) -> None:
    """Say what became of a delivery; reason and detail empty: nothing was wrong."""
    await tx.execute(
        """update deliveries set state = %s, reason = %s, detail = %s, ended_at = now()
           where tenant_id = %s and id = %s and state = 'waiting'""",
        (state, reason, detail[:_DETAIL_MOST], tenant_id, delivery_id),
    )


async def give_up(tx: Tx, tenant_id: str, delivery_id: str, detail: str) -> str | None:
    """Say that a delivery has failed for good and return its channel; what its last attempt met stays.

    detail: what is said of one that never met anything.
    """
    found = await tx.execute(
        """update deliveries set state = 'failed', ended_at = now(),
             reason = case when reason = '' then 'failed' else reason end,
             detail = case when reason = '' then %s else detail end
           where tenant_id = %s and id = %s and state = 'waiting' returning channel""",
        (detail[:_DETAIL_MOST], tenant_id, delivery_id),
    )
    row = await found.fetchone()
    return row["channel"] if row else None


async def digested(tx: Tx, tenant_id: str, person_id: str, at: datetime) -> None:
    """Say that what was held for the person has left with a digest."""
    await tx.execute(
        """update deliveries set state = 'digested', ended_at = %s
           where tenant_id = %s and person_id = %s and state = 'held'""",
        (at, tenant_id, person_id),
    )


async def newest(
    tx: Tx, tenant_id: str, asked: Asked, after: tuple[datetime, str] | None, limit: int
) -> list[Delivery]:
    """Return deliveries, newest first."""
    at, last = after or (None, None)
    rows = tx.cursor(row_factory=class_row(Delivery))
    await rows.execute(
        f"""select {_COLUMNS} from deliveries
            where tenant_id = %(tenant)s
              and (%(person)s::text is null or person_id = %(person)s)
              and (%(channel)s::text is null or channel = %(channel)s)
              and (cardinality(%(states)s::text[]) = 0 or state = any(%(states)s))
              and (%(within)s::text[] is null or location_id = any(%(within)s)
                   or location_id is null and kind <> 'case')
              and (%(at)s::timestamptz is null or (created_at, id) < (%(at)s, %(last)s))
            order by created_at desc, id desc limit %(limit)s""".encode(),
        {
            "tenant": tenant_id,
            "person": asked.person_id,
            "channel": asked.channel,
            "states": list(asked.states),
            "within": None if asked.within is None else list(asked.within),
            "at": at,
            "last": last,
            "limit": limit,
        },
        prepare=False,
    )
    return await rows.fetchall()


async def oldest_waiting_s(tx: Tx) -> float:
    """Return for how many seconds the oldest waiting delivery has waited; worker role."""
    found = await tx.execute(
        """select extract(epoch from now() - min(created_at))::float8 as age_s
           from deliveries where state = 'waiting'"""
    )
    row = await found.fetchone()
    return (row["age_s"] if row else None) or 0.0


async def _one(tx: Tx, statement: str, values: Sequence[Any]) -> Delivery | None:
    rows = tx.cursor(row_factory=class_row(Delivery))
    await rows.execute(statement.encode(), values)
    return await rows.fetchone()
