"""The ground a benchmark runs on: servers of its own, facts on a topic, peers in processes of their own."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from arus.fuel.v1.events_pb2 import FuelTransactionRecorded
from arus_runtime.ids import new_ulid
from arus_runtime.log import AiokafkaLog, Consumer, Message, Security, TopicPartition
from arus_runtime.testing import message
from arus_stack import house, ports, schemas
from arus_stack.kafka.broker import Kafka
from arus_stack.postgres import Postgres
from arus_stack.testing import running, set_up_kafka
from harness import HERE, cpu_s

PASSWORD = "patokan"
TOPIC = "fuel.transaction.v1"
PARTITIONS = 6
KEYS = 20_000
FIRST_DAY = date(2025, 1, 1)


@dataclass(frozen=True, slots=True)
class Ground:
    """A broker and a database server."""

    postgres: Postgres
    kafka: Kafka
    processes: Mapping[str, int]
    """Process ids of both servers."""

    @property
    def log(self) -> AiokafkaLog:
        """Return the log as the administrator."""
        access = self.kafka.access
        return AiokafkaLog(Security(access.bootstrap, access.user, access.password))

    def database(self, *services: str) -> str:
        """Return the superuser's URL of a fresh, migrated database."""
        return fresh_database(self.postgres, *services)

    def kafka_bytes(self, topic: str) -> int:
        """Return what a topic's partitions take on disk."""
        logs = (path for path in self.kafka.folder.rglob("*.log") if path.parent.name.startswith(f"{topic}-"))
        return sum(path.stat().st_size for path in logs)

    def environment(self, url: str, **more: str) -> dict[str, str]:
        """Return what a peer finds both servers by."""
        access = self.kafka.access
        return {
            **os.environ,
            "ARUS_BENCH_DB": url,
            "ARUS_BENCH_KAFKA": access.bootstrap,
            "ARUS_BENCH_USER": access.user,
            "ARUS_BENCH_PASSWORD": access.password,
            **more,
        }

    def start(self, *command: str, url: str, **env: str) -> subprocess.Popen[str]:
        """Start a peer; what it measures is one JSON object on a line of its own (``measured``)."""
        return subprocess.Popen(
            [sys.executable, *command],
            cwd=HERE,
            env=self.environment(url, **env),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *command: str, url: str, **env: str) -> Mapping[str, float]:
        """Run a peer to its end and return what it measured, the servers' CPU beside it."""
        with self.cpu() as spent:
            found = [measured(self.start(*command, url=url, **env))]
        return together(found, spent)

    @contextmanager
    def cpu(self) -> Generator[dict[str, float]]:
        """Give the CPU seconds that each server spent while the block ran, once it has ended."""
        before, spent = self._cpu_s(), dict[str, float]()
        yield spent
        spent |= {name: after - before[name] for name, after in self._cpu_s().items()}

    def _cpu_s(self) -> dict[str, float]:
        return {name: cpu_s(pid) for name, pid in self.processes.items()}


def fresh_database(postgres: Postgres, *services: str) -> str:
    """Return the superuser's URL of a fresh, migrated database."""
    url = schemas.with_database(postgres.url(), f"bench_{random.getrandbits(40):x}")
    schemas.create_database(url)
    if services:
        schemas.provision(url, services, lambda _: PASSWORD)
        sources = [source for source in house.sources() if source.name in services]
        schemas.migrate(url, sources, lambda _: PASSWORD)
    return url


def measured(peer: subprocess.Popen[str], timeout_s: float = 1_800) -> Mapping[str, float]:
    """Wait for a peer and return what it measured."""
    try:
        out, err = peer.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        peer.kill()
        out, err = peer.communicate()
    lines = [line for line in out.splitlines() if line.startswith("{")]
    if not lines:
        raise RuntimeError(f"{peer.args} measured nothing:\n{out}\n{err[-4000:]}")
    return json.loads(lines[-1])


def together(found: Sequence[Mapping[str, float]], servers: Mapping[str, float]) -> Mapping[str, float]:
    """Return what processes side by side reached, from the first record to the last commit."""
    events = sum(one["events"] for one in found)
    seconds = max(one["ended"] for one in found) - min(one["began"] for one in found)
    return {
        "events_per_s": events / seconds,
        "cpu_us": sum(one["cpu_s"] for one in found) / events * 1e6,
        **{f"{name}_us": spent / events * 1e6 for name, spent in servers.items()},
        "peak_mb": max(one["peak_mb"] for one in found),
    }


@contextmanager
def postgres_alone() -> Generator[tuple[Postgres, int]]:
    """Give a database server as production has it, the disk waited for, and its process id."""
    with TemporaryDirectory(prefix="arus-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        postgres = Postgres(
            folder / "postgres" / "data",
            ports.free_port(),
            PASSWORD,
            settings={"shared_buffers": "256MB", "max_wal_size": "4GB"},
        )
        postgres.prepare()
        with running(
            postgres.command(), folder / "postgres.log", postgres.ready, stop_with=signal.SIGINT
        ) as database:
            yield postgres, database.pid


@contextmanager
def ground() -> Generator[Ground]:
    """Give both servers."""
    with postgres_alone() as (postgres, pid), TemporaryDirectory(prefix="arus-bench-") as name:
        folder = Path(name)
        kafka = Kafka(folder / "kafka", ports.free_port(), ports.free_port(), PASSWORD)
        kafka.prepare()
        with running(kafka.command(), folder / "kafka.log", kafka.ready) as broker:
            set_up_kafka(kafka.access)
            yield Ground(postgres, kafka, {"postgres": pid, "kafka": broker.pid})


def facts(count: int, keys: int = KEYS, first: date = FIRST_DAY, begin: int = 0) -> Generator[Message]:
    """Yield facts of many keys of 50 organisations, in order per key. begin: the first one's number."""
    chance = random.Random(1)
    for number in range(count):
        volume_ul = chance.randrange(50, 900) * 1_000_000 * (4 if chance.random() < 0.01 else 1)
        day = first + timedelta(days=number * 200 // count)
        yield _fact(begin + number, chance.randrange(keys), day, volume_ul)


def first_facts(keys: int) -> Generator[Message]:
    """Yield one fact of each key."""
    for key in range(keys):
        yield _fact(key, key, FIRST_DAY, 300_000_000)


def _fact(number: int, key: int, day: date, volume_ul: int) -> Message:
    tenant, location, product = f"org-{key % 50:04d}", f"location-{key // 4:06d}", f"fuel-{key % 4}"
    event = FuelTransactionRecorded(
        tenant_id=tenant,
        transaction_id=new_ulid(),
        location_id=location,
        product_id=product,
        business_date=day.isoformat(),
        volume_ul=volume_ul,
        timezone="Asia/Jakarta",
        recorded_by=f"operator-{key % 900:04d}",
    )
    record_key = f"{tenant}:{location}:{product}"
    return message(event, key=record_key, tenant=tenant, source="/arus/ingest", sequence=number)


class FromTheStart:
    """A listener that begins each partition at its start."""

    consumer: Consumer

    async def assigned(self, partitions: Collection[TopicPartition]) -> None:
        for at in partitions:
            self.consumer.begin(at, 0)

    async def revoked(self, partitions: Collection[TopicPartition]) -> None:
        pass


async def publish(log: AiokafkaLog, messages: Iterable[Message]) -> None:
    """Publish messages in large batches."""
    producer = log.producer()
    await producer.start()
    batch: list[Message] = []
    for one in messages:
        batch.append(one)
        if len(batch) == 10_000:
            await producer.publish(batch)
            batch = []
    await producer.publish(batch)
    await producer.stop()


def seed(on: Ground, messages: Iterable[Message]) -> None:
    """Put messages on their topics."""
    asyncio.run(publish(on.log, messages))


def one_value(url: str, statement: str) -> Any:
    """Return one value of a database."""
    with psycopg.connect(url) as connection:
        row = connection.execute(statement.encode()).fetchone()
        return row and row[0]
