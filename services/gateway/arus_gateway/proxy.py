"""Requests for other services pass through as streams, in the caller's name."""

from collections.abc import AsyncIterator, Mapping
from string import punctuation
from typing import Final, Self
from urllib.parse import quote

import aiohttp
import structlog
from arus_runtime import observe
from arus_runtime.settings import Peer
from arus_runtime.web import Problem
from multidict import CIMultiDict
from starlette.types import Message, Receive, Scope, Send
from yarl import URL

SERVICE_OF: Final[Mapping[str, str]] = {
    "locations": "inventory",
    "products": "inventory",
    "fuel": "ingest",
    "imports": "ingest",
    "anomalies": "anomaly",
    "incidents": "anomaly",
    "thresholds": "anomaly",
    "cases": "anomaly",
    "notifications": "notify",
    "customers": "metering",
    "collections": "metering",
    "meters": "metering",
    "kpi": "metering",
}
"""First part of a path below /api/v1 → the service that answers it."""
ALIASES: Final[Mapping[str, str]] = {
    "/api/kpi_data": "/api/v1/kpi/data",
    "/api/customers/search": "/api/v1/customers/search",
    "/api/anomaly/summary": "/api/v1/anomalies/meter/summary",
    "/imports": "/api/v1/imports",
}
"""Paths that the seeds name → the routes that answer them, with the same query and body."""

CONNECT_TIMEOUT_S: Final = 2.0
# Shorter than uvicorn's keep-alive of five seconds, so that no request is sent down a connection just closed.
IDLE_S: Final = 3.0
CONNECTIONS: Final = 128
"""To one service at a time."""
CHUNK: Final = 65_536
RETRY_AFTER: Final = {"Retry-After": "2"}

_HOP_BY_HOP: Final = frozenset(
    (
        b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"proxy-connection",
        b"te", b"trailer", b"transfer-encoding", b"upgrade",
    )
)  # fmt: skip
# Ours to say, never the client's; the body's length is kept as it was announced.
_REPLACED: Final = frozenset(
    (
        b"host", b"cookie", b"authorization", b"x-api-key", b"forwarded", b"x-forwarded-for",
        b"x-forwarded-host", b"x-forwarded-proto", b"x-real-ip", b"expect", b"traceparent",
    )
)  # fmt: skip
_AS_IT_CAME: Final = punctuation.replace("#", "")
_ANSWERED_HERE: Final = frozenset((b"server", b"date"))
_log: Final = structlog.get_logger(__name__)


class ClientGoneError(Exception):
    """The client hung up in the middle of its own request."""


class Upstreams:
    """Connections to the services behind the gateway. Opened by entering, inside the event loop."""

    def __init__(self, peers: Mapping[str, Peer], timeout_s: float) -> None:
        self._peers = peers
        self._timeout = aiohttp.ClientTimeout(total=None, connect=CONNECT_TIMEOUT_S, sock_read=timeout_s)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            # Each service has its own: one that hangs takes the connections to no other.
            connector=aiohttp.TCPConnector(limit=0, limit_per_host=CONNECTIONS, keepalive_timeout=IDLE_S),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            timeout=self._timeout,
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session:
            await self._session.close()

    async def pass_through(
        self, service: str, token: str, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Send the request on with the token, and its answer back; raises Problem 503 or 504."""
        peer = self._peers.get(service)
        if self._session is None or peer is None or not peer.http:
            raise Problem(503, "unavailable", headers=RETRY_AFTER)
        body = _Body(receive)
        started = False
        try:
            async with self._session.request(
                scope["method"],
                _url(peer.http, scope.get("raw_path", scope["path"].encode()), scope["query_string"]),
                headers=_onward(scope, token),
                data=await body.content(),
                allow_redirects=False,
            ) as answer:
                headers = _back(answer.raw_headers)
                started = True
                await send({"type": "http.response.start", "status": answer.status, "headers": headers})
                more = True
                while more:
                    chunk = await answer.content.read(CHUNK)
                    more = not answer.content.at_eof()
                    await send({"type": "http.response.body", "body": chunk, "more_body": more})
        except aiohttp.ConnectionTimeoutError as error:
            _log.warning("no connection to upstream", service=service)
            raise Problem(503, "unavailable", headers=RETRY_AFTER) from error
        except TimeoutError as error:
            if started:
                raise
            _log.warning("upstream too slow", service=service)
            raise Problem(504, "upstream_timeout") from error
        except aiohttp.ClientError as error:
            if body.failure:
                raise body.failure from error
            if started:
                raise
            _log.warning("upstream away", service=service, reason=str(error))
            raise Problem(503, "unavailable", headers=RETRY_AFTER) from error


class _Body:
    """The request's body: whole when it came in one piece, else as a stream."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.failure: Exception | None = None

    async def content(self) -> bytes | AsyncIterator[bytes] | None:
        """Return what aiohttp sends; None is no body."""
        first = await self._receive()
        if first.get("more_body", False):
            return self._stream(first)
        return first.get("body", b"") or None

    async def _stream(self, message: Message) -> AsyncIterator[bytes]:
        # aiohttp wraps what goes wrong in here into an error of its own; the cause is kept for the answer.
        try:
            while True:
                if message["type"] == "http.disconnect":
                    raise ClientGoneError  # noqa: TRY301 — kept below like every other failure
                if body := message.get("body"):
                    yield body
                if not message.get("more_body", False):
                    return
                message = await self._receive()
        except Exception as error:
            self.failure = error
            raise


def _url(base: str, path: bytes, query: bytes) -> URL:
    """Return where the service answers, with path and query as they came: nobody else undoes escapes."""
    asked = f"{quote(path, _AS_IT_CAME)}?{quote(query, _AS_IT_CAME)}" if query else quote(path, _AS_IT_CAME)
    return URL(base + asked, encoded=True)


def _onward(scope: Scope, token: str) -> CIMultiDict[str]:
    raw: list[tuple[bytes, bytes]] = scope["headers"]
    dropped = _HOP_BY_HOP | _REPLACED | _named_by_connection(raw)
    headers = CIMultiDict[str](
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in raw if name not in dropped
    )
    client = scope.get("client")
    headers["Authorization"] = f"Bearer {token}"
    headers["X-Forwarded-For"] = client[0] if client else ""
    headers["X-Forwarded-Proto"] = scope["scheme"]
    headers["X-Forwarded-Host"] = next((v.decode("latin-1") for n, v in raw if n == b"host"), "")
    headers[observe.TRACEPARENT] = observe.current_traceparent()
    return headers


def _back(raw: tuple[tuple[bytes, bytes], ...]) -> list[tuple[bytes, bytes]]:
    lowered = [(name.lower(), value) for name, value in raw]
    dropped = _HOP_BY_HOP | _ANSWERED_HERE | _named_by_connection(lowered)
    return [(name, value) for name, value in lowered if name not in dropped]


def _named_by_connection(headers: list[tuple[bytes, bytes]]) -> frozenset[bytes]:
    """Return the headers that a Connection header declares to be of this hop only (RFC 9110, 7.6.1)."""
    listed = b",".join(value for name, value in headers if name == b"connection")
    return frozenset(part.strip().lower() for part in listed.split(b",") if part.strip())
