"""SQL by subject.

What REST reads runs inside one tenant's transaction; jobs run as the worker role, which row-level security
does not bind. So every statement names its tenant.
"""

from arus_notify.store import alerts, deliveries, notifications, preferences, webhooks

__all__ = ["alerts", "deliveries", "notifications", "preferences", "webhooks"]
