"""Starts the parts in order, keeps the servers alive, stops them in reverse.

A part begins when those it comes after are ready. A server that ends by itself is started again with
back-off, and everybody watching is told. Children write straight into their log files, so nothing of theirs
is lost when the supervisor dies; the next start finds and ends such orphans by their recorded ids.
"""

import asyncio
import json
import logging
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Literal

from arus_stack import firstaid, ports
from arus_stack.errors import PortTaken, ServerFailed, StackError
from arus_stack.home import Home, write_private
from arus_stack.parts import Notice, Part, Report, Server, State, Step
from arus_stack.processes import born, kill_group, rss_mb
from arus_stack.rotation import Rotation, rotate
from arus_stack.settings import ADMINISTRATORS

BACK_OFF_S = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
STEADY_S = 60.0  # a server that lived this long starts its back-off anew
START_TRIES = 4
POLL_S = 0.1
ROTATE_S = 20.0

Listener = Callable[[Notice], None]
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Running:
    """What the supervisor knows about one part."""

    part: Part
    state: State = State.WAITING
    detail: str = ""
    first_aid: str = ""
    process: asyncio.subprocess.Process | None = None
    restarts: int = 0
    started_at: float = 0.0
    log_from: int = 0
    asked_to_restart: bool = False
    hurry: asyncio.Event = field(default_factory=asyncio.Event)
    """Set to end the pause after a crash."""

    @property
    def pid(self) -> int | None:
        """Return the process id while there is a process."""
        return self.process.pid if self.process is not None and self.process.returncode is None else None

    @property
    def notice(self) -> Notice:
        """Return where it stands."""
        return Notice(self.part.name, self.state, self.detail, self.first_aid)


class Supervisor:
    """One stack, from first step to last stop."""

    def __init__(
        self, home: Home, parts: Sequence[Part], facts: dict[str, Any], rotation: Rotation | None = None
    ) -> None:
        self._home = home
        self._rotation = rotation or Rotation()
        self._parts = {part.name: _Running(part) for part in parts}
        self._ready = {part.name: asyncio.Event() for part in parts}
        self._listeners: set[Listener] = set()
        self._stopping = asyncio.Event()
        self._keepers: list[asyncio.Task[None]] = []
        self._errands: list[asyncio.Task[bool]] = []
        self._ports = ports.Kept()
        self.facts = facts
        self.started = asyncio.Event()
        self.failure: StackError | None = None

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Tell listener everything from now on; call the result to stop."""
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    def stop(self) -> None:
        """Ask for the end; run() returns when everything has stopped."""
        self._stopping.set()

    def restart(self, name: str) -> None:
        """Stop one server and start it again, a crashed one at once; KeyError: there is none of that name."""
        running = self._parts[name]
        if not isinstance(running.part, Server):
            raise KeyError(name)
        self._ready[name].clear()
        process = running.process
        if process is not None and process.returncode is None:
            running.asked_to_restart = True
            self._errands.append(asyncio.create_task(_end(process, running.part)))
        else:
            running.hurry.set()

    @property
    def alive(self) -> list[str]:
        """Return the names of the servers that have a process."""
        return [name for name, running in self._parts.items() if _alive(running.process)]

    async def run(self) -> None:
        """Start everything and stay until stop() or until the start fails (then `failure` says why)."""
        for name, running in self._parts.items():
            self._ports.keep(name, running.part.listens if isinstance(running.part, Server) else ())
        rotation = asyncio.create_task(self._rotate())
        starting = [asyncio.create_task(self._start(running)) for running in self._parts.values()]
        waiting = asyncio.create_task(self._stopping.wait())
        try:
            if await self._all_start(starting, waiting):
                self.started.set()
                await waiting
        except StackError as failure:
            self.failure = failure
        finally:
            await _cancel([*starting, *self._keepers, *self._errands, rotation, waiting])
            await self._stop_all()
            self._ports.give_all()

    async def services(self) -> list[dict[str, Any]]:
        """Return every server as `arus status` shows it, asking each whether it is ready now."""
        servers = [running for running in self._parts.values() if isinstance(running.part, Server)]
        ready = await asyncio.gather(*(self._is_ready(running) for running in servers))
        trouble = await asyncio.gather(*(_troubled(running.part) for running in servers))
        return [
            {
                "name": running.part.name,
                "state": running.state.value,
                "ready": is_ready and running.state is State.READY and _alive(running.process),
                "rss_mb": rss_mb(running.pid) if running.pid else None,
                "pid": running.pid,
                "restarts": running.restarts,
                "detail": running.detail,
                "first_aid": running.first_aid,
                "trouble": waits,
            }
            for running, is_ready, waits in zip(servers, ready, trouble, strict=True)
        ]

    # --- starting

    async def _all_start(
        self, starting: Sequence["asyncio.Task[None]"], stopping: "asyncio.Task[Literal[True]]"
    ) -> bool:
        """Tell whether everything started before the end was asked for; raises the first failure."""
        left = set(starting)
        while left and not stopping.done():
            await asyncio.wait({*left, stopping}, return_when=asyncio.FIRST_COMPLETED)
            for task in [task for task in left if task.done()]:
                left.discard(task)
                task.result()
        return not left

    async def _start(self, running: _Running) -> None:
        part = running.part
        for name in part.after:
            await self._ready[name].wait()
        try:
            if isinstance(part, Step):
                await self._do(running, part)
            else:
                await self._start_server(running, part)
        except StackError as error:
            aid = error.first_aid or firstaid.sentence(error.problem)
            self._tell(running, State.FAILED, error.problem, aid)
            error.first_aid = aid
            raise
        except Exception as error:
            aid = firstaid.sentence(str(error)) or firstaid.disk(self._home.path)
            self._tell(running, State.FAILED, f"{type(error).__name__}: {error}", aid)
            raise StackError(f"{part.name}: {error}", aid) from error
        self._ready[part.name].set()

    async def _do(self, running: _Running, step: Step) -> None:
        self._tell(running, State.WORKING)
        loop = asyncio.get_running_loop()

        def report(detail: str) -> None:
            loop.call_soon_threadsafe(self._tell, running, State.WORKING, detail)

        said: Report = report
        await asyncio.to_thread(step.does, said)
        self._tell(running, State.DONE, running.detail)

    async def _start_server(self, running: _Running, server: Server) -> None:
        await asyncio.to_thread(server.prepare)
        for attempt in range(START_TRIES):
            await self._spawn(running, server)
            if await self._becomes_ready(running, server):
                self._keepers.append(asyncio.create_task(self._keep(running, server)))
                return
            code = running.process.returncode if running.process else None
            if code is None:
                why = await _troubled(server)
                raise ServerFailed(
                    f"{server.name} was not ready after {server.start_s:.0f} s{why and ': '}{why}",
                    f"`arus logs {server.name}` says more.",
                )
            running.asked_to_restart = False
            running.restarts += 1
            self._tell(running, State.CRASHED, f"ended with {code}", self._crash_aid(running))
            await _pause(running, BACK_OFF_S[attempt])
        if lost := [port for host, port in server.listens if not ports.is_free(port, host)]:
            raise PortTaken(
                f"{server.name} lost port {lost[0]} to another program",
                "A free one is chosen at the next start.",
            )
        raise ServerFailed(
            f"{server.name} ended {START_TRIES} times: {_last_line(self._log(server), running.log_from)}",
            self._crash_aid(running),
        )

    async def _spawn(self, running: _Running, server: Server) -> None:
        running.hurry.clear()
        self._tell(running, State.STARTING)
        self._ports.give(server.name)
        with _appending(self._log(server)) as output:
            running.log_from = output.tell()
            running.process = await asyncio.create_subprocess_exec(
                *server.command(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**_environment(), **server.env},
                start_new_session=True,  # Ctrl-C is for the supervisor, which stops its children in order
            )
        running.started_at = time.monotonic()
        self._record()

    async def _becomes_ready(self, running: _Running, server: Server) -> bool:
        deadline = time.monotonic() + server.start_s
        while time.monotonic() < deadline and _alive(running.process):
            if await _asked(server):
                waits = await _troubled(server)
                self._tell(running, State.READY, waits, firstaid.sentence(waits))
                return True
            await asyncio.sleep(POLL_S)
        return False

    # --- keeping

    async def _keep(self, running: _Running, server: Server) -> None:
        crashes = 0
        while True:
            assert running.process is not None
            code = await running.process.wait()
            self._ports.keep(server.name, server.listens)
            if running.asked_to_restart:
                running.asked_to_restart = False
            else:
                crashes = 0 if time.monotonic() - running.started_at > STEADY_S else crashes
                pause = BACK_OFF_S[min(crashes, len(BACK_OFF_S) - 1)]
                crashes += 1
                running.restarts += 1
                aid = self._crash_aid(running)
                self._tell(running, State.CRASHED, f"ended with {code}; again in {pause:g} s", aid)
                await _pause(running, pause)
            try:
                await self._spawn(running, server)
            except Exception as error:  # noqa: BLE001 - whatever it is, nobody else starts the server again
                self._tell(running, State.CRASHED, str(error), firstaid.sentence(str(error)))
                await _pause(running, BACK_OFF_S[-1])
                continue
            while _alive(running.process):
                if await self._becomes_ready(running, server):
                    self._ready[server.name].set()
                    break

    async def _is_ready(self, running: _Running) -> bool:
        server = running.part
        return (
            isinstance(server, Server)
            and running.state is State.READY
            and _alive(running.process)
            and await _asked(server)
        )

    # --- stopping

    async def _stop_all(self) -> None:
        """Stop in reverse: nobody loses what it stands on before it has stopped."""
        left = {
            name: running
            for name, running in self._parts.items()
            if isinstance(running.part, Server) and _alive(running.process)
        }
        for running in left.values():
            self._tell(running, State.STOPPING)
        while left:
            needed = {name for running in left.values() for name in _closure(running.part, self._parts)}
            now = [running for name, running in left.items() if name not in needed]
            await asyncio.gather(*(self._stop(running) for running in now))
            for running in now:
                del left[running.part.name]
        self._home.state.unlink(missing_ok=True)

    async def _stop(self, running: _Running) -> None:
        server, process = running.part, running.process
        assert isinstance(server, Server)
        assert process is not None
        willing = await _end(process, server)
        self._tell(running, State.STOPPED, "" if willing else f"had to be killed after {server.stop_s:g} s")

    # --- telling and keeping records

    def _tell(self, running: _Running, state: State, detail: str = "", first_aid: str = "") -> None:
        running.state, running.detail, running.first_aid = state, detail, first_aid
        notice = running.notice
        for listener in tuple(self._listeners):
            listener(notice)

    def notices(self) -> list[Notice]:
        """Return where every part stands now."""
        return [running.notice for running in self._parts.values()]

    def _record(self) -> None:
        children = {
            name: [running.process.pid, born(running.process.pid)]
            for name, running in self._parts.items()
            if running.process is not None and _alive(running.process)
        }
        with suppress(OSError):  # on a full disk servers are still kept; the next record has it all
            write_private(
                self._home.state, json.dumps({"pid": os.getpid(), "children": children, **self.facts})
            )

    def _log(self, server: Part) -> Path:
        return self._home.logs / f"{server.name}.log"

    def _crash_aid(self, running: _Running) -> str:
        return firstaid.for_crash(running.part.name, self._log(running.part), running.log_from)

    async def _rotate(self) -> None:
        while True:
            await asyncio.sleep(ROTATE_S)
            for log in self._home.logs.glob("*.log"):
                try:
                    if log.stat().st_size > self._rotation.bytes:
                        await asyncio.to_thread(rotate, log, self._rotation.kept)
                except OSError as error:  # a full disk is free again one day
                    _log.warning("%s was not put aside, and grows: %s", log, error)


async def _cancel(tasks: Sequence["asyncio.Task[Any]"]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _pause(running: _Running, pause_s: float) -> None:
    """Wait before the next start, until someone asks for it at the latest."""
    with suppress(TimeoutError):
        await asyncio.wait_for(running.hurry.wait(), pause_s)


def _closure(part: Part, parts: dict[str, _Running]) -> set[str]:
    """Return everything a part stands on."""
    found: set[str] = set()
    queue = list(part.after)
    while queue:
        name = queue.pop()
        if name not in found:
            found.add(name)
            queue.extend(parts[name].part.after)
    return found


async def _troubled(part: Part) -> str:
    if not isinstance(part, Server):
        return ""
    try:
        return await asyncio.wait_for(part.trouble(), 5)
    except Exception:  # noqa: BLE001 - as below
        return ""


async def _asked(server: Server) -> bool:
    try:
        return await asyncio.wait_for(server.ready(), 5)
    except Exception:  # noqa: BLE001 - whatever a program says while it comes up or goes down
        return False


def _alive(process: asyncio.subprocess.Process | None) -> bool:
    return process is not None and process.returncode is None


async def _end(process: asyncio.subprocess.Process, server: Server) -> bool:
    """End a process; tell whether it ended by itself when asked to."""
    with suppress(ProcessLookupError):
        process.send_signal(server.stop_with)
    try:
        await asyncio.wait_for(process.wait(), server.stop_s)
    except TimeoutError:
        kill_group(process.pid)
        await process.wait()
        return False
    return True


def _environment() -> dict[str, str]:
    """Return our environment without what only the stack itself may know: administrators' logins."""
    return {name: value for name, value in os.environ.items() if name not in ADMINISTRATORS}


def _appending(log: Path) -> IO[bytes]:
    log.parent.mkdir(parents=True, exist_ok=True)
    return log.open("ab")


def _last_line(log: Path, since: int) -> str:
    lines = [line for line in firstaid.tail(log, since).splitlines() if line.strip()]
    return lines[-1][:400] if lines else "it said nothing"
