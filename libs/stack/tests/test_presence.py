"""Only the process that was started answers for itself: whatever else is on its port is not taken for it."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from arus_runtime.context import Service
from arus_runtime.settings import Settings
from arus_runtime.web import create_app
from arus_stack.home import Home
from arus_stack.parts import Server
from arus_stack.settings import StackSettings
from arus_stack.system import System
from pydantic import SecretStr


@asynccontextmanager
async def answering(door: Server, key: str) -> AsyncGenerator[None]:
    """Answer on a server's port as a service does that was given the key."""
    app = create_app(Service("door"), settings=Settings(presence_key=SecretStr(key)))
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None))
    with socket.create_server(door.listens[0]) as listener:
        serving = asyncio.create_task(server.serve([listener]))
        yield
        server.should_exit = True
        await serving


async def test_another_program_on_a_services_port_is_not_taken_for_it(tmp_path: Path) -> None:
    """Another Arus, for example, that was given the same port in the same moment."""
    system = System.to_start(StackSettings(home=tmp_path, gateway_port=0), Home(tmp_path))
    (door,) = [part for part in system.parts() if isinstance(part, Server) and part.name == "metering"]
    async with answering(door, door.env["ARUS_PRESENCE_KEY"]):
        assert (await door.ready(), await door.trouble()) == (True, "")
    for key in ("", "of-another-system"):
        async with answering(door, key):
            assert not await door.ready()
            assert await door.trouble() == "another program answers on its port"
