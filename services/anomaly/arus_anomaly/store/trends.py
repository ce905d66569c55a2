"""SQL of trends: how many current verdicts there are of each status, by period and by place or product."""

# ruff: noqa: S608 — what is spliced into the SQL is this module's own text

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal, LiteralString

from arus_runtime.periods import Period, Stretch
from arus_runtime.postgres import Tx
from psycopg.rows import class_row

By = Literal["location_id", "product_id"]

_START: Final[Mapping[Period, LiteralString]] = {
    "day": "business_date",
    "week": "date_trunc('week', business_date::timestamp)::date",
    "month": "date_trunc('month', business_date::timestamp)::date",
}


@dataclass(frozen=True, slots=True)
class Counted:
    """Current verdicts of one status within a period, of one series; series None: of all without their own.

    name: of the location or product, None while the catalogue has not told it.
    """

    start: date
    series: str | None
    name: str | None
    status: int
    verdicts: int


@dataclass(frozen=True, slots=True)
class Asked:
    """Which verdicts a trend counts. by: what each series is of; None: one series of everything, named ''."""

    period: Period
    dates: Stretch
    by: By | None
    location_id: str | None
    product_id: str | None
    within: Collection[str] | None

    def counts(self) -> tuple[LiteralString, dict[str, Any]]:
        """Return the query of verdicts per period, series and status, and its values.

        It goes from part to part along the index that holds what is asked for: by product and date unless
        locations are told apart or named.
        """
        values: dict[str, Any] = {"first": self.dates.first, "last": self.dates.last}
        here: list[LiteralString] = ["is_current", "business_date between %(first)s and %(last)s"]
        if self.within is not None:
            here.append("location_id = any(%(within)s)")
            values["within"] = list(self.within)
        if self.product_id is not None:
            here.append("product_id = %(product)s")
            values["product"] = self.product_id
        if self.location_id is not None:
            here.append("location_id = %(location)s")
            values["location"] = self.location_id
        series: LiteralString = self.by or "''::text"
        start = _START[self.period]
        where: LiteralString = " and ".join(here)
        if self.location_id is not None or self.product_id is not None:
            source: LiteralString = f"verdicts where {where}"
        else:
            # Each part of its own: what is between the dates of a tenant lies together in no index.
            part: LiteralString = (
                "location_id" if self.by == "location_id" or self.within is not None else "product_id"
            )
            source = f"""({_parts(part)}) part cross join lateral
                         (select * from verdicts where {part} = part.id and {where}) found"""
        return (
            f"""select {start} as start, {series} as series, status, count(*) as verdicts
                from {source} group by 1, 2, 3""",
            values,
        )


def _parts(column: By) -> LiteralString:
    """Return the query of the different locations or products, one look into the index for each."""
    return f"""
        with recursive next (id) as (
            (select {column} from verdicts where is_current order by {column} limit 1)
            union all
            select (select {column} from verdicts where is_current and {column} > next.id
                    order by {column} limit 1)
            from next where next.id is not null
        )
        select id from next where id is not null"""


async def counts(tx: Tx, asked: Asked, most: int) -> Sequence[Counted]:
    """Return how many verdicts there are per period, series and status, those with most alarms first.

    most: how many series are told apart; the others come together as one.
    """
    query, values = asked.counts()
    table: LiteralString = "products" if asked.by == "product_id" else "locations"
    rows = tx.cursor(row_factory=class_row(Counted))
    await rows.execute(
        f"""with counted as materialized ({query}), ranked as (
                select series, row_number() over (
                    order by sum(verdicts) filter (where status = 3) desc nulls last,
                             sum(verdicts) filter (where status = 2) desc nulls last,
                             sum(verdicts) desc, series
                ) as place
                from counted group by series
            ), told as (
                select start, case when place <= %(most)s then series end as series, status,
                       sum(verdicts)::bigint as verdicts,
                       min(case when place <= %(most)s then place else %(most)s + 1 end) as place
                from counted join ranked using (series) group by 1, 2, 3
            )
            select told.start, told.series, named.name, told.status, told.verdicts
            from told left join {table} named on named.id = told.series
            order by told.place, told.start, told.status""",
        {**values, "most": most},
        prepare=False,
    )
    return await rows.fetchall()
