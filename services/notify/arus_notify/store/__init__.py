"""SQL by subject.

What REST reads runs inside one tenant's transaction; jobs run as the worker role, which row-level security
does not bind. So every statement names its tenant.
"""

from typing import Final

from arus_runtime.postgres import Tx

from arus_notify.store import alerts, cases, deliveries, notifications, preferences, sealed, webhooks

__all__ = ["alerts", "cases", "deliveries", "forget", "notifications", "preferences", "sealed", "webhooks"]

_OLD: Final = (
    "delete from deliveries where created_at < now() - make_interval(days => %s)",
    "delete from notifications where created_at < now() - make_interval(days => %s)",
    "delete from case_alerts where occurred_at < now() - make_interval(days => %s)",
    "delete from alerts where occurred_at < now() - make_interval(days => %s)",
)


async def forget(tx: Tx, days: int) -> None:
    """Delete what was told longer ago than these days, to everybody; worker role."""
    for statement in _OLD:
        await tx.execute(statement, (days,))
