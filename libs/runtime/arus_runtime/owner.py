"""What only its owner can say for certain: a record that a projection has not heard of yet.

A projection follows by events, so nothing may be refused on its word alone.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from google.protobuf.message import Message
from grpc.aio import Channel

from arus_runtime import rpc
from arus_runtime.auth import Principal
from arus_runtime.web.problems import Problem, UnavailableError

Response = TypeVar("Response")

CALLS_AT_ONCE: Final = 16


@dataclass(frozen=True, slots=True)
class Owner:
    """The service that a kind of record belongs to, asked on behalf of one caller.

    away: the code of the 503 that says that it cannot be reached.
    """

    peers: rpc.Peers
    name: str
    principal: Principal
    away: str

    def channel(self) -> Channel:
        """Return the channel for a stub; raises the 503 when the settings do not name the owner."""
        try:
            return self.peers.channel(self.name)
        except UnavailableError as error:
            raise Problem(503, self.away) from error

    async def known(
        self, method: Callable[..., Awaitable[Response]], requests: Sequence[Message]
    ) -> list[Response]:
        """Ask about one record each, a few at a time, and return the answers about those that exist.

        method: of a stub on ``channel``. Raises the 503 when the owner is away or too slow; nothing more is
        asked then.
        """
        turn = asyncio.Semaphore(CALLS_AT_ONCE)

        async def one(request: Message) -> Response | None:
            async with turn:
                try:
                    return await rpc.call(method, request, self.principal)
                except Problem as problem:
                    if problem.status == 404:
                        return None
                    raise
                except UnavailableError as error:
                    raise Problem(503, self.away) from error

        try:
            async with asyncio.TaskGroup() as calls:
                asked = [calls.create_task(one(request)) for request in requests]
        except BaseExceptionGroup as failed:
            raise failed.exceptions[0] from None
        return [answer for call in asked if (answer := call.result()) is not None]
