"""The stack's parts without a server: ports, homes, rights, first aid, URLs, certificates."""

import json
import os
import resource
import socket
import ssl
import stat
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from unittest.mock import Mock

import pytest
from arus_runtime.catalogue import REDRIVE_GROUP, Topic, topics
from arus_stack import certs, firstaid, ports, schemas
from arus_stack.address import Address
from arus_stack.cli import app, output
from arus_stack.errors import PortTaken, Refused
from arus_stack.home import Home, Remembered
from arus_stack.kafka import jars, records, rights
from arus_stack.kafka.admin import KafkaAccess
from arus_stack.kafka.records import decoded
from arus_stack.kafka.rights import Right
from arus_stack.rotation import rotate
from arus_stack.schemas import role_urls, with_database, with_login
from arus_stack.settings import StackSettings, example
from arus_stack.system import System
from arus_stack.testing_report import allowed_skip
from confluent_kafka import (
    KafkaError,  # pyright: ignore[reportUnknownVariableType] - it carries no types
    KafkaException,  # pyright: ignore[reportUnknownVariableType] - as above
)
from pydantic import SecretStr
from typer.testing import CliRunner


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "arus")


class TestPorts:
    def test_a_port_somebody_listens_on_is_not_free(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            assert not ports.is_free(port)
            assert ports.answers(port)
            assert ports.next_free_port(port) > port

    def test_ports_to_avoid_are_avoided(self) -> None:
        first = ports.free_port()
        assert ports.next_free_port(first, avoid=[first]) > first

    def test_a_remembered_port_stays_while_it_is_free(self, home: Home) -> None:
        assert home.ports.free_port("kafka") == home.ports.free_port("kafka")

    def test_a_remembered_port_that_was_taken_is_replaced_and_the_new_one_remembered(
        self, home: Home
    ) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            taken = server.getsockname()[1]
            home.ports.put("gateway", taken)
            chosen = home.ports.free_port("gateway", first=taken)
            assert chosen != taken
            assert home.ports.known_port("gateway") == chosen

    def test_the_port_of_a_running_server_is_known_though_not_free(self, home: Home) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            home.ports.put("gateway", server.getsockname()[1])
            assert home.ports.known_port("gateway") == server.getsockname()[1]

    def test_a_port_that_was_asked_for_and_is_taken_is_refused_with_advice(self, home: Home) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            settings = StackSettings(home=home.path, gateway_port=server.getsockname()[1])
            with pytest.raises(PortTaken) as refusal:
                System.to_start(settings, home)
        assert "next free port" in refusal.value.first_aid


class TestHome:
    def test_a_secret_is_made_up_once_and_only_its_owner_reads_it(self, tmp_path: Path) -> None:
        store = Remembered(tmp_path / "deep" / "secrets.json")
        assert store.secret("a") == store.secret("a") != store.secret("b")
        assert stat.S_IMODE(store.path.stat().st_mode) == 0o600

    def test_the_first_administrators_made_up_password_is_forgotten_once_shown(self, home: Home) -> None:
        system = System.to_start(
            StackSettings(home=home.path, gateway_port=0, admin_password=SecretStr("")), home
        )
        admin = system.first_admin
        assert admin is not None
        assert system.first_admin == admin
        home.admin_was_shown()
        assert system.first_admin is None
        assert admin.password not in home.secrets.path.read_text("utf-8")

    def test_an_address_others_reach_demands_tls(self, home: Home) -> None:
        with pytest.raises(Refused, match="plain text"):
            System.to_start(StackSettings(home=home.path, host="0.0.0.0", gateway_port=0), home)

    def test_a_rotated_log_goes_on_at_its_start(self, tmp_path: Path) -> None:
        log = tmp_path / "kafka.log"
        with log.open("ab", buffering=0) as writer:
            writer.write(b"before\n")
            rotate(log, 3)
            writer.write(b"after\n")
        assert log.read_bytes() == b"after\n"
        assert log.with_suffix(".log.1").read_bytes() == b"before\n"

    def test_a_log_that_cannot_be_put_aside_stays_as_do_those_before_it(self, tmp_path: Path) -> None:
        log = tmp_path / "kafka.log"
        log.write_bytes(b"of today")
        log.with_suffix(".log.1").write_bytes(b"earlier")
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4, limits[1]))  # as on a full disk: a part is written
        try:
            with pytest.raises(OSError, match="too large"):
                rotate(log, 3)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        kept = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
        assert kept == {"kafka.log": b"of today", "kafka.log.1": b"earlier"}


def test_a_password_leaves_the_url_for_a_file_that_libpq_reads() -> None:
    url = schemas.with_login("postgresql://x:y@127.0.0.1:5432/arus", "ingest_api", "a:b\\c/d")
    assert schemas.without_password(url) == "postgresql://ingest_api@127.0.0.1:5432/arus"
    assert schemas.pgpass(url) == "127.0.0.1:5432:arus:ingest_api:a\\:b\\\\c/d\n"


def topic(name: str, owner: str, consumers: tuple[str, ...] = (), pii: str = "none") -> Topic:
    return Topic(name, owner, "k", (), 1, "delete", None, pii, consumers, "")  # pyright: ignore[reportArgumentType] - a class of personal data


CATALOGUE: Mapping[str, Topic] = {
    "a.b.v1": topic("a.b.v1", "door", ("thinker",)),
    "p.q.v1": topic("p.q.v1", "door", pii="personal"),
}


class TestRights:
    def test_an_owner_writes_a_consumer_reads_and_parks_and_both_keep_offsets(self) -> None:
        assert rights.of_services(CATALOGUE) == {
            Right("door", "topic", "a.b.v1", "WRITE"),
            Right("door", "topic", "p.q.v1", "WRITE"),
            Right("thinker", "topic", "a.b.v1", "READ"),
            Right("thinker", "topic", "a.b.v1.dlq", "WRITE"),
            Right("thinker", "group", REDRIVE_GROUP, "DESCRIBE"),
            Right("thinker", "group", "arus.dlq.redrive", "DESCRIBE"),
            Right("door", "group", "arus.door.", "READ", prefix=True),
            Right("thinker", "group", "arus.thinker.", "READ", prefix=True),
        }

    def test_a_data_team_reads_what_is_not_personal_and_writes_nothing(self) -> None:
        granted = rights.of_reader("riset", CATALOGUE)
        assert {right.name for right in granted} == {"a.b.v1", "riset."}
        assert {right.operation for right in granted} == {"READ"}

    @pytest.mark.parametrize("wish", ["p.q.v1", "no.such.v1"])
    def test_personal_and_unknown_topics_are_not_granted(self, wish: str) -> None:
        with pytest.raises(Refused):
            rights.of_reader("riset", CATALOGUE, [wish])

    def test_nobody_but_its_owner_writes_a_topic_of_the_real_catalogue(self) -> None:
        writers = {
            (right.user, right.name) for right in rights.of_services(topics()) if right.operation == "WRITE"
        }
        assert {(user, name) for user, name in writers if not name.endswith(".dlq")} == {
            (found.owner, found.name) for found in topics().values()
        }


class TestFirstAid:
    @pytest.mark.parametrize(
        ("said", "helps"),
        [
            ("OSError: [Errno 98] Address already in use", "free one is chosen"),
            ("could not write to file: No space left on device", "ARUS_HOME to a folder on a larger disk"),
            ('FATAL:  lock file "postmaster.pid" already exists', "arus down"),
            ("<urlopen error [Errno -3] Temporary failure in name resolution>", "network"),
            ("ModuleNotFoundError: No module named 'x'", "uv sync"),
            ("stopped by LogBehind\nModuleNotFoundError: No module named 'x'", "uv sync"),
            ("java.lang.OutOfMemoryError: Java heap space", "memory"),
            ("a.b.v1[0] locked by somebody else, a.b.v1[1] locked by somebody else", "goes on by itself"),
            ("a.b.v1[0] locked by somebody else, a.b.v1[1] stopped by ValueError", ""),
            ("all is well", ""),
        ],
    )
    def test_a_failure_gets_the_sentence_that_helps(self, said: str, helps: str) -> None:
        assert helps in firstaid.sentence(said)

    def test_what_a_log_said_before_this_start_is_not_blamed(self, tmp_path: Path) -> None:
        log = tmp_path / "ingest.log"
        log.write_text("Address already in use\n")
        began = log.stat().st_size
        with log.open("a") as file:
            file.write("something else\n")
        assert "free one" in firstaid.for_crash("ingest", log)
        assert "arus logs ingest" in firstaid.for_crash("ingest", log, began)


class TestUrls:
    def test_a_kafka_url_survives_the_round_trip(self) -> None:
        access = KafkaAccess("a:1,b:2", "ad min", "p@ss:/word", "/tmp/ca file.pem")
        assert KafkaAccess.from_url(access.url) == access

    @pytest.mark.parametrize("url", ["", "http://x", "kafka://host:1", "localhost:9092"])
    def test_what_is_not_a_kafka_url_is_refused(self, url: str) -> None:
        with pytest.raises(Refused):
            KafkaAccess.from_url(url)

    def test_a_password_cannot_break_out_of_a_database_url(self) -> None:
        url = with_login("postgresql://a:b@h:5/arus", "u", "p@/x?")
        assert url == "postgresql://u:p%40%2Fx%3F@h:5/arus"
        assert with_database(url, "other").endswith("@h:5/other")

    def test_each_role_of_a_service_gets_its_own_url(self) -> None:
        urls = role_urls("postgresql://a:b@h:5/arus", "ingest", lambda role: f"of-{role}")
        assert urls["api"] == "postgresql://ingest_api:of-ingest_api@h:5/arus"
        assert set(urls) == {"owner", "api", "worker"}


class TestAddress:
    def test_every_address_is_named_by_the_machine_and_reached_inside_by_loopback(self) -> None:
        every = Address.of("0.0.0.0")
        assert (every.name, every.inside, every.is_loopback) == (socket.gethostname(), "127.0.0.1", False)
        assert Address.of("localhost") == Address.of("127.0.0.1")
        assert Address.of("192.0.2.9").name == Address.of("192.0.2.9").inside == "192.0.2.9"

    @pytest.mark.parametrize("host", ["depot.example", "", "::1"])
    def test_what_is_no_address_is_refused(self, host: str) -> None:
        with pytest.raises(Refused):
            Address.of(host)

    def test_an_address_of_another_machine_is_refused(self) -> None:
        with pytest.raises(Refused, match="not an address of this machine"):
            Address.of("203.0.113.9").refuse_unless_usable()


class TestCertificates:
    def test_names_stay_and_the_key_is_its_owners_alone(self, tmp_path: Path) -> None:
        certs.ensure(tmp_path, ["depot.example"])
        files = certs.ensure(tmp_path, ["192.0.2.7"])
        assert {"depot.example", "192.0.2.7", "localhost"} <= set(certs.names(files.certificate))
        files.key.chmod(0o644)
        certs.ensure(tmp_path)
        secret = (tmp_path / "ca.key", files.key, files.key_and_chain)
        assert {stat.S_IMODE(path.stat().st_mode) for path in secret} == {0o600}

    def test_a_name_in_another_spelling_is_the_same_name(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(socket, "gethostname", lambda: "DESKTOP-ABC")
        hosts = ["Depot.Example", "*.Arus.Example", "bücher.example", "2001:DB8::0:1"]
        named = certs.names(certs.ensure(tmp_path, hosts).certificate)
        assert named == [
            "*.arus.example", "127.0.0.1", "2001:db8::1", "depot.example", "desktop-abc", "localhost",
            "xn--bcher-kva.example",
        ]  # fmt: skip
        made = certs.fingerprint(tmp_path)
        certs.ensure(tmp_path, hosts)
        assert certs.fingerprint(tmp_path) == made

    @pytest.mark.parametrize("own", ["DESKTOP_ABC", "Siti's PC"])
    def test_a_host_name_no_certificate_can_have_is_left_out(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own: str
    ) -> None:
        monkeypatch.setattr(socket, "gethostname", lambda: own)
        assert certs.names(certs.ensure(tmp_path).certificate) == ["127.0.0.1", "localhost"]
        with pytest.raises(Refused, match=own):
            certs.ensure(tmp_path, [own])  # others were to reach this machine by it

    @pytest.mark.parametrize("host", ["depot_1", "siti@example.org", "10.0.0.0/8", "fe80::1%eth0", "", "*."])
    def test_what_names_no_machine_is_refused_before_anything_changes(
        self, tmp_path: Path, host: str
    ) -> None:
        certs.ensure(tmp_path)
        before = {path: path.read_bytes() for path in tmp_path.iterdir()}
        for make in (certs.ensure, certs.renew):
            with pytest.raises(Refused, match="cannot name"):
                make(tmp_path, ["depot.example", host])
        assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before

    def test_a_network_of_an_earlier_version_makes_no_new_certificate_at_every_command(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(certs, "_as_written", set[str])
            certs.ensure(tmp_path, ["10.0.0.0/8"])
        made = certs.fingerprint(tmp_path)
        certs.ensure(tmp_path)
        assert certs.fingerprint(tmp_path) == made

    @pytest.mark.parametrize("name", ["server.key", "server.pem", "server-bundle.pem", "trusted.pem"])
    def test_files_of_two_issues_are_made_anew(self, tmp_path: Path, name: str) -> None:
        certs.ensure(tmp_path)
        mixed = (tmp_path / name).read_bytes()
        certs.renew(tmp_path)
        (tmp_path / name).write_bytes(b"" if name == "trusted.pem" else mixed)
        certs.ensure(tmp_path)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tmp_path / "server.pem", tmp_path / "server.key")
        key, chain = ((tmp_path / part).read_bytes() for part in ("server.key", "server.pem"))
        assert (tmp_path / "server-bundle.pem").read_bytes() == key + chain
        assert (tmp_path / "trusted.pem").read_bytes().endswith((tmp_path / "ca.pem").read_bytes())

    def test_what_ends_soon_is_renewed_by_the_same_authority(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(certs, "VALID_DAYS", certs.RENEW_DAYS)
            old = certs.ensure(tmp_path)
        assert certs.days_left(old.certificate) < certs.RENEW_DAYS
        ca = old.ca.read_bytes()
        renewed = certs.ensure(tmp_path)
        assert certs.days_left(renewed.certificate) > certs.RENEW_DAYS
        assert renewed.ca.read_bytes() == ca
        before = certs.fingerprint(tmp_path)
        assert certs.fingerprint(tmp_path) == before
        certs.renew(tmp_path)
        assert certs.fingerprint(tmp_path) != before

    def test_half_an_authority_is_refused_not_replaced(self, tmp_path: Path) -> None:
        certs.ensure(tmp_path)
        (tmp_path / "ca.key").unlink()
        with pytest.raises(Refused, match="key of the local authority"):
            certs.renew(tmp_path)

    def test_the_server_is_trusted_by_who_trusts_the_ca_and_the_ca_stays(self, tmp_path: Path) -> None:
        first = certs.ensure(tmp_path, ["192.0.2.7"])
        ca = first.ca.read_bytes()
        assert certs.ensure(tmp_path, ["192.0.2.7"]) == first
        assert certs.ensure(tmp_path, ["depot.example"]).ca.read_bytes() == ca
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(first.certificate, first.key)
        ssl.create_default_context(cafile=str(first.trusted))
        assert stat.S_IMODE(first.key.stat().st_mode) == 0o600
        assert "BEGIN PRIVATE KEY" in first.key.read_text("utf-8")


def test_jars_are_pinned_to_one_version_and_one_hash_each() -> None:
    pinned = jars.pinned()
    assert len({(jar.group, jar.artifact) for jar in pinned}) == len(pinned)
    assert all(len(jar.sha256) == 64 for jar in pinned)
    assert {jar.version for jar in pinned if jar.group == "org.apache.kafka"} == {"4.3.1"}


def test_what_cannot_be_decoded_is_shown_as_it_is() -> None:
    assert decoded("arus.fuel.v1.FuelTransactionRecorded", b"\xff\xff") == {"undecoded": "ffff"}
    assert decoded("no.such.Type", b"\x01") == {"undecoded": "01"}
    assert decoded("", None) is None
    assert decoded("", b"\x01") == {"undecoded": "01"}, "whoever wrote it gave it no headers"


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("riset", True),
        ("riset-2_b", True),
        ("riset.data", False),
        ("two words", False),
        ("", False),
        ("*", False),
        ("arus", False),
    ],
)
def test_a_data_teams_name_never_opens_anothers_groups(name: str, may: bool) -> None:
    assert rights.may_name_a_reader(name) is may


def test_what_was_read_is_shown_letter_by_letter(capsys: pytest.CaptureFixture[str]) -> None:
    said = "01M8:a:b [bold]"
    output.table(("",), [(said,)])
    output.answers.print(said, markup=False)
    assert capsys.readouterr().out.split("\n")[:2] == [said, said], "no emoji, no style"


def test_the_example_environment_names_every_setting_and_sets_none() -> None:
    lines = example(StackSettings).splitlines()
    assert "#ARUS_GATEWAY_PORT=" in lines
    assert [line for line in lines if line and not line.startswith("#")] == []


def test_only_named_programs_excuse_a_skipped_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    assert allowed_skip("Skipped: needs chromium")
    assert not allowed_skip("no Kafka here")
    monkeypatch.setenv("CI", "true")
    assert not allowed_skip("Skipped: needs chromium")


def test_a_command_begins_without_what_only_others_need() -> None:
    heavy = {"aiokafka", "arus_runtime.store", "docker", "fastapi", "numpy", "polars"}
    loaded = f"import arus_stack.cli, sys; print(*{heavy} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert said.stdout.split() == []


def test_the_command_says_which_version_it_is() -> None:
    said = CliRunner().invoke(app, ["--version"])
    assert (said.exit_code, said.stdout) == (0, f"arus {version('arus-stack')}\n")


def test_a_broker_that_does_not_lead_its_partitions_yet_is_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A broker answers a moment before it leads: so said one that was started on a restored log."""
    not_yet = KafkaException(KafkaError(KafkaError.NOT_LEADER_FOR_PARTITION))  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType] - it carries no types
    client = Mock()
    client.list_topics.return_value.topics = {"fuel.transaction.v1": Mock(error=None, partitions={0: None})}
    client.get_watermark_offsets.side_effect = [not_yet, (3, 9)]
    monkeypatch.setattr(records, "Consumer", Mock(return_value=client))
    access = KafkaAccess.from_url("kafka://admin:secret@127.0.0.1:9092")
    assert records.Reader(access, "fuel.transaction.v1").ends() == {0: (3, 9)}


def test_state_of_a_home_is_plain_json(home: Home) -> None:
    home.ports.put("kafka", 1)
    assert json.loads(home.ports.path.read_text("utf-8")) == {"kafka": 1}
    assert os.access(home.ports.path, os.R_OK)
