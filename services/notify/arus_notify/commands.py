"""Commands: how a person wants to be told, and the organisation's webhooks."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from arus.notify.v1.events_pb2 import WebhookChange, WebhookChanged
from arus_runtime import outbox
from arus_runtime.auth import Principal
from arus_runtime.context import Context
from arus_runtime.ids import is_ulid, new_ulid
from arus_runtime.postgres import Tx
from arus_runtime.web import IfMatchHeader, Problem, wrong

from arus_notify import planning, rules, store
from arus_notify.channels import webhook
from arus_notify.outside import number_place, outside_of, secret_place
from arus_notify.schemas.levels import severity_of
from arus_notify.schemas.webhooks import NewWebhook
from arus_notify.settings import settings_of
from arus_notify.state import Channel, Held, Preferences, Severity
from arus_notify.store.deliveries import Delivery
from arus_notify.store.webhooks import Hook

WEBHOOKS_MOST: Final = 20
FORMER_FOR: Final = timedelta(hours=24)
"""How long the former secret signs too after a rotation, so that its receiver can change over in peace."""

_CALL_OFF: Final = """
delete from jobs
where tenant_id = %s and kind = %s and params->>'person_id' = %s and state = 'waiting'
"""


async def change_preferences(
    context: Context, tx: Tx, principal: Principal, if_match: IfMatchHeader, values: Mapping[str, Any]
) -> Preferences:
    """Change how the caller wants to be told, if they have seen what stands."""
    tenant_id, person_id = principal.tenant_id, principal.user_id
    standing = await store.preferences.hold(tx, tenant_id, person_id)
    if_match.check(standing.version)
    if number := values.get("whatsapp_number"):
        values = {**values, "whatsapp_number": _sealed(context, principal, standing, number)}
    changed = replace(standing, **values)
    if changed == standing:
        return standing
    if changed.quiet_from is not None and changed.quiet_from == changed.quiet_to:
        raise wrong("quiet_hours.to", "quiet_hours_empty")
    if changed.whatsapp is not Severity.OFF:
        if not settings_of(context).has_whatsapp:
            raise wrong("whatsapp", "whatsapp_not_set_up")
        if not changed.whatsapp_number:
            raise wrong("whatsapp_number", "number_needed")
    changed = replace(changed, version=standing.version + 1)
    await store.preferences.save(tx, tenant_id, person_id, changed)
    await _plan_anew(tx, tenant_id, person_id, changed)
    return changed


async def _plan_anew(tx: Tx, tenant_id: str, person_id: str, prefs: Preferences) -> None:
    """Let what waits be told when the person wants it now."""
    await tx.execute(_CALL_OFF, (tenant_id, planning.DIGEST, person_id))
    zone, now = prefs.timezone or await store.alerts.timezone(tx, tenant_id), datetime.now(UTC)
    waiting = await store.notifications.for_digest(tx, tenant_id, person_id, within=None, digest_id=None)
    for held in {one.held for one in waiting}:
        due = rules.later(prefs, zone, now, Held(held) if held else None)
        if due is not None:
            await planning.ask_for_digest(tx, tenant_id, person_id, due, now)


def _sealed(context: Context, principal: Principal, standing: Preferences, number: str) -> str:
    """Return the number as it is kept; sealing never gives the same, so the same number again stays."""
    keys, place = outside_of(context).keys, number_place(principal.tenant_id, principal.user_id)
    kept = standing.whatsapp_number
    return kept if kept and keys.decrypt(kept, place) == number else keys.encrypt(number, place)


async def add_webhook(context: Context, tx: Tx, principal: Principal, new: NewWebhook) -> tuple[Hook, str]:
    """Add a webhook and return it with its secret in plain, which nobody is shown again."""
    if await store.webhooks.count(tx, principal.tenant_id) >= WEBHOOKS_MOST:
        raise Problem(409, "too_many_webhooks", params={"bound": WEBHOOKS_MOST})
    places = new.location_ids
    if places is None and principal.locations is not None:
        places = sorted(principal.locations)
    _check(context, principal, {"url": new.url, "location_ids": places})
    hook_id, now, secret = new_ulid(), datetime.now(UTC), webhook.new_secret()
    hook = Hook(
        tenant_id=principal.tenant_id,
        id=hook_id,
        name=new.name,
        url=new.url,
        secret=outside_of(context).keys.encrypt(secret, secret_place(principal.tenant_id, hook_id)),
        former_secret=None,
        former_until=None,
        least=severity_of(new.least),
        location_ids=places,
        is_active=True,
        version=1,
        created_by=principal.user_id,
        created_at=now,
        updated_at=now,
    )
    await store.webhooks.save(tx, hook)
    await _tell(tx, principal, hook, WebhookChange.WEBHOOK_CHANGE_CREATED)
    return hook, secret


async def change_webhook(
    context: Context,
    tx: Tx,
    principal: Principal,
    hook_id: str,
    *,
    if_match: IfMatchHeader,
    values: Mapping[str, Any],
) -> Hook:
    """Change fields of a webhook, if the caller has seen its version."""
    standing = await held(tx, principal, hook_id)
    if_match.check(standing.version)
    _check(context, principal, values)
    changed = replace(standing, **values)
    if changed == standing:
        return standing
    changed = replace(changed, version=standing.version + 1, updated_at=datetime.now(UTC))
    await store.webhooks.save(tx, changed)
    await _tell(tx, principal, changed, WebhookChange.WEBHOOK_CHANGE_CHANGED)
    return changed


async def rotate_secret(context: Context, tx: Tx, principal: Principal, hook_id: str) -> tuple[Hook, str]:
    """Give a webhook another secret; the former one signs too for a day."""
    standing = await held(tx, principal, hook_id)
    now, secret = datetime.now(UTC), webhook.new_secret()
    changed = replace(
        standing,
        secret=outside_of(context).keys.encrypt(secret, secret_place(principal.tenant_id, hook_id)),
        former_secret=standing.secret,
        former_until=now + FORMER_FOR,
        version=standing.version + 1,
        updated_at=now,
    )
    await store.webhooks.save(tx, changed)
    await _tell(tx, principal, changed, WebhookChange.WEBHOOK_CHANGE_SECRET_ROTATED)
    return changed, secret


async def remove_webhook(tx: Tx, principal: Principal, hook_id: str, if_match: IfMatchHeader) -> None:
    """Forget a webhook."""
    standing = await held(tx, principal, hook_id)
    if_match.check(standing.version)
    await store.webhooks.remove(tx, principal.tenant_id, hook_id)
    await _tell(tx, principal, standing, WebhookChange.WEBHOOK_CHANGE_REMOVED)


async def test_webhook(tx: Tx, principal: Principal, hook_id: str) -> Delivery:
    """Send a webhook something that says nothing but that it arrived."""
    hook = await held(tx, principal, hook_id)
    delivery = Delivery(
        tenant_id=principal.tenant_id,
        id=new_ulid(),
        channel=Channel.WEBHOOK,
        kind="test",
        severity=Severity.INFO,
        state="waiting",
        created_at=datetime.now(UTC),
        webhook_id=hook.id,
        to_shown=hook.name,
    )
    await store.deliveries.add(tx, delivery)
    await planning.send(tx, delivery)
    return delivery


async def held(tx: Tx, principal: Principal, hook_id: str) -> Hook:
    """Return a webhook the caller may manage and hold it; raises the 404."""
    hook = None
    if is_ulid(hook_id):
        hook = await store.webhooks.hold(tx, principal.tenant_id, hook_id, within=principal.locations)
    if hook is None:
        raise Problem(404, "not_found")
    return hook


async def _tell(tx: Tx, principal: Principal, hook: Hook, change: WebhookChange) -> None:
    await outbox.add(
        tx,
        WebhookChanged(
            tenant_id=hook.tenant_id,
            webhook_id=hook.id,
            change=change,
            name=hook.name,
            host=urlsplit(hook.url).hostname or "",
            is_active=hook.is_active,
            version=hook.version,
            changed_by=principal.user_id,
        ),
        tenant_id=hook.tenant_id,
        key=hook.tenant_id,
        cause=f"{hook.id}/{hook.version}",
        label=WebhookChange.Name(change),
    )


def _check(context: Context, principal: Principal, values: Mapping[str, Any]) -> None:
    """Refuse a URL that webhooks must not reach, and places that are not the caller's to give."""
    loopback = settings_of(context).webhook_loopback
    if "url" in values and not webhook.is_allowed(values["url"], loopback=loopback):
        raise wrong("url", "webhook_url_forbidden", value=values["url"])
    if "location_ids" not in values or principal.locations is None:
        return
    if values["location_ids"] is None:
        raise wrong("location_ids", "everywhere_outside_scope")
    for place in values["location_ids"]:
        if not principal.sees(place):
            raise wrong("location_ids", "outside_scope", value=place)
