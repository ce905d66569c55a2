"""Wakes the relay of a service in another process."""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
import structlog

from arus_runtime.postgres import ANSWER_S, Bounded

GATHER_S = 0.005

Connection = Bounded[Any]


class Bell:
    """Wakes a service's relay in another process by NOTIFY.

    It rings after commits, never in them: committing with a NOTIFY takes a lock that all such commits of the
    server share. One NOTIFY stands for all commits of a few milliseconds. answer_s: how long an answer is
    waited for.
    """

    def __init__(self, url: str, service: str, *, answer_s: float = ANSWER_S) -> None:
        self._url = url
        self._answer_s = answer_s
        self._channel = channel(service)
        self._rung = asyncio.Event()
        self._log = structlog.get_logger(__name__).bind(relay=service)

    def ring(self) -> None:
        """Say that something was committed. Callable from the event loop's thread only."""
        self._rung.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Ring until stop is set; connects when it is first needed."""
        stopping = asyncio.ensure_future(stop.wait())
        connection: Connection | None = None
        try:
            while not stop.is_set():
                ringing = asyncio.ensure_future(self._rung.wait())
                await asyncio.wait((ringing, stopping), return_when=asyncio.FIRST_COMPLETED)
                ringing.cancel()
                if self._rung.is_set():
                    self._rung.clear()
                    connection = await self._notify(connection)
                    await asyncio.sleep(GATHER_S)
        finally:
            stopping.cancel()
            if connection is not None:
                await connection.close()

    async def _notify(self, connection: Connection | None) -> Connection | None:
        try:
            if connection is None:
                connection = await Connection.connect(self._url, autocommit=True, connect_timeout=5)
                connection.answer_s = self._answer_s
            await connection.execute("select pg_notify(%s, '')", (self._channel,), prepare=True)
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            self._log.warning("the relay is not woken", detail=str(error))
            if connection is not None:
                await connection.close()
            return None
        return connection


def channel(service: str) -> str:
    """Return the channel on which a service's relay listens."""
    return f"arus_{service}"
