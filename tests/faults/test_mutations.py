"""Take a guarantee's line out and the test of that guarantee must fail.

The named tests run in a process of their own, on this session's Kafka and PostgreSQL where they need them.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from arus_stack.testing import KafkaServer, PostgresServer

from .broken import run_on
from .mutations import MUTATIONS, Mutation
from .mutations.mutation import HEART, LANES, LOG, POSITIONS, RELAY

pytestmark = [pytest.mark.faults, pytest.mark.integration, pytest.mark.mutations]
TEST_S, TIMEOUT_S = 20, 120


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.promise.replace(" ", "_"))
def test_the_suite_notices_when_it_is_not_so_that(
    mutation: Mutation, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    env: dict[str, str] = {}
    if mutation.is_real:
        postgres: PostgresServer = request.getfixturevalue("postgres")
        env["ARUS_TEST_POSTGRES_URL"] = postgres.url
    if mutation.is_real and mutation.suite in {HEART, LANES, RELAY, LOG, POSITIONS}:
        kafka: KafkaServer = request.getfixturevalue("kafka")
        env["ARUS_TEST_KAFKA_URL"] = kafka.access.url
    try:
        done = run_on(mutation, tmp_path, env, test_s=TEST_S, timeout_s=TIMEOUT_S)
    except subprocess.TimeoutExpired:
        return  # it noticed by never ending
    assert "1 failed" in done.stdout or "Timeout" in done.stderr, (
        f"the suite did not notice:\n{done.stdout[-3000:]}{done.stderr[-1000:]}"
    )
