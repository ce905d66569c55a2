"""Every command takes --json: stdout is then one document (streams: one a line) and nothing else."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from arus_stack.cli import app
from arus_stack.testing import TEST_PASSWORD, RunningStack, arus, running_stack, until

pytestmark = [pytest.mark.timeout(1200)]

NO_CONSOLE = {"ARUS_CONSOLE": "false"}


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """Give every command's path with its options' names."""
    below: dict[str, Any] = getattr(group, "commands", {})
    for name, command in below.items():
        yield from commands(command, (*path, name))
    if not below:
        yield path, [name for option in group.params for name in option.opts]


COMMANDS = dict(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_takes_json(path: tuple[str, ...]) -> None:
    assert "--json" in COMMANDS[path]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    home = tmp_path_factory.mktemp("arus")
    started = arus(home, "up", "--detach", "--wait", env=NO_CONSOLE)
    try:
        assert started.returncode == 0, started.stderr
        assert TEST_PASSWORD not in started.stdout  # who gave it knows it
        yield running_stack(home)
    finally:
        arus(home, "down")


RUNNING: dict[tuple[str, ...], tuple[str, ...]] = {
    ("up",): ("--detach", "--wait"),
    ("status",): (),
    ("restart",): ("mqtt",),
    ("migrate",): (),
    ("certs",): (),
    ("console",): (),
    ("credentials",): (),
    ("doctor",): (),
    ("topics", "list"): (),
    ("topics", "describe"): ("fuel.transaction.v1",),
    ("topics", "grant"): ("riset",),
    ("topics", "revoke"): ("riset",),
    ("topics", "mend"): ("--dry-run",),
    ("db", "stats"): (),
    ("db", "optimize"): (),
    ("secrets", "rotate"): ("field-keys",),
    ("dlq", "list"): (),
    ("dlq", "redrive"): ("fuel.transaction.v1", "--dry-run"),
    ("dlq", "settle"): ("fuel.transaction.v1",),
    ("jobs", "list"): ("notify",),
}
STREAMS: dict[tuple[str, ...], tuple[str, ...]] = {
    ("logs",): ("gateway",),
    ("topics", "tail"): ("audit.event.v1",),
    ("dlq", "show"): ("fuel.transaction.v1",),
}
LONG = {
    ("demo", "water"),
    ("import", "run"),
    ("import", "detect"),
    ("anomaly", "bench"),
    ("backup",),
    ("restore",),
    ("jobs", "retry"),
}
"""What each command needs to be told; long ones and `down` have tests of their own."""


def test_no_command_is_forgotten_here() -> None:
    assert {*RUNNING, *STREAMS, *LONG, ("down",)} == set(COMMANDS)


@pytest.mark.integration
@pytest.mark.parametrize("path", RUNNING, ids=" ".join)
def test_stdout_is_one_document(own: RunningStack, path: tuple[str, ...]) -> None:
    said = own.arus(*path, *RUNNING[path], "--json")
    assert said.returncode == 0, said.stderr
    assert isinstance(json.loads(said.stdout), dict)
    assert said.stdout.count("\n") == 1


@pytest.mark.integration
@pytest.mark.parametrize("path", STREAMS, ids=" ".join)
def test_a_stream_is_one_document_a_line(own: RunningStack, path: tuple[str, ...]) -> None:
    said = own.arus(*path, *STREAMS[path], "--json")
    assert said.returncode == 0, said.stderr
    assert all(isinstance(json.loads(line), dict) for line in said.stdout.splitlines())


@pytest.mark.integration
@pytest.mark.parametrize("words", [("logs", "gateway"), ("topics", "tail", "audit.event.v1")], ids=" ".join)
def test_a_followed_stream_ends_quietly_on_ctrl_c(own: RunningStack, words: tuple[str, ...]) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "arus_stack.cli", *words, "-f", "--json"],
        env={**own.environment(), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Whoever started the tests in the background made them deaf to it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    assert process.stdout is not None
    lines = [process.stdout.readline()]
    process.send_signal(signal.SIGINT)
    rest, complaint = process.communicate(timeout=60)
    assert process.returncode == 0, complaint
    assert all(isinstance(json.loads(line), dict) for line in [*lines, *rest.splitlines()] if line)
    assert "Traceback" not in complaint


REFUSED: tuple[tuple[str, ...], ...] = (
    ("up", "--detach", "--wait", "--host", "depot.example"),
    ("certs", "depot_1"),
    ("restart", "gateway"),
    ("logs", "weather"),
    ("migrate",),
    ("demo",),
    ("topics", "describe", "no.such.v1"),
    ("topics", "describe", "fuel.transaction.v1"),
    ("topics", "tail", "fuel.transaction.v1"),
    ("topics", "grant", "riset"),
    ("topics", "revoke", "riset"),
    ("topics", "describe", "[/]"),
    ("backup", "/dev/null"),
    ("restore", "/dev/null"),
    ("backup", "backup-of-nothing"),
    ("restore", "backup-of-nothing"),
    ("db", "stats"),
    ("db", "optimize"),
    ("secrets", "rotate", "database"),
    ("secrets", "rotate", "everything"),
    ("dlq", "list"),
    ("dlq", "show", "fuel.transaction.v1"),
    ("dlq", "redrive", "fuel.transaction.v1"),
    ("dlq", "settle", "fuel.transaction.v1"),
    ("jobs", "list", "notify"),
    ("jobs", "retry", "notify", "01JH8PV6W4RZ3M0T5X9K2C7B1N"),
    ("topics", "tail", "fuel.transaction.v1", "--from", "0:0", "--follow"),
)


@pytest.mark.parametrize("words", REFUSED, ids=" ".join)
def test_where_nothing_runs_a_refusal_is_a_document_with_first_aid(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    said = arus(tmp_path, *words, "--json", env=NO_CONSOLE)
    found: dict[str, Any] = json.loads(said.stdout)
    assert said.returncode == 1
    assert found["error"]
    assert found["first_aid"]
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ARUS_LOG_MB", "0"),
        ("ARUS_TLS", "ja"),
        ("ARUS_MQTT_BROKER", "emqx"),
        ("ARUS_POSTGRES_URL", "db.example"),
    ],
)
@pytest.mark.parametrize("command", ["status", "up"])
def test_a_setting_that_cannot_be_is_named(tmp_path: Path, command: str, name: str, value: str) -> None:
    said = arus(tmp_path, command, "--json", env={**NO_CONSOLE, name: value})
    assert said.returncode == 1
    found = json.loads(said.stdout)
    assert found["error"].startswith(f"{name}: ")
    assert "configuration" in found["first_aid"]
    assert "Traceback" not in said.stderr


def test_a_home_that_is_no_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said = arus(tmp_path / "file", "down", "--json")
    assert said.returncode == 1
    assert str(tmp_path / "file") in json.loads(said.stdout)["error"]
    assert "Traceback" not in said.stderr


@pytest.mark.integration
def test_down_and_what_comes_after_it_are_documents_too(own: RunningStack) -> None:
    servers = set(own.services())
    assert set(json.loads(own.arus("down", "--json").stdout)["stopped"]) == servers
    until(lambda: own.arus("status", "--json").returncode == 1, "everything to be gone")
    nothing = json.loads(own.arus("status", "--json").stdout)
    assert nothing["services"] == []
    assert {"gateway", "grpc", "kafka", "mqtt", "postgres"} <= set(nothing)
    assert json.loads(own.arus("down", "--json").stdout) == {"stopped": []}
