"""Webhooks of an organisation."""

# ruff: noqa: S608 — what is spliced into the SQL is this module's own names of columns

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from arus_runtime.postgres import Tx
from psycopg.rows import class_row


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook. secret and former_secret are sealed; the former one signs too until former_until.

    least: the least severity it is told of. location_ids None means everywhere.
    """

    tenant_id: str
    id: str
    name: str
    url: str
    secret: str
    former_secret: str | None
    former_until: datetime | None
    least: int
    location_ids: list[str] | None
    is_active: bool
    version: int
    created_by: str
    created_at: datetime
    updated_at: datetime

    def sees(self, location_id: str) -> bool:
        """Say whether the webhook is told of the location; empty for nowhere: one for everywhere is."""
        return self.location_ids is None or location_id in self.location_ids


_NAMES: Final = tuple(field.name for field in fields(Hook))
_COLUMNS: Final = ", ".join(_NAMES)
# Who is in charge of some locations only manages webhooks that lie within them.
_WITHIN: Final = "(%(within)s::text[] is null or location_ids <@ %(within)s)"


async def save(tx: Tx, hook: Hook) -> None:
    """Add a webhook, or put it in the place of its former self."""
    changes = ", ".join(f"{name} = excluded.{name}" for name in _NAMES if name not in {"tenant_id", "id"})
    await tx.execute(
        f"""insert into webhooks ({_COLUMNS}) values ({", ".join(f"%({name})s" for name in _NAMES)})
            on conflict (tenant_id, id) do update set {changes}""".encode(),
        {name: getattr(hook, name) for name in _NAMES},
    )


async def listed(
    tx: Tx, tenant_id: str, *, within: Collection[str] | None, after: str | None, limit: int
) -> list[Hook]:
    """Return webhooks, oldest first."""
    return await _hooks(
        tx,
        f"""select {_COLUMNS} from webhooks
            where tenant_id = %(tenant)s and {_WITHIN} and (%(after)s::text is null or id > %(after)s)
            order by id limit %(limit)s""",
        tenant=tenant_id,
        within=_list(within),
        after=after,
        limit=limit,
    )


async def active(tx: Tx, tenant_id: str, severity: int) -> list[Hook]:
    """Return the webhooks that are told of something this severe."""
    return await _hooks(
        tx,
        f"""select {_COLUMNS} from webhooks
            where tenant_id = %(tenant)s and is_active and least <= %(severity)s order by id""",
        tenant=tenant_id,
        severity=severity,
    )


async def one(tx: Tx, tenant_id: str, hook_id: str, *, within: Collection[str] | None = None) -> Hook | None:
    """Return a webhook, as far as it lies within these locations (None: all of them)."""
    found = await _hooks(
        tx,
        f"select {_COLUMNS} from webhooks where tenant_id = %(tenant)s and id = %(id)s and {_WITHIN}",
        tenant=tenant_id,
        id=hook_id,
        within=_list(within),
    )
    return found[0] if found else None


async def hold(tx: Tx, tenant_id: str, hook_id: str, *, within: Collection[str] | None) -> Hook | None:
    """Return a webhook and hold it until the transaction ends."""
    found = await _hooks(
        tx,
        f"""select {_COLUMNS} from webhooks where tenant_id = %(tenant)s and id = %(id)s and {_WITHIN}
            for update""",
        tenant=tenant_id,
        id=hook_id,
        within=_list(within),
    )
    return found[0] if found else None


async def count(tx: Tx, tenant_id: str) -> int:
    """Count the organisation's webhooks."""
    found = await tx.execute("select count(*) as hooks from webhooks where tenant_id = %s", (tenant_id,))
    row = await found.fetchone()
    return row["hooks"] if row else 0


async def remove(tx: Tx, tenant_id: str, hook_id: str) -> None:
    """Forget a webhook; what was sent to it stays in the log."""
    await tx.execute("delete from webhooks where tenant_id = %s and id = %s", (tenant_id, hook_id))


async def switch_off(tx: Tx, tenant_id: str, hook_id: str) -> None:
    """Send nothing more to a webhook whose receiver says that it is gone."""
    await tx.execute(
        """update webhooks set is_active = false, version = version + 1, updated_at = now()
           where tenant_id = %s and id = %s and is_active""",
        (tenant_id, hook_id),
    )


async def _hooks(tx: Tx, statement: str, **values: Any) -> list[Hook]:
    rows = tx.cursor(row_factory=class_row(Hook))
    await rows.execute(statement.encode(), values, prepare=False)
    return await rows.fetchall()


def _list(ids: Collection[str] | None) -> list[str] | None:
    return None if ids is None else list(ids)
