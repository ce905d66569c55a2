"""Clocks that jump, and a broker whose disk is full."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from arus_stack import ports
from arus_stack.kafka.broker import Kafka
from arus_stack.testing import KafkaServer, PostgresServer, need, set_up_kafka

from .checks import moved_on, unlike_calm
from .conftest import Ground, ground_on
from .servers import Server
from .sizes import size

pytestmark = [pytest.mark.faults, pytest.mark.integration]
JUMPS = ("+1d", "-1d", "+1h", "-30d")
Say = Callable[[str], None]
SMALL_MB, LARGE_MB = 48, 1_024


def libfaketime() -> str:
    """Return the library that moves a process's clock."""
    asked = [need("faketime"), "now", "printenv", "LD_PRELOAD"]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()


async def test_clocks_that_jump_under_worker_relay_and_door_change_nothing(
    ground: Ground, tmp_path: Path, say: Say
) -> None:
    clock = tmp_path / "clock"
    clock.write_text("+0", "ascii")
    moved = {
        "LD_PRELOAD": libfaketime(),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    times, facts = size("clocks")
    await ground.publish(facts)
    ground.start("worker", "jumping", **moved)
    ground.start("relay", "jumping", **moved)
    door = ground.start("door", "4", **moved)
    for turn in range(times):
        await ground.until(moved_on(ground, "jumping", events=size("clocks").step(), facts=10))
        clock.write_text(JUMPS[turn % len(JUMPS)], "ascii")
    wanted, wrong = await unlike_calm(ground, "jumping", door)
    say(f"clocks: {times} jumps, of {', '.join(JUMPS)}, {wanted} events, {sum(wrong)} differences")
    assert wrong == [0, 0, 0]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a folder that holds SMALL_MB; left out by name where nothing may be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SMALL_MB}m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("needs mount, which root may do")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


async def test_a_broker_with_a_full_disk_loses_nothing_that_was_said(
    small_disk: Path, postgres: PostgresServer, tmp_path: Path, say: Say
) -> None:
    kafka = Kafka(small_disk / "kafka", ports.free_port(), ports.free_port(), "s3cret_-")
    kafka.prepare()
    server = Server(kafka.command(), kafka.ready, tmp_path / "kafka.txt")
    server.start()
    set_up_kafka(kafka.access)
    url = postgres.create_database()
    filler = small_disk / "filler"
    async with ground_on(KafkaServer(kafka.access), url, tmp_path) as ground:
        ground.start("worker", "rough")
        ground.start("relay", "rough")
        door = ground.start("door", "4")
        await ground.until(lambda: ground.progress("rough") > 200)
        fill(filler)
        assert server.process is not None
        # Kafka gives up a disk that takes nothing; facts are said on, and wait in the outbox.
        await ground.until(lambda: server.process is not None and server.process.poll() is not None)
        facts = ground.query("select count(*) from facts")[0]
        await ground.until(lambda: ground.query("select count(*) from facts")[0] > facts + 50)
        filler.unlink()
        enlarge(small_disk)
        server.start()
        wanted, wrong = await unlike_calm(ground, "rough", door)
    server.close()
    postgres.drop_database(url)
    say(f"full disk of Kafka: it gave up, then room again, {wanted} events, {sum(wrong)} differences")
    assert wrong == [0, 0, 0]


def enlarge(disk: Path) -> None:
    subprocess.run(["mount", "-o", f"remount,size={LARGE_MB}m", str(disk)], check=True)


def fill(path: Path) -> None:
    """Write until nothing more fits."""
    with path.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(65_536)):
                pass
        except OSError:
            return
