"""What a service is made of, and what its parts share while it runs."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from starlette.types import ASGIApp

from arus_runtime.auth import Verifier
from arus_runtime.postgres import Database
from arus_runtime.settings import Settings
from arus_runtime.words import Templates

if TYPE_CHECKING:
    from arus_runtime.jobs import Job
    from arus_runtime.log import AiokafkaLog
    from arus_runtime.mail import Mail
    from arus_runtime.rpc import Peers
    from arus_runtime.schedules import Scheduled
    from arus_runtime.worker import AnyWorker


def _nobody_waits() -> None:
    return


@dataclass(slots=True)
class Context:
    """What routes, methods and jobs of one running process share; reached as ``request.app.state.context``.

    db: the api role, one tenant at a time. worker_db: the worker role, all tenants; never used by a request.
    """

    settings: Settings
    db: Database
    worker_db: Database
    verifier: Verifier
    peers: "Peers"
    mail: "Mail"
    log: "AiokafkaLog"
    committed: Callable[[], None] = _nobody_waits
    """Called after a command has committed, so that the relay looks at once."""
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the process is told to stop: endless answers end themselves."""
    own: dict[str, Any] = field(default_factory=dict[str, Any])
    """What the service itself adds at start-up."""


RpcPart = tuple[Callable[[Any, Any], None], Callable[[Context], Any]]
"""The generated ``add_…Servicer_to_server`` and a factory of the servicer."""


@dataclass(frozen=True, slots=True)
class Service:
    """One service as its ``__main__`` declares it.

    words: sentences of the service's own problem codes. startup: each is entered before the first request and
    left after the last one.
    """

    name: str
    routers: Sequence[APIRouter] = ()
    rpc: Sequence[RpcPart] = ()
    workers: Sequence["AnyWorker"] = ()
    jobs: Sequence["Job"] = ()
    job_slots: int = 2
    """How many jobs of a process run at a time: few that think, many that wait for others."""
    schedules: Sequence["Scheduled"] = ()
    outbox: bool = False
    words: Templates = field(default_factory=dict[str, Mapping[str, str]])
    startup: Sequence[Callable[[Context], AbstractAsyncContextManager[None]]] = ()
    uploads: Sequence[str] = ()
    """Paths below /api/v1 whose requests bring files and may therefore be larger."""
    ready: Sequence[Callable[[Context], Awaitable[None]]] = ()
    """Checks of the service's own; one that raises makes the process not ready."""
    around: Sequence[Callable[[ASGIApp, Context], ASGIApp]] = ()
    """What wraps the application, outermost first, inside the runtime's own shell; sees WebSockets too."""
