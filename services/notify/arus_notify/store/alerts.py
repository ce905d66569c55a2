"""Alerts, how their incidents stand, and the names of what they speak about."""

from collections.abc import Collection, Mapping
from typing import Any

from arus_runtime.postgres import Tx
from arus_runtime.words import HOME_ZONE

from arus_notify.state import Alert, Severity

_ALERT = "tenant_id, incident_id, severity, location_id, group_id, occurred_at, said"


async def one(tx: Tx, tenant_id: str, incident_id: str, severity: Severity) -> Alert | None:
    """Return the alert of an incident and severity."""
    found = await tx.execute(
        f"select {_ALERT} from alerts where tenant_id = %s and incident_id = %s and severity = %s",  # noqa: S608
        (tenant_id, incident_id, severity),
    )
    row = await found.fetchone()
    return _alert(row) if row else None


async def of_group(tx: Tx, tenant_id: str, group_id: str) -> list[Alert]:
    """Return the alerts that one summary tells, those of withdrawn incidents left out."""
    found = await tx.execute(
        f"""select {_ALERT} from alerts
            where tenant_id = %(tenant)s and group_id = %(group)s and not exists (
              select 1 from incidents i
              where i.tenant_id = alerts.tenant_id and i.id = alerts.incident_id and i.standing = 'withdrawn'
            )""",  # noqa: S608
        {"tenant": tenant_id, "group": group_id},
    )
    return [_alert(row) for row in await found.fetchall()]


async def standing(tx: Tx, tenant_id: str, incident_id: str) -> str:
    """Return how an incident stands: open, closed or withdrawn."""
    found = await tx.execute(
        "select standing from incidents where tenant_id = %s and id = %s", (tenant_id, incident_id)
    )
    row = await found.fetchone()
    return row["standing"] if row else "open"


async def names(tx: Tx, tenant_id: str, ids: Collection[str]) -> Mapping[str, str]:
    """Return what locations and products are called; an id that nobody has told yet is its own name."""
    found = await tx.execute(
        """select id, name from locations where tenant_id = %(tenant)s and id = any(%(ids)s)
           union all select id, name from products where tenant_id = %(tenant)s and id = any(%(ids)s)""",
        {"tenant": tenant_id, "ids": list(ids)},
    )
    return {id_: id_ for id_ in ids} | {row["id"]: row["name"] for row in await found.fetchall()}


async def timezone(tx: Tx, tenant_id: str) -> str:
    """Return the time zone of most of the organisation's locations: the one its people live by."""
    found = await tx.execute(
        """select timezone from locations where tenant_id = %s and timezone <> ''
           group by timezone order by count(*) desc, timezone limit 1""",
        (tenant_id,),
    )
    row = await found.fetchone()
    return row["timezone"] if row else HOME_ZONE


def _alert(row: dict[str, Any]) -> Alert:
    values: dict[str, Any] = {**row, "severity": Severity(row["severity"]), "said": bytes(row["said"])}
    return Alert(**values)
