"""Who is told of what, when and how: no clock, no wire, no disk."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from arus_notify.state import Alert, Channel, Held, Preferences, Severity, Told

REMEMBERED: Final = 16
"""Incidents of one key whose severities are remembered; an older one that flares up is told again."""
SETTLES_AFTER: Final = timedelta(minutes=2)
"""How long after its newest alert a summary is told, so that an import is told once, when it is through."""
MOST_ALARMS_PER_DAY: Final = 200


def told(before: Told, incident_id: str, severity: Severity) -> Told | None:
    """Return what people know once they are told of this, None when they know it already."""
    if before.severities.get(incident_id, Severity.INFO - 1) >= severity:
        return None
    others = [known for known in before.severities.items() if known[0] != incident_id]
    return Told(dict([*others[1 - REMEMBERED :], (incident_id, severity)]))


def group(tenant_id: str, import_id: str, occurred_at: datetime) -> str:
    """Return what an alert about the past is summarised with: its import's, else the day's (UTC)."""
    return f"{tenant_id}/import/{import_id}" if import_id else f"{tenant_id}/late/{occurred_at.date()}"


class CaseNews(NamedTuple):
    """What happened to a case, in a word, and whom it is for; for nobody: webhooks alone hear of it."""

    what: str
    people: Sequence[str]


ENDS: Final = frozenset(("resolved", "closed"))


def case_news(
    change: str, status: str, fields: Collection[str], *, assignee: str, opener: str, by: str
) -> Sequence[CaseNews]:
    """Return what of a case is told: to people, but nobody of what they did themselves, and to webhooks.

    change, status: of the event, in lower case. fields: those that changed. by: who did it, empty for the
    clock.
    """
    news = list[CaseNews]()
    if change == "opened":
        news.append(CaseNews("opened", ()))
    elif change == "changed" and "status" in fields and status in ENDS:
        news.append(CaseNews(status, ()))
    match change:
        case "opened" | "changed" if "assignee_id" in fields:
            what, people = "assigned", [assignee]
        case "commented" | "visited":
            what, people = change, [assignee, opener]
        case "fell_due" | "became_overdue":
            what, people = change, [assignee or opener]
        case _:
            return news
    concerned = list(dict.fromkeys(filter(None, people)))
    if concerned:
        news.append(CaseNews(what, [person for person in concerned if person != by]))
    return news


def case_severity(what: str, *, critical: bool) -> Severity:
    """Return how much a piece of news of a case matters. critical: the case's own priority."""
    if what in {"commented", "visited"}:
        return Severity.INFO
    return Severity.CRITICAL if critical else Severity.WARNING


class Plan(NamedTuple):
    """How one person is told: in the list, at once by these channels, or held by them for the digest."""

    in_app: bool
    channels: Sequence[Channel]
    held: Held | None


def plan(
    prefs: Preferences, severity: Severity, local: datetime, alarms_today: int, usable: Collection[Channel]
) -> Plan | None:
    """Return how the person is told, None when they want to hear nothing of it.

    local: now, where the person is. alarms_today: how many alerts left for them at once since midnight there.
    usable: the channels that are set up.
    """
    wanted = {Channel.EMAIL: prefs.email, Channel.WHATSAPP: prefs.whatsapp}
    channels = [channel for channel, least in wanted.items() if severity >= least and channel in usable]
    in_app = severity >= prefs.in_app
    if not channels:
        return Plan(in_app, (), None) if in_app else None
    return Plan(in_app, channels, _held(prefs, severity, local, alarms_today))


def _held(prefs: Preferences, severity: Severity, local: datetime, alarms_today: int) -> Held | None:
    passes = prefs.critical_passes and severity >= Severity.CRITICAL
    if is_quiet(prefs, local.time()) and not passes:
        return Held.QUIET
    return Held.BUDGET if alarms_today >= prefs.alarms_per_day else None


def is_quiet(prefs: Preferences, at: time) -> bool:
    """Say whether the local time lies in the person's quiet hours; their end is not in them."""
    start, end = prefs.quiet_from, prefs.quiet_to
    if start is None or end is None:
        return False
    return start <= at < end if start < end else at >= start or at < end


def digest_due(prefs: Preferences, zone: str, now: datetime) -> datetime | None:
    """Return when the person's next digest is due, None when they want none. now: aware."""
    if prefs.digest_at is None:
        return None
    local = now.astimezone(ZoneInfo(zone))
    due = _at(local.date(), prefs.digest_at, local)
    return due if due > local else _at(local.date() + timedelta(days=1), prefs.digest_at, local)


def gets_digests(prefs: Preferences) -> bool:
    """Say whether the person is told once a day, by mail, of what did not go out at once."""
    return prefs.digest_at is not None and prefs.email is not Severity.OFF


def later(prefs: Preferences, zone: str, now: datetime, held: Held | None) -> datetime | None:
    """Return when what did not go out at once is told, None: never. now: aware.

    With the digest; who gets none is told what was held, alone, when what held it is over.
    """
    if gets_digests(prefs):
        return digest_due(prefs, zone, now)
    if held is None:
        return None
    local = now.astimezone(ZoneInfo(zone))
    free = local
    if held is Held.BUDGET:
        free = _at(local.date() + timedelta(days=1), time.min, local)
    if prefs.quiet_to is not None and is_quiet(prefs, free.time()):
        day = free.date() if prefs.quiet_to > free.time() else free.date() + timedelta(days=1)
        free = _at(day, prefs.quiet_to, local)
    return free


def _at(day: date, at: time, local: datetime) -> datetime:
    return datetime.combine(day, at, local.tzinfo)


class Count(NamedTuple):
    """What a summary says: how many incidents, how many of them critical, and the worst of them."""

    incidents: int
    critical: int
    worst: Severity


def counted(alerts: Collection[Alert], within: Collection[str] | None) -> Count | None:
    """Return what a summary of the alerts says to somebody who sees these locations (None: all of them).

    An incident that was told twice counts once, as its worst. None: there is nothing they may see.
    """
    worst: dict[str, Severity] = {}
    for alert in alerts:
        if within is None or alert.location_id in within:
            worst[alert.incident_id] = max(alert.severity, worst.get(alert.incident_id, Severity.INFO))
    if not worst:
        return None
    critical = sum(severity is Severity.CRITICAL for severity in worst.values())
    return Count(len(worst), critical, max(worst.values()))


def masked_email(address: str) -> str:
    """Return an address as a log may show it: s…@example.com."""
    name, _, host = address.rpartition("@")
    return f"{name[:1]}…@{host}"
