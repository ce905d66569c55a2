"""Tells an alert, or the summary of a group, to whoever may know of it."""

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime

from arus_runtime.context import Context
from arus_runtime.jobs import Work
from arus_runtime.postgres import Tx

from arus_notify import planning, store
from arus_notify.people import Organisation, people_of
from arus_notify.planning import Planner, Subject
from arus_notify.settings import settings_of
from arus_notify.state import Alert, Channel, Severity

Asked = tuple[Organisation, frozenset[Channel]]
"""Who there is to tell, and which channels to people are set up."""


async def ask(context: Context, work: Work) -> Asked:
    """Ask the gateway who there is to tell."""
    return await _asked(context, work, ())


async def ask_of_case(context: Context, work: Work) -> Asked:
    """Ask it for news of a case, which says whom it is for."""
    async with context.worker_db.system() as tx:
        alert = await store.cases.one(tx, work.tenant_id, work.params["alert_id"])
    return await _asked(context, work, alert.people if alert else ())


async def _asked(context: Context, work: Work, among: Collection[str]) -> Asked:
    organisation = await people_of(context).of(work.tenant_id, among=among)
    usable = {Channel.EMAIL}
    if settings_of(context).has_whatsapp:
        usable.add(Channel.WHATSAPP)
    return organisation, frozenset(usable)


async def tell(tx: Tx, work: Work, asked: Asked) -> None:
    """Tell one alert."""
    severity = Severity(work.params["severity"])
    alert = await store.alerts.one(tx, work.tenant_id, work.params["incident_id"], severity)
    if alert is None or await store.alerts.standing(tx, work.tenant_id, alert.incident_id) == "withdrawn":
        return
    subject = planning.of_alert(alert)
    await _tell_all(tx, asked, [alert], lambda _: subject)


async def summarise(tx: Tx, work: Work, asked: Asked) -> None:
    """Tell a group of alerts, each reader as much of it as they may see."""
    alerts = await store.alerts.of_group(tx, work.tenant_id, work.params["group_id"])
    if alerts:
        await _tell_all(tx, asked, alerts, lambda within: planning.of_group(alerts, within))


async def tell_case(tx: Tx, work: Work, asked: Asked) -> None:
    """Tell what happened to a case to whom it concerns, and to webhooks, as far as they see it."""
    alert = await store.cases.one(tx, work.tenant_id, work.params["alert_id"])
    if alert is None:
        return
    planner, organisation = await _planner(tx, asked, alert.tenant_id), asked[0]
    for person_id in alert.people:
        person = organisation.people.get(person_id)
        if person is not None and person.sees(alert.location_id):
            await planner.tell_person(person, planning.of_case(alert))
    for hook in await store.webhooks.active(tx, alert.tenant_id, alert.severity):
        if hook.sees(alert.location_id):
            await planner.tell_webhook(hook, planning.of_case(alert))


async def _planner(tx: Tx, asked: Asked, tenant_id: str) -> Planner:
    organisation, usable = asked
    await store.notifications.lock(tx, tenant_id)
    return Planner(
        tx,
        tenant_id,
        datetime.now(UTC),
        usable,
        await store.preferences.of(tx, tenant_id, organisation.people),
        await store.alerts.timezone(tx, tenant_id),
    )


async def _tell_all(tx: Tx, asked: Asked, alerts: Sequence[Alert], subject_for: "SubjectFor") -> None:
    tenant_id = alerts[0].tenant_id
    places = {alert.location_id for alert in alerts}
    planner, organisation = await _planner(tx, asked, tenant_id), asked[0]
    for person in organisation.people.values():
        within = frozenset(filter(person.sees, places))
        if within and (subject := subject_for(within)):
            await planner.tell_person(person, subject)
    worst = max(alert.severity for alert in alerts)
    for hook in await store.webhooks.active(tx, tenant_id, worst):
        within = frozenset(filter(hook.sees, places))
        if within and (subject := subject_for(within)) and subject.severity >= hook.least:
            await planner.tell_webhook(hook, subject)


SubjectFor = Callable[[frozenset[str]], Subject | None]
"""Returns what is told to somebody who sees these locations."""
