"""The HTTP application of a service."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from arus_runtime import presence
from arus_runtime.context import Context, Service
from arus_runtime.settings import Settings
from arus_runtime.web import document, problems
from arus_runtime.web.middleware import Heads, Shell
from arus_runtime.web.problems import Problem
from arus_runtime.web.routing import PREFIX, HeldSlashes, StrictRoute

Readiness = Callable[[], Awaitable[Mapping[str, str]]]
"""Names what is not usable yet and why; empty when ready."""
Trouble = Callable[[], Mapping[str, str]]
"""Names what waits for a person, though the process is of use; empty when all is well."""


async def _always_ready() -> Mapping[str, str]:
    return {}


def _no_trouble() -> Mapping[str, str]:
    return {}


async def context_of(request: Request) -> Context:
    """Return what the parts of this process share; async, because FastAPI sends what is not to a thread."""
    return request.app.state.context


Ctx = Annotated[Context, Depends(context_of)]
"""A route's parameter that brings the process's context."""


def create_app(
    service: Service,
    context: Context | None = None,
    *,
    settings: Settings | None = None,
    readiness: Readiness = _always_ready,
    trouble: Trouble = _no_trouble,
) -> FastAPI:
    """Return the service's application; without a context only its OpenAPI document can be made."""
    limits = settings or (context.settings if context else Settings())

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        yield

    app = FastAPI(
        title=f"Arus {service.name}",
        version="1",
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.router.route_class = StrictRoute
    app.state.context = context
    problems.install(app, service.words)
    for router in service.routers:
        for route in router.routes:
            if getattr(route, "get_route_handler", None) and not isinstance(route, StrictRoute):
                raise TypeError(
                    f"{route} of {service.name} reads bodies loosely: make its router with web.router()"
                )
        app.router.routes.extend(router.routes)  # as they are: including them would work each out anew
    _add_health(app, readiness, trouble, limits.presence_key.get_secret_value())
    app.add_middleware(HeldSlashes)
    app.add_middleware(Heads)
    if context is not None:
        for wrap in reversed(service.around):
            app.add_middleware(wrap, context)
    app.add_middleware(
        Shell,
        max_body_bytes=limits.max_body_bytes,
        max_upload_bytes=limits.max_upload_bytes,
        # As the gateway's people may call it, too: before the path is told for what it is.
        uploads=tuple(before + path for path in service.uploads for before in (PREFIX, "")),
        templates=service.words,
    )
    document.install(app)
    return app


def _add_health(app: FastAPI, readiness: Readiness, trouble: Trouble, presence_key: str) -> None:
    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz", include_in_schema=False)
    async def readyz(request: Request, response: Response) -> dict[str, Any]:
        if presence_key and (asked := request.headers.get(presence.ASKED)):
            response.headers[presence.PROVEN] = presence.proof(presence_key, asked)
        missing = await readiness()
        if missing:
            raise Problem(
                503, "unavailable", detail="; ".join(f"{part}: {why}" for part, why in missing.items())
            )
        # What waits for a person is said and no more: out of rotation the process would serve nobody, and
        # started again it would meet the same record.
        waiting = trouble()
        return {"status": "degraded", "trouble": waiting} if waiting else {"status": "ready"}

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
