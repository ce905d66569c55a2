"""Incidents over REST: what alarms, what people say of it, and what that changes for later records."""

import asyncio
import time
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from math import exp
from random import Random
from typing import Any

import httpx
import pytest
from arus.anomaly.v1.events_pb2 import ANSWER_CONFIRMED, IncidentAnswered, IncidentChanged
from arus.fuel.v1.events_pb2 import FuelTransactionRecorded
from arus_anomaly import measures
from arus_anomaly.replay import replay
from arus_runtime.context import Context
from arus_runtime.heart import security_of
from arus_runtime.ids import new_ulid
from arus_runtime.log import AiokafkaLog
from arus_runtime.settings import Settings
from arus_stack.testing import DatabaseFor, KafkaServer
from prometheus_client import REGISTRY
from ulid import ULID

from .conftest import DEADLINE_S, Caller, Door, Place, Worker, events, told

pytestmark = pytest.mark.integration

FIRST = date(2025, 6, 2)


def usual(place: Place, days: int = 40) -> list[FuelTransactionRecorded]:
    chance = Random(5)
    return [
        place.recorded(FIRST + timedelta(days=day), round(300 * exp(chance.gauss(0, 0.06)), 1))
        for day in range(days)
    ]


async def until(ask: Callable[[], Any], said: Callable[[Any], bool]) -> Any:
    deadline = time.monotonic() + DEADLINE_S
    while not said(answer := await ask()):
        assert time.monotonic() < deadline, answer
        await asyncio.sleep(0.05)
    return answer


async def items(client: httpx.AsyncClient, **asked: Any) -> list[dict[str, Any]]:
    answer = await client.get("/incidents", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def alarmed(door: Door, place: Place, client: httpx.AsyncClient) -> dict[str, Any]:
    """Record forty usual days and a strange one; return the incident."""
    await door.tell(place.key, *usual(place), place.recorded(FIRST + timedelta(days=40), 900))
    [incident] = await until(lambda: items(client), lambda found: len(found) == 1)
    return incident


async def test_a_strange_record_opens_one_incident_that_tells_all(
    worker: Worker, door: Door, caller: Caller, place: Place
) -> None:
    await told(door, worker, place)
    owner = caller(place.tenant)
    incident = await alarmed(door, place, owner)
    assert (incident["state"], incident["severity"], incident["facts"]) == ("open", "critical", 1)
    assert (incident["answer"], incident["newest"]["status"]) == ("none", "ANOMALI")
    assert incident["location"]["name"] == "Gudang A"
    assert incident["is_history"], "recorded a year late it is old news"

    detail = (await owner.get(f"/incidents/{incident['id']}")).json()
    [record] = detail["records"]
    opinion = record["second_opinion"]
    assert opinion["severity"] == "critical"
    assert float(opinion["usual_from"]) < 300 < float(opinion["usual_to"]) < 900
    assert opinion["reason"]["code"] == "LEARNED_HIGH"
    assert opinion["milder"]["code"] == "FLIP_WARNING_AT_MOST"
    assert opinion["causes"][0]["cause"] == "PENYALAHGUNAAN"
    assert (detail["answers"], detail["bar"]) == ([], {"raised_decades": 0.0, "false_alarms": 0})

    shown = (await owner.get(f"/anomalies/{incident['id']}")).json()
    assert shown["second_opinion"] == opinion
    assert shown["status"] == "ANOMALI"
    assert shown["history"][0]["expected"] is not None
    english = (await caller(place.tenant, language="en").get(f"/anomalies/{incident['id']}")).json()
    assert english["second_opinion"]["reason"]["text"].startswith("Above the pattern: 900 L")

    summary = (await owner.get("/incidents/summary")).json()
    assert summary["unanswered"] == {"critical": 1, "warning": 0, "info": 0}


async def test_a_record_that_joins_a_confirmed_incident_is_counted_until_it_is_confirmed_again(
    worker: Worker, door: Door, caller: Caller, place: Place
) -> None:
    await told(door, worker, place)
    owner = caller(place.tenant)
    incident = await alarmed(door, place, owner)
    path = f"/incidents/{incident['id']}"

    async def joined() -> int:
        return (await owner.get(path)).json()["joined_since"]

    async def confirmed() -> dict[str, Any]:
        return (await owner.post(f"{path}/answers", json={"answer": "confirmed"})).json()

    assert await joined() == 0, "nobody confirmed it"
    first = await confirmed()
    assert await joined() == 0
    await door.tell(place.key, place.recorded(FIRST + timedelta(days=41), 900))
    await until(joined, lambda count: count == 1)
    second = await confirmed()
    assert await joined() == 0
    await owner.post(f"{path}/answers/{second['id']}/revert")
    assert await joined() == 1
    await owner.post(f"{path}/answers/{first['id']}/revert")
    assert await joined() == 0, "nothing confirms it any more"


async def test_incidents_are_counted_by_what_was_said_and_found_when_they_are_withdrawn(
    worker: Worker, door: Door, caller: Caller
) -> None:
    tenant = new_ulid()
    places = [Place(tenant=tenant) for _ in range(4)]
    await told(door, worker, *places)
    owner = caller(tenant)
    for place in places:
        await door.tell(place.key, *usual(place), place.recorded(FIRST + timedelta(days=40), 900))
    found = await until(lambda: items(owner), lambda found: len(found) == 4)
    of = {one["location"]["id"]: one for one in found}
    sure, false, gone, calm = (of[place.location] for place in places)
    for one, answer in ((sure, "confirmed"), (false, "false_positive")):
        await owner.post(f"/incidents/{one['id']}/answers", json={"answer": answer})
    await door.tell(places[2].key, places[2].voided(gone["id"]))
    after = [places[3].recorded(FIRST + timedelta(days=41 + day), 300) for day in range(3)]
    await door.tell(places[3].key, *after)

    one_critical, nothing = {"critical": 1, "warning": 0, "info": 0}, {"critical": 0, "warning": 0, "info": 0}
    counted = {
        "unanswered": one_critical,
        "acknowledged": nothing,
        "confirmed": one_critical,
        "false_positive": one_critical,
        "closed": one_critical,
        "withdrawn": one_critical,
    }
    await until(lambda: owner.get("/incidents/summary"), lambda answer: answer.json() == counted)
    assert [one["id"] for one in await items(owner, state="withdrawn")] == [gone["id"]]
    assert [one["id"] for one in await items(owner, state="closed")] == [calm["id"]]
    assert gone["id"] not in {one["id"] for one in await items(owner)}
    assert (await owner.get("/incidents", params={"state": "lost"})).status_code == 422


async def test_what_people_say_is_kept_told_and_can_be_taken_back(
    worker: Worker, door: Door, caller: Caller, place: Place, kafka: KafkaServer
) -> None:
    await told(door, worker, place)
    owner = caller(place.tenant)
    incident = await alarmed(door, place, owner)
    path = f"/incidents/{incident['id']}/answers"
    key = {"Idempotency-Key": new_ulid()}
    body = {"answer": "confirmed", "cause": "BOCOR", "note": "  Pipa genset bocor. "}
    once, twice = [await owner.post(path, json=body, headers=key) for _ in range(2)]
    assert (once.status_code, once.json()) == (201, twice.json())
    assert (once.json()["note"], once.json()["cause"]) == ("Pipa genset bocor.", "BOCOR")
    assert await items(owner, answer="none") == []
    [shown] = await items(owner, answer="confirmed")
    assert shown["answer"] == "confirmed"

    false = (await owner.post(path, json={"answer": "false_positive"})).json()
    twice = await owner.post(path, json={"answer": "false_positive"})
    assert (twice.status_code, twice.json()["code"]) == (409, "answer_given")
    detail = (await owner.get(f"/incidents/{incident['id']}")).json()
    assert [one["answer"] for one in detail["answers"]] == ["false_positive", "confirmed"]
    assert detail["bar"] == {"raised_decades": 0.25, "false_alarms": 1}

    back = await owner.post(f"{path}/{false['id']}/revert")
    assert (back.status_code, back.json()["reverted_by"]) == (200, "user-1")
    again = await owner.post(f"{path}/{false['id']}/revert")
    assert (again.status_code, again.json()["code"]) == (409, "answer_reverted")
    assert (await items(owner))[0]["answer"] == "confirmed"

    told_ = await events(kafka, "anomaly.incident.v1", place.tenant, 4)
    answered = [event for event in told_ if isinstance(event, IncidentAnswered)]
    assert answered[0].answer == ANSWER_CONFIRMED
    assert answered[-1].reverts == false["id"]
    assert [event.facts for event in told_ if isinstance(event, IncidentChanged)] == [1]


async def test_hostile_answers_are_refused_with_what_is_wrong(
    worker: Worker, door: Door, caller: Caller, place: Place
) -> None:
    await told(door, worker, place)
    owner = caller(place.tenant)
    incident = await alarmed(door, place, owner)
    path = f"/incidents/{incident['id']}/answers"
    for body, code in (
        ({"answer": "maybe"}, "not_one_of"),
        ({"answer": "acknowledged", "cause": "BOCOR"}, "cause_unconfirmed"),
        ({"answer": "acknowledged", "note": "x" * 1001}, "too_long"),
        ({"answer": "acknowledged", "by": "me"}, "unknown_field"),
        ({}, "missing"),
    ):
        refused = await owner.post(path, json=body)
        assert refused.status_code == 422, body
        assert [error["code"] for error in refused.json()["errors"]] == [code], refused.text
    for missing in ("nothing", new_ulid()):
        assert (await owner.get(f"/incidents/{missing}")).status_code == 404
        assert (
            await owner.post(f"/incidents/{missing}/answers", json={"answer": "acknowledged"})
        ).status_code == 404
        assert (await owner.post(f"{path}/{missing}/revert")).status_code == 404


async def test_nobody_sees_or_answers_what_is_not_theirs(
    worker: Worker, door: Door, caller: Caller, place: Place
) -> None:
    await told(door, worker, place)
    incident = await alarmed(door, place, caller(place.tenant))
    stranger, elsewhere = caller(new_ulid()), caller(place.tenant, locations=[new_ulid()])
    for outside in (stranger, elsewhere):
        assert await items(outside) == []
        assert (await outside.get("/incidents/summary")).json()["unanswered"]["critical"] == 0
        assert (await outside.get(f"/incidents/{incident['id']}")).status_code == 404
        answer = await outside.post(f"/incidents/{incident['id']}/answers", json={"answer": "acknowledged"})
        assert answer.status_code == 404
    said = {"operator": 403, "viewer": 403, "analyst": 201, "admin": 409}
    for role, status in said.items():  # what the analyst said holds for the administrator too
        answered = await caller(place.tenant, role).post(
            f"/incidents/{incident['id']}/answers", json={"answer": "acknowledged"}
        )
        assert answered.status_code == status, role
    confirmed = await caller(place.tenant, "admin").post(
        f"/incidents/{incident['id']}/answers", json={"answer": "confirmed"}
    )
    assert confirmed.status_code == 201


async def test_who_says_false_alarm_after_all_gets_the_records_back_into_the_baseline(
    worker: Worker, door: Door, caller: Caller, place: Place
) -> None:
    await told(door, worker, place)
    owner = caller(place.tenant)
    facts = [
        place.recorded(FIRST + timedelta(days=day), litres) for day, litres in enumerate((300, 300, 300, 520))
    ]
    await door.tell(place.key, *facts)
    [incident] = await until(lambda: items(owner), lambda found: len(found) == 1)
    path = f"/incidents/{incident['id']}/answers"
    assert (await owner.post(path, json={"answer": "confirmed"})).status_code == 201
    last = (await owner.post(path, json={"answer": "false_positive"})).json()
    behind = place.recorded(FIRST + timedelta(days=4), 420, after(last["holds_from"]))
    await door.tell(place.key, behind)
    await worker.until(place.tenant, lambda rows: len(rows) == 5)
    shown = (await owner.get(f"/anomalies/{behind.transaction_id}")).json()
    assert (shown["baseline"], shown["status"]) == ("355", "NORMAL")


def after(holds_from: str) -> str:
    """Return a fact id from a moment after an answer holds."""
    return str(ULID.from_datetime(datetime.fromisoformat(holds_from) + timedelta(milliseconds=1)))


async def test_a_confirmed_anomaly_is_no_part_of_later_baselines_and_a_replay_says_the_same(
    worker: Worker, door: Door, caller: Caller, settings: Settings, database_for: DatabaseFor
) -> None:
    place = Place()
    await told(door, worker, place)
    owner = caller(place.tenant)
    facts = [place.recorded(FIRST + timedelta(days=day), 300) for day in range(3)]
    odd = place.recorded(FIRST + timedelta(days=3), 900)
    await door.tell(place.key, *facts, odd)
    [incident] = await until(lambda: items(owner), lambda found: len(found) == 1)
    given = (await owner.post(f"/incidents/{incident['id']}/answers", json={"answer": "confirmed"})).json()
    day = FIRST + timedelta(days=4)
    before, behind = place.recorded(day, 300), place.recorded(day, 300, after(given["holds_from"]))
    await door.tell(place.key, before, behind)
    await worker.until(place.tenant, lambda rows: len(rows) == 6)
    shown = [(await owner.get(f"/anomalies/{one.transaction_id}")).json() for one in (before, behind)]
    assert [one["baseline"] for one in shown] == ["450", "300"]
    assert [len(one["history"]) for one in shown] == [4, 4]
    assert odd.transaction_id not in {past["fact_id"] for past in shown[1]["history"]}

    # A late record is judged again by what held, and a replay comes to the same bytes.
    late = place.recorded(FIRST + timedelta(days=2), 330, after(given["holds_from"])[:-1] + "0")
    await door.tell(place.key, late)
    await worker.until(place.tenant, lambda rows: sum(current for *_, current in rows) == 7)
    again = (await owner.get(f"/anomalies/{behind.transaction_id}")).json()
    assert again["baseline"] == "306"
    empty = database_for("anomaly")
    outcome = await replay(worker.database.worker_url, empty.worker_url, AiokafkaLog(security_of(settings)))
    assert outcome.differing == 0
    assert outcome.said["verdicts"] >= 7


async def test_a_history_recorded_now_alarms_as_news_only_where_it_is_news(
    worker: Worker, door: Door, caller: Caller, place: Place
) -> None:
    await told(door, worker, place)
    owner = caller(place.tenant)
    today = datetime.now(UTC).date()
    facts = [place.recorded(today - timedelta(days=day), 300) for day in range(12, 0, -1)]
    await door.tell(place.key, *facts, place.recorded(today, 600))
    [incident] = await until(lambda: items(owner), lambda found: len(found) == 1)
    assert not incident["is_history"]
    assert (incident["severity"], incident["newest"]["volume"]) == ("warning", "600")


def sorted_by(found: Iterable[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(one[name] for name in names) for one in found]


async def test_incidents_are_listed_newest_first_page_by_page(
    worker: Worker, door: Door, caller: Caller
) -> None:
    tenant = new_ulid()
    places = [Place(tenant=tenant) for _ in range(3)]
    await told(door, worker, *places)
    owner = caller(tenant)
    for number, place in enumerate(places):
        day = FIRST + timedelta(days=number)
        facts = [place.recorded(day + timedelta(days=back), 300) for back in range(4)]
        await door.tell(place.key, *facts, place.recorded(day + timedelta(days=4), 700))
    found = await until(lambda: items(owner), lambda found: len(found) == 3)
    assert sorted_by(found, "last_date") == sorted(sorted_by(found, "last_date"), reverse=True)
    first = (await owner.get("/incidents", params={"limit": 2})).json()
    rest = (await owner.get("/incidents", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [*first["items"], *rest["items"]] == found
    assert rest["next_cursor"] is None
    one = places[1]
    for asked in (
        {"location_id": one.location},
        {"product_id": one.product},
        {"location_id": one.location, "state": "open"},
    ):
        assert [incident["location"]["id"] for incident in await items(owner, **asked)] == [one.location]
    assert await items(owner, state="closed") == []
    assert await items(owner, severity=["critical"]) == []
    assert len(await items(owner, severity=["warning", "info"])) == 3
    assert len(await items(owner, **{"from": "2025-06-07", "to": "2025-06-07"})) == 1


async def test_incidents_are_counted_for_those_who_run_the_house(
    worker: Worker, door: Door, caller: Caller, place: Place, context: Context
) -> None:
    await told(door, worker, place)
    await alarmed(door, place, caller(place.tenant))

    def counted() -> float:
        labels = {"severity": "critical", "answer": "none"}
        return REGISTRY.get_sample_value("arus_incidents", labels) or 0.0

    deadline = time.monotonic() + DEADLINE_S
    async with measures.measuring(context):
        while counted() < 1:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)


async def test_a_record_that_comes_too_late_says_why_it_has_no_opinion(
    worker: Worker, door: Door, caller: Caller, place: Place
) -> None:
    await told(door, worker, place)
    late = place.recorded(FIRST, 300)
    await door.tell(place.key, *usual(place, 70)[1:], late)
    await worker.until(place.tenant, lambda rows: sum(current for *_, current in rows) == 70)
    owner = caller(place.tenant, language="en")
    shown = await until(
        lambda: owner.get(f"/anomalies/{late.transaction_id}"), lambda answer: answer.status_code == 200
    )
    opinion = shown.json()["second_opinion"]
    assert (opinion["stage"], opinion["expected"], opinion["severity"]) == ("LATE", None, "none")
    assert opinion["reason"]["text"].startswith("Recorded when 60 records or more")
