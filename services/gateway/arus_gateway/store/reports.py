"""Reports that were asked for, their files, who got them, and the schedules that ask for them."""

# ruff: noqa: S608 — what is spliced into the SQL is this module's own text

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

from arus_runtime.postgres import Tx
from arus_runtime.schedules import Timing
from psycopg.rows import class_row

Period = Literal["month", "week"]
Format = Literal["pdf", "xlsx"]
Language = Literal["id", "en"]
State = Literal["waiting", "done", "failed"]
MailState = Literal["waiting", "sent", "skipped", "failed"]
KEPT_DAYS: Final = 90

_SEEN: Final = "(%(within)s::text[] is null or locations <@ %(within)s::text[])"
_SCHEDULE: Final = """id, period, day, at_minute, timezone, location_id, locations, format, language,
    recipients, is_active, created_by, created_at, changed_at, version"""
_REPORT: Final = """r.id, r.period, r.first_date, r.last_date, r.timezone, r.location_id, r.locations,
    r.format, r.language, r.made_by, r.schedule_id, r.state, r.error, r.asked_at, r.done_at, r.size_bytes"""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a report is made and to whom it goes. locations: what it may show, None: everywhere."""

    id: str
    period: Period
    day: int
    at_minute: int
    timezone: str
    location_id: str | None
    locations: Sequence[str] | None
    format: Format
    language: Language
    recipients: Sequence[str]
    is_active: bool
    created_by: str
    created_at: datetime
    changed_at: datetime
    version: int

    @property
    def cron(self) -> str:
        """The times as a cron expression."""
        minute, hour = self.at_minute % 60, self.at_minute // 60
        # Cron counts weekdays from Sunday, ISO from Monday.
        return (
            f"{minute} {hour} {self.day} * *"
            if self.period == "month"
            else f"{minute} {hour} * * {self.day % 7}"
        )


@dataclass(frozen=True, slots=True)
class Report:
    """A report that was asked for."""

    id: str
    period: Period
    first_date: date
    last_date: date
    timezone: str
    location_id: str | None
    locations: Sequence[str] | None
    format: Format
    language: Language
    made_by: str
    schedule_id: str | None
    state: State
    error: str | None
    asked_at: datetime
    done_at: datetime | None
    size_bytes: int | None
    progress: float = 0.0


@dataclass(frozen=True, slots=True)
class Mailing:
    """What became of the mail to one recipient."""

    person_id: str
    name: str | None
    state: MailState
    at: datetime


@dataclass(frozen=True, slots=True)
class Maker:
    """Whoever a report is made for, as they are now."""

    id: str
    name: str
    email: str
    role: str
    location_ids: Sequence[str] | None
    organisation: str


async def add_schedule(tx: Tx, tenant_id: str, schedule: Schedule) -> None:
    """Keep a new schedule."""
    await tx.execute(
        f"""insert into report_schedules (tenant_id, {_SCHEDULE}) values (
            %(tenant_id)s, %(id)s, %(period)s, %(day)s, %(at_minute)s, %(timezone)s, %(location_id)s,
            %(locations)s, %(format)s, %(language)s, %(recipients)s, %(is_active)s, %(created_by)s,
            %(created_at)s, %(changed_at)s, %(version)s)""",
        _values(tenant_id, schedule),
    )


async def change_schedule(tx: Tx, tenant_id: str, schedule: Schedule) -> None:
    """Overwrite a schedule."""
    await tx.execute(
        """update report_schedules set period = %(period)s, day = %(day)s, at_minute = %(at_minute)s,
               timezone = %(timezone)s, location_id = %(location_id)s, locations = %(locations)s,
               format = %(format)s, language = %(language)s, recipients = %(recipients)s,
               is_active = %(is_active)s, changed_at = %(changed_at)s, version = %(version)s
           where tenant_id = %(tenant_id)s and id = %(id)s""",
        _values(tenant_id, schedule),
    )


def _values(tenant_id: str, schedule: Schedule) -> dict[str, Any]:
    values = {name: getattr(schedule, name) for name in Schedule.__slots__}
    locations = None if schedule.locations is None else list(schedule.locations)
    return values | {"tenant_id": tenant_id, "locations": locations, "recipients": list(schedule.recipients)}


async def remove_schedule(tx: Tx, schedule_id: str) -> None:
    """Forget a schedule; the reports it asked for stay."""
    await tx.execute("delete from report_schedules where id = %s", (schedule_id,))


async def schedules(tx: Tx, within: Collection[str] | None, after: str | None, limit: int) -> list[Schedule]:
    """Return schedules that somebody of these locations may see, newest first."""
    rows = tx.cursor(row_factory=class_row(Schedule))
    await rows.execute(
        f"""select {_SCHEDULE} from report_schedules
            where {_SEEN} and (%(after)s::text is null or id < %(after)s) order by id desc limit %(limit)s""",
        {"within": _listed(within), "after": after, "limit": limit},
    )
    return await rows.fetchall()


async def schedule(tx: Tx, tenant_id: str, schedule_id: str) -> Schedule | None:
    """Return one schedule and hold it until the transaction ends."""
    rows = tx.cursor(row_factory=class_row(Schedule))
    await rows.execute(
        f"select {_SCHEDULE} from report_schedules where tenant_id = %s and id = %s for update",
        (tenant_id, schedule_id),
    )
    return await rows.fetchone()


async def timings(tx: Tx) -> list[Timing]:
    """Return when every active schedule is due; worker role."""
    rows = tx.cursor(row_factory=class_row(_Due))
    await rows.execute(f"select tenant_id, {_SCHEDULE} from report_schedules where is_active")
    return [
        Timing(
            due.tenant_id,
            f"report/{due.tenant_id}/{due.id}",
            due.cron,
            due.timezone,
            {"schedule_id": due.id},
            due.changed_at,
        )
        for due in await rows.fetchall()
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Due(Schedule):
    tenant_id: str


async def add(tx: Tx, tenant_id: str, report: Report) -> None:
    """Keep a report that was asked for."""
    await tx.execute(
        """insert into reports (tenant_id, id, period, first_date, last_date, timezone, location_id,
                                locations, format, language, made_by, schedule_id, state, asked_at)
           values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
        (
            tenant_id,
            report.id,
            report.period,
            report.first_date,
            report.last_date,
            report.timezone,
            report.location_id,
            None if report.locations is None else list(report.locations),
            report.format,
            report.language,
            report.made_by,
            report.schedule_id,
            report.state,
            report.asked_at,
        ),
    )


async def reports(
    tx: Tx, within: Collection[str] | None, schedule_id: str | None, after: str | None, limit: int
) -> list[Report]:
    """Return reports that somebody of these locations may see, newest first."""
    rows = tx.cursor(row_factory=class_row(Report))
    await rows.execute(
        f"""select {_REPORT}, coalesce(j.progress, 0)::float8 as progress
            from reports r left join jobs j on j.tenant_id = r.tenant_id and j.id = r.id
            where {_SEEN} and (%(schedule)s::text is null or schedule_id = %(schedule)s)
              and (%(after)s::text is null or r.id < %(after)s)
            order by r.id desc limit %(limit)s""",
        {"within": _listed(within), "schedule": schedule_id, "after": after, "limit": limit},
    )
    return await rows.fetchall()


async def waiting(tx: Tx, tenant_id: str) -> int:
    """Count the reports of an organisation that are still to be made."""
    answer = await tx.execute(
        """select count(*) as n from jobs
           where tenant_id = %s and kind = 'report.make' and state in ('waiting', 'running')""",
        (tenant_id,),
    )
    row = await answer.fetchone()
    return row["n"] if row else 0


async def report(tx: Tx, tenant_id: str, report_id: str) -> Report | None:
    """Return one report."""
    rows = tx.cursor(row_factory=class_row(Report))
    await rows.execute(
        f"""select {_REPORT}, coalesce(j.progress, 0)::float8 as progress
            from reports r left join jobs j on j.tenant_id = r.tenant_id and j.id = r.id
            where r.tenant_id = %s and r.id = %s""",
        (tenant_id, report_id),
    )
    return await rows.fetchone()


async def file(tx: Tx, tenant_id: str, report_id: str) -> bytes | None:
    """Return the file of a report, None when there is none."""
    answer = await tx.execute(
        "select content from report_files where tenant_id = %s and report_id = %s", (tenant_id, report_id)
    )
    row = await answer.fetchone()
    return bytes(row["content"]) if row else None


async def keep_file(tx: Tx, tenant_id: str, report_id: str, content: bytes) -> None:
    """Keep the file of a report, which is done with it."""
    await tx.execute(
        """insert into report_files (tenant_id, report_id, content) values (%s, %s, %s)
           on conflict (tenant_id, report_id) do update set content = excluded.content""",
        (tenant_id, report_id, content),
    )
    await tx.execute(
        """update reports set state = 'done', done_at = now(), size_bytes = %s
           where tenant_id = %s and id = %s""",
        (len(content), tenant_id, report_id),
    )


async def give_up(tx: Tx, tenant_id: str, report_id: str, error: str) -> None:
    """Say that a report will not be made, and why."""
    await tx.execute(
        """update reports set state = 'failed', done_at = now(), error = %s
           where tenant_id = %s and id = %s""",
        (error, tenant_id, report_id),
    )
    await tx.execute(
        """update report_mails set state = 'skipped', at = now()
           where tenant_id = %s and report_id = %s and state = 'waiting'""",
        (tenant_id, report_id),
    )


async def add_mails(tx: Tx, tenant_id: str, report_id: str, person_ids: Collection[str]) -> None:
    """Note to whom a report will go."""
    await tx.execute(
        """insert into report_mails (tenant_id, report_id, person_id, state, at)
           select %s, %s, unnest(%s::text[]), 'waiting', now()""",
        (tenant_id, report_id, list(person_ids)),
    )


async def waiting_mails(tx: Tx, tenant_id: str, report_id: str) -> list[str]:
    """Return the people that a report still has to go to."""
    answer = await tx.execute(
        "select person_id from report_mails where tenant_id = %s and report_id = %s and state = 'waiting'",
        (tenant_id, report_id),
    )
    return [row["person_id"] for row in await answer.fetchall()]


async def settle_mail(tx: Tx, tenant_id: str, report_id: str, person_id: str, state: MailState) -> None:
    """Say what became of the mail to one recipient."""
    await tx.execute(
        """update report_mails set state = %s, at = now()
           where tenant_id = %s and report_id = %s and person_id = %s""",
        (state, tenant_id, report_id, person_id),
    )


async def mails(tx: Tx, tenant_id: str, report_ids: Collection[str]) -> Mapping[str, list[Mailing]]:
    """Return what became of the mails of reports, by report."""
    answer = await tx.execute(
        """select m.report_id, m.person_id, p.name, m.state, m.at
           from report_mails m left join persons p on p.id = m.person_id
           where m.tenant_id = %s and m.report_id = any(%s) order by p.name, m.person_id""",
        (tenant_id, list(report_ids)),
    )
    found: dict[str, list[Mailing]] = {}
    for row in await answer.fetchall():
        found.setdefault(row.pop("report_id"), []).append(Mailing(**row))
    return found


async def member(tx: Tx, tenant_id: str, person_id: str) -> Maker | None:
    """Return an active member of the organisation; email "": not proved, so not written to. Worker role."""
    rows = tx.cursor(row_factory=class_row(Maker))
    await rows.execute(
        """select p.id, p.name, case when p.email_verified_at is null then '' else p.email end as email,
                  m.role, m.location_ids, o.name as organisation
           from memberships m join persons p on p.id = m.person_id join organisations o using (tenant_id)
           where m.tenant_id = %s and m.person_id = %s and m.is_active""",
        (tenant_id, person_id),
    )
    return await rows.fetchone()


def _listed(within: Collection[str] | None) -> list[str] | None:
    return None if within is None else list(within)
