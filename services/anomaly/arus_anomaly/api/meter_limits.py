"""REST routes of what register reads are judged by: /thresholds/meter."""

import datetime as dt
from typing import Annotated

from arus_runtime.auth import Principal, require, require_everywhere
from arus_runtime.commands import Commanded
from arus_runtime.web import Ctx, Page, Paging, router
from fastapi import Depends, Query, Response

from arus_anomaly.codec import milliseconds
from arus_anomaly.commands import thresholds as commands
from arus_anomaly.rules.meter.limits import EVERY_CLASS, EVERY_SIZE, size_of, version_holding
from arus_anomaly.schemas.meter_limits import (
    EffectiveMeterLimits,
    EffectiveMeterLimitsList,
    MeterLimitsVersion,
    NewMeterLimits,
)
from arus_anomaly.store import meter_limits as store

routes = router("thresholds")

Reader = Annotated[Principal, Depends(require("thresholds", "r"))]


@routes.get("/thresholds/meter")
async def list_meter_limits(
    context: Ctx,
    window: Paging,
    principal: Reader,
    usage_class: Annotated[
        str | None, Query(max_length=40, description="A tariff class; empty: every class without its own.")
    ] = None,
    meter_size: Annotated[
        str | None, Query(max_length=40, description="A meter size; empty: every size without its own.")
    ] = None,
) -> Page[MeterLimitsVersion]:
    """List versions of limits, planned ones first, then those that hold or held, newest first."""
    of_class = None if usage_class is None else usage_class.strip().upper()
    of_size = None if meter_size is None else size_of(meter_size)
    async with context.db.tenant(principal.tenant_id) as tx:
        rows = await store.versions(tx, of_class, of_size, window.after(dt.datetime, str), window.fetch)
    return window.page(rows, MeterLimitsVersion.of, lambda row: (row.valid_from, row.version.id))


@routes.get("/thresholds/meter/effective")
async def list_effective_meter_limits(context: Ctx, principal: Reader) -> EffectiveMeterLimitsList:
    """Show what register reads are judged by now: all, and each class and size that was given its own."""
    async with context.db.tenant(principal.tenant_id) as tx:
        of, now = await store.in_force(tx, principal.tenant_id)
    return EffectiveMeterLimitsList(
        items=[
            EffectiveMeterLimits.of(*scope, version_holding(of, *scope, milliseconds(now)))
            for scope in sorted({(EVERY_CLASS, EVERY_SIZE), *of})
        ]
    )


@routes.post(
    "/thresholds/meter",
    status_code=201,
    response_model=MeterLimitsVersion,
    dependencies=[Depends(require_everywhere("thresholds", "c"))],
)
async def set_meter_limits(new: NewMeterLimits, command: Commanded) -> Response:
    """Set what register reads are judged by from a time on. What was said of earlier ones stays."""
    draft = commands.meter_limits(new)
    async with command.transaction() as tx:
        version_id = await commands.set_meter_limits(tx, command.principal, draft, new.valid_from)
        return await command.answer(tx, 201, MeterLimitsVersion.of(await store.version(tx, version_id)))
