"""Servers whose disk is full."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from arus_stack import ports, schemas
from arus_stack.kafka.broker import Kafka
from arus_stack.postgres import Postgres
from arus_stack.testing import KafkaServer, PostgresServer, set_up_kafka

from .checks import unlike_calm
from .conftest import Ground, ground_on
from .servers import Server

pytestmark = [pytest.mark.faults, pytest.mark.integration]
SMALL_MB, LARGE_MB = 96, 1_024
REFUSED, REFUSALS = "No space left on device", 20
Say = Callable[[str], None]


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


async def full_under_everything(
    ground: Ground, server: Server, disk: Path, is_felt: Callable[[], bool]
) -> tuple[int, list[int]]:
    """Fill a server's disk until that is felt; then make room, and start the server again if it gave up.

    Returns how many events there were in the end, and how much is wrong.
    """
    ground.start("worker", "rough")
    ground.start("relay", "rough")
    door = ground.start("door", "4")
    await ground.until(lambda: ground.progress("rough") > 200)
    filler = disk / "filler"
    fill(filler)
    await ground.until(is_felt)
    filler.unlink()
    enlarge(disk)
    server.start()
    return await unlike_calm(ground, "rough", door)


async def test_a_broker_with_a_full_disk_loses_nothing_that_was_said(
    small_disk: Path, postgres: PostgresServer, tmp_path: Path, say: Say
) -> None:
    kafka = Kafka(small_disk / "kafka", ports.free_port(), ports.free_port(), "s3cret_-")
    kafka.prepare()
    url = postgres.create_database()
    with closing(Server(kafka.command(), kafka.ready, tmp_path / "kafka.txt")) as server:
        server.start()
        set_up_kafka(kafka.access)
        async with ground_on(KafkaServer(kafka.access), url, tmp_path) as ground:

            def gave_up_and_facts_wait() -> bool:
                waiting = ground.query("select count(*) > 50 from outbox") == [True]
                return waiting and server.process is not None and server.process.poll() is not None

            events, wrong = await full_under_everything(ground, server, small_disk, gave_up_and_facts_wait)
    postgres.drop_database(url)
    say(f"full disk of Kafka: it gave up, then room again, {events} events, {sum(wrong)} differences")
    assert wrong == [0, 0, 0]


async def test_a_database_with_a_full_disk_loses_nothing_that_was_said(
    small_disk: Path, kafka: KafkaServer, tmp_path: Path, say: Say
) -> None:
    # A table that cannot grow is refused to its writer; a log that cannot, ends the server.
    settings = {"restart_after_crash": "off"}
    postgres = Postgres(small_disk / "postgres" / "data", ports.free_port(), "s3cret_-", settings=settings)
    postgres.prepare()
    with closing(Server(postgres.command(), postgres.ready, tmp_path / "postgres.txt")) as server:
        server.start()
        schemas.create_database(postgres.url())
        async with ground_on(kafka, postgres.url(), tmp_path) as ground:
            events, wrong = await full_under_everything(
                ground, server, small_disk, lambda: server.log.read_text().count(REFUSED) >= REFUSALS
            )
    say(
        f"full disk of PostgreSQL: {REFUSALS} writes refused, then room again, {events} events,"
        f" {sum(wrong)} differences"
    )
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
