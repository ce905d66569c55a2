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

from .checks import unlike_calm
from .conftest import Ground, ground_on
from .servers import Server

pytestmark = [pytest.mark.faults, pytest.mark.integration]
FACTS = 6_000
ROUNDS = 2
Say = Callable[[str], None]
STEP = FACTS // (5 * ROUNDS)


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


async def everything_works_through(ground: Ground, line: Line, **env: str) -> tuple[int, list[int]]:
    """Let worker, relay and door work on env's lines while each fault befalls one of them.

    Returns how many events there were in the end, and how much is wrong.
    """
    await ground.publish(FACTS)
    ground.start("worker", "rough", **env)
    ground.start("relay", "rough", **env)
    door = ground.start("door", "4", **env)
    for _ in range(ROUNDS):
        for fault in FAULTS:
            taken = ground.progress("rough")
            facts = ground.query("select count(*) from facts")[0]
            await ground.until(
                lambda taken=taken, facts=facts: (
                    ground.progress("rough") >= taken + STEP // 2
                    and ground.query("select count(*) from facts")[0] > facts
                )
            )
            fault(line)
    return await unlike_calm(ground, "rough", door)


async def test_a_line_to_the_database_that_breaks_again_and_again_loses_and_doubles_nothing(
    ground: Ground, say: Say
) -> None:
    parts = urlsplit(ground.url)
    with Line(parts.hostname or "", parts.port or 5432) as line:
        events, wrong = await everything_works_through(ground, line, ARUS_FAULT_DB=line.url(ground.url))
    say(
        f"line to PostgreSQL: {ROUNDS} times each broken in the middle, slow, cut, {events} events,"
        f" {sum(wrong)} differences"
    )
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
            events, wrong = await everything_works_through(ground, line)
        postgres.drop_database(url)
        server.close()
    say(
        f"line to Kafka: {ROUNDS} times each broken in the middle, slow, cut, {events} events,"
        f" {sum(wrong)} differences"
    )
    assert wrong == [0, 0, 0]
