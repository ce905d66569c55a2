"""The feed: who gets what, from where on, and what a slow reader is told."""

import asyncio
from typing import cast

import pytest
from arus.anomaly.v1.events_pb2 import (
    CaseChanged,
    IncidentAnswered,
    IncidentChanged,
    VerdictReached,
    VerdictWithdrawn,
)
from arus.imports.v1.events_pb2 import ImportChanged
from arus_gateway import live, telling
from arus_gateway.api.live import Question
from arus_gateway.callers import Caller
from arus_gateway.live import BadEventIdError, Entry, Feed, Interest
from arus_gateway.names import Names
from arus_gateway.rules import KEY_RESOURCES
from arus_gateway.tokens import Grant


def verdict(tenant: str = "t", location: str = "l1") -> VerdictReached:
    return VerdictReached(tenant_id=tenant, location_id=location, verdict_id="v")


def feed(*partitions: int) -> Feed:
    made = Feed()
    made.stand_at(dict.fromkeys(partitions or (0, 1), 0))
    return made


def take(
    into: Feed, partition: int, offset: int, *, tenant: str = "t", location: str = "l1", now_s: float = 0
) -> None:
    into.take(partition, offset, verdict(tenant, location), time="2025-01-10T00:00:00Z", now_s=now_s)


async def received(reader: live.Subscription) -> list[str | None]:
    ids: list[str | None] = []
    while True:
        try:
            entry = await reader.next(0.001)
        except TimeoutError:
            return ids
        ids.append(entry.id if entry else None)


async def test_an_event_id_says_how_far_every_partition_was_read():
    stream = feed()
    reader = stream.subscribe(Interest("t"), None)
    take(stream, 1, 0)
    take(stream, 0, 0)
    assert await received(reader) == ["0:0,1:1", "0:1,1:1"]


async def test_a_reader_gets_its_own_organisation_and_locations_only():
    stream = feed()
    everywhere = stream.subscribe(Interest("t"), None)
    somewhere = stream.subscribe(Interest("t", frozenset(("l2",))), None)
    nowhere = stream.subscribe(Interest("t", frozenset()), None)
    other = stream.subscribe(Interest("u"), None)
    deaf = stream.subscribe(Interest("t", None, frozenset(("alert",))), None)
    take(stream, 0, 0, location="l1")
    take(stream, 0, 1, location="l2")
    take(stream, 0, 2, tenant="u")
    counts = [len(await received(reader)) for reader in (everywhere, somewhere, nowhere, other, deaf)]
    assert counts == [2, 1, 0, 1, 0]


async def test_a_reader_gets_only_the_types_it_asked_for():
    stream = feed(0, live.FIRST_OF_INCIDENTS)
    alerts = stream.subscribe(Interest("t", None, frozenset(("alert",)), incidents=True), None)
    everything = stream.subscribe(Interest("t", incidents=True), None)
    take(stream, 0, 0)
    changed = IncidentChanged(tenant_id="t", location_id="l1", incident_id="i")
    stream.take(live.FIRST_OF_INCIDENTS, 0, changed, time="2025-01-10T00:00:00Z", now_s=0)
    assert await received(alerts) == ["0:1,1000:1"]
    assert len(await received(everything)) == 2


async def test_how_far_imports_are_is_told_to_those_who_may_read_them():
    stream = feed(0, live.FIRST_OF_IMPORTS)
    everybodys = stream.subscribe(Interest("t", importers=None), None)
    own = stream.subscribe(Interest("t", frozenset(("l1",)), importers=frozenset(("sari",))), None)
    nobodys = stream.subscribe(Interest("t"), None)
    elsewhere = stream.subscribe(Interest("u", importers=None), None)
    deaf = stream.subscribe(Interest("t", types=frozenset(("alert",)), importers=None), None)
    for offset, person in enumerate(("sari", "budi")):
        changed = ImportChanged(tenant_id="t", import_id="i", imported_by=person)
        stream.take(live.FIRST_OF_IMPORTS, offset, changed, time="2025-01-10T00:00:00Z", now_s=0)
    readers = (everybodys, own, nobodys, elsewhere, deaf)
    assert [len(await received(reader)) for reader in readers] == [2, 1, 0, 0, 0]


async def test_what_happens_to_cases_is_told_to_those_who_may_read_them_there():
    stream = feed(0, live.FIRST_OF_CASES)
    everywhere = stream.subscribe(Interest("t", cases=True), None)
    here = stream.subscribe(Interest("t", frozenset(("l1",)), cases=True), None)
    nobodys = stream.subscribe(Interest("t"), None)
    deaf = stream.subscribe(Interest("t", types=frozenset(("import",)), cases=True), None)
    for offset, location in enumerate(("l1", "l2", "")):
        changed = CaseChanged(tenant_id="t", case_id="c", location_id=location)
        stream.take(live.FIRST_OF_CASES, offset, changed, time="2025-01-10T00:00:00Z", now_s=0)
    assert [len(await received(reader)) for reader in (everywhere, here, nobodys, deaf)] == [3, 1, 0, 0]


@pytest.mark.parametrize("resource", sorted(KEY_RESOURCES - {"anomalies"}))
def test_a_key_limited_to_resources_is_told_of_those_only(resource: str):
    limited = {"anomalies": "r", resource: "r"}
    grant = Grant("k", "t", "owner", None, "id", "key:k", resources=limited)
    interest = Question(None, None, None, None).interest(Caller(grant, "", "key"))
    events = {
        "anomalies": (VerdictReached, VerdictWithdrawn),
        "incidents": (IncidentChanged, IncidentAnswered),
        "imports": (ImportChanged,),
        "cases": (CaseChanged,),
    }
    told = {
        of
        for of, kinds in events.items()
        for kind in kinds
        if interest.covers(Entry("0:1", 0, 0, 0, "2025-01-10T00:00:00Z", "t", kind(tenant_id="t")))
    }
    assert told == {"anomalies", resource} & set(events)


async def test_what_only_a_newer_release_has_words_for_is_read_anew():
    changed = CaseChanged(tenant_id="t", case_id="c", change=99)  # pyright: ignore[reportArgumentType]
    entry = Entry("0:1", 0, 0, 0, "2025-01-10T00:00:00Z", "t", changed)
    assert await telling.tell(entry, cast("Names", None), "id") == telling.RESET


async def test_a_resumed_reader_misses_nothing_and_sees_nothing_twice():
    stream = feed()
    first = stream.subscribe(Interest("t"), None)
    for offset in range(3):
        take(stream, 0, offset)
        take(stream, 1, offset)
    ids = await received(first)
    again = stream.subscribe(Interest("t"), live.read_event_id(str(ids[2])))
    assert await received(again) == ids[3:]


async def test_a_reader_that_was_ahead_on_another_replica_sees_nothing_twice():
    stream = feed(0)
    reader = stream.subscribe(Interest("t"), {0: 2})
    for offset in range(4):
        take(stream, 0, offset)
    assert await received(reader) == ["0:3", "0:4"]


async def test_what_is_older_than_an_hour_answers_reset():
    stream = feed(0)
    take(stream, 0, 0, now_s=0)
    take(stream, 0, 1, now_s=10)
    take(stream, 0, 2, now_s=live.KEPT_S + 5)
    assert await received(stream.subscribe(Interest("t"), {0: 0})) == [None]
    assert await received(stream.subscribe(Interest("t"), {0: 1})) == ["0:2", "0:3"]


async def test_a_position_of_a_topic_that_is_no_longer_there_answers_reset():
    stream = feed(0)
    take(stream, 0, 0)
    assert await received(stream.subscribe(Interest("t"), {0: live.AHEAD_MOST * 2})) == [None]


async def test_a_slow_reader_is_told_to_start_over_and_costs_no_more_memory():
    stream = feed(0)
    reader = stream.subscribe(Interest("t"), None)
    for offset in range(live.WAITING_MOST + 3):
        take(stream, 0, offset)
    assert await received(reader) == [None, f"0:{live.WAITING_MOST + 2}", f"0:{live.WAITING_MOST + 3}"]


async def test_much_at_once_is_handed_on_to_who_reads_and_waits_for_nobody_who_does_not():
    stream = feed(0)
    reading, stuck = (stream.subscribe(Interest("t"), None) for _ in range(2))
    seen: list[str | None] = []
    told = 5 * live.WAITING_MOST

    async def read() -> None:
        while len(seen) < told:
            entry = await reading.next(60)
            seen.append(entry.id if entry else None)
            await asyncio.sleep(0)  # each message is sent by itself

    at_work = asyncio.create_task(read())
    for offset in range(told):
        take(stream, 0, offset)
        if offset % live.FAR_BEHIND == 0:
            await stream.handed_on()
    await at_work
    assert seen == [f"0:{offset + 1}" for offset in range(told)]
    assert (await received(stuck))[0] is None


async def test_who_does_not_read_is_waited_for_once(monkeypatch: pytest.MonkeyPatch):
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    stream = feed(0)
    stream.subscribe(Interest("t"), None)
    for offset in range(live.FAR_BEHIND + 1):
        take(stream, 0, offset)
    await stream.handed_on()
    monkeypatch.setattr(asyncio, "sleep", pause)
    await stream.handed_on()
    assert pauses == []


async def test_a_reader_that_left_is_forgotten():
    stream = feed(0)
    reader = stream.subscribe(Interest("t"), None)
    stream.unsubscribe(reader)
    take(stream, 0, 0)
    assert await received(reader) == []


async def test_a_closing_feed_lets_its_readers_go():
    stream = feed(0)
    reader = stream.subscribe(Interest("t"), None)
    stream.close()
    with pytest.raises(live.FeedClosedError):
        await reader.next(1)


@pytest.mark.parametrize("text", ["", "x", "0", "0:", "0:-1", "-1:0", "0:1,0:2", "0:1;1:2", "0:1:2"])
def test_an_event_id_that_is_none_is_refused(text: str):
    with pytest.raises(BadEventIdError):
        live.read_event_id(text)
