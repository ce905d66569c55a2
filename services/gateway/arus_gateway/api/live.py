"""The live feed over WebSocket and server-sent events: /live."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Final, Literal

from arus_runtime import auth
from arus_runtime.auth import Principal, require
from arus_runtime.ids import Ulid
from arus_runtime.web import router, wrong
from arus_runtime.words import Language, language_of
from fastapi import Depends, Header, Query, WebSocket, WebSocketDisconnect
from pydantic import BaseModel
from sse_starlette import EventSourceResponse, ServerSentEvent

from arus_gateway import live, telling
from arus_gateway.api.auth import Speaks
from arus_gateway.callers import Caller
from arus_gateway.door import CallerOf, Door, DoorOf, door_of
from arus_gateway.live import BadEventIdError, Interest, Subscription
from arus_gateway.tokens import Grant

routes = router("live")

Reader = Annotated[Principal, Depends(require("anomalies", "r"))]
Types = Annotated[str | None, Query(max_length=200, description="Comma separated: verdict, alert.")]
Locations = Annotated[list[Ulid] | None, Query(max_length=100, description="Only these locations.")]
EventId = Annotated[str | None, Query(max_length=1000, description="Resume after this event.")]
Spoken = Annotated[Literal["id", "en"] | None, Query(description="Language of the reasons.")]
SEND_TIMEOUT_S: Final = 30.0
SESSION_ENDED: Final = 4401
BAD_REQUEST: Final = 4422

_STREAM: Final = {
    200: {
        "description": 'Messages {"type", "id", "data"}; type is verdict, verdict_withdrawn, reset or ping.',
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}


class TicketOut(BaseModel):
    """Lets a client that can send no header open the feed: /live?token=…."""

    ticket: str
    expires_at: datetime


@routes.post("/live/ticket")
async def live_ticket(_: Reader, caller: CallerOf, door: DoorOf) -> TicketOut:
    """Return a ticket to the live feed, good for a minute."""
    ticket, ends = door.callers.ticket(caller)
    return TicketOut(ticket=ticket, expires_at=ends)


@routes.get("/live", responses={**_STREAM}, response_class=EventSourceResponse)
async def live_events(
    _: Reader,
    caller: CallerOf,
    door: DoorOf,
    types: Types = None,
    location_id: Locations = None,
    last_event_id: EventId = None,
    resume: Annotated[str | None, Header(alias="Last-Event-ID", max_length=1000)] = None,
    lang: Spoken = None,
    speaks: Speaks = None,
) -> EventSourceResponse:
    """Follow what is concluded, as it is concluded; also a WebSocket under the same address."""
    language = lang or (language_of(speaks) if speaks else _language(caller.grant))
    reader = _subscribe(door, caller, types, location_id, resume or last_event_id)
    return EventSourceResponse(
        _events(door, caller, reader, language, location_id),
        # Pings travel as messages, because EventSource hides comments from the page.
        ping=int(telling.PING_S * 4),
        send_timeout=SEND_TIMEOUT_S,
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


@routes.websocket("/live")
async def live_socket(
    socket: WebSocket,
    types: Types = None,
    location_id: Locations = None,
    last_event_id: EventId = None,
    lang: Spoken = None,
) -> None:
    """Follow what is concluded over a WebSocket."""
    door = door_of(socket.app.state.context)
    caller: Caller = socket.state.caller
    if not _may_read(caller):
        await socket.close(1008)
        return
    await socket.accept()
    try:
        reader = _subscribe(door, caller, types, location_id, last_event_id)
    except Exception:  # noqa: BLE001 — whatever is wrong with the question, it is the client's to mend
        await socket.close(BAD_REQUEST)
        return
    sending = asyncio.create_task(_send_all(socket, door, caller, reader, lang, location_id))
    try:
        # Nothing is expected from the client; reading is how its leaving is noticed.
        with suppress(WebSocketDisconnect, RuntimeError):
            while True:
                await socket.receive_text()
    finally:
        sending.cancel()
        with suppress(asyncio.CancelledError, WebSocketDisconnect, RuntimeError):
            await sending


async def _send_all(
    socket: WebSocket,
    door: Door,
    caller: Caller,
    reader: Subscription,
    lang: Language | None,
    location_ids: list[str] | None,
) -> None:
    speaks = socket.headers.get("accept-language")
    language = lang or (language_of(speaks) if speaks else _language(caller.grant))
    async for _, message in _messages(door, caller, reader, language, location_ids):
        async with asyncio.timeout(SEND_TIMEOUT_S):
            await socket.send_text(message.decode())
    await socket.close(SESSION_ENDED)


async def _events(
    door: Door, caller: Caller, reader: Subscription, language: Language, location_ids: list[str] | None
) -> AsyncIterator[ServerSentEvent]:
    async for event_id, message in _messages(door, caller, reader, language, location_ids):
        yield ServerSentEvent(data=message.decode(), id=event_id)


async def _messages(
    door: Door, caller: Caller, reader: Subscription, language: Language, location_ids: list[str] | None
) -> AsyncIterator[tuple[str | None, bytes]]:
    """Yield event id and message until the caller's session ends; who they are is looked at again with every ping."""
    loop = asyncio.get_running_loop()
    look_again = loop.time() + telling.PING_S
    try:
        yield None, telling.PING
        while True:
            try:
                entry = await reader.next(max(0.0, look_again - loop.time()))
            except TimeoutError:
                now = await door.callers.refreshed(caller)
                if now is None or not _may_read(now):
                    return
                reader.interest = _interest(now, reader.interest.types, location_ids)
                look_again = loop.time() + telling.PING_S
                yield None, telling.PING
                continue
            if entry is None:
                yield None, telling.RESET
            else:
                yield entry.id, await telling.tell(entry, door.names, language)
    finally:
        door.feed.unsubscribe(reader)


def _subscribe(
    door: Door, caller: Caller, types: str | None, location_ids: list[str] | None, last_event_id: str | None
) -> Subscription:
    wanted = frozenset(filter(None, types.split(","))) if types else None
    try:
        after = live.read_event_id(last_event_id) if last_event_id else None
    except BadEventIdError as error:
        raise wrong("last_event_id", "bad_event_id") from error
    return door.feed.subscribe(_interest(caller, wanted, location_ids), after)


def _interest(caller: Caller, types: frozenset[str] | None, location_ids: list[str] | None) -> Interest:
    scope = caller.grant.locations
    if location_ids:
        locations = frozenset(location_ids) if scope is None else frozenset(location_ids) & frozenset(scope)
    else:
        locations = None if scope is None else frozenset(scope)
    return Interest(caller.grant.tenant_id, locations, types)


def _may_read(caller: Caller) -> bool:
    return auth.allowed(frozenset((caller.grant.role,)), "anomalies", "r")


def _language(grant: Grant) -> Language:
    return "en" if grant.language == "en" else "id"
