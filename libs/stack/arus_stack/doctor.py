"""A look at this machine: what the stack needs, what it has, and what to do about the difference."""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

import psutil

from arus_stack import certs, console, firstaid, house, ports, running, schemas
from arus_stack.address import Address
from arus_stack.errors import Refused, StackError
from arus_stack.home import Home
from arus_stack.java import java
from arus_stack.kafka import jars
from arus_stack.kafka.admin import Admin, KafkaAccess
from arus_stack.mqtt import installed_broker
from arus_stack.postgres import binaries
from arus_stack.settings import StackSettings
from arus_stack.system import GATEWAY_PORT, GRPC_PORT, MQTT_PORT
from arus_stack.unprivileged import unprivileged

FREE_MB = 1_000
MQTT_PORTS = {"mqtt": 1883, "mqtts": 8883}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. A note is worth knowing, a fault keeps the stack from starting."""

    subject: str
    state: Literal["ok", "note", "fault"]
    detail: str
    first_aid: str = ""


def examine(settings: StackSettings) -> Iterator[Finding]:
    """Give the findings one by one."""
    home = Home(settings.home)
    yield Finding(
        "machine",
        "ok",
        f"{platform.platform(terse=True)}, {os.cpu_count()} CPUs, Python {platform.python_version()}",
    )
    try:
        home.create()
    except StackError as error:
        yield Finding("home", "fault", error.problem, error.first_aid)
        return
    yield _enough(
        "memory", psutil.virtual_memory().available // 2**20, "Close something: the stack takes about 1 GB."
    )
    yield _enough(
        "disk", shutil.disk_usage(home.path).free // 2**20, "Free some space, or set ARUS_HOME elsewhere."
    )
    yield _tried("address", lambda: _address(settings))
    yield _certificates(home)
    yield _postgres(settings)
    yield from _kafka(settings)
    yield _mqtt(settings)
    yield _node()
    yield _running(home)
    yield _services()


def _enough(subject: str, free_mb: int, aid: str) -> Finding:
    if free_mb < FREE_MB:
        return Finding(subject, "fault", f"{free_mb} MB free, {FREE_MB} MB needed", aid)
    return Finding(subject, "ok", f"{free_mb} MB free")


def _postgres(settings: StackSettings) -> Finding:
    url = settings.postgres_url.get_secret_value()
    if not url:
        return _tried("postgres", lambda: _said([*unprivileged(), str(binaries() / "postgres"), "--version"]))

    def able() -> str:
        exists = schemas.refuse_unless_able(url)
        return (
            f"the server of ARUS_POSTGRES_URL is fit; its database {'is there' if exists else 'will be made'}"
        )

    return _tried("postgres", able)


def _kafka(settings: StackSettings) -> Iterator[Finding]:
    if url := settings.kafka_url.get_secret_value():

        def able() -> str:
            admin = Admin(KafkaAccess.from_url(url))
            admin.refuse_unless_able()
            return f"the broker of ARUS_KAFKA_URL is fit; topics get {admin.replicas} copies"

        yield _tried("kafka", able)
        return
    yield _tried("java", lambda: _said([str(java()), "-version"]))
    if jars.present():
        yield Finding("kafka jars", "ok", f"{len(jars.pinned())} in {jars.cache_folder()}")
    else:
        yield Finding("kafka jars", "note", "not fetched yet: the first start downloads about 54 MB")


def _mqtt(settings: StackSettings) -> Finding:
    if url := settings.mqtt_url.get_secret_value():
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or MQTT_PORTS.get(parts.scheme, 1883)
        if ports.answers(port, host):
            return Finding("mqtt", "ok", f"the broker of ARUS_MQTT_URL listens at {host}:{port}")
        return Finding("mqtt", "fault", f"nobody listens at {host}:{port}", "Check ARUS_MQTT_URL.")
    if installed_broker() == "mosquitto":
        return Finding("mqtt", "ok", "mosquitto")
    return Finding("mqtt", "note", "amqtt (MQTT 3.1.1 only)", "Install mosquitto for MQTT 5 and more speed.")


def _address(settings: StackSettings) -> str:
    address = Address.of(settings.host)
    address.refuse_unless_usable()
    if not address.is_loopback and not settings.tls:
        raise Refused(f"{address.host} is reachable by others", "Start with --tls, or keep to 127.0.0.1.")
    return f"serves on {address.host}, reached as {address.name}"


def _certificates(home: Home) -> Finding:
    certificate, key = home.tls / "server.pem", home.tls / "server.key"
    if not certificate.exists():
        return Finding("certificates", "ok", "none yet: `arus up --tls` makes them")
    if key.stat().st_mode & 0o077:
        return Finding("certificates", "fault", f"others may read {key}", "`arus certs` shuts it again.")
    days, named = certs.days_left(certificate), ", ".join(certs.names(certificate))
    if days < certs.RENEW_DAYS:
        return Finding("certificates", "note", f"end in {days} days", "The next `arus up --tls` renews them.")
    return Finding("certificates", "ok", f"for {named}; {days} days left")


def _node() -> Finding:
    def version() -> str:
        env = console.environment()
        return "node " + _said([shutil.which("node", path=env.get("PATH")) or "node", "--version"])

    return _tried("console", version)


def _running(home: Home) -> Finding:
    if running.is_running(home):
        return Finding("stack", "ok", f"runs, home {home.path}")
    if home.state.exists():
        return Finding("stack", "note", "was interrupted: servers may be left over", "`arus down` ends them.")
    wanted = {"gateway": GATEWAY_PORT, "gRPC": GRPC_PORT, "MQTT": MQTT_PORT}
    taken = [f"{port} ({name})" for name, port in wanted.items() if not ports.is_free(port)]
    if taken:
        aid = "The next free ones will be used; `arus status` shows them."
        return Finding("stack", "note", f"does not run; taken ports: {', '.join(taken)}", aid)
    return Finding("stack", "ok", f"does not run, home {home.path}")


def _services() -> Finding:
    missing = [source.name for source in house.sources() if not source.runs]
    if missing:
        return Finding("services", "note", f"without an entry point: {', '.join(missing)}")
    return Finding("services", "ok", ", ".join(source.name for source in house.sources()))


def _tried(subject: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(subject, "ok", look())
    except StackError as error:
        return Finding(subject, "fault", error.problem, error.first_aid)
    except (OSError, subprocess.SubprocessError) as error:
        return Finding(
            subject, "fault", str(error), firstaid.sentence(str(error)) or f"Run `{sys.argv[0]} up` for more."
        )


def _said(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=20)  # noqa: S603
    return (done.stdout or done.stderr).splitlines()[0].strip()
