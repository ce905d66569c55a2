"""The console, built from web/ when its sources changed since the last build."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from filelock import FileLock

from arus_stack import firstaid, house
from arus_stack.errors import ServerFailed
from arus_stack.kafka.jars import cache_folder
from arus_stack.parts import Report

NODE_MAJOR = 24
_NOT_SOURCES = {"node_modules", "dist", "coverage", "test-results"}


def folder() -> Path:
    """Return the console's sources."""
    return house.root() / "web"


def dist() -> Path:
    """Return the folder the gateway serves under /app."""
    return folder() / "dist"


def build(log: Path, report: Report) -> None:
    """Build the console unless the last build is of these very sources. Safe in several processes at once.

    log: where npm's own words go.
    """
    web = folder()
    if not (web / "package.json").exists():
        report("there is no web/package.json: the gateway serves no console")
        return
    label = hashlib.sha256(str(web).encode()).hexdigest()[:12]
    cache_folder().mkdir(parents=True, exist_ok=True)
    with FileLock(cache_folder() / f"console-{label}.lock"):
        packages = _digest([web / "package.json", web / "package-lock.json"])
        _unless_done(web / "node_modules" / ".arus-packages", packages, lambda: _install(web, log, report))
        _unless_done(dist() / ".arus-sources", _digest(_sources(web)), lambda: _build(web, log, report))
    report("built")


def _install(web: Path, log: Path, report: Report) -> None:
    report("fetching the console's packages")
    verb = "ci" if (web / "package-lock.json").exists() else "install"
    _npm(web, log, verb, "--no-audit", "--no-fund")


def _build(web: Path, log: Path, report: Report) -> None:
    report("building the console")
    _npm(web, log, "run", "build")


def _unless_done(stamp: Path, digest: str, does: Callable[[], None]) -> None:
    if stamp.exists() and stamp.read_text(encoding="utf-8") == digest:
        return
    does()
    stamp.write_text(digest, encoding="utf-8")


def environment() -> Mapping[str, str]:
    """Return the environment in which node is new enough: the system's, or the wheel's put first."""
    system = shutil.which("node")
    if system is not None and _major(system) >= NODE_MAJOR:
        return os.environ
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def _major(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    found = re.match(r"v(\d+)", said)
    return int(found[1]) if found else 0


def _npm(web: Path, log: Path, *words: str) -> None:
    env = {**environment()}
    if authorities := os.environ.get("SSL_CERT_FILE"):
        env.setdefault("NODE_EXTRA_CA_CERTS", authorities)
    npm = shutil.which("npm", path=env.get("PATH"))
    if npm is None:
        raise ServerFailed("there is no npm", "Run `uv sync --locked`: Node comes as a wheel.")
    with log.open("ab") as output:
        began = output.tell()
        done = subprocess.run([npm, *words], cwd=web, env=env, stdout=output, stderr=output, check=False)  # noqa: S603
    if done.returncode != 0:
        aid = firstaid.sentence(firstaid.tail(log, began)) if words[0] in {"ci", "install"} else ""
        raise ServerFailed(
            f"npm {' '.join(words)} failed in web/",
            aid or "`arus logs console` shows why; ARUS_CONSOLE=false starts without.",
        )


def _sources(web: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(web):
        folders[:] = sorted(set(folders) - _NOT_SOURCES)
        yield from (Path(place, name) for name in sorted(files))


def _digest(paths: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for path in paths:
        if path.exists():
            total.update(str(path).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()
