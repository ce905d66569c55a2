"""gRPC as every service of the house speaks it: callers known, failures named, peers called as the caller."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NoReturn, TypeVar
from urllib.parse import unquote

import grpc
import orjson
import structlog
from google.protobuf.message import Message
from grpc.aio import Channel, Metadata, Server, ServerInterceptor, ServicerContext
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from arus_runtime import observe, tracing
from arus_runtime.auth import ForbiddenError, LimitedError, NotAuthenticatedError, Principal, Verifier
from arus_runtime.context import Context, RpcPart
from arus_runtime.settings import Peer, Settings
from arus_runtime.web import problems
from arus_runtime.web.problems import Problem, UnavailableError
from arus_runtime.words import Language, Templates, language_of

MAX_MESSAGE_BYTES: Final = 16 * 1024 * 1024
KEEPALIVE_MS: Final = 30_000
"""How often the server asks whether a caller who says nothing is still there, and how long it waits."""
CALL_TIMEOUT_S: Final = 2.0
UNARY_LIMIT_S: Final = 20.0
PROBLEM_METADATA: Final = "arus-problem-bin"
"""Trailing metadata that carries the RFC 9457 document of a failure, as JSON."""

Response = TypeVar("Response")

_caller: Final[ContextVar[Principal | None]] = ContextVar("caller", default=None)
_language: Final[ContextVar[Language]] = ContextVar("language", default="id")
_address: Final[ContextVar[str]] = ContextVar("address", default="")

_LONGEST_DETAIL: Final = 1000
"""Characters of a status's text: headers that are longer are cut by whom they pass."""
_STATUS: Final = {
    400: grpc.StatusCode.INVALID_ARGUMENT,
    401: grpc.StatusCode.UNAUTHENTICATED,
    403: grpc.StatusCode.PERMISSION_DENIED,
    404: grpc.StatusCode.NOT_FOUND,
    409: grpc.StatusCode.ABORTED,
    412: grpc.StatusCode.FAILED_PRECONDITION,
    413: grpc.StatusCode.RESOURCE_EXHAUSTED,
    422: grpc.StatusCode.INVALID_ARGUMENT,
    429: grpc.StatusCode.RESOURCE_EXHAUSTED,
    503: grpc.StatusCode.UNAVAILABLE,
}
_AWAY: Final = frozenset(
    (
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.CANCELLED,
        grpc.StatusCode.UNIMPLEMENTED,  # of a version before, during an upgrade
    )
)
_OURS: Final = frozenset(
    (
        grpc.StatusCode.UNKNOWN,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.INTERNAL,
        grpc.StatusCode.UNAVAILABLE,
    )
)
"""Failures of who answers, not of who asked."""
_OPEN: Final = ("/grpc.health.", "/grpc.reflection.")


def caller() -> Principal:
    """Return who called the method at hand."""
    principal = _caller.get()
    if principal is None:
        raise NotAuthenticatedError("no bearer token")
    return principal


def require(resource: str, action: str) -> Principal:
    """Return the caller of the method at hand, who may do the action; raises ForbiddenError."""
    principal = caller()
    if not principal.may(resource, action):
        raise ForbiddenError(resource, action)
    return principal


def require_everywhere(resource: str, action: str) -> Principal:
    """Return the caller as ``require`` does, unless limited to locations; raises LimitedError too."""
    principal = require(resource, action)
    if principal.locations is not None:
        raise LimitedError
    return principal


def language() -> Language:
    """Return the language the caller of the method at hand reads (metadata accept-language)."""
    return _language.get()


def called_from() -> str:
    """Return the IP address that the method at hand is called from, empty outside of methods.

    It is the one that a trusted proxy names in the metadata x-forwarded-for, else the peer's.
    """
    return _address.get()


class Shell(ServerInterceptor):
    """Around every method: trace, caller, metrics; and every failure leaves as a status with its problem."""

    def __init__(
        self, verifier: Verifier, templates: Templates | None = None, trusted_proxies: str = ""
    ) -> None:
        self._verifier = verifier
        self._templates = templates
        # Who is believed, and which of the addresses they name, is decided as uvicorn does for HTTP.
        self._proxies = ProxyHeadersMiddleware(_nothing, trusted_proxies).trusted_hosts

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Any:
        """Return the method's handler with the shell around it."""
        handler: Any = await continuation(handler_call_details)
        method: str = handler_call_details.method
        if handler is None or method.startswith(_OPEN):
            return handler
        if handler.response_streaming:
            make = (
                grpc.stream_stream_rpc_method_handler
                if handler.request_streaming
                else grpc.unary_stream_rpc_method_handler
            )
            behaviour = self._streaming(method, handler.stream_stream or handler.unary_stream)
        else:
            make = (
                grpc.stream_unary_rpc_method_handler
                if handler.request_streaming
                else grpc.unary_unary_rpc_method_handler
            )
            # Who calls without a deadline must not hold a method for ever; streams last as long as they like.
            limit_s = None if handler.request_streaming else UNARY_LIMIT_S
            behaviour = self._single(method, handler.stream_unary or handler.unary_unary, limit_s)
        return make(behaviour, handler.request_deserializer, handler.response_serializer)

    def _single(
        self, method: str, inner: Callable[[Any, Any], Awaitable[Any]], limit_s: float | None
    ) -> Callable[[Any, Any], Awaitable[Any]]:
        async def single(request: Any, context: "ServicerContext[Any, Any]") -> Any:
            call = _Call(method, "stream" if limit_s is None else "grpc")
            try:
                await self._enter(context, call)
                async with asyncio.timeout(limit_s):
                    return await inner(request, context)
            except TimeoutError:
                await context.abort(grpc.StatusCode.DEADLINE_EXCEEDED, f"no answer within {limit_s} s")
            except Exception as error:  # noqa: BLE001 — the last door: whatever it is, the caller gets a status
                await self._fail(context, error)
            finally:
                call.end(context)

        return single

    def _streaming(
        self, method: str, inner: Callable[[Any, Any], AsyncIterator[Any]]
    ) -> Callable[[Any, Any], AsyncIterator[Any]]:
        async def streaming(request: Any, context: "ServicerContext[Any, Any]") -> AsyncIterator[Any]:
            call = _Call(method, "stream")
            try:
                await self._enter(context, call)
                async for item in inner(request, context):
                    yield item
            except Exception as error:  # noqa: BLE001 — as above
                await self._fail(context, error)
            finally:
                call.end(context)

        return streaming

    async def _enter(self, context: "ServicerContext[Any, Any]", call: "_Call") -> None:
        metadata = {
            name: value for name, value in context.invocation_metadata() or () if isinstance(value, str)
        }
        structlog.contextvars.clear_contextvars()
        call.parent = metadata.get(observe.TRACEPARENT)
        call.step = observe.enter_trace(call.parent)
        _language.set(language_of(metadata.get("accept-language")))
        address = _host(context.peer())
        if address in self._proxies:
            named = metadata.get("x-forwarded-for", "")  # of several, gRPC itself keeps the last alone
            address = self._proxies.get_trusted_client_address(named)[0] or address
        _address.set(address)
        scheme, _, token = metadata.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotAuthenticatedError("no bearer token")
        _caller.set(await self._verifier.verify(token))

    async def _fail(self, context: "ServicerContext[Any, Any]", error: Exception) -> NoReturn:
        if isinstance(error, grpc.aio.AbortError):
            raise error
        problem = problems.of(error)
        document = problems.told(problem, _language.get(), self._templates)
        status = _STATUS.get(problem.status, grpc.StatusCode.INTERNAL)
        said = " ".join((document.detail, *(error.message for error in document.errors)))
        await context.abort(
            status, said[:_LONGEST_DETAIL], ((PROBLEM_METADATA, orjson.dumps(document.model_dump())),)
        )
        raise AssertionError("abort raises") from error


@dataclass(slots=True)
class _Call:
    """A call that is being answered; metrics and its trace are told of it when it ends.

    kind: "grpc", or "stream" for one that lasts as long as the caller likes.
    """

    method: str
    kind: str
    step: str = ""
    parent: str | None = None
    started: float = field(default_factory=time.perf_counter)
    began_ns: int = field(default_factory=time.time_ns)

    def end(self, context: Any) -> None:
        status: grpc.StatusCode = context.code() or grpc.StatusCode.OK
        took_s = time.perf_counter() - self.started
        observe.REQUEST_SECONDS.labels(self.kind, self.method, status.name).observe(took_s)
        tracing.add(
            self.method.removeprefix("/"),
            "SERVER",
            self.step,
            self.parent,
            began_ns=self.began_ns,
            attributes=_said(status),
            failed=status in _OURS,
        )


def _host(peer: str) -> str:
    """Return the IP address of a peer as gRPC writes it: ipv4:127.0.0.1:4711 or ipv6:%5B::1%5D:4711."""
    return unquote(peer).partition(":")[2].rpartition(":")[0].strip("[]")


async def _nothing(*_: object) -> None: ...


def _said(status: grpc.StatusCode) -> dict[str, str | int]:
    return {"rpc.system": "grpc", "rpc.grpc.status_code": status.value[0]}


async def serve(
    parts: Sequence[RpcPart], context: Context, templates: Templates | None = None
) -> tuple[Server, int]:
    """Start the server with health and reflection and return it with its port."""
    settings = context.settings
    server = grpc.aio.server(
        interceptors=(Shell(context.verifier, templates, settings.trusted_proxies),),
        options=(
            ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
            ("grpc.so_reuseport", 0),
            ("grpc.keepalive_time_ms", KEEPALIVE_MS),
            ("grpc.http2.ping_timeout_ms", KEEPALIVE_MS),
            ("grpc.http2.max_pings_without_data", 0),  # a watch may have nothing to say for hours
        ),
    )
    names = _Names(server)
    for add, servicer in parts:
        add(servicer(context), names)
    healthy = health.aio.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(healthy, server)
    for name in ("", *names.seen):
        await healthy.set(name, health_pb2.HealthCheckResponse.SERVING)
    reflection.enable_server_reflection((*names.seen, health.SERVICE_NAME, reflection.SERVICE_NAME), server)
    address = f"{settings.http_host}:{settings.grpc_port}"
    if settings.tls_cert:
        port = server.add_secure_port(address, await asyncio.to_thread(_credentials, settings))
    else:
        port = server.add_insecure_port(address)
    await server.start()
    return server, port


def _credentials(settings: Settings) -> grpc.ServerCredentials:
    return grpc.ssl_server_credentials(
        [(Path(settings.tls_key).read_bytes(), Path(settings.tls_cert).read_bytes())]
    )


class _Names:
    """Stands in for the server while methods are added, to learn the services' names for reflection."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.seen: list[str] = []

    def add_generic_rpc_handlers(self, handlers: Sequence[Any]) -> None:
        self._server.add_generic_rpc_handlers(handlers)

    def add_registered_method_handlers(self, service: str, handlers: Any) -> None:
        self.seen.append(service)
        self._server.add_registered_method_handlers(service, handlers)


class Peers:
    """Channels to the other services, one each, made when first used."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._channels: dict[str, Channel] = {}

    def channel(self, peer: str) -> Channel:
        """Return the channel to a service; raises UnavailableError when the settings do not name it."""
        known = self._settings.peers.get(peer)
        if known is None or not known.grpc:
            raise UnavailableError(f"no peer {peer} in ARUS_PEERS")
        if peer not in self._channels:
            self._channels[peer] = _channel(known)
        return self._channels[peer]

    async def close(self) -> None:
        """Close every channel."""
        for channel in self._channels.values():
            await channel.close()


def _channel(peer: Peer) -> Channel:
    """Return a channel to a peer; one whose HTTP speaks TLS speaks it over gRPC too."""
    options = (
        ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
        ("grpc.initial_reconnect_backoff_ms", 100),
        ("grpc.max_reconnect_backoff_ms", 1000),
    )
    if not peer.http.startswith("https://"):
        return grpc.aio.insecure_channel(peer.grpc, options=options)
    # gRPC knows its own authorities only; ours stand where everything else of the process finds them.
    authorities = os.environ.get("SSL_CERT_FILE")
    trusted = Path(authorities).read_bytes() if authorities else None
    return grpc.aio.secure_channel(peer.grpc, grpc.ssl_channel_credentials(trusted), options=options)


@contextmanager
def calling(request: type[Message], principal: Principal, language: str) -> Generator[Metadata]:
    """Give a call to a peer, as the principal, its metadata, and tell of it in the trace at hand.

    request: what the method takes; it bears the method's name.
    """
    parent, began_ns = observe.current_traceparent(), time.time_ns()
    step, status = observe.child_of(parent), grpc.StatusCode.OK
    try:
        yield Metadata(
            ("authorization", f"Bearer {principal.token}"),
            ("accept-language", language),
            (observe.TRACEPARENT, step),
        )
    except grpc.aio.AioRpcError as error:
        status = error.code()
        raise
    finally:
        tracing.add(
            request.DESCRIPTOR.full_name.removesuffix("Request"),
            "CLIENT",
            step,
            parent,
            began_ns=began_ns,
            attributes=_said(status),
            failed=status is not grpc.StatusCode.OK,
        )


async def call(
    method: Callable[..., Awaitable[Response]],
    request: Message,
    principal: Principal,
    *,
    timeout_s: float = CALL_TIMEOUT_S,
) -> Response:
    """Call a peer's unary method as the principal and return its answer.

    Raises UnavailableError when the peer is away or too slow, Problem 404 when it denies the record, 403 when
    the principal may not ask (a key may be limited to less than its errand takes), else grpc.RpcError.
    """
    try:
        with calling(type(request), principal, principal.language) as metadata:
            return await method(request, metadata=metadata, timeout=timeout_s)
    except grpc.aio.AioRpcError as error:
        if error.code() in _AWAY:
            raise UnavailableError(f"peer: {error.details()}") from error
        if error.code() is grpc.StatusCode.NOT_FOUND:
            raise Problem(404, "not_found") from error
        if error.code() is grpc.StatusCode.PERMISSION_DENIED:
            raise Problem(403, "forbidden") from error
        raise
