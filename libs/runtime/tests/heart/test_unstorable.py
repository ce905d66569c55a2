"""A record whose values the database refuses is found in its batch and parked; the others go on."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

import pytest
from arus.anomaly.v1.events_pb2 import Status, VerdictWithdrawn
from arus.fuel.v1.events_pb2 import FuelTransactionRecorded
from arus_contracts.enums import word
from arus_runtime.memory import MemoryStore
from arus_runtime.store import Part, Unstorable
from arus_runtime.testing import decoded, until
from arus_runtime.worker import Effect, Emit, Meta, Projection, Upsert
from typing_extensions import override

from .workers import DLQ, IN, LATEST, TOTALS, Door, latest, ledger, totals
from .worlds import House, MemoryWorld, RealWorld, World, keys_of_different_partitions


async def parked(world: World) -> list[tuple[str, str, str]]:
    """Return fact, reason and detail of what was parked."""
    found = [(decoded(record), dict(record.headers)) for record in await world.records(DLQ)]
    return [
        (event.transaction_id, said["dlq_reason"].decode(), said["dlq_detail"].decode())
        for event, said in found
    ]


@pytest.mark.parametrize("make", [latest, ledger])
async def test_a_value_that_the_database_refuses_parks_its_record_only(
    world: World, house: House, make: Callable[[], Projection]
) -> None:
    worker, door = make(), Door()
    bad, good = keys_of_different_partitions(world.partitions, 2)
    await world.publish(
        *(door.recorded(bad, f"f{n}\0" if n in {5, 11, 12} else f"f{n}", 1) for n in range(20)),
        *(door.recorded(good, f"g{n}", 1) for n in range(20)),
    )
    engine = house.work(worker)
    house.relay(worker)
    await house.taken(worker)
    await world.publish(door.recorded(bad, "later", 1), door.recorded(bad, "later\0", 1))
    await house.taken(worker)
    await house.published()

    held = await world.sums() if make is ledger else {row["fact_id"] for row in await world.rows(LATEST)}
    wanted = {f"f{n}" for n in range(20)} - {"f5", "f11", "f12"} | {f"g{n}" for n in range(20)} | {"later"}
    assert set(held) == wanted
    assert make is latest or set((await world.sums()).values()) == {1}
    said = await parked(world)
    assert [(fact, reason) for fact, reason, _ in said] == [
        (f"{fact}\0", "rejected") for fact in ("f5", "f11", "f12", "later")
    ]
    assert all("NUL" in detail for _, _, detail in said)
    assert not engine.stopped


def keyed() -> Projection:
    """Return a worker that publishes under a key of the fact's own, and keeps what the fact says there."""
    worker = Projection("keyed", (IN,), (LATEST,))

    @worker.on(FuelTransactionRecorded)
    def recorded(event: FuelTransactionRecorded, meta: Meta) -> list[Effect]:
        word(Status, event.volume_ul)
        return [
            Upsert(LATEST, (meta.tenant, event.transaction_id, event.volume_ul)),
            Emit(VerdictWithdrawn(tenant_id=meta.tenant), key=event.business_date),
        ]

    return worker


@pytest.mark.parametrize(
    ("day", "fact_id", "words"),
    [
        ("t:\0", "f", "invalid byte sequence"),
        ("t:k", os.urandom(200_000).hex(), "index row"),
    ],
)
@pytest.mark.parametrize("world", ["real"], indirect=True)
async def test_whatever_it_is_that_postgresql_refuses(
    world: RealWorld, house: House, day: str, fact_id: str, words: str
) -> None:
    worker, door = keyed(), Door()
    await world.publish(
        door.recorded("t:k", "a"), door.recorded("t:k", fact_id, day=day), door.recorded("t:k", "b")
    )
    engine = house.work(worker)
    house.relay(worker)
    await house.taken(worker)
    await house.published()
    assert {row["fact_id"] for row in await world.rows(LATEST)} == {"a", "b"}
    ((_, reason, detail),) = await parked(world)
    assert reason == "rejected"
    assert words in detail
    assert not engine.stopped


async def test_a_value_of_an_enum_that_is_newer_than_this_release_is_parked(
    world: World, house: House
) -> None:
    worker, door = keyed(), Door()
    await world.publish(door.recorded("t:k", "new", 99), *(door.recorded("t:k", f"f{n}") for n in range(3)))
    engine = house.work(worker)
    house.relay(worker)
    await house.taken(worker)
    await house.published()
    assert {row["fact_id"] for row in await world.rows(LATEST)} == {"f0", "f1", "f2"}
    assert await parked(world) == [("new", "rejected", "Status has no value 99 in this release")]
    assert not engine.stopped


class Refusing(MemoryStore):
    """A store that takes nothing of one partition."""

    refused: int = 0

    @override
    def commit(self, parts: Sequence[Part]) -> None:
        if any(part.at.partition == self.refused for part in parts):
            raise Unstorable("nothing is taken")
        super().commit(parts)


@pytest.mark.parametrize("world", ["memory"], indirect=True)
async def test_a_partition_of_which_nothing_is_taken_stops_alone(world: MemoryWorld, house: House) -> None:
    worker, door = totals(), Door()
    stops, goes = keys_of_different_partitions(world.partitions, 2)
    store = Refusing(world.database, worker)
    await world.publish(door.recorded(stops, "a"), door.recorded(stops, "b"), door.recorded(goes, "c"))
    store.refused = next(at.partition for at, held in world.log.topics.items() if len(held) == 2)
    engine = house.work(worker, store)
    await until(lambda: bool(engine.stopped))
    assert [type(cause) for cause in engine.stopped.values()] == [Unstorable]
    await world.publish(door.recorded(goes, "d"))

    async def both() -> bool:
        return [row["fact_id"] for row in await world.rows(TOTALS)] == ["c", "d"]

    await house.until(both)
