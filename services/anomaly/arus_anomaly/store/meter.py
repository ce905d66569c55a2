"""SQL of verdicts on billing periods."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from arus_runtime.postgres import Tx
from psycopg.rows import class_row

from arus_anomaly.codec.meter import BIT
from arus_anomaly.rules.meter import Kind

_NEWEST: Final = "select max(period) as period from meter_verdicts where is_current"
_COUNTS: Final = f"""
select {", ".join(f"count(*) filter (where kinds & {bit} > 0) as {kind}" for kind, bit in BIT.items())},
  count(*) filter (where kinds > 0) as customers, count(*) as judged, max(judged_at) as judged_at
from meter_verdicts
where is_current and period = %(period)s and (%(rayon)s::text is null or rayon = %(rayon)s)
"""  # noqa: S608 - our own names
_FOUND: Final = """
select nomen, period, judged_at, value from meter_verdicts
where is_current and (%(period)s::text is null or period = %(period)s) and kinds & %(kinds)s > 0
  and (%(rayon)s::text is null or rayon = %(rayon)s)
  and (%(after)s::text is null or nomen > %(after)s)
order by nomen limit %(limit)s
"""
_OF: Final = """
select nomen, period, judged_at, value from meter_verdicts
where is_current and nomen = %s order by period desc
"""


@dataclass(frozen=True, slots=True)
class StoredMeter:
    """A verdict on a billing period as it lies there. value: the event that told it."""

    nomen: str
    period: str
    judged_at: datetime
    value: bytes


async def newest_period(tx: Tx) -> str | None:
    """Return the newest period that was judged."""
    row = await (await tx.execute(_NEWEST)).fetchone()
    return row["period"] if row else None


async def counts(tx: Tx, period: str, rayon: str | None) -> Mapping[str, Any]:
    """Return how many customers each kind holds of in a period, how many any, and how many were judged."""
    row = await (
        await tx.execute(_COUNTS.encode(), {"period": period, "rayon": rayon}, prepare=False)
    ).fetchone()
    assert row is not None
    return row


async def found(
    tx: Tx, period: str, kinds: Sequence[Kind], rayon: str | None, after: str | None, *, limit: int
) -> Sequence[StoredMeter]:
    """Return verdicts of a period of which any of some kinds holds, by customer."""
    rows = tx.cursor(row_factory=class_row(StoredMeter))
    bits = sum(BIT[kind] for kind in kinds or Kind)
    values = {"period": period, "kinds": bits, "rayon": rayon, "after": after, "limit": limit}
    await rows.execute(_FOUND, values, prepare=False)
    return await rows.fetchall()


async def of_customer(tx: Tx, nomen: str) -> Sequence[StoredMeter]:
    """Return what is said of each period of a customer, newest first."""
    rows = tx.cursor(row_factory=class_row(StoredMeter))
    await rows.execute(_OF, (nomen,))
    return await rows.fetchall()
