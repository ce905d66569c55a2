"""From the catalogue to the fuel door, through the gateway: what was just made can be used at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from secrets import token_hex
from typing import Any

import httpx
import pytest
from arus_stack import demo
from arus_stack.testing import RunningStack

pytestmark = [pytest.mark.integration, pytest.mark.timeout(1200)]

PASSWORD = "Rahasia-panjang-7"
TRANSACTIONS = "/fuel/transactions"


@pytest.fixture
def email(stack: RunningStack) -> str:
    """Register a newcomer, who owns an organisation of their own."""
    address = f"{token_hex(6)}@example.org"
    body = {"email": address, "password": PASSWORD, "name": "Pendatang"}
    httpx.post(f"{stack.gateway}/api/v1/auth/register", json=body).raise_for_status()
    return address


@pytest.fixture
def client(stack: RunningStack, email: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{stack.gateway}/api/v1", timeout=30) as made:
        login = made.post("/auth/login", json={"email": email, "password": PASSWORD})
        made.headers["Authorization"] = f"Bearer {login.json()['access_token']}"
        yield made


def test_a_location_made_a_moment_ago_is_never_refused(client: httpx.Client) -> None:
    solar = {"code": "SOLAR", "name": "Solar", "kind": "fuel", "unit": "L"}
    product_id = client.post("/products", json=solar).json()["id"]

    def back_to_back(n: int) -> tuple[int, str]:
        place = client.post("/locations", json={"name": f"Gudang {n}", "type": "depot"}).json()["id"]
        said = {"date": "2025-01-10", "location_id": place, "product_id": product_id, "volume_l": "520"}
        answer = client.post(TRANSACTIONS, json=said)
        return answer.status_code, answer.text

    with ThreadPoolExecutor(4) as pool:
        refused = [answer for answer in pool.map(back_to_back, range(1000)) if answer[0] != 201]
    assert refused == []


def test_a_fuel_reactivated_a_moment_ago_is_never_refused(client: httpx.Client) -> None:
    place = client.post("/locations", json={"name": "Gudang A", "type": "depot"}).json()["id"]
    solar = {"code": "SOLAR", "name": "Solar", "kind": "fuel", "unit": "L"}
    product_id = client.post("/products", json=solar).json()["id"]
    said = {"date": "2025-01-10", "location_id": place, "product_id": product_id, "volume_l": "520"}
    for _ in range(20):
        client.delete(f"/products/{product_id}").raise_for_status()
        client.patch(f"/products/{product_id}", json={"is_active": True}).raise_for_status()
        assert client.post(TRANSACTIONS, json=said).status_code == 201


def test_a_demo_run_twice_doubles_nothing_and_a_later_one_continues(
    stack: RunningStack, email: str, client: httpx.Client
) -> None:
    steps: list[tuple[str, int, int]] = []

    def progress(what: str, done: int, total: int) -> None:
        steps.append((what, done, total))

    def run(last: date) -> demo.Report:
        return demo.run(stack.gateway, email, PASSWORD, progress, last=last)

    last = date(2025, 6, 30)
    first = run(last)
    assert (first.locations, first.products, first.already_there) == (5, 4, 0)
    assert first.transactions > 13_500
    assert steps[-1] == ("deliveries", first.deliveries, first.deliveries)
    again = run(last)
    assert (again.transactions, again.deliveries, again.already_there) == (0, 0, first.transactions)
    later = run(last + timedelta(days=7))
    assert 0 < later.transactions <= 140
    assert first.causes == again.causes == later.causes
    assert (first.cases, again.cases, later.cases) == (4, 0, 0)
    counts = client.get("/cases/summary").json()
    assert {status: many for status, many in counts["by_status"].items() if many} == {
        "open": 1, "in_progress": 1, "waiting_field": 1, "resolved": 1,
    }  # fmt: skip
    assert (counts["unassigned"], counts["mine"]) == (1, 2)
    leak = client.get("/cases", params={"mine": True, "status": "in_progress"}).json()["items"][0]
    assert (leak["location"]["name"], leak["product"]["name"]) == ("Depot Makassar", "Solar")
    assert [one["outcome"] for one in client.get(f"/cases/{leak['id']}").json()["visits"]] == ["leak"]
    newest: dict[str, Any] = client.get(TRANSACTIONS, params={"limit": 1}).json()["items"][0]
    assert newest["date"] == "2025-07-07"
    assert len(client.get("/locations").json()["items"]) == 5
    assert len(client.get("/products").json()["items"]) == 4
