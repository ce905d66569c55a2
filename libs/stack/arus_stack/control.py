"""How commands talk to a running supervisor: JSON lines over a Unix socket that only its owner can open."""

import asyncio
import hashlib
import json
import os
import socket
import tempfile
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from arus_stack.errors import NotRunning, Refused
from arus_stack.home import Home
from arus_stack.supervisor import Supervisor

PATH_LIMIT = 100  # bytes; the system allows about 104


def socket_path(home: Home) -> Path:
    """Return where the supervisor of this home listens; a deep home gets a short path elsewhere."""
    path = home.run.resolve() / "control"
    if len(os.fsencode(path)) <= PATH_LIMIT:
        return path
    label = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
    return Path(tempfile.gettempdir(), f"arus-{os.getuid()}-{label}")


@asynccontextmanager
async def listening(home: Home, supervisor: Supervisor) -> AsyncGenerator[None]:
    """Answer commands until the block ends."""
    path = socket_path(home)
    path.unlink(missing_ok=True)
    old_mask = os.umask(0o177)
    try:
        server = await asyncio.start_unix_server(
            lambda reader, writer: _answer(supervisor, reader, writer), path=str(path)
        )
    finally:
        os.umask(old_mask)
    try:
        yield
    finally:
        server.close()
        path.unlink(missing_ok=True)


async def _answer(supervisor: Supervisor, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        request = json.loads(await reader.readline() or b"{}")
        match request.get("do"):
            case "status":
                await _send(writer, {**supervisor.facts, "services": await supervisor.services()})
            case "stop":
                supervisor.stop()
                await _send(writer, {"stopping": supervisor.alive})
            case "restart":
                await _restart(supervisor, str(request.get("name")), writer)
            case "watch":
                await _watch(supervisor, writer)
            case other:
                await _send(writer, {"error": f"unknown request {other!r}"})
    except (ConnectionError, ValueError):
        pass  # the command went away
    finally:
        writer.close()


async def _restart(supervisor: Supervisor, name: str, writer: asyncio.StreamWriter) -> None:
    try:
        supervisor.restart(name)
    except KeyError:
        names = [service["name"] for service in await supervisor.services()]
        await _send(
            writer, {"error": f"there is no server {name}", "first_aid": f"There are {', '.join(names)}."}
        )
    else:
        await _send(writer, {"restarting": name})


async def _watch(supervisor: Supervisor, writer: asyncio.StreamWriter) -> None:
    """Send where every part stands, every notice from now on, and whether the start has ended."""
    queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    unlisten = supervisor.listen(lambda notice: queue.put_nowait(notice.as_json()))
    started = asyncio.create_task(supervisor.started.wait())
    started.add_done_callback(lambda task: None if task.cancelled() else queue.put_nowait({"started": True}))
    try:
        for notice in supervisor.notices():
            await _send(writer, notice.as_json())
        while True:
            await _send(writer, await queue.get())
    finally:
        unlisten()
        started.cancel()


async def _send(writer: asyncio.StreamWriter, document: dict[str, Any]) -> None:
    writer.write(json.dumps(document).encode() + b"\n")
    await writer.drain()


def ask(home: Home, request: dict[str, Any], timeout_s: float | None = 15) -> Iterator[dict[str, Any]]:
    """Send one request and give the answers as they come; raises NotRunning when nobody listens."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout_s)
        try:
            connection.connect(str(socket_path(home)))
        except OSError:
            raise NotRunning("the stack does not run", "`arus up` starts it.") from None
        connection.sendall(json.dumps(request).encode() + b"\n")
        with connection.makefile("rb") as lines:
            for line in lines:
                yield json.loads(line)


def ask_once(home: Home, request: dict[str, Any], timeout_s: float = 15) -> dict[str, Any]:
    """Send one request and return its answer; raises Refused with the supervisor's words."""
    answer = next(ask(home, request, timeout_s), None)
    if answer is None:
        raise NotRunning("the stack stopped while it was asked", "`arus up` starts it.")
    if "error" in answer:
        raise Refused(answer["error"], answer.get("first_aid", ""))
    return answer
