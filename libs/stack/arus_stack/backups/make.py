"""Take a backup while everything runs: first the database, then the log up to what the database knows."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from arus_runtime.catalogue import topics

from arus_stack import house
from arus_stack.backups import database, log
from arus_stack.backups.manifest import DATABASE, HOME, LOG, Manifest
from arus_stack.errors import NotRunning, Refused, ServerFailed
from arus_stack.home import Home
from arus_stack.kafka import rights
from arus_stack.kafka.admin import Admin, settings_of
from arus_stack.parts import Report
from arus_stack.postgres import is_ready
from arus_stack.system import System


def make(system: System, folder: Path, report: Report) -> Manifest:
    """Write a backup of a running system into a folder that is empty or absent; return what it holds."""
    _refuse_unless_possible(system, folder)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    services = [source.name for source in house.sources() if source.migrates]
    report("database")
    with database.snapshot(system.postgres_url) as (connection, seen_as):
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
    found = Manifest(
        at=at.isoformat(timespec="milliseconds"),
        server_version=database.server_version(system.postgres_url),
        services=services,
        tables=tables,
        topics=kept,
        groups=groups,
        readers=sorted(admin.users_with_rights() - rights.services(topics())),
        files=[str(path) for path in _copied(system.home, folder / HOME)],
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


def _copied(home: Home, target: Path) -> Iterator[Path]:
    """Copy what an installation cannot make again, and give each file's place below its home."""
    target.mkdir(mode=0o700)
    for place in home.irreplaceable:
        try:
            shutil.copy2(home.path / place, _made(target / place))
        except FileNotFoundError:
            continue  # there is no TLS, or no gateway has started here yet
        except OSError as error:
            raise ServerFailed(f"{home.path / place} could not be copied: {error}") from error
        yield place


def _made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path
