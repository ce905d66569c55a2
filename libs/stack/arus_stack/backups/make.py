"""Take a backup while everything runs: first the database, then the log up to what the database knows."""

import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from arus_runtime.catalogue import topics

from arus_stack import house
from arus_stack.backups import database, log
from arus_stack.backups.manifest import DATABASE, HOME, LOG, FileSum, Manifest, summed
from arus_stack.errors import NotRunning, Refused, ServerFailed
from arus_stack.home import Home
from arus_stack.kafka import rights
from arus_stack.kafka.admin import Admin, settings_of
from arus_stack.parts import Report
from arus_stack.postgres import is_ready
from arus_stack.settings import dotenv
from arus_stack.system import System

ALWAYS = ("secrets.json", "signing-key.pem")
"""What every installation has once it has started."""


def make(system: System, folder: Path, report: Report) -> Manifest:
    """Write a backup of a running system into a folder that is empty or absent; return what it holds."""
    _refuse_unless_possible(system, folder)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    services = [source.name for source in house.sources() if source.migrates]
    report("database")
    with database.snapshot(system.postgres_url) as (connection, seen_as):
        refuse_without(database.keeps_files(connection), system.home, {**dotenv(), **os.environ})
        at = datetime.now(UTC)
        dumping = database.dump(system.postgres_url, seen_as, folder / DATABASE)
        cut = database.cut(connection, services)
        tables = database.sums(connection, services)
        database.finish(dumping)
    admin = Admin(system.kafka_access)
    groups = log.groups(system.kafka_access)
    kept: dict[str, log.TopicSum] = {}
    for name, (_, settings) in settings_of(topics()).items():
        report(name)
        partitions = log.copy(system.kafka_access, name, cut, folder / LOG)
        kept[name] = {"settings": settings, "partitions": partitions}
    report("secrets")
    files = [str(place) for place in copied(system.home, folder / HOME)]
    report("sums")
    found = Manifest(
        at=at.isoformat(timespec="milliseconds"),
        server_version=database.server_version(system.postgres_url),
        services=services,
        tables=tables,
        topics=kept,
        groups=groups,
        readers=sorted(admin.users_with_rights() - rights.services(topics())),
        files=files,
        missing=[name for name in ALWAYS if name not in files],
        sums=sums_of(folder),
    )
    found.write(folder)
    return found


def _refuse_unless_possible(system: System, folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise Refused(f"{folder} is not empty", "Give a folder of its own to every backup.")
    if not is_ready(system.postgres_url) or not system.kafka_access.answers():
        raise NotRunning(
            "PostgreSQL or Kafka does not answer", "`arus up` starts them: a backup is taken while they run."
        )


def refuse_without(known: Collection[str], home: Home, told: Mapping[str, str]) -> None:
    """Raise Refused where the database knows of files that this backup could not hold."""
    if told.get("ARUS_FILES_URL"):
        return
    kept = [one.path / "files" for one in (home, *home.parts)]
    if lost := sorted(folder for folder in known if not any((files / folder).is_dir() for files in kept)):
        raise Refused(
            f"people sent files, and there are none of {', '.join(lost)} in {' or '.join(map(str, kept))}",
            "Run it where the services keep files, or mount their folders below ARUS_HOME/parts; if a bucket"
            " has them, say so by ARUS_FILES_URL.",
        )


def copied(home: Home, target: Path) -> Iterator[Path]:
    """Copy what an installation cannot make again, and give each file's place below its home."""
    target.mkdir(mode=0o700)
    for one in (home, *home.parts):
        for place in one.irreplaceable:
            if (target / place).exists():
                continue
            try:
                shutil.copy2(one.path / place, _made(target / place))
            except FileNotFoundError:
                continue  # there is no TLS, or no gateway has started here yet
            except OSError as error:
                raise ServerFailed(f"{one.path / place} could not be copied: {error}") from error
            yield place


def sums_of(folder: Path) -> dict[str, FileSum]:
    """Return what each file below a folder is known by."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): sums for path in files if (sums := summed(path))}


def _made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path
