"""Records that come twice, late, or cannot be read: the end is what a pure fold of the log says."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from arus.fuel.v1.events_pb2 import FuelTransactionRecorded
from arus_runtime.log.port import Message
from arus_runtime.testing import NOON, decoded, message

from .checks import once, verdicts_told_wrongly
from .conftest import Ground
from .sizes import size
from .workers import IN, Link

pytestmark = [pytest.mark.faults, pytest.mark.integration]
KEYS = 50
Say = Callable[[str], None]
TWICE = LATE = 0.2
UNREADABLE = 0.01
PARKED = "select count(*) from outbox where topic = %s"


def stream(source: str, count: int, chance: random.Random) -> tuple[Sequence[Message], int]:
    """Return facts as careless senders publish them, and how many of them nobody can read.

    A repeat stands somewhere after its first; a late one says that it was recorded three days before, which
    is nothing to a worker that takes facts in the order of the log.
    """
    sent: list[Message] = []
    facts: list[Message] = []
    unreadable = 0
    for n in range(count):
        late = timedelta(days=3) if chance.random() < LATE else timedelta(0)
        fact = FuelTransactionRecorded(tenant_id="t", transaction_id=f"f{n}", volume_ul=n)
        key = f"t:{n % KEYS}"
        facts.append(message(fact, key=key, tenant="t", source=source, sequence=n, at=NOON - late))
        sent.append(facts[-1])
        if chance.random() < TWICE:
            sent.append(facts[-1 - chance.randrange(min(len(facts), 200))])
        if chance.random() < UNREADABLE:
            unreadable += 1
            # Of a sender of its own: a sequence that was not taken must hide nobody's.
            spoilt = message(fact, key=key, tenant="t", source=f"{source}/spoilt", sequence=n)
            sent.append(spoilt._replace(value=b"\xff not a message"))
    return sent, unreadable


async def test_records_twice_late_and_unreadable_end_as_a_pure_fold_says(ground: Ground, say: Say) -> None:
    times, wanted = size("records")
    sent, unreadable = stream(f"/{ground.folder.name}", wanted, ground.chance)
    producer = ground.log.producer()
    await producer.start()
    for start in range(0, len(sent), 5_000):
        await producer.publish(sent[start : start + 5_000])
    await producer.stop()

    await ground.kill_while(
        lambda: ground.progress("rough"), ["worker", "rough"], kills=times, step=size("records").step()
    )
    await ground.until(lambda: ground.progress("rough") == len(sent))
    parked = ground.query(PARKED, f"{IN}.dlq")[0]
    ground.start("relay", "rough")
    await ground.until(lambda: ground.unpublished("rough") == 0)

    links: dict[bytes | None, Link] = {}
    expected: list[tuple[str, int, int]] = []
    readable = [record for record in await ground.records(IN) if record.value != b"\xff not a message"]
    for record in once(readable):
        event = decoded(record)
        before = links.get(record.key, Link(0, 0))
        link = Link(before.length + 1, zlib.crc32(event.transaction_id.encode(), before.checksum))
        links[record.key] = link
        expected.append((event.transaction_id, link.length, link.checksum))
    found = ground.query("select fact_id, length, checksum from rough")
    wrong = len(set(expected) ^ set(found)) + abs(len(expected) - len(found)) + abs(parked - unreadable)
    wrong += await verdicts_told_wrongly(ground, "rough")
    say(
        f"careless senders: 20 % twice, 20 % late, {unreadable} unreadable, {times} kills of the worker,"
        f" {len(sent)} records, {wrong} differences"
    )
    assert len(expected) == wanted
    assert parked == unreadable > 0
    assert wrong == 0
