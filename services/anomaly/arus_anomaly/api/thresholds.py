"""REST routes of what records are judged by: /thresholds."""

import datetime as dt
from contextlib import aclosing
from typing import Annotated, Final

from arus_runtime.auth import Principal, require
from arus_runtime.commands import Commanded
from arus_runtime.cursor import BadCursorError
from arus_runtime.ids import Ulid, is_ulid
from arus_runtime.web import Ctx, Page, Paging, Window, router, wrong
from fastapi import Depends, Query, Response

from arus_anomaly import codec, store
from arus_anomaly.api.asking import ReasonLanguage, check_range
from arus_anomaly.commands import thresholds as commands
from arus_anomaly.rules.backtest import Backtest, Known, Position, Tally
from arus_anomaly.rules.thresholds import Scope, version_holding, with_versions
from arus_anomaly.schemas.thresholds import (
    BacktestCounts,
    BacktestOut,
    Effective,
    NewBacktest,
    NewVersion,
    VersionOut,
)

routes = router("thresholds")

MOST_TRIED: Final = 100_000
"""A back-test covers at most this many records, so that it answers while somebody waits."""

Reader = Annotated[Principal, Depends(require("thresholds", "r"))]
Setter = Annotated[Principal, Depends(require("thresholds", "c"))]


@routes.get("/thresholds")
async def list_thresholds(
    *,
    context: Ctx,
    window: Paging,
    principal: Reader,
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


@routes.get("/thresholds/effective")
async def list_effective_thresholds(
    *,
    context: Ctx,
    window: Paging,
    principal: Reader,
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


@routes.post(
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


@routes.post("/thresholds/backtest")
async def backtest_thresholds(
    asked: NewBacktest, context: Ctx, window: Paging, principal: Setter, language: ReasonLanguage
) -> BacktestOut:
    """Try thresholds on what was recorded, and change nothing: what would have been said, and what was.

    Covers at most 100,000 records, the 180 days before the first date included. Everything is counted on the
    first page; a later one reads on from where the page before ended.
    """
    check_range(asked.since, asked.until)
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
