"""Facts on the topic become verdicts at the API, on a real Kafka and PostgreSQL."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from arus_runtime.ids import new_ulid

from .conftest import Caller, Door, Place, Worker, told

pytestmark = pytest.mark.integration

Rows = Sequence[tuple[Any, ...]]


def all_said(count: int) -> Callable[[Rows], bool]:
    def standing(rows: Rows) -> bool:
        return sum(is_current for _, _, is_current in rows) == count

    return standing


async def test_the_golden_case_with_its_reason_in_both_languages(
    worker: Worker, door: Door, caller: Caller, place: Place
) -> None:
    await told(door, worker, place)
    facts = [place.recorded(f"2025-01-0{day}", 300) for day in (7, 8, 9)]
    golden = place.recorded("2025-01-10", 520)
    await door.tell(place.key, *facts, golden)
    await worker.until(place.tenant, all_said(4))

    items = (await caller(place.tenant).get("/anomalies")).json()["items"]
    assert [item["status"] for item in items] == ["ANOMALI", "NORMAL", "NORMAL", "NORMAL"]
    assert items[0] == {
        "id": golden.transaction_id,
        "domain": "fuel",
        "location": {"id": place.location, "name": "Gudang A"},
        "product": {"id": place.product, "name": "Solar"},
        "date": "2025-01-10",
        "volume": "520",
        "baseline": "300",
        "risk_score": "173.3333",
        "status": "ANOMALI",
        "reason": {
            "code": "FUEL_ANOMALI",
            "params": {
                "volume_l": "520",
                "history_count": 3,
                "history_needed": 3,
                "baseline_l": "300",
                "score_pct": 173,
            },
            "text": "Pemakaian 520 L, 173% dari biasanya (300 L): ANOMALI.",
        },
        "milder": [
            {
                "status": "WASPADA",
                "at_least": "360",
                "at_most": "450",
                "reason": {
                    "code": "FLIP_WASPADA_AT_MOST",
                    "params": {"volume_l": "450"},
                    "text": "WASPADA bila ≤ 450 L.",
                },
            },
            {
                "status": "NORMAL",
                "at_least": None,
                "at_most": "359.999999",
                "reason": {
                    "code": "FLIP_NORMAL_BELOW",
                    "params": {"volume_l": "360"},
                    "text": "NORMAL bila < 360 L.",
                },
            },
        ],
        "thresholds_id": None,
        "fact_id": golden.transaction_id,
        "judged_at": "2025-01-10T09:00:00Z",
        "superseded": False,
    }
    assert items[3]["risk_score"] is None
    assert items[3]["baseline"] is None
    assert items[3]["reason"]["code"] == "BASELINE_KURANG"

    detail = (await caller(place.tenant, language="en").get(f"/anomalies/{items[0]['id']}")).json()
    assert detail["reason"]["text"] == "Use of 520 L is 173% of the usual 300 L: ANOMALI (anomaly)."
    shown = [
        {name: past[name] for name in ("fact_id", "date", "volume", "status")} for past in detail["history"]
    ]
    assert shown == [
        {
            "fact_id": fact.transaction_id,
            "date": fact.business_date,
            "volume": "300",
            "status": "NORMAL",
        }
        for fact in reversed(facts)
    ]
    assert detail["revisions"] == []
    summary = (await caller(place.tenant).get("/anomalies/summary")).json()
    assert summary == {"normal": 3, "waspada": 0, "anomali": 1}


async def test_a_correction_keeps_the_old_verdict_and_voiding_takes_it_off_the_list(
    worker: Worker, door: Door, caller: Caller, place: Place
) -> None:
    facts = [place.recorded(f"2025-01-0{day}", 300) for day in (6, 7, 8)]
    late, last = place.recorded("2025-01-09", 520), place.recorded("2025-01-10", 400)
    await door.tell(place.key, *facts, late, last)
    await worker.until(place.tenant, all_said(5))
    await door.tell(place.key, place.corrected(late.transaction_id, "2025-01-09", 330))
    await worker.until(place.tenant, lambda rows: len(rows) == 7)

    client = caller(place.tenant, language="en")
    late_id, last_id = (fact.transaction_id for fact in (late, last))
    corrected = (await client.get(f"/anomalies/{late_id}")).json()
    assert (corrected["status"], corrected["risk_score"], corrected["superseded"]) == (
        "NORMAL",
        "110.0000",
        False,
    )
    assert [(old["status"], old["risk_score"], old["superseded"]) for old in corrected["revisions"]] == [
        ("ANOMALI", "173.3333", True)
    ]
    # 400 against the mean of 300, 300, 300, 520 was 112.7 %; against 300, 300, 300, 330 it is 130.1 %.
    followed = (await client.get(f"/anomalies/{last_id}")).json()
    assert (followed["status"], followed["risk_score"]) == ("WASPADA", "130.0813")
    assert followed["baseline"] == "307.5"
    assert [old["status"] for old in followed["revisions"]] == ["NORMAL"]

    await door.tell(place.key, place.voided(late.transaction_id))
    await worker.until(place.tenant, all_said(4))
    items = (await client.get("/anomalies", params={"from": "2025-01-09"})).json()["items"]
    assert [(item["fact_id"], item["risk_score"]) for item in items] == [(last.transaction_id, "133.3333")]
    gone = (await client.get(f"/anomalies/{late_id}")).json()
    assert gone["superseded"] is True
    assert [old["status"] for old in gone["revisions"]] == ["ANOMALI"]


async def test_lists_are_filtered_and_paged_newest_first(
    worker: Worker, door: Door, caller: Caller, place: Place
) -> None:
    other = Place(tenant=place.tenant, product=place.product)
    start = date(2025, 3, 1)
    days = [start + timedelta(days=day) for day in range(12)]
    await door.tell(place.key, *(place.recorded(day, 400 if day.day == 12 else 100) for day in days))
    await door.tell(other.key, *(other.recorded(day, 125 if day.day > 10 else 100) for day in days))
    await worker.until(place.tenant, all_said(24))
    client = caller(place.tenant)

    shown: list[dict[str, Any]] = []
    cursor = None
    while cursor or not shown:
        page = await client.get("/anomalies", params={"limit": 7} | ({"cursor": cursor} if cursor else {}))
        shown += page.json()["items"]
        cursor = page.json()["next_cursor"]
    assert len({item["fact_id"] for item in shown}) == 24
    assert shown == sorted(shown, key=lambda item: (item["date"], item["fact_id"]), reverse=True)

    async def found(**params: Any) -> list[tuple[str, str]]:
        answer = await client.get("/anomalies", params=params)
        assert answer.status_code == 200, answer.text
        return [(item["date"], item["location"]["id"]) for item in answer.json()["items"]]

    alarming = [
        ("2025-03-12", place.location),
        ("2025-03-12", other.location),
        ("2025-03-11", other.location),
    ]
    assert sorted(await found(status=["WASPADA", "ANOMALI"])) == sorted(alarming)
    assert await found(status="ANOMALI") == alarming[:1]
    assert len(await found(location_id=other.location)) == 12
    assert await found(location_id=other.location, status="WASPADA") == alarming[1:]
    assert len(await found(product_id=place.product, **{"from": "2025-03-03", "to": "2025-03-04"})) == 4
    assert len(await found(domain="fuel", limit=500)) == 24
    assert await found(product_id=new_ulid()) == []


async def test_a_caller_sees_the_locations_of_their_scope_only(
    worker: Worker, door: Door, caller: Caller, place: Place
) -> None:
    other = Place(tenant=place.tenant)
    mine, theirs = place.recorded("2025-01-10", 5), other.recorded("2025-01-10", 5)
    await door.tell(place.key, mine)
    await door.tell(other.key, theirs)
    await worker.until(place.tenant, all_said(2))
    scoped = caller(place.tenant, "viewer", locations=[place.location])
    items = (await scoped.get("/anomalies")).json()["items"]
    assert [item["fact_id"] for item in items] == [mine.transaction_id]
    assert (await scoped.get("/anomalies", params={"location_id": other.location})).json()["items"] == []
    assert (await scoped.get(f"/anomalies/{theirs.transaction_id}")).status_code == 404
    assert (await scoped.get("/anomalies/summary")).json() == {"normal": 1, "waspada": 0, "anomali": 0}
    nowhere = caller(place.tenant, "viewer", locations=[])
    assert (await nowhere.get("/anomalies")).json()["items"] == []


async def test_another_tenant_sees_nothing(worker: Worker, door: Door, caller: Caller, place: Place) -> None:
    fact = place.recorded("2025-01-10", 5)
    await door.tell(place.key, fact)
    await worker.until(place.tenant, all_said(1))
    stranger = caller(new_ulid())
    assert (await stranger.get("/anomalies")).json() == {"items": [], "next_cursor": None}
    assert (await stranger.get(f"/anomalies/{fact.transaction_id}")).status_code == 404
    assert (await stranger.get("/anomalies/summary")).json() == {"normal": 0, "waspada": 0, "anomali": 0}


async def test_what_cannot_succeed_is_parked_and_the_rest_is_judged(
    worker: Worker, door: Door, place: Place
) -> None:
    good = place.recorded("2025-01-10", 5)
    await door.tell(
        place.key,
        place.voided(new_ulid()),
        place.recorded("2025-13-01", 5),
        place.corrected(new_ulid(), "2025-01-10", 5),
        good,
    )
    await worker.until(place.tenant, all_said(1))
    assert [fact for fact, _, _ in worker.rows(place.tenant)] == [good.transaction_id]


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"status": "GAWAT"}, "status"),
        ({"domain": "water"}, "domain"),
        ({"location_id": "x"}, "location_id"),
        ({"from": "2025-02-30"}, "from"),
        ({"from": "2025-02-02", "to": "2025-02-01"}, "to"),
        ({"limit": 0}, "limit"),
        ({"limit": 501}, "limit"),
        ({"cursor": "x"}, "cursor"),
    ],
)
async def test_a_wrong_filter_is_named(
    caller: Caller, place: Place, params: dict[str, Any], field: str
) -> None:
    answer = await caller(place.tenant).get("/anomalies", params=params)
    assert answer.status_code == 422, answer.text
    assert field in [error["field"].split(".")[0] for error in answer.json()["errors"]]


async def test_roles_without_the_right_are_refused(caller: Caller, place: Place) -> None:
    assert (await caller(place.tenant, "operator").get("/anomalies")).status_code == 200
    assert (await caller(place.tenant, "driver").get("/anomalies")).status_code == 403


@pytest.mark.parametrize("unknown", ["x", "f0702b09-2ddc-59c2-9aea-ee00025d6266", "x y"])
async def test_an_unknown_verdict_is_not_found(caller: Caller, place: Place, unknown: str) -> None:
    assert (await caller(place.tenant).get(f"/anomalies/{unknown}")).status_code == 404
