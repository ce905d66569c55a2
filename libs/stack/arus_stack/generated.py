"""Files that follow from the code: `python -m arus_stack.generated [--check]`.

.env.example and docs/configuration.md from the settings, each service's openapi.json from its routes, the
merged document from those; a cluster's users of the broker from the catalogue, its alerts from the rules; for
the console, which role may what.
The database's page and the contracts' files have makers of their own.
"""

import argparse
import importlib
import json
import subprocess
import sys
from pathlib import Path

from arus_runtime.auth import roles
from arus_runtime.catalogue import topics
from arus_runtime.settings import Settings
from pydantic_settings import BaseSettings

from arus_stack import house, prometheus
from arus_stack.kafka import strimzi
from arus_stack.settings import StackSettings, example, reference


def derived() -> dict[Path, str]:
    """Return the text of every derived file."""
    models = (StackSettings, Settings, *own_settings())
    files = {
        house.root() / ".env.example": example(*models),
        house.root() / "docs/configuration.md": reference(*models),
        house.root() / "deploy/k8s/components/kafka/users.yaml": strimzi.users(topics()),
        house.root() / "deploy/k8s/components/monitoring/rules.yaml": prometheus.rules(house.root()),
        house.root() / "web/src/app/permissions.json": json.dumps(roles(), indent=2) + "\n",
    }
    for source in house.sources():
        if source.runs:
            files[source.folder / "openapi.json"] = said("-m", source.module, "openapi")
    return files


def own_settings() -> list[type[BaseSettings]]:
    """Return the settings that services add to those of every service."""
    modules = [
        importlib.import_module(f"{source.module}.settings")
        for source in house.sources()
        if (source.folder / source.module / "settings.py").exists()
    ]
    return [
        kind
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, BaseSettings) and kind.__module__ == module.__name__
    ]


def said(*words: str) -> str:
    """Return what a Python program of ours writes; its complaints go to ours."""
    return subprocess.run(  # noqa: S603
        [sys.executable, *words], stdout=subprocess.PIPE, text=True, check=True, cwd=house.root()
    ).stdout


def main() -> int:
    """Write what is out of date, or with --check only say so."""
    parser = argparse.ArgumentParser(
        description="Derive .env.example and the OpenAPI documents from the code."
    )
    parser.add_argument(
        "--check", action="store_true", help="change nothing; fail when something is out of date"
    )
    checks = parser.parse_args().check
    files = derived()
    stale = [path for path, text in files.items() if not path.exists() or path.read_text("utf-8") != text]
    if checks and stale:
        names = ", ".join(str(path.relative_to(house.root())) for path in stale)
        sys.stderr.write(f"out of date: {names}; run: make openapi env-example\n")
        return 1
    for path in stale:
        path.write_text(files[path], "utf-8")
    merge = [sys.executable, "-m", "arus_gateway.openapi", *(["--check"] if checks else [])]
    return subprocess.run(merge, check=False, cwd=house.root()).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
