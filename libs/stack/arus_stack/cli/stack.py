"""Commands about the stack as a whole."""

import json
import shlex
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from arus_stack import certs, cluster, console, control, doctor, firstaid, running
from arus_stack.cli.output import AsJson, answering, answers, cell, document, people, table
from arus_stack.cli.progress import Progress
from arus_stack.errors import NotRunning, Refused, ServerFailed
from arus_stack.home import Home, write_private
from arus_stack.parts import Notice, State
from arus_stack.processes import children, end_orphans
from arus_stack.settings import StackSettings
from arus_stack.system import FirstAdmin, System

START_S = 600.0  # a first start downloads jars and packages
STOP_S = 120.0
WAITS = "It goes on with the rest. `arus logs {name}` says why; mend the cause, then `arus restart {name}`."
OPTIONS = {"tls": "--tls", "host": "--host", "gateway_port": "--port"}
ADDRESSES = ("gateway", "grpc", "kafka", "mqtt", "postgres")


def home() -> Home:
    """Return the home of this environment."""
    return Home(StackSettings().home)


@answering
def up(
    *,
    detach: Annotated[bool, typer.Option("--detach", "-d", help="Run in the background.")] = False,
    wait: Annotated[
        bool, typer.Option("--wait", help="With --detach: return when everything is ready.")
    ] = False,
    tls: Annotated[bool, typer.Option("--tls", help="Serve gateway, MQTT and Kafka over TLS.")] = False,
    host: Annotated[str, typer.Option(help="Address to serve on; not loopback demands --tls.")] = "",
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port of the gateway; 0 takes any.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Start everything, in order."""
    given: dict[str, Any] = {"tls": tls or None, "host": host or None, "gateway_port": port}
    overrides = {name: value for name, value in given.items() if value is not None}
    settings = StackSettings(**overrides)
    where = Home(settings.home)
    if running.is_running(where):
        people.print("The stack runs already; `arus down` stops it.")
        if overrides:
            unheard = ", ".join(OPTIONS[name] for name in overrides)
            said = f"It runs as it was started: {unheard} would hold from its next start on."
            people.print(f"[yellow]![/] {said}", soft_wrap=True)
        if wait:
            _wait_for_the_start(where, lambda: running.is_running(where))
        _show_started(control.ask_once(where, {"do": "status"}), None, as_json=as_json)
        return
    admin = System.to_start(settings, where).first_admin  # also finds out early what cannot work
    if detach:
        _up_detached(where, overrides, admin, wait=wait, as_json=as_json)
    else:
        _up_here(settings, admin, as_json=as_json)


def _up_here(settings: StackSettings, admin: FirstAdmin | None, *, as_json: bool) -> None:
    has_started = False
    with Progress(people) as progress:

        def started(system: System) -> None:
            nonlocal has_started
            has_started = True
            progress.end()
            _show_started(system.facts, admin, as_json=as_json)
            system.home.admin_was_shown()
            people.print("[dim]Ctrl-C stops everything.[/]")

        running.run(settings, progress.show, started)
    people.print("Everything has stopped.")
    if not has_started:
        raise ServerFailed("stopped before everything was ready", "`arus up` starts it again.")


def _up_detached(
    where: Home, overrides: dict[str, Any], admin: FirstAdmin | None, *, wait: bool, as_json: bool
) -> None:
    process = running.detach(where, overrides)
    if not wait:
        people.print(
            f"Starting in the background (process {process.pid}); `arus status` shows how far it is."
        )
        if as_json:
            document({"pid": process.pid, **_public(admin)})
        _show_admin(admin)
        return
    _wait_for_the_start(where, lambda: process.poll() is None)
    facts = control.ask_once(where, {"do": "status"})
    _show_started(facts, admin, as_json=as_json)
    where.admin_was_shown()


def _wait_for_the_start(where: Home, lives: Callable[[], bool]) -> None:
    """Show how far a supervisor is until it has started; raise ServerFailed when it ends before."""
    deadline = time.monotonic() + START_S
    failure: Notice | None = None
    with Progress(people) as progress:
        for event in _watched(where, lives, deadline):
            if event.get("started"):
                break
            notice = Notice.from_json(event)
            failure = notice if notice.state is State.FAILED else failure
            progress.show(notice)
        else:
            failure = failure or _last_words(where)
            raise ServerFailed(f"{failure.part}: {failure.detail}", failure.first_aid)


def _watched(where: Home, lives: Callable[[], bool], deadline: float) -> Iterator[dict[str, Any]]:
    """Give the events of a starting supervisor until it says it has started or it ends."""
    while lives() and time.monotonic() < deadline:
        try:
            yield from control.ask(where, {"do": "watch"}, timeout_s=START_S)
        except NotRunning:
            time.sleep(0.05)


def _last_words(where: Home) -> Notice:
    """Return why a supervisor ended that nobody was listening to yet."""
    log = where.logs / running.DETACHED_LOG
    lines = log.read_text(encoding="utf-8").splitlines()
    try:
        return Notice.from_json(json.loads(lines[-1]))
    except (ValueError, KeyError, IndexError):
        return Notice("supervisor", State.FAILED, lines[-1] if lines else "it ended", f"See {log}.")


def _public(admin: FirstAdmin | None) -> dict[str, Any]:
    if admin is None:
        return {}
    return {"admin": {"email": admin.email, "password": None if admin.given else admin.password}}


def _show_started(facts: dict[str, Any], admin: FirstAdmin | None, *, as_json: bool) -> None:
    if as_json:
        document({**facts, **_public(admin)})
        return
    rows = [
        ("console", f"{facts['gateway']}/app"),
        ("API", f"{facts['gateway']}/docs"),
        ("gRPC", facts["grpc"]),
        ("Kafka", facts["kafka"]),
        ("MQTT", facts["mqtt"]),
        ("PostgreSQL", facts["postgres"]),
        ("data, logs", facts["home"]),
    ]
    answers.print()
    table(("", ""), rows)
    _show_admin(admin)


def _show_admin(admin: FirstAdmin | None) -> None:
    if admin is None:
        return
    known = "that of ARUS_ADMIN_PASSWORD" if admin.given else admin.password
    answers.print(f"\nFirst administrator: {admin.email}  password: {known}", markup=False, soft_wrap=True)
    if not admin.given:
        answers.print("This password is shown once; change it under the account's settings.")


@answering
def down(*, as_json: AsJson = False) -> None:
    """Stop everything, in order."""
    where = home()
    try:
        recorded = list(children(where))
        stopping = control.ask_once(where, {"do": "stop"})["stopping"]
        ended = recorded if stopping is True else stopping  # an older version's supervisor says no names
    except NotRunning:
        ended = end_orphans(where)
        people.print(f"Ended what was left over: {', '.join(ended)}." if ended else "Nothing runs.")
    else:
        _wait_for_the_end(where)
        people.print("Everything has stopped.")
    if as_json:
        document({"stopped": ended})


def _wait_for_the_end(where: Home) -> None:
    deadline = time.monotonic() + STOP_S
    while running.is_running(where):
        if time.monotonic() > deadline:
            raise ServerFailed("the stack does not stop", f"See {where.logs / running.DETACHED_LOG}.")
        time.sleep(0.1)


@answering
def status(*, as_json: AsJson = False) -> None:
    """Show every server; exit 0 only when all are ready. What waits for a person is told too."""
    nothing: dict[str, Any] = {**dict.fromkeys(ADDRESSES), "services": []}
    try:
        found = control.ask_once(home(), {"do": "status"})
    except NotRunning:
        found = nothing
    servers = found["services"]
    if as_json:
        document(found)
    elif servers:
        columns = ("service", "state", "ready", "MB", "pid", "restarts")
        rows = [
            (s["name"], s["state"], "yes" if s["ready"] else "no", s["rss_mb"], s["pid"], s["restarts"])
            for s in servers
        ]
        table(columns, rows)
        answers.print(f"\n{found['gateway']}/app")
        for server in servers:
            if not server["ready"] and server["detail"]:
                people.print(f"[yellow]![/] {server['name']}: {server['detail']}", soft_wrap=True)
                people.print(f"  {server['first_aid']}", soft_wrap=True, markup=False)
            if server["trouble"]:
                people.print(f"[yellow]![/] {server['name']}: {escape(server['trouble'])}", soft_wrap=True)
                if server["ready"]:
                    aid = firstaid.sentence(server["trouble"]) or WAITS.format(name=server["name"])
                    people.print(f"  {aid}", soft_wrap=True, markup=False)
    else:
        people.print("Nothing runs; `arus up` starts it.")
    if not servers or not all(server["ready"] for server in servers):
        raise typer.Exit(1)


@answering
def restart(
    name: Annotated[str, typer.Argument(help="A server's name.")], *, as_json: AsJson = False
) -> None:
    """Stop one server and start it again, a service on its newest schema; return when it is ready."""
    where = home()
    before = _server(where, name)
    system = System.as_it_is(StackSettings(), where)
    system.migrate_one(name)  # a new version may have come; where this fails the old one works on
    control.ask_once(where, {"do": "restart", "name": name})
    deadline = time.monotonic() + STOP_S
    while True:
        now = _server(where, name)
        if now["ready"] and now["pid"] != before["pid"]:
            break
        if now["restarts"] > before["restarts"] and now["state"] == State.CRASHED:
            raise ServerFailed(f"{name} {now['detail']}", now["first_aid"])
        if time.monotonic() > deadline:
            raise ServerFailed(
                f"{name} was not ready again after {STOP_S:g} s", f"`arus logs {name}` says more."
            )
        time.sleep(0.1)
    people.print(f"{name} runs anew as process {now['pid']}.")
    if as_json:
        document(now)


def _server(where: Home, name: str) -> dict[str, Any]:
    servers = control.ask_once(where, {"do": "status"})["services"]
    found = next((server for server in servers if server["name"] == name), None)
    if found is None:
        raise Refused(f"there is no server {name}", f"There are {', '.join(s['name'] for s in servers)}.")
    return found


@answering
def logs(
    name: Annotated[str, typer.Argument(help="A server's name, or supervisor.")],
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help="How many lines to begin with.")] = 100,
    as_json: AsJson = False,
) -> None:
    """Show what one server said."""
    folder = home().logs
    log = folder / f"{name}.log"
    if not log.exists():
        known = ", ".join(sorted(path.stem for path in folder.glob("*.log"))) or "none yet"
        raise Refused(f"there is no log of {name}", f"There are {known}.")
    try:
        for line in _lines(log, lines, follow=follow):
            if as_json:
                document(_as_object(line))
            else:
                typer.echo(line)
    except KeyboardInterrupt:
        return


def _lines(log: Path, count: int, *, follow: bool) -> Iterator[str]:
    """Give a log's last lines, and with follow what comes later; a rotated log goes on from its start."""
    with log.open("rb") as file:
        for line in deque(file, maxlen=count):
            yield line.decode(errors="replace").rstrip("\n")
        while follow:
            if log.stat().st_size < file.tell():
                file.seek(0)
            if line := file.readline():
                yield line.decode(errors="replace").rstrip("\n")
            else:
                time.sleep(0.2)


def _as_object(line: str) -> Any:
    try:
        found = json.loads(line)
    except ValueError:
        return {"event": line}
    return found if line.startswith("{") else {"event": line}


@answering
def migrate(*, as_json: AsJson = False) -> None:
    """Bring databases, roles and schemas, and topics, users and rights to what the services expect."""
    system = System.as_it_is(StackSettings(), home())
    system.refuse_unless_postgres_answers()
    said: list[str] = []
    system.migrate(said.append)
    schemas = said[-1]
    people.print(schemas)
    system.apply_topics(said.append)
    people.print(said[-1])
    if as_json:
        document({"schemas": schemas, "topics": said[-1]})


@answering
def build_console(*, as_json: AsJson = False) -> None:
    """Build the console when its sources changed."""
    where = home()
    where.create()
    said: list[str] = []
    console.build(where.logs / "console.log", said.append)
    people.print(f"console: {said[-1]}")
    if as_json:
        document({"dist": str(console.dist()), "detail": said[-1]})


@answering
def credentials(
    folder: Annotated[
        Path | None, typer.Option("--to", help="Write FOLDER/<service>/env, for containers.")
    ] = None,
    *,
    secrets: Annotated[bool, typer.Option("--secrets", help="As Kubernetes' secrets, for kubectl.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what each service logs in with; containers and clusters are given these as secrets."""
    system = System.as_it_is(StackSettings(), home())
    if secrets:
        document(cluster.secrets(system))
        return
    found = system.credentials()
    if folder:
        for service, values in found.items():
            lines = (f"{name}={shlex.quote(value)}\n" for name, value in values.items())
            write_private(folder / service / "env", "".join(lines))
        people.print(f"Written for {', '.join(found)} to {folder}.")
    if as_json or not folder:
        document(found)


@answering
def make_certs(
    hosts: Annotated[list[str] | None, typer.Argument(help="More names or addresses to certify.")] = None,
    *,
    renew: Annotated[bool, typer.Option("--renew", help="Make new ones though the old are valid.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make (or renew) the local CA and this machine's certificate."""
    where = home()
    before = certs.fingerprint(where.tls)
    files = (certs.renew if renew else certs.ensure)(where.tls, hosts or [])
    found = {
        "ca": str(files.ca),
        "certificate": str(files.certificate),
        "key": str(files.key),
        "names": certs.names(files.certificate),
        "days_left": certs.days_left(files.certificate),
    }
    if as_json:
        document(found)
    else:
        table(("", ""), [(name, cell(value)) for name, value in found.items()])
        people.print(
            "Import the CA into your browser or device to trust this machine; keep the key to yourself."
        )
    if before != certs.fingerprint(where.tls) and running.is_running(where):
        people.print("Servers that run keep the old certificate: `arus down`, then `arus up --tls`.")


@answering
def examine(*, as_json: AsJson = False) -> None:
    """Look at this machine: what the stack needs and what to do when it is missing."""
    findings = list(doctor.examine(StackSettings()))
    if as_json:
        document({"findings": [asdict(finding) for finding in findings]})
    else:
        marks = {"ok": "✓", "note": "·", "fault": "✗"}
        table(("", "", "", ""), [(marks[f.state], f.subject, f.detail, f.first_aid) for f in findings])
    if any(finding.state == "fault" for finding in findings):
        raise typer.Exit(1)
