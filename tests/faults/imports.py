"""Imports that are killed on their way: look at one, find who carries it out, and end that process."""

import os
import signal
import time
from collections.abc import Callable
from typing import Any

import psycopg
from arus_stack import testing
from arus_stack.demo.rest import Api
from arus_stack.testing import RunningStack

from .sizes import PATIENCE_S


def ignored(_name: str, _state: str, _done: float) -> None:
    """Show nobody how far it is."""


def unseen(_done: float) -> None:
    """Show nobody how much of a file has come."""


def until(api: Api, path: str, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Return an import as soon as something holds of it."""
    deadline = time.monotonic() + 2 * PATIENCE_S
    while not holds(one := api.get(path)):
        assert time.monotonic() < deadline, one
        time.sleep(0.02)
    return one


def pid_of(stack: RunningStack, service: str) -> int:
    """Return the process id of a service, which may still be on its way back from an earlier death."""
    testing.until(lambda: stack.services()[service]["ready"], f"{service}, ready", PATIENCE_S)
    return stack.services()[service]["pid"]


def kill(stack: RunningStack, service: str) -> None:
    """End a service at once, and have it back at once."""
    os.kill(pid_of(stack, service), signal.SIGKILL)
    back(stack, service)


def back(stack: RunningStack, service: str) -> None:
    """Have a killed service back without waiting for the end of its jobs' leases and for its supervisor."""
    if service == "ingest":
        with psycopg.connect(stack.postgres, autocommit=True) as connection:
            connection.execute("update ingest.jobs set lease_until = now() where state = 'running'")
    stack.start_again(service)


def done(stack: RunningStack, path: str) -> int:
    """Return how many rows of an import are done, though nobody may be there to say so."""
    with psycopg.connect(stack.postgres) as connection:
        row = connection.execute(
            "select done from ingest.imports where id = %s", (path.removeprefix("/imports/"),)
        ).fetchone()
    assert row is not None
    return row[0]
