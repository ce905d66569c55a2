"""REST routes of cases: /cases."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from arus_runtime.auth import Principal, require
from arus_runtime.commands import Commanded
from arus_runtime.ids import Ulid
from arus_runtime.web import PREFIX, Ctx, IfMatch, Page, Paging, Problem, etag, router, wrong
from arus_runtime.web.problems import told
from fastapi import Depends, Query, Response

from arus_anomaly import directory, store, words
from arus_anomaly.api.asking import ReasonLanguage
from arus_anomaly.commands import cases as commands
from arus_anomaly.rules import cases as rules
from arus_anomaly.schemas.cases import (
    Assigned,
    Assignee,
    Assignees,
    Assignment,
    AssignmentOut,
    CaseDetail,
    CaseDomain,
    CaseOut,
    CasePatch,
    CasePriority,
    CaseStatus,
    CaseSummary,
    CaseType,
    NewCase,
)
from arus_anomaly.state.cases import Attachment, Visit
from arus_anomaly.store.cases import AskedCases, Shown

routes = router("cases")

MOST_SHOWN: Final = 200
NO_DATE: Final = dt.date.max
CREATED: Final[Mapping[int | str, dict[str, Any]]] = {
    201: {"headers": {"Location": {"schema": {"type": "string"}}, "ETag": {"schema": {"type": "string"}}}}
}
Reader = Annotated[Principal, Depends(require("cases", "r"))]
Opener = Annotated[Principal, Depends(require("cases", "c"))]
Changer = Annotated[Principal, Depends(require("cases", "u"))]


async def _asked(
    *,
    principal: Reader,
    status: Annotated[list[CaseStatus] | None, Query(description="One or several.")] = None,
    priority: Annotated[list[CasePriority] | None, Query(description="One or several.")] = None,
    type: Annotated[list[CaseType] | None, Query(description="One or several.")] = None,  # noqa: A002 — the parameter's public name
    domain: Annotated[CaseDomain | None, Query()] = None,
    assignee_id: Annotated[str | None, Query(max_length=64, description="none: nobody's.")] = None,
    mine: Annotated[bool, Query(description="Only those that the caller has.")] = False,
    overdue: Annotated[bool, Query(description="Only those past their due date and not done.")] = False,
    nomen: Annotated[str | None, Query(max_length=40)] = None,
    rayon: Annotated[str | None, Query(max_length=40)] = None,
    location_id: Annotated[Ulid | None, Query()] = None,
    incident_id: Annotated[Ulid | None, Query()] = None,
    fact_id: Annotated[Ulid | None, Query()] = None,
    q: Annotated[
        str | None,
        Query(max_length=200, description="Part of #number, customer, address or description, in any case."),
    ] = None,
) -> AskedCases:
    return AskedCases(
        today=rules.day_of(dt.datetime.now(dt.UTC)),
        within=principal.locations,
        statuses=status or (),
        priorities=priority or (),
        types=type or (),
        domain=domain,
        assignee_id=principal.user_id if mine else None if assignee_id == "none" else assignee_id,
        unassigned=assignee_id == "none" and not mine,
        overdue=overdue,
        nomen=nomen,
        rayon=rayon,
        location_id=location_id,
        incident_id=incident_id,
        fact_id=fact_id,
        text=q,
    )


Filtered = Annotated[AskedCases, Depends(_asked)]
"""A route's parameter that brings the list's filters."""


@routes.get("/cases")
async def list_cases(
    *,
    context: Ctx,
    window: Paging,
    principal: Reader,
    asked: Filtered,
    sort: Annotated[
        Literal["newest", "due"], Query(description="due: those due soonest first, without a date last.")
    ] = "newest",
) -> Page[CaseOut]:
    """List cases, the newest first."""
    by_due = sort == "due"
    async with context.db.tenant(principal.tenant_id) as tx:
        if by_due:
            rows = await store.cases.soonest(tx, asked, window.after(dt.date, int), window.fetch)
        else:
            after = window.after(int) or (None,)
            rows = await store.cases.newest(tx, asked, after[0], window.fetch)

    def position(row: Shown) -> tuple[dt.date, int] | tuple[int]:
        number = row.case.number
        return (row.case.due_date or NO_DATE, number) if by_due else (number,)

    return window.page(rows, lambda row: CaseOut.of(row, asked.today), position)


@routes.get("/cases/summary")
async def summarise_cases(context: Ctx, principal: Reader, asked: Filtered) -> CaseSummary:
    """Count the cases that the list's filters find, by status: the columns of a board."""
    async with context.db.tenant(principal.tenant_id) as tx:
        return CaseSummary.of(await store.cases.counts(tx, asked, principal.user_id))


@routes.get("/cases/assignees")
async def list_case_assignees(context: Ctx, principal: Reader) -> Assignees:
    """List the members who may be given cases."""
    members = await directory.members(context.peers, principal)
    return Assignees(items=[Assignee.of(one) for one in members])


@routes.post("/cases", status_code=201, response_model=CaseOut, responses={**CREATED})
async def open_case(new: NewCase, context: Ctx, command: Commanded, _: Opener) -> Response:
    """Open a case about an incident, a fuel record, or a customer."""
    now = dt.datetime.now(dt.UTC)
    async with command.transaction() as tx:
        case = await commands.open_case(tx, context.peers, command.principal, new, now)
        shown = await commands.shown(tx, command.principal, case.id)
        headers = {"Location": f"{PREFIX}/cases/{case.id}", "ETag": etag(case.version)}
        return await command.answer(tx, 201, CaseOut.of(shown, rules.day_of(now)), headers)


@routes.post("/cases/assign", response_model=AssignmentOut)
async def assign_cases(
    asked: Assignment, context: Ctx, command: Commanded, language: ReasonLanguage, _: Changer
) -> Response:
    """Give cases to one member. Each is judged on its own: what is refused stops no other.

    What the member has already is unchanged. Versions do not matter, as nothing but the assignee changes;
    whose cases were when they were chosen does, where `seen` says it.
    """
    now = dt.datetime.now(dt.UTC)
    member = None
    if asked.assignee_id is not None:
        member = (await directory.by_id(context.peers, command.principal)).get(asked.assignee_id)
        if member is None:
            raise wrong("assignee_id", "not_assignable", value=asked.assignee_id)
    of: dict[str, Assigned] = {}
    async with command.transaction() as tx:
        # Held in one order, so that two who assign the same cases never wait for each other.
        for case_id in sorted(set(asked.ids)):
            try:
                is_new = await commands.assign(tx, command.principal, case_id, member, now, asked.seen)
            except Problem as problem:
                said = told(problem, language, words.templates())
                error = said.errors[0] if said.errors else None
                code, text = (error.code, error.message) if error else (said.code, said.detail)
                of[case_id] = Assigned(id=case_id, outcome="refused", code=code, text=text)
            else:
                outcome = "assigned" if is_new else "unchanged"
                of[case_id] = Assigned(id=case_id, outcome=outcome, code=None, text=None)
        items = [of[case_id] for case_id in dict.fromkeys(asked.ids)]
        assigned = sum(one.outcome == "assigned" for one in items)
        return await command.answer(tx, 200, AssignmentOut(assigned=assigned, items=items))


@routes.get("/cases/{case_id}")
async def get_case(case_id: str, context: Ctx, response: Response, principal: Reader) -> CaseDetail:
    """Show one case with its files and what was found in the field."""
    async with context.db.tenant(principal.tenant_id) as tx:
        shown = await commands.shown(tx, principal, case_id)
        files = await store.dossiers.newest(tx, Attachment, case_id, None, MOST_SHOWN)
        visits = await store.dossiers.newest(tx, Visit, case_id, None, MOST_SHOWN)
    response.headers["ETag"] = etag(shown.case.version)
    return CaseDetail.whole(shown, rules.day_of(dt.datetime.now(dt.UTC)), files, visits)


@routes.patch("/cases/{case_id}", response_model=CaseOut)
async def change_case(
    case_id: str, patch: CasePatch, if_match: IfMatch, context: Ctx, command: Commanded, _: Changer
) -> Response:
    """Change what is sent and leave the rest. A closed case is only taken up again."""
    now = dt.datetime.now(dt.UTC)
    async with command.transaction() as tx:
        case = await commands.change(
            tx,
            context.peers,
            command.principal,
            case_id,
            if_match=if_match,
            values=patch.values(),
            at=now,
        )
        shown = await commands.shown(tx, command.principal, case_id)
        return await command.answer(
            tx, 200, CaseOut.of(shown, rules.day_of(now)), {"ETag": etag(case.version)}
        )
