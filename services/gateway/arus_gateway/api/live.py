"""The live feed over WebSocket and server-sent events: /live."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, Literal

import structlog
from arus_runtime.auth import ForbiddenError, NotAuthenticatedError, Principal, require
from arus_runtime.ids import Ulid
from arus_runtime.web import Problem, problems, router, wrong
from arus_runtime.words import Language, language_of
from fastapi import Depends, Header, Query, WebSocket, WebSocketDisconnect
from fastapi.requests import HTTPConnection
from pydantic import BaseModel
from sse_starlette import EventSourceResponse, ServerSentEvent

from arus_gateway import live, telling, words
from arus_gateway.api.live_messages import LiveStream
from arus_gateway.callers import Caller
from arus_gateway.door import CallerOf, Door, DoorOf, door_of
from arus_gateway.following import Sign, follow, may_read, within
from arus_gateway.live import BadEventIdError, Entry, Interest, Position

routes = router("live")

Reader = Annotated[Principal, Depends(require("anomalies", "r"))]
SEND_TIMEOUT_S: Final = 30.0
RESTARTING: Final = 1012
TRY_AGAIN: Final = 1013
SESSION_ENDED: Final = 4401

_STREAM: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "Messages as they come; a WebSocket sends the same.", "model": LiveStream}
}


class Events(EventSourceResponse):
    """Server-sent events under the name the document gives them."""

    media_type = "text/event-stream"


_log: Final = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Question:
    """What a reader of the feed asks for."""

    types: frozenset[str] | None
    location_ids: frozenset[str] | None
    after: str | None
    language: Language | None

    def interest(self, caller: Caller) -> Interest:
        """Return the part of the question that the caller may see."""
        may = caller.principal.may
        return Interest(
            caller.grant.tenant_id,
            within(caller, self.location_ids),
            self.types,
            self._importers(caller),
            incidents=may("incidents", "r"),
            cases=may("cases", "r"),
        )

    def _importers(self, caller: Caller) -> frozenset[str] | None:
        """Return whose imports the caller is told of: who is limited to locations, of their own only."""
        if self.location_ids is not None or not caller.principal.may("imports", "r"):
            return frozenset()
        return None if caller.grant.locations is None else frozenset((caller.grant.subject,))

    def position(self) -> Position | None:
        """Return after what to resume; raises the 422 for an event id or a type that is none."""
        for kind in sorted((self.types or frozenset()).difference(live.TYPES)):
            raise wrong("types", "not_one_of", expected=", ".join(live.TYPES), value=kind)
        try:
            return live.read_event_id(self.after) if self.after else None
        except BadEventIdError as error:
            raise wrong("last_event_id", "bad_event_id") from error

    def spoken(self, caller: Caller) -> Language:
        """Return the language asked for, else the caller's own."""
        return self.language or ("en" if caller.grant.language == "en" else "id")


def _question(
    connection: HTTPConnection,
    types: Annotated[
        str | None, Query(max_length=200, description=f"Comma separated: {', '.join(live.TYPES)}.")
    ] = None,
    location_id: Annotated[
        list[Ulid] | None, Query(max_length=100, description="Only these locations; imports have none.")
    ] = None,
    last_event_id: Annotated[
        str | None, Query(max_length=1000, description="Resume after this event.")
    ] = None,
    lang: Annotated[Literal["id", "en"] | None, Query(description="Language of the reasons.")] = None,
) -> Question:
    speaks = connection.headers.get("accept-language")
    return Question(
        types=frozenset(filter(None, types.split(","))) if types else None,
        location_ids=frozenset(location_id) if location_id else None,
        after=connection.headers.get("last-event-id") or last_event_id,
        language=lang or (language_of(speaks) if speaks else None),
    )


Asked = Annotated[Question, Depends(_question)]


class TicketOut(BaseModel):
    """Lets a client that can send no header open the feed: /live?token=…."""

    ticket: str
    expires_at: datetime


@routes.post("/live/ticket")
async def live_ticket(_: Reader, caller: CallerOf, door: DoorOf) -> TicketOut:
    """Return a ticket to the live feed, good for a minute."""
    ticket, ends = door.callers.ticket(caller)
    return TicketOut(ticket=ticket, expires_at=ends)


@routes.get("/live", responses=_STREAM, response_class=Events)
async def live_events(
    _: Reader,
    caller: CallerOf,
    door: DoorOf,
    question: Asked,
    _resume: Annotated[str | None, Header(alias="Last-Event-ID", max_length=1000)] = None,
) -> Events:
    """Follow what is concluded, as it is concluded; also a WebSocket under the same address."""
    after = question.position()
    return Events(
        _events(door, caller, question, after),
        # Pings travel as messages, because EventSource hides comments from the page.
        ping=int(telling.PING_S * 4),
        send_timeout=SEND_TIMEOUT_S,
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


@routes.websocket("/live")
async def live_socket(socket: WebSocket, question: Asked) -> None:
    """Follow what is concluded over a WebSocket."""
    door = door_of(socket.app.state.context)
    caller: Caller = socket.state.caller
    if not may_read(caller):
        language = language_of(socket.headers.get("accept-language"))
        await socket.send_denial_response(problems.answer(Problem(403, "forbidden"), language))
        return
    await socket.accept()
    try:
        after = question.position()
    except Problem as problem:
        await problems.refuse_question(socket, problem, words.templates())
        return
    # Nothing is expected from the client; reading is how its leaving is noticed.
    sending = asyncio.create_task(_send_all(socket, door, caller, question, after))
    parts = {sending, asyncio.create_task(_until_gone(socket))}
    try:
        await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for part in parts:
            part.cancel()
        await asyncio.gather(*parts, return_exceptions=True)
        with suppress(WebSocketDisconnect, RuntimeError):
            await socket.close(RESTARTING if door.feed.closed else _why_ended(sending))


def _why_ended(sending: asyncio.Task[None]) -> int:
    """Return the code that tells a client whether opening the feed again makes sense."""
    error = None if sending.cancelled() else sending.exception()
    if error is None or isinstance(error, WebSocketDisconnect):
        return SESSION_ENDED
    _log.warning("live feed cut", reason=repr(error))
    return TRY_AGAIN


async def _until_gone(socket: WebSocket) -> None:
    with suppress(WebSocketDisconnect):
        while True:
            await socket.receive_text()


async def _send_all(
    socket: WebSocket, door: Door, caller: Caller, question: Question, after: Position | None
) -> None:
    async for _, message in _messages(door, caller, question, after):
        async with asyncio.timeout(SEND_TIMEOUT_S):
            await socket.send_text(message.decode())


async def _events(
    door: Door, caller: Caller, question: Question, after: Position | None
) -> AsyncGenerator[ServerSentEvent]:
    async for event_id, message in _messages(door, caller, question, after):
        yield ServerSentEvent(data=message.decode(), id=event_id)


async def _messages(
    door: Door, caller: Caller, question: Question, after: Position | None
) -> AsyncGenerator[tuple[str | None, bytes]]:
    """Yield event id and message until the caller may read no more."""
    language = question.spoken(caller)
    try:
        async with aclosing(follow(door, caller, question.interest, after)) as followed:
            async for news in followed:
                if isinstance(news, Entry):
                    yield news.id, await telling.tell(news, door.names, language)
                    telling.told(news)
                else:
                    yield None, telling.RESET if news is Sign.RESET else telling.PING
    except (NotAuthenticatedError, ForbiddenError):
        return
