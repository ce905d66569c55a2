"""Decides who is told and how, inside the transaction that ends the job: rows to read and letters to send."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from arus_runtime import jobs
from arus_runtime.ids import named_id
from arus_runtime.postgres import Tx

from arus_notify import rules, store
from arus_notify.people import Recipient
from arus_notify.state import Alert, CaseAlert, Channel, Held, Preferences, Severity
from arus_notify.store.deliveries import Delivery
from arus_notify.store.notifications import Notification
from arus_notify.store.webhooks import Hook

DELIVER: Final = "notify.deliver"
DIGEST: Final = "notify.digest"


@dataclass(frozen=True, slots=True)
class Subject:
    """What somebody is told of: one alert, the summary of a group, or what happened to a case."""

    tenant_id: str
    kind: str
    severity: Severity
    incident_id: str | None
    group_id: str | None
    location_id: str | None
    incidents: int
    critical: int
    case_alert_id: str | None = None
    newest: datetime | None = None
    """When the newest alert of a group was."""

    @property
    def name(self) -> str:
        """What ids are derived from: the same alert or summary is told once, whoever tells it."""
        of_incident = f"{self.incident_id}/{int(self.severity)}" if self.incident_id else None
        about = of_incident or self.group_id or self.case_alert_id
        return f"{self.tenant_id}/{self.kind}/{about}"

    @property
    def told(self) -> str:
        """What ids of its deliveries are derived from: a summary that holds something new is told again."""
        return f"{self.name}/{self.incidents}/{self.critical}/{self.newest}" if self.group_id else self.name


def of_alert(alert: Alert) -> Subject:
    """Return an alert as something to be told."""
    critical = int(alert.severity is Severity.CRITICAL)
    return Subject(
        alert.tenant_id,
        "incident",
        alert.severity,
        alert.incident_id,
        None,
        alert.location_id,
        1,
        critical,
    )


def of_case(alert: CaseAlert) -> Subject:
    """Return what happened to a case as something to be told."""
    return Subject(
        alert.tenant_id,
        "case",
        alert.severity,
        None,
        None,
        alert.location_id or None,
        0,
        0,
        case_alert_id=alert.id,
    )


def of_group(alerts: Sequence[Alert], within: Collection[str] | None) -> Subject | None:
    """Return the summary of alerts for somebody who sees these locations; None: there is nothing to see."""
    count = rules.counted(alerts, within)
    if count is None:
        return None
    first = alerts[0]
    return Subject(
        first.tenant_id,
        "summary",
        count.worst,
        None,
        first.group_id,
        None,
        count.incidents,
        count.critical,
        newest=max(alert.occurred_at for alert in alerts),
    )


@dataclass(slots=True)
class Planner:
    """Plans for one organisation in one transaction.

    usable: the channels to people that are set up. numbers: opens a sealed WhatsApp number.
    """

    tx: Tx
    tenant_id: str
    now: datetime
    usable: Collection[Channel]
    prefs: Mapping[str, Preferences]
    zone: str

    async def tell_person(self, person: Recipient, subject: Subject) -> None:
        """Put a subject into the person's list and on its ways to them, or hold it for their digest."""
        prefs = self.prefs[person.id]
        if not person.email:
            prefs = replace(prefs, email=Severity.OFF)
        local = self.now.astimezone(ZoneInfo(prefs.timezone or self.zone))
        midnight = datetime.combine(local.date(), time.min, local.tzinfo)
        alarms = await store.deliveries.alarms(self.tx, self.tenant_id, person.id, midnight)
        plan = rules.plan(prefs, subject.severity, local, alarms, self.usable)
        if plan is None:
            return
        at_once = bool(plan.channels) and plan.held is None
        told = Notification(
            tenant_id=self.tenant_id,
            id=str(named_id(f"{subject.name}/{person.id}")),
            person_id=person.id,
            kind=subject.kind,
            severity=subject.severity,
            incident_id=subject.incident_id,
            group_id=subject.group_id,
            case_alert_id=subject.case_alert_id,
            location_id=subject.location_id,
            incidents=subject.incidents,
            critical=subject.critical,
            listed=plan.in_app,
            held=plan.held,
            alarmed_on=local.date() if at_once else None,
            created_at=self.now,
        )
        if not await store.notifications.add(self.tx, told):
            return
        if plan.in_app:
            await self._deliver(subject, Channel.IN_APP, "sent", person_id=person.id)
        for channel in plan.channels:
            await self._deliver(
                subject,
                channel,
                "held" if plan.held else "waiting",
                person_id=person.id,
                reason=plan.held or "",
                to_shown=rules.masked_email(person.email) if channel is Channel.EMAIL else "",
            )
        if not at_once:
            await self._later(person, prefs, plan.held)

    async def tell_webhook(self, hook: Hook, subject: Subject) -> None:
        """Put a subject on its way to a webhook."""
        await self._deliver(subject, Channel.WEBHOOK, "waiting", webhook_id=hook.id, to_shown=hook.name)

    async def _deliver(
        self,
        subject: Subject,
        channel: Channel,
        state: str,
        *,
        person_id: str | None = None,
        webhook_id: str | None = None,
        reason: str = "",
        to_shown: str = "",
    ) -> None:
        delivery = Delivery(
            tenant_id=self.tenant_id,
            id=str(named_id(f"{subject.told}/{person_id or webhook_id}/{channel}")),
            channel=channel,
            kind=subject.kind,
            severity=subject.severity,
            state=state,
            created_at=self.now,
            person_id=person_id,
            webhook_id=webhook_id,
            incident_id=subject.incident_id,
            group_id=subject.group_id,
            case_alert_id=subject.case_alert_id,
            location_id=subject.location_id,
            incidents=subject.incidents,
            critical=subject.critical,
            reason=reason,
            to_shown=to_shown,
            ended_at=self.now if state == "sent" else None,
        )
        if await store.deliveries.add(self.tx, delivery) and state == "waiting":
            await send(self.tx, delivery)

    async def _later(self, person: Recipient, prefs: Preferences, held: Held | None) -> None:
        """See that the person is told later; one job for each time, whoever asks for it first."""
        due = rules.later(prefs, prefs.timezone or self.zone, self.now, held)
        if due is not None:
            await ask_for_digest(self.tx, self.tenant_id, person.id, due, self.now)


async def send(tx: Tx, delivery: Delivery) -> None:
    """Ask for a waiting delivery to be made."""
    await jobs.enqueue(
        tx,
        DELIVER,
        {"delivery_id": delivery.id},
        tenant_id=delivery.tenant_id,
        job_id=str(named_id(f"{DELIVER}/{delivery.id}")),
    )


async def ask_for_digest(tx: Tx, tenant_id: str, person_id: str, due: datetime, now: datetime) -> None:
    """Ask for the person's digest of that moment."""
    await jobs.enqueue(
        tx,
        DIGEST,
        {"person_id": person_id},
        tenant_id=tenant_id,
        job_id=str(named_id(f"{DIGEST}/{tenant_id}/{person_id}/{due.astimezone(UTC).isoformat()}")),
        after_s=(due - now) / timedelta(seconds=1) + 1,  # the transaction began a moment before now
    )
