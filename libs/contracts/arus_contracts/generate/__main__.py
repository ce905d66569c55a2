"""Derive everything that follows from protos/, or with --check say which committed file no longer does.

Run as `python -m arus_contracts.generate`. Writes the Python contracts, the catalogue's copies beside them,
the AsyncAPI document and the flow diagram.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from arus_contracts.generate import asyncapi, flow, stubs
from arus_contracts.generate.catalogue import read_topics
from arus_contracts.generate.descriptors import Descriptors
from arus_contracts.generate.paths import CONTRACTS, PROTOS, ROOT

STUBS = CONTRACTS / "arus"
COPIED = ("permissions.yaml", "reasons.yaml", "topics.yaml")


def derived() -> dict[Path, str]:
    """Return the text of every derived file by its path in the repository."""
    topics = read_topics()
    with tempfile.TemporaryDirectory() as folder:
        files = {STUBS / path: text for path, text in stubs.generate(Path(folder)).items()}
        descriptors = Descriptors(stubs.describe(Path(folder)))
    package = CONTRACTS / "arus_contracts"
    files |= {package / name: (PROTOS / name).read_text("utf-8") for name in COPIED}
    files[ROOT / "docs/asyncapi.yaml"] = asyncapi.render(topics, descriptors)
    files[ROOT / "docs/flow.md"] = flow.render(topics)
    return files


def differences(files: dict[Path, str]) -> list[str]:
    """Return one line per committed file that differs from what would be derived."""
    lines = [
        f"{path.relative_to(ROOT)}: {'out of date' if path.exists() else 'missing'}"
        for path, text in files.items()
        if not path.exists() or path.read_text("utf-8") != text
    ]
    return sorted(lines + [f"{path.relative_to(ROOT)}: nothing generates it" for path in strays(files)])


def strays(files: dict[Path, str]) -> list[Path]:
    """Return generated modules whose .proto is gone."""
    return [path for path in STUBS.rglob("*.py*") if "__pycache__" not in path.parts and path not in files]


def write(files: dict[Path, str]) -> None:
    for path in strays(files):
        path.unlink()
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description="Derive everything that follows from protos/.")
    parser.add_argument(
        "--check", action="store_true", help="change nothing; fail when something is out of date"
    )
    checks = parser.parse_args().check
    files = derived()
    if not checks:
        write(files)
        return 0
    wrong = differences(files)
    if wrong:
        sys.stderr.write("\n".join([*wrong, "run: make protos", ""]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
