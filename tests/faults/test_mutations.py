"""Take a guarantee's line out and the test of that guarantee must fail.

Each mutation is made in a copy of the runtime that stands before the real one on the path; the named tests
then run in a process of their own, on this session's Kafka and PostgreSQL where they need them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from arus_stack.testing import KafkaServer, PostgresServer

from .mutations import HEART, LANES, LOG, MUTATIONS, RELAY, Mutation

pytestmark = [pytest.mark.faults, pytest.mark.integration, pytest.mark.mutations]
ROOT = Path(__file__).parents[2]
TIMEOUT_S = 120


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.promise.replace(" ", "_"))
def test_the_suite_notices_when_it_is_not_so_that(
    mutation: Mutation, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    env = {**os.environ, "PYTHONPATH": str(tmp_path)}
    if mutation.is_real:
        postgres: PostgresServer = request.getfixturevalue("postgres")
        env["ARUS_TEST_POSTGRES_URL"] = postgres.url
    if mutation.is_real and mutation.suite in {HEART, LANES, RELAY, LOG}:
        kafka: KafkaServer = request.getfixturevalue("kafka")
        env["ARUS_TEST_KAFKA_URL"] = kafka.access.url
    package = find_spec(mutation.package)
    assert package is not None
    original = Path(package.origin or "").parent
    copy = shutil.copytree(original, tmp_path / original.name, ignore=shutil.ignore_patterns("__pycache__"))
    source = (copy / mutation.file).read_text(encoding="utf-8")
    assert source.count(mutation.old) == 1, f"{mutation.file} no longer holds the line once: {mutation.old}"
    (copy / mutation.file).write_text(source.replace(mutation.old, mutation.new), encoding="utf-8")

    command = [sys.executable, "-m", "pytest", mutation.suite, "-q", "-x", "-k", mutation.tests]
    command += ["-p", "no:cacheprovider", "--timeout", "20", "--tb=line", "--show-capture=no"]
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return  # it noticed by never ending
    assert "1 failed" in done.stdout or "Timeout" in done.stderr, (
        f"the suite did not notice:\n{done.stdout[-3000:]}{done.stderr[-1000:]}"
    )
