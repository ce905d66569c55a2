"""The lines between everything and its servers are slow, silent, cut, and broken off in the middle."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from arus_stack import ports
from arus_stack.kafka.admin import KafkaAccess
from arus_stack.kafka.broker import Kafka
from arus_stack.line import Line
from arus_stack.testing import KafkaServer, PostgresServer, set_up_kafka

from .checks import moved_on, unlike_calm
from .conftest import Ground, ground_on
from .servers import Server
from .sizes import Size, size

pytestmark = [pytest.mark.faults, pytest.mark.integration]
Say = Callable[[str], None]


def halved(line: Line) -> None:
    line.halve()


def cut(line: Line) -> None:
    line.cut()
    line.mend()


def slow(line: Line) -> None:
    line.delay_s = 0.03


def quick(line: Line) -> None:
    line.delay_s = 0.0


FAULTS: tuple[Callable[[Line], None], ...] = (halved, slow, cut, quick)
BROKEN = 3  # times in a round


async def everything_works_through(
    ground: Ground, line: Line, size: Size, **env: str
) -> tuple[int, list[int]]:
    """Let worker, relay and door work on env's lines while each fault befalls one of them, again and again.

    Returns how many events there were in the end, and how much is wrong.
    """
    await ground.publish(size.events)
    ground.start("worker", "rough", **env)
    ground.start("relay", "rough", **env)
    door = ground.start("door", "4", **env)
    for _ in range(size.times // BROKEN):
        for fault in FAULTS:
            await ground.until(moved_on(ground, "rough", events=size.step(3), facts=1))
            fault(line)
    return await unlike_calm(ground, "rough", door)


def summary(server: str, size: Size, events: int, wrong: list[int]) -> str:
    rounds = size.times // BROKEN
    return (
        f"line to {server}: {rounds} times each broken in the middle, slow, cut, {events} events,"
        f" {sum(wrong)} differences"
    )


async def test_a_line_to_the_database_that_breaks_again_and_again_loses_and_doubles_nothing(
    ground: Ground, say: Say
) -> None:
    parts = urlsplit(ground.url)
    with Line(parts.hostname or "", parts.port or 5432) as line:
        events, wrong = await everything_works_through(
            ground, line, size("line to the database"), ARUS_FAULT_DB=line.url(ground.url)
        )
    say(summary("PostgreSQL", size("line to the database"), events, wrong))
    assert wrong == [0, 0, 0]


async def test_a_line_to_the_broker_that_breaks_again_and_again_loses_and_doubles_nothing(
    postgres: PostgresServer, tmp_path: Path, say: Say
) -> None:
    kafka = Kafka(tmp_path / "kafka", ports.free_port(), ports.free_port(), "s3cret_-")
    kafka.prepare()
    with Line("127.0.0.1", kafka.port) as line:
        # Clients go where the broker says it is: at the line's end.
        properties = kafka.folder / "server.properties"
        told = properties.read_text("utf-8")
        said = f"advertised.listeners=CLIENT://127.0.0.1:{kafka.port}"
        assert said in told
        properties.write_text(
            told.replace(said, f"advertised.listeners=CLIENT://127.0.0.1:{line.port}"), "utf-8"
        )
        server = Server(kafka.command(), kafka.ready, tmp_path / "kafka.txt")
        server.start()
        access = KafkaAccess(f"127.0.0.1:{line.port}", kafka.access.user, kafka.access.password, "")
        set_up_kafka(access)
        url = postgres.create_database()
        async with ground_on(KafkaServer(access), url, tmp_path) as ground:
            events, wrong = await everything_works_through(ground, line, size("line to the broker"))
        postgres.drop_database(url)
        server.close()
    say(summary("Kafka", size("line to the broker"), events, wrong))
    assert wrong == [0, 0, 0]
