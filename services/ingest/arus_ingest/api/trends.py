"""REST route of how fuel use changes over time: /fuel/trends."""

from typing import Annotated, Final, Literal

from arus_runtime.auth import Principal, require
from arus_runtime.ids import ULID_PATTERN
from arus_runtime.web import Compared, Ctx, router
from fastapi import Depends, Query

from arus_ingest.schemas.trends import By, Trend
from arus_ingest.store.fuel import UseAsked
from arus_ingest.trends import trend

routes = router("fuel")

MOST_SERIES: Final = 50
COLUMN: Final[dict[By, Literal["location_id", "product_id"] | None]] = {
    "none": None,
    "location": "location_id",
    "product": "product_id",
}


@routes.get("/fuel/trends")
async def show_fuel_trends(
    *,
    context: Ctx,
    asked: Compared,
    principal: Annotated[Principal, Depends(require("fuel.transactions", "r"))],
    by: Annotated[By, Query(description="What each series is of; none: one series of everything.")] = "none",
    location_id: Annotated[str | None, Query(pattern=ULID_PATTERN)] = None,
    product_id: Annotated[str | None, Query(pattern=ULID_PATTERN)] = None,
    top: Annotated[
        int, Query(ge=1, le=MOST_SERIES, description="Most series of their own; the rest is one more.")
    ] = 8,
) -> Trend:
    """Show fuel use by day, ISO week or month: standing records, as corrected, within the caller's locations.

    At most 4,000 points: series (top and the rest) × periods.
    """
    span = asked.of(1 if by == "none" else top + 1)
    which = UseAsked(span.period, COLUMN[by], location_id, product_id, principal.locations)
    async with context.db.tenant(principal.tenant_id) as tx:
        series = await trend(tx, span, which, top)
    return Trend.of(span, by, series)
