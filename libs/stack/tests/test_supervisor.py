"""Servers are kept whatever happens around them: small programs stand in for the real ones."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from arus_stack import control, ports
from arus_stack import supervisor as supervisor_module
from arus_stack.errors import StackError
from arus_stack.home import Home
from arus_stack.parts import Notice, Server, State, Step
from arus_stack.processes import end_orphans
from arus_stack.rotation import Rotation
from arus_stack.running import line_writer
from arus_stack.supervisor import Supervisor
from arus_stack.testing import arus

FOR_EVER = "import time\nwhile True: time.sleep(1)"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "arus")
    home.create()
    return home


async def at_once() -> bool:
    return True


def server(name: str, program: str = FOR_EVER, after: tuple[str, ...] = ()) -> Server:
    return Server(name, lambda: [sys.executable, "-c", program], at_once, after=after)


async def state(supervisor: Supervisor, name: str) -> dict[str, Any]:
    return next(found for found in await supervisor.services() if found["name"] == name)


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while not await holds():  # noqa: ASYNC110 - processes set no event
            await asyncio.sleep(0.02)


async def test_a_server_is_started_again_though_nothing_can_be_recorded(home: Home) -> None:
    home.state.mkdir()  # as on a full disk: the record cannot be written
    supervisor = Supervisor(home, [server("door")], {})
    running = asyncio.create_task(supervisor.run())
    await supervisor.started.wait()
    before = await state(supervisor, "door")
    os.kill(before["pid"], signal.SIGKILL)

    async def again() -> bool:
        now = await state(supervisor, "door")
        return now["ready"] and now["pid"] != before["pid"]

    await until(again)
    supervisor.stop()
    home.state.rmdir()
    await running


async def test_a_server_that_could_not_be_started_again_is_tried_again(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor_module, "BACK_OFF_S", (0.0,))
    fates = [None, StackError("no jars", "Fetch them.")]

    def command() -> list[str]:
        if fates and (error := fates.pop(0)):
            raise error
        return [sys.executable, "-c", FOR_EVER]

    supervisor = Supervisor(home, [Server("door", command, at_once)], {})
    running = asyncio.create_task(supervisor.run())
    await supervisor.started.wait()
    before = await state(supervisor, "door")
    supervisor.restart("door")

    async def again() -> bool:
        now = await state(supervisor, "door")
        return now["ready"] and now["pid"] != before["pid"]

    await until(again)
    assert supervisor.alive == ["door"]
    supervisor.stop()
    await running


async def test_a_crashed_server_is_started_at_once_when_someone_asks(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor_module, "BACK_OFF_S", (3600.0,))
    supervisor = Supervisor(home, [server("door")], {})
    running = asyncio.create_task(supervisor.run())
    await supervisor.started.wait()
    before = await state(supervisor, "door")
    os.kill(before["pid"], signal.SIGKILL)

    async def crashed() -> bool:
        return (await state(supervisor, "door"))["state"] == State.CRASHED.value

    async def again() -> bool:
        return (await state(supervisor, "door"))["ready"]

    await until(crashed)
    supervisor.restart("door")
    await until(again)
    supervisor.stop()
    await running


async def test_ports_are_kept_for_their_server_until_it_starts(home: Home) -> None:
    port = ports.free_port()
    listening = f"import socket, time\ndoor = socket.create_server(('127.0.0.1', {port}))\ntime.sleep(60)"
    before = asyncio.Event()
    loop = asyncio.get_running_loop()

    def work(_: object) -> None:
        asyncio.run_coroutine_threadsafe(before.wait(), loop).result(30)

    async def ready() -> bool:
        return ports.answers(port)

    door = Server(
        "door", lambda: [sys.executable, "-c", listening], ready, after=("step",),
        listens=(("127.0.0.1", port),),
    )  # fmt: skip
    supervisor = Supervisor(home, [Step("step", work), door], {})
    running = asyncio.create_task(supervisor.run())
    await asyncio.sleep(0)
    assert not ports.is_free(port), "another stack would be given it"
    assert ports.next_free_port(port) != port
    before.set()
    await supervisor.started.wait()
    assert (await state(supervisor, "door"))["restarts"] == 0
    supervisor.stop()
    await running
    assert ports.is_free(port)


async def test_a_crashed_servers_ports_are_kept_until_it_starts_again(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor_module, "BACK_OFF_S", (3600.0,))
    port = ports.free_port()
    listening = f"import socket, time\ndoor = socket.create_server(('127.0.0.1', {port}))\ntime.sleep(60)"

    async def ready() -> bool:
        return ports.answers(port)

    door = Server("door", lambda: [sys.executable, "-c", listening], ready, listens=(("127.0.0.1", port),))
    supervisor = Supervisor(home, [door], {})
    running = asyncio.create_task(supervisor.run())
    await supervisor.started.wait()
    os.kill((await state(supervisor, "door"))["pid"], signal.SIGKILL)

    async def crashed() -> bool:
        return (await state(supervisor, "door"))["state"] == State.CRASHED.value

    async def again() -> bool:
        return (await state(supervisor, "door"))["ready"]

    await until(crashed)
    assert not ports.answers(port)
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", port))
    supervisor.restart("door")
    await until(again)
    supervisor.stop()
    await running


async def test_logs_go_on_being_put_aside_though_one_could_not_be(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor_module, "ROTATE_S", 0.01)
    (home.logs / "no.log").mkdir()  # what can be looked at and not be read
    log = home.logs / "old.log"
    supervisor = Supervisor(home, [server("door")], {}, Rotation(bytes=3))
    running = asyncio.create_task(supervisor.run())

    async def emptied() -> bool:
        return not log.read_bytes()

    for _ in range(2):
        log.write_bytes(b"many words")
        await until(emptied)
    supervisor.stop()
    await running


async def test_what_waits_for_a_person_is_shown_beside_a_ready_server(home: Home) -> None:
    async def waits() -> str:
        return "worker fuel: fuel.transaction.v1[3] stopped by ZeroDivisionError"

    troubled = Server("anomaly", lambda: [sys.executable, "-c", FOR_EVER], at_once, trouble=waits)
    supervisor = Supervisor(home, [server("ingest"), troubled], {})
    running = asyncio.create_task(supervisor.run())
    await supervisor.started.wait()
    shown = {found["name"]: found["trouble"] for found in await supervisor.services()}
    supervisor.stop()
    await running
    assert shown == {"ingest": "", "anomaly": await waits()}


def test_notices_that_cannot_be_written_are_lost_and_nothing_else() -> None:
    reader, writer = os.pipe()
    os.close(reader)  # as on a full disk: what is written is refused
    stream = os.fdopen(writer, "w")
    line_writer(stream)(Notice("door", State.CRASHED, "ended with 1"))
    with pytest.raises(BrokenPipeError):
        stream.close()


async def test_who_asks_late_still_hears_why_a_part_failed_and_what_to_do(home: Home) -> None:
    def fails(_: object) -> None:
        raise StackError("no tea", "Boil water.")

    supervisor = Supervisor(home, [Step("tea", fails), server("cup", after=("tea",))], {})
    await supervisor.run()
    notices = {notice.part: notice for notice in supervisor.notices()}
    assert (notices["tea"].detail, notices["tea"].first_aid) == ("no tea", "Boil water.")
    assert notices["cup"].state is State.WAITING


async def test_what_a_killed_supervisor_left_is_ended_services_before_their_ground(home: Home) -> None:
    order = home.path / "order"
    says = (
        "import pathlib, signal, sys, time\n"
        f"def end(*_): pathlib.Path({str(order)!r}).open('a').write(sys.argv[1] + ' '); sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\nprint('up', flush=True)\nwhile True: time.sleep(1)"
    )
    parts = [
        Server(name, lambda name=name: [sys.executable, "-c", says, name], at_once, after=after)
        for name, after in (("kafka", ()), ("ingest", ("kafka",)))
    ]
    supervisor = Supervisor(home, parts, {})
    running = asyncio.create_task(supervisor.run())
    await supervisor.started.wait()

    async def both_said_so() -> bool:
        return all("up" in (home.logs / f"{part.name}.log").read_text() for part in parts)

    await until(both_said_so)
    recorded = home.state.read_text()
    ended = await asyncio.to_thread(end_orphans, home)
    supervisor.stop()
    await running
    assert recorded
    assert set(ended) == {"kafka", "ingest"}
    assert order.read_text().split()[:2] == ["ingest", "kafka"]


async def test_a_service_is_not_started_anew_where_its_schema_cannot_be_looked_at(home: Home) -> None:
    supervisor = Supervisor(home, [server("ingest"), server("mqtt")], {})
    running = asyncio.create_task(supervisor.run())
    nowhere = {"ARUS_POSTGRES_URL": "postgresql://arus@127.0.0.1:1/arus"}
    async with control.listening(home, supervisor):
        await supervisor.started.wait()
        before = await state(supervisor, "ingest")
        refused, done = [
            await asyncio.to_thread(arus, home.path, "restart", name, "--json", env=nowhere)
            for name in ("ingest", "mqtt")
        ]
    assert json.loads(refused.stdout)["error"] == "PostgreSQL does not answer"
    assert (await state(supervisor, "ingest"))["pid"] == before["pid"]
    assert json.loads(done.stdout)["ready"]
    supervisor.stop()
    await running


async def test_what_a_supervisor_of_an_older_version_stops_is_told_by_name(home: Home) -> None:
    supervisor = Supervisor(home, [server("kafka"), server("ingest")], {})
    running = asyncio.create_task(supervisor.run())
    await supervisor.started.wait()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        supervisor.stop()
        writer.write(b'{"stopping": true}\n')
        writer.close()

    async with await asyncio.start_unix_server(answer, path=str(control.socket_path(home))):
        said = await asyncio.to_thread(arus, home.path, "down", "--json")
    await running
    assert json.loads(said.stdout) == {"stopped": ["kafka", "ingest"]}
