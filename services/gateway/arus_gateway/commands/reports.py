"""Reports and their schedules: who may have them made, and to whom they may go."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from arus_runtime import jobs
from arus_runtime.auth import Principal
from arus_runtime.ids import new_ulid
from arus_runtime.postgres import Tx
from arus_runtime.web import FieldProblem, IfMatchHeader, Problem, wrong

from arus_gateway import rules
from arus_gateway.store import audit, organisations, reports
from arus_gateway.store.audit import Deed
from arus_gateway.store.reports import Maker, Report, Schedule

MAKE: Final = "report.make"
MOST_WAITING: Final = 20


def shown_locations(principal: Principal, location_id: str | None) -> Sequence[str] | None:
    """Return what a report of the caller may show, None: everywhere; raises the 403 beyond their scope."""
    if location_id is None:
        return None if principal.locations is None else sorted(principal.locations)
    if not principal.sees(location_id):
        raise Problem(
            403, "forbidden", errors=[FieldProblem("location_id", "outside_scope", {"value": location_id})]
        )
    return [location_id]


def sees(principal: Principal, locations: Collection[str] | None) -> bool:
    """Say whether the caller may see all that a report of these locations shows."""
    return rules.lies_within(principal.locations, locations)


def day_of_week(day: int) -> Problem:
    """Return the 422 of a day that no week has."""
    return wrong("day", "too_large", bound=7, value=day)


def check_ground(principal: Principal) -> None:
    """Return when the caller may read what reports show, else raise the 403."""
    if not any(rules.may_ground_reports(role) for role in principal.roles):
        raise Problem(403, "report_without_ground")


def may_get(person: Maker, locations: Collection[str] | None) -> bool:
    """Say whether a member may be sent a report of these locations; None is everywhere."""
    return rules.may_get_reports(person.role) and rules.lies_within(person.location_ids, locations)


async def ask(tx: Tx, tenant_id: str, report: Report) -> None:
    """Keep a report that is asked for and have it made, in the same transaction."""
    await reports.add(tx, tenant_id, report)
    await jobs.enqueue(tx, MAKE, {"report_id": report.id}, tenant_id=tenant_id, job_id=report.id)


async def ask_for(tx: Tx, tenant_id: str, schedule: Schedule, at: datetime) -> Report:
    """Have the report of a schedule made and sent: of the newest period that is over at its place."""
    today = at.astimezone(ZoneInfo(schedule.timezone)).date()
    first, last = rules.latest_whole(schedule.period, today)
    report = Report(
        id=new_ulid(),
        period=schedule.period,
        first_date=first,
        last_date=last,
        timezone=schedule.timezone,
        location_id=schedule.location_id,
        locations=schedule.locations,
        format=schedule.format,
        language=schedule.language,
        made_by=schedule.created_by,
        schedule_id=schedule.id,
        state="waiting",
        error=None,
        asked_at=at,
        done_at=None,
        size_bytes=None,
    )
    await ask(tx, tenant_id, report)
    await reports.add_mails(tx, tenant_id, report.id, schedule.recipients)
    return report


async def make(tx: Tx, principal: Principal, report: Report) -> Report:
    """Have a report made for the caller; raises the 422 of a period that has not begun, or of too many."""
    check_ground(principal)
    today = datetime.now(UTC).astimezone(ZoneInfo(report.timezone)).date()
    if report.first_date > today:
        raise wrong("start", "too_large", bound=today, value=report.first_date)
    await check_waiting(tx, principal.tenant_id)
    await ask(tx, principal.tenant_id, report)
    return report


async def check_waiting(tx: Tx, tenant_id: str) -> None:
    """Return unless so many reports of the organisation wait that more would keep them all waiting."""
    if await reports.waiting(tx, tenant_id) >= MOST_WAITING:
        raise Problem(429, "reports_waiting", params={"bound": MOST_WAITING}, headers={"Retry-After": "60"})


async def add_schedule(tx: Tx, principal: Principal, schedule: Schedule, address: str) -> None:
    """Keep a schedule of the caller's."""
    check_ground(principal)
    await check_recipients(tx, principal.tenant_id, schedule)
    await reports.add_schedule(tx, principal.tenant_id, schedule)
    await _note(tx, principal, "report_schedule.created", schedule.id, address)


async def held(tx: Tx, principal: Principal, schedule_id: str) -> Schedule:
    """Return a schedule that the caller may see, held until the transaction ends; raises the 404."""
    schedule = await reports.schedule(tx, principal.tenant_id, schedule_id)
    if schedule is None or not sees(principal, schedule.locations):
        raise Problem(404, "not_found")
    return schedule


async def change_schedule(
    tx: Tx, principal: Principal, before: Schedule, after: Schedule, address: str
) -> Schedule:
    """Overwrite a schedule; times before the change are not made up for."""
    await check_recipients(tx, principal.tenant_id, after)
    changed = replace(after, changed_at=datetime.now(UTC), version=before.version + 1)
    await reports.change_schedule(tx, principal.tenant_id, changed)
    await _note(tx, principal, "report_schedule.changed", before.id, address)
    return changed


async def remove_schedule(
    tx: Tx, principal: Principal, schedule_id: str, if_match: IfMatchHeader, address: str
) -> None:
    """Forget a schedule."""
    schedule = await held(tx, principal, schedule_id)
    if_match.check(schedule.version)
    await reports.remove_schedule(tx, schedule_id)
    await _note(tx, principal, "report_schedule.deleted", schedule_id, address)


async def check_recipients(tx: Tx, tenant_id: str, schedule: Schedule) -> None:
    """Return when all recipients are active members who may see the report, else raise the 422 of each."""
    people = {one.id: one for one in await organisations.recipients(tx, tenant_id, rules.report_readers())}
    problems = [
        FieldProblem(f"recipients.{at}", code, {"value": person_id})
        for at, person_id in enumerate(schedule.recipients)
        if (code := _unfit(people.get(person_id), schedule))
    ]
    if problems:
        raise Problem(422, "invalid_input", errors=problems)


def _unfit(person: organisations.Contact | None, schedule: Schedule) -> str | None:
    if person is None:
        return "recipient_unknown"
    return None if rules.lies_within(person.location_ids, schedule.locations) else "recipient_outside_scope"


async def _note(tx: Tx, principal: Principal, action: str, schedule_id: str, address: str) -> None:
    deed = Deed(action, principal.user_id, "report_schedule", schedule_id, address)
    await audit.record(tx, principal.tenant_id, deed)
