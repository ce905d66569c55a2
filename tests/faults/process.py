"""What the fault tests kill: one part of a service in a process of its own.

python -m faults.process worker NAME      folds fuel.transaction.v1 into table NAME
python -m faults.process service S WORKER  runs a worker of a service's own
python -m faults.process relay NAME…      publishes what they conclude, and the outbox
python -m faults.process door WRITERS     commands: lock an aggregate, record a fact, add its event
ARUS_FAULT_CLIENT=confluent reaches Kafka through confluent-kafka.
ARUS_FAULT_CACHED_KEYS=N makes a worker keep the states of so many keys only.
ARUS_FAULT_ANSWER_S=N is how long a worker waits for its database.
ARUS_FAULT_DIE_BEFORE_SENT=N makes a relay kill itself after its Nth publication, before it is ticked off.
ARUS_FAULT_DIE_AFTER=N makes a worker kill itself in the first commit after N events, or soon after.
A worker that is sent SIGUSR1 stops itself, as SIGSTOP does, between folding its next batch and committing it.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from importlib import import_module
from typing import Any

import psycopg
from arus.fuel.v1.events_pb2 import FuelTransactionRecorded
from arus_runtime import engine as engines
from arus_runtime import outbox
from arus_runtime.engine import Engine
from arus_runtime.lanes import PostgresLanes
from arus_runtime.log import AiokafkaLog, Security
from arus_runtime.log.confluent import ConfluentLog
from arus_runtime.relay import Lane, Lanes, Relay, Unsent
from arus_runtime.store import Part, PostgresStore
from typing_extensions import override

from .workers import SERVICE, WOKEN, chain

URL = os.environ["ARUS_FAULT_DB"]
CLIENTS = {"aiokafka": AiokafkaLog, "confluent": ConfluentLog}
LOG = CLIENTS[os.environ.get("ARUS_FAULT_CLIENT", "aiokafka")](
    Security(
        os.environ["ARUS_FAULT_KAFKA"], os.environ["ARUS_FAULT_USER"], os.environ["ARUS_FAULT_PASSWORD"]
    ),
    session_timeout_ms=6_000,
    instance=os.environ.get("ARUS_FAULT_INSTANCE", ""),
)
ANSWER_S = float(os.environ.get("ARUS_FAULT_ANSWER_S", "30"))
BATCH = 200  # many transactions to be killed in
FEW = 50
AGGREGATES = 20
AGAIN_S = 0.05
SLOW_S = 0.02
COMMIT_S = 0.006
CHANCE = random.Random()


async def work(name: str) -> None:
    engines.CACHED_KEYS = int(os.environ.get("ARUS_FAULT_CACHED_KEYS", engines.CACHED_KEYS))
    worker, _ = chain(name)
    store = Doomed(URL, SERVICE, worker, answer_s=ANSWER_S)
    signal.signal(signal.SIGUSR1, store.stop_soon)
    engine = Engine(SERVICE, worker, LOG, store, batch_records=BATCH)
    await engine.run(asyncio.Event())


class Doomed(PostgresStore):
    """A store that stops or kills its process at the worst moments.

    Told from inside, nothing that is busy elsewhere lets it do more before.
    """

    left = int(os.environ.get("ARUS_FAULT_DIE_AFTER", "-1"))
    stops = False

    def stop_soon(self, *_: object) -> None:
        self.stops = True

    @override
    def commit(self, parts: Sequence[Part]) -> None:
        if self.left == 0:
            threading.Timer(COMMIT_S * CHANCE.random(), os.kill, (os.getpid(), signal.SIGKILL)).start()
        elif self.left > 0:
            self.left = max(0, self.left - sum(part.next_offset - part.start for part in parts))
        if not self.stops:
            super().commit(parts)
            return
        # Sent to this very thread, it holds before the next line; sent to the process, some time later.
        signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)
        self.stops = False
        try:
            super().commit(parts)
        finally:
            print(WOKEN, flush=True)  # noqa: T201 - the test waits for it


async def serve(service: str, name: str) -> None:
    own = import_module(f"arus_{service}.__main__").SERVICE
    (worker,) = (worker for worker in own.workers if worker.name == name)
    engine = Engine(service, worker, LOG, Doomed(URL, service, worker), batch_records=FEW)
    await engine.run(asyncio.Event())


async def relay(names: Sequence[str]) -> None:
    lanes: Lanes = PostgresLanes(URL, SERVICE, [chain(name)[0] for name in names], batch_records=BATCH)
    if dies_after := int(os.environ.get("ARUS_FAULT_DIE_BEFORE_SENT", "0")):
        lanes = DoomedLanes(lanes, dies_after)
    await Relay(SERVICE, lanes, LOG.producer()).run(asyncio.Event())


class DoomedLanes:
    """Lanes that end the process, as kill -9 would, between publishing and ticking off."""

    def __init__(self, lanes: Lanes, publications: int) -> None:
        self._lanes = lanes
        self.left = publications

    async def take(self) -> Sequence[Lane]:
        return [DoomedLane(self, lane) for lane in await self._lanes.take()]

    async def beat(self) -> None:
        await self._lanes.beat()

    def listening(self, wake: Callable[[], None]) -> AbstractContextManager[None]:
        return self._lanes.listening(wake)

    async def close(self) -> None:
        await self._lanes.close()


class DoomedLane:
    """One of them."""

    def __init__(self, lanes: DoomedLanes, lane: Lane) -> None:
        self._lanes = lanes
        self._lane = lane

    async def unsent(self) -> Unsent:
        return await self._lane.unsent()

    async def sent(self, mark: Any) -> None:
        self._lanes.left -= 1
        if self._lanes.left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
        await self._lane.sent(mark)


async def door(writers: int) -> None:
    """Record facts for ever; commits are slow and overlap, so rows become visible out of the order of ids.

    A fact that got no answer is recorded again, under the same id: as a careful client does.
    """
    await asyncio.gather(*(write(number) for number in range(writers)))


async def write(number: int) -> None:
    count = 0
    while True:
        try:
            connection = await psycopg.AsyncConnection[Any].connect(URL, options=f"-c search_path={SERVICE}")
            async with connection:
                while True:
                    aggregate = f"a{(number * 7 + count) % AGGREGATES}"
                    async with connection.transaction():
                        await record(connection, aggregate, f"{os.getpid()}-{number}-{count}")
                    count += 1
        except psycopg.OperationalError:
            await asyncio.sleep(AGAIN_S)


async def record(tx: psycopg.AsyncConnection[Any], aggregate: str, fact_id: str) -> None:
    if await (await tx.execute("select 1 from facts where id = %s", (fact_id,))).fetchone():
        return
    cursor = await tx.execute(
        "update aggregates set version = version + 1 where id = %s returning version", (aggregate,)
    )
    row = await cursor.fetchone()
    assert row is not None
    await tx.execute("insert into facts values (%s, %s, %s)", (fact_id, aggregate, row[0]))
    event = FuelTransactionRecorded(tenant_id="t", transaction_id=fact_id, volume_ul=row[0])
    await outbox.add(tx, event, tenant_id="t", key=f"t:{aggregate}", cause=fact_id, label="recorded")
    await asyncio.sleep(SLOW_S * CHANCE.random())


def main() -> None:
    match sys.argv[1:]:
        case ["worker", name]:
            asyncio.run(work(name))
        case ["service", service, name]:
            asyncio.run(serve(service, name))
        case ["relay", *names]:
            asyncio.run(relay(names))
        case ["door", writers]:
            asyncio.run(door(int(writers)))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
