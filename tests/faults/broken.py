"""Runs tests on a package with one line changed: a copy that stands before the real one on the path."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from .mutations import Mutation
from .page import PAGE

ROOT = Path(__file__).parents[2]
LEFT_OUT = {PAGE, "CI", "PYTEST_ADDOPTS"}
"""A broken run is no result for the page, and pytest in CI would draw each of thousands of wrong rows."""


def run_on(
    mutation: Mutation, folder: Path, env: Mapping[str, str], *, test_s: int, timeout_s: int
) -> subprocess.CompletedProcess[str]:
    """Run a mutation's tests in a process of their own; raises TimeoutExpired when they do not end."""
    package = find_spec(mutation.package)
    assert package is not None
    original = Path(package.origin or "").parent
    copy = shutil.copytree(original, folder / original.name, ignore=shutil.ignore_patterns("__pycache__"))
    source = (copy / mutation.file).read_text(encoding="utf-8")
    assert source.count(mutation.old) == 1, f"{mutation.file} no longer holds the line once: {mutation.old}"
    (copy / mutation.file).write_text(source.replace(mutation.old, mutation.new), encoding="utf-8")

    command = [sys.executable, "-m", "pytest", mutation.suite, "-q", "-x", "-k", mutation.tests]
    command += ["-p", "no:cacheprovider", "--timeout", f"{test_s}", "--tb=line", "--show-capture=no"]
    ours = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**ours, **env, "PYTHONPATH": f"{folder}"},
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )
