"""What each person is told, in the list of the console and in digests."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final

from arus_runtime.postgres import Tx
from psycopg.rows import class_row

from arus_notify import codec
from arus_notify.state import Held, Severity
from arus_notify.store import alerts


@dataclass(frozen=True, slots=True)
class Notification:
    """What one person is told of one alert, summary or case. The columns' meaning: see the migration."""

    tenant_id: str
    id: str
    person_id: str
    kind: str
    severity: Severity
    incident_id: str | None
    group_id: str | None
    case_alert_id: str | None
    location_id: str | None
    incidents: int
    critical: int
    listed: bool
    held: Held | None
    alarmed_on: date | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """One entry of the list. said: the IncidentChanged; case_said, case_what: of a case; None for others."""

    id: str
    kind: str
    severity: int
    incident_id: str | None
    location_id: str | None
    said: bytes | None
    standing: str | None
    case_said: bytes | None
    case_what: str | None
    incidents: int
    critical: int
    group_id: str | None
    held: str | None
    created_at: datetime
    read_at: datetime | None


_COLUMNS: Final = ", ".join(field.name for field in fields(Notification))
_ADD: Final = f"""
insert into notifications ({_COLUMNS})
values ({", ".join(f"%({field.name})s" for field in fields(Notification))})
on conflict (tenant_id, id) do update set
  severity = excluded.severity, incidents = excluded.incidents, critical = excluded.critical,
  created_at = excluded.created_at, read_at = null, held = excluded.held, alarmed_on = excluded.alarmed_on,
  digest_id = null
where (excluded.incidents, excluded.critical) <> (notifications.incidents, notifications.critical)
"""  # noqa: S608 — this module's own names of columns
_SHOWN: Final = """
select n.id, n.kind, n.severity, n.incident_id, n.location_id, n.incidents, n.critical, n.group_id, n.held,
       n.created_at, n.read_at, a.said, i.standing, c.said as case_said, c.what as case_what
from notifications n
left join alerts a on (a.tenant_id, a.incident_id, a.severity) = (n.tenant_id, n.incident_id, n.severity)
left join incidents i on (i.tenant_id, i.id) = (n.tenant_id, n.incident_id)
left join case_alerts c on (c.tenant_id, c.id) = (n.tenant_id, n.case_alert_id)
"""
# Whose scope became narrower sees no more of what they were told before, nor of a case that lies nowhere.
_SEEN: Final = """
(%(within)s::text[] is null or n.location_id = any(%(within)s) or n.location_id is null and n.kind <> 'case')
"""


async def add(tx: Tx, told: Notification) -> bool:
    """Remember what a person is told and say whether it is news.

    A summary that grew since takes the place of its former self, unread and untold again.
    """
    values = {field.name: getattr(told, field.name) for field in fields(Notification)}
    return (await tx.execute(_ADD.encode(), values)).rowcount == 1


async def lock(tx: Tx, tenant_id: str) -> None:
    """Let one transaction at a time plan for the organisation, so that nobody's budget is overdrawn."""
    await tx.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"notify/{tenant_id}",))


async def listed(
    tx: Tx,
    tenant_id: str,
    person_id: str,
    *,
    within: Collection[str] | None,
    unread: bool,
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[Shown]:
    """Return the person's list, newest first."""
    at, last = after or (None, None)
    return await _shown(
        tx,
        f"""where n.tenant_id = %(tenant)s and n.person_id = %(person)s and n.listed and {_SEEN}
              and (not %(unread)s or n.read_at is null)
              and (%(at)s::timestamptz is null or (n.created_at, n.id) < (%(at)s, %(last)s))
            order by n.created_at desc, n.id desc limit %(limit)s""",
        tenant=tenant_id,
        person=person_id,
        within=_listed(within),
        unread=unread,
        at=at,
        last=last,
        limit=limit,
    )


async def unread(tx: Tx, tenant_id: str, person_id: str, within: Collection[str] | None) -> int:
    """Count what the person has not read, as far as they may see it."""
    found = await tx.execute(
        f"""select count(*) as unread from notifications n
            where n.tenant_id = %(tenant)s and n.person_id = %(person)s and n.listed
              and n.read_at is null and {_SEEN}""",  # noqa: S608
        {"tenant": tenant_id, "person": person_id, "within": _listed(within)},
    )
    row = await found.fetchone()
    return row["unread"] if row else 0


async def one(
    tx: Tx, tenant_id: str, person_id: str, notification_id: str, within: Collection[str] | None
) -> Shown | None:
    """Return one entry of the person's list."""
    found = await _shown(
        tx,
        f"""where n.tenant_id = %(tenant)s and n.person_id = %(person)s and n.listed and n.id = %(id)s
              and {_SEEN}""",
        tenant=tenant_id,
        person=person_id,
        id=notification_id,
        within=_listed(within),
    )
    return found[0] if found else None


async def mark_read(tx: Tx, tenant_id: str, person_id: str, ids: Sequence[str] | None, at: datetime) -> int:
    """Mark these (None: all) as read and return how many were not."""
    done = await tx.execute(
        """update notifications set read_at = %(at)s
           where tenant_id = %(tenant)s and person_id = %(person)s and listed and read_at is null
             and (%(ids)s::text[] is null or id = any(%(ids)s))""",
        {"tenant": tenant_id, "person": person_id, "ids": None if ids is None else list(ids), "at": at},
    )
    return done.rowcount


async def for_digest(
    tx: Tx, tenant_id: str, person_id: str, *, within: Collection[str] | None, digest_id: str | None
) -> list[Shown]:
    """Return what a digest tells, worst first: what it told already, or (None) what waits to be told."""
    return await _shown(
        tx,
        f"""where n.tenant_id = %(tenant)s and n.person_id = %(person)s and n.alarmed_on is null
              and n.digest_id is not distinct from %(digest)s and {_SEEN}
              and i.standing is distinct from 'withdrawn'
            order by n.severity desc, n.created_at, n.id""",
        tenant=tenant_id,
        person=person_id,
        digest=digest_id,
        within=_listed(within),
    )


async def names(tx: Tx, tenant_id: str, told: Sequence[Shown]) -> Mapping[str, str]:
    """Return what the locations and products of these entries are called."""
    events = [
        *(codec.incident(entry.said) for entry in told if entry.said),
        *(codec.case(entry.case_said) for entry in told if entry.case_said),
    ]
    ids = {name for event in events for name in (event.location_id, event.product_id)}
    return await alerts.names(tx, tenant_id, ids)


async def put_into(tx: Tx, tenant_id: str, ids: Sequence[str], digest_id: str) -> None:
    """Let a digest tell these."""
    await tx.execute(
        "update notifications set digest_id = %s where tenant_id = %s and id = any(%s)",
        (digest_id, tenant_id, list(ids)),
    )


async def _shown(tx: Tx, where: str, **values: Any) -> list[Shown]:
    rows = tx.cursor(row_factory=class_row(Shown))
    await rows.execute((_SHOWN + where).encode(), values, prepare=False)
    return await rows.fetchall()


def _listed(ids: Collection[str] | None) -> list[str] | None:
    return None if ids is None else list(ids)
