"""Clocks that jump: of worker, relay and door, and of the database."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from arus_stack import ports, schemas
from arus_stack.postgres import Postgres
from arus_stack.testing import KafkaServer, need

from .checks import moved_on, unlike_calm
from .conftest import Ground, ground_on
from .servers import Server
from .sizes import size

pytestmark = [pytest.mark.faults, pytest.mark.integration]
JUMPS = ("+1d", "-1d", "+1h", "-30d")
RIGHT = "+0"
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


async def jump_under_everything(ground: Ground, clock: Clock, **env: str) -> tuple[int, list[int]]:
    """Let a clock jump each time after everything moved on; return how many events, and what is wrong."""
    times, events = size("clocks")
    await ground.publish(events)
    ground.start("worker", "jumping", **env)
    ground.start("relay", "jumping", **env)
    door = ground.start("door", "4", **env)
    for turn in range(times):
        await ground.until(moved_on(ground, "jumping", events=size("clocks").step(), facts=10))
        clock.jump(JUMPS[turn % len(JUMPS)])
    await ground.until(moved_on(ground, "jumping", events=0, facts=10))
    clock.jump(RIGHT)
    return await unlike_calm(ground, "jumping", door)


def jumps(whose: str, events: int, wrong: list[int]) -> str:
    times = size("clocks").times
    return f"{whose}: {times} jumps, of {', '.join(JUMPS)}, {events} events, {sum(wrong)} differences"


async def test_clocks_that_jump_under_worker_relay_and_door_change_nothing(
    ground: Ground, clock: Clock, say: Say
) -> None:
    events, wrong = await jump_under_everything(ground, clock, **clock.env)
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
            events, wrong = await jump_under_everything(ground, clock)
    say(jumps("clock of PostgreSQL", events, wrong))
    assert wrong == [0, 0, 0]
