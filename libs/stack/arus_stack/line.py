"""A TCP line to a server that tests make slow, mute or dead: what lies between a service and its servers."""

import asyncio
import random
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Final, Self
from urllib.parse import urlsplit, urlunsplit

CHUNK: Final = 64 * 1024


class Line:
    """Carries connections to host:port, in a thread of its own; a context manager.

    Its state may change at any time, for connections that stand too:

    delay_s     an answer is late by up to so much, at random
    mute()      nothing is answered any more, and nobody is told
    strand()    the same for good, of connections that stand; new ones are carried
    halve()     connections that stand break off in the middle of what is said next; new ones are carried
    cut()       connections are reset, and new ones refused
    mend()      all is well again; what was held back while mute arrives now
    """

    def __init__(self, host: str, port: int, delay_s: float = 0.0) -> None:
        self._target = (host, port)
        self.delay_s = delay_s
        self.port = 0
        self._chance = random.Random(7)  # noqa: S311 - a delay, not a secret
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None
        self._speaks = asyncio.Event()
        self._halves = asyncio.Event()
        self._carried: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        self._speaks.set()
        self._do(self._listen())
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._cut())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def url(self, url: str) -> str:
        """Return a server's URL as it is reached through this line."""
        parts = urlsplit(url)
        login = parts.netloc.rpartition("@")[0]
        return urlunsplit(parts._replace(netloc=f"{login}@127.0.0.1:{self.port}"))

    def mute(self) -> None:
        """Hold every answer back."""
        self._loop.call_soon_threadsafe(self._speaks.clear)

    def strand(self) -> None:
        """Never answer on connections that stand."""
        self._do(self._strand())

    def halve(self) -> None:
        """Break off standing connections in the middle of what is said next, whoever says it."""
        self._do(self._halve())

    def cut(self) -> None:
        """Reset every connection and refuse new ones."""
        self._do(self._cut())

    def mend(self) -> None:
        """Carry on."""
        self._loop.call_soon_threadsafe(self._speaks.set)
        if self._server is None:
            self._do(self._listen())

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _strand(self) -> None:
        self._speaks.clear()
        self._speaks = asyncio.Event()
        self._speaks.set()

    async def _halve(self) -> None:
        self._halves.set()
        self._halves = asyncio.Event()

    async def _cut(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        carried = list(self._carried)
        for task in carried:
            task.cancel()
        await asyncio.gather(*carried, return_exceptions=True)

    async def _carry(self, near_reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._carried.add(task)
        speaks, halves = self._speaks, self._halves
        task.add_done_callback(self._carried.discard)
        try:
            with suppress(OSError, asyncio.CancelledError):  # cut, or cut by us
                far_reader, far = await asyncio.open_connection(*self._target)
                try:
                    await asyncio.gather(
                        self._ask(near_reader, far, halves),
                        self._answer(far_reader, near, speaks, halves),
                    )
                finally:
                    far.transport.abort()
        finally:
            near.transport.abort()

    async def _ask(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, halves: asyncio.Event
    ) -> None:
        while chunk := await reader.read(CHUNK):
            await _say(chunk, writer, halves)
        writer.close()

    async def _answer(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        speaks: asyncio.Event,
        halves: asyncio.Event,
    ) -> None:
        while chunk := await reader.read(CHUNK):
            await asyncio.sleep(self._chance.random() * self.delay_s)
            await speaks.wait()
            await _say(chunk, writer, halves)
        writer.close()


async def _say(chunk: bytes, writer: asyncio.StreamWriter, halves: asyncio.Event) -> None:
    if halves.is_set():
        writer.write(chunk[: len(chunk) // 2])
        await writer.drain()
        raise ConnectionResetError
    writer.write(chunk)
    await writer.drain()
