"""Pytest fixtures: a real PostgreSQL and a real Kafka for every test that needs them, and the whole system.

A server whose URL is given is used as it is (ARUS_TEST_POSTGRES_URL, ARUS_TEST_KAFKA_URL); otherwise a
container is started where an engine answers and holds the images, otherwise the embedded server. Each starts
once per session, on first use.

postgres        the server: superuser URL
kafka           the broker: catalogue topics, one user per service with its rights, an administrator
database_for    call it with a service's name for a fresh, migrated database
stack           the whole system through `arus up`, its URLs and its first administrator
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

import psycopg
import pytest
from arus_runtime.catalogue import topics
from arus_runtime.log import TopicPartition
from psycopg import sql
from pydantic import SecretStr

from arus_stack import control, house, ports, schemas
from arus_stack.errors import ServerFailed
from arus_stack.home import Home
from arus_stack.kafka import rights
from arus_stack.kafka.admin import Admin, KafkaAccess
from arus_stack.kafka.broker import Kafka
from arus_stack.kafka.retention import delete_records
from arus_stack.postgres import Postgres, is_ready
from arus_stack.settings import StackSettings
from arus_stack.system import System

START_S = 240
TEST_ADMIN = "admin@arus-test.id"
TEST_PASSWORD = "Rahasia-uji-2026"  # noqa: S105 - of throwaway roles; fixed so that sessions can share a server


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A PostgreSQL server for tests."""

    url: str
    """The superuser's, database `arus`."""

    def create_database(self, template: str = "template1") -> str:
        """Create an empty (or copied) database and return the superuser's URL to it."""
        name = f"test_{token_hex(6)}"
        with psycopg.connect(schemas.with_database(self.url, "postgres"), autocommit=True) as connection:
            connection.execute(
                sql.SQL("create database {} template {}").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
        return schemas.with_database(self.url, name)

    def drop_database(self, url: str) -> None:
        """Drop a database made by create_database, whoever is connected."""
        name = url.rpartition("/")[2]
        with psycopg.connect(schemas.with_database(self.url, "postgres"), autocommit=True) as connection:
            connection.execute(
                sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
            )


@dataclass(frozen=True, slots=True)
class ServiceDatabase:
    """A fresh, migrated database of one service."""

    service: str
    superuser_url: str
    owner_url: str
    api_url: str
    worker_url: str

    @property
    def schema(self) -> str:
        """Return the schema's name: the service's."""
        return self.service


@dataclass(frozen=True, slots=True)
class KafkaServer:
    """A broker for tests."""

    access: KafkaAccess
    """The administrator's."""

    @property
    def bootstrap(self) -> str:
        """Return host:port."""
        return self.access.bootstrap

    @property
    def user(self) -> str:
        """Return the administrator's name."""
        return self.access.user

    @property
    def password(self) -> str:
        """Return the administrator's password."""
        return self.access.password

    @property
    def ca(self) -> str:
        """Return the CA file; empty means plain SASL."""
        return self.access.ca

    def service(self, name: str) -> KafkaAccess:
        """Return how a service of the catalogue reaches the broker, with its own rights only."""
        return self.access.as_user(name, TEST_PASSWORD)

    def create_topic(
        self, name: str = "", partitions: int = 1, config: Mapping[str, str] | None = None
    ) -> str:
        """Create a topic (an unused name when none is given) and return its name."""
        name = name or f"test.{token_hex(6)}.v1"
        Admin(self.access).create_topics({name: (partitions, config or {})})
        return name

    def let_go(self, at: TopicPartition, before: int) -> None:
        """Let go of the records of a partition before an offset, as retention does."""
        delete_records(self.access, {at: before})


def need(*programs: str) -> str:
    """Return the first of these programs that is installed; else skip the test, or fail it with CI=true.

    The first name says what is needed, the others are what it is called elsewhere.
    """
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
    found = next(filter(None, (shutil.which(program, path=path) for program in programs)), None)
    if found is None and os.environ.get("CI") == "true":
        pytest.fail(f"needs {programs[0]}, which CI must have")
    return found or pytest.skip(f"needs {programs[0]}")


@pytest.fixture(scope="session")
def chromium() -> str:
    """Give the path of a Chromium for Playwright; without a window it takes less of the machine."""
    return shutil.which("chromium-headless-shell") or need("chromium", "chromium-browser", "google-chrome")


DatabaseFor = Callable[[str], ServiceDatabase]


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """Give a real PostgreSQL server."""
    if url := os.environ.get("ARUS_TEST_POSTGRES_URL"):
        schemas.create_database(url)
        yield PostgresServer(url)
        return
    from arus_stack import containers  # noqa: PLC0415 - Docker's client is slow to import

    if containers.available():
        with containers.postgres(TEST_PASSWORD) as url:
            until(lambda: is_ready(url), "the PostgreSQL container")
            yield PostgresServer(url)
        return
    folder = tmp_path_factory.mktemp("postgres")
    server = Postgres(
        folder / "data",
        ports.free_port(),
        TEST_PASSWORD,
        settings={"fsync": "off", "full_page_writes": "off"},  # the machine does not crash, only processes do
    )
    server.prepare()
    with running(server.command(), folder / "log.txt", server.ready, stop_with=signal.SIGINT):
        schemas.create_database(server.url())
        yield PostgresServer(server.url())


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaServer]:
    """Give a real Kafka with the catalogue's topics, users and rights.

    Each test module has its own: topics keep everything, and what one module breaks on purpose would stop the
    workers of the next.
    """
    if url := os.environ.get("ARUS_TEST_KAFKA_URL"):
        access = KafkaAccess.from_url(url)
        set_up_kafka(access)
        yield KafkaServer(access)
        return
    from arus_stack import containers  # noqa: PLC0415 - as above

    if containers.available():
        with containers.kafka(TEST_PASSWORD) as access:
            until(access.answers, "the Kafka container")
            set_up_kafka(access)
            yield KafkaServer(access)
        return
    folder = tmp_path_factory.mktemp("kafka")
    server = Kafka(folder, ports.free_port(), ports.free_port(), TEST_PASSWORD)
    server.prepare()
    with running(server.command(), folder / "log.txt", server.ready):
        set_up_kafka(server.access)
        yield KafkaServer(server.access)


def set_up_kafka(access: KafkaAccess) -> None:
    """Create the catalogue's topics, users and rights."""
    admin = Admin(access)
    admin.apply_topics(topics())
    users = rights.services(topics())
    admin.set_users(dict.fromkeys(users, TEST_PASSWORD))
    admin.set_rights(users, rights.of_services(topics()))


@pytest.fixture(scope="session")
def _migrated_templates() -> dict[str, str]:
    return {}


@pytest.fixture
def database_for(postgres: PostgresServer, _migrated_templates: dict[str, str]) -> Iterator[DatabaseFor]:
    """Give a maker of fresh, migrated databases; they are dropped after the test."""
    made: list[str] = []

    def make(service: str) -> ServiceDatabase:
        if service not in _migrated_templates:
            _migrated_templates[service] = _migrated(postgres, service)
        url = postgres.create_database(_migrated_templates[service])
        made.append(url)
        schemas.grant_connect(url, [service])
        return service_database(url, service)

    yield make
    for url in made:
        postgres.drop_database(url)


def service_database(url: str, service: str) -> ServiceDatabase:
    """Return the URLs of a service's roles in a database made by these fixtures."""
    urls = schemas.role_urls(url, service, lambda _: TEST_PASSWORD)
    return ServiceDatabase(service, url, urls["owner"], urls["api"], urls["worker"])


def _migrated(server: PostgresServer, service: str) -> str:
    source = next(source for source in house.sources() if source.name == service)
    url = server.create_database()
    schemas.provision(url, [service], lambda _: TEST_PASSWORD)
    schemas.migrate(url, [source], lambda _: TEST_PASSWORD)
    return url.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class RunningStack:
    """The whole system, running."""

    home: Path
    gateway: str
    grpc: str
    kafka: KafkaAccess
    mqtt: str
    postgres: str
    """The superuser's URL."""
    admin_email: str
    admin_password: str

    def arus(self, *words: str, timeout_s: float = 600) -> "subprocess.CompletedProcess[str]":
        """Run the arus command against this stack and return what it said."""
        return arus(self.home, *words, timeout_s=timeout_s)

    def environment(self) -> dict[str, str]:
        """Return the environment in which the arus command means this stack."""
        return {**os.environ, **_own(self.home)}

    def services(self) -> dict[str, dict[str, Any]]:
        """Return every server by name, as `arus status --json` shows it."""
        found = control.ask_once(Home(self.home), {"do": "status"})
        return {service["name"]: service for service in found["services"]}

    def start_again(self, service: str) -> None:
        """Have a service that was killed started at once: after each crash it would wait longer."""
        control.ask_once(Home(self.home), {"do": "restart", "name": service})


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """Give the whole system; ARUS_TEST_STACK_HOME names the home of one that runs already."""
    if given := os.environ.get("ARUS_TEST_STACK_HOME"):
        yield running_stack(Path(given).resolve())
        return
    home = tmp_path_factory.mktemp("arus")
    try:
        started = arus(home, "up", "--detach", "--wait", timeout_s=900)
        assert started.returncode == 0, started.stderr
        yield running_stack(home)
    finally:
        arus(home, "down")


def running_stack(home: Path) -> RunningStack:
    """Return the running stack of a home."""
    system = System.as_it_is(_test_settings(home), Home(home))
    return RunningStack(
        home=home,
        gateway=system.gateway_url,
        grpc=system.grpc_address,
        kafka=system.kafka_access,
        mqtt=system.facts["mqtt"],
        postgres=system.postgres_url,
        admin_email=TEST_ADMIN,
        admin_password=TEST_PASSWORD,
    )


def arus(
    home: Path, *words: str, timeout_s: float = 600, env: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run the arus command with a home and ports of its own, and return what it said."""
    return subprocess.run(  # noqa: S603
        [sys.executable, "-m", "arus_stack.cli", *words],
        env={**os.environ, **_own(home), **(env or {})},
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )


def _own(home: Path) -> dict[str, str]:
    settings = _test_settings(home)
    return {
        "ARUS_HOME": str(home),
        "ARUS_GATEWAY_PORT": str(settings.gateway_port),
        "ARUS_ADMIN_EMAIL": settings.admin_email,
        "ARUS_ADMIN_PASSWORD": TEST_PASSWORD,
    }


def _test_settings(home: Path) -> StackSettings:
    return StackSettings(
        home=home, gateway_port=0, admin_email=TEST_ADMIN, admin_password=SecretStr(TEST_PASSWORD)
    )


@contextmanager
def running(
    command: Sequence[str],
    log: Path,
    ready: Callable[[], bool],
    stop_with: signal.Signals = signal.SIGTERM,
    env: Mapping[str, str] | None = None,
) -> Generator["subprocess.Popen[bytes]"]:
    """Run a server until the block ends; it is ready when the block begins."""
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=env
        )
    try:
        deadline = time.monotonic() + START_S
        while not ready():
            if process.poll() is not None or time.monotonic() > deadline:
                raise ServerFailed(f"{command[0]} did not become ready: {log.read_text()[-2000:]}")
            time.sleep(0.05)
        yield process
    finally:
        process.send_signal(stop_with)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def until(holds: Callable[[], bool], what: str, deadline_s: float = 240) -> None:
    """Return when the condition holds; after the deadline raise AssertionError naming what was awaited."""
    end = time.monotonic() + deadline_s
    while not holds():
        assert time.monotonic() < end, f"waited {deadline_s:g} s for {what}"
        time.sleep(0.05)
