"""Clocks that jump: of worker, relay and door, of the database, and in the times of records."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from arus_stack import ports, schemas
from arus_stack.backups.restore import AS_WRITTEN
from arus_stack.kafka.admin import Admin, KafkaAccess
from arus_stack.kafka.broker import Kafka
from arus_stack.kafka.records import Reader
from arus_stack.postgres import Postgres
from arus_stack.testing import KafkaServer, PostgresServer, need, set_up_kafka

from .checks import moved_on, unlike_calm
from .conftest import Ground, ground_on
from .servers import Server
from .sizes import size
from .workers import IN, OUT

pytestmark = [pytest.mark.faults, pytest.mark.integration]
JUMPS = {
    "+1d": timedelta(days=1),
    "-1d": timedelta(days=-1),
    "+1h": timedelta(hours=1),
    "-30d": timedelta(days=-30),
}
ABOUT = timedelta(minutes=30)
RIGHT = "+0"
TOLD = "select (select count(*) from facts) - (select count(*) from outbox)"
"""How many of the book's events the broker has taken."""
AT_ONCE = 50
"""More of them than were on their way when a clock jumped."""
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock that processes with this environment go by."""

    file: Path
    library: str

    @property
    def env(self) -> dict[str, str]:
        """Return the environment; what only measures how long something takes is not moved."""
        return {
            "FAKETIME_NO_CACHE": "1",
            "LD_PRELOAD": self.library,
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def jump(self, to: str) -> None:
        """Move it so far from the right time."""
        self.file.write_text(to, "ascii")


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    asked = [need("faketime"), "now", "printenv", "LD_PRELOAD"]
    library = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    made = Clock(tmp_path / "clock", library)
    made.jump(RIGHT)
    return made


async def jump_under_everything(
    ground: Ground,
    clock: Clock,
    env: Mapping[str, str],
    has_jumped: Callable[[timedelta], bool] = lambda _: True,
) -> tuple[int, list[int]]:
    """Let a clock jump each time after everything moved on; return how many events, and what is wrong."""
    times, events = size("clocks")
    await ground.publish(events)
    ground.start("worker", "jumping", **env)
    ground.start("relay", "jumping", **env)
    door = ground.start("door", "4", **env)
    for turn in range(times):
        await ground.until(moved_on(ground, "jumping", events=size("clocks").step(), facts=10))
        said, by = [*JUMPS.items()][turn % len(JUMPS)]
        clock.jump(said)
        await ground.until(lambda moved=by: has_jumped(moved))
        (told,) = ground.query(TOLD)
        await ground.until(lambda least=told + AT_ONCE: ground.query(TOLD) >= [least])
    await ground.until(moved_on(ground, "jumping", events=0, facts=10))
    clock.jump(RIGHT)
    return await unlike_calm(ground, "jumping", door)


def jumps(whose: str, events: int, wrong: list[int]) -> str:
    times = size("clocks").times
    return f"{whose}: {times} jumps, of {', '.join(JUMPS)}, {events} events, {sum(wrong)} differences"


async def test_clocks_that_jump_under_worker_relay_and_door_change_nothing(
    ground: Ground, clock: Clock, say: Say
) -> None:
    events, wrong = await jump_under_everything(ground, clock, clock.env)
    say(jumps("clocks", events, wrong))
    assert wrong == [0, 0, 0]


async def test_a_database_whose_clock_jumps_changes_nothing(
    clock: Clock, kafka: KafkaServer, tmp_path: Path, say: Say
) -> None:
    postgres = Postgres(tmp_path / "postgres" / "data", ports.free_port(), "s3cret_-")
    postgres.prepare()
    command = postgres.command()
    with closing(Server(command, postgres.ready, tmp_path / "postgres.txt", clock.env)) as server:
        server.start()
        schemas.create_database(postgres.url())
        async with ground_on(kafka, postgres.url(), tmp_path) as ground:
            ground.start("relay", "jumping")  # a second one, whom a jump tells that the first is silent
            events, wrong = await jump_under_everything(ground, clock, {})
    say(jumps("clock of PostgreSQL", events, wrong))
    assert wrong == [0, 0, 0]


async def test_records_whose_times_jump_change_nothing(
    clock: Clock, postgres: PostgresServer, tmp_path: Path, say: Say
) -> None:
    """A broker whose clock jumps stamps them so; here it keeps what senders with such a clock say."""
    kafka = Kafka(tmp_path / "kafka", ports.free_port(), ports.free_port(), "s3cret_-")
    kafka.prepare()
    url = postgres.create_database()
    with closing(Server(kafka.command(), kafka.ready, tmp_path / "kafka.txt")) as server:
        server.start()
        set_up_kafka(kafka.access)
        Admin(kafka.access).set_topics(dict.fromkeys((IN, OUT), AS_WRITTEN))
        async with ground_on(KafkaServer(kafka.access), url, tmp_path) as ground:
            events, wrong = await jump_under_everything(
                ground, clock, clock.env, lambda by: stamps(kafka.access, by)
            )
    postgres.drop_database(url)
    say(jumps("times of records", events, wrong))
    assert wrong == [0, 0, 0]


def stamps(kafka: KafkaAccess, by: timedelta) -> bool:
    """Tell whether the newest records bear the time of a clock that is so far from the right one."""
    wanted = datetime.now(UTC) + by
    with Reader(kafka, IN) as reader:
        return any(
            abs(datetime.fromtimestamp(one.at_ms / 1000, UTC) - wanted) < ABOUT for one in reader.last(1)
        )
