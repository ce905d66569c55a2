"""Fuel facts over REST, on a real PostgreSQL."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import psycopg
import pytest
from arus.fuel.v1 import events_pb2
from arus_ingest import pressure
from arus_ingest.settings import IngestSettings
from arus_runtime.context import Context
from arus_runtime.ids import new_ulid
from arus_stack.testing import ServiceDatabase

from .conftest import CatalogueOwner, kinds, told

pytestmark = pytest.mark.integration

PATH = "/fuel/transactions"


async def test_the_seeds_golden_transaction_is_recorded_and_told(
    owner: httpx.AsyncClient, golden: dict[str, Any], database: ServiceDatabase
) -> None:
    made = await owner.post(PATH, json=golden | {"note": " Genset "})
    assert made.status_code == 201, made.text
    fact = made.json()
    assert golden.items() <= fact.items()
    assert (fact["note"], fact["status"], fact["version"], fact["warnings"]) == ("Genset", "active", 1, [])
    assert (fact["recorded_by"], fact["timezone"]) == ("user-1", "Asia/Jakarta")
    assert (made.headers["etag"], made.headers["location"]) == ('"1"', f"/api/v1{PATH}/{fact['id']}")
    assert (await owner.get(f"{PATH}/{fact['id']}")).json() == fact
    ((key, event),) = told(database)
    assert key == f"tenant-a:{golden['location_id']}:{golden['product_id']}"
    assert event == events_pb2.FuelTransactionRecorded(
        tenant_id="tenant-a",
        transaction_id=fact["id"],
        location_id=golden["location_id"],
        product_id=golden["product_id"],
        business_date="2025-01-10",
        volume_ul=520_000_000,
        timezone="Asia/Jakarta",
        recorded_by="user-1",
    )


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b'"173.3333"', "173.3333"),
        (b"173.3333", "173.3333"),
        (b"999999.999999", "999999.999999"),
        (b"0.000001", "0.000001"),
        (b"5.2e2", "520"),
        (b'"00520.50"', "520.5"),
    ],
)
async def test_no_digit_of_a_volume_is_lost(
    owner: httpx.AsyncClient, golden: dict[str, Any], body: bytes, shown: str
) -> None:
    text = httpx.Request("POST", "http://x", json=golden).content.replace(b'"520"', body)
    made = await owner.post(PATH, content=text, headers={"Content-Type": "application/json"})
    assert made.status_code == 201, made.text
    assert (await owner.get(f"{PATH}/{made.json()['id']}")).json()["volume_l"] == shown


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"volume_l": "0"}, "volume_l", "volume_out_of_range"),
        ({"volume_l": -5}, "volume_l", "volume_out_of_range"),
        ({"volume_l": "1000000.000001"}, "volume_l", "volume_out_of_range"),
        ({"volume_l": "1.0000001"}, "volume_l", "too_many_places"),
        ({"volume_l": "5,5"}, "volume_l", "not_number"),
        ({"volume_l": None}, "volume_l", "not_number"),
        ({"volume_l": [1]}, "volume_l", "not_number"),
        ({"volume_l": True}, "volume_l", "not_number"),
        ({"volume_l": "9" * 100_000}, "volume_l", "not_number"),
        ({"date": "2025-02-30"}, "date", "not_date"),
        ({"date": "10/01/2025"}, "date", "not_date"),
        ({"date": 1736467200}, "date", "not_date"),
        ({"date": "9999-12-31"}, "date", "future_date"),
        ({"location_id": "gudang-a"}, "location_id", "unknown_reference"),
        ({"location_id": new_ulid()}, "location_id", "unknown_reference"),
        ({"product_id": new_ulid()}, "product_id", "unknown_reference"),
        ({"product_id": 7}, "product_id", "not_text"),
        ({"note": "a\0b"}, "note", "nul_character"),
        ({"note": "x" * 501}, "note", "too_long"),
        ({"volume": 5}, "volume", "unknown_field"),
    ],
)
async def test_a_wrong_field_is_named_in_both_languages(
    *,
    owner: httpx.AsyncClient,
    golden: dict[str, Any],
    database: ServiceDatabase,
    change: dict[str, Any],
    field: str,
    code: str,
) -> None:
    messages: set[str] = set()
    for language in ("id", "en"):
        answer = await owner.post(PATH, json=golden | change, headers={"Accept-Language": language})
        assert answer.status_code == 422, answer.text
        (error,) = answer.json()["errors"]
        assert (error["field"], error["code"]) == (field, code)
        assert "{" not in error["message"]
        messages.add(error["message"])
    assert len(messages) == 2
    assert told(database) == []


async def test_a_refusal_states_the_value_the_bound_and_the_unit(
    owner: httpx.AsyncClient, golden: dict[str, Any]
) -> None:
    (error,) = (await owner.post(PATH, json=golden | {"volume_l": "-5"})).json()["errors"]
    assert error["message"] == "volume_l must be > 0 and <= 1,000,000 L, got -5 L."


async def test_tomorrow_begins_at_the_locations_own_midnight(
    owner: httpx.AsyncClient, golden: dict[str, Any], catalogue: CatalogueOwner
) -> None:
    for timezone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        location = catalogue.location(timezone=timezone)
        today = datetime.now(ZoneInfo(timezone)).date()
        said = golden | {"location_id": location, "date": today.isoformat()}
        assert (await owner.post(PATH, json=said)).status_code == 201
        # Two days on, so that a midnight between the two lines cannot make it true.
        said["date"] = (today + timedelta(days=2)).isoformat()
        assert (await owner.post(PATH, json=said)).json()["errors"][0]["code"] == "future_date"


async def test_only_an_active_fuel_can_be_used(
    owner: httpx.AsyncClient, golden: dict[str, Any], catalogue: CatalogueOwner
) -> None:
    for change, code in (
        ({"product_id": catalogue.product(kind="food")}, "product_not_fuel"),
        ({"product_id": catalogue.product(active=False)}, "inactive_reference"),
        ({"location_id": catalogue.location(active=False)}, "inactive_reference"),
        ({"location_id": catalogue.location("tenant-b")}, "unknown_reference"),
    ):
        answer = await owner.post(PATH, json=golden | change)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)


async def test_what_this_door_has_heard_of_is_not_asked_again_and_doubts_are(
    owner: httpx.AsyncClient, golden: dict[str, Any], catalogue: CatalogueOwner, database: ServiceDatabase
) -> None:
    with psycopg.connect(database.worker_url, options="-c search_path=ingest") as connection:
        connection.execute(
            "insert into locations values ('tenant-a', %s, 'A', 'Asia/Jakarta', true, 1)",
            (golden["location_id"],),
        )
        connection.execute(
            "insert into products values ('tenant-a', %s, 'S', 'fuel', true, 1)", (golden["product_id"],)
        )
    assert (await owner.post(PATH, json=golden)).status_code == 201
    assert catalogue.asked == 0
    with psycopg.connect(database.worker_url, options="-c search_path=ingest") as connection:
        connection.execute("update locations set is_active = false")
    # It was reactivated a moment ago: the copy does not know yet, the owner does.
    assert (await owner.post(PATH, json=golden)).status_code == 201
    assert catalogue.asked == 1


async def test_while_the_owner_is_away_a_thing_not_heard_of_is_a_503_never_a_422(
    owner: httpx.AsyncClient, golden: dict[str, Any], context: Context
) -> None:
    context.settings.peers["inventory"].grpc = "127.0.0.1:1"
    answer = await owner.post(PATH, json=golden)
    assert (answer.status_code, answer.json()["code"]) == (503, "catalogue_unreachable")
    assert int(answer.headers["retry-after"]) > 0


async def test_the_same_again_is_recorded_with_a_warning(
    owner: httpx.AsyncClient, golden: dict[str, Any]
) -> None:
    first = (await owner.post(PATH, json=golden)).json()
    again = await owner.post(PATH, json=golden)
    assert again.status_code == 201
    (warning,) = again.json()["warnings"]
    assert warning["code"] == "DUPLIKAT"
    assert "520 L" in warning["message"]
    assert (await owner.post(PATH, json=golden | {"volume_l": 521})).json()["warnings"] == []
    for fact in (first, again.json()):
        await owner.delete(f"{PATH}/{fact['id']}")
    assert (await owner.post(PATH, json=golden)).json()["warnings"] == []


async def test_a_correction_stays_under_its_key_and_needs_the_version_seen(
    owner: httpx.AsyncClient, golden: dict[str, Any], database: ServiceDatabase
) -> None:
    path = f"{PATH}/{(await owner.post(PATH, json=golden)).json()['id']}"
    fixed = await owner.patch(
        path, json={"volume_l": "52.0", "date": "2025-01-09"}, headers={"If-Match": '"1"'}
    )
    assert (fixed.status_code, fixed.headers["etag"]) == (200, '"2"')
    assert (fixed.json()["volume_l"], fixed.json()["date"]) == ("52", "2025-01-09")
    assert (await owner.patch(path, json={"volume_l": 1}, headers={"If-Match": '"1"'})).status_code == 412
    assert (await owner.patch(path, json={"volume_l": "52"})).json()["version"] == 2
    assert (await owner.patch(path, json={"note": "salah ketik"})).json()["version"] == 3
    assert kinds(database) == ["FuelTransactionRecorded"] + ["FuelTransactionCorrected"] * 2
    corrected = told(database)[1][1]
    assert (corrected.volume_ul, corrected.business_date) == (52_000_000, "2025-01-09")


async def test_a_correction_to_another_location_moves_the_fact_between_histories(
    owner: httpx.AsyncClient, golden: dict[str, Any], catalogue: CatalogueOwner, database: ServiceDatabase
) -> None:
    fact = (await owner.post(PATH, json=golden)).json()
    makassar = catalogue.location(timezone="Asia/Makassar")
    moved = await owner.put(f"{PATH}/{fact['id']}", json=fact | {"location_id": makassar})
    assert moved.status_code == 200, moved.text
    assert (moved.json()["id"], moved.json()["timezone"]) == (fact["id"], "Asia/Makassar")
    (_, (old_key, voided), (new_key, recorded)) = told(database)
    assert isinstance(voided, events_pb2.FuelTransactionVoided)
    assert isinstance(recorded, events_pb2.FuelTransactionRecorded)
    assert (voided.transaction_id, recorded.transaction_id) == (fact["id"], fact["id"])
    assert old_key == f"tenant-a:{golden['location_id']}:{golden['product_id']}"
    assert new_key == f"tenant-a:{makassar}:{golden['product_id']}"
    assert (voided.location_id, recorded.location_id) == (golden["location_id"], makassar)


@pytest.mark.parametrize(
    ("patch", "code"),
    [
        ({"volume_l": 0}, "volume_out_of_range"),
        ({"volume_l": None}, "not_null"),
        ({"date": "9999-12-31"}, "future_date"),
        ({"location_id": "01JGJ4M3Z8Q0T7C1V5X2B9N6KD"}, "unknown_reference"),
        ({"status": "voided"}, "unknown_field"),
    ],
)
async def test_a_wrong_correction_is_refused_and_changes_nothing(
    owner: httpx.AsyncClient, golden: dict[str, Any], patch: dict[str, Any], code: str
) -> None:
    fact = (await owner.post(PATH, json=golden)).json()
    answer = await owner.patch(f"{PATH}/{fact['id']}", json=patch)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)
    assert (await owner.get(f"{PATH}/{fact['id']}")).json() == fact


async def test_a_volume_can_be_corrected_after_its_location_was_closed(
    owner: httpx.AsyncClient, golden: dict[str, Any], catalogue: CatalogueOwner
) -> None:
    fact = (await owner.post(PATH, json=golden)).json()
    catalogue.locations["tenant-a", golden["location_id"]].is_active = False
    assert (await owner.patch(f"{PATH}/{fact['id']}", json={"volume_l": 300})).status_code == 200


async def test_a_voided_fact_stays_visible_and_voiding_it_again_changes_nothing(
    owner: httpx.AsyncClient, golden: dict[str, Any], database: ServiceDatabase
) -> None:
    path = f"{PATH}/{(await owner.post(PATH, json=golden)).json()['id']}"
    assert (await owner.delete(path, headers={"If-Match": '"7"'})).status_code == 412
    assert [(await owner.delete(path)).status_code for _ in range(2)] == [204, 204]
    assert (await owner.get(path)).json()["status"] == "voided"
    answer = await owner.patch(path, json={"volume_l": 1})
    assert (answer.status_code, answer.json()["code"]) == (409, "already_voided")
    assert kinds(database) == ["FuelTransactionRecorded", "FuelTransactionVoided"]
    assert (await owner.delete(f"{PATH}/{new_ulid()}")).status_code == 404


async def test_after_the_edit_window_a_fact_stands(
    owner: httpx.AsyncClient, golden: dict[str, Any], database: ServiceDatabase, context: Context
) -> None:
    path = f"{PATH}/{(await owner.post(PATH, json=golden)).json()['id']}"
    with psycopg.connect(database.worker_url) as connection:
        connection.execute("update ingest.fuel_transactions set recorded_at = now() - interval '32 days'")
    for answer in (await owner.patch(path, json={"volume_l": 1}), await owner.delete(path)):
        assert (answer.status_code, answer.json()["code"]) == (409, "edit_window_closed")
    context.own["settings"] = IngestSettings(fuel_edit_window_days=40)
    assert (await owner.patch(path, json={"volume_l": 1})).status_code == 200


async def test_a_list_is_filtered_and_goes_page_by_page_newest_first(
    owner: httpx.AsyncClient, golden: dict[str, Any], catalogue: CatalogueOwner
) -> None:
    other = catalogue.location()
    days = [date(2025, 1, 1) + timedelta(days=n // 2) for n in range(8)]
    ids: list[str] = []
    for n, day in enumerate(days):
        place = other if n % 2 else golden["location_id"]
        said = golden | {"date": day.isoformat(), "location_id": place, "note": f"Truk {n}"}
        ids.append((await owner.post(PATH, json=said)).json()["id"])
    await owner.delete(f"{PATH}/{ids[0]}")
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (await owner.get(PATH, params={"limit": "3"} | ({"cursor": cursor} if cursor else {}))).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert seen == ids[::-1]

    async def found(**asked: str) -> list[str]:
        return [item["id"] for item in (await owner.get(PATH, params=asked)).json()["items"]]

    assert await found(location_id=other) == ids[::-2]
    assert await found(**{"from": "2025-01-02", "to": "2025-01-03"}) == ids[5:1:-1]
    assert await found(status="voided") == [ids[0]]
    assert ids[0] not in await found(status="active")
    assert await found(q="truk 5") == [ids[5]]
    assert await found(q="%") == []
    assert await found(product_id=new_ulid()) == []


@pytest.mark.parametrize(
    "query",
    [
        "from=x",
        "from=2025-01-02&to=2025-01-01",
        "location_id=x",
        "status=gone",
        "cursor=x",
        "limit=501",
        "q=%00",
    ],
)
async def test_a_wrong_query_is_a_422(owner: httpx.AsyncClient, query: str) -> None:
    assert (await owner.get(f"{PATH}?{query}")).status_code == 422


async def test_a_command_repeated_under_its_key_is_done_once(
    owner: httpx.AsyncClient, golden: dict[str, Any], database: ServiceDatabase
) -> None:
    headers = {"Idempotency-Key": "form-1"}
    first = await owner.post(PATH, json=golden, headers=headers)
    again = await owner.post(PATH, json=golden, headers=headers)
    assert (again.status_code, again.json()) == (201, first.json())
    assert len(told(database)) == 1


async def test_per_history_the_outbox_says_things_in_the_order_they_came_to_stand(
    owner: httpx.AsyncClient, golden: dict[str, Any], catalogue: CatalogueOwner, database: ServiceDatabase
) -> None:
    """Sixteen at once record and correct under two histories; every event must find the version before it."""
    other = golden | {"location_id": catalogue.location()}

    async def one(n: int) -> None:
        made = await owner.post(PATH, json=(other if n % 2 else golden) | {"volume_l": n + 1})
        assert made.status_code == 201, made.text
        path = f"{PATH}/{made.json()['id']}"
        assert (await owner.patch(path, json={"volume_l": n + 100})).status_code == 200
        assert (await owner.patch(path, json={"location_id": golden["location_id"]})).status_code == 200
        assert (await owner.delete(path)).status_code == 204

    await asyncio.gather(*map(one, range(16)))
    standing: dict[str, set[str]] = {}
    for key, event in told(database):
        under = standing.setdefault(key, set())
        match event:
            case events_pb2.FuelTransactionRecorded():
                assert event.transaction_id not in under
                under.add(event.transaction_id)
            case events_pb2.FuelTransactionCorrected():
                assert event.transaction_id in under
            case _:
                under.remove(event.transaction_id)
    assert set(map(len, standing.values())) == {0}


async def test_when_events_pile_up_the_door_closes_for_a_while(
    owner: httpx.AsyncClient, golden: dict[str, Any], context: Context
) -> None:
    context.own["settings"] = IngestSettings(outbox_max_rows=2)
    for _ in range(2):
        await pressure.measure(context)
        assert (await owner.post(PATH, json=golden)).status_code == 201
    await pressure.measure(context)
    closed = await owner.post(PATH, json=golden)
    assert (closed.status_code, closed.json()["code"]) == (503, "outbox_full")
    assert int(closed.headers["retry-after"]) > 0
    assert (await owner.get(PATH)).status_code == 200


async def test_recorded_at_is_now_in_utc(owner: httpx.AsyncClient, golden: dict[str, Any]) -> None:
    before = datetime.now(UTC)
    recorded_at = datetime.fromisoformat((await owner.post(PATH, json=golden)).json()["recorded_at"])
    assert before <= recorded_at <= datetime.now(UTC)
    assert recorded_at.utcoffset() == timedelta(0)
