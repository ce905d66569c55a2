"""Fuel use by day, week and month: what is summed up, what it is compared with, and for whom."""

import json
from datetime import date
from typing import Any

import grpc
import httpx
import psycopg
import pytest
from arus.fuel.v1.api_pb2 import TrendRequest
from arus.fuel.v1.api_pb2_grpc import FuelServiceStub
from arus_ingest.store.fuel import UseAsked
from arus_runtime.context import Context
from arus_runtime.periods import Stretch
from arus_stack.testing import ServiceDatabase

from .conftest import CatalogueOwner, token

pytestmark = pytest.mark.integration

PATH = "/fuel/trends"


class Depots:
    """Two depots and two fuels of one organisation, and a way to record."""

    def __init__(self, http: httpx.AsyncClient, catalogue: CatalogueOwner) -> None:
        self.http = http
        self.places = [catalogue.location(), catalogue.location()]
        self.fuels = [catalogue.product(), catalogue.product()]

    async def record(self, day: str, litres: str, place: int = 0, fuel: int = 0) -> str:
        body = {
            "date": day,
            "location_id": self.places[place],
            "product_id": self.fuels[fuel],
            "volume_l": litres,
        }
        answer = await self.http.post("/fuel/transactions", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    async def trend(self, **params: Any) -> dict[str, Any]:
        answer = await self.http.get(PATH, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def depots(owner: httpx.AsyncClient, catalogue: CatalogueOwner) -> Depots:
    return Depots(owner, catalogue)


def volumes(trend: dict[str, Any], at: int = 0) -> list[str | None]:
    return [point["volume_l"] for point in trend["series"][at]["points"]]


async def test_a_day_without_records_is_a_gap_and_not_a_zero(depots: Depots) -> None:
    await depots.record("2025-01-06", "100.5")
    await depots.record("2025-01-06", "200", place=1)
    await depots.record("2025-01-08", "50")
    trend = await depots.trend(**{"from": "2025-01-06", "to": "2025-01-08"})
    assert [period["start"] for period in trend["periods"]] == ["2025-01-06", "2025-01-07", "2025-01-08"]
    [series] = trend["series"]
    assert (series["id"], series["is_rest"]) == (None, False)
    assert volumes(trend) == ["300.5", None, "50"]
    assert [point["transactions"] for point in series["points"]] == [2, 0, 1]
    assert series["points"][0]["mean_l"] == "150.25"
    assert series["total"]["volume_l"] == "350.5"
    assert series["total"]["change_pct"] is None


async def test_nothing_recorded_is_one_series_of_gaps(depots: Depots) -> None:
    trend = await depots.trend(**{"from": "2025-01-06", "to": "2025-01-07"})
    assert volumes(trend) == [None, None]
    assert (await depots.trend(by="location"))["series"] == []


async def test_weeks_begin_on_monday_and_months_on_the_first(depots: Depots) -> None:
    for day in ("2024-12-30", "2025-01-05", "2025-01-06", "2025-02-28"):
        await depots.record(day, "10")
    span = {"from": "2024-12-30", "to": "2025-02-28"}
    weeks = await depots.trend(period="week", **span)
    assert volumes(weeks)[:3] == ["20", "10", None]
    assert weeks["periods"][-1] | {"before_start": None, "before_end": None} == {
        "start": "2025-02-24",
        "end": "2025-02-28",
        "before_start": None,
        "before_end": None,
    }
    assert volumes(await depots.trend(period="month", **span)) == ["10", "20", "10"]


async def test_the_rest_of_many_is_one_series_more(depots: Depots) -> None:
    await depots.record("2025-01-06", "100", place=0)
    await depots.record("2025-01-06", "300", place=1)
    span = {"from": "2025-01-06", "to": "2025-01-06"}
    both = await depots.trend(by="location", **span)
    assert [series["id"] for series in both["series"]] == [depots.places[1], depots.places[0]]
    assert both["series"][0]["name"]
    one = await depots.trend(by="location", top=1, **span)
    assert [(series["id"], series["is_rest"], series["total"]["volume_l"]) for series in one["series"]] == [
        (depots.places[1], False, "300"),
        (None, True, "100"),
    ]


async def test_a_filter_narrows_and_by_product_tells_fuels_apart(depots: Depots) -> None:
    await depots.record("2025-01-06", "100", place=0, fuel=0)
    await depots.record("2025-01-06", "70", place=0, fuel=1)
    await depots.record("2025-01-06", "999", place=1, fuel=1)
    span = {"from": "2025-01-06", "to": "2025-01-06"}
    here = await depots.trend(by="product", location_id=depots.places[0], **span)
    assert [(series["id"], series["total"]["volume_l"]) for series in here["series"]] == [
        (depots.fuels[0], "100"),
        (depots.fuels[1], "70"),
    ]
    assert volumes(await depots.trend(product_id=depots.fuels[1], **span)) == ["1069"]


async def test_a_month_to_date_is_compared_with_as_much_of_the_month_before(depots: Depots) -> None:
    await depots.record("2025-01-10", "80")
    await depots.record("2025-01-11", "1000")
    await depots.record("2025-02-10", "100")
    trend = await depots.trend(
        period="month", compare="previous", **{"from": "2025-02-01", "to": "2025-02-10"}
    )
    assert trend["periods"][0]["before_end"] == "2025-01-10"
    [point] = trend["series"][0]["points"]
    assert (point["before_volume_l"], point["change_pct"]) == ("80", "25.0")
    last_year = await depots.trend(
        period="month", compare="last_year", **{"from": "2025-02-01", "to": "2025-02-28"}
    )
    [point] = last_year["series"][0]["points"]
    assert (point["before_volume_l"], point["before_transactions"], point["change_pct"]) == (None, 0, None)


async def test_voided_and_corrected_records_count_as_they_stand(depots: Depots) -> None:
    voided = await depots.record("2025-01-06", "500")
    moved = await depots.record("2025-01-06", "100")
    assert (await depots.http.delete(f"/fuel/transactions/{voided}")).status_code == 204
    change = {"date": "2025-01-07", "volume_l": "110", "location_id": depots.places[1]}
    assert (await depots.http.patch(f"/fuel/transactions/{moved}", json=change)).status_code == 200
    trend = await depots.trend(by="location", **{"from": "2025-01-06", "to": "2025-01-07"})
    assert [series["id"] for series in trend["series"]] == [depots.places[1]]
    assert volumes(trend) == [None, "110"]


async def test_a_caller_sees_the_use_of_their_locations_and_tenant_only(depots: Depots, caller: Any) -> None:
    await depots.record("2025-01-06", "100", place=0)
    await depots.record("2025-01-06", "300", place=1)
    span = {"from": "2025-01-06", "to": "2025-01-06"}
    limited = caller("tenant-a", "viewer", locations=[depots.places[0]])
    seen = (await limited.get(PATH, params=span)).json()
    assert volumes(seen) == ["100"]
    other = (await limited.get(PATH, params=span | {"location_id": depots.places[1]})).json()
    assert volumes(other) == [None]
    nowhere = caller("tenant-a", "viewer", locations=[])
    assert volumes((await nowhere.get(PATH, params=span)).json()) == [None]
    stranger = caller("tenant-b")
    assert volumes((await stranger.get(PATH, params=span)).json()) == [None]
    assert (await stranger.get(PATH, params=span | {"by": "location"})).json()["series"] == []
    assert (await caller("tenant-a", "operator").get(PATH)).status_code == 403


@pytest.mark.parametrize(
    ("params", "field", "code"),
    [
        ({"period": "year"}, "period", "not_one_of"),
        ({"from": "2025-02-30"}, "from", "not_date"),
        ({"from": "0001-01-01"}, "from", "too_small"),
        ({"to": "9999-12-31"}, "to", "too_large"),
        ({"from": "2025-02-01", "to": "2025-01-01"}, "from", "too_large"),
        ({"from": "2010-01-01", "to": "2025-01-01"}, "from", "too_many_points"),
        ({"from": "2024-01-01", "to": "2025-06-01", "by": "location"}, "from", "too_many_points"),
        ({"by": "depot"}, "by", "not_one_of"),
        ({"top": "51"}, "top", "too_large"),
        ({"location_id": "'; drop table fuel_transactions"}, "location_id", "wrong_pattern"),
    ],
)
async def test_what_cannot_be_answered_is_refused_by_field(
    owner: httpx.AsyncClient, params: dict[str, str], field: str, code: str
) -> None:
    answer = await owner.get(PATH, params=params)
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert (error["field"], error["code"]) == (field, code)
    if code == "too_many_points":
        assert "4,000" in error["message"]


FILL = """
insert into fuel_transactions (tenant_id, id, location_id, product_id, business_date, volume_ul, timezone,
                               status, recorded_at, recorded_by, changed_at, changed_by, version)
select 'T' || n %% 2, lpad(n::text, 26, '0'), 'L' || lpad((n / 2 %% 40)::text, 25, '0'),
       'P' || lpad((n / 80 %% 4)::text, 25, '0'), date '2020-01-01' + n / 160, 300000000, 'Asia/Jakarta',
       'active', now(), 'u', now(), 'u', 1
from generate_series(1, %s) n
"""


@pytest.mark.parametrize("by", [None, "location_id", "product_id"])
async def test_a_month_is_summed_up_from_the_index_alone(
    database: ServiceDatabase, context: Context, by: Any
) -> None:
    options = "-c search_path=ingest"
    with psycopg.connect(database.superuser_url, options=options, autocommit=True) as connection:
        connection.execute(FILL, (100_000,))
        connection.execute("vacuum analyze fuel_transactions")
    query, values = UseAsked("day", by, None, None, None).sums(Stretch(date(2021, 1, 1), date(2021, 1, 31)))
    async with context.db.tenant("T1") as tx:
        answer = await tx.execute("explain (analyze, format json) " + query, values)
        row = await answer.fetchone()
    assert row is not None
    plan = json.dumps(row["QUERY PLAN"])
    assert '"Index Only Scan"' in plan
    assert '"Seq Scan"' not in plan


async def test_the_gateway_asks_for_the_same_over_grpc(depots: Depots, channel: grpc.aio.Channel) -> None:
    await depots.record("2025-01-10", "80")
    await depots.record("2025-02-10", "100")
    await depots.record("2025-02-11", "60", place=1)
    asked = TrendRequest(
        period="month", from_date="2025-02-01", to_date="2025-02-28", by="location", compare="previous", top=1
    )
    metadata = (("authorization", f"Bearer {token('tenant-a')}"),)
    answer = await FuelServiceStub(channel).Trend(asked, metadata=metadata)
    first, rest = answer.series
    assert list(answer.starts) == ["2025-02-01"]
    assert (first.id, first.is_rest, first.points[0].volume_ul) == (depots.places[0], False, 100_000_000)
    assert first.points[0].before_volume_ul == 80_000_000
    assert (rest.id, rest.is_rest, rest.points[0].volume_ul) == ("", True, 60_000_000)
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await FuelServiceStub(channel).Trend(TrendRequest(period="year"), metadata=metadata)
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    stranger = (("authorization", f"Bearer {token('tenant-b')}"),)
    assert [
        one.points[0].transactions
        for one in (
            await FuelServiceStub(channel).Trend(
                TrendRequest(period="month", from_date="2025-02-01", to_date="2025-02-28", by="none", top=1),
                metadata=stranger,
            )
        ).series
    ] == [0]
