"""REST routes of webhooks: where the organisation's own systems are told."""

from collections.abc import Mapping
from typing import Annotated

from arus_runtime.auth import Principal, require
from arus_runtime.commands import Command, Commanded
from arus_runtime.ids import is_ulid
from arus_runtime.postgres import Tx
from arus_runtime.web import PREFIX, Ctx, IfMatch, Page, Paging, Problem, etag, router
from fastapi import Depends, Response

from arus_notify import commands, store
from arus_notify.schemas.webhooks import (
    NewWebhook,
    TestStarted,
    WebhookPatch,
    WebhookRecord,
    WebhookWithSecret,
)
from arus_notify.store.webhooks import Hook

webhooks = router("webhooks")

ROOT = "/notifications/webhooks"
Reader = Annotated[Principal, Depends(require("webhooks", "r"))]


@webhooks.get(ROOT)
async def list_webhooks(context: Ctx, window: Paging, principal: Reader) -> Page[WebhookRecord]:
    """List webhooks, oldest first."""
    after = window.after(str)
    async with context.db.tenant(principal.tenant_id) as tx:
        rows = await store.webhooks.listed(
            tx,
            principal.tenant_id,
            within=principal.locations,
            after=after[0] if after else None,
            limit=window.fetch,
        )
    return window.page(rows, WebhookRecord.of, lambda row: (row.id,))


@webhooks.post(
    ROOT,
    status_code=201,
    response_model=WebhookWithSecret,
    dependencies=[Depends(require("webhooks", "c"))],
)
async def create_webhook(new: NewWebhook, context: Ctx, command: Commanded) -> Response:
    """Add a webhook. The secret that signs what it is sent is shown now and never again."""
    async with command.transaction() as tx:
        hook, secret = await commands.add_webhook(context, tx, command.principal, new)
        headers = {"Location": f"{PREFIX}{ROOT}/{hook.id}"}
        return await _with_secret(tx, command, 201, hook, secret=secret, headers=headers)


@webhooks.get(f"{ROOT}/{{webhook_id}}")
async def get_webhook(webhook_id: str, context: Ctx, principal: Reader, response: Response) -> WebhookRecord:
    """Show one webhook."""
    hook = None
    if is_ulid(webhook_id):
        async with context.db.tenant(principal.tenant_id) as tx:
            hook = await store.webhooks.one(tx, principal.tenant_id, webhook_id, within=principal.locations)
    if hook is None:
        raise Problem(404, "not_found")
    response.headers["ETag"] = etag(hook.version)
    return WebhookRecord.of(hook)


@webhooks.patch(
    f"{ROOT}/{{webhook_id}}",
    response_model=WebhookRecord,
    dependencies=[Depends(require("webhooks", "u"))],
)
async def change_webhook(
    webhook_id: str, patch: WebhookPatch, context: Ctx, if_match: IfMatch, command: Commanded
) -> Response:
    """Change what is sent and leave the rest."""
    async with command.transaction() as tx:
        hook = await commands.change_webhook(
            context, tx, command.principal, webhook_id, if_match=if_match, values=patch.values()
        )
        return await command.answer(tx, 200, WebhookRecord.of(hook), {"ETag": etag(hook.version)})


@webhooks.delete(f"{ROOT}/{{webhook_id}}", status_code=204, dependencies=[Depends(require("webhooks", "d"))])
async def remove_webhook(webhook_id: str, if_match: IfMatch, command: Commanded) -> Response:
    """Remove a webhook. What was sent to it stays in the log."""
    async with command.transaction() as tx:
        await commands.remove_webhook(tx, command.principal, webhook_id, if_match)
        return await command.answer(tx, 204)


@webhooks.post(
    f"{ROOT}/{{webhook_id}}/rotate",
    response_model=WebhookWithSecret,
    dependencies=[Depends(require("webhooks", "c"))],
)
async def rotate_webhook_secret(webhook_id: str, context: Ctx, command: Commanded) -> Response:
    """Give a webhook another secret. For 24 hours messages are signed with the former one too."""
    async with command.transaction() as tx:
        hook, secret = await commands.rotate_secret(context, tx, command.principal, webhook_id)
        return await _with_secret(tx, command, 200, hook, secret=secret, headers={})


@webhooks.post(
    f"{ROOT}/{{webhook_id}}/test",
    status_code=202,
    response_model=TestStarted,
    dependencies=[Depends(require("webhooks", "c"))],
)
async def test_webhook(webhook_id: str, command: Commanded) -> Response:
    """Send a webhook a test message; its delivery tells what becomes of it."""
    async with command.transaction() as tx:
        delivery = await commands.test_webhook(tx, command.principal, webhook_id)
        return await command.answer(tx, 202, TestStarted(delivery_id=delivery.id))


async def _with_secret(
    tx: Tx, command: Command, status: int, hook: Hook, *, secret: str, headers: Mapping[str, str]
) -> Response:
    """Return the answer with the secret in it; the one kept for a repetition is without."""
    headers = {**headers, "ETag": etag(hook.version)}
    kept = await command.answer(tx, status, WebhookWithSecret.of(hook, secret=None), headers)
    told = WebhookWithSecret.of(hook, secret=secret).model_dump_json()
    return Response(told, kept.status_code, headers, "application/json")
