"""Run a service: its HTTP and gRPC doors, workers, relays and jobs, in one process or split by ARUS_ROLES."""

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, repeat
from typing import Final

import orjson
import structlog
import uvicorn
import uvloop
from starlette.types import ASGIApp

from arus_runtime import backlog, observe, rpc, schedules, tasks, tracing, upkeep
from arus_runtime.auth import JwksKeys, Verifier
from arus_runtime.context import Context, Service
from arus_runtime.engine import Engine
from arus_runtime.heart import Part, heart_of, security_of
from arus_runtime.jobs import Jobs, wait_for
from arus_runtime.log import AiokafkaLog, LogAway
from arus_runtime.mail import mail_of
from arus_runtime.postgres import IDLE_S, Database
from arus_runtime.relay import Relay
from arus_runtime.settings import Settings
from arus_runtime.web import create_app

__all__ = ["Context", "Service", "openapi", "opened", "run"]

GRACE_S: Final = 10
READY_S: Final = 2.0
KAFKA_PAUSES_S: Final = (0.5, 1.0, 2.0, 5.0)
_log: Final = structlog.get_logger(__name__)


def run(service: Service) -> None:
    """Run the service until it is told to stop; ``python -m arus_<name> openapi`` prints its document."""
    if sys.argv[1:] == ["openapi"]:
        sys.stdout.write(openapi(service))
        return
    settings = Settings()
    observe.configure_logging(service.name, settings.log_level)
    tracing.configure(service.name, settings.otlp_endpoint, settings.trace_share)
    try:
        failed = uvloop.run(_serve(service, settings))
    finally:
        tracing.close()
    sys.exit(failed)


def openapi(service: Service) -> str:
    """Return the service's OpenAPI document as indented JSON."""
    document = create_app(service, settings=Settings.model_construct()).openapi()
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


@asynccontextmanager
async def opened(
    service: Service,
    settings: Settings,
    verifier: Verifier | None = None,
    stopping: asyncio.Event | None = None,
) -> AsyncGenerator[Context]:
    """Give what the parts of the service share, open; closed in reverse order afterwards."""
    api_url = settings.db_api_url.get_secret_value()
    worker_url = settings.db_worker_url.get_secret_value()
    async with AsyncExitStack() as stack:
        context = Context(
            settings=settings,
            db=await stack.enter_async_context(
                Database(api_url, service.name, size=settings.db_pool, idle_s=IDLE_S)
            ),
            worker_db=await stack.enter_async_context(Database(worker_url, service.name, size=4)),
            verifier=verifier or Verifier(JwksKeys(settings.jwks_url)),
            peers=rpc.Peers(settings),
            mail=mail_of(settings),
            log=AiokafkaLog(security_of(settings)),
            stopping=stopping or asyncio.Event(),
        )
        stack.push_async_callback(context.peers.close)
        for start in service.startup:
            await stack.enter_async_context(start(context))
        yield context


async def _serve(service: Service, settings: Settings) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stop.set)
    async with opened(service, settings, stopping=stop) as context:
        failed = await supervise(_parts(service, context).run, stop)
    return 1 if failed else 0


@dataclass(slots=True)
class Parts:
    """What runs in this process, by name, and what says why it is not ready, "" when it is."""

    run: dict[str, Part] = field(default_factory=dict[str, Part])
    unready: dict[str, Callable[[], str]] = field(default_factory=dict[str, Callable[[], str]])
    engines: Mapping[str, Engine] = field(default_factory=dict[str, Engine])

    def trouble(self) -> Mapping[str, str]:
        """Return what waits for a person, by part."""
        return {f"worker {name}": engine.trouble for name, engine in self.engines.items() if engine.trouble}


def _parts(service: Service, context: Context) -> Parts:
    roles = context.settings.roles
    parts = Parts()
    parts.run["http"] = lambda stop: _http(service, context, parts, stop)
    if "api" in roles and service.rpc:
        parts.run["grpc"] = lambda stop: _grpc(service, context, stop)
    heart = heart_of(service, context.settings, context.log)
    context.committed = heart.wake
    for name, part in heart.parts.items():
        parts.run[name] = partial(connected, name, part)
    parts.engines = heart.engines
    parts.unready |= {f"worker {name}": partial(_unready, engine) for name, engine in heart.engines.items()}
    if heart.engines:
        engines = list(heart.engines.values())
        parts.run["backlog"] = lambda stop: backlog.run(context.log, engines, stop)
    if heart.relay is not None:
        parts.unready["relay"] = partial(_unconnected, heart.relay)
    if "jobs" in roles:
        kinds = {job.kind: job for job in service.jobs}
        parts.run["upkeep"] = lambda stop: upkeep.run(context, kinds, stop, service.workers)
        if kinds:
            parts.run["jobs"] = Jobs(kinds, context, slots=service.job_slots).run
        if service.schedules:
            parts.run["schedules"] = lambda stop: schedules.run(service.schedules, context, stop)
    return parts


def _unready(engine: Engine) -> str:
    return engine.unready


def _unconnected(relay: Relay) -> str:
    return "" if relay.connected else "waiting for Kafka"


async def connected(name: str, part: Part, stop: asyncio.Event) -> None:
    """Run a part that talks to Kafka; when Kafka is away, wait and run it again."""
    for pause_s in chain(KAFKA_PAUSES_S, repeat(KAFKA_PAUSES_S[-1])):
        try:
            await part(stop)
        except LogAway as error:
            _log.warning("Kafka is away", part=name, reason=str(error), again_in_s=pause_s)
            await wait_for(stop, pause_s)
        else:
            return
        if stop.is_set():
            return


async def supervise(parts: Mapping[str, Part], stop: asyncio.Event) -> bool:
    """Run all parts until stop is set or one of them ends; say whether one failed."""
    running = {asyncio.ensure_future(part(stop)): name for name, part in parts.items()}
    await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    failed = not stop.is_set()
    stop.set()
    _, late = await asyncio.wait(running, timeout=GRACE_S)
    for task in late:
        _log.error("did not stop in time", part=running[task], seconds=GRACE_S)
    await tasks.end(*late)
    for task, name in running.items():
        if not task.cancelled() and (error := task.exception()):
            failed = True
            _log.error("part failed", part=name, exc_info=error)
    return failed or bool(late)


class _Server(uvicorn.Server):
    """uvicorn without its own signal handling: one place stops all parts."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


def http_config(app: ASGIApp, settings: Settings) -> uvicorn.Config:
    """Return how the application is served: with TLS or without, and whose word on addresses is believed."""
    return uvicorn.Config(
        app,
        loop="none",
        http="httptools",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=GRACE_S - 2,
        ssl_certfile=settings.tls_cert or None,
        ssl_keyfile=settings.tls_key or None,
    )


async def _http(service: Service, context: Context, parts: Parts, stop: asyncio.Event) -> None:
    settings = context.settings
    served = service if "api" in settings.roles else Service(service.name)

    async def readiness() -> Mapping[str, str]:
        return await _missing(service, context, parts)

    config = http_config(create_app(served, context, readiness=readiness, trouble=parts.trouble), settings)
    listening = socket.create_server((settings.http_host, settings.http_port), backlog=2048)
    server = _Server(config)
    _log.info("listening", http=listening.getsockname()[1])
    serving = asyncio.ensure_future(server.serve([listening]))
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    server.should_exit = True
    await serving


async def _grpc(service: Service, context: Context, stop: asyncio.Event) -> None:
    server, port = await rpc.serve(service.rpc, context, service.words)
    _log.info("listening", grpc=port)
    await stop.wait()
    await server.stop(GRACE_S - 2)


async def _missing(service: Service, context: Context, parts: Parts) -> Mapping[str, str]:
    checks: dict[str, Awaitable[None]] = {
        "database": context.db.ping(),
        "database (worker)": context.worker_db.ping(),
        **{check.__name__: check(context) for check in service.ready},
    }
    found = await asyncio.gather(
        *(asyncio.wait_for(check, READY_S) for check in checks.values()), return_exceptions=True
    )
    missing = {name: _why(error) for name, error in zip(checks, found, strict=True) if error is not None}
    return missing | {name: why for name, unready in parts.unready.items() if (why := unready())}


def _why(error: BaseException) -> str:
    return f"no answer within {READY_S:g} s" if isinstance(error, TimeoutError) else str(error)
