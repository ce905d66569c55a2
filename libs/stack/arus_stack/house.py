"""The services of this checkout: which there are, and where their migrations are."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ServiceSource:
    """One service's folder."""

    name: str
    folder: Path

    @property
    def module(self) -> str:
        """Return the name `python -m` runs."""
        return f"arus_{self.name}"

    @property
    def migrations(self) -> Path:
        """Return the folder alembic reads."""
        return self.folder / "migrations"

    @property
    def runs(self) -> bool:
        """Tell whether the service has an entry point."""
        return (self.folder / self.module / "__main__.py").exists()

    @property
    def migrates(self) -> bool:
        """Tell whether the service has a schema of its own."""
        return (self.migrations / "env.py").exists()


@cache
def root() -> Path:
    """Return the checkout (ARUS_ROOT overrides it)."""
    return Path(os.environ.get("ARUS_ROOT") or Path(__file__).resolve().parents[3])


def sources() -> Sequence[ServiceSource]:
    """Return every service, in the order they start: the gateway last, since it stands before the others."""
    found = [
        ServiceSource(folder.name, folder)
        for folder in sorted((root() / "services").iterdir())
        if (folder / f"arus_{folder.name}").is_dir()
    ]
    return sorted(found, key=lambda service: (service.name == "gateway", service.name))
