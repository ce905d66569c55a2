"""A look at this machine: what the stack needs, what it has, and what to do about the difference."""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import psutil

from arus_stack import console, firstaid, house, ports, running
from arus_stack.errors import StackError
from arus_stack.home import Home
from arus_stack.java import java
from arus_stack.kafka import jars
from arus_stack.kafka.admin import KafkaAccess
from arus_stack.mqtt import mosquitto
from arus_stack.postgres import binaries, is_ready
from arus_stack.settings import StackSettings
from arus_stack.system import GATEWAY_PORT
from arus_stack.unprivileged import unprivileged

FREE_MB = 1_000


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
    home.create()
    yield Finding(
        "machine",
        "ok",
        f"{platform.platform(terse=True)}, {os.cpu_count()} CPUs, Python {platform.python_version()}",
    )
    yield _enough(
        "memory", psutil.virtual_memory().available // 2**20, "Close something: the stack takes about 1 GB."
    )
    yield _enough(
        "disk", shutil.disk_usage(home.path).free // 2**20, "Free some space, or set ARUS_HOME elsewhere."
    )
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
    if url := settings.postgres_url.get_secret_value():
        if is_ready(url):
            return Finding("postgres", "ok", "the server of ARUS_POSTGRES_URL answers")
        return Finding(
            "postgres", "fault", "the server of ARUS_POSTGRES_URL does not answer", "Check address and login."
        )
    return _tried("postgres", lambda: _said([*unprivileged(), str(binaries() / "postgres"), "--version"]))


def _kafka(settings: StackSettings) -> Iterator[Finding]:
    if url := settings.kafka_url.get_secret_value():
        if KafkaAccess.from_url(url).answers():
            yield Finding("kafka", "ok", "the broker of ARUS_KAFKA_URL answers")
        else:
            yield Finding(
                "kafka", "fault", "the broker of ARUS_KAFKA_URL does not answer", "Check address and login."
            )
        return
    yield _tried("java", lambda: _said([str(java()), "-version"]))
    if jars.present():
        yield Finding("kafka jars", "ok", f"{len(jars.pinned())} in {jars.cache_folder()}")
    else:
        yield Finding("kafka jars", "note", "not fetched yet: the first start downloads about 54 MB")


def _mqtt(settings: StackSettings) -> Finding:
    if settings.mqtt_url.get_secret_value():
        return Finding("mqtt", "ok", "the broker of ARUS_MQTT_URL is used")
    if mosquitto():
        return Finding("mqtt", "ok", "mosquitto")
    return Finding("mqtt", "note", "amqtt (MQTT 3.1.1 only)", "Install mosquitto for MQTT 5 and more speed.")


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
    taken = (
        ""
        if ports.is_free(GATEWAY_PORT)
        else f"; port {GATEWAY_PORT} is taken, the next free one will be used"
    )
    return Finding("stack", "ok", f"does not run, home {home.path}{taken}")


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
