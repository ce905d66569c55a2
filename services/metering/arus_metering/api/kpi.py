"""REST routes of the collection's figures."""

from typing import Annotated, Literal

from arus_runtime.auth import Principal, require_everywhere
from arus_runtime.postgres import Tx
from arus_runtime.web import Ctx, router, wrong
from arus_runtime.words import Month
from fastapi import Depends, Query

from arus_metering.api.asking import Said
from arus_metering.rules.rows import after
from arus_metering.schemas.figures import Ageing, Comparison, Days, Figures, KpiData, Scopes
from arus_metering.schemas.records import Period
from arus_metering.store import figures as store

kpi = router("kpi")

MOST_PERIODS = 36
Reader = Annotated[Principal, Depends(require_everywhere("kpi", "r"))]
Of = Annotated[Period | None, Query(description="The newest billed one, when left out.")]
Owed = Annotated[Period | None, Query(description="The newest with a file of arrears, when left out.")]


@kpi.get("/kpi/data")
async def get_kpi_data(context: Ctx, principal: Reader, period: Of = None, rayon: Said = None) -> KpiData:
    """Return the seed's figures of a period; also at /api/kpi_data."""
    async with context.db.tenant(principal.tenant_id) as tx:
        of, as_of = await _period(tx, period), await store.as_of(tx)
        rows = await store.by_period(tx, of, of, rayon)
    return KpiData.of(of or None, rows[0] if rows else None, as_of)


@kpi.get("/kpi/scopes")
async def list_scopes(context: Ctx, principal: Reader) -> Scopes:
    """List every billed period and every rayon of now: what the other figures can be asked of."""
    async with context.db.tenant(principal.tenant_id) as tx:
        return Scopes(periods=await store.periods(tx), rayons=await store.rayons(tx))


@kpi.get("/kpi/periods")
async def compare_periods(
    *,
    context: Ctx,
    principal: Reader,
    first: Annotated[Period | None, Query(alias="from", description="Eleven before the last.")] = None,
    last: Annotated[Period | None, Query(alias="to", description="Included; the newest billed one.")] = None,
    rayon: Said = None,
    by: Annotated[Literal["rayon"] | None, Query(description="Each rayon apart.")] = None,
) -> Comparison:
    """Compare periods: billed, paid and collection rate of each, all together or by rayon."""
    async with context.db.tenant(principal.tenant_id) as tx:
        until, as_of = await _period(tx, last), await store.as_of(tx)
        if not until:
            return Comparison(items=[], data_as_of=as_of)
        since = first or after(until, -11)
        if since > until or after(since, MOST_PERIODS - 1) < until:
            raise wrong(
                "from", "periods_out_of_range", value=Month(since), bound=Month(until), most=MOST_PERIODS
            )
        rows = await store.by_period(tx, since, until, rayon, parted_by=by or "")
    return Comparison(items=[Figures.of(row, parted=by is not None) for row in rows], data_as_of=as_of)


@kpi.get("/kpi/rayons")
async def compare_rayons(context: Ctx, principal: Reader, period: Of = None) -> Comparison:
    """Compare the rayons in a period."""
    async with context.db.tenant(principal.tenant_id) as tx:
        of, as_of = await _period(tx, period), await store.as_of(tx)
        rows = await store.by_period(tx, of, of, None, parted_by="rayon")
    return Comparison(items=[Figures.of(row, parted=True) for row in rows], data_as_of=as_of)


@kpi.get("/kpi/daily")
async def follow_days(context: Ctx, principal: Reader, period: Of = None, rayon: Said = None) -> Days:
    """Return how a period is paid, day by day, against its target."""
    async with context.db.tenant(principal.tenant_id) as tx:
        of, as_of = await _period(tx, period), await store.as_of(tx)
        days = await store.daily(tx, of, rayon)
        billed = await store.by_period(tx, of, of, rayon)
    return Days.of(of or None, days, sum(row["target_minor"] for row in billed), as_of)


@kpi.get("/kpi/arrears")
async def get_arrears(context: Ctx, principal: Reader, period: Owed = None, rayon: Said = None) -> Ageing:
    """Return what is owed as of a period, by its age in days."""
    async with context.db.tenant(principal.tenant_id) as tx:
        newest, as_of = await store.newest_arrears(tx), await store.as_of(tx)
        of = period or newest or ""
        listed_on = await store.listed_on(tx, of)
        rows = await store.ageing(tx, of, rayon)
    return Ageing.of(of or None, rows, as_of, listed_on=listed_on, newest_period=newest)


async def _period(tx: Tx, asked: str | None) -> str:
    """Return the period asked for, else the newest billed one, "" when nothing was billed."""
    return asked or await store.newest_period(tx) or ""
