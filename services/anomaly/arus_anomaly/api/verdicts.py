"""REST routes of verdicts: /anomalies."""

import datetime as dt
from typing import Annotated

from arus_runtime.auth import Principal, require
from arus_runtime.ids import Ulid, is_ulid
from arus_runtime.web import Ctx, Page, Paging, Problem, Spanned, router
from fastapi import Depends, Query

from arus_anomaly import codec, store
from arus_anomaly.api.asking import ReasonLanguage, Since, Until, check_range, locations
from arus_anomaly.commands import incidents
from arus_anomaly.rules.fuel import Status
from arus_anomaly.rules.learned.detector import REBUILT_FACTS
from arus_anomaly.rules.thresholds import DEFAULTS
from arus_anomaly.schemas.opinions import Opinion
from arus_anomaly.schemas.trends import COLUMN, AnomalyTrend, By
from arus_anomaly.schemas.verdicts import Anomaly, AnomalyDetail, Domain, PastFact, StatusName, Summary

routes = router("anomalies")

Reader = Annotated[Principal, Depends(require("anomalies", "r"))]


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
    check_range(since, until)
    return store.verdicts.Asked(
        domain=domain,
        statuses=[Status[name] for name in status or ()],
        locations=locations(principal, location_id),
        product_id=product_id,
        since=since,
        until=until,
    )


Filtered = Annotated[store.verdicts.Asked, Depends(_asked)]
"""A route's parameter that brings the filters of the list, within the caller's locations."""


@routes.get("/anomalies")
async def list_anomalies(
    context: Ctx, window: Paging, asked: Filtered, principal: Reader, language: ReasonLanguage
) -> Page[Anomaly]:
    """List current verdicts, newest business date first."""
    async with context.db.tenant(principal.tenant_id) as tx:
        rows = await store.verdicts.newest(tx, asked, window.after(dt.date, str), window.fetch)
    return window.page(
        rows, lambda row: Anomaly.of(row, language), lambda row: (row.business_date, row.fact_id)
    )


@routes.get("/anomalies/summary")
async def summarise_anomalies(
    context: Ctx, principal: Reader, since: Since = None, until: Until = None
) -> Summary:
    """Count current verdicts by status."""
    check_range(since, until)
    async with context.db.tenant(principal.tenant_id) as tx:
        counts = await store.verdicts.counts(
            tx, store.verdicts.Asked(since=since, until=until, locations=principal.locations)
        )
    return Summary.of(counts)


@routes.get("/anomalies/trends")
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


@routes.get("/anomalies/{anomaly_id}")
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
        confirmed = await incidents.confirmed(tx, principal.tenant_id, revisions[0])
        history = await store.verdicts.looked_back_on(tx, revisions[0], by, confirmed)
        opinions = await store.incidents.opinions(tx, [anomaly_id, *(past.fact_id for past in history)])
        second = None
        if anomaly_id in opinions:
            second = Opinion.of(opinions[anomaly_id], language)
        elif revisions[0].is_current and await store.verdicts.lies_behind(tx, revisions[0], REBUILT_FACTS):
            second = Opinion.too_late(language)
    past = [PastFact.of(one, opinions.get(one.fact_id)) for one in history]
    return AnomalyDetail.with_history(revisions, past, second, by, language)
