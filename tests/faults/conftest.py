"""A ground for fault tests: fresh tables, the shared topics from now on, processes to kill."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiokafka
import psycopg
import pytest
from arus.fuel.v1.events_pb2 import FuelTransactionRecorded
from arus_runtime.log import AiokafkaLog, Record, Security, TopicPartition
from arus_runtime.testing import message
from arus_stack.testing import KafkaServer, PostgresServer

from .page import PAGE, with_said
from .sizes import IS_LONG, PATIENCE_S
from .workers import IN, SERVICE, TOPICS, tables

TESTS = Path(__file__).parents[1]
SAID = pytest.StashKey[dict[str, str]]()
NAMES = ("calm", "killed", "stopped", "relayed", "cold", "slow", "rough", "jumping")


@dataclass
class Ground:
    """One database, the topics from now on, and the processes at work on them."""

    url: str
    kafka: KafkaServer
    log: AiokafkaLog
    reader: Any
    ends: Mapping[Any, int]
    folder: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list[subprocess.Popen[bytes]])
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    def start(self, *words: str, **env: str) -> subprocess.Popen[bytes]:
        """Start a part in a process of its own."""
        with (self.folder / f"{words[0]}-{len(self.processes)}.log").open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "faults.process", *words],
                cwd=TESTS,
                env={
                    **os.environ,
                    "ARUS_FAULT_DB": self.url,
                    "ARUS_FAULT_KAFKA": self.kafka.bootstrap,
                    "ARUS_FAULT_USER": self.kafka.user,
                    "ARUS_FAULT_PASSWORD": self.kafka.password,
                    **env,
                },
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.processes.append(process)
        return process

    def query(self, statement: str, *parameters: Any) -> list[Any]:
        """Return rows, of one column as values."""
        with psycopg.connect(self.url, autocommit=True, options=f"-c search_path={SERVICE}") as connection:
            cursor = connection.execute(statement.encode(), parameters)
            rows = cursor.fetchall() if cursor.description else []
        return [row[0] if len(row) == 1 else row for row in rows]

    def progress(self, name: str) -> int:
        """Return how many records a worker has taken."""
        (offsets,) = self.query(
            "select coalesce(sum(next_offset), 0)::int from progress where worker = %s", name
        )
        return offsets - sum(end for at, end in self.ends.items() if at.topic == IN)

    def unpublished(self, name: str) -> int:
        """Return how many of a worker's events its relay has not ticked off."""
        (count,) = self.query(
            f"select count(*) from {name} r"
            " left join published p on p.worker = %s and p.partition = r.src_part"
            " where (r.src_off, r.src_idx) > (coalesce(p.src_off, -1), coalesce(p.src_idx, -1))",
            name,
        )
        return count

    async def wanted(self) -> int:
        """Return how many records there are to take."""
        partitions = [at for at in self.ends if at.topic == IN]
        ends = await self.reader.end_offsets(partitions)
        return sum(ends[at] - self.ends[at] for at in partitions)

    async def publish(self, count: int, keys: int = 50, first: int = 0) -> None:
        """Publish facts, numbered from the first."""
        producer = self.log.producer()
        await producer.start()
        facts = [
            message(
                FuelTransactionRecorded(tenant_id="t", transaction_id=f"f{n}", volume_ul=n),
                key=f"t:{n % keys}",
                tenant="t",
                source=f"/{self.folder.name}",
                sequence=n,
            )
            for n in range(first, first + count)
        ]
        for start in range(0, count, 5_000):
            await producer.publish(facts[start : start + 5_000])
        await producer.stop()

    async def records(self, topic: str) -> list[Record]:
        """Return the records of a topic since the test began, partition by partition."""
        partitions = [at for at in self.ends if at.topic == topic]
        self.reader.assign(partitions)
        for at in partitions:
            self.reader.seek(at, self.ends[at])
        wanted = await self.reader.end_offsets(partitions)
        found: dict[TopicPartition, list[Record]] = {}
        for at in partitions:
            while await self.reader.position(at) < wanted[at]:
                for partition, records in (await self.reader.getmany(timeout_ms=100)).items():
                    found.setdefault(partition, []).extend(records)
        return [record for at in sorted(found) for record in found[at]]

    async def kill_while(
        self, progress: Callable[[], int], words: Sequence[str], *, kills: int, step: int, **env: str
    ) -> None:
        """Kill -9 a part again and again, each time after it moved on by a step; leave one running.

        A worker counts its steps itself: from outside, a busy machine sees them when all is done.
        """
        counts = words[0] in {"worker", "service"}
        told = {"ARUS_FAULT_DIE_AFTER": f"{step}"} if counts else {}
        for _ in range(kills):
            before = progress()
            process = self.start(*words, ARUS_FAULT_INSTANCE="one", **env, **told)
            if counts:
                await self.until(lambda of=process: of.poll() is not None)
                assert process.returncode == -signal.SIGKILL, self.said_by(process)
                assert progress() >= before + step
            else:
                await self.until(lambda at=before: progress() >= at + step)
                process.send_signal(signal.SIGKILL)
                process.wait()
        self.start(*words, ARUS_FAULT_INSTANCE="one", **env)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Return when a condition holds; fails when time is up."""
        deadline = time.monotonic() + PATIENCE_S
        while not holds():
            assert time.monotonic() < deadline, self.said()
            await asyncio.sleep(0.01 * self.chance.random())

    def said_by(self, process: subprocess.Popen[bytes]) -> str:
        """Return all that one process said."""
        (log,) = self.folder.glob(f"*-{self.processes.index(process)}.log")
        return log.read_text()

    def said(self) -> str:
        """Return the last words of every process."""
        logs = sorted(self.folder.glob("*.log"))
        return "\n".join(f"{log.name}: {log.read_text()[-1500:]}" for log in logs)

    def close(self) -> None:
        """End every process."""
        for process in self.processes:
            process.kill()
            process.wait()


@asynccontextmanager
async def ground_on(kafka: KafkaServer, url: str, folder: Path) -> AsyncGenerator[Ground]:
    """Give a ground on a broker and in an empty database."""
    log = AiokafkaLog(Security(kafka.bootstrap, kafka.user, kafka.password, kafka.ca))
    reader: Any = aiokafka.AIOKafkaConsumer(
        enable_auto_commit=False, auto_offset_reset="earliest", **log.options()
    )
    await reader.start()
    partitions = [aiokafka.TopicPartition(topic, number) for topic in TOPICS for number in range(6)]
    ends = await reader.end_offsets(partitions)
    ground = Ground(url, kafka, log, reader, ends, folder)
    ground.query(f"create schema {SERVICE}")
    with psycopg.connect(url, autocommit=True, options=f"-c search_path={SERVICE}") as connection:
        connection.execute(tables(*NAMES).encode())
        for name in NAMES:
            for at, end in ends.items():
                if at.topic == IN:
                    connection.execute(
                        "insert into progress values (%s, %s, %s, 0, %s, 0, now())",
                        (name, at.topic, at.partition, end),
                    )
        connection.execute("insert into aggregates select 'a' || n from generate_series(0, 19) n")
    try:
        yield ground
    finally:
        ground.close()
        await reader.stop()


@pytest.fixture
async def ground(kafka: KafkaServer, postgres: PostgresServer, tmp_path: Path) -> AsyncGenerator[Ground]:
    url = postgres.create_database()
    try:
        async with ground_on(kafka, url, tmp_path) as made:
            yield made
    finally:
        postgres.drop_database(url)


@pytest.fixture
def say(capfd: pytest.CaptureFixture[str], request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Return what prints a line past the capture: what was killed, under how many events, what differs.

    `make reliability` keeps the lines, by the test that said them.
    """

    def say(line: str) -> None:
        with capfd.disabled():
            print(f"\n{line}")  # noqa: T201 - it is what the test shows
        request.config.stash.setdefault(SAID, {})[request.node.name] = line

    return say


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write what was said into the page that ARUS_RELIABILITY_PAGE names, when every test passed."""
    if (page := os.environ.get(PAGE)) and session.exitstatus == pytest.ExitCode.OK:
        path, said = Path(page), session.config.stash.get(SAID, dict[str, str]())
        path.write_text(with_said(path.read_text("utf-8"), said, is_long=IS_LONG), "utf-8")
