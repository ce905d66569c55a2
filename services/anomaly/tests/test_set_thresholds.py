"""Thresholds over REST, the worker that obeys them, and the back-test that told so beforehand."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import httpx
import psycopg
import pytest
from arus.anomaly.v1.events_pb2 import ThresholdSet
from arus_anomaly.replay import replay
from arus_runtime.heart import security_of
from arus_runtime.ids import new_ulid
from arus_runtime.log import AiokafkaLog
from arus_runtime.settings import Settings
from arus_stack.testing import DatabaseFor, KafkaServer, ServiceDatabase
from ulid import ULID

from .conftest import DEADLINE_S, Caller, Door, Place, Worker, events, told

pytestmark = pytest.mark.integration

STRICT = {"waspada_pct": "110", "anomali_pct": "130", "low_pct": "50", "facts_needed": 1}
MONDAY = date(2025, 1, 6)


async def post(client: httpx.AsyncClient, path: str, **body: Any) -> dict[str, Any]:
    answer = await client.post(path, json=body)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


def after(valid_from: str) -> str:
    """Return a fact id from a moment after a version begins."""
    return str(ULID.from_datetime(datetime.fromisoformat(valid_from) + timedelta(milliseconds=1)))


async def test_what_is_set_holds_for_what_is_recorded_afterwards(
    worker: Worker, door: Door, caller: Caller, place: Place
) -> None:
    await told(door, worker, place)
    earlier = [place.recorded(MONDAY + timedelta(days=n), litres) for n, litres in enumerate((100, 115))]
    await door.tell(place.key, *earlier)
    await worker.until(place.tenant, lambda rows: len(rows) == 2)
    owner = caller(place.tenant)
    version = await post(owner, "/thresholds", location_id=place.location, thresholds=STRICT)
    assert version["location"] == {"id": place.location, "name": "Gudang A"}
    assert (version["product"], version["state"]) == (None, "planned")
    assert version["thresholds"] == {"id": version["id"], **STRICT, "profile": "plain"}

    fact_id = after(version["valid_from"])
    await door.tell(place.key, place.recorded("2025-01-08", 130, fact_id))
    await worker.until(place.tenant, lambda rows: len(rows) == 3)
    shown = (await owner.get(f"/anomalies/{fact_id}")).json()
    # 130 L against the mean of 100 and 115 L is 120.9 %.
    assert (shown["status"], shown["risk_score"]) == ("WASPADA", "120.9302")
    assert shown["thresholds"] == version["thresholds"]
    assert shown["reason"]["params"]["history_needed"] == 1
    # 110 % of 107.5 L, and 50 % of it: the bounds of the version, not the built-in ones.
    [milder] = shown["milder"]
    assert (milder["status"], milder["at_least"], milder["at_most"]) == ("NORMAL", "53.75", "118.249999")
    assert milder["reason"]["text"] == "NORMAL bila ≥ 53,75 L dan < 118,25 L."
    [listed] = (await owner.get("/anomalies", params={"status": "WASPADA"})).json()["items"]
    assert listed["milder"] == shown["milder"]
    first = (await owner.get(f"/anomalies/{earlier[0].transaction_id}")).json()
    assert (first["reason"]["code"], first["thresholds"]["id"]) == ("BASELINE_KURANG", None)
    assert first["reason"]["params"]["history_needed"] == 3

    # A late change moves both baselines; each fact is judged by what held when it was recorded.
    changed = place.corrected(earlier[0].transaction_id, MONDAY, 50)
    await door.tell(place.key, changed)
    await worker.until(place.tenant, lambda rows: sum(not current for *_, current in rows) == 3)
    again = (await owner.get(f"/anomalies/{fact_id}")).json()
    assert (again["status"], again["thresholds"]["id"]) == ("ANOMALI", version["id"])
    assert (await owner.get(f"/anomalies/{earlier[1].transaction_id}")).json()["thresholds"]["id"] is None


async def test_a_version_is_told_once_and_kept_as_it_was_told(
    worker: Worker, caller: Caller, door: Door, place: Place, kafka: KafkaServer
) -> None:
    await told(door, worker, place)
    owner = caller(place.tenant)
    key = {"Idempotency-Key": new_ulid()}
    planned = "2031-01-01T00:00:00+07:00"
    body = {"product_id": place.product, "valid_from": planned, "thresholds": STRICT}
    once, twice = [await owner.post("/thresholds", json=body, headers=key) for _ in range(2)]
    assert (once.status_code, twice.status_code) == (201, 201)
    assert once.json() == twice.json()
    assert datetime.fromisoformat(once.json()["valid_from"]) == datetime.fromisoformat(planned)
    different = await owner.post("/thresholds", json={**body, "thresholds": None}, headers=key)
    assert different.status_code == 422
    [listed] = (await owner.get("/thresholds")).json()["items"]
    assert listed == once.json()
    [event] = await events(kafka, "anomaly.threshold.v1", place.tenant, 1)
    assert isinstance(event, ThresholdSet)
    assert (event.version_id, event.product_id, event.location_id) == (listed["id"], place.product, "")
    assert event.valid_from == "2030-12-31T17:00:00.000Z"
    assert (event.thresholds.waspada_pct, event.thresholds.low_pct) == ("110", "50")


async def test_a_narrower_version_counts_until_it_is_retired(
    worker: Worker, caller: Caller, door: Door, place: Place
) -> None:
    await told(door, worker, place)
    owner = caller(place.tenant)

    async def effective() -> tuple[str, str | None]:
        [one] = (await owner.get("/thresholds/effective")).json()["items"]
        assert (one["location"]["name"], one["product"]["name"]) == ("Gudang A", "Solar")
        return one["scope"], one["thresholds"]["id"]

    async def until(scope: str, version_id: str | None) -> None:
        deadline = time.monotonic() + DEADLINE_S
        while await effective() != (scope, version_id):
            assert time.monotonic() < deadline, await effective()
            await asyncio.sleep(0.1)

    assert await effective() == ("built_in", None)
    wide = await post(owner, "/thresholds", thresholds=STRICT)
    near = await post(
        owner, "/thresholds", location_id=place.location, thresholds={**STRICT, "profile": "weekday"}
    )
    await until("location", near["id"])
    await post(owner, "/thresholds", location_id=place.location, thresholds=None)
    await until("organisation", wide["id"])
    states = {one["id"]: one["state"] for one in (await owner.get("/thresholds")).json()["items"]}
    assert (states[wide["id"]], states[near["id"]]) == ("active", "replaced")
    one_by_one = [item async for item in pages(owner, "/thresholds")]
    assert [item["id"] for item in one_by_one] == list(states)


async def pages(client: httpx.AsyncClient, path: str) -> AsyncIterator[dict[str, Any]]:
    cursor: str | None = None
    while True:
        params = {"limit": 1, **({"cursor": cursor} if cursor else {})}
        page = (await client.get(path, params=params)).json()
        for item in page["items"]:
            yield item
        if (cursor := page["next_cursor"]) is None:
            return


@pytest.mark.parametrize(
    ("thresholds", "words"),
    [
        (
            {"waspada_pct": "150", "anomali_pct": "120.5"},
            (
                "thresholds.anomali_pct",
                "thresholds.anomali_pct harus paling sedikit 150 %, diterima 120,5 %.",
                "thresholds.anomali_pct must be >= 150 %, got 120.5 %.",
            ),
        ),
        (
            {"low_pct": "120"},
            (
                "thresholds.low_pct",
                "thresholds.low_pct harus kurang dari 120 %, diterima 120 %.",
                "thresholds.low_pct must be < 120 %, got 120 %.",
            ),
        ),
        (
            {"waspada_pct": "0"},
            (
                "thresholds.waspada_pct",
                "thresholds.waspada_pct harus lebih dari 0 %, diterima 0 %.",
                "thresholds.waspada_pct must be > 0 %, got 0 %.",
            ),
        ),
        (
            {"facts_needed": 31},
            (
                "thresholds.facts_needed",
                "thresholds.facts_needed harus paling banyak 30, diterima 31.",
                "thresholds.facts_needed must be <= 30, got 31.",
            ),
        ),
        (
            {"anomali_pct": "150.00001"},
            (
                "thresholds.anomali_pct",
                "thresholds.anomali_pct paling banyak 4 angka di belakang koma, diterima 150.00001 %.",
                "thresholds.anomali_pct may have at most 4 decimal places, got 150.00001 %.",
            ),
        ),
    ],
)
@pytest.mark.parametrize("path", ["/thresholds", "/thresholds/backtest"])
async def test_thresholds_that_cannot_be_are_refused_in_words(
    caller: Caller, place: Place, thresholds: Mapping[str, Any], words: tuple[str, str, str], path: str
) -> None:
    field, *sentences = words
    for language, sentence in zip(("id", "en"), sentences, strict=True):
        client = caller(place.tenant, language=language)
        answer = await client.post(path, json={"thresholds": thresholds})
        assert answer.status_code == 422
        [error] = answer.json()["errors"]
        assert (error["field"], error["message"]) == (field, sentence)


@pytest.mark.usefixtures("inventory")
async def test_nobody_sets_what_is_not_theirs(
    worker: Worker, door: Door, caller: Caller, place: Place
) -> None:
    elsewhere = Place()
    await told(door, worker, place, elsewhere)
    version = await post(caller(elsewhere.tenant), "/thresholds", thresholds=STRICT)
    owner = caller(place.tenant)
    for path in ("/thresholds", "/thresholds/backtest"):
        for field, theirs in (("location_id", elsewhere.location), ("product_id", elsewhere.product)):
            answer = await owner.post(path, json={field: theirs, "thresholds": STRICT})
            assert answer.status_code == 422
            assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [
                (field, "unknown_reference")
            ]
        limited = caller(place.tenant, "admin", locations=[place.location])
        refused = await limited.post(path, json={"thresholds": STRICT})
        assert [error["code"] for error in refused.json()["errors"]] == ["everywhere_outside_scope"]
    assert (await owner.get("/thresholds")).json()["items"] == []
    assert version["id"] not in (await owner.get("/thresholds/effective")).text
    for role in ("viewer", "analyst"):
        assert (await caller(place.tenant, role).get("/thresholds")).status_code == 200
        assert (await caller(place.tenant, role).post("/thresholds", json={})).status_code == 403
    assert (await caller(place.tenant, "operator").get("/thresholds")).status_code == 403


async def test_versions_are_only_added(database: ServiceDatabase, caller: Caller, place: Place) -> None:
    await post(caller(place.tenant), "/thresholds", thresholds=STRICT)
    with psycopg.connect(database.api_url, autocommit=True) as connection:
        connection.execute("select set_config('arus.tenant', %s, false)", (place.tenant,))
        for change in ("update anomaly.thresholds set waspada_pct = 1", "delete from anomaly.thresholds"):
            assert connection.execute(change.encode()).rowcount == 0
        seen = connection.execute("select count(*) from anomaly.thresholds").fetchone()
        assert seen == (1,)


async def test_after_activation_live_results_are_what_the_back_test_said(  # noqa: PLR0917 - fixtures
    worker: Worker,
    door: Door,
    caller: Caller,
    place: Place,
    database_for: DatabaseFor,
    settings: Settings,
) -> None:
    """Two products with one history: the one is tried on, the other goes on under the draft."""
    twin = Place(tenant=place.tenant, location=place.location)
    await told(door, worker, place, twin)
    draft = {**STRICT, "profile": "weekday", "facts_needed": 2}
    volumes = [
        100 + (n * 37) % 90 + (300 if n % 11 == 5 else 0) - (70 if n % 13 == 7 else 0) for n in range(60)
    ]
    days = [MONDAY + timedelta(days=n) for n in range(60)]
    new = 30
    await door.tell(
        place.key, *(place.recorded(day, litres) for day, litres in zip(days, volumes, strict=True))
    )
    old = zip(days[:new], volumes[:new], strict=True)
    await door.tell(twin.key, *(twin.recorded(day, litres) for day, litres in old))
    await worker.until(place.tenant, lambda rows: len(rows) == 60 + new)
    owner = caller(place.tenant)
    scope = {"product_id": place.product, "from": days[new].isoformat()}
    tried = await post(owner, "/thresholds/backtest?limit=500", **scope, thresholds=draft)
    counts = tried["counts"]
    assert counts["facts"] == 30
    assert sum(counts["before"].values()) == sum(counts["after"].values()) == 30
    assert 0 < counts["changed"] == len(tried["items"])
    paged = [tried["items"][0]]
    cursor = (await post(owner, "/thresholds/backtest?limit=1", **scope, thresholds=draft))["next_cursor"]
    while cursor:
        page = await post(owner, f"/thresholds/backtest?limit=1&cursor={cursor}", **scope, thresholds=draft)
        assert page["counts"] is None
        paged += page["items"]
        cursor = page["next_cursor"]
    assert paged == tried["items"]

    version = await post(owner, "/thresholds", product_id=twin.product, thresholds=draft)
    begins = datetime.fromisoformat(version["valid_from"])
    coming = [
        twin.recorded(day, litres, str(ULID.from_datetime(begins + timedelta(milliseconds=1 + n))))
        for n, (day, litres) in enumerate(zip(days[new:], volumes[new:], strict=True))
    ]
    await door.tell(twin.key, *coming)
    await worker.until(place.tenant, lambda rows: len(rows) == 120)
    shown = (await owner.get("/anomalies", params={"product_id": twin.product, "limit": 500})).json()["items"]
    live = {one["date"]: one for one in shown if one["date"] >= scope["from"]}
    said = {one["date"]: one for one in tried["items"]}
    after = {name: sum(one["status"] == name.upper() for one in live.values()) for name in counts["after"]}
    assert after == counts["after"]
    for day, one in said.items():
        assert (live[day]["status"], live[day]["reason"]["code"]) == (one["after"], one["reason"]["code"])
        assert (live[day]["risk_score"], live[day]["baseline"]) == (one["risk_score"], one["baseline"])
    # Tried on what was judged by it, it changes nothing.
    again = await post(
        owner, "/thresholds/backtest", product_id=twin.product, **{"from": scope["from"]}, thresholds=draft
    )
    assert (again["counts"]["facts"], again["counts"]["changed"]) == (30, 0)
    # And the whole log folded again, versions carried over, gives the same bytes.
    log = AiokafkaLog(security_of(settings))
    outcome = await replay(worker.database.worker_url, database_for("anomaly").worker_url, log)
    assert outcome.said["verdicts"] >= 120
    assert (outcome.differing, outcome.different) == (0, [])


async def test_a_back_test_that_is_too_large_says_so(
    worker: Worker, door: Door, caller: Caller, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("arus_anomaly.api.thresholds.MOST_TRIED", 2)
    await door.tell(place.key, *(place.recorded(f"2025-01-0{day}", 5) for day in (1, 2, 3)))
    await worker.until(place.tenant, lambda rows: len(rows) == 3)
    client = caller(place.tenant, language="en")
    answer = await client.post("/thresholds/backtest", json={"thresholds": STRICT})
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["message"] == "This test covers more than 2 records. Narrow its dates, location or product."
    narrower = {"thresholds": STRICT, "to": "2025-01-02"}
    assert (await post(client, "/thresholds/backtest", **narrower))["counts"]["facts"] == 2
