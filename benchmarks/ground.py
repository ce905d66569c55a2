"""The ground a benchmark runs on: servers of its own, facts on a topic, peers in processes of their own."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import statistics
import subprocess
import sys
from collections.abc import Collection, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
import psycopg
from arus.fuel.v1.events_pb2 import FuelTransactionRecorded
from arus_runtime.ids import new_ulid
from arus_runtime.log import AiokafkaLog, Consumer, Message, Security, TopicPartition
from arus_runtime.testing import message
from arus_stack import house, ports, schemas
from arus_stack.kafka.broker import Kafka
from arus_stack.postgres import Postgres
from arus_stack.testing import running, set_up_kafka

HERE = Path(__file__).parent
RESULTS = HERE / "results"
PASSWORD = "patokan"
TOPIC = "fuel.transaction.v1"
PARTITIONS = 6
KEYS = 20_000


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
        url = schemas.with_database(self.postgres.url(), f"bench_{random.getrandbits(40):x}")
        schemas.create_database(url)
        if services:
            schemas.provision(url, services, lambda _: PASSWORD)
            sources = [source for source in house.sources() if source.name in services]
            schemas.migrate(url, sources, lambda _: PASSWORD)
        return url

    def run(self, *command: str, url: str, timeout_s: float = 600, **env: str) -> Mapping[str, Any]:
        """Run a peer to its end and return what it measured: one JSON object on its last line.

        Beside it: the CPU seconds that the servers spent meanwhile (postgres_cpu_s, kafka_cpu_s).
        """
        access, before = self.kafka.access, self._cpu_s()
        done = subprocess.run(
            [sys.executable, *command],
            cwd=HERE,
            env={
                **os.environ,
                "ARUS_BENCH_DB": url,
                "ARUS_BENCH_KAFKA": access.bootstrap,
                "ARUS_BENCH_USER": access.user,
                "ARUS_BENCH_PASSWORD": access.password,
                **env,
            },
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )
        lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
        if not lines:
            raise RuntimeError(f"{' '.join(command)} measured nothing:\n{done.stdout}\n{done.stderr[-4000:]}")
        spent = {f"{name}_cpu_s": after - before[name] for name, after in self._cpu_s().items()}
        return json.loads(lines[-1]) | spent

    def _cpu_s(self) -> dict[str, float]:
        return {name: sum(map(_cpu_s, _tree(pid))) for name, pid in self.processes.items()}


def _tree(pid: int) -> list[psutil.Process]:
    root = psutil.Process(pid)
    return [root, *root.children(recursive=True)]


def _cpu_s(process: psutil.Process) -> float:
    """Return what a process and those of its children that have ended have spent."""
    try:
        return sum(process.cpu_times()[:4])
    except psutil.NoSuchProcess:
        return 0.0


@contextmanager
def ground() -> Generator[Ground]:
    """Give both servers, as production has them: the disk is waited for."""
    with TemporaryDirectory(prefix="arus-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        postgres = Postgres(
            folder / "postgres" / "data",
            ports.free_port(),
            PASSWORD,
            settings={"shared_buffers": "256MB", "max_wal_size": "4GB"},
        )
        kafka = Kafka(folder / "kafka", ports.free_port(), ports.free_port(), PASSWORD)
        postgres.prepare()
        kafka.prepare()
        with (
            running(
                postgres.command(), folder / "postgres.log", postgres.ready, stop_with=signal.SIGINT
            ) as database,
            running(kafka.command(), folder / "kafka.log", kafka.ready) as broker,
        ):
            set_up_kafka(kafka.access)
            yield Ground(postgres, kafka, {"postgres": database.pid, "kafka": broker.pid})


def facts(count: int) -> Generator[Message]:
    """Yield facts of 20,000 keys of 50 organisations, in order per key."""
    chance = random.Random(1)
    day = date(2025, 1, 1)
    for number in range(count):
        key = chance.randrange(KEYS)
        tenant, location, product = f"org-{key % 50:04d}", f"location-{key // 4:06d}", f"fuel-{key % 4}"
        volume_ul = chance.randrange(50, 900) * 1_000_000 * (4 if chance.random() < 0.01 else 1)
        event = FuelTransactionRecorded(
            tenant_id=tenant,
            transaction_id=new_ulid(),
            location_id=location,
            product_id=product,
            business_date=(day + timedelta(days=number * 200 // count)).isoformat(),
            volume_ul=volume_ul,
            timezone="Asia/Jakarta",
            recorded_by=f"operator-{key % 900:04d}",
        )
        record_key = f"{tenant}:{location}:{product}"
        yield message(event, key=record_key, tenant=tenant, source="/arus/ingest", sequence=number)


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


def seed(on: Ground, count: int) -> None:
    """Put facts on the topic."""
    asyncio.run(publish(on.log, facts(count)))


def median(values: Iterable[float]) -> float:
    """Return the median."""
    return statistics.median(values)


def one_value(url: str, statement: str) -> Any:
    """Return one value of a database."""
    with psycopg.connect(url) as connection:
        row = connection.execute(statement.encode()).fetchone()
        return row and row[0]


def write(name: str, result: Mapping[str, Any]) -> None:
    """Write a result file and print it."""
    RESULTS.mkdir(exist_ok=True)
    on = {"cores": os.cpu_count(), "load_1m": round(os.getloadavg()[0], 1), "python": sys.version.split()[0]}
    text = json.dumps({**result, "machine": on}, indent=2) + "\n"
    (RESULTS / f"{name}.json").write_text(text, encoding="utf-8")
    sys.stdout.write(text)
