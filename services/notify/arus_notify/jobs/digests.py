"""Makes a person's digest: one message with what did not go out at once."""

from datetime import UTC, datetime

from arus_runtime.context import Context
from arus_runtime.jobs import Work
from arus_runtime.postgres import Tx

from arus_notify import planning, rules, store
from arus_notify.people import Recipient, people_of
from arus_notify.state import Channel, Severity
from arus_notify.store.deliveries import Delivery


async def ask(context: Context, work: Work) -> Recipient | None:
    """Ask the gateway whether the person may still be told."""
    organisation = await people_of(context).of(work.tenant_id)
    return organisation.people.get(work.params["person_id"])


async def make(tx: Tx, work: Work, person: Recipient | None) -> None:
    """Put what waits into one message and send it on its way; nothing waits: no message.

    Who gets no digests is told what was held, by mail or else over WhatsApp.
    """
    if person is None:
        return
    prefs = await store.preferences.hold(tx, work.tenant_id, person.id)
    by_mail = bool(person.email) and prefs.email is not Severity.OFF
    if not by_mail and prefs.whatsapp is Severity.OFF:
        return
    waiting = await store.notifications.for_digest(
        tx, work.tenant_id, person.id, within=person.locations, digest_id=None
    )
    told = [one for one in waiting if one.held or (by_mail and rules.gets_digests(prefs))]
    if not told:
        return
    now = datetime.now(UTC)
    digest = Delivery(
        tenant_id=work.tenant_id,
        id=work.id,
        channel=Channel.EMAIL if by_mail else Channel.WHATSAPP,
        kind="digest",
        severity=max(entry.severity for entry in told),
        state="waiting",
        created_at=now,
        person_id=person.id,
        incidents=sum(entry.incidents for entry in told),
        critical=sum(entry.critical for entry in told),
        to_shown=rules.masked_email(person.email) if by_mail else "",
    )
    await store.notifications.put_into(tx, work.tenant_id, [one.id for one in told], digest.id)
    await store.deliveries.digested(tx, work.tenant_id, person.id, now)
    if await store.deliveries.add(tx, digest):
        await planning.send(tx, digest)
