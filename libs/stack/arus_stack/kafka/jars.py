"""The broker's jars: fetched once per user, checked against pinned hashes, shared by every ARUS_HOME."""

import hashlib
import logging
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import platformdirs
from filelock import FileLock

from arus_stack import firstaid
from arus_stack.errors import DownloadFailed, IntegrityFailed
from arus_stack.java import bundled

log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Jar:
    """One pinned artifact."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def file_name(self) -> str:
        """Return the jar's usual name; group is left out, as Kafka's own distribution does."""
        return f"{self.artifact}-{self.version}.jar"


def pinned() -> tuple[Jar, ...]:
    """Return the committed list, in file order."""
    return listed(resources.files("arus_stack.kafka").joinpath("coordinates.txt").read_text(encoding="utf-8"))


def listed(text: str) -> tuple[Jar, ...]:
    """Return the jars of a list: one a line, group:artifact:version, then its sha256; # begins a comment."""
    rows = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return tuple(Jar(*coordinate.split(":"), sha256=digest) for coordinate, digest in rows)


def cache_folder() -> Path:
    """Return the folder shared by all stacks of this user (ARUS_CACHE overrides it)."""
    return Path(os.environ.get("ARUS_CACHE") or platformdirs.user_cache_dir("arus"))


def ensure(progress: Progress | None = None, jars: Sequence[Jar] = ()) -> Path:
    """Return a folder that holds exactly the given jars (default: the broker's), fetching what is missing.

    Safe to call from several processes at once: one fetches, the others wait. A folder is complete once
    its name exists, because it is renamed into place only after every hash was checked.
    """
    jars = jars or pinned()
    folder = _folder(jars)
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        if not folder.is_dir():
            staging = Path(tempfile.mkdtemp(prefix="kafka-jars-", dir=folder.parent))
            try:
                _fetch(jars, staging, progress or _quietly)
                staging.rename(folder)
            finally:
                shutil.rmtree(staging, ignore_errors=True)
    return folder


def _quietly(_done: int, _total: int) -> None:
    """Say nothing."""


def present() -> bool:
    """Tell whether the broker's jars are here already."""
    return _folder(pinned()).is_dir()


def archive() -> Path | None:
    """Return where ``archive`` keeps the classes that these jars and this Java load; None: nowhere."""
    wheel = bundled()
    return None if wheel is None else Path(f"{_folder(pinned())}-java-{wheel}.aot")


def _folder(jars: Sequence[Jar]) -> Path:
    label = hashlib.sha256("".join(jar.sha256 for jar in jars).encode()).hexdigest()[:12]
    return cache_folder() / f"kafka-jars-{label}"


def _fetch(jars: Sequence[Jar], folder: Path, progress: Progress) -> None:
    from jgo.config import GlobalSettings  # noqa: PLC0415 - slow, and only needed once per machine
    from jgo.maven import MavenContext  # noqa: PLC0415

    if authorities := os.environ.get("SSL_CERT_FILE"):  # what uv, Python and curl heed; requests has its own
        os.environ.setdefault("REQUESTS_CA_BUNDLE", authorities)
    done = 0
    settings = GlobalSettings.load()  # a site's own mirror, if its people configured one
    context = MavenContext(remote_repos=settings.repositories or None, timeout=60)

    def one(jar: Jar) -> None:
        component = context.project(jar.group, jar.artifact).at_version(jar.version)
        _place(jar, Path(component.artifact().resolve()), folder)

    try:
        with ThreadPoolExecutor(8) as pool:
            for _ in pool.map(one, jars):
                done += 1
                progress(done, len(jars))
    except IntegrityFailed:
        raise
    except Exception as error:
        maven = shutil.which("mvn")
        if maven is None:
            raise DownloadFailed(
                f"the {len(jars)} Kafka jars could not be fetched: {error}",
                firstaid.sentence(str(error)) or "Install Maven if it is set up for this site's mirror.",
            ) from error
        log.info("fetching the jars with Maven instead: %s", error)
        _fetch_with_maven(maven, jars, folder)
        progress(len(jars), len(jars))


def _fetch_with_maven(maven: str, jars: Sequence[Jar], folder: Path) -> None:
    """Let Maven copy the jars: it knows mirrors and credentials of a site's settings.xml."""
    dependencies = "".join(
        f"<dependency><groupId>{jar.group}</groupId><artifactId>{jar.artifact}</artifactId>"
        f"<version>{jar.version}</version><exclusions><exclusion><groupId>*</groupId>"
        "<artifactId>*</artifactId></exclusion></exclusions></dependency>"
        for jar in jars
    )
    with tempfile.TemporaryDirectory() as place:
        pom = Path(place, "pom.xml")
        pom.write_text(
            '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
            "<groupId>arus</groupId><artifactId>kafka-jars</artifactId><version>1</version>"
            f"<dependencies>{dependencies}</dependencies></project>",
            encoding="utf-8",
        )
        copied = Path(place, "jars")
        done = subprocess.run(  # noqa: S603 - the user's own Maven, found on PATH
            [
                maven, "-q", "-B", "-f", str(pom),
                "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies",
                f"-DoutputDirectory={copied}",
            ],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise DownloadFailed(
                f"Maven could not fetch the Kafka jars: {done.stdout[-400:].strip()}",
                "Check the network and Maven's settings.xml, then start again.",
            )
        for jar in jars:
            _place(jar, copied / jar.file_name, folder)


def _place(jar: Jar, source: Path, folder: Path) -> None:
    content = source.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest != jar.sha256:
        raise IntegrityFailed(
            f"{jar.group}:{jar.artifact}:{jar.version} has sha256 {digest}, expected {jar.sha256}",
            f"Delete {source} and start again; if it returns, do not trust the repository it came from.",
        )
    (folder / jar.file_name).write_bytes(content)
