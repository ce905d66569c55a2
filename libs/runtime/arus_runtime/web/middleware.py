"""What happens around every request, in one pass: trace, limits, metrics, access log, no naked failure."""

import time
from collections.abc import Iterable
from typing import Final

import structlog
from starlette.datastructures import Headers
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from arus_runtime import observe, tracing
from arus_runtime.web import problems
from arus_runtime.words import Templates, language_of

HTTP_FAILED: Final = 500
_QUIET: Final = frozenset(("/healthz", "/readyz", "/metrics"))
"""What machines ask: not a request of a person, in no metric, trace or log."""
_DEFAULTS: Final = ((b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store"))
_READ_ENCODINGS: Final = frozenset(("", "identity"))
_access: Final = structlog.get_logger("arus.access")


def add_missing(start: Message, headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Add headers that the start of an answer does not have yet; names in lower case, as ASGI has them."""
    present = {name for name, _ in start["headers"]}
    start["headers"] = [*start["headers"], *(pair for pair in headers if pair[0] not in present)]


class Heads:
    """Answer HEAD as GET is, without the body (RFC 9110, 9.3.2), where no route answers it itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD" or _is_answered(scope):
            await self._app(scope, receive, send)
            return

        async def bare(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)
                # The answer is whole: a stream hears that its client is gone.
                await send({"type": "http.response.body", "body": b""})

        asked = {**scope, "method": "GET"}
        try:
            await self._app(asked, receive, bare)
        finally:
            scope["route"] = asked.get("route")


def _is_answered(scope: Scope) -> bool:
    return any(route.matches(scope)[0] is Match.FULL for route in scope["app"].routes)


class Shell:
    """Wrap the application once; inner failures that nobody handled become problems here."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        max_body_bytes: int,
        max_upload_bytes: int = 0,
        uploads: tuple[str, ...] = (),
        templates: Templates | None = None,
    ) -> None:
        self._app = app
        self._max_body_bytes = max_body_bytes
        self._max_upload_bytes = max_upload_bytes
        self._uploads = uploads
        self._templates = templates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        structlog.contextvars.clear_contextvars()
        traceparent = observe.enter_trace(headers.get(observe.TRACEPARENT))
        request_id = traceparent[3:35]
        started, began_ns = time.perf_counter(), time.time_ns()
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                add_missing(message, ((b"x-request-id", request_id.encode()), *_DEFAULTS))
            await send(message)

        async def limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > most:
                raise self._too_large(most)
            return message

        received = 0
        most = self._most(scope["path"])
        with observe.REQUESTS_OPEN.labels("http").track_inprogress():
            try:
                self._refuse_early(scope, headers, most)
                await self._app(scope, limited, send_with_id)
            except Exception as error:
                if status:
                    raise
                answer = problems.answer(
                    problems.of(error), language_of(headers.get("accept-language")), self._templates
                )
                await answer(scope, receive, send_with_id)
            finally:
                took_s = time.perf_counter() - started
                route = getattr(scope.get("route"), "name", "none")
                if scope["path"] not in _QUIET:
                    observe.REQUEST_SECONDS.labels("http", route, str(status)).observe(took_s)
                    tracing.add(
                        f"{scope['method']} {route}",
                        "SERVER",
                        traceparent,
                        headers.get(observe.TRACEPARENT),
                        began_ns=began_ns,
                        attributes={
                            "http.request.method": scope["method"],
                            "http.response.status_code": status,
                        },
                        failed=status >= HTTP_FAILED,
                    )
                    _access.info(
                        "request",
                        method=scope["method"],
                        path=scope["path"],
                        status=status,
                        ms=round(took_s * 1000, 1),
                    )

    def _most(self, path: str) -> int:
        """Return how many bytes the body of a request to the path may have."""
        return self._max_upload_bytes if path.startswith(self._uploads) else self._max_body_bytes

    def _refuse_early(self, scope: Scope, headers: Headers, most: int) -> None:
        # Read as it came, a packed body is no JSON and no table.
        if headers.get("content-encoding", "").strip().lower() not in _READ_ENCODINGS:
            raise problems.Problem(415, "encoding_not_supported", headers={"Accept-Encoding": "identity"})
        length = headers.get("content-length", "0")
        if length.isdecimal() and int(length) > most:
            raise self._too_large(most)
        # PostgreSQL's text cannot hold NUL, so no address and no query may bring one.
        if "\0" in scope["path"] or b"%00" in scope["query_string"]:
            raise problems.wrong("query" if b"%00" in scope["query_string"] else "path", "nul_character")

    @staticmethod
    def _too_large(most: int) -> problems.Problem:
        return problems.Problem(413, "body_too_large", params={"max_bytes": most})
