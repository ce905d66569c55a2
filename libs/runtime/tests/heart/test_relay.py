"""A relay looks at once when it is woken, from its own process or from another one."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from arus_runtime import relay as relays
from arus_runtime.bell import Bell
from arus_runtime.envelope import Envelope, timestamp
from arus_runtime.log import MemoryLog
from arus_runtime.memory import MemoryDatabase, MemoryLanes
from arus_runtime.relay import Relay
from arus_stack.line import Line
from psycopg import AsyncConnection

from .workers import OUT
from .worlds import SERVICE, House, RealWorld

NEVER_S = 3600.0
ADD = """insert into outbox (tenant_id, topic, key, value, headers)
values ('t', %s, 't:k', '', %s) returning id"""


@pytest.fixture
def _no_net(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a relay look only when it is woken."""
    monkeypatch.setattr(relays, "POLL_S", NEVER_S)
    monkeypatch.setattr(relays, "IDLE_POLL_S", NEVER_S)


async def add(world: RealWorld, name: str, tx: AsyncConnection[Any] | None = None) -> None:
    """Add an event to the outbox, in a transaction of its own where none is given."""
    envelope = Envelope(name, "arus.test.v1.Added", timestamp(datetime.now(UTC)), "t", "t:k", "", "")
    if tx is None:
        await world.query(ADD, OUT, envelope.pack())
    else:
        await tx.execute(ADD.encode(), (OUT, envelope.pack()))


async def resting(world: RealWorld, house: House) -> Relay:
    """Return a relay that has published one event and rests."""
    await add(world, "first")
    relay = house.relay()
    await house.published()
    return relay


async def left(house: House, relay: Relay) -> None:
    """Return when everything is published, and let the relay, which only a call wakes, end."""
    try:
        await house.published()
    finally:
        house.stop.set()
        relay.wake()


@pytest.mark.integration
@pytest.mark.parametrize("world", ["real"], indirect=True)
@pytest.mark.usefixtures("_no_net")
async def test_a_call_wakes_the_relay(world: RealWorld, house: House) -> None:
    relay = await resting(world, house)
    await add(world, "second")
    relay.wake()
    await left(house, relay)


@pytest.mark.integration
@pytest.mark.parametrize("world", ["real"], indirect=True)
@pytest.mark.usefixtures("_no_net")
async def test_a_bell_wakes_the_relay_of_another_process(world: RealWorld, house: House) -> None:
    relay = await resting(world, house)
    bell = Bell(world.url, SERVICE)
    house.tasks.append(asyncio.create_task(bell.run(house.stop)))
    await add(world, "second")
    bell.ring()
    await left(house, relay)


@pytest.mark.integration
@pytest.mark.parametrize("world", ["real"], indirect=True)
@pytest.mark.usefixtures("_no_net")
async def test_a_bell_whose_line_falls_silent_takes_another(world: RealWorld, house: House) -> None:
    relay = await resting(world, house)
    parts = urlsplit(world.url)
    with Line(parts.hostname or "", parts.port or 5432) as line:
        bell = Bell(line.url(world.url), SERVICE, answer_s=0.5)
        house.tasks.append(asyncio.create_task(bell.run(house.stop)))
        bell.ring()
        await add(world, "second")

        async def published() -> bool:
            bell.ring()
            return await world.unpublished() == 0

        await house.until(published)
        line.strand()  # what the bell says still arrives, once: it waits for the answer
        for name in ("third", "fourth"):
            await add(world, name)
            await house.until(published)
        await left(house, relay)


@pytest.mark.integration
@pytest.mark.parametrize("world", ["real"], indirect=True)
async def test_what_nobody_announced_is_found(world: RealWorld, house: House) -> None:
    await resting(world, house)
    await add(world, "second")
    await house.published()


def test_a_relay_without_its_lanes_passes_the_call_on() -> None:
    passed: list[str] = []
    lanes = MemoryLanes(MemoryDatabase(), SERVICE, ())
    relay = Relay(SERVICE, lanes, MemoryLog().producer(), elsewhere=lambda: passed.append("on"))
    relay.wake()
    assert passed == ["on"]
