"""SQL of verdicts, inside one tenant's transaction: row-level security adds the tenant to every read.

Conditions are put together from what is asked, so that each question is planned with the index that fits it.
"""

# ruff: noqa: S608 — what is spliced into the SQL is this module's own text

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, LiteralString
from uuid import UUID

from arus_runtime.postgres import Tx
from psycopg.rows import class_row

from arus_anomaly.state import WINDOW_DAYS, WINDOW_FACTS

MOST_REVISIONS: Final = 100

_STORED: Final = """
    v.verdict_id, v.fact_id, v.business_date, v.status, v.judged_at, v.is_current, v.value,
    v.location_id, l.name as location_name, v.product_id, p.name as product_name"""
_NAMES: Final = """
    left join locations l on l.tenant_id = v.tenant_id and l.id = v.location_id
    left join products p on p.tenant_id = v.tenant_id and p.id = v.product_id"""


@dataclass(frozen=True, slots=True)
class Stored:
    """A verdict as it lies there. value: the event that told it."""

    verdict_id: bytes
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
    """Which verdicts are asked for; None: any. within: locations the caller may see."""

    domain: str | None = None
    statuses: Collection[int] = ()
    location_id: str | None = None
    product_id: str | None = None
    since: date | None = None
    until: date | None = None
    within: Collection[str] | None = None


async def newest(tx: Tx, asked: Asked, after: tuple[date, str] | None, limit: int) -> Sequence[Stored]:
    """Return current verdicts, newest business date first. after: date and fact id of the last one seen."""
    conditions, values = _conditions(asked)
    if after:
        conditions.append("(business_date, fact_id) < (%(after_date)s, %(after_fact)s)")
        values |= {"after_date": after[0], "after_fact": after[1]}
    rows = tx.cursor(row_factory=class_row(Stored))
    await rows.execute(
        f"""select {_STORED}
            from (select * from verdicts where {" and ".join(conditions)}
                  order by business_date desc, fact_id desc limit %(limit)s) v {_NAMES}
            order by v.business_date desc, v.fact_id desc""",
        {**values, "limit": limit},
    )
    return await rows.fetchall()


async def revisions(tx: Tx, verdict_id: UUID, within: Collection[str] | None) -> Sequence[Stored]:
    """Return a verdict and what was said before it, newest first. The first is not current once withdrawn."""
    conditions: list[LiteralString] = ["verdict_id = %(id)s"]
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
        {"id": verdict_id.bytes, "within": list(within or ()), "limit": MOST_REVISIONS + 1},
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
    rows = await tx.execute(
        f"select status, count(*) as total from verdicts where {' and '.join(conditions)} group by status",
        values,
    )
    return {row["status"]: row["total"] async for row in rows}


def _conditions(asked: Asked) -> tuple[list[LiteralString], dict[str, Any]]:
    # "status > 1" lets the small index of those that need a person answer.
    alarming = bool(asked.statuses) and min(asked.statuses) > 1
    conditions: list[LiteralString] = ["is_current and status > 1" if alarming else "is_current"]
    possible: Sequence[tuple[LiteralString, str, Any]] = (
        ("status = any(%(statuses)s)", "statuses", list(asked.statuses) or None),
        ("domain = %(domain)s", "domain", asked.domain),
        ("location_id = %(location)s", "location", asked.location_id),
        ("product_id = %(product)s", "product", asked.product_id),
        ("business_date >= %(since)s", "since", asked.since),
        ("business_date <= %(until)s", "until", asked.until),
        ("location_id = any(%(within)s)", "within", None if asked.within is None else list(asked.within)),
    )
    values: dict[str, Any] = {}
    for condition, name, value in possible:
        if value is not None:
            conditions.append(condition)
            values[name] = value
    return conditions, values
