"""A back-test page by page: as one whole, without reading again what was read."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import psycopg
import pytest
from arus_anomaly import codec
from arus_anomaly.rules.fuel import Basis, Trailing, judge
from arus_anomaly.rules.thresholds import Scope
from arus_anomaly.state import WINDOW_DAYS, Fact
from arus_anomaly.store.verdicts import Stretch
from arus_runtime.context import Context
from arus_runtime.ids import new_ulid
from arus_stack.testing import ServiceDatabase

from .conftest import Caller

pytestmark = pytest.mark.integration

TENANT = new_ulid()
LOCATIONS = sorted(new_ulid() for _ in range(3))
PRODUCTS = [new_ulid() for _ in range(2)]
FIRST = date(2024, 1, 1)
DAYS = 300
DRAFT: dict[str, Any] = {"thresholds": {"waspada_pct": "118", "anomali_pct": "140", "low_pct": "70"}}


@pytest.fixture
def judged(database: ServiceDatabase) -> None:
    """Put verdicts of ten months there, as the worker would have."""
    chance = random.Random(1)
    rows: list[tuple[Any, ...]] = []
    for key in (codec.Key(TENANT, location, product) for location in LOCATIONS for product in PRODUCTS):
        behind = Trailing()
        for day in (FIRST + timedelta(days=number) for number in range(DAYS)):
            fact_id = new_ulid()
            litres = 300 * chance.lognormvariate(0, 0.2)
            fact = Fact(day.toordinal(), codec.ulid_bytes(fact_id), round(litres * 1_000_000))
            one = judge(fact, behind.window(fact.day, Basis()))
            behind.add(fact)
            value = codec.reached(one, fact_id, key).value
            rows.append((len(rows), TENANT, fact_id, *key[1:], day, one.status, datetime.now(UTC), value))
    with psycopg.connect(database.superuser_url, options="-c search_path=anomaly") as connection:
        connection.cursor().executemany(
            "insert into verdicts (src_part, src_off, src_idx, is_current, domain, tenant_id, fact_id,"
            " location_id, product_id, business_date, status, judged_at, value)"
            " values (0, %s, 0, true, 'fuel', %s, %s, %s, %s, %s, %s, %s, %s)",
            rows,
        )
        for number, location in enumerate(LOCATIONS):
            place = (TENANT, location, f"Gudang {number}")
            connection.execute("insert into locations (tenant_id, id, name) values (%s, %s, %s)", place)


async def pages(client: httpx.AsyncClient, limit: int, **asked: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while cursor or not found:
        params = {"limit": limit, **({"cursor": cursor} if cursor else {})}
        answer = await client.post("/thresholds/backtest", params=params, json=DRAFT | asked)
        found.append(answer.raise_for_status().json())
        cursor = found[-1]["next_cursor"]
    return found


@pytest.mark.usefixtures("judged")
@pytest.mark.parametrize("asked", [{}, {"from": "2024-05-01", "to": "2024-09-30"}])
@pytest.mark.parametrize("profile", ["plain", "weekday"])
async def test_small_pages_show_what_a_large_one_shows(
    caller: Caller, asked: dict[str, str], profile: str
) -> None:
    client = caller(TENANT)
    asked = asked | {"thresholds": DRAFT["thresholds"] | {"profile": profile}}
    [whole] = await pages(client, 500, **asked)
    first, *later = await pages(client, 7, **asked)
    assert first["counts"] == whole["counts"]
    assert whole["counts"]["changed"] == len(whole["items"]) > 50
    assert {one["location"]["id"] for one in whole["items"]} == set(LOCATIONS)
    assert {page["counts"] for page in later} == {None}
    assert [item for page in (first, *later) for item in page["items"]] == whole["items"]


@pytest.mark.usefixtures("judged")
async def test_a_reader_limited_to_a_location_pages_through_that_one(caller: Caller) -> None:
    limited = caller(TENANT, "admin", locations=[LOCATIONS[1]])
    scope = {"location_id": LOCATIONS[1]}
    [whole] = await pages(limited, 500, **scope)
    paged = await pages(limited, 7, **scope)
    assert [item for page in paged for item in page["items"]] == whole["items"]
    assert whole["counts"]["facts"] == len(PRODUCTS) * DAYS
    assert {one["location"]["name"] for one in whole["items"]} == {"Gudang 1"}


@pytest.mark.usefixtures("judged")
async def test_a_later_page_begins_where_its_first_record_looks_back_to(context: Context) -> None:
    async def read(stretch: Stretch) -> Sequence[tuple[str, int]]:
        async with context.db.tenant(TENANT) as tx:
            chunks = [chunk async for chunk in stretch.chunks(tx)]
        return [(one.location_id, one.fact.day) for chunk in chunks for one in chunk]

    everything = await read(Stretch(Scope("", ""), None, date.min, date.max))
    assert everything == sorted(everything)
    assert len(everything) == len(LOCATIONS) * len(PRODUCTS) * DAYS
    begin = LOCATIONS[1], FIRST + timedelta(days=250)
    place = LOCATIONS[1], begin[1].toordinal() - WINDOW_DAYS
    assert await read(Stretch(Scope("", ""), None, date.min, date.max, begin)) == [
        one for one in everything if one >= place
    ]
