"""REST routes of verdicts: /anomalies."""

import datetime as dt
from collections.abc import Collection
from typing import Annotated

from arus_runtime.auth import Principal, require
from arus_runtime.ids import Ulid, is_ulid
from arus_runtime.web import Ctx, Page, Paging, Problem, router, wrong
from arus_runtime.words import Language, language_of
from fastapi import Depends, Header, Query

from arus_anomaly import store
from arus_anomaly.rules.fuel import Status
from arus_anomaly.schemas import Anomaly, AnomalyDetail, Domain, StatusName, Summary

anomalies = router("anomalies")

Reader = Annotated[Principal, Depends(require("anomalies", "r"))]
Since = Annotated[dt.date | None, Query(alias="from", description="First business date, inclusive.")]
Until = Annotated[dt.date | None, Query(alias="to", description="Last business date, inclusive.")]


def _language(
    accept_language: Annotated[
        str | None, Header(description="id (default) or en: the language of reason.text.")
    ] = None,
) -> Language:
    return language_of(accept_language)


ReasonLanguage = Annotated[Language, Depends(_language)]


@anomalies.get("/anomalies")
async def list_anomalies(
    *,
    context: Ctx,
    window: Paging,
    principal: Reader,
    language: ReasonLanguage,
    domain: Annotated[Domain | None, Query()] = None,
    status: Annotated[list[StatusName] | None, Query(description="One or several.")] = None,
    location_id: Annotated[Ulid | None, Query()] = None,
    product_id: Annotated[Ulid | None, Query()] = None,
    since: Since = None,
    until: Until = None,
) -> Page[Anomaly]:
    """List current verdicts, newest business date first."""
    _check_range(since, until)
    asked = store.Asked(
        domain=domain,
        statuses=[Status[name] for name in status or ()],
        locations=_locations(principal, location_id),
        product_id=product_id,
        since=since,
        until=until,
    )
    async with context.db.tenant(principal.tenant_id) as tx:
        rows = await store.newest(tx, asked, window.after(dt.date, str), window.fetch)
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
        counts = await store.counts(tx, store.Asked(since=since, until=until, locations=principal.locations))
    return Summary(
        normal=counts.get(Status.NORMAL, 0),
        waspada=counts.get(Status.WASPADA, 0),
        anomali=counts.get(Status.ANOMALI, 0),
    )


@anomalies.get("/anomalies/{anomaly_id}")
async def get_anomaly(
    anomaly_id: str, context: Ctx, principal: Reader, language: ReasonLanguage
) -> AnomalyDetail:
    """Show one verdict, the facts it was judged against, and what was said of it before."""
    async with context.db.tenant(principal.tenant_id) as tx:
        revisions = await store.revisions(tx, anomaly_id, principal.locations) if is_ulid(anomaly_id) else ()
        if not revisions:
            raise Problem(404, "not_found")
        history = await store.looked_back_on(tx, revisions[0])
    return AnomalyDetail.with_history(revisions, history, language)


def _check_range(since: dt.date | None, until: dt.date | None) -> None:
    if since and until and since > until:
        raise wrong("to", "too_small", bound=since, value=until)


def _locations(principal: Principal, asked: str | None) -> Collection[str] | None:
    """Return the locations to look at: the one asked for, or all in the caller's scope; None: no bound."""
    if asked is None:
        return principal.locations
    return [asked] if principal.sees(asked) else []
