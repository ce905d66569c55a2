"""What a backup says of itself: its last file, so that a backup without one is none."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TypedDict

from arus_stack.backups.database import Sum
from arus_stack.backups.log import Place, TopicSum
from arus_stack.errors import Refused
from arus_stack.home import write_private

FILE = "arus-backup.json"
FORMAT = 1
DATABASE, LOG, HOME = "database", "log", "home"
"""Folders of a backup."""


class FileSum(TypedDict):
    """What a file is known by."""

    bytes: int
    sha256: str


def summed(file: Path) -> FileSum | None:
    """Return what a file is known by; None where there is none."""
    try:
        with file.open("rb") as held:
            digest = hashlib.file_digest(held, "sha256").hexdigest()
            return {"bytes": held.tell(), "sha256": digest}
    except (FileNotFoundError, IsADirectoryError):
        return None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is in a backup.

    at: the moment it shows, RFC 3339; server_version: PostgreSQL's number. readers: users of data teams, who
    are granted their rights again since only they have their passwords. files: those of its home. missing:
    what every installation has and this one did not. sums: of every file in it, by its place; none in an
    older backup.
    """

    at: str
    server_version: int
    services: list[str]
    tables: dict[str, Sum]
    topics: dict[str, TopicSum]
    groups: dict[str, list[Place]]
    readers: list[str]
    files: list[str]
    missing: list[str] = field(default_factory=list[str])
    sums: dict[str, FileSum] = field(default_factory=dict[str, FileSum])
    format: int = FORMAT

    @property
    def rows(self) -> int:
        """Return how many rows there are."""
        return sum(table["rows"] for table in self.tables.values())

    @property
    def records(self) -> int:
        """Return how many records of the log there are."""
        return sum(part["records"] for topic in self.topics.values() for part in topic["partitions"].values())

    def damaged(self, folder: Path) -> list[str]:
        """Return which files of a backup are not there, or not what they were."""
        wanted = {f"{HOME}/{name}": None for name in self.files} | self.sums
        return [
            name
            for name, sums in sorted(wanted.items())
            if (found := summed(folder / name)) is None or (sums is not None and found != sums)
        ]

    def write(self, folder: Path) -> None:
        """Make the folder a backup."""
        write_private(folder / FILE, json.dumps(asdict(self), indent=1) + "\n")

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Read a backup's manifest; raises Refused when the folder holds no whole backup, or one of later."""
        try:
            found = json.loads((folder / FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise Refused(
                f"{folder} holds no whole backup: {FILE} is missing or damaged",
                "Give the folder that `arus backup` wrote; one that was interrupted has no such file.",
            ) from None
        if found.get("format") != FORMAT:
            raise Refused(
                f"{folder} has format {found.get('format')}, and {FORMAT} is what this version reads",
                "Restore it with the version of Arus that wrote it, then upgrade.",
            )
        return cls(**found)
