"""Aggregated views: /views."""

from datetime import date
from typing import Annotated, Any

from arus_contracts import reading
from arus_runtime.auth import Principal, require
from arus_runtime.web import Ctx, router
from arus_runtime.web.spans import Day
from arus_runtime.words import Language, language_of
from fastapi import Depends, Query
from pydantic import BaseModel

from arus_gateway import codec, views
from arus_gateway.api.auth import Speaks
from arus_gateway.callers import Caller
from arus_gateway.door import CallerOf, Door, DoorOf
from arus_gateway.views import Overview

routes = router("views")

Reader = Annotated[Principal, Depends(require("views", "r"))]


class VerdictCounts(BaseModel):
    """Current verdicts of the span, by status."""

    normal: int
    waspada: int
    anomali: int


class RecordName(BaseModel):
    """A record of the catalogue."""

    id: str
    name: str


class ReasonTold(BaseModel):
    """Why a verdict was reached."""

    code: str
    params: dict[str, Any]
    text: str


class MilderTold(BaseModel):
    """The litres that would have been judged milder, both ends included, to the microlitre."""

    status: str
    at_least: str | None
    at_most: str
    reason: ReasonTold


class Newest(BaseModel):
    """A verdict that needs a person."""

    id: str
    domain: str
    location: RecordName
    product: RecordName
    date: str
    volume: str
    baseline: str | None
    risk_score: str | None
    status: str
    reason: ReasonTold
    milder: list[MilderTold]
    fact_id: str


class FuelDay(BaseModel):
    """Fuel used on one business date."""

    date: str
    transactions: int
    volume_l: str


class FuelUse(BaseModel):
    """Fuel used in the span."""

    transactions: int
    volume_l: str
    days: list[FuelDay]


class Places(BaseModel):
    """How many locations there are."""

    active: int
    total: int


class OverviewOut(BaseModel):
    """What one organisation needs to see first; a part that did not answer is null and named in missing."""

    from_date: date
    to_date: date
    partial: bool
    missing: list[str]
    verdicts: VerdictCounts | None
    newest: list[Newest] | None
    fuel: FuelUse | None
    locations: Places | None


@routes.get("/views/overview")
async def overview(
    *,
    principal: Reader,
    caller: CallerOf,
    context: Ctx,
    door: DoorOf,
    from_date: Annotated[
        Day | None, Query(alias="from", description="First date; default 29 days before to.")
    ] = None,
    to_date: Annotated[Day | None, Query(alias="to", description="Last date; default today.")] = None,
    speaks: Speaks = None,
) -> OverviewOut:
    """Return use, verdicts and places of the organisation at a glance."""
    start, end = views.span(from_date, to_date)
    seen = await views.overview(context.peers, principal, start, end)
    language = language_of(speaks) if speaks else principal.language
    return await _out(seen, door, caller, language)


async def _out(seen: Overview, door: Door, caller: Caller, language: Language) -> OverviewOut:
    verdicts, use, places = seen.anomalies, seen.fuel, seen.locations
    return OverviewOut(
        from_date=seen.from_date,
        to_date=seen.to_date,
        partial=bool(seen.missing),
        missing=seen.missing,
        verdicts=VerdictCounts(normal=verdicts.normal, waspada=verdicts.waspada, anomali=verdicts.anomali)
        if verdicts
        else None,
        newest=await _newest(verdicts.newest, door, caller.grant.tenant_id, language) if verdicts else None,
        fuel=FuelUse(
            transactions=use.transactions,
            volume_l=reading.plain(reading.litres(use.volume_ul)),
            days=[
                FuelDay(
                    date=day.business_date,
                    transactions=day.transactions,
                    volume_l=reading.plain(reading.litres(day.volume_ul)),
                )
                for day in use.days
            ],
        )
        if use
        else None,
        locations=Places(active=places.active, total=places.total) if places else None,
    )


async def _newest(verdicts: Any, door: Door, tenant_id: str, language: Language) -> list[Newest]:
    out: list[Newest] = []
    for verdict in verdicts:
        known = {
            verdict.location_id: await door.names.name(tenant_id, "locations", verdict.location_id),
            verdict.product_id: await door.names.name(tenant_id, "products", verdict.product_id),
        }
        out.append(Newest.model_validate(codec.item(verdict, "", known, language)))
    return out
