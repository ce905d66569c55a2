"""A back-test of thresholds on 100,000 facts.

Ten locations with four fuels each, one fact of each a day, judged by the service's own rule. The route is
asked as the console asks it, twenty changed verdicts a page, by one reader who goes on to the last page.

first_s   the first page: counts of everything, and its changes
page_s    a later page
"""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Any, Final

import httpx
import jwt
import psycopg
from arus_anomaly import codec
from arus_anomaly.__main__ import SERVICE
from arus_anomaly.rules.fuel import Basis, Trailing, judge
from arus_anomaly.state import Fact
from arus_runtime.auth import FixedKeys, Verifier
from arus_runtime.ids import new_ulid
from arus_runtime.service import opened
from arus_runtime.settings import Settings
from arus_runtime.web import create_app
from arus_stack import schemas
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from ground import PASSWORD, ground
from harness import Benchmark, Length, Report, Result, Table, median

LOCATIONS: Final = 10
PRODUCTS: Final = 4
FIRSTS: Final = 5
FACTS: Final = {Length.FULL: 100_000, Length.QUICK: 20_000}
PAGES: Final = {Length.FULL: 100_000, Length.QUICK: 20}
"""Later pages at most."""
KEY: Final = Ed25519PrivateKey.generate()
TENANT: Final = new_ulid()
DRAFT: Final = {"thresholds": {"waspada_pct": "115", "anomali_pct": "140", "low_pct": "60"}}
COLUMNS: Final = (
    "src_part, src_off, src_idx, is_current, tenant_id, fact_id, location_id, product_id, domain,"
    " business_date, status, judged_at, value"
)


def verdicts(facts: int) -> Iterator[tuple[Any, ...]]:
    """Yield rows of verdicts: honest use with a few excesses, in the order of the log."""
    chance = random.Random(1)
    keys = [
        codec.Key(TENANT, location, product)
        for location in (new_ulid() for _ in range(LOCATIONS))
        for product in (new_ulid() for _ in range(PRODUCTS))
    ]
    behind = [Trailing() for _ in keys]
    days = facts // len(keys)
    first = date.today() - timedelta(days=days)  # noqa: DTZ011 - any day does
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    offset = itertools.count()
    for number in range(days):
        day = first + timedelta(days=number)
        for key, past in zip(keys, behind, strict=True):
            litres = 300 * chance.lognormvariate(0, 0.12) * (1.8 if chance.random() < 0.01 else 1)
            fact_id = new_ulid()
            fact = Fact(day.toordinal(), codec.ulid_bytes(fact_id), round(litres * 1_000_000))
            judged = judge(fact, past.window(fact.day, Basis()))
            past.add(fact)
            value = codec.reached(judged, fact_id, key).value
            place = key.location_id, key.product_id
            yield (0, next(offset), 0, True, TENANT, fact_id, *place, "fuel", day, judged.status, at, value)


def fill(url: str, facts: int) -> None:
    """Put verdicts into the database, as many as have a place."""
    with psycopg.connect(url, options="-c search_path=anomaly", autocommit=True) as connection:
        with connection.cursor().copy(f"copy verdicts ({COLUMNS}) from stdin") as copy:
            for row in verdicts(facts):
                copy.write_row(row)
        connection.execute("vacuum analyze verdicts")


@asynccontextmanager
async def reader(url: str, tenant: str = TENANT) -> AsyncGenerator[httpx.AsyncClient]:
    """Give a client of the service's own API, on a database, as the owner of an organisation."""
    urls = schemas.role_urls(url, "anomaly", lambda _: PASSWORD)
    settings = Settings.model_validate(
        {"service": "anomaly", "db_api_url": urls["api"], "db_worker_url": urls["worker"]}
    )
    claims = {"iss": "arus", "aud": "arus", "sub": "reader", "org": tenant, "roles": ["owner"]}
    token = jwt.encode(claims | {"exp": int(time.time()) + 86_400}, KEY, "EdDSA", {"kid": "bench"})
    verifier = Verifier(FixedKeys({"bench": KEY.public_key()}))
    async with (
        opened(SERVICE, settings, verifier) as context,
        httpx.AsyncClient(
            transport=httpx.ASGITransport(create_app(SERVICE, context)),
            base_url="http://anomaly/api/v1",
            headers={"Authorization": f"Bearer {token}"},
            timeout=600,
        ) as client,
    ):
        yield client


async def asked(url: str, most_pages: int) -> Result:
    """Return what was measured, pages being as small as the console's."""
    async with reader(url) as client:

        async def page(cursor: str | None) -> tuple[float, dict[str, Any]]:
            began = time.perf_counter()
            params = {"limit": 20, **({"cursor": cursor} if cursor else {})}
            answer = await client.post("/thresholds/backtest", params=params, json=DRAFT)
            return time.perf_counter() - began, answer.raise_for_status().json()

        firsts = [(await page(None))[0] for _ in range(FIRSTS)]
        _, shown = await page(None)
        counts = shown["counts"]
        later: list[float] = []
        while (cursor := shown["next_cursor"]) and len(later) < most_pages:
            seconds, following = await page(cursor)
            later.append(seconds)
            shown |= {"next_cursor": following["next_cursor"]}
    return {
        "facts": counts["facts"],
        "changed": counts["changed"],
        "first_s": round(median(firsts), 3),
        "pages": len(later),
        "page_s": {"median": round(median(later), 3), "longest": round(max(later), 3)},
    }


def measure(length: Length) -> Result:
    """Fill a database, and ask."""
    facts = FACTS[length]
    with ground() as on:
        url = on.database("anomaly")
        fill(url, facts)
        return asyncio.run(asked(url, PAGES[length]))


def report(result: Result) -> Report:
    """Return how long a person waits."""
    rows = [
        ("first page: counts of everything, and its changes", result["first_s"]),
        ("a later page, median", result["page_s"]["median"]),
        ("a later page, longest", result["page_s"]["longest"]),
    ]
    notes = (f"{result['facts']:,} facts, {result['changed']:,} of them changed, {result['pages']} pages.",)
    return Report((Table(("", "seconds"), rows),), notes=notes)


BENCHMARK: Final = Benchmark("backtest", measure, report)
