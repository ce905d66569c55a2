"""The runtime with a real worker of anomaly, in a process of its own: python worker_peer.py NAME PARTITIONS.

NAME is fuel or learned. What it concludes, its state and its outgoing events are committed as in production.
It reads nothing until the group has given it so many partitions, so that several of them start together, and
works until it is told to stop.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import uvloop
from arus_anomaly import handlers
from arus_runtime.engine import Engine
from arus_runtime.log import Consumer, Listener, Record, TopicPartition
from arus_runtime.store import PostgresStore
from arus_runtime.worker import AnyWorker
from peers import BATCH, LOG, URL, Clock


class Gated:
    """A log whose consumer waits for its share of the partitions, and starts the clock."""

    def __init__(self, clock: Clock, share: int) -> None:
        self._clock = clock
        self._share = share

    def consumer(self, topics: Sequence[str], group: str, listener: Listener) -> Consumer:
        return GatedConsumer(topics, group, listener, self._clock, self._share)

    def producer(self) -> Any:
        return LOG.producer()


class GatedConsumer:
    """Its consumer, and the listener between it and the engine."""

    def __init__(
        self, topics: Sequence[str], group: str, listener: Listener, clock: Clock, share: int
    ) -> None:
        self._listener, self._clock, self._share = listener, clock, share
        self._waiting: dict[TopicPartition, int] | None = {}
        self._consumer = LOG.consumer(topics, group, self)
        self.start, self.pause = self._consumer.start, self._consumer.pause
        self.commit, self.stop = self._consumer.commit, self._consumer.stop
        self.bounds = self._consumer.bounds

    async def assigned(self, partitions: Collection[TopicPartition]) -> None:
        await self._listener.assigned(partitions)

    async def revoked(self, partitions: Collection[TopicPartition]) -> None:
        if self._waiting is not None:
            self._waiting.clear()
        await self._listener.revoked(partitions)

    def begin(self, at: TopicPartition, offset: int) -> None:
        if self._waiting is None:
            self._consumer.begin(at, offset)
        else:
            self._waiting[at] = offset

    async def poll(self, limit: int, timeout_s: float) -> Mapping[TopicPartition, Sequence[Record]]:
        if self._waiting is not None:
            if len(self._waiting) != self._share:
                await asyncio.sleep(0.01)
                return {}
            waiting, self._waiting = self._waiting, None
            for at, offset in waiting.items():
                self._consumer.begin(at, offset)
        polled = await self._consumer.poll(limit, timeout_s)
        if polled:
            self._clock.start()
        return polled


WORKERS: Final[Mapping[str, AnyWorker]] = {"fuel": handlers.fuel, "learned": handlers.learned}


async def work(worker: AnyWorker, share: int) -> None:
    clock, stop, taken = Clock(), asyncio.Event(), 0
    store = PostgresStore(URL, "anomaly", worker)
    commit = store.commit

    def counted(parts: Any) -> None:
        nonlocal taken
        commit(parts)
        clock.lap()
        taken += sum(part.next_offset - part.start for part in parts)

    store.commit = counted
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await Engine("anomaly", worker, Gated(clock, share), store, batch_records=BATCH).run(stop)
    clock.say(taken)


if __name__ == "__main__":
    uvloop.run(work(WORKERS[sys.argv[1]], int(sys.argv[2])))
