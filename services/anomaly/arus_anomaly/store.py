"""SQL of verdicts, inside one tenant's transaction: row-level security adds the tenant to every read.

Conditions are put together from what is asked, so that each question is planned with the index that fits it.
"""

# ruff: noqa: S608 — what is spliced into the SQL is this module's own text

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, LiteralString

from arus_runtime.postgres import Tx
from psycopg.rows import class_row, tuple_row

from arus_anomaly.state import WINDOW_DAYS, WINDOW_FACTS

MOST_REVISIONS: Final = 100

_STORED: Final = """
    v.fact_id, v.business_date, v.status, v.judged_at, v.is_current, v.value,
    v.location_id, l.name as location_name, v.product_id, p.name as product_name"""
_NAMES: Final = """
    left join locations l on l.tenant_id = v.tenant_id and l.id = v.location_id
    left join products p on p.tenant_id = v.tenant_id and p.id = v.product_id"""


@dataclass(frozen=True, slots=True)
class Stored:
    """A verdict as it lies there. value: the event that told it."""

    fact_id: str
    business_date: date
    status: int
    judged_at: datetime
    is_current: bool
    value: bytes
    location_id: str
    location_name: str | None
    product_id: str
    product_name: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Which verdicts are asked for; None: any."""

    domain: str | None = None
    statuses: Collection[int] = ()
    locations: Collection[str] | None = None
    product_id: str | None = None
    since: date | None = None
    until: date | None = None


async def newest(tx: Tx, asked: Asked, after: tuple[date, str] | None, limit: int) -> Sequence[Stored]:
    """Return current verdicts, newest business date first. after: date and fact id of the last one seen."""
    conditions, values = _conditions(asked)
    if after:
        conditions.append("(business_date, fact_id) < (%(after_date)s, %(after_fact)s)")
        values |= {"after_date": after[0], "after_fact": after[1]}
    source: LiteralString = f"""
        (select * from verdicts where {" and ".join(conditions)}
         order by business_date desc, fact_id desc limit %(limit)s)"""
    if asked.locations is not None:
        # The newest of each place, and of those the newest: one condition for all would read them whole.
        source = f"""
            (select found.* from unnest(%(locations)s::text[]) as place (id) cross join lateral
             (select * from verdicts where location_id = place.id and {" and ".join(conditions)}
              order by business_date desc, fact_id desc limit %(limit)s) found
             order by business_date desc, fact_id desc limit %(limit)s)"""
        values["locations"] = list(asked.locations)
    rows = tx.cursor(row_factory=class_row(Stored))
    await rows.execute(
        f"select {_STORED} from {source} v {_NAMES} order by v.business_date desc, v.fact_id desc",
        {**values, "limit": limit},
    )
    return await rows.fetchall()


async def revisions(tx: Tx, fact_id: str, within: Collection[str] | None) -> Sequence[Stored]:
    """Return a fact's verdict and what was said before it, newest first; once withdrawn, none is current."""
    conditions: list[LiteralString] = ["fact_id = %(id)s"]
    if within is not None:
        conditions.append("location_id = any(%(within)s)")
    where = " and ".join(conditions)
    rows = tx.cursor(row_factory=class_row(Stored))
    await rows.execute(
        f"""select {_STORED}
            from (select * from verdicts where is_current and {where}
                  union all
                  select * from verdicts where not is_current and status > 0 and {where}) v {_NAMES}
            order by v.is_current desc, v.judged_at desc, v.src_off desc, v.src_idx desc limit %(limit)s""",
        {"id": fact_id, "within": list(within or ()), "limit": MOST_REVISIONS + 1},
    )
    return await rows.fetchall()


async def looked_back_on(tx: Tx, verdict: Stored) -> Sequence[Stored]:
    """Return the current verdicts of the facts that a fact's baseline is the mean of, newest first."""
    rows = tx.cursor(row_factory=class_row(Stored))
    await rows.execute(
        f"""select {_STORED}
            from (select * from verdicts
                  where is_current and location_id = %(location)s and product_id = %(product)s
                    and (business_date, fact_id) < (%(date)s, %(fact)s)
                    and business_date >= %(date)s - %(days)s::int
                  order by business_date desc, fact_id desc limit %(facts)s) v {_NAMES}
            order by v.business_date desc, v.fact_id desc""",
        {
            "location": verdict.location_id,
            "product": verdict.product_id,
            "date": verdict.business_date,
            "fact": verdict.fact_id,
            "days": WINDOW_DAYS,
            "facts": WINDOW_FACTS,
        },
    )
    return await rows.fetchall()


async def counts(tx: Tx, asked: Asked) -> Mapping[int, int]:
    """Return how many current verdicts there are, by status."""
    conditions, values = _conditions(asked)
    if asked.locations is not None:
        conditions.append("location_id = any(%(locations)s)")
        values["locations"] = list(asked.locations)
    rows = tx.cursor(row_factory=tuple_row)
    await rows.execute(
        f"select status, count(*) from verdicts where {' and '.join(conditions)} group by status", values
    )
    return dict(await rows.fetchall())


def _conditions(asked: Asked) -> tuple[list[LiteralString], dict[str, Any]]:
    # "status > 1" lets the small index of those that need a person answer.
    alarming = bool(asked.statuses) and min(asked.statuses) > 1
    conditions: list[LiteralString] = ["is_current and status > 1" if alarming else "is_current"]
    possible: Sequence[tuple[LiteralString, str, Any]] = (
        ("status = any(%(statuses)s)", "statuses", list(asked.statuses) or None),
        ("domain = %(domain)s", "domain", asked.domain),
        ("product_id = %(product)s", "product", asked.product_id),
        ("business_date >= %(since)s", "since", asked.since),
        ("business_date <= %(until)s", "until", asked.until),
    )
    values: dict[str, Any] = {}
    for condition, name, value in possible:
        if value is not None:
            conditions.append(condition)
            values[name] = value
    return conditions, values
