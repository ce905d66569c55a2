"""Delivers one message to one address, at least once: the id stays the same in every attempt."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from typing import Final, get_args

import structlog
from arus_runtime import observe
from arus_runtime.context import Context
from arus_runtime.isolated import Refused
from arus_runtime.jobs import Postponed, Work
from arus_runtime.postgres import Tx
from arus_runtime.words import DEFAULT_LANGUAGE

from arus_notify import codec, letters, store
from arus_notify.channels.email import Email
from arus_notify.channels.port import Channel as Way
from arus_notify.channels.port import Letter, Reason, Undelivered
from arus_notify.channels.webhook import Webhook
from arus_notify.channels.whatsapp import WhatsApp
from arus_notify.letters import Writer
from arus_notify.outside import number_place, outside_of, secret_place
from arus_notify.people import Organisation, Recipient, people_of
from arus_notify.settings import settings_of
from arus_notify.state import Channel, Severity
from arus_notify.store.deliveries import Delivery

_OUTSIDE: Final = (Channel.EMAIL, Channel.WHATSAPP, Channel.WEBHOOK)
observe.stand_at_zero(observe.DELIVERIES, *product(_OUTSIDE, ("sent", "skipped", "failed")))
observe.stand_at_zero(observe.ATTEMPTS_FAILED, *product(_OUTSIDE, get_args(Reason)))
_log: Final = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of a delivery. skipped: why it was not even tried."""

    channel: str
    skipped: Reason | None = None
    remote_id: str = ""


async def deliver(context: Context, work: Work) -> Ended | None:
    """Make one attempt; raises Refused when no other one is of use, and Postponed for the next one."""
    delivery_id = work.params["delivery_id"]
    async with context.worker_db.system() as tx:
        delivery = await store.deliveries.begin(tx, work.tenant_id, delivery_id)
    if delivery is None:
        return None
    among = [delivery.person_id] if delivery.person_id else []
    organisation = await people_of(context).of(work.tenant_id, among=among)
    try:
        way, letter = await _prepared(context, delivery, organisation)
        return Ended(delivery.channel, remote_id=await way.send(letter))
    except Skip as skip:
        return Ended(delivery.channel, skipped=skip.reason)
    except Undelivered as error:
        observe.ATTEMPTS_FAILED.labels(delivery.channel, error.reason).inc()
        async with context.worker_db.system() as tx:
            await store.deliveries.went_wrong(tx, work.tenant_id, delivery_id, error.reason, error.detail)
            if error.reason == "gone" and delivery.webhook_id:
                await store.webhooks.switch_off(tx, work.tenant_id, delivery.webhook_id)
        if error.for_good:
            raise Refused(str(error)) from error
        raise Postponed(str(error), error.after_s) from error


async def delivered(tx: Tx, work: Work, ended: Ended | None) -> None:
    """Write down that the message arrived, or why it was left."""
    if ended is None:
        return
    state = "skipped" if ended.skipped else "sent"
    await store.deliveries.end(
        tx,
        work.tenant_id,
        work.params["delivery_id"],
        state=state,
        reason=ended.skipped or "",
        detail=ended.remote_id,
    )
    observe.DELIVERIES.labels(ended.channel, state).inc()


async def failed(tx: Tx, work: Work, reason: str) -> None:
    """Write down that the message is given up; why is what the last attempt said."""
    channel = await store.deliveries.give_up(tx, work.tenant_id, work.params["delivery_id"], reason)
    observe.DELIVERIES.labels(channel or "unknown", "failed").inc()


class Skip(Exception):  # noqa: N818 — an outcome
    """The message is not to be sent any more."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


async def _prepared(context: Context, delivery: Delivery, organisation: Organisation) -> tuple[Way, Letter]:
    """Return the way and the letter, as things are now; raises Skip."""
    person = None
    if delivery.person_id is not None:
        # Who left, or may no longer see the place, is told nothing any more.
        person = organisation.people.get(delivery.person_id)
        has_place = delivery.location_id is not None or delivery.kind == "case"
        if person is None or (has_place and not person.sees(delivery.location_id or "")):
            raise Skip("no_longer_allowed")
    way = await _way(context, delivery, person)
    writer = Writer(
        delivery.id,
        person.language if person else DEFAULT_LANGUAGE,
        organisation.name,
        context.settings.public_url,
        delivery.created_at,
    )
    return way, await _letter(context, delivery, writer, person)


async def _way(context: Context, delivery: Delivery, person: Recipient | None) -> Way:
    outside, settings = outside_of(context), settings_of(context)
    if person is None:
        async with context.worker_db.system() as tx:
            hook = await store.webhooks.one(tx, delivery.tenant_id, delivery.webhook_id or "")
        if hook is None or not (hook.is_active or delivery.kind == "test"):
            raise Skip("no_longer_allowed")
        place = secret_place(hook.tenant_id, hook.id)
        sealed = [hook.secret]
        if hook.former_secret and hook.former_until and hook.former_until > datetime.now(UTC):
            sealed.append(hook.former_secret)
        signed_with = [outside.keys.decrypt(secret, place) for secret in sealed]
        return Webhook(outside.public, hook.url, signed_with, settings.webhook_loopback)
    if delivery.channel == Channel.EMAIL:
        if not person.email:
            raise Skip("no_address")
        return Email(context.mail, person.email, letters.say("open", person.language))
    async with context.worker_db.system() as tx:
        prefs = (await store.preferences.of(tx, delivery.tenant_id, (person.id,)))[person.id]
    if not settings.has_whatsapp:
        raise Skip("not_set_up")
    if not prefs.whatsapp_number:
        raise Skip("no_address")
    return WhatsApp(
        outside.trusted,
        settings.whatsapp_url,
        settings.whatsapp_phone_number_id,
        settings.whatsapp_token.get_secret_value(),
        settings.whatsapp_template,
        outside.keys.decrypt(prefs.whatsapp_number, number_place(delivery.tenant_id, person.id)),
    )


async def _letter(context: Context, delivery: Delivery, writer: Writer, person: Recipient | None) -> Letter:
    tenant_id, severity = delivery.tenant_id, Severity(delivery.severity)
    match delivery.kind:
        case "incident":
            async with context.worker_db.system() as tx:
                alert = await store.alerts.one(tx, tenant_id, delivery.incident_id or "", severity)
                if (
                    alert is None
                    or await store.alerts.standing(tx, tenant_id, alert.incident_id) == "withdrawn"
                ):
                    raise Skip("withdrawn")
                event = codec.incident(alert.said)
                names = await store.alerts.names(tx, tenant_id, (event.location_id, event.product_id))
            return writer.incident(event, severity, names)
        case "case":
            async with context.worker_db.system() as tx:
                news = await store.cases.one(tx, tenant_id, delivery.case_alert_id or "")
                if news is None:
                    raise Skip("withdrawn")
                of_case = codec.case(news.said)
                names = await store.alerts.names(tx, tenant_id, (of_case.location_id, of_case.product_id))
            return writer.case(of_case, news.what, severity, names)
        case "summary":
            return writer.summary(delivery.group_id or "", severity, delivery.incidents, delivery.critical)
        case "digest":
            assert person is not None
            async with context.worker_db.system() as tx:
                told = await store.notifications.for_digest(
                    tx, tenant_id, person.id, within=person.locations, digest_id=delivery.id
                )
                prefs = (await store.preferences.of(tx, tenant_id, (person.id,)))[person.id]
                names = await store.notifications.names(tx, tenant_id, told)
            if not told:
                raise Skip("withdrawn")
            return writer.digest(told, names, prefs.alarms_per_day)
        case _:
            return writer.test()
