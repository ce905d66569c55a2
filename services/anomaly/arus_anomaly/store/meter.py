"""SQL of verdicts on billing periods."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from arus_runtime.postgres import Tx
from psycopg.rows import class_row, tuple_row

from arus_anomaly.codec.meter import BIT, bits
from arus_anomaly.rules.meter import Kind, Tag
from arus_anomaly.rules.meter.opinions import PEERS_NEEDED

_NEWEST: Final = """
select coalesce(
    (select max(period) from meter_verdicts where is_current and is_read),
    (select max(period) from meter_verdicts where is_current)) as period
"""
_LAST: Final = "select max(period) as period from meter_verdicts where is_current"
# One look into the index per period, not one per customer and period.
_PERIODS: Final = f"""
with recursive known as (
  {_LAST}
  union all
  select ({_LAST} and period < known.period) from known where period is not null
)
select period from known where period is not null order by period desc
"""  # noqa: S608 - our own text
_COUNTS: Final = f"""
select {", ".join(f"count(*) filter (where kinds & {BIT[one]} > 0) as {one}" for one in Kind)},
  {", ".join(f'count(*) filter (where tags & {BIT[one]} > 0) as "{one}"' for one in Tag)},
  count(*) filter (where kinds > 0) as customers, count(*) filter (where is_skipped) as skipped,
  count(*) filter (where is_read) as judged, max(judged_at) as judged_at
from meter_verdicts
where is_current and period = %(period)s and (%(rayon)s::text is null or rayon = %(rayon)s)
"""  # noqa: S608 - our own names
_ASKED: Final = """
from meter_verdicts
where is_current and period = %(period)s
  and (%(kinds)s = 0 or kinds & %(kinds)s > 0) and (%(tags)s = 0 or tags & %(tags)s > 0)
  and (%(rayon)s::text is null or rayon = %(rayon)s)
"""
_FOUND: Final = f"""
select nomen, period, judged_at, value {_ASKED} and (%(after)s::text is null or nomen > %(after)s)
order by nomen limit %(limit)s
"""
_PEERS: Final = """
select asked.period, percentile_cont(0.5) within group (order by peer.movement) as moved
from unnest(%(periods)s::text[]) as asked (period)
cross join lateral (
  select movement from meter_verdicts
  where is_current and movement is not null and period = asked.period and usage_class = %(class)s
    and (%(rayon)s::text is null or rayon = %(rayon)s) and nomen <> %(nomen)s
  order by rayon, nomen limit %(most)s) peer
group by asked.period having count(*) >= %(needed)s
"""
_OF: Final = """
select nomen, period, judged_at, value from meter_verdicts
where is_current and nomen = %s order by period desc
"""


CHUNK: Final = 2_000
PEERS: Final = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """Which verdicts are asked for. rayon: None for any.

    kinds, tags: any of each holds; where neither is asked for, any kind.
    """

    period: str
    kinds: Sequence[Kind]
    rayon: str | None
    tags: Sequence[Tag] = ()

    def values(self) -> dict[str, Any]:
        """Return the parameters of the SQL that finds them."""
        kinds = self.kinds or (() if self.tags else Kind)
        return {
            "period": self.period,
            "kinds": bits(kinds),
            "tags": bits(self.tags),
            "rayon": self.rayon,
        }


@dataclass(frozen=True, slots=True)
class StoredMeter:
    """A verdict on a billing period as it lies there. value: the event that told it."""

    nomen: str
    period: str
    judged_at: datetime
    value: bytes


async def newest_period(tx: Tx) -> str | None:
    """Return the newest period of which reads were judged, else of which anything is said."""
    row = await (await tx.execute(_NEWEST)).fetchone()
    return row["period"] if row else None


async def periods(tx: Tx) -> list[str]:
    """Return every period of which anything is said, newest first."""
    return [row["period"] async for row in await tx.execute(_PERIODS.encode())]


async def counts(tx: Tx, period: str, rayon: str | None) -> Mapping[str, Any]:
    """Return how many customers each kind and tag holds of in a period, how many any kind, unread, judged."""
    row = await (
        await tx.execute(_COUNTS.encode(), {"period": period, "rayon": rayon}, prepare=False)
    ).fetchone()
    assert row is not None
    return row


async def found(tx: Tx, asked: Asked, after: str | None, limit: int) -> Sequence[StoredMeter]:
    """Return verdicts that are asked for, by customer. after: the last one seen."""
    rows = tx.cursor(row_factory=class_row(StoredMeter))
    await rows.execute(_FOUND.encode(), {**asked.values(), "after": after, "limit": limit}, prepare=False)
    return await rows.fetchall()


async def size(tx: Tx, asked: Asked) -> int:
    """Return how many verdicts are asked for."""
    row = await (await tx.execute(f"select count(*) as found {_ASKED}".encode(), asked.values())).fetchone()
    assert row is not None
    return row["found"]


async def every(tx: Tx, asked: Asked, most: int) -> AsyncGenerator[Sequence[StoredMeter]]:
    """Yield verdicts that are asked for, by customer, some thousands at a time."""
    async with tx.cursor("meter_verdicts", row_factory=class_row(StoredMeter)) as rows:
        await rows.execute(_FOUND.encode(), {**asked.values(), "after": None, "limit": most})
        while found := await rows.fetchmany(CHUNK):
            yield found


async def movements(
    tx: Tx, nomen: str, usage_class: str, rayon: str, periods: Sequence[str]
) -> Mapping[str, float]:
    """Return the median movement of a customer's peers in periods: of its class in its rayon, else anywhere.

    At most PEERS of them are asked; a period with too few is absent.
    """
    rows, found = tx.cursor(row_factory=tuple_row), dict[str, float]()
    for place in (rayon, None):
        asked = {
            "periods": [period for period in periods if period not in found],
            "class": usage_class,
            "rayon": place,
            "nomen": nomen,
            "most": PEERS,
            "needed": PEERS_NEEDED,
        }
        await rows.execute(_PEERS, asked, prepare=False)
        found |= dict(await rows.fetchall())
    return found


async def of_customer(tx: Tx, nomen: str) -> Sequence[StoredMeter]:
    """Return what is said of each period of a customer, newest first."""
    rows = tx.cursor(row_factory=class_row(StoredMeter))
    await rows.execute(_OF, (nomen,))
    return await rows.fetchall()
