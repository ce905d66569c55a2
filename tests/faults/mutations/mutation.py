"""What a mutation is, and the suites that notice."""

from __future__ import annotations

from dataclasses import dataclass

ALONE = "services/ingest/tests/test_alone.py"
POOL = "libs/runtime/tests/shell/test_postgres.py"
POSITIONS = "libs/runtime/tests/heart/test_positions.py"
DESK = "services/ingest/tests/test_desk.py"
TOGETHER = "libs/runtime/tests/shell/test_together.py"
ENGINE = "libs/runtime/tests/heart/test_engine.py"
HEART = "libs/runtime/tests/heart/test_conformance.py"
SIDES = "libs/runtime/tests/heart/test_side_inputs.py"
LANES = "libs/runtime/tests/heart/test_lanes.py"
RELAY = "libs/runtime/tests/heart/test_relay.py"
LOG = "libs/runtime/tests/heart/test_log.py"
JOBS = "libs/runtime/tests/shell/test_jobs.py"
SCHEDULES = "libs/runtime/tests/shell/test_schedules.py"
OPINIONS = "services/anomaly/tests/test_opinions.py"
TELLING = "services/notify/tests/notifying/test_handlers.py"
COMMANDS = "libs/runtime/tests/shell/test_commands.py"


@dataclass(frozen=True, slots=True)
class Mutation:
    """In a package's file, old is replaced by new; the tests that -k chooses of a suite must notice."""

    promise: str
    file: str
    old: str
    new: str
    suite: str
    tests: str
    package: str = "arus_runtime"

    @property
    def is_real(self) -> bool:
        """Tell whether the tests need servers."""
        return "memory" not in self.tests
