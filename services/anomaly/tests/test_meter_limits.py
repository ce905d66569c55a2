"""Limits of register reads over REST, and the worker that obeys them, on a real Kafka and PostgreSQL."""

import asyncio
import time
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import httpx
import psycopg
import pytest
from arus.anomaly.v1.events_pb2 import MeterThresholdSet
from arus.metering.v1.events_pb2 import RegisterReadRecorded
from arus_anomaly.replay import replay
from arus_runtime.heart import security_of
from arus_runtime.ids import new_ulid
from arus_runtime.log import AiokafkaLog
from arus_runtime.settings import Settings
from arus_stack.testing import DatabaseFor, KafkaServer, ServiceDatabase

from .conftest import DEADLINE_S, Caller, Door, Place, Worker, events

pytestmark = pytest.mark.integration
PATH = "/thresholds/meter"
LENIENT = {"extreme_m3": "500", "drop_pct": 30}


async def post(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    answer = await client.post(PATH, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def read(
    tenant: str, at: int, stand_m3: int, nomen: str = "100", meter_size: str = ""
) -> RegisterReadRecorded:
    event = RegisterReadRecorded(
        tenant_id=tenant,
        nomen=nomen,
        period=f"2024-{at + 1:02}",
        rayon="34",
        usage_class="3a",
        is_active=True,
        meter_size=meter_size,
    )
    on = date(2024, 1, 14) + timedelta(days=30 * at)
    event.reads.add(
        read_id=f"r{at}", read_date=f"{on}", stand_l=stand_m3 * 1000, read_method="ACTUAL", serial="A"
    )
    return event


async def judged(client: httpx.AsyncClient, nomen: str, periods: int) -> Sequence[dict[str, Any]]:
    """Return what is said of a customer's periods, the oldest first, once there are so many."""
    deadline = time.monotonic() + DEADLINE_S
    while True:
        answer = await client.get(f"/anomalies/meter/{nomen}")
        if answer.status_code == 200 and len(items := answer.json()["items"]) == periods:
            return items[::-1]
        assert time.monotonic() < deadline, answer.text
        await asyncio.sleep(0.05)


def moment_after(valid_from: str) -> str:
    """Return a moment after a version begins, as an envelope says it."""
    later = datetime.fromisoformat(valid_from) + timedelta(milliseconds=1)
    return later.isoformat(timespec="microseconds").replace("+00:00", "Z")


async def test_what_is_set_holds_for_reads_recorded_afterwards_and_the_log_says_the_same_again(  # noqa: PLR0917 - fixtures
    worker: Worker, door: Door, caller: Caller, place: Place, database_for: DatabaseFor, settings: Settings
) -> None:
    owner, key = caller(place.tenant), f"{place.tenant}:100"
    stands = [read(place.tenant, at, stand) for at, stand in enumerate((0, 150, 300, 450, 500))]
    await door.tell(key, *stands[:3], topic="meter.read.v1")
    await judged(owner, "100", 3)
    version = await post(owner, usage_class=" 3a ", limits=LENIENT)
    assert (version["usage_class"], version["state"]) == ("3A", "planned")
    assert version["limits"] == {
        "id": version["id"],
        "extreme_m3": "500",
        "drop_pct": 30,
        "drop_floor_m3": "5",
        "month_from_days": 20,
        "month_to_days": 45,
        "zeros": 3,
        "estimates": 3,
        "trouble_codes": [],
    }
    await door.tell(key, *stands[3:], topic="meter.read.v1", at=moment_after(version["valid_from"]))
    said = await judged(owner, "100", 5)
    # 150 m³ are extreme by what is built in, and not by what was set; nor are 50 m³ a drop then.
    assert [one["kinds"] for one in said] == [[], ["extreme"], ["extreme"], [], []]
    assert [one["limits_id"] for one in said] == [*[None] * 3, *[version["id"]] * 2]

    # A file that comes late judges all again, each read by what held when it was recorded.
    again = read(place.tenant, 0, 10)
    await door.tell(key, again, topic="meter.read.v1", at=moment_after(version["valid_from"]))
    deadline = time.monotonic() + DEADLINE_S
    while (said := await judged(owner, "100", 5))[1]["use_m3"] != "140":
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)
    assert [one["kinds"] for one in said] == [[], ["extreme"], ["extreme"], [], []]
    assert said[0]["limits_id"] == version["id"]

    outcome = await replay(
        worker.database.worker_url, database_for("anomaly").worker_url, AiokafkaLog(security_of(settings))
    )
    assert outcome.said["meter_verdicts"] >= 5
    assert (outcome.differing, outcome.different) == (0, [])


async def test_limits_of_a_meter_size_come_before_those_of_the_class_and_the_log_says_the_same_again(  # noqa: PLR0917 - fixtures
    worker: Worker, door: Door, caller: Caller, place: Place, database_for: DatabaseFor, settings: Settings
) -> None:
    owner, stranger = caller(place.tenant), new_ulid()
    of_size = await post(owner, meter_size='1 ½"', limits=LENIENT)
    of_both = await post(owner, usage_class="3A", meter_size="dn 40", limits=LENIENT)
    of_class = await post(owner, usage_class="3A", limits={"extreme_m3": "140"})
    assert [one["meter_size"] for one in (of_size, of_both, of_class)] == ["1 1/2", "DN40", None]
    after = moment_after(of_class["valid_from"])
    for nomen, size in (("100", "1 1/2 inch"), ("101", "DN 40"), ("102", '1/2"'), ("103", "")):
        reads = [read(place.tenant, at, 150 * at, nomen, size) for at in range(2)]
        await door.tell(f"{place.tenant}:{nomen}", *reads, topic="meter.read.v1", at=after)
    reads = [read(stranger, at, 150 * at, meter_size="1 1/2") for at in range(2)]
    await door.tell(f"{stranger}:100", *reads, topic="meter.read.v1", at=after)
    said = [(await judged(owner, nomen, 2))[-1] for nomen in ("100", "101", "102", "103")]
    assert [one["limits_id"] for one in said] == [of_size["id"], of_both["id"], *[of_class["id"]] * 2]
    assert [one["kinds"] for one in said] == [[], [], ["extreme"], ["extreme"]]
    [_, elsewhere] = await judged(caller(stranger), "100", 2)
    assert (elsewhere["limits_id"], elsewhere["kinds"]) == (None, ["extreme"])

    outcome = await replay(
        worker.database.worker_url, database_for("anomaly").worker_url, AiokafkaLog(security_of(settings))
    )
    assert outcome.said["meter_verdicts"] >= 10
    assert (outcome.differing, outcome.different) == (0, [])


async def test_a_version_is_told_once_and_a_class_follows_the_others_again(
    worker: Worker, caller: Caller, place: Place, kafka: KafkaServer
) -> None:
    owner = caller(place.tenant)
    planned, key = "2031-01-01T00:00:00+07:00", {"Idempotency-Key": new_ulid()}
    body = {"usage_class": "3A", "valid_from": planned, "limits": LENIENT}
    once, twice = [await owner.post(PATH, json=body, headers=key) for _ in range(2)]
    assert (once.status_code, once.json()) == (201, twice.json())
    [event] = await events(kafka, "anomaly.threshold.v1", place.tenant, 1)
    assert isinstance(event, MeterThresholdSet)
    assert (event.usage_class, event.valid_from) == ("3A", "2030-12-31T17:00:00.000Z")
    assert (event.limits.extreme_l, event.limits.drop_pct, event.limits.month_to_days) == (500_000, 30, 45)

    wide = await post(owner, limits={"extreme_m3": "80", "trouble_codes": ["stand tidak jelas"]})
    near = await post(owner, usage_class="2B", limits=LENIENT)
    assert wide["limits"]["trouble_codes"] == ["STAND TIDAK JELAS"]

    async def until(*expected: tuple[str | None, str, str | None]) -> None:
        await holding(owner, *((of, None, scope, version_id) for of, scope, version_id in expected))

    every = (None, "every_class", wide["id"])
    follows = ("3A", "every_class", wide["id"])
    await until(every, ("2B", "class", near["id"]), follows)
    taken_back = await post(owner, usage_class="2B", limits=None)
    assert taken_back["limits"] is None
    await until(every, ("2B", "every_class", wide["id"]), follows)
    listed = (await owner.get(PATH, params={"usage_class": "2b"})).json()["items"]
    assert [(one["id"], one["state"]) for one in listed] == [
        (taken_back["id"], "active"),
        (near["id"], "replaced"),
    ]
    first = (await owner.get(PATH, params={"limit": 1})).json()
    second = (await owner.get(PATH, params={"limit": 1, "cursor": first["next_cursor"]})).json()
    assert [first["items"][0]["id"], second["items"][0]["id"]] == [once.json()["id"], taken_back["id"]]


async def holding(
    owner: httpx.AsyncClient, *expected: tuple[str | None, str | None, str, str | None]
) -> None:
    """Wait until so much holds: class, size, for which of them it was set, id of the version."""
    deadline = time.monotonic() + DEADLINE_S
    while True:
        items = (await owner.get(f"{PATH}/effective")).json()["items"]
        found = [(one["usage_class"], one["meter_size"], one["scope"], one["limits"]["id"]) for one in items]
        if found == list(expected):
            return
        assert time.monotonic() < deadline, found
        await asyncio.sleep(0.1)


async def test_a_size_is_given_limits_and_follows_what_is_wider_again(
    worker: Worker, caller: Caller, place: Place, kafka: KafkaServer
) -> None:
    owner = caller(place.tenant)
    of_size = await post(owner, meter_size="½ inch", limits=LENIENT)
    [event] = await events(kafka, "anomaly.threshold.v1", place.tenant, 1)
    assert isinstance(event, MeterThresholdSet)
    assert (event.usage_class, event.meter_size, event.limits.extreme_l) == ("", "1/2", 500_000)
    of_both = await post(owner, usage_class="3A", meter_size='1/2"', limits=None)
    of_class = await post(owner, usage_class="3A", limits=LENIENT)
    size = (None, "1/2", "size", of_size["id"])
    every, of_3a = (None, None, "built_in", None), ("3A", None, "class", of_class["id"])
    await holding(owner, every, size, of_3a, ("3A", "1/2", "size", of_size["id"]))
    of_both = await post(owner, usage_class="3A", meter_size="1/2", limits=LENIENT)
    await holding(owner, every, size, of_3a, ("3A", "1/2", "class_and_size", of_both["id"]))
    again = await post(owner, meter_size="1/2", limits=None)
    await holding(
        owner,
        every,
        (None, "1/2", "built_in", None),
        of_3a,
        ("3A", "1/2", "class_and_size", of_both["id"]),
    )

    async def listed(**asked: str) -> list[tuple[str, str]]:
        items = (await owner.get(PATH, params=asked)).json()["items"]
        return [(one["id"], one["state"]) for one in items]

    assert await listed(usage_class="", meter_size='1/2"') == [
        (again["id"], "active"),
        (of_size["id"], "replaced"),
    ]
    assert await listed(usage_class="3a", meter_size="") == [(of_class["id"], "active")]
    assert len(await listed(meter_size="1/2")) == 4
    assert len(await listed()) == 5


@pytest.mark.parametrize(
    ("limits", "field", "message"),
    [
        ({"extreme_m3": "0"}, "limits.extreme_m3", "limits.extreme_m3 must be > 0 m³, got 0 m³."),
        ({"drop_pct": 100}, "limits.drop_pct", "limits.drop_pct must be <= 99 %, got 100 %."),
        ({"zeros": 1}, "limits.zeros", "limits.zeros must be >= 2, got 1."),
        (
            {"month_from_days": 30, "month_to_days": 20},
            "limits.month_to_days",
            "limits.month_to_days must be >= 30, got 20.",
        ),
    ],
)
async def test_limits_that_cannot_be_are_refused_in_words(
    caller: Caller, place: Place, limits: dict[str, Any], field: str, message: str
) -> None:
    answer = await caller(place.tenant, language="en").post(PATH, json={"limits": limits})
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert (error["field"], error["message"]) == (field, message)


async def test_nobody_sets_or_sees_what_is_not_theirs(
    caller: Caller, place: Place, database: ServiceDatabase
) -> None:
    owner, stranger = caller(place.tenant), caller(new_ulid())
    version = await post(owner, usage_class="3A", limits=LENIENT)
    sized = await post(owner, meter_size="1/2", limits=LENIENT)
    assert (await stranger.get(PATH)).json()["items"] == []
    effective = (await stranger.get(f"{PATH}/effective")).json()["items"]
    assert [one["scope"] for one in effective] == ["built_in"]
    assert {one["id"] for one in (await owner.get(PATH)).json()["items"]} == {version["id"], sized["id"]}
    for role in ("viewer", "analyst"):
        assert (await caller(place.tenant, role).get(PATH)).status_code == 200
        assert (await caller(place.tenant, role).post(PATH, json={"limits": None})).status_code == 403
    limited = await caller(place.tenant, "admin", locations=[place.location]).post(
        PATH, json={"limits": None}
    )
    assert (limited.status_code, limited.json()["code"]) == (403, "limited_to_locations")
    with psycopg.connect(database.api_url, autocommit=True) as connection:
        connection.execute("select set_config('arus.tenant', %s, false)", (place.tenant,))
        for table in ("meter_limits", "meter_size_limits"):
            for change in (f"update anomaly.{table} set zeros = 9", f"delete from anomaly.{table}"):
                assert connection.execute(change.encode()).rowcount == 0
            count = f"select count(*) from anomaly.{table}"
            assert connection.execute(count.encode()).fetchone() == (1,)
