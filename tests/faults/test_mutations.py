"""Take a guarantee's line out and the test of that guarantee must fail.

Each mutation is made in a copy of the runtime that stands before the real one on the path; the named tests
then run in a process of their own, on this session's Kafka and PostgreSQL where they need them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import arus_runtime
import pytest
from arus_stack.testing import KafkaServer, PostgresServer

pytestmark = [pytest.mark.faults, pytest.mark.integration, pytest.mark.mutations]
ROOT = Path(__file__).parents[2]
SUITE = "libs/runtime/tests/heart/test_conformance.py"
TIMEOUT_S = 120


@dataclass(frozen=True, slots=True)
class Mutation:
    """old is replaced by new in a file of the runtime; test must notice. real: on Kafka and PostgreSQL."""

    promise: str
    file: str
    old: str
    new: str
    test: str
    real: bool = False

    @property
    def selection(self) -> str:
        """Return pytest's -k expression."""
        return f"{self.test} and {'real' if self.real else 'memory'}"


MUTATIONS = [
    Mutation(
        "the fence compares the epoch",
        "store.py", "  and p.epoch = v.epoch and p.next_offset = v.start", "  and p.next_offset = v.start",
        "overtaken", real=True,
    ),
    Mutation(
        "the fence compares the offset",
        "store.py", "  and p.epoch = v.epoch and p.next_offset = v.start", "  and p.epoch = v.epoch",
        "overtaken", real=True,
    ),
    Mutation(
        "a fenced batch is refused",
        "store.py", "if cursor.rowcount != len(parts):", "if False:",
        "overtaken", real=True,
    ),
    Mutation(
        "the offset stands in the batch's transaction",
        "store.py", "            self._advance(cursor, parts)\n", "",
        "after_a_restart", real=True,
    ),
    Mutation(
        "states are saved with the batch",
        "store.py", "            self._remember(cursor, parts)\n", "",
        "states_are_remembered", real=True,
    ),
    Mutation(
        "what was current is superseded",
        "store.py", "            if superseded:\n", "            if False:\n",
        "one_row_of_an_entity", real=True,
    ),
    Mutation(
        "a relay continues after its watermark",
        "lanes.py", " and (src_off, src_idx) > (coalesce(w.src_off, -1), coalesce(w.src_idx, -1))", "",
        "each_event_counts_once", real=True,
    ),
    Mutation(
        "numbers of outbox events are kept",
        "lanes.py",
        "await cursor.execute(_NUMBER, ([row[1] for row in rows], numbers), prepare=True)", "pass",
        "published_again", real=True,
    ),
    Mutation(
        "repeats are dropped by origin and sequence",
        "fold.py", "            if -1 < sequence <= ", "            if False and sequence <= ",
        "a_repeat_is_dropped",
    ),
    Mutation(
        "origins are kept with the batch",
        "memory.py", "database.seen.setdefault((name, part.at), {}).update(part.seen)", "pass",
        "repeats_are_known",
    ),
    Mutation(
        "a rejected record is parked",
        "fold.py", "done.outgoing.append(dlq.parked(record, self.name, tenant, reason, detail))", "pass",
        "a_rejected_record",
    ),
    Mutation(
        "a bad deploy stops the partition",
        "fold.py", ">= BAD_DEPLOY_TENANTS", "< 0",
        "a_bad_deploy",
    ),
    Mutation(
        "Later holds the records behind it",
        "fold.py", "                    done.hold = Hold(record.offset, error)\n                    break\n",
        "                    continue\n",
        "later_keeps_the_order",
    ),
    Mutation(
        "an error of ours is tried again twice",
        "engine.py", "RETRIES = 2", "RETRIES = 0",
        "an_error_of_ours",
    ),
    Mutation(
        "a partition at fault is found by committing alone",
        "engine.py", "if self._doubted else [polled]", "if False else [polled]",
        "refuses_stops",
    ),
    Mutation(
        "a page that changed is saved",
        "engine.py", "states += [(key, name, state.dump_page(page))", "[(key, name, state.dump_page(page))",
        "pages_are_loaded",
    ),
    Mutation(
        "a conclusion that fails is drawn after each event",
        "fold.py", "origin, careful | {failed}))", "origin, careful))",
        "a_conclusion_that_fails",
    ),
]  # fmt: skip


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.promise.replace(" ", "_"))
def test_the_suite_notices_when_it_is_not_so_that(
    mutation: Mutation, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    env = {**os.environ, "PYTHONPATH": str(tmp_path)}
    if mutation.real:
        kafka: KafkaServer = request.getfixturevalue("kafka")
        postgres: PostgresServer = request.getfixturevalue("postgres")
        env |= {"ARUS_TEST_KAFKA_URL": kafka.access.url, "ARUS_TEST_POSTGRES_URL": postgres.url}
    original = Path(arus_runtime.__file__).parent
    copy = shutil.copytree(original, tmp_path / "arus_runtime", ignore=shutil.ignore_patterns("__pycache__"))
    source = (copy / mutation.file).read_text(encoding="utf-8")
    assert source.count(mutation.old) == 1, f"{mutation.file} no longer holds the line once: {mutation.old}"
    (copy / mutation.file).write_text(source.replace(mutation.old, mutation.new), encoding="utf-8")

    command = [sys.executable, "-m", "pytest", SUITE, "-q", "-x", "-k", mutation.selection]
    command += ["-p", "no:cacheprovider", "--timeout", "20", "--tb=line", "--show-capture=no"]
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return  # it noticed by never ending
    assert done.returncode == 1, f"the suite did not notice:\n{done.stdout[-3000:]}"
