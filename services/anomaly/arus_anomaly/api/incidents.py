"""REST routes of incidents and what people say of them: /incidents."""

import datetime as dt
from typing import Annotated, Final

from arus_runtime.auth import Principal, require
from arus_runtime.commands import Commanded
from arus_runtime.ids import Ulid
from arus_runtime.web import Ctx, Page, Paging, router
from fastapi import Depends, Query, Response

from arus_anomaly import store
from arus_anomaly.api.asking import ReasonLanguage, Since, Until, check_range, locations
from arus_anomaly.commands import incidents as commands
from arus_anomaly.schemas.incidents import (
    SEVERITY_OF,
    STATE_OF,
    AlarmName,
    Answered,
    AnswerOut,
    Incident,
    IncidentDetail,
    IncidentSummary,
    Judged,
    NewAnswer,
    StateName,
)

routes = router("incidents")

MOST_RECORDS: Final = 100

Reader = Annotated[Principal, Depends(require("incidents", "r"))]
Answerer = Annotated[Principal, Depends(require("incidents", "c"))]


@routes.get("/incidents")
async def list_incidents(
    *,
    context: Ctx,
    window: Paging,
    principal: Reader,
    language: ReasonLanguage,
    state: Annotated[
        StateName | None, Query(description="Without it, all but those that were withdrawn.")
    ] = None,
    severity: Annotated[list[AlarmName] | None, Query(description="One or several.")] = None,
    answer: Annotated[
        list[Answered] | None, Query(description="Last answer, one or several; none: nobody said anything.")
    ] = None,
    location_id: Annotated[Ulid | None, Query()] = None,
    product_id: Annotated[Ulid | None, Query()] = None,
    since: Since = None,
    until: Until = None,
) -> Page[Incident]:
    """List incidents, those that alarmed last first."""
    check_range(since, until)
    asked = store.incidents.AskedIncidents(
        state=state and STATE_OF[state],
        severities=[SEVERITY_OF[name] for name in severity or ()],
        answers=["" if name == "none" else name for name in answer or ()],
        locations=locations(principal, location_id),
        product_id=product_id,
        since=since,
        until=until,
    )
    async with context.db.tenant(principal.tenant_id) as tx:
        rows = await store.incidents.newest(tx, asked, window.after(dt.date, str), window.fetch)
        newest = await store.verdicts.of_facts(tx, [row.fact_id for row in rows])
    by_fact = {one.fact_id: one for one in newest}
    return window.page(
        rows,
        lambda row: Incident.of(row, by_fact.get(row.fact_id), language),
        lambda row: (row.last_date, row.id),
    )


@routes.get("/incidents/summary")
async def summarise_incidents(context: Ctx, principal: Reader) -> IncidentSummary:
    """Count incidents by what people said of them, those that subsided, and those that were withdrawn."""
    async with context.db.tenant(principal.tenant_id) as tx:
        return IncidentSummary.of(await store.incidents.counts(tx, principal.locations))


@routes.get("/incidents/{incident_id}")
async def get_incident(
    incident_id: str, context: Ctx, principal: Reader, language: ReasonLanguage
) -> IncidentDetail:
    """Show one incident, its records and what people said of it."""
    async with context.db.tenant(principal.tenant_id) as tx:
        stored = await commands.incident(tx, principal, incident_id)
        fact_ids = await store.incidents.facts(tx, incident_id)
        records = await store.verdicts.of_facts(tx, fact_ids[-MOST_RECORDS:] or [stored.fact_id])
        opinions = await store.incidents.opinions(tx, [one.fact_id for one in records])
        answers = await store.incidents.answers(tx, incident_id)
        said = await commands.said_about(tx, principal.tenant_id, stored)
    newest = next((one for one in records if one.fact_id == stored.fact_id), None)
    return IncidentDetail.with_records(
        Incident.of(stored, newest, language),
        [Judged.of(one, opinions.get(one.fact_id), language) for one in records],
        answers,
        commands.bar(said),
        commands.joined_since(said, stored, fact_ids),
    )


@routes.post("/incidents/{incident_id}/answers", status_code=201, response_model=AnswerOut)
async def answer_incident(incident_id: str, new: NewAnswer, command: Commanded, _: Answerer) -> Response:
    """Say what an incident is. What is recorded from a few seconds on is judged with it."""
    async with command.transaction() as tx:
        answer_id = await commands.answer_incident(tx, command.principal, incident_id, new)
        answers = await store.incidents.answers(tx, incident_id)
        given = next(one for one in answers if one.id == answer_id)
        return await command.answer(tx, 201, AnswerOut.of(given))


@routes.post("/incidents/{incident_id}/answers/{answer_id}/revert", response_model=AnswerOut)
async def revert_answer(incident_id: str, answer_id: str, command: Commanded, _: Answerer) -> Response:
    """Take an answer back. What is recorded from a few seconds on is judged without it."""
    async with command.transaction() as tx:
        await commands.revert_answer(tx, command.principal, incident_id, answer_id)
        answers = await store.incidents.answers(tx, incident_id)
        given = next(one for one in answers if one.id == answer_id)
        return await command.answer(tx, 200, AnswerOut.of(given))
