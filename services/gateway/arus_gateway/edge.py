"""The outermost room: who is asking, may they ask so often, and where does the request go."""

from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import parse_qs, urlsplit

import psycopg
from arus_runtime.context import Context
from arus_runtime.web import PREFIX, Problem
from arus_runtime.web import problems as told
from arus_runtime.web.middleware import add_missing
from arus_runtime.words import Templates, language_of
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from arus_gateway import rules
from arus_gateway.callers import Caller
from arus_gateway.compression import takes_gzip
from arus_gateway.door import Door, door_of
from arus_gateway.proxy import ALIASES, SERVICE_OF, ClientGoneError
from arus_gateway.site import API_POLICY, Site

COOKIE: Final = "arus_session"
PROOF_HEADER: Final = "x-arus-request"
API: Final = PREFIX + "/"
SAFE: Final = frozenset(("GET", "HEAD", "OPTIONS"))
# Reached without signing in; counted per address.
OPEN: Final = frozenset(
    PREFIX + path
    for path in (
        "/auth/register",
        "/auth/login",
        "/auth/session",
        "/auth/refresh",
        "/auth/verify-email",
        "/auth/password-reset",
        "/auth/password-reset/confirm",
    )
)
REFRESH: Final = PREFIX + "/auth/refresh"
# Both ways: with a session, or as a newcomer.
HALF_OPEN: Final = PREFIX + "/organisations/invitations/accept"
# What operators read and nobody else; /healthz says no more than that somebody is there.
INSIDE: Final = frozenset(("/metrics", "/readyz"))
_FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip")
_ALLOWED_HEADERS: Final = (
    "Accept-Language, Authorization, Content-Type, Idempotency-Key, If-Match, "
    "Last-Event-ID, X-API-Key, X-Arus-Request"
)
_SHOWN_HEADERS: Final = "ETag, Idempotency-Replayed, Location, Retry-After, X-Request-Id"
_SECURITY: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(self), geolocation=(self), microphone=()"),
    (b"content-security-policy", API_POLICY.encode()),
)
HSTS: Final = "max-age=31536000"


@dataclass(frozen=True, slots=True)
class Route:
    """What the shell's metrics call a request that no route of ours answers."""

    name: str


class Edge:
    """ASGI application around the gateway's own routes: recognises, limits, serves pages, passes through."""

    def __init__(self, app: ASGIApp, context: Context, words: Templates) -> None:
        self._app = app
        self._words = words
        self._door: Door = door_of(context)
        settings = self._door.settings
        self._site = Site(settings.console, self._door.signer)
        self._home = _origin(settings.public_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or connection."""
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin", "")
        shared = origin in self._door.settings.cors_origins
        secure = scope["scheme"] == "https"

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_missing(message, _SECURITY)
                if secure or shared:
                    _say(MutableHeaders(scope=message), secure=secure, shared_with=origin if shared else "")
            await send(message)

        try:
            await self._answer(scope, headers, receive, guarded, shared=shared)
        except ClientGoneError:
            return
        except Problem as problem:
            await self._told(problem, headers)(scope, receive, guarded)

    async def _answer(
        self, scope: Scope, headers: Headers, receive: Receive, send: Send, *, shared: bool
    ) -> None:
        path: str = scope["path"]
        if path in ALIASES:
            path = ALIASES[path]
            scope["path"], scope["raw_path"] = path, path.encode()
        method: str = scope["method"]
        if method == "OPTIONS" and "access-control-request-method" in headers:
            await _preflight(allowed=shared)(scope, receive, send)
            return
        if _climbs(path):
            raise Problem(404, "not_found")
        if path in INSIDE and not _from_inside(scope, headers):
            raise Problem(404, "not_found")
        if not path.startswith(API):
            page = self._site.page(path, zips=takes_gzip(headers)) if method in ("GET", "HEAD") else None
            if page:
                scope["route"] = Route("page")
            await (page or self._app)(scope, receive, send)
            return
        if path in OPEN:
            if path == REFRESH and cookie(headers):
                self._check_not_forged(scope, headers)
            await self._door.quotas.count_auth(_address(scope))
            await self._app(scope, receive, send)
            return
        caller = await self._caller(scope, headers)
        if caller is None:
            if path != HALF_OPEN:
                raise Problem(401, "not_authenticated")
            await self._door.quotas.count_auth(_address(scope))
            await self._app(scope, receive, send)
            return
        await self._door.quotas.count_account(caller.account)
        if not rules.key_reaches(caller.grant.resources, method, path.removeprefix(API)):
            raise Problem(403, "key_out_of_scope")
        service = SERVICE_OF.get(path.removeprefix(API).partition("/")[0])
        if service is None:
            _introduce(scope, caller)
            await self._app(scope, receive, send)
        else:
            scope["route"] = Route(f"to_{service}")
            await self._door.upstreams.pass_through(service, caller.token, scope, receive, send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        try:
            await self._let_in(scope, headers)
        except (Problem, psycopg.Error) as error:
            # Before the handshake: the client sees an HTTP answer instead of a socket.
            await self._told(told.of(error), headers)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _let_in(self, scope: Scope, headers: Headers) -> None:
        """Introduce who opens a socket; raises the Problem for who may not."""
        caller = await self._caller(scope, headers)
        if caller is None:
            raise Problem(401, "not_authenticated")
        await self._door.quotas.count_account(caller.account)
        if not rules.key_reaches(caller.grant.resources, "GET", scope["path"].removeprefix(API)):
            raise Problem(403, "key_out_of_scope")
        _introduce(scope, caller)

    def _told(self, problem: Problem, headers: Headers) -> Response:
        return told.answer(problem, language_of(headers.get("accept-language")), self._words)

    async def _caller(self, scope: Scope, headers: Headers) -> Caller | None:
        """Return who is asking, None when nobody says so; raises Problem for a wrong or forged credential."""
        callers = self._door.callers
        scheme, _, credential = headers.get("authorization", "").partition(" ")
        credential = credential.strip() if scheme.lower() == "bearer" else headers.get("x-api-key", "")
        if credential:
            if caller := await callers.of_bearer(credential, _address(scope)):
                return caller
            raise Problem(401, "not_authenticated")
        if secret := cookie(headers):
            self._check_not_forged(scope, headers)
            return await callers.of_cookie(secret, _address(scope))
        if scope["path"] == PREFIX + "/live":
            ticket = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
            return await callers.of_ticket(ticket) if ticket else None
        return None

    def _check_not_forged(self, scope: Scope, headers: Headers) -> None:
        """Return unless another site may have made the browser send its cookie (OWASP: custom header)."""
        origin = headers.get("origin")
        scheme = {"ws": "http", "wss": "https"}.get(scope["scheme"], scope["scheme"])
        own = (self._home, f"{scheme}://{headers.get('host', '')}")
        if origin is not None and origin not in own:
            raise Problem(403, "csrf_refused")
        if scope["type"] == "websocket":
            # A browser always names its origin here and can send no header of ours.
            if origin is None:
                raise Problem(403, "csrf_refused")
        elif scope["method"] not in SAFE and PROOF_HEADER not in headers:
            raise Problem(403, "csrf_refused")


def cookie(headers: Mapping[str, str]) -> str:
    """Return the session cookie's secret, empty when there is none."""
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def _introduce(scope: Scope, caller: Caller) -> None:
    """Let the gateway's own routes know the caller as every service would: by a bearer token."""
    kept = [pair for pair in scope["headers"] if pair[0] not in (b"authorization", b"cookie", b"x-api-key")]
    scope["headers"] = [*kept, (b"authorization", f"Bearer {caller.token}".encode())]
    scope.setdefault("state", {})["caller"] = caller


def _say(headers: MutableHeaders, *, secure: bool, shared_with: str) -> None:
    if secure:
        headers["strict-transport-security"] = HSTS
    if shared_with:
        headers["access-control-allow-origin"] = shared_with
        headers["access-control-expose-headers"] = _SHOWN_HEADERS
        headers.add_vary_header("Origin")


def _climbs(path: str) -> bool:
    """Say whether the path, its escapes undone, has dot segments: they lead to what is not to be seen."""
    return not {".", ".."}.isdisjoint(path.split("/"))


def _preflight(*, allowed: bool) -> Response:
    if not allowed:
        return Response(status_code=403)
    return Response(
        status_code=204,
        headers={
            "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE",
            "Access-Control-Allow-Headers": _ALLOWED_HEADERS,
            "Access-Control-Max-Age": "600",
        },
    )


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""


def _from_inside(scope: Scope, headers: Headers) -> bool:
    """Say whether the request comes from our own machines and through no proxy that lets the world in."""
    return rules.lies_inside(_address(scope)) and not any(name in headers for name in _FORWARDED)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
