"""However many verdicts a tenant has, a page of them reads a page: the plans of the store on a big table."""

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, Self

import psycopg
import pytest
from arus_anomaly import store
from arus_anomaly.rules.fuel import Status
from arus_anomaly.rules.thresholds import Scope
from arus_anomaly.state import WINDOW_DAYS
from arus_anomaly.store.verdicts import Asked, Stretch
from arus_runtime.context import Context
from arus_stack.testing import ServiceDatabase

pytestmark = pytest.mark.integration

VERDICTS = 200_000
LIMIT = 51
TENANT = "T1"
PLACES = [f"L{number:02}" for number in range(40)]
RARE = "P9"
"""A product that was used five times, before everything else."""
FILL = """
insert into verdicts (src_part, src_off, src_idx, is_current, tenant_id, fact_id, location_id, product_id,
                      domain, business_date, status, judged_at, value)
select 0, n, 0, true, 'T' || n %% 2, lpad(n::text, 26, '0'), 'L' || lpad((n / 2 %% 40)::text, 2, '0'),
       case when n <= 10 then 'P9' else 'P' || n / 80 %% 4 end, 'fuel', date '2020-01-01' + n / 160,
       case when n %% 101 = 1 then 3 when n %% 101 < 4 then 2 else 1 end, now(), ''
from generate_series(1, %s) n
"""


class Asking:
    """Takes what the store would run, so that the database can be asked how it would go about it."""

    def __init__(self, *rows: Any) -> None:
        self._rows = rows
        self.query: Any = None
        self.values: Any = None

    def cursor(self, *_: Any, **__: Any) -> "Asking":
        return self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def execute(self, query: Any, values: Any = None) -> None:
        self.query, self.values = query, values

    async def fetchall(self) -> Sequence[Any]:
        return self._rows

    async def fetchmany(self, _: int) -> Sequence[Any]:
        return []


@pytest.fixture
def filled(database: ServiceDatabase) -> None:
    options = "-c search_path=anomaly"
    with psycopg.connect(database.superuser_url, options=options, autocommit=True) as connection:
        connection.execute(FILL, (VERDICTS,))
        connection.execute("vacuum analyze verdicts")


def steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from steps(part)


async def read_of(context: Context, asking: Asking) -> tuple[int, int]:
    """Return how many rows of verdicts the query looked at, and how many pages it touched in all.

    Fails when any of them is found by reading the table from end to end.
    """
    async with context.db.tenant(TENANT) as tx:
        answer = await tx.execute(
            b"explain (analyze, buffers, format json) " + asking.query.encode(), asking.values
        )
        row = await answer.fetchone()
    assert row is not None
    told = row["QUERY PLAN"]
    plan = (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]
    rows = 0
    for step in steps(plan):
        if step.get("Relation Name") != "verdicts":
            continue
        assert step["Node Type"] != "Seq Scan", step
        removed = step.get("Rows Removed by Filter", 0) + step.get("Rows Removed by Index Recheck", 0)
        passed = step["Actual Rows"] + removed
        rows += round(step["Actual Loops"] * passed)
    return rows, plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]


def asked(
    statuses: Collection[int] = (),
    locations: Collection[str] | None = None,
    product_id: str | None = None,
    since: date | None = None,
    until: date | None = None,
) -> Asked:
    return Asked("fuel", statuses, locations, product_id, since, until)


@pytest.mark.usefixtures("filled")
async def test_a_back_test_reads_on_in_order_from_where_it_stands(context: Context) -> None:
    asking: Any = Asking((PLACES[3],))
    begin = PLACES[3], date(2023, 1, 1)
    stretch = Stretch(Scope("", ""), None, date.min, date.max, begin)
    assert [chunk async for chunk in stretch.chunks(asking)] == []
    rows, _ = await read_of(context, asking)
    days = (date(2020, 1, 1) + timedelta(days=VERDICTS // 160) - begin[1]).days + WINDOW_DAYS
    assert rows <= 2 * (days + 1)  # each place of the tenant has two facts a day
    async with context.db.tenant(TENANT) as tx:
        answer = await tx.execute(
            b"explain (format json) declare judged cursor for " + asking.query.encode(), asking.values
        )
        [plan] = await answer.fetchall()
    # Sorted, everything would be read before the first row comes.
    assert "Sort" not in json.dumps(plan["QUERY PLAN"])


ALARMING = (Status.WASPADA, Status.ANOMALI)
AFTER = (date(2021, 6, 1), "0" * 26)


@pytest.mark.usefixtures("filled")
async def test_a_page_reads_no_more_than_a_page_whatever_is_asked(context: Context) -> None:
    parts = 5  # products of the tenant: the newest of each are merged
    for question, after, most in (
        (asked(product_id=RARE), None, 5),
        (asked(product_id=RARE, locations=PLACES), None, 5),
        (asked(product_id=RARE, locations=PLACES[3:4]), None, 5),
        (asked(product_id=RARE, statuses=ALARMING), None, 5),
        (asked(product_id=RARE, since=date(2021, 1, 1), until=date(2021, 12, 31)), None, 5),
        (asked(product_id=RARE), AFTER, 5),
        (asked(product_id="nothing"), None, 0),
        (asked(product_id="P1"), None, LIMIT),
        (asked(product_id="P1"), AFTER, LIMIT),
        (asked(), None, parts * (LIMIT + 1)),
        (asked(), AFTER, parts * (LIMIT + 1)),
        (asked(since=date(2021, 1, 1), until=date(2021, 1, 2)), None, parts * (LIMIT + 1)),
        (asked(statuses=ALARMING), None, parts * (LIMIT + 1)),
        (asked(statuses=ALARMING, locations=PLACES), None, parts * (LIMIT + 1)),
        (asked(statuses=(Status.ANOMALI,)), None, 4 * parts * LIMIT),
        (asked(locations=PLACES[:1]), None, LIMIT),
        (asked(locations=PLACES[:5]), None, 5 * LIMIT),
    ):
        asking = Asking()
        await store.verdicts.newest(asking, question, after, LIMIT)  # pyright: ignore[reportArgumentType] -- it only listens
        rows, pages = await read_of(context, asking)
        assert rows <= most, (question, after)
        assert pages <= 6 * (most + parts + 1) + 50, (question, after)


@pytest.mark.usefixtures("filled")
async def test_counting_a_week_reads_a_week(context: Context) -> None:
    asking = Asking()
    week = asked(since=date(2021, 1, 1), until=date(2021, 1, 7))
    await store.verdicts.counts(asking, week)  # pyright: ignore[reportArgumentType] -- it only listens
    rows, _ = await read_of(context, asking)
    of_the_week = 7 * 80
    assert of_the_week <= rows <= of_the_week + 10
