"""SQL of verdicts.

Conditions are put together from what is asked, so that each question is planned with the index that fits it.
"""

# ruff: noqa: S608 — what is spliced into the SQL is this module's own text

from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import compress
from typing import Any, Final, LiteralString

from arus_runtime.postgres import Tx
from psycopg.rows import class_row, tuple_row

from arus_anomaly import codec
from arus_anomaly.rules.backtest import Judged
from arus_anomaly.rules.fuel import Status, counted
from arus_anomaly.rules.thresholds import Scope, Thresholds
from arus_anomaly.state import WINDOW_DAYS, WINDOW_FACTS, Fact

MOST_REVISIONS: Final = 100
CHUNK: Final = 2_000
_STATUSES: Final = tuple(Status)
"""By number: to call the enum would cost more than the rest of a fact's reading."""

_STORED: Final = """
    v.fact_id, v.business_date, v.status, v.judged_at, v.is_current, v.value,
    v.location_id, l.name as location_name, v.product_id, p.name as product_name"""
_NAMES: Final = """
    left join locations l on l.tenant_id = v.tenant_id and l.id = v.location_id
    left join products p on p.tenant_id = v.tenant_id and p.id = v.product_id"""

# Each step looks up the next product in the index: as many looks as there are products, whatever the history.
_PRODUCTS: Final = """
    with recursive next (id) as (
        (select product_id from verdicts where is_current order by product_id limit 1)
        union all
        select (select product_id from verdicts where is_current and product_id > next.id
                order by product_id limit 1)
        from next where next.id is not null
    )
    select id from next where id is not null"""
_LOCATIONS: Final = """
    with recursive next (id) as (
        (select location_id from verdicts where is_current and location_id >= %(first)s
         order by location_id limit 1)
        union all
        select (select location_id from verdicts where is_current and location_id > next.id
                order by location_id limit 1)
        from next where next.id is not null
    )
    select id from next where id is not null order by id"""
_AT: Final = "location_id = any(%(locations)s)"
_ALARMING: Final[Mapping[frozenset[int], LiteralString]] = {
    frozenset((2, 3)): "status > 1",
    frozenset((3,)): "status > 2",
    frozenset((2,)): "status > 1 and status < 3",
}
"""Statuses that the small index of those that need a person answers, said so that the planner sees it."""


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
    rows = tx.cursor(row_factory=class_row(Stored))
    await rows.execute(
        f"""select {_STORED} from ({_found(asked, conditions)}) v {_NAMES}
            order by v.business_date desc, v.fact_id desc""",
        {**values, "limit": limit},
    )
    return await rows.fetchall()


def _found(asked: Asked, conditions: Sequence[LiteralString]) -> LiteralString:
    """Return the query of the newest verdicts: along one index, or the newest of each part, merged.

    One condition for all parts would read the whole tenant by date until enough are found.
    """
    scoped: Sequence[LiteralString] = () if asked.locations is None else (_AT,)
    newest_first: LiteralString = "order by business_date desc, fact_id desc limit %(limit)s"
    if asked.product_id is not None:
        return f"select * from verdicts where {' and '.join([*conditions, *scoped])} {newest_first}"
    if asked.locations is None or frozenset(asked.statuses) in _ALARMING:
        parts: LiteralString = f"({_PRODUCTS}) product"
        of_part: Sequence[LiteralString] = ("product_id = product.id", *conditions, *scoped)
    else:
        parts = "unnest(%(locations)s::text[]) as place (id)"
        of_part = ("location_id = place.id", *conditions)
    return f"""select found.* from {parts} cross join lateral
               (select * from verdicts where {" and ".join(of_part)} {newest_first}) found {newest_first}"""


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


async def of_facts(tx: Tx, fact_ids: Collection[str]) -> Sequence[Stored]:
    """Return the current verdicts on facts, newest first."""
    rows = tx.cursor(row_factory=class_row(Stored))
    await rows.execute(
        f"""select {_STORED} from (select * from verdicts where is_current and fact_id = any(%(facts)s)) v
            {_NAMES} order by v.business_date desc, v.fact_id desc""",
        {"facts": list(fact_ids)},
    )
    return await rows.fetchall()


async def looked_back_on(
    tx: Tx, verdict: Stored, by: Thresholds, confirmed: Collection[bytes]
) -> Sequence[Stored]:
    """Return the current verdicts of the facts that a fact's baseline is the mean of, newest first.

    confirmed: ids of the anomalies that it is judged without.
    """
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
            "facts": WINDOW_FACTS + len(confirmed),
        },
    )
    found = [row for row in await rows.fetchall() if codec.ulid_bytes(row.fact_id) not in confirmed]
    found = found[:WINDOW_FACTS]
    days = [row.business_date.toordinal() for row in found]
    return list(compress(found, counted(days, verdict.business_date.toordinal(), by)))


async def lies_behind(tx: Tx, verdict: Stored, count: int) -> bool:
    """Say whether so many current facts of the same location and product stand behind one."""
    rows = tx.cursor(row_factory=tuple_row)
    await rows.execute(
        """select count(*) from (
               select from verdicts
               where is_current and location_id = %(location)s and product_id = %(product)s
                 and (business_date, fact_id) > (%(date)s, %(fact)s) limit %(count)s) x""",
        {
            "location": verdict.location_id,
            "product": verdict.product_id,
            "date": verdict.business_date,
            "fact": verdict.fact_id,
            "count": count,
        },
    )
    found = await rows.fetchone()
    return found == (count,)


async def counts(tx: Tx, asked: Asked) -> Mapping[int, int]:
    """Return how many current verdicts there are, by status."""
    conditions, values = _conditions(asked)
    if asked.locations is not None:
        conditions.append(_AT)
    here = " and ".join(conditions)
    source: LiteralString = f"verdicts where {here}"
    if asked.locations is None and asked.product_id is None:
        source = f"""({_PRODUCTS}) product cross join lateral
                     (select status from verdicts where product_id = product.id and {here}) found"""
    rows = tx.cursor(row_factory=tuple_row)
    await rows.execute(f"select status, count(*) from {source} group by status", values)
    return dict(await rows.fetchall())


async def every(tx: Tx, asked: Asked, most: int | None = None) -> AsyncGenerator[Sequence[Stored]]:
    """Yield current verdicts, newest business date first, some thousands at a time; None: all."""
    conditions, values = _conditions(asked)
    if asked.locations is not None:
        conditions.append(_AT)
    async with tx.cursor("verdicts", row_factory=class_row(Stored)) as rows:
        await rows.execute(
            f"""select {_STORED}
                from (select * from verdicts where {" and ".join(conditions)}
                      order by business_date desc, fact_id desc limit %(limit)s) v {_NAMES}
                order by v.business_date desc, v.fact_id desc""",
            {**values, "limit": most},
        )
        while found := await rows.fetchmany(CHUNK):
            yield found


def _conditions(asked: Asked) -> tuple[list[LiteralString], dict[str, Any]]:
    """Return what must hold of every verdict asked for, but for its location, and the values of that."""
    alarming = _ALARMING.get(frozenset(asked.statuses))
    conditions: list[LiteralString] = ["is_current", *([alarming] if alarming else [])]
    possible: Sequence[tuple[LiteralString, str, Any]] = (
        ("status = any(%(statuses)s)", "statuses", None if alarming else list(asked.statuses) or None),
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
    if asked.locations is not None:
        values["locations"] = list(asked.locations)
    return conditions, values


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which judged facts are looked at again, with those that the first ones look back on.

    begin: the location and the day to begin at, when what comes before was looked at already.
    """

    scope: Scope
    within: Collection[str] | None
    since: date
    until: date
    begin: tuple[str, date] | None = None

    @property
    def _where(self) -> tuple[LiteralString, dict[str, Any]]:
        where: LiteralString = """
             is_current and domain = 'fuel' and business_date between %(since)s and %(until)s
             and (%(location)s = '' or location_id = %(location)s)
             and (%(product)s = '' or product_id = %(product)s)
             and (%(within)s::text[] is null or location_id = any(%(within)s))"""
        return where, {
            "since": _looked_back_from(self.since),
            "until": self.until,
            "location": self.scope.location_id,
            "product": self.scope.product_id,
            "within": None if self.within is None else list(self.within),
        }

    async def size(self, tx: Tx, most: int) -> int:
        """Return how many facts there are, counted up to most + 1."""
        where, values = self._where
        rows = tx.cursor(row_factory=tuple_row)
        await rows.execute(
            f"select count(*) from (select from verdicts where {where} limit %(most)s) x",
            {**values, "most": most + 1},
        )
        found = await rows.fetchone()
        assert found is not None
        return found[0]

    async def chunks(self, tx: Tx) -> AsyncGenerator[Sequence[Judged]]:
        """Yield the facts, some thousands at a time: location by location, in order of date and id.

        Each location is read along its own index, so that a reader who stops has read no further.
        """
        for location_id in await self._locations(tx):
            where, values = self._where
            values["location"] = location_id
            if self.begin and self.begin[0] == location_id:
                values["since"] = max(values["since"], _looked_back_from(self.begin[1]))
            async with tx.cursor("judged", row_factory=tuple_row) as rows:
                await rows.execute(
                    f"""select product_id, business_date, fact_id, status, value from verdicts
                        where {where} order by location_id, business_date, fact_id""",
                    values,
                )
                while found := await rows.fetchmany(CHUNK):
                    yield [
                        Judged(
                            location_id,
                            product_id,
                            Fact(day.toordinal(), codec.ulid_bytes(fact_id), codec.volume_ul(value)),
                            _STATUSES[status],
                        )
                        for product_id, day, fact_id, status, value in found
                    ]

    async def _locations(self, tx: Tx) -> Sequence[str]:
        rows = tx.cursor(row_factory=tuple_row)
        await rows.execute(_LOCATIONS, {"first": self.begin[0] if self.begin else ""})
        found = [location_id for (location_id,) in await rows.fetchall()]
        if self.scope.location_id:
            return [one for one in found if one == self.scope.location_id]
        return found if self.within is None else [one for one in found if one in self.within]


def _looked_back_from(day: date) -> date:
    return date.fromordinal(max(day.toordinal() - WINDOW_DAYS, 1))
