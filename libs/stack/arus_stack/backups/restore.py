"""Bring a backup back into an empty place: embedded servers that do not exist yet, or empty ones."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from arus_runtime.catalogue import topics

from arus_stack import schemas
from arus_stack.backups import database, log
from arus_stack.backups.database import Sum
from arus_stack.backups.manifest import DATABASE, HOME, LOG, Manifest, summed
from arus_stack.backups.topic_file import PartitionSum
from arus_stack.errors import Refused
from arus_stack.home import Home
from arus_stack.kafka.admin import Admin
from arus_stack.parts import Part, Report, Step
from arus_stack.system import System

SECRETS = "secrets.json"
GROUND = ("postgres", "kafka jars", "kafka")
AS_WRITTEN = {
    "message.timestamp.type": "CreateTime",
    "message.timestamp.after.max.ms": str(2**63 - 1),
    "retention.ms": "-1",
}
"""What lets records come back with the times they had, however old, and be compared.

After that the broker stamps them by its own clock, and lets go of those that are too old.
"""


@dataclass(slots=True)
class Restoring:
    """A restore under way: starting its parts is all there is to it.

    differences: parts that are not as the backup says, when it was asked to compare.
    """

    folder: Path
    manifest: Manifest
    system: System
    differences: list[str] = field(default_factory=list[str])

    def parts(self, *, verify: bool) -> Sequence[Part]:
        """Return the servers to write into, and the steps of the restore."""
        ground = [part for part in self.system.parts() if part.name in GROUND]
        names = {part.name for part in ground}
        steps = [
            Step("database", self._database, after=("postgres",)),
            Step("log", self._log, after=("kafka",)),
        ]
        if verify:
            steps.append(Step("comparison", self._compare, after=("database", "log")))
        steps.append(Step("topics", self._topics, after=(steps[-1].name,)))
        known = names | {step.name for step in steps}
        return [
            *ground,
            *(Step(s.name, s.does, tuple(name for name in s.after if name in known)) for s in steps),
        ]

    def _database(self, report: Report) -> None:
        url, services = self.system.postgres_url, self.manifest.services
        database.refuse_unless_empty(url, services)
        schemas.create_database(url)
        report("roles")
        schemas.provision(url, services, self.system.database_password)
        report(f"{self.manifest.rows:,} rows")
        database.load(url, self.folder / DATABASE, services)
        schemas.provision(url, services, self.system.database_password)
        report(f"{self.manifest.rows:,} rows are back")

    def _log(self, report: Report) -> None:
        access, kept = self.system.kafka_access, self.manifest.topics
        admin = Admin(access)
        admin.refuse_unless_able()
        if held := sorted(admin.topic_names() & set(kept)):
            raise Refused(
                f"Kafka has these topics already: {', '.join(held[:3])}{' …' if held[3:] else ''}",
                "Restore into an empty broker; records written beside others would not stand where they did.",
            )
        admin.create_topics(
            {name: (len(topic["partitions"]), topic["settings"] | AS_WRITTEN) for name, topic in kept.items()}
        )
        for name, topic in kept.items():
            report(name)
            log.write(access, self.folder / LOG / f"{name}.gz", topic["partitions"])
        log.set_groups(access, self.manifest.groups, self._partitions)
        report(f"{self.manifest.records:,} records are back")

    @property
    def _partitions(self) -> dict[str, log.Partitions]:
        return {name: topic["partitions"] for name, topic in self.manifest.topics.items()}

    def _topics(self, report: Report) -> None:
        self.system.apply_topics(report)
        report(f"{len(topics())} topics are current")

    def _compare(self, report: Report) -> None:
        report("rows")
        with database.snapshot(self.system.postgres_url) as (connection, _):
            tables = database.sums(connection, self.manifest.services)
        self.differences += _differing("table", self.manifest.tables, tables)
        report("records")
        for name, topic in self.manifest.topics.items():
            found = log.summed(self.system.kafka_access, name, topic["partitions"])
            self.differences += _differing(name, topic["partitions"], found)
        report("groups")
        wanted = log.fitting(self.manifest.groups, self._partitions)
        found = log.groups(self.system.kafka_access)
        self.differences += [
            f"group {name}"
            for name, places in wanted.items()
            if _ordered(places) != _ordered(found.get(name))
        ]
        report("files")
        self.differences += [f"file {name}" for name in self._changed_files()]
        report("all is as it was" if not self.differences else f"{len(self.differences)} differences")

    def _changed_files(self) -> list[str]:
        """Return which files of the home are not the backup's; the servers add passwords to their own."""
        home, sums = self.system.home.path, self.manifest.sums
        return [
            name
            for name in self.manifest.files
            if (wanted := sums.get(f"{HOME}/{name}")) and name != SECRETS and summed(home / name) != wanted
        ]


def prepare(folder: Path, home: Home) -> Manifest:
    """Put the secrets of a backup into an ARUS_HOME that holds nothing yet; return what else there is."""
    manifest = Manifest.read(folder)
    if held := [name for name in ("secrets.json", "postgres", "kafka") if (home.path / name).exists()]:
        raise Refused(
            f"{home.path} holds an installation already: {', '.join(held)}",
            "Move it aside, or set ARUS_HOME to a new folder: nothing is overwritten.",
        )
    if damaged := manifest.damaged(folder):
        raise Refused(
            f"{folder} is damaged: {', '.join(damaged[:5])}{' …' if damaged[5:] else ''}",
            "These files are missing or not as they were written: restore another backup.",
        )
    home.create()
    for name in manifest.files:
        target = home.path / name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copy2(folder / HOME / name, target)
    return manifest


def _ordered(places: Sequence[log.Place] | None) -> list[tuple[str, int, int]]:
    return sorted((place["topic"], place["partition"], place["offset"]) for place in places or ())


def _differing(
    what: str, wanted: Mapping[str, Sum | PartitionSum], found: Mapping[str, Sum | PartitionSum]
) -> list[str]:
    names = sorted({*wanted, *found})
    return [f"{what} {name}" for name in names if wanted.get(name) != found.get(name)]
