"""Take the fence, the offset or another guarantee's line out, and a scenario must report differences.

``make faults-broken`` runs all of them; one for the fence and one for the offset run always.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from arus_stack.testing import KafkaServer, PostgresServer

from .broken import run_on
from .mutations import Mutation, scenarios

TIMEOUT_S = 240
TRIES = 3
"""A kill falls where chance wants it: in the short form now and then not once where the line was needed."""
pytestmark = [pytest.mark.faults, pytest.mark.integration, pytest.mark.timeout(TRIES * TIMEOUT_S)]


@pytest.mark.parametrize(
    "mutation",
    [
        pytest.param(
            mutation,
            id=mutation.promise.replace(" ", "_"),
            marks=() if mutation in scenarios.IN_CI else pytest.mark.mutations,
        )
        for mutation in scenarios.MUTATIONS
    ],
)
def test_a_scenario_reports_differences_without(
    mutation: Mutation,
    kafka: KafkaServer,
    postgres: PostgresServer,
    tmp_path: Path,
    say: Callable[[str], None],
) -> None:
    env = {"ARUS_TEST_POSTGRES_URL": postgres.url, "ARUS_TEST_KAFKA_URL": kafka.access.url}
    found, line = 0, ""
    for turn in range(TRIES):
        folder = tmp_path / f"{turn}"
        folder.mkdir()
        done = run_on(mutation, folder, env, test_s=TIMEOUT_S, timeout_s=TIMEOUT_S)
        said = re.search(r"^.*?(\d+) differences", done.stdout, re.MULTILINE)
        assert said is not None, f"{done.stdout[-3000:]}{done.stderr[-1000:]}"
        found, line = int(said[1]), said[0]
        if found:
            break
    say(line)
    assert found > 0
