"""Verdicts by day, week and month: what is counted, and for whom."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import httpx
import psycopg
import pytest
from arus_anomaly.store.trends import Asked, By
from arus_runtime.context import Context
from arus_runtime.ids import new_ulid
from arus_runtime.periods import Stretch
from arus_stack.testing import ServiceDatabase

from .conftest import Caller

pytestmark = pytest.mark.integration

PATH = "/anomalies/trends"
NORMAL, WASPADA, ANOMALI = 1, 2, 3
OPTIONS = "-c search_path=anomaly"
ADD = """
insert into verdicts (src_part, src_off, src_idx, is_current, tenant_id, fact_id, location_id, product_id,
                      domain, business_date, status, judged_at, value)
select 0, coalesce(max(src_off), 0) + 1, 0, %s, %s, %s, %s, %s, 'fuel', %s, %s, now(), '' from verdicts
"""
Judge = Callable[..., None]
A, B, SOLAR, BENSIN = new_ulid(), new_ulid(), new_ulid(), new_ulid()


@pytest.fixture
def tenant() -> str:
    return new_ulid()


@pytest.fixture
def judge(database: ServiceDatabase, tenant: str) -> Judge:
    """Call it with a date and a status for a verdict that lies there."""

    def add(
        day: str, status: int, place: str = A, fuel: str = SOLAR, *, of: str = tenant, current: bool = True
    ) -> None:
        with psycopg.connect(database.superuser_url, options=OPTIONS, autocommit=True) as connection:
            connection.execute(ADD, (current, of, new_ulid(), place, fuel, day, status))

    return add


@pytest.fixture
def owner(caller: Caller, tenant: str) -> httpx.AsyncClient:
    return caller(tenant)


def counts(series: dict[str, Any]) -> list[tuple[int, int, int]]:
    return [(point["normal"], point["waspada"], point["anomali"]) for point in series["points"]]


async def ask(client: httpx.AsyncClient, first: str, last: str, **params: Any) -> dict[str, Any]:
    answer = await client.get(PATH, params={"from": first, "to": last, **params})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_current_verdicts_are_counted_by_status_and_period(
    owner: httpx.AsyncClient, judge: Judge
) -> None:
    judge("2025-01-31", NORMAL)
    judge("2025-01-31", NORMAL, B)
    judge("2025-01-31", ANOMALI, current=False)
    judge("2025-02-01", WASPADA)
    judge("2025-02-28", ANOMALI, fuel=BENSIN)
    judge("2025-03-01", ANOMALI)
    trend = await ask(owner, "2025-01-31", "2025-02-28", period="month")
    assert [period["start"] for period in trend["periods"]] == ["2025-01-31", "2025-02-01"]
    [series] = trend["series"]
    assert counts(series) == [(2, 0, 0), (0, 1, 1)]
    assert series["total"] == {"normal": 2, "waspada": 1, "anomali": 1}
    assert (series["id"], series["name"], series["is_rest"]) == (None, None, False)


async def test_places_with_most_alarms_come_first_and_the_rest_last(
    owner: httpx.AsyncClient, judge: Judge
) -> None:
    for _ in range(3):
        judge("2025-01-06", NORMAL, A)
    judge("2025-01-06", ANOMALI, B)
    places = await ask(owner, "2025-01-06", "2025-01-12", period="week", by="location")
    assert [series["id"] for series in places["series"]] == [B, A]
    one = await ask(owner, "2025-01-06", "2025-01-12", period="week", by="location", top=1)
    assert [(series["id"], series["is_rest"], counts(series)) for series in one["series"]] == [
        (B, False, [(0, 0, 1)]),
        (None, True, [(3, 0, 0)]),
    ]


async def test_a_filter_narrows(owner: httpx.AsyncClient, judge: Judge) -> None:
    judge("2025-01-06", NORMAL, A, SOLAR)
    judge("2025-01-06", WASPADA, A, BENSIN)
    judge("2025-01-06", ANOMALI, B, BENSIN)
    here = await ask(owner, "2025-01-06", "2025-01-06", location_id=A, by="product")
    assert [(series["id"], counts(series)) for series in here["series"]] == [
        (BENSIN, [(0, 1, 0)]),
        (SOLAR, [(1, 0, 0)]),
    ]
    [fuel] = (await ask(owner, "2025-01-06", "2025-01-06", product_id=BENSIN))["series"]
    assert counts(fuel) == [(0, 1, 1)]


async def test_nobody_counts_beyond_their_locations_and_tenant(
    caller: Caller, judge: Judge, tenant: str
) -> None:
    judge("2025-01-06", NORMAL, A)
    judge("2025-01-06", ANOMALI, B)
    limited = caller(tenant, "viewer", locations=[A])
    day = ("2025-01-06", "2025-01-06")
    assert counts((await ask(limited, *day))["series"][0]) == [(1, 0, 0)]
    assert counts((await ask(limited, *day, location_id=B))["series"][0]) == [(0, 0, 0)]
    assert [one["id"] for one in (await ask(limited, *day, by="location"))["series"]] == [A]
    stranger = caller(new_ulid())
    assert counts((await ask(stranger, *day))["series"][0]) == [(0, 0, 0)]
    assert (await ask(stranger, *day, by="location"))["series"] == []
    assert (await caller(tenant, "device").get(PATH)).status_code == 403


async def test_more_points_than_a_chart_can_show_are_refused(owner: httpx.AsyncClient) -> None:
    answer = await owner.get(PATH, params={"from": "2024-01-01", "to": "2025-06-01", "by": "location"})
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert (error["field"], error["code"]) == ("from", "too_many_points")
    assert "4.000" in error["message"]


FILL = """
insert into verdicts (src_part, src_off, src_idx, is_current, tenant_id, fact_id, location_id, product_id,
                      domain, business_date, status, judged_at, value)
select 1, n, 0, true, 'T' || n %% 2, lpad(n::text, 26, '0'), 'L' || lpad((n / 2 %% 40)::text, 2, '0'),
       'P' || n / 80 %% 4, 'fuel', date '2020-01-01' + n / 160, 1 + n %% 3, now(), ''
from generate_series(1, %s) n
"""


@pytest.mark.parametrize("by", [None, "product_id", "location_id"])
async def test_a_month_is_counted_from_an_index_alone(
    database: ServiceDatabase, context: Context, by: By | None
) -> None:
    with psycopg.connect(database.superuser_url, options=OPTIONS, autocommit=True) as connection:
        connection.execute(FILL, (100_000,))
        connection.execute("vacuum analyze verdicts")
    month = Stretch(date(2021, 1, 1), date(2021, 1, 31))
    query, values = Asked("day", month, by, None, None, None).counts()
    async with context.db.tenant("T1") as tx:
        row = await (await tx.execute("explain (analyze, format json) " + query, values)).fetchone()
    assert row is not None
    plan = json.dumps(row["QUERY PLAN"])
    assert '"Index Only Scan"' in plan
    assert '"Seq Scan"' not in plan
