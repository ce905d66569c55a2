"""REST routes of verdicts on register reads: /anomalies/meter."""

from typing import Annotated, Final

from arus_runtime.auth import Principal, require, require_everywhere
from arus_runtime.periods import MONTH
from arus_runtime.web import Ctx, Page, Paging, Problem, router
from arus_runtime.words import Language, language_of
from fastapi import Depends, Header, Path, Query

from arus_anomaly import reviews
from arus_anomaly.rules.meter import Kind, Tag
from arus_anomaly.schemas.meter import MeterAnomaly, MeterHistoryOut, MeterPeriod, MeterSummary
from arus_anomaly.store import meter as store

routes: Final = router("anomalies")


async def _reader(
    principal: Annotated[Principal, Depends(require_everywhere("anomalies", "r"))],
    _: Annotated[Principal, Depends(require("meters", "r"))],
) -> Principal:
    """Return the caller: who watches fuel reads nothing of the water utility's customers (S0-025)."""
    return principal


Reader = Annotated[Principal, Depends(_reader)]
Period = Annotated[
    str | None,
    Query(pattern=MONTH, description="The newest judged one, when left out."),
]
Rayon = Annotated[str | None, Query(max_length=40)]


async def _language(accept_language: Annotated[str | None, Header()] = None) -> Language:
    return language_of(accept_language)


Speaks = Annotated[Language, Depends(_language)]


async def _asked(
    *,
    context: Ctx,
    principal: Reader,
    period: Period = None,
    kind: Annotated[list[Kind] | None, Query(description="Any of these; all when left out.")] = None,
    tag: Annotated[
        list[Tag] | None,
        Query(description="Any of these; without a kind also where no kind holds. All when left out."),
    ] = None,
    rayon: Rayon = None,
) -> store.Asked:
    async with context.db.tenant(principal.tenant_id) as tx:
        return store.Asked(period or await store.newest_period(tx) or "", kind or (), rayon, tag or ())


Filtered = Annotated[store.Asked, Depends(_asked)]
"""A route's parameter that brings the filters of the list."""


@routes.get("/anomalies/meter/summary")
async def summarise_meter_anomalies(
    *, context: Ctx, principal: Reader, language: Speaks, period: Period = None, rayon: Rayon = None
) -> MeterSummary:
    """Count the customers of each kind and tag in a period, and of any kind; also at /api/anomaly/summary."""
    async with context.db.tenant(principal.tenant_id) as tx:
        of = period or await store.newest_period(tx)
        counts = await store.counts(tx, of, rayon) if of else None
        periods = await store.periods(tx)
    return MeterSummary.of(of, periods, counts, language)


@routes.get("/anomalies/meter")
async def list_meter_anomalies(
    context: Ctx, window: Paging, asked: Filtered, principal: Reader, language: Speaks
) -> Page[MeterAnomaly]:
    """List the customers of whom a kind, or a tag that is asked for, holds in a period, by number."""
    after = window.after(str) or (None,)
    async with context.db.tenant(principal.tenant_id) as tx:
        rows = await store.found(tx, asked, after[0], window.fetch)
    return window.page(rows, lambda one: MeterAnomaly.of(one, language), lambda one: (one.nomen,))


@routes.get("/anomalies/meter/{nomen}")
async def get_meter_history(
    context: Ctx,
    nomen: Annotated[str, Path(min_length=1, max_length=40)],
    principal: Reader,
    language: Speaks,
) -> MeterHistoryOut:
    """Return what is said of every period of a customer, newest first, with a second opinion on each use."""
    async with context.db.tenant(principal.tenant_id) as tx:
        rows = await store.of_customer(tx, nomen)
        if not rows:
            raise Problem(404, "not_found")
        opinions = await reviews.of_customer(tx, principal.tenant_id, rows)
    items = [MeterPeriod.with_opinion(row, opinions.get(row.period), language) for row in rows]
    return MeterHistoryOut(nomen=nomen, items=items)
