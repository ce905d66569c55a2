"""ARUS_HOME: the folder where the local stack keeps everything it must remember."""

import errno
import json
import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arus_stack import firstaid, ports
from arus_stack.address import LOOPBACK
from arus_stack.errors import Refused

_MOUNTED = (errno.EBUSY, errno.EROFS)
"""What is said of a file that is a mount of its own, as a secret of a cluster is."""


@dataclass(frozen=True, slots=True)
class Home:
    """Paths below one ARUS_HOME."""

    path: Path

    @property
    def logs(self) -> Path:
        """Return the folder of logs, one file a process."""
        return self.path / "logs"

    @property
    def run(self) -> Path:
        """Return the folder of what is true only while the stack runs."""
        return self.path / "run"

    @property
    def lock(self) -> Path:
        """Return the file a running supervisor holds locked."""
        return self.run / "lock"

    @property
    def state(self) -> Path:
        """Return the file with the supervisor's and its children's process ids."""
        return self.run / "state.json"

    @property
    def tls(self) -> Path:
        """Return the folder of the local CA."""
        return self.path / "tls"

    @property
    def secrets(self) -> "Remembered":
        """Return the store of passwords."""
        return Remembered(self.path / "secrets.json")

    @property
    def ports(self) -> "Remembered":
        """Return the store of ports."""
        return Remembered(self.path / "ports.json")

    @property
    def served(self) -> "Remembered":
        """Return how the stack was served when it was started last: host and tls."""
        return Remembered(self.path / "served.json")

    @property
    def parts(self) -> "list[Home]":
        """Return the homes of services that run in containers of their own, where they are mounted here."""
        return [Home(path) for path in sorted((self.path / "parts").glob("*")) if path.is_dir()]

    @property
    def irreplaceable(self) -> Iterator[Path]:
        """Give the files that cannot be made again, as paths below the home.

        Secrets, the local CA, and what people sent where no object store keeps it.
        """
        yield from (Path(name) for name in ("secrets.json", "signing-key.pem"))
        for folder in (self.tls, self.path / "files"):
            yield from (path.relative_to(self.path) for path in sorted(folder.rglob("*")) if path.is_file())

    def admin_was_shown(self) -> None:
        """Forget the first administrator's made-up password: it is shown once."""
        self.secrets.put("admin.shown", True)
        self.secrets.put("admin.password", None)

    def create(self) -> None:
        """Create the folders; only their owner may look inside. Raises Refused where that cannot be."""
        if "," in str(self.path.resolve()):
            raise Refused(
                f"there is a comma in {self.path.resolve()}, which Kafka would take for two folders",
                "Set ARUS_HOME to a folder without one.",
            )
        try:
            for folder in (self.path, self.logs, self.run):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            tempfile.TemporaryFile(dir=self.run).close()
        except OSError as error:
            raise Refused(
                f"nothing can be written to {self.path}: {error.strerror}",
                firstaid.sentence(str(error)) or "Set ARUS_HOME to a folder of your own.",
            ) from None


@dataclass(frozen=True, slots=True)
class Remembered:
    """A small JSON object on disk that only its owner can read."""

    path: Path

    def all(self) -> dict[str, Any]:
        """Return everything remembered."""
        try:
            return json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}

    def put(self, name: str, value: Any) -> None:
        """Remember a value; None forgets it."""
        self._write({**self.all(), name: value}, name)

    def must_be_kept(self, what: str) -> None:
        """Raise Refused where nothing can be remembered, before what nobody would know is changed."""
        self._write(self.all(), what)

    def _write(self, found: Mapping[str, Any], what: str) -> None:
        try:
            write_private(self.path, json.dumps({k: v for k, v in found.items() if v is not None}, indent=1))
        except OSError as error:
            if error.errno not in _MOUNTED:
                raise
            raise Refused(
                f"{self.path} was given to this container without {what}, and cannot be changed here",
                "Make the cluster's secrets again with this release: `arus credentials --secrets`.",
            ) from error

    def secret(self, name: str) -> str:
        """Return the secret of this name, making one up the first time."""
        found = self.all().get(name)
        if found is None:
            found = secrets.token_urlsafe(24)
            self.put(name, found)
        return str(found)

    def free_port(self, name: str, first: int = 0, host: str = LOOPBACK) -> int:
        """Return the port remembered for name while it is free, else the next from first upwards (0: any)."""
        known = self.all()
        taken = {port for other, port in known.items() if other != name}
        port = known.get(name)
        if port is None or not ports.is_free(port, host):
            port = ports.next_free_port(first, taken, host) if first else ports.free_port(taken, host)
            self.put(name, port)
        return int(port)

    def known_port(self, name: str, first: int = 0, host: str = LOOPBACK) -> int:
        """Return the port remembered for name, though its server may be using it now."""
        found = self.all().get(name)
        return self.free_port(name, first, host) if found is None else int(found)


def write_private(path: Path, text: str) -> None:
    """Write a file in one step, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, staging = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(staging).replace(path)
    finally:
        Path(staging).unlink(missing_ok=True)
