"""An open load of facts, and when each of them was seen where on its way.

Requests go out when they are due, whether or not earlier ones were answered, and every time counts from when
the request was due: a slow answer delays no request and hides no wait.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Any, Final

import aiohttp
import aiokafka
import orjson
from arus.anomaly.v1.events_pb2 import VerdictReached
from arus.fuel.v1.events_pb2 import FuelTransactionRecorded
from arus_runtime.log import AiokafkaLog, Security
from house import House, Owner

CONNECTIONS: Final = 64
SETTLE_S: Final = 20
HOPS: Final = ("accepted", "published", "judged", "visible")
"""Answered with 201; readable on Kafka; its verdict readable on Kafka; its verdict on the live feed."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many facts a second, in requests of so many."""

    facts_per_s: int
    facts_per_request: int = 1

    @property
    def name(self) -> str:
        return f"{self.facts_per_s}/s"


@dataclass(frozen=True, slots=True)
class Load:
    """A rate for some time; its facts tell of so many days in order, the last of which is `until`."""

    rate: Rate
    seconds: float
    days: int = 1
    until: date = field(default_factory=lambda: datetime.now(timezone(timedelta(hours=7))).date())

    @property
    def requests(self) -> int:
        return round(self.seconds * self.rate.facts_per_s / self.rate.facts_per_request)

    def day(self, number: int) -> str:
        """Return the day that the fact of this number tells of."""
        gone = number * self.days // (self.requests * self.rate.facts_per_request)
        return (self.until - timedelta(days=self.days - 1 - gone)).isoformat()


@dataclass(slots=True)
class Seen:
    """When each fact was due, and when it was seen at each hop, on one clock. refused: requests not taken."""

    due: dict[str, float] = field(default_factory=dict[str, float])
    at: dict[str, dict[str, float]] = field(default_factory=lambda: {hop: {} for hop in HOPS})
    refused: int = 0

    def waits_ms(self, hop: str) -> list[float]:
        """Return how long after it was due each fact was seen there."""
        seen = self.at[hop]
        return [1e3 * (seen[fact] - due) for fact, due in self.due.items() if fact in seen]

    def missing(self, hop: str) -> int:
        """Return how many facts were never seen there."""
        return len(self.due.keys() - self.at[hop].keys())


async def send(of: House, owner: Owner, load: Load, seen: Seen) -> None:
    """Record facts at a rate, then wait until all are visible or some time has passed."""
    keys = list(itertools.product(owner.locations, owner.products))
    numbers = itertools.count()
    rate = load.rate

    def fact() -> dict[str, str]:
        number = next(numbers)
        location, product = keys[number % len(keys)]
        return {
            "date": load.day(number),
            "location_id": location,
            "product_id": product,
            "volume_l": "300",
        }

    many = rate.facts_per_request > 1
    url = f"{of.gateway}/api/v1/fuel/transactions{'/batch' if many else ''}"

    async def one(http: aiohttp.ClientSession, due: float) -> None:
        body = {"items": [fact() for _ in range(rate.facts_per_request)]} if many else fact()
        async with http.post(url, data=orjson.dumps(body)) as answer:
            said = orjson.loads(await answer.read())
        if answer.status not in (200, 201):
            seen.refused += 1
            return
        now = time.monotonic()
        for fact_id in [item["id"] for item in said["results"]] if many else [said["id"]]:
            seen.due[fact_id] = due
            seen.at["accepted"][fact_id] = now

    headers = {**owner.headers, "Content-Type": "application/json"}
    async with (
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CONNECTIONS), headers=headers) as http,
        asyncio.TaskGroup() as requests,
    ):
        began, every = time.monotonic() + 0.1, rate.facts_per_request / rate.facts_per_s
        for number in range(load.requests):
            due = began + number * every
            if (wait := due - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            requests.create_task(one(http, due))
    deadline = time.monotonic() + SETTLE_S
    while seen.missing("visible") and time.monotonic() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(0.05)


@asynccontextmanager
async def watched(of: House, owner: Owner, seen: Seen) -> AsyncGenerator[None]:
    """Note while the block runs what is seen on Kafka and on the live feed."""
    access = of.stack.kafka
    options = AiokafkaLog(Security(access.bootstrap, access.user, access.password, access.ca)).options()
    tail: Any = aiokafka.AIOKafkaConsumer(
        "fuel.transaction.v1",
        "anomaly.verdict.v1",
        enable_auto_commit=False,
        auto_offset_reset="latest",
        fetch_max_wait_ms=500,
        **options,
    )
    await tail.start()
    await tail.seek_to_end()
    async with (
        aiohttp.ClientSession(headers=owner.headers) as http,
        http.ws_connect(f"{of.gateway}/api/v1/live?types=verdict", max_msg_size=0) as feed,
    ):
        readers = [asyncio.create_task(_tail(tail, seen.at)), asyncio.create_task(_follow(feed, seen.at))]
        try:
            yield
        finally:
            for reader in readers:
                reader.cancel()
                with suppress(asyncio.CancelledError):
                    await reader
            await tail.stop()


async def _tail(tail: Any, at: Mapping[str, dict[str, float]]) -> None:
    while True:
        for partition, records in (await tail.getmany(timeout_ms=1_000)).items():
            now = time.monotonic()
            for record in records:
                if partition.topic == "fuel.transaction.v1":
                    fact_id = FuelTransactionRecorded.FromString(record.value).transaction_id
                    at["published"].setdefault(fact_id, now)
                else:
                    at["judged"].setdefault(VerdictReached.FromString(record.value).fact_id, now)


async def _follow(feed: Any, at: Mapping[str, dict[str, float]]) -> None:
    async for message in feed:
        now = time.monotonic()
        said = orjson.loads(message.data)
        if said["type"] == "verdict":
            at["visible"].setdefault(said["data"]["fact_id"], now)
