"""ARUS_HOME: the folder where the local stack keeps everything it must remember."""

import json
import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arus_stack import ports


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

    def create(self) -> None:
        """Create the folders; only their owner may look inside."""
        for folder in (self.path, self.logs, self.run):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)


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
        found = {**self.all(), name: value}
        write_private(self.path, json.dumps({k: v for k, v in found.items() if v is not None}, indent=1))

    def secret(self, name: str) -> str:
        """Return the secret of this name, making one up the first time."""
        found = self.all().get(name)
        if found is None:
            found = secrets.token_urlsafe(24)
            self.put(name, found)
        return str(found)

    def free_port(self, name: str, first: int = 0) -> int:
        """Return the port remembered for name while it is free, else the next from first upwards (0: any)."""
        known = self.all()
        taken = {port for other, port in known.items() if other != name}
        port = known.get(name)
        if port is None or not ports.is_free(port):
            port = ports.next_free_port(first, taken) if first else ports.free_port(taken)
            self.put(name, port)
        return int(port)

    def known_port(self, name: str, first: int = 0) -> int:
        """Return the port remembered for name, though its server may be using it now."""
        found = self.all().get(name)
        return self.free_port(name, first) if found is None else int(found)


def write_private(path: Path, text: str) -> None:
    """Write a file in one step, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, staging = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    Path(staging).replace(path)
