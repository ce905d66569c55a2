"""REST routes of verdicts, incidents and what they are judged by: /anomalies, /incidents, /thresholds."""

import datetime as dt
from collections.abc import Collection
from contextlib import aclosing
from typing import Annotated, Final, Literal

from arus_runtime.auth import Principal, require
from arus_runtime.commands import Commanded
from arus_runtime.cursor import BadCursorError
from arus_runtime.ids import Ulid, is_ulid
from arus_runtime.web import Ctx, Page, Paging, Problem, Spanned, Window, router, wrong
from arus_runtime.words import Language, language_of
from fastapi import Depends, Header, Query, Response

from arus_anomaly import codec, commands, store
from arus_anomaly.rules.backtest import Backtest, Known, Position, Tally
from arus_anomaly.rules.fuel import Status
from arus_anomaly.rules.learned.detector import REBUILT_FACTS
from arus_anomaly.rules.thresholds import DEFAULTS, Scope, version_holding, with_versions
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
)
from arus_anomaly.schemas.opinions import Opinion
from arus_anomaly.schemas.thresholds import (
    BacktestCounts,
    BacktestOut,
    Effective,
    NewBacktest,
    NewVersion,
    VersionOut,
)
from arus_anomaly.schemas.trends import COLUMN, AnomalyTrend, By
from arus_anomaly.schemas.verdicts import Anomaly, AnomalyDetail, Domain, PastFact, StatusName, Summary

anomalies = router("anomalies")
incidents = router("incidents")
thresholds = router("thresholds")

MOST_RECORDS: Final = 100
MOST_TRIED: Final = 100_000
"""A back-test covers at most this many records, so that it answers while somebody waits."""

Reader = Annotated[Principal, Depends(require("anomalies", "r"))]
Since = Annotated[dt.date | None, Query(alias="from", description="First business date, inclusive.")]
Until = Annotated[dt.date | None, Query(alias="to", description="Last business date, inclusive.")]


def _language(
    accept_language: Annotated[
        str | None, Header(description="id (default) or en: the language of reason.text.")
    ] = None,
) -> Language:
    return language_of(accept_language)


IncidentReader = Annotated[Principal, Depends(require("incidents", "r"))]
IncidentAnswerer = Annotated[Principal, Depends(require("incidents", "c"))]
ThresholdReader = Annotated[Principal, Depends(require("thresholds", "r"))]
ThresholdSetter = Annotated[Principal, Depends(require("thresholds", "c"))]
ReasonLanguage = Annotated[Language, Depends(_language)]


async def _asked(
    *,
    principal: Reader,
    domain: Annotated[Domain | None, Query()] = None,
    status: Annotated[list[StatusName] | None, Query(description="One or several.")] = None,
    location_id: Annotated[Ulid | None, Query()] = None,
    product_id: Annotated[Ulid | None, Query()] = None,
    since: Since = None,
    until: Until = None,
) -> store.verdicts.Asked:
    _check_range(since, until)
    return store.verdicts.Asked(
        domain=domain,
        statuses=[Status[name] for name in status or ()],
        locations=_locations(principal, location_id),
        product_id=product_id,
        since=since,
        until=until,
    )


Filtered = Annotated[store.verdicts.Asked, Depends(_asked)]
"""A route's parameter that brings the filters of the list, within the caller's locations."""


@anomalies.get("/anomalies")
async def list_anomalies(
    context: Ctx, window: Paging, asked: Filtered, principal: Reader, language: ReasonLanguage
) -> Page[Anomaly]:
    """List current verdicts, newest business date first."""
    async with context.db.tenant(principal.tenant_id) as tx:
        rows = await store.verdicts.newest(tx, asked, window.after(dt.date, str), window.fetch)
    return window.page(
        rows, lambda row: Anomaly.of(row, language), lambda row: (row.business_date, row.fact_id)
    )


@anomalies.get("/anomalies/summary")
async def summarise_anomalies(
    context: Ctx, principal: Reader, since: Since = None, until: Until = None
) -> Summary:
    """Count current verdicts by status."""
    _check_range(since, until)
    async with context.db.tenant(principal.tenant_id) as tx:
        counts = await store.verdicts.counts(
            tx, store.verdicts.Asked(since=since, until=until, locations=principal.locations)
        )
    return Summary.of(counts)


@anomalies.get("/anomalies/trends")
async def show_anomaly_trends(
    *,
    context: Ctx,
    asked: Spanned,
    principal: Reader,
    by: Annotated[By, Query(description="What each series is of; none: one series of everything.")] = "none",
    location_id: Annotated[Ulid | None, Query()] = None,
    product_id: Annotated[Ulid | None, Query()] = None,
    top: Annotated[
        int, Query(ge=1, le=50, description="Most series of their own; the rest is one more.")
    ] = 8,
) -> AnomalyTrend:
    """Count current verdicts of each status by day, ISO week or month, most alarms first.

    At most 4,000 points: series (top and the rest) × periods.
    """
    span = asked.of(1 if by == "none" else top + 1)
    which = store.trends.Asked(
        span.period, span.whole, COLUMN[by], location_id, product_id, principal.locations
    )
    async with context.db.tenant(principal.tenant_id) as tx:
        counts = await store.trends.counts(tx, which, top)
    return AnomalyTrend.of(span, by, counts)


@anomalies.get("/anomalies/{anomaly_id}")
async def get_anomaly(
    anomaly_id: str, context: Ctx, principal: Reader, language: ReasonLanguage
) -> AnomalyDetail:
    """Show one verdict, the facts it was judged against, and what was said of it before."""
    async with context.db.tenant(principal.tenant_id) as tx:
        revisions = (
            await store.verdicts.revisions(tx, anomaly_id, principal.locations) if is_ulid(anomaly_id) else ()
        )
        if not revisions:
            raise Problem(404, "not_found")
        said = codec.verdict(revisions[0].value)
        by = await store.thresholds.of_version(tx, said.thresholds_id) if said.thresholds_id else DEFAULTS
        confirmed = await commands.confirmed(tx, principal.tenant_id, revisions[0])
        history = await store.verdicts.looked_back_on(tx, revisions[0], by, confirmed)
        opinions = await store.incidents.opinions(tx, [anomaly_id, *(past.fact_id for past in history)])
        second = None
        if anomaly_id in opinions:
            second = Opinion.of(opinions[anomaly_id], language)
        elif revisions[0].is_current and await store.verdicts.lies_behind(tx, revisions[0], REBUILT_FACTS):
            second = Opinion.too_late(language)
    past = [PastFact.of(one, opinions.get(one.fact_id)) for one in history]
    return AnomalyDetail.with_history(revisions, past, second, by, language)


@incidents.get("/incidents")
async def list_incidents(
    *,
    context: Ctx,
    window: Paging,
    principal: IncidentReader,
    language: ReasonLanguage,
    state: Annotated[Literal["open", "closed"] | None, Query()] = None,
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
    _check_range(since, until)
    asked = store.incidents.AskedIncidents(
        state=state and STATE_OF[state],
        severities=[SEVERITY_OF[name] for name in severity or ()],
        answers=["" if name == "none" else name for name in answer or ()],
        locations=_locations(principal, location_id),
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


@incidents.get("/incidents/summary")
async def summarise_incidents(context: Ctx, principal: IncidentReader) -> IncidentSummary:
    """Count the incidents that nobody has answered yet, and those that somebody looks after."""
    async with context.db.tenant(principal.tenant_id) as tx:
        return IncidentSummary.of(await store.incidents.counts(tx, principal.locations))


@incidents.get("/incidents/{incident_id}")
async def get_incident(
    incident_id: str, context: Ctx, principal: IncidentReader, language: ReasonLanguage
) -> IncidentDetail:
    """Show one incident, its records and what people said of it."""
    async with context.db.tenant(principal.tenant_id) as tx:
        stored = await commands.incident(tx, principal, incident_id)
        fact_ids = (await store.incidents.facts(tx, incident_id))[-MOST_RECORDS:]
        records = await store.verdicts.of_facts(tx, fact_ids or [stored.fact_id])
        opinions = await store.incidents.opinions(tx, [one.fact_id for one in records])
        answers = await store.incidents.answers(tx, incident_id)
        bar = await commands.bar(tx, principal.tenant_id, stored)
    newest = next((one for one in records if one.fact_id == stored.fact_id), None)
    return IncidentDetail.with_records(
        Incident.of(stored, newest, language),
        [Judged.of(one, opinions.get(one.fact_id), language) for one in records],
        answers,
        bar,
    )


@incidents.post("/incidents/{incident_id}/answers", status_code=201, response_model=AnswerOut)
async def answer_incident(
    incident_id: str, new: NewAnswer, command: Commanded, _: IncidentAnswerer
) -> Response:
    """Say what an incident is. What is recorded from a few seconds on is judged with it."""
    async with command.transaction() as tx:
        answer_id = await commands.answer_incident(tx, command.principal, incident_id, new)
        answers = await store.incidents.answers(tx, incident_id)
        given = next(one for one in answers if one.id == answer_id)
        return await command.answer(tx, 201, AnswerOut.of(given))


@incidents.post("/incidents/{incident_id}/answers/{answer_id}/revert", response_model=AnswerOut)
async def revert_answer(
    incident_id: str, answer_id: str, command: Commanded, _: IncidentAnswerer
) -> Response:
    """Take an answer back. What is recorded from a few seconds on is judged without it."""
    async with command.transaction() as tx:
        await commands.revert_answer(tx, command.principal, incident_id, answer_id)
        answers = await store.incidents.answers(tx, incident_id)
        given = next(one for one in answers if one.id == answer_id)
        return await command.answer(tx, 200, AnswerOut.of(given))


@thresholds.get("/thresholds")
async def list_thresholds(
    *,
    context: Ctx,
    window: Paging,
    principal: ThresholdReader,
    location_id: Annotated[Ulid | None, Query()] = None,
    product_id: Annotated[Ulid | None, Query()] = None,
) -> Page[VersionOut]:
    """List versions of thresholds, planned ones first, then those that hold or held, newest first."""
    async with context.db.tenant(principal.tenant_id) as tx:
        rows = await store.thresholds.versions(
            tx,
            (location_id, product_id),
            principal.locations,
            window.after(dt.datetime, str),
            window.fetch,
        )
    return window.page(rows, VersionOut.of, lambda row: (row.valid_from, row.id))


@thresholds.get("/thresholds/effective")
async def list_effective_thresholds(
    *,
    context: Ctx,
    window: Paging,
    principal: ThresholdReader,
    location_id: Annotated[Ulid | None, Query()] = None,
    product_id: Annotated[Ulid | None, Query()] = None,
) -> Page[Effective]:
    """Show what each product at each location is judged by now, and which scope says so."""
    async with context.db.tenant(principal.tenant_id) as tx:
        pairs = await store.thresholds.pairs(
            tx, (location_id, product_id), principal.locations, window.after(str, str), window.fetch
        )
        of, now = await store.thresholds.in_force(tx, principal.tenant_id)
    return window.page(
        pairs,
        lambda pair: Effective.of(
            pair, version_holding(of, pair.location_id, pair.product_id, codec.ulid_start(now))
        ),
        lambda pair: (pair.location_id, pair.product_id),
    )


@thresholds.post(
    "/thresholds",
    status_code=201,
    response_model=VersionOut,
    dependencies=[Depends(require("thresholds", "c"))],
)
async def set_thresholds(new: NewVersion, context: Ctx, command: Commanded) -> Response:
    """Set what records are judged by from a time on. What was said of earlier ones stays."""
    draft = commands.draft(Scope(new.location_id or "", new.product_id or ""), new.thresholds)
    async with command.transaction() as tx:
        version_id = await commands.set_thresholds(
            tx, context.peers, command.principal, draft, new.valid_from
        )
        return await command.answer(tx, 201, VersionOut.of(await store.thresholds.version(tx, version_id)))


@thresholds.post("/thresholds/backtest")
async def backtest_thresholds(
    asked: NewBacktest, context: Ctx, window: Paging, principal: ThresholdSetter, language: ReasonLanguage
) -> BacktestOut:
    """Try thresholds on what was recorded, and change nothing: what would have been said, and what was.

    Covers at most 100,000 records, the 180 days before the first date included. Everything is counted on the
    first page; a later one reads on from where the page before ended.
    """
    _check_range(asked.since, asked.until)
    scope = Scope(asked.location_id or "", asked.product_id or "")
    draft, since = commands.draft(scope, asked.thresholds), asked.since or dt.date.min
    after = _place(window)
    begin = after and (after[0], dt.date.fromordinal(after[1]))
    async with context.db.tenant(principal.tenant_id) as tx:
        await commands.check_scope(tx, context.peers, principal, scope)
        until = asked.until or dt.date.max
        stretch = store.verdicts.Stretch(scope, principal.locations, since, until, begin)
        if begin is None and await stretch.size(tx, MOST_TRIED) > MOST_TRIED:
            raise wrong("from", "backtest_too_large", bound=MOST_TRIED)
        of, now = await store.thresholds.in_force(tx, principal.tenant_id)
        stamp = codec.ulid_start(now)
        tried = with_versions({"": of}, [("", draft._replace(valid_from=stamp))])[""]
        answers = await store.incidents.all_answers(tx, principal.tenant_id)
        backtest = Backtest(Known(tried, answers), scope, stamp, since.toordinal())
        tally = Tally(window.fetch, after)
        async with aclosing(stretch.chunks(tx)) as chunks:
            async for facts in chunks:
                tally.count(backtest.tried(facts))
                if begin and tally.full:
                    break
        names = await store.thresholds.names(tx, *tally.named())
    counts = BacktestCounts.of(tally, names) if begin is None else None
    return BacktestOut.of(tally, counts, window.limit, names, language)


def _place(window: Window) -> Position | None:
    """Return the changed verdict to go on behind."""
    after = window.after(str, dt.date, str)
    if after is None:
        return None
    location_id, day, fact_id = after
    if not is_ulid(fact_id):
        raise BadCursorError(window.cursor)
    return location_id, day.toordinal(), codec.ulid_bytes(fact_id)


def _check_range(since: dt.date | None, until: dt.date | None) -> None:
    if since and until and since > until:
        raise wrong("to", "too_small", bound=since, value=until)


def _locations(principal: Principal, asked: str | None) -> Collection[str] | None:
    """Return the locations to look at: the one asked for, or all in the caller's scope; None: no bound."""
    if asked is None:
        return principal.locations
    return [asked] if principal.sees(asked) else []
