"""A running stack: in this process (`up`), or in one of its own (`up --detach`, this module as a program)."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TextIO

from filelock import FileLock, Timeout

from arus_stack import control, prometheus
from arus_stack.errors import AlreadyRunning, PortTaken, StackError
from arus_stack.home import Home
from arus_stack.kafka import archive
from arus_stack.parts import Notice, Part, State
from arus_stack.processes import end_orphans, kill_group
from arus_stack.rotation import Rotation
from arus_stack.settings import StackSettings
from arus_stack.supervisor import Supervisor
from arus_stack.system import System

DETACHED_LOG = "supervisor.log"


@contextmanager
def held(home: Home) -> Generator[None]:
    """Hold the home for one supervisor; the lock ends with its holder, so none goes stale."""
    home.create()
    lock = FileLock(home.lock, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise AlreadyRunning(
            "the stack runs already", "`arus status` shows it, `arus down` stops it."
        ) from None
    try:
        yield
    finally:
        lock.release()


def is_running(home: Home) -> bool:
    """Tell whether a supervisor holds this home."""
    try:
        with held(home):
            return False
    except AlreadyRunning:
        return True


def run(
    settings: StackSettings,
    on_notice: Callable[[Notice], None],
    on_started: Callable[[System], None],
) -> None:
    """Run the stack in this process until it is told to stop; raises StackError when it cannot start."""
    home = Home(settings.home)
    with held(home):
        for name in end_orphans(home):
            on_notice(Notice(name, State.STOPPED, "was left over from an interrupted run"))
        system = System.to_start(settings, home)
        try:
            asyncio.run(_run(system, on_notice, on_started))
        except PortTaken:  # since it was chosen: all starts anew, on ports that are free now
            asyncio.run(_run(System.to_start(settings, home), on_notice, on_started))


def do(home: Home, parts: Sequence[Part], on_notice: Callable[[Notice], None]) -> None:
    """Start parts and stop them when all have started; raises StackError when one failed."""
    with held(home):
        end_orphans(home)
        asyncio.run(_do(home, parts, on_notice))


async def _do(home: Home, parts: Sequence[Part], on_notice: Callable[[Notice], None]) -> None:
    supervisor = Supervisor(home, parts, {})
    supervisor.listen(on_notice)
    done = asyncio.create_task(supervisor.started.wait())
    done.add_done_callback(lambda _: supervisor.stop())
    await supervisor.run()
    done.cancel()
    if supervisor.failure:
        raise supervisor.failure


async def _run(
    system: System, on_notice: Callable[[Notice], None], on_started: Callable[[System], None]
) -> None:
    watched = {name: peer["http"] for name, peer in system.peers.items()}
    ca = system.certificates.ca if system.certificates else None
    (system.home.path / prometheus.FILE).write_text(prometheus.config(watched, ca), "utf-8")
    rotation = Rotation(system.settings.log_mb * 2**20, system.settings.log_kept)
    supervisor = Supervisor(system.home, system.parts(), system.facts, rotation)
    supervisor.listen(on_notice)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, supervisor.stop)
    async with control.listening(system.home, supervisor):
        telling = asyncio.create_task(_tell_started(supervisor, system, on_started))
        await supervisor.run()
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)
    if supervisor.failure:
        raise supervisor.failure


async def _tell_started(supervisor: Supervisor, system: System, on_started: Callable[[System], None]) -> None:
    await supervisor.started.wait()
    on_started(system)
    if system.runs_kafka and archive.is_missing():
        await _quicken_starts()


async def _quicken_starts() -> None:
    """Make what later starts of Kafka are quicker with; what is interrupted is made at another time."""
    log = subprocess.DEVNULL
    making = await asyncio.create_subprocess_exec(
        sys.executable, "-m", archive.__name__, stdin=log, stdout=log, stderr=log, start_new_session=True
    )
    try:
        await making.wait()
    finally:
        if making.returncode is None:
            kill_group(making.pid)
            await making.wait()


def detach(home: Home, overrides: Mapping[str, Any]) -> "subprocess.Popen[bytes]":
    """Start a supervisor in a session of its own and return its process; overrides are settings by name."""
    home.create()
    with (home.logs / DETACHED_LOG).open("ab") as log:
        return subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "arus_stack.running", json.dumps(overrides)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def line_writer(stream: TextIO) -> Callable[[Notice], None]:
    """Return what writes notices as JSON lines; what does not fit on a full disk is lost, the stack stays."""

    def write(notice: Notice) -> None:
        with suppress(OSError):
            stream.write(json.dumps(notice.as_json()) + "\n")
            stream.flush()

    return write


def main() -> None:
    """Run detached: notices become JSON lines on standard output, which is the supervisor's log."""
    settings = StackSettings(**json.loads(sys.argv[1]))
    write = line_writer(sys.stdout)
    try:
        run(settings, write, lambda _: write(Notice("stack", State.READY)))
    except StackError as error:
        write(Notice("stack", State.FAILED, error.problem, error.first_aid))
        sys.exit(1)


if __name__ == "__main__":
    main()
