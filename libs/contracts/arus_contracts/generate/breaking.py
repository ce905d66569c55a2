"""Fail when protos/ breaks a reader of main's contracts (buf breaking).

Works in a clone that has only origin/main, in a worktree, and on the first commit, where nothing can break.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from arus_contracts.generate.paths import ROOT


def breaks(repository: Path) -> bool:
    """Say whether protos/ breaks the newest one on main; raise outside a git repository."""
    git(repository, "rev-parse", "--git-dir").check_returncode()
    earlier = base(repository)
    if earlier is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "main.tar"
        archive.write_bytes(git(repository, "archive", "--format=tar", f"{earlier}:protos").stdout)
        buf = Path(sys.executable).parent / "buf"
        command = [buf, "breaking", repository / "protos", "--against", archive]
        return subprocess.run(command, check=False).returncode != 0  # noqa: S603 our own files and tool


def base(repository: Path) -> str | None:
    """Return the ref of main that holds contracts, or None."""
    for ref in ("origin/main", "main"):
        if git(repository, "cat-file", "-e", f"{ref}:protos/buf.yaml").returncode == 0:
            return ref
    return None


def git(repository: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = ["git", "-C", str(repository), *arguments]
    return subprocess.run(command, capture_output=True, check=False)  # noqa: S603 our own repository


if __name__ == "__main__":
    sys.exit(breaks(ROOT))
