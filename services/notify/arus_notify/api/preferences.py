"""REST routes of how the caller wants to be told."""

from typing import Annotated

from arus_runtime.auth import Principal, require
from arus_runtime.commands import Commanded
from arus_runtime.context import Context
from arus_runtime.web import Ctx, IfMatch, etag, router
from fastapi import Depends, Response

from arus_notify import commands, store
from arus_notify.outside import number_place, outside_of
from arus_notify.schemas.preferences import NotificationPreferences, NotificationPreferencesPatch
from arus_notify.settings import settings_of
from arus_notify.state import Channel, Preferences

preferences = router("notifications")

Reader = Annotated[Principal, Depends(require("notifications", "r"))]


@preferences.get("/notifications/preferences")
async def get_notification_preferences(
    context: Ctx, principal: Reader, response: Response
) -> NotificationPreferences:
    """Show how the caller wants to be told; who never said so has the defaults."""
    async with context.db.tenant(principal.tenant_id) as tx:
        prefs = (await store.preferences.of(tx, principal.tenant_id, (principal.user_id,)))[principal.user_id]
        zone = await store.alerts.timezone(tx, principal.tenant_id)
    response.headers["ETag"] = etag(prefs.version)
    return _shown(context, principal, prefs, zone)


@preferences.patch(
    "/notifications/preferences",
    response_model=NotificationPreferences,
    dependencies=[Depends(require("notifications", "u"))],
)
async def change_notification_preferences(
    patch: NotificationPreferencesPatch, context: Ctx, if_match: IfMatch, command: Commanded
) -> Response:
    """Change what is sent and leave the rest. The number is kept sealed."""
    principal = command.principal
    async with command.transaction() as tx:
        prefs = await commands.change_preferences(context, tx, principal, if_match, patch.values())
        zone = await store.alerts.timezone(tx, principal.tenant_id)
        shown = _shown(context, principal, prefs, zone)
        return await command.answer(tx, 200, shown, {"ETag": etag(prefs.version)})


def _shown(context: Context, principal: Principal, prefs: Preferences, zone: str) -> NotificationPreferences:
    place = number_place(principal.tenant_id, principal.user_id)
    sealed = prefs.whatsapp_number
    number = outside_of(context).keys.decrypt(sealed, place) if sealed else ""
    usable = {Channel.WHATSAPP} if settings_of(context).has_whatsapp else set[Channel]()
    return NotificationPreferences.of(prefs, number, zone, usable)
