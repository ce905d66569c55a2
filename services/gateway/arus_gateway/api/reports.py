"""Reports and their schedules: /reports."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any, Final
from urllib.parse import quote

from arus_runtime.auth import Principal, require
from arus_runtime.commands import Commanded
from arus_runtime.ids import Ulid, is_ulid, new_ulid
from arus_runtime.periods import ONE_DAY, moved
from arus_runtime.web import PREFIX, Ctx, IfMatch, Page, Paging, Problem, etag, router
from fastapi import Body, Depends, Query, Response

from arus_gateway.api.report_schemas import (
    DAYS_OF_WEEK,
    GOLDEN_NEW,
    GOLDEN_SCHEDULE,
    NewReport,
    NewSchedule,
    ReportOut,
    ScheduleOut,
    SchedulePatch,
    minutes,
)
from arus_gateway.commands import reports as commands
from arus_gateway.door import Address, CallerOf, persons_only
from arus_gateway.reports.saying import file_name
from arus_gateway.store import reports
from arus_gateway.store.reports import Report, Schedule

routes = router("reports")

Reader = Annotated[Principal, Depends(require("reports", "r"))]
Maker = Annotated[Principal, Depends(require("reports", "c"))]
Editor = Annotated[Principal, Depends(require("reports", "u"))]
Remover = Annotated[Principal, Depends(require("reports", "d"))]
MEDIA: Final = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The file.",
        "content": {media: {"schema": {"type": "string", "format": "binary"}} for media in MEDIA.values()},
    }
}


@routes.get("/reports/schedules")
async def list_report_schedules(context: Ctx, window: Paging, principal: Reader) -> Page[ScheduleOut]:
    """List schedules of reports, newest first."""
    after = window.after(str)
    async with context.db.tenant(principal.tenant_id) as tx:
        found = await reports.schedules(tx, principal.locations, after[0] if after else None, window.fetch)
    return window.page(found, ScheduleOut.of, lambda one: (one.id,))


@routes.post("/reports/schedules", status_code=201, response_model=ScheduleOut)
async def schedule_report(
    new: Annotated[NewSchedule, Body(examples=[GOLDEN_SCHEDULE])],
    command: Commanded,
    caller: CallerOf,
    principal: Maker,
    address: Address,
) -> Response:
    """Have a report made and mailed every month or week; it shows what its maker may see then."""
    persons_only(caller)
    now = datetime.now(UTC)
    schedule = Schedule(
        id=new_ulid(),
        period=new.period,
        day=new.day,
        at_minute=minutes(new.time),
        timezone=new.timezone,
        location_id=new.location_id,
        locations=commands.shown_locations(principal, new.location_id),
        format=new.format,
        language=new.language,
        recipients=list(dict.fromkeys(new.recipients)),
        is_active=new.is_active,
        created_by=principal.user_id,
        created_at=now,
        changed_at=now,
        version=1,
    )
    async with command.transaction() as tx:
        await commands.add_schedule(tx, principal, schedule, address)
        headers = {"Location": f"{PREFIX}/reports/schedules/{schedule.id}", "ETag": etag(schedule.version)}
        return await command.answer(tx, 201, ScheduleOut.of(schedule), headers)


@routes.get("/reports/schedules/{id}")
async def get_report_schedule(
    id: str,  # noqa: A002 — the public name
    context: Ctx,
    principal: Reader,
    response: Response,
) -> ScheduleOut:
    """Show one schedule."""
    async with context.db.tenant(principal.tenant_id) as tx:
        schedule = await commands.held(tx, principal, id)
    response.headers["ETag"] = etag(schedule.version)
    return ScheduleOut.of(schedule)


@routes.patch("/reports/schedules/{id}", response_model=ScheduleOut)
async def change_report_schedule(
    *,
    id: str,  # noqa: A002 — the public name
    patch: SchedulePatch,
    if_match: IfMatch,
    command: Commanded,
    principal: Editor,
    address: Address,
) -> Response:
    """Change what is sent and leave the rest; times before the change are not made up for."""
    said: dict[str, Any] = patch.model_dump(exclude_none=True)
    if clock := said.pop("time", None):
        said["at_minute"] = minutes(clock)
    async with command.transaction() as tx:
        before = await commands.held(tx, principal, id)
        if before.period == "week" and said.get("day", 1) > DAYS_OF_WEEK:
            raise commands.day_of_week(said["day"])
        if_match.check(before.version)
        after = await commands.change_schedule(tx, principal, before, replace(before, **said), address)
        return await command.answer(tx, 200, ScheduleOut.of(after), {"ETag": etag(after.version)})


@routes.delete("/reports/schedules/{id}", status_code=204)
async def delete_report_schedule(
    id: str,  # noqa: A002 — the public name
    if_match: IfMatch,
    command: Commanded,
    principal: Remover,
    address: Address,
) -> Response:
    """Stop a schedule for good; what it sent stays."""
    async with command.transaction() as tx:
        await commands.remove_schedule(tx, principal, id, if_match, address)
        return await command.answer(tx, 204)


@routes.post("/reports/schedules/{id}/send", status_code=202, response_model=ReportOut)
async def send_scheduled_report(
    id: str,  # noqa: A002 — the public name
    command: Commanded,
    principal: Maker,
) -> Response:
    """Make and mail a schedule's report now, of the newest period that is over."""
    async with command.transaction() as tx:
        schedule = await commands.held(tx, principal, id)
        await commands.check_waiting(tx, principal.tenant_id)
        report = await commands.ask_for(tx, principal.tenant_id, schedule, datetime.now(UTC))
        return await command.answer(tx, 202, ReportOut.of(report), _at(report))


@routes.get("/reports")
async def list_reports(
    context: Ctx,
    window: Paging,
    principal: Reader,
    schedule_id: Annotated[Ulid | None, Query(description="Only what this schedule sent.")] = None,
) -> Page[ReportOut]:
    """List reports, newest first, with what became of their mails."""
    after = window.after(str)
    async with context.db.tenant(principal.tenant_id) as tx:
        found = await reports.reports(
            tx, principal.locations, schedule_id, after[0] if after else None, window.fetch
        )
        mails = await reports.mails(tx, principal.tenant_id, [one.id for one in found])
    return window.page(found, lambda one: ReportOut.of(one, mails.get(one.id, ())), lambda one: (one.id,))


@routes.post("/reports", status_code=202, response_model=ReportOut)
async def make_report(
    new: Annotated[NewReport, Body(examples=[GOLDEN_NEW])],
    command: Commanded,
    caller: CallerOf,
    principal: Maker,
) -> Response:
    """Have a report made; its progress and then its file are at Location."""
    persons_only(caller)
    report = Report(
        id=new_ulid(),
        period=new.period,
        first_date=new.start,
        last_date=moved(new.period, new.start, 1) - ONE_DAY,
        timezone=new.timezone,
        location_id=new.location_id,
        locations=commands.shown_locations(principal, new.location_id),
        format=new.format,
        language=new.language,
        made_by=principal.user_id,
        schedule_id=None,
        state="waiting",
        error=None,
        asked_at=datetime.now(UTC),
        done_at=None,
        size_bytes=None,
    )
    async with command.transaction() as tx:
        await commands.make(tx, principal, report)
        return await command.answer(tx, 202, ReportOut.of(report), _at(report))


@routes.get("/reports/{id}")
async def get_report(
    id: str,  # noqa: A002 — the public name
    context: Ctx,
    principal: Reader,
) -> ReportOut:
    """Show how far a report is, and what became of its mails."""
    async with context.db.tenant(principal.tenant_id) as tx:
        report = await reports.report(tx, principal.tenant_id, id) if is_ulid(id) else None
        if report is None or not commands.sees(principal, report.locations):
            raise Problem(404, "not_found")
        mails = await reports.mails(tx, principal.tenant_id, [id])
    return ReportOut.of(report, mails.get(id, ()))


@routes.get("/reports/{id}/file", response_class=Response, responses=FILE)
async def get_report_file(
    id: str,  # noqa: A002 — the public name
    context: Ctx,
    principal: Reader,
) -> Response:
    """Give the file of a report that is done."""
    async with context.db.tenant(principal.tenant_id) as tx:
        report = await reports.report(tx, principal.tenant_id, id) if is_ulid(id) else None
        if report is None or not commands.sees(principal, report.locations):
            raise Problem(404, "not_found")
        content = await reports.file(tx, principal.tenant_id, id)
    if content is None:
        raise Problem(404, "report_not_ready")
    name = f"{file_name(report.period, report.first_date, report.language)}.{report.format}"
    return Response(
        content,
        media_type=MEDIA[report.format],
        headers={
            "Content-Disposition": f"attachment; filename=\"{name}\"; filename*=UTF-8''{quote(name)}",
            "Cache-Control": "no-store",
        },
    )


def _at(report: Report) -> dict[str, str]:
    return {"Location": f"{PREFIX}/reports/{report.id}"}
