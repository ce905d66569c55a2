"""Publishes what is committed: a service's lanes (``arus_runtime.lanes``), in their order.

A lane may give an event again after a crash, always under the same ``ce_source`` and ``ce_sequence`` and in
the same order, so that a reader that keeps the highest sequence per source sees each event once.

A relay is woken by who commits: in its own process by a call, from another one by ``arus_runtime.bell``. Both
only make it look sooner; what nobody announced is found by looking, often after something came, seldom in a
quiet house.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

import psycopg
import structlog

from arus_runtime import tracing
from arus_runtime.log.port import Message, Producer, PublishFailed
from arus_runtime.observe import PUBLISHED
from arus_runtime.store import Fenced

LINGER_S = 0.005
POLL_S = 0.02
IDLE_POLL_S = 1.0  # what the bell did not tell of, as when its connection was away
BEAT_S = 1.0
RETRY_S = 1.0


class Unsent(NamedTuple):
    """Messages to publish in this order, and what the lane needs to tick them off."""

    messages: Sequence[Message]
    mark: Any
    full: bool = False
    """More may be waiting."""


class Lane(Protocol):
    """One stream of committed events."""

    async def unsent(self) -> Unsent:
        """Return what comes next."""
        ...

    async def sent(self, mark: Any) -> None:
        """Tick off what was published."""
        ...


class Lanes(Protocol):
    """The lanes of a service, held by one relay at a time."""

    async def take(self) -> Sequence[Lane]:
        """Return the lanes when they are ours to publish, nothing while another relay lives."""
        ...

    async def beat(self) -> None:
        """Say that we live; raises ``Fenced`` when another relay has taken over."""
        ...

    def listening(self, wake: Callable[[], None]) -> AbstractContextManager[None]:
        """While inside, where nothing else is asked of the lanes, call wake when another process rings."""
        ...

    async def close(self) -> None:
        """Let go."""
        ...


class Relay:
    """Publishes a service's lanes as long as it holds them.

    elsewhere: called to wake the relay that holds the lanes when that is another one.
    """

    def __init__(
        self, name: str, lanes: Lanes, producer: Producer, elsewhere: Callable[[], None] = lambda: None
    ) -> None:
        self._name = name
        self._lanes = lanes
        self._producer = producer
        self._elsewhere = elsewhere
        self._holds = False
        self._log = structlog.get_logger(__name__).bind(relay=name)
        self._woken = asyncio.Event()
        self.connected = False
        """Whether the producer has reached the broker."""

    def wake(self) -> None:
        """Look at once: something was committed. Callable from the event loop's thread only."""
        if self._holds:
            self._woken.set()
        else:
            self._elsewhere()

    async def run(self, stop: asyncio.Event) -> None:
        """Publish until stop is set."""
        await self._producer.start()
        self.connected = True
        try:
            while not stop.is_set():
                try:
                    lanes = await self._lanes.take()
                    if lanes:
                        await self._publish(lanes, stop)
                    else:
                        await self._rest(RETRY_S)
                except Fenced:
                    self._log.warning("another relay has taken over")
                except (PublishFailed, psycopg.OperationalError, psycopg.InterfaceError) as error:
                    self._log.warning("relay waits", detail=str(error))
                    await self._lanes.close()
                    await self._rest(RETRY_S)
        finally:
            await self._producer.stop()
            await self._lanes.close()

    async def _publish(self, lanes: Sequence[Lane], stop: asyncio.Event) -> None:
        self._holds = True
        try:
            await self._publish_held(lanes, stop)
        finally:
            self._holds = False

    async def _publish_held(self, lanes: Sequence[Lane], stop: asyncio.Event) -> None:
        beaten = time.monotonic()
        stream_until = 0.0
        pause_s = POLL_S
        while not stop.is_set():
            self._woken.clear()
            found = busy = False
            for lane in lanes:
                began_ns = time.time_ns()
                messages, mark, full = await lane.unsent()
                if messages:
                    await self._producer.publish(messages)
                    tracing.add_batch(f"relay {self._name}", "PRODUCER", tracing.kept_of(messages), began_ns)
                    PUBLISHED.labels(self._name).inc(len(messages))
                    if len(messages) > 1:
                        stream_until = time.monotonic() + POLL_S
                if mark is not None:
                    await lane.sent(mark)
                    found = True
                busy = busy or full
            now = time.monotonic()
            if now - beaten >= BEAT_S:
                await self._lanes.beat()
                beaten = now
            pause_s = POLL_S if found else min(2 * pause_s, IDLE_POLL_S)
            if not busy:
                with self._lanes.listening(self._woken.set):
                    await self._rest(pause_s)
                # One at a time, events go at once; where they come together, a few milliseconds gather many.
                if time.monotonic() < stream_until:
                    await asyncio.sleep(LINGER_S)

    async def _rest(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._woken.wait(), seconds)
        except TimeoutError:
            return
