"""Long JSON leaves compressed: pages of anomalies repeat themselves, and are much shorter then.

Only answers to GET are: BREACH reads a secret out of a compressed body that repeats what an attacker chose,
and secrets (tokens, keys) are told in answers to POST only.
"""

import re
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipResponder, IdentityResponder
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LONG_BYTES: Final = 2_048
LEVEL: Final = 5
"""Of nine: the steps above it save at most a tenth more, for several times the time."""
_GZIP: Final = frozenset(("gzip", "x-gzip"))
_NOT_AT_ALL: Final = re.compile(r"q=0(\.0*)?")


def takes_gzip(headers: Headers) -> bool:
    """Say whether a client names gzip among what it reads, and not as what it does not (RFC 9110, 12.5.3)."""
    for entry in headers.get("accept-encoding", "").lower().split(","):
        coding, _, weight = entry.partition(";")
        if coding.strip() in _GZIP:
            return not _NOT_AT_ALL.fullmatch(weight.strip())
    return False


class Compression:
    """Compresses long JSON for those who take it; all else passes as it is: pages, files, the live feed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or connection."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        if scope["method"] == "HEAD":
            await self._app(scope, receive, _without_length(send))
            return
        responder = (
            GZipResponder(self._app, LONG_BYTES, LEVEL)
            if takes_gzip(Headers(scope=scope))
            else IdentityResponder(self._app, LONG_BYTES)
        )
        responder.send = chosen = send

        async def choose(message: Message) -> None:
            nonlocal chosen
            if message["type"] == "http.response.start" and _is_long_json(Headers(raw=message["headers"])):
                chosen = responder.send_with_compression
            await chosen(message)

        await self._app(scope, receive, choose)


def _without_length(send: Send) -> Send:
    """Leave the length out of answers to HEAD that GET might get compressed (RFC 9110, 8.6)."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start" and _is_long_json(Headers(raw=message["headers"])):
            headers = MutableHeaders(scope=message)
            del headers["content-length"]
            headers.add_vary_header("Accept-Encoding")
        await send(message)

    return sent


def _is_long_json(headers: Headers) -> bool:
    """Say whether a body is JSON and is not known to be short."""
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    is_json = media_type == "application/json" or media_type.endswith("+json")
    return is_json and int(headers.get("content-length", LONG_BYTES)) >= LONG_BYTES
