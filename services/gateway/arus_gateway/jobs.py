"""Slow work of the gateway: reports are made in a process of their own, and go out by mail."""

from base64 import b64decode
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson
from arus_runtime import jobs, observe
from arus_runtime.auth import Principal
from arus_runtime.context import Context
from arus_runtime.ids import named_id
from arus_runtime.isolated import Refused, isolated
from arus_runtime.jobs import Job, Work
from arus_runtime.mail import Attachment, MailRefusedError
from arus_runtime.postgres import Tx
from arus_runtime.schedules import KeptSchedules

from arus_gateway import rules
from arus_gateway.commands.reports import MAKE, ask_for, may_get
from arus_gateway.door import door_of
from arus_gateway.reports.gathering import gather
from arus_gateway.reports.saying import file_name, period_name, say
from arus_gateway.store import reports
from arus_gateway.store.reports import Maker, Report
from arus_gateway.tokens import Grant

MAIL: Final = "report.mail"
DUE: Final = "report.due"
TOKEN_LIFE: Final = timedelta(minutes=5)
LATE_AT_MOST: Final = timedelta(days=3)
MEDIA: Final = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MEMORY_MB: Final = 256
observe.stand_at_zero(observe.REPORTS, ("done",), ("failed",))
_draw: Final = isolated("arus_gateway.reports.drawing:draw", memory_limit_mb=MEMORY_MB, cpu_limit_s=120)


async def _make(context: Context, work: Work) -> str:
    async with context.worker_db.system() as tx:
        report = await reports.report(tx, work.tenant_id, work.params["report_id"])
        maker = report and await reports.member(tx, work.tenant_id, report.made_by)
    if report is None:
        raise Refused("the report is gone")
    if maker is None or not rules.may_ground_reports(maker.role):
        raise Refused("who it is made for may not read it any more")
    facts = await gather(context, report, maker, _principal(context, work.tenant_id, report, maker))
    work.progress = 0.4
    # The child gets what it prints; work itself stays, for its heartbeat.
    asked = {"format": report.format, "facts": facts}
    work.params = {**work.params, **orjson.loads(orjson.dumps(asked, default=str))}
    return await _draw(context, work)


def _principal(context: Context, tenant_id: str, report: Report, maker: Maker) -> Principal:
    """Return the maker as they are now, within what the report may show."""
    held = None if maker.location_ids is None else tuple(maker.location_ids)
    shown = None if report.locations is None else tuple(report.locations)
    within = rules.both(held, shown)
    grant = Grant(maker.id, tenant_id, maker.role, within, report.language, f"report:{report.id}")
    token = door_of(context).signer.sign(grant, now=datetime.now(UTC), life=TOKEN_LIFE)
    return Principal(
        maker.id,
        tenant_id,
        frozenset((maker.role,)),
        None if within is None else frozenset(within),
        report.language,
        token,
    )


async def _keep(tx: Tx, work: Work, answer: str) -> None:
    report_id = work.params["report_id"]
    await reports.keep_file(tx, work.tenant_id, report_id, b64decode(answer))
    for person_id in await reports.waiting_mails(tx, work.tenant_id, report_id):
        params = {"report_id": report_id, "person_id": person_id}
        job_id = str(named_id(f"{report_id}/{person_id}"))
        await jobs.enqueue(tx, MAIL, params, tenant_id=work.tenant_id, job_id=job_id)
    observe.REPORTS.labels("done").inc()


async def _give_up(tx: Tx, work: Work, reason: str) -> None:
    await reports.give_up(tx, work.tenant_id, work.params["report_id"], reason[:500])
    observe.REPORTS.labels("failed").inc()


async def _send(context: Context, work: Work) -> str:
    report_id, person_id = work.params["report_id"], work.params["person_id"]
    async with context.worker_db.system() as tx:
        report = await reports.report(tx, work.tenant_id, report_id)
        content = await reports.file(tx, work.tenant_id, report_id)
        person = await reports.member(tx, work.tenant_id, person_id)
    if report is None or content is None or person is None:
        return "skipped"
    if not person.email or not may_get(person, report.locations):
        return "skipped"
    language = report.language
    title = say(f"title_{report.period}", language)
    of = period_name(report.period, report.first_date, report.last_date, language)
    organisation = " ".join(person.organisation.split())
    file = Attachment(
        f"{file_name(report.period, report.first_date, language)}.{report.format}",
        MEDIA[report.format],
        content,
    )
    link = f"{context.settings.public_url}/app/reports"
    try:
        await context.mail.send(
            person.email,
            say("mail_subject", language, title=title, of=of, organisation=organisation),
            say(
                "mail_text",
                language,
                name=person.name,
                title=title,
                of=of,
                organisation=organisation,
                link=link,
            ),
            # The same mail however often it is tried.
            message_id=str(named_id(f"report/{report_id}/{person_id}")),
            attachments=(file,),
        )
    except MailRefusedError as error:
        raise Refused(str(error)) from error
    return "sent"


async def _settle(tx: Tx, work: Work, answer: Any) -> None:
    await reports.settle_mail(tx, work.tenant_id, work.params["report_id"], work.params["person_id"], answer)


async def _not_sent(tx: Tx, work: Work, reason: str) -> None:
    del reason  # it is in the log, with an address; people see that it failed
    await reports.settle_mail(
        tx, work.tenant_id, work.params["report_id"], work.params["person_id"], "failed"
    )


async def _nothing(context: Context, work: Work) -> None:
    del context, work


async def _begin(tx: Tx, work: Work, answer: Any) -> None:
    del answer
    schedule = await reports.schedule(tx, work.tenant_id, work.params["schedule_id"])
    if schedule is not None and schedule.is_active:
        await ask_for(tx, work.tenant_id, schedule, datetime.fromisoformat(work.params["due"]))


JOBS: Final = (
    Job(MAKE, _make, finish=_keep, failed=_give_up, time_limit_s=180),
    Job(MAIL, _send, finish=_settle, failed=_not_sent, attempts=8, backoff_s=30),
    Job(DUE, _nothing, finish=_begin),
)
SCHEDULES: Final = (KeptSchedules("reports", DUE, reports.timings, LATE_AT_MOST),)
"""A report is made up for when the house was down on the day itself, up to three days late."""
