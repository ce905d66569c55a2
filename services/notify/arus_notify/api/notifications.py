"""REST routes of what people were told, and of what became of each message."""

import datetime as dt
from typing import Annotated

from arus_runtime.auth import Principal, require
from arus_runtime.commands import Commanded
from arus_runtime.web import Ctx, Paging, Problem, router
from arus_runtime.web.lists import Page
from arus_runtime.words import Language, language_of
from fastapi import Depends, Header, Query, Response

from arus_notify import store
from arus_notify.schemas.levels import ChannelName
from arus_notify.schemas.notifications import (
    DeliveryRecord,
    NotificationPage,
    NotificationRecord,
    State,
    Unread,
)
from arus_notify.store.deliveries import Asked
from arus_notify.store.notifications import Shown

notifications = router("notifications")

Reader = Annotated[Principal, Depends(require("notifications", "r"))]
MARKING = [Depends(require("notifications", "u"))]


async def _language(
    accept_language: Annotated[
        str | None, Header(description="id (default) or en: the language of title and text.")
    ] = None,
) -> Language:
    return language_of(accept_language)


Speaks = Annotated[Language, Depends(_language)]


@notifications.get("/notifications")
async def list_notifications(
    *,
    context: Ctx,
    window: Paging,
    principal: Reader,
    language: Speaks,
    unread: Annotated[bool, Query(description="Only what is not read.")] = False,
) -> NotificationPage:
    """List what the caller was told, newest first, with how much of it is unread."""
    tenant_id, person_id, within = principal.tenant_id, principal.user_id, principal.locations
    async with context.db.tenant(tenant_id) as tx:
        rows = await store.notifications.listed(
            tx,
            tenant_id,
            person_id,
            within=within,
            unread=unread,
            after=window.after(dt.datetime, str),
            limit=window.fetch,
        )
        left = await store.notifications.unread(tx, tenant_id, person_id, within)
        names = await store.notifications.names(tx, tenant_id, rows)

    def shown(entry: Shown) -> NotificationRecord:
        return NotificationRecord.of(entry, names, language)

    page = window.page(rows, shown, lambda row: (row.created_at, row.id))
    return NotificationPage(items=page.items, next_cursor=page.next_cursor, unread=left)


@notifications.post("/notifications/read-all", response_model=Unread, dependencies=MARKING)
async def mark_all_notifications_read(command: Commanded) -> Response:
    """Mark everything the caller was told as read."""
    principal = command.principal
    async with command.transaction() as tx:
        await store.notifications.mark_read(
            tx, principal.tenant_id, principal.user_id, None, dt.datetime.now(dt.UTC)
        )
        return await command.answer(tx, 200, Unread(unread=0))


@notifications.post("/notifications/{notification_id}/read", response_model=Unread, dependencies=MARKING)
async def mark_notification_read(notification_id: str, command: Commanded) -> Response:
    """Mark one entry as read; doing it again changes nothing."""
    who = command.principal
    async with command.transaction() as tx:
        entry = await store.notifications.one(tx, who.tenant_id, who.user_id, notification_id, who.locations)
        if entry is None:
            raise Problem(404, "not_found")
        await store.notifications.mark_read(
            tx, who.tenant_id, who.user_id, [notification_id], dt.datetime.now(dt.UTC)
        )
        left = await store.notifications.unread(tx, who.tenant_id, who.user_id, who.locations)
        return await command.answer(tx, 200, Unread(unread=left))


@notifications.get("/notifications/deliveries")
async def list_deliveries(
    *,
    context: Ctx,
    window: Paging,
    principal: Reader,
    channel: Annotated[ChannelName | None, Query()] = None,
    state: Annotated[list[State] | None, Query(description="One or several.")] = None,
    mine: Annotated[bool, Query(description="The caller's own only; others see no more anyway.")] = False,
) -> Page[DeliveryRecord]:
    """List messages and what became of them, newest first: one's own; to administrators, everybody's."""
    asked = Asked(
        person_id=principal.user_id if mine or not _administers(principal) else None,
        channel=channel,
        states=state or (),
        within=principal.locations,
    )
    async with context.db.tenant(principal.tenant_id) as tx:
        rows = await store.deliveries.newest(
            tx, principal.tenant_id, asked, window.after(dt.datetime, str), window.fetch
        )
    return window.page(rows, DeliveryRecord.of, lambda row: (row.created_at, row.id))


def _administers(principal: Principal) -> bool:
    """Say whether the caller looks after the organisation's channels, and so after its log."""
    return principal.may("webhooks", "u")
