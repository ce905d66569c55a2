"""A door is killed again and again while facts come in: what was said is recorded and judged once.

Some are sent as a careful client sends them: with an Idempotency-Key, and again when no answer came. The
others, as a form sends them, without one and once; those that come at the same time share a transaction.
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from secrets import token_hex
from typing import Any

import httpx
import pytest
from arus_stack.testing import RunningStack

from .sizes import PATIENCE_S, TIMEOUT_S, size

pytestmark = [pytest.mark.faults, pytest.mark.integration, pytest.mark.timeout(TIMEOUT_S)]

PASSWORD = "Rahasia-panjang-7"
EVERY = 24  # answers the door is killed
CLIENTS = 4  # of each kind


@pytest.fixture
def client(stack: RunningStack) -> Iterator[httpx.Client]:
    login = {"email": f"{token_hex(6)}@example.org", "password": PASSWORD}
    with httpx.Client(base_url=f"{stack.gateway}/api/v1", timeout=30) as made:
        made.post("/auth/register", json=login | {"name": "Penjaga"}).raise_for_status()
        token = made.post("/auth/login", json=login).json()["access_token"]
        made.headers["Authorization"] = f"Bearer {token}"
        yield made


def facts(location_id: str, product_id: str, count: int) -> list[dict[str, Any]]:
    """Return a history with ordinary days and a few that are not; no two facts share a date."""
    first = date(2025, 1, 1)
    return [
        {
            "date": (first + timedelta(days=n)).isoformat(),
            "location_id": location_id,
            "product_id": product_id,
            "volume_l": str(520 if n % 17 == 16 else 400 if n % 11 == 10 else 300 + n % 7),
        }
        for n in range(count)
    ]


def judged(client: httpx.Client, location_id: str) -> list[tuple[Any, ...]]:
    """Return every current verdict of a location, oldest date first."""
    query = {"location_id": location_id, "limit": 500}
    items = client.get("/anomalies", params=query).raise_for_status().json()["items"]
    shown = ("date", "volume", "baseline", "risk_score", "status")
    return sorted(tuple(item[name] for name in shown) for item in items)


def said(client: httpx.Client, fact: dict[str, Any]) -> str:
    """Record a fact, again and again until there is an answer, and return its id."""
    headers = {"Idempotency-Key": token_hex(16)}
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            answer = client.post("/fuel/transactions", json=fact, headers=headers)
        except httpx.TransportError:
            answer = None
        if answer is not None and answer.status_code == 201:
            return answer.json()["id"]
        # 409: the killed command's transaction is still ending; 502 and 503: the door is being started again.
        assert answer is None or answer.status_code in {409, 502, 503, 504}, answer.text
        assert time.monotonic() < deadline, "the door did not come back"
        time.sleep(0.05)


def said_once(client: httpx.Client, fact: dict[str, Any]) -> str | None:
    """Record a fact and return its id; None when nobody says what became of it."""
    try:
        answer = client.post("/fuel/transactions", json=fact)
    except httpx.TransportError:
        answer = None
    if answer is not None and answer.status_code == 201:
        return answer.json()["id"]
    assert answer is None or answer.status_code in {502, 503, 504}, answer.text
    deadline = time.monotonic() + PATIENCE_S
    while not reads(client):
        assert time.monotonic() < deadline, "the door did not come back"
        time.sleep(0.05)
    return None


def reads(client: httpx.Client) -> bool:
    """Say whether the door answers a question, which changes nothing."""
    try:
        return client.get("/fuel/transactions", params={"limit": 1}).status_code == 200
    except httpx.TransportError:
        return False


def stored(client: httpx.Client, location_id: str) -> dict[str, str]:
    """Return the date of every fact of a location by its id."""
    query = {"location_id": location_id, "limit": 500}
    items = client.get("/fuel/transactions", params=query).raise_for_status().json()["items"]
    return {item["id"]: item["date"] for item in items}


@dataclass
class Killer:
    """Kills a door each time so many more facts are answered for."""

    stack: RunningStack
    door: str
    times: int
    answered: int = 0
    killed: list[int] = field(default_factory=list[int])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def saw_an_answer(self) -> None:
        """Count an answer; the one that reaches a mark kills, while the others are on their way."""
        with self._lock:
            self.answered += 1
            if len(self.killed) < self.times and self.answered >= (len(self.killed) + 0.5) * EVERY:
                pid = self.stack.services()[self.door]["pid"]
                if pid not in self.killed:
                    os.kill(pid, signal.SIGKILL)
                    self.stack.start_again(self.door)
                    self.killed.append(pid)


@pytest.mark.parametrize("door", ["ingest", "gateway"])
def test_a_door_killed_again_and_again_ends_where_a_calm_one_does(
    door: str, stack: RunningStack, client: httpx.Client, say: Callable[[str], None]
) -> None:
    times, count = size(door)
    solar = {"code": "SOLAR", "name": "Solar", "kind": "fuel", "unit": "L"}
    product_id = client.post("/products", json=solar).json()["id"]
    calm, shaken, unsure = (
        client.post("/locations", json={"name": name, "type": "depot"}).json()["id"] for name in "ABC"
    )
    for fact in facts(calm, product_id, count):
        client.post("/fuel/transactions", json=fact).raise_for_status()

    killer = Killer(stack, door, times)

    def careful(fact: dict[str, Any]) -> str:
        fact_id = said(client, fact)
        killer.saw_an_answer()
        return fact_id

    def careless(fact: dict[str, Any]) -> tuple[str | None, str]:
        fact_id = said_once(client, fact)
        if fact_id:
            killer.saw_an_answer()
        return fact_id, fact["date"]

    with ThreadPoolExecutor(CLIENTS) as some, ThreadPoolExecutor(CLIENTS) as others:
        without_key = others.map(careless, facts(unsure, product_id, count))
        ids = list(some.map(careful, facts(shaken, product_id, count)))
        answers = list(without_key)

    assert len(set(killer.killed)) == times
    kept = stored(client, shaken)
    assert sorted(kept) == sorted(ids)
    deadline = time.monotonic() + PATIENCE_S
    while len(judged(client, calm)) < count or judged(client, shaken) != judged(client, calm):
        assert time.monotonic() < deadline, (judged(client, shaken), judged(client, calm))
        time.sleep(0.2)
    assert {status for *_, status in judged(client, shaken)} == {"NORMAL", "WASPADA", "ANOMALI"}

    while [day for day, *_ in judged(client, unsure)] != sorted(stored(client, unsure).values()):
        assert time.monotonic() < deadline, (judged(client, unsure), stored(client, unsure))
        time.sleep(0.2)
    found = stored(client, unsure)
    assert len(set(found.values())) == len(found), "a fact that was sent once is stored twice"
    told = {fact_id: day for fact_id, day in answers if fact_id}
    assert told.items() <= found.items(), "what was answered for is not stored"
    lost = len(set(ids) ^ set(kept)) + len(set(told.items()) - set(found.items()))
    sent = f"{count} facts with a key and {len(told)} without"
    say(f"{door}: {len(killer.killed)} kills, {sent}, {lost} differences")
