"""How the gateway is put together."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from secrets import compare_digest
from typing import Final

from arus.alerts.v1.api_pb2_grpc import add_AlertServiceServicer_to_server
from arus.identity.v1.api_pb2_grpc import (
    add_MemberServiceServicer_to_server,
    add_PeopleServiceServicer_to_server,
)
from arus.ingest.v1.api_pb2_grpc import add_IngestServiceServicer_to_server
from arus.views.v1.api_pb2_grpc import add_ViewServiceServicer_to_server
from arus_runtime import tasks
from arus_runtime.auth import Keys, NotAuthenticatedError, Principal, Verifier
from arus_runtime.context import Context, Service
from arus_runtime.rpc import called_from
from starlette.types import ASGIApp

from arus_gateway import handlers, jobs, rpc, rules, words
from arus_gateway.afterwards import Afterwards
from arus_gateway.api import audit, auth, keys, live, organisations, reports, users, views
from arus_gateway.callers import Callers
from arus_gateway.commands import people
from arus_gateway.compression import Compression
from arus_gateway.door import Door, hang
from arus_gateway.edge import Edge
from arus_gateway.letters import Postbox
from arus_gateway.live import Feed
from arus_gateway.names import Names
from arus_gateway.passwords import Passwords
from arus_gateway.proxy import Upstreams
from arus_gateway.quotas import Quotas
from arus_gateway.settings import GatewaySettings
from arus_gateway.tail import tailing
from arus_gateway.tokens import signer
from arus_gateway.upkeep import sweeping


class DoorVerifier(Verifier):
    """Recognises tokens and API keys as the edge does, so that what was ended is ended for gRPC too.

    And, for gRPC only, a service of the house by the secret it shares with the gateway.
    """

    def __init__(self, keys: Keys, callers: Callers, people_secret: str) -> None:
        super().__init__(keys)
        self._callers = callers
        self._people_secret = people_secret.encode()

    async def verify(self, token: str) -> Principal:
        """Return who holds the token, key or secret; raises NotAuthenticatedError."""
        if self._people_secret and compare_digest(token.encode(), self._people_secret):
            return rpc.NOTIFY
        caller = await self._callers.of_bearer(token, called_from())
        if caller is None:
            raise NotAuthenticatedError("unknown, changed or ended")
        return caller.principal


@asynccontextmanager
async def open_door(context: Context) -> AsyncGenerator[None]:
    """Put up the door before the first request and take it down after the last."""
    settings = context.settings if isinstance(context.settings, GatewaySettings) else GatewaySettings()
    signs = signer(settings.signing_key)
    quotas = Quotas(context.db, rules.rate(settings.rate_auth), rules.rate(settings.rate_account))
    callers = Callers(context.db, signs, quotas)
    context.verifier = DoorVerifier(signs, callers, settings.people_secret.get_secret_value())
    async with AsyncExitStack() as stack:
        afterwards = Afterwards()
        stack.push_async_callback(afterwards.close)
        door = Door(
            settings=settings,
            db=context.db,
            signer=signs,
            callers=callers,
            passwords=Passwords(),
            quotas=quotas,
            afterwards=afterwards,
            postbox=Postbox(context.mail, afterwards),
            upstreams=await stack.enter_async_context(Upstreams(settings.peers, settings.upstream_timeout_s)),
            names=Names(context.db, context.peers, signs),
            feed=Feed(),
        )
        hang(context, door)
        if "api" in settings.roles:
            await people.ensure_first_admin(door)
            if settings.kafka_bootstrap:
                await stack.enter_async_context(tailing(door.feed, context.log))
            await stack.enter_async_context(tasks.beside(_close(door.feed, context.stopping)))
        if "jobs" in settings.roles:
            await stack.enter_async_context(sweeping(context.worker_db))
        yield


async def _close(feed: Feed, stopping: asyncio.Event) -> None:
    """Let the feed's readers go as soon as the process is told to stop, so that it need not wait for them."""
    await stopping.wait()
    feed.close()


def _edge(app: ASGIApp, context: Context) -> ASGIApp:
    return Compression(Edge(app, context, words.templates()))


SERVICE: Final = Service(
    name="gateway",
    routers=(
        auth.routes,
        users.routes,
        organisations.routes,
        keys.routes,
        audit.routes,
        views.routes,
        reports.routes,
        live.routes,
    ),
    rpc=(
        (add_ViewServiceServicer_to_server, rpc.Views),
        (add_AlertServiceServicer_to_server, rpc.Alerts),
        (add_IngestServiceServicer_to_server, rpc.Ingest),
        (add_PeopleServiceServicer_to_server, rpc.People),
        (add_MemberServiceServicer_to_server, rpc.Members),
    ),
    workers=(handlers.catalogue, handlers.deeds),
    jobs=jobs.JOBS,
    schedules=jobs.SCHEDULES,
    uploads=("/imports",),
    outbox=True,
    words=words.templates(),
    startup=(open_door,),
    around=(_edge,),
)
