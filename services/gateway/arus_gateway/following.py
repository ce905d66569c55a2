"""Follows the live feed for one reader, for as long as they may read it and only where they may."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from enum import Enum, auto

from arus_runtime.auth import ForbiddenError, NotAuthenticatedError

from arus_gateway import telling
from arus_gateway.callers import Caller
from arus_gateway.door import Door
from arus_gateway.live import Entry, FeedClosedError, Interest, Position


class Sign(Enum):
    """What a reader is told between the entries."""

    RESET = auto()
    """Load everything anew: what came meanwhile is no longer known here."""
    PING = auto()
    """The connection stands, and the reader may still read."""


async def follow(
    door: Door, caller: Caller, interest: Callable[[Caller], Interest], after: Position | None
) -> AsyncGenerator[Entry | Sign]:
    """Yield entries and signs until the process stops.

    Who the caller is now, and what they may see, is looked at again every PING_S, however busy the feed is;
    raises NotAuthenticatedError when their session or key has ended, ForbiddenError when they may read no
    more.
    """
    reader = door.feed.subscribe(interest(caller), after)
    loop = asyncio.get_running_loop()
    look_again = loop.time() + telling.PING_S
    try:
        yield Sign.PING
        while True:
            if loop.time() >= look_again:
                reader.interest = interest(await _still(door, caller))
                look_again = loop.time() + telling.PING_S
                yield Sign.PING
            try:
                yield await reader.next(look_again - loop.time()) or Sign.RESET
            except TimeoutError:
                continue
            except FeedClosedError:
                return
    finally:
        door.feed.unsubscribe(reader)


def within(caller: Caller, wanted: frozenset[str] | None) -> frozenset[str] | None:
    """Return the locations asked for that the caller may see; None is everywhere."""
    scope = caller.principal.locations
    if wanted is None or scope is None:
        return scope if wanted is None else wanted
    return wanted & scope


def may_read(caller: Caller) -> bool:
    """Say whether the caller may follow the feed."""
    return caller.principal.may("anomalies", "r")


async def _still(door: Door, caller: Caller) -> Caller:
    now = await door.callers.refreshed(caller)
    if now is None:
        raise NotAuthenticatedError("ended meanwhile")
    if not may_read(now):
        raise ForbiddenError("anomalies", "r")
    return now
