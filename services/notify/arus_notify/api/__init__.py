"""REST routes: /notifications."""

from arus_notify.api.notifications import notifications
from arus_notify.api.preferences import preferences
from arus_notify.api.webhooks import webhooks

ROUTERS = (preferences, webhooks, notifications)
"""The last one's paths have a parameter where the others' have names."""
