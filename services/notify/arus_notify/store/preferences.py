"""How people want to be told; who never said so has the defaults."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from arus_runtime.postgres import Tx

from arus_notify.state import Preferences, Severity

_COLUMNS: Final = (
    "in_app, email, whatsapp, whatsapp_number, quiet_from, quiet_to, critical_passes, digest_at, "
    "alarms_per_day, timezone, version"
)
_SAVE: Final = f"""
insert into preferences (tenant_id, person_id, {_COLUMNS})
values (%(tenant)s, %(person)s, %(in_app)s, %(email)s, %(whatsapp)s, %(whatsapp_number)s, %(quiet_from)s,
        %(quiet_to)s, %(critical_passes)s, %(digest_at)s, %(alarms_per_day)s, %(timezone)s, %(version)s)
on conflict (tenant_id, person_id) do update set
  in_app = excluded.in_app, email = excluded.email, whatsapp = excluded.whatsapp,
  whatsapp_number = excluded.whatsapp_number, quiet_from = excluded.quiet_from,
  quiet_to = excluded.quiet_to, critical_passes = excluded.critical_passes,
  digest_at = excluded.digest_at, alarms_per_day = excluded.alarms_per_day,
  timezone = excluded.timezone, version = excluded.version
"""  # noqa: S608 — this module's own names of columns


async def of(tx: Tx, tenant_id: str, people: Collection[str]) -> Mapping[str, Preferences]:
    """Return how each of the people wants to be told, by person."""
    found = await tx.execute(
        f"select person_id, {_COLUMNS} from preferences where tenant_id = %s and person_id = any(%s)",  # noqa: S608
        (tenant_id, list(people)),
    )
    said = {row.pop("person_id"): _preferences(row) for row in await found.fetchall()}
    return {person: said.get(person, Preferences()) for person in people}


async def hold(tx: Tx, tenant_id: str, person_id: str) -> Preferences:
    """Return how the person wants to be told, and let nobody change it until the transaction ends."""
    await tx.execute(
        "select pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"preferences/{tenant_id}/{person_id}",)
    )
    return (await of(tx, tenant_id, (person_id,)))[person_id]


async def save(tx: Tx, tenant_id: str, person_id: str, prefs: Preferences) -> None:
    """Remember how the person wants to be told."""
    values = {name: getattr(prefs, name) for name in _COLUMNS.split(", ")}
    await tx.execute(_SAVE, values | {"tenant": tenant_id, "person": person_id})


def _preferences(row: dict[str, Any]) -> Preferences:
    levels: dict[str, Any] = {name: Severity(row[name]) for name in ("in_app", "email", "whatsapp")}
    return Preferences(**(row | levels))
