"""The whole system through the arus command, as people and programs use it."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from arus_stack import control, ports
from arus_stack.errors import StackError
from arus_stack.home import Home
from arus_stack.kafka.admin import Admin
from arus_stack.kafka.records import Reader, publish
from arus_stack.running import is_running
from arus_stack.testing import RunningStack, arus, running_stack, until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(1200)]

NO_CONSOLE = {"ARUS_CONSOLE": "false"}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """Give a system of this module's own, which its tests may harm."""
    home = tmp_path_factory.mktemp("arus")
    started = arus(home, "up", "--detach", "--wait", "--json", env=NO_CONSOLE)
    assert started.returncode == 0, started.stderr
    try:
        yield running_stack(home)
    finally:
        arus(home, "down")


def document(said: "subprocess.CompletedProcess[str]") -> Any:
    """Return the one JSON document on standard output."""
    return json.loads(said.stdout)


def ready(home: Path) -> Callable[[], bool]:
    """Give a question that costs the machine nothing, so that it can be asked often."""

    def ask() -> bool:
        try:
            services = control.ask_once(Home(home), {"do": "status"})["services"]
        except (StackError, OSError):
            return False
        return bool(services) and all(service["ready"] for service in services)

    return ask


def test_status_shows_every_server_ready_with_its_memory(own: RunningStack) -> None:
    said = own.arus("status", "--json")
    found = document(said)
    assert said.returncode == 0
    assert found["gateway"] == own.gateway
    assert {"grpc", "kafka", "mqtt", "postgres"} <= set(found)
    names = [service["name"] for service in found["services"]]
    assert {"postgres", "kafka", "mqtt", "gateway", "ingest", "inventory", "anomaly"} <= set(names)
    assert all(service["ready"] and service["rss_mb"] > 0 for service in found["services"])
    assert "password" not in said.stdout
    assert own.admin_password not in said.stdout


def test_a_second_up_says_that_the_stack_runs_and_succeeds(own: RunningStack) -> None:
    said = own.arus("up", "--detach", "--wait", "--port", "0", "--json")
    assert said.returncode == 0
    assert "runs already" in said.stderr
    assert "--port would hold from its next start on" in said.stderr
    assert document(said)["gateway"] == own.gateway


def test_a_restarted_server_is_a_new_process_and_ready(own: RunningStack) -> None:
    before = own.services()["ingest"]
    after = document(own.arus("restart", "ingest", "--json"))
    assert after["pid"] != before["pid"]
    assert after["ready"]


def test_a_service_works_on_when_the_schema_of_its_restart_cannot_be_made(own: RunningStack) -> None:
    before = own.services()["ingest"]
    with psycopg.connect(own.postgres, autocommit=True) as connection:
        row = connection.execute("select version_num from ingest.alembic_version").fetchone()
        connection.execute("update ingest.alembic_version set version_num = 'unknown'")
        said = own.arus("restart", "ingest", "--json")
        connection.execute("update ingest.alembic_version set version_num = %s", row)
    assert said.returncode == 1
    assert "the migrations of ingest failed" in document(said)["error"]
    assert own.services()["ingest"]["pid"] == before["pid"]


def test_restarting_what_does_not_exist_names_what_does(own: RunningStack) -> None:
    said = own.arus("restart", "weather", "--json")
    assert said.returncode == 1
    assert "inventory" in document(said)["first_aid"]


@pytest.mark.parametrize("name", ["inventory", "kafka", "postgres"])
def test_a_crashed_server_comes_back_by_itself_and_the_log_says_so(own: RunningStack, name: str) -> None:
    before = own.services()[name]
    os.kill(before["pid"], signal.SIGKILL)
    until(lambda: own.services()[name]["pid"] not in {before["pid"], None}, f"{name} to start again")
    until(ready(own.home), "everything to be ready again")
    assert own.services()[name]["restarts"] == before["restarts"] + 1
    lines = own.arus("logs", "supervisor", "--json", "-n", "1000").stdout.splitlines()
    notices = [json.loads(line) for line in lines]
    assert any(notice.get("part") == name and notice.get("state") == "crashed" for notice in notices)


def test_only_the_gateway_is_told_who_the_first_administrator_is(own: RunningStack) -> None:
    told = {
        name
        for name, service in own.services().items()
        if "ARUS_ADMIN_PASSWORD" in psutil.Process(service["pid"]).environ()
    }
    assert told == {"gateway"}


def test_logs_of_a_service_are_json_lines(own: RunningStack) -> None:
    lines = own.arus("logs", "gateway", "--json", "-n", "5").stdout.splitlines()
    assert lines
    assert all(isinstance(json.loads(line), dict) for line in lines)


def test_a_granted_reader_may_read_and_not_write(own: RunningStack) -> None:
    found = document(own.arus("topics", "grant", "riset", "--json"))
    reader = own.kafka.as_user(found["user"], found["password"])
    assert reader.answers()
    assert found["group_prefix"] == "riset."
    assert "fuel.transaction.v1" in found["topics"]
    described = document(own.arus("topics", "describe", "fuel.transaction.v1", "--json"))
    assert len(described["offsets"]) == described["partitions"]


def test_a_reader_whose_grant_was_revoked_is_let_in_no_more(own: RunningStack) -> None:
    found = document(own.arus("topics", "grant", "tamu", "--json"))
    reader = own.kafka.as_user(found["user"], found["password"])
    assert reader.answers()
    assert document(own.arus("topics", "revoke", "tamu", "--json"))["revoked"]
    until(lambda: not reader.answers(), "the broker to let it in no more")
    assert "tamu" not in Admin(own.kafka).users_with_rights()
    again = own.arus("topics", "revoke", "tamu", "--json")
    assert again.returncode == 1
    assert "tamu" in document(again)["error"]
    assert own.arus("topics", "revoke", "gateway", "--json").returncode == 1


def test_a_parked_record_goes_back_once_with_its_headers(own: RunningStack) -> None:
    from arus_runtime.log.port import Message

    topic = "fuel.delivery.v1"
    headers = [
        ("ce_id", b"1"), ("ce_type", b"arus.fuel.v1.FuelDeliveryRecorded"), ("ce_source", b"/arus/ingest"),
        ("ce_sequence", b"7"), ("ce_tenant", b"t"),
        ("dlq_worker", b"anomaly/fuel"), ("dlq_reason", b"rejected"), ("dlq_detail", b"too much"),
        ("dlq_topic", topic.encode()), ("dlq_partition", b"0"), ("dlq_offset", b"3"),
    ]  # fmt: skip
    publish(own.kafka, [Message(f"{topic}.dlq", b"k", b"", headers)])
    waiting = document(own.arus("dlq", "list", "--json"))["topics"]
    assert {row["topic"]: row["waiting"] for row in waiting}[f"{topic}.dlq"] == 1
    shown = document(own.arus("dlq", "show", topic, "--json"))
    assert (shown["headers"]["dlq_reason"], shown["waits"]) == ("rejected", True)
    assert document(own.arus("dlq", "redrive", topic, "--json"))["sent"] == 1
    assert document(own.arus("dlq", "redrive", topic, "--json"))["sent"] == 0
    assert document(own.arus("dlq", "show", topic, "--json"))["waits"] is False
    with Reader(own.kafka, topic) as reader:
        [back] = list(reader.last(10))
    returned = dict(back.headers)
    assert returned["ce_id"] == b"1"
    assert returned["dlq_worker"] == b"anomaly/fuel"
    assert "dlq_reason" not in returned
    assert returned["ce_source"] != b"/arus/ingest"


def test_data_stay_through_a_killed_supervisor_and_a_new_start(tmp_path: Path) -> None:
    started = arus(tmp_path, "up", "--detach", "--wait", "--json", env=NO_CONSOLE)
    assert started.returncode == 0, started.stderr
    try:
        with psycopg.connect(running_stack(tmp_path).postgres) as connection:
            connection.execute("create table kept as select 42 as answer")
        recorded = json.loads(Home(tmp_path).state.read_text("utf-8"))
        children = {name: pid for name, (pid, _) in recorded["children"].items()}
        os.kill(recorded["pid"], signal.SIGKILL)
        until(lambda: arus(tmp_path, "status").returncode == 1, "the supervisor to be gone")
        assert all(psutil.pid_exists(pid) for pid in children.values())
        assert set(document(arus(tmp_path, "down", "--json"))["stopped"]) == set(children)
        until(lambda: not any(psutil.pid_exists(pid) for pid in children.values()), "orphans to end")

        assert arus(tmp_path, "up", "--detach", "--json", env=NO_CONSOLE).returncode == 0
        until(lambda: is_running(Home(tmp_path)), "the supervisor to be there")
        again = arus(tmp_path, "up", "--detach", "--wait", "--json", env=NO_CONSOLE)
        assert again.returncode == 0, again.stderr
        assert all(service["ready"] for service in document(again)["services"]), "a second up waits too"
        with psycopg.connect(running_stack(tmp_path).postgres) as connection:
            assert connection.execute("select answer from kept").fetchone() == (42,)
        assert arus(tmp_path, "down", "--json").returncode == 0
        nothing = arus(tmp_path, "status", "--json")
        assert nothing.returncode == 1
        assert document(nothing)["services"] == []
    finally:
        arus(tmp_path, "down")


def test_a_taken_port_gets_advice_or_a_neighbour(tmp_path: Path) -> None:
    taken = ports.free_port()
    squatter = subprocess.Popen([sys.executable, "-m", "http.server", str(taken), "--bind", "127.0.0.1"])
    try:
        until(lambda: ports.answers(taken), "the squatter to listen")
        said = arus(tmp_path, "up", "--detach", "--wait", "--port", str(taken), "--json", env=NO_CONSOLE)
        assert said.returncode == 1
        assert "next free port" in document(said)["first_aid"]
        assert arus(tmp_path, "status").returncode == 1
    finally:
        squatter.terminate()
        squatter.wait()


def test_ctrl_c_stops_everything_in_order(tmp_path: Path) -> None:
    env = {
        **os.environ,
        **NO_CONSOLE,
        "ARUS_HOME": str(tmp_path),
        "ARUS_GATEWAY_PORT": "0",
        "PYTHONUNBUFFERED": "1",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "arus_stack.cli", "up"],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        until(ready(tmp_path), "everything to be ready")
    finally:
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=120)
    said = output.decode()
    assert process.returncode == 0, said
    assert "First administrator" in said
    stopped = [line.split()[1] for line in said.splitlines() if line.startswith("■")]
    assert stopped.index("gateway") < stopped.index("postgres")
    assert stopped.index("ingest") < stopped.index("kafka")


def test_ctrl_c_before_everything_is_ready_is_no_success(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "arus_stack.cli", "up", "--json"],
        env={**os.environ, **NO_CONSOLE, "ARUS_HOME": str(tmp_path), "ARUS_GATEWAY_PORT": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        until((tmp_path / "postgres").exists, "the start to be under way")
    finally:
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=120)
    assert process.returncode == 1
    assert json.loads(output)["error"] == "stopped before everything was ready"


def test_a_port_that_another_program_took_meanwhile_is_chosen_anew(tmp_path: Path) -> None:
    home = Home(tmp_path)

    def takes(thief: socket.socket, port: int) -> bool:
        try:
            thief.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True

    try:
        arus(tmp_path, "up", "--detach", "--json", env=NO_CONSOLE)
        until(home.state.exists, "the first server to start")
        port = home.ports.all()["kafka"]
        with socket.socket() as thief:
            until(lambda: takes(thief, port), "the moment in which the port is nobody's")
            thief.listen()
            until(ready(tmp_path), "everything to be ready", deadline_s=400)
            assert document(arus(tmp_path, "status", "--json"))["kafka"] != f"127.0.0.1:{port}"
    finally:
        arus(tmp_path, "down")
