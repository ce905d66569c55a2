"""What the gateway's parts share while it runs."""

from dataclasses import dataclass
from typing import Annotated, Final

from arus_runtime.context import Context
from arus_runtime.postgres import Database
from arus_runtime.web import Problem
from fastapi import Depends, Request

from arus_gateway.afterwards import Afterwards
from arus_gateway.callers import Caller, Callers
from arus_gateway.letters import Postbox
from arus_gateway.live import Feed
from arus_gateway.names import Names
from arus_gateway.passwords import Passwords
from arus_gateway.proxy import Upstreams
from arus_gateway.quotas import Quotas
from arus_gateway.settings import GatewaySettings
from arus_gateway.tokens import Signer

_OWN: Final = "door"


@dataclass(frozen=True, slots=True)
class Door:
    """The door and everything behind it."""

    settings: GatewaySettings
    db: Database
    signer: Signer
    callers: Callers
    passwords: Passwords
    quotas: Quotas
    afterwards: Afterwards
    postbox: Postbox
    upstreams: Upstreams
    names: Names
    feed: Feed


def door_of(context: Context) -> Door:
    """Return the door of this process."""
    return context.own[_OWN]


def hang(context: Context, door: Door) -> None:
    """Let the process's parts find the door."""
    context.own[_OWN] = door


def _door(request: Request) -> Door:
    return door_of(request.app.state.context)


def _caller(request: Request) -> Caller:
    """Return who the edge let in; routes that use it are behind ``require`` or ``authenticated``."""
    return request.state.caller


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def persons_only(caller: Caller) -> None:
    """Return when a person is calling, else raise the 403."""
    if caller.via == "key":
        raise Problem(403, "persons_only")


DoorOf = Annotated[Door, Depends(_door)]
"""A route's parameter that brings the door."""
CallerOf = Annotated[Caller, Depends(_caller)]
"""A route's parameter that brings the caller the edge recognised."""
Address = Annotated[str, Depends(_address)]
"""A route's parameter that brings the caller's address, for the audit log."""
