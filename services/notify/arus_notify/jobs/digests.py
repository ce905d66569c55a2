"""Makes a person's digest: one mail with everything that did not go out at once."""

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
    """Put what waits into one mail and send it on its way; nothing waits: no mail."""
    if person is None or not person.email:
        return
    prefs = await store.preferences.hold(tx, work.tenant_id, person.id)
    if prefs.digest_at is None or prefs.email is Severity.OFF:
        return
    told = await store.notifications.for_digest(
        tx, work.tenant_id, person.id, within=person.locations, digest_id=None
    )
    if not told:
        return
    now = datetime.now(UTC)
    digest = Delivery(
        tenant_id=work.tenant_id,
        id=work.id,
        channel=Channel.EMAIL,
        kind="digest",
        severity=max(entry.severity for entry in told),
        state="waiting",
        created_at=now,
        person_id=person.id,
        incidents=sum(entry.incidents for entry in told),
        critical=sum(entry.critical for entry in told),
        to_shown=rules.masked_email(person.email),
    )
    await store.notifications.put_into(tx, work.tenant_id, person.id, digest.id)
    await store.deliveries.digested(tx, work.tenant_id, person.id, now)
    if await store.deliveries.add(tx, digest):
        await planning.send(tx, digest)
