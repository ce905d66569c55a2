"""The door and the books are killed in the middle of imports: each goes on, and no row comes in twice."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from arus_stack import importing
from arus_stack.demo.rest import Api
from arus_stack.strangers import PASSWORD, Stranger
from arus_stack.testing import RunningStack

from .imports import back, done, ignored, kill, pid_of, unseen, until
from .sizes import PATIENCE_S, TIMEOUT_S

pytestmark = [pytest.mark.faults, pytest.mark.integration, pytest.mark.timeout(TIMEOUT_S)]

ROWS = 10_000
KILL_AT = 500
STANDING = """
select md5(coalesce(string_agg(line, '\n' order by line), '')) from (
    select 'read' || (to_jsonb(t) - %(hidden)s::text[])::text from metering.meter_readings t
    where tenant_id = %(tenant)s and is_current
    union all
    select 'customer' || (to_jsonb(t) - %(hidden)s::text[])::text from metering.customers t
    where tenant_id = %(tenant)s
    union all
    select 'verdict' || (to_jsonb(t) - %(hidden)s::text[])::text from anomaly.meter_verdicts t
    where tenant_id = %(tenant)s and is_current and kinds > 0
) standing (line)
"""
HIDDEN = (
    "tenant_id", "number", "import_id", "row_id", "recorded_at", "updated_at", "version", "judged_at",
    "src_part", "src_off", "src_idx", "value", "headers",
)  # fmt: skip


def standing(stack: RunningStack, tenant_id: str) -> str:
    """Return a hash of an organisation's reads, customers and verdicts as they stand."""
    with psycopg.connect(stack.postgres) as connection:
        values = {"tenant": tenant_id, "hidden": list(HIDDEN)}
        row = connection.execute(STANDING.encode(), values).fetchone()
    assert row is not None
    return row[0]


def comes_to_stand_as(stack: RunningStack, tenant_id: str, wanted: str) -> None:
    """Wait until everything stands as it should: judgements follow a moment later."""
    deadline = time.monotonic() + PATIENCE_S
    while standing(stack, tenant_id) != wanted:
        assert time.monotonic() < deadline, "not as after a calm import"
        time.sleep(0.2)


class Calm(NamedTuple):
    """The files of two months, and what stands after the first one and after both, nothing killed."""

    first: Path
    second: Path
    after_first: str
    after_second: str


@pytest.fixture(scope="module")
def calm(stack: RunningStack, tmp_path_factory: pytest.TempPathFactory) -> Calm:
    folder = tmp_path_factory.mktemp("reads")
    files: list[Path] = []
    for name, date, used in (("SBRS_34_NOV25.csv", "14/11/2025", 0), ("SBRS_34_DES25.csv", "14/12/2025", 1)):
        rows = "".join(
            f"34{n:08d};{100 + used * (n % 130)};{100 + (1 + used) * (n % 130)};{n % 130};ACTUAL;{date}\n"
            for n in range(ROWS)
        )
        files.append(folder / name)
        files[-1].write_text(f"NOMEN;STAND AWAL;STAND AKHIR;VOLUME;METODE BACA;TGL BACA\n{rows}", "utf-8")
    after: list[str] = []
    before = judged(stack)
    with Stranger(stack.gateway) as owner, Api(stack.gateway, owner.email, PASSWORD) as api:
        for file in files:
            [taken] = importing.run(api, [file], ignored, commit=True)
            assert (taken["state"], taken["counts"]["created"]) == ("completed", ROWS), taken
            before += ROWS
            deadline = time.monotonic() + PATIENCE_S
            while judged(stack) < before:
                assert time.monotonic() < deadline, (judged(stack), before)
                time.sleep(0.2)
            after.append(standing(stack, owner.tenant_id))
    assert len(set(after)) == 2
    return Calm(files[0], files[1], after[0], after[1])


def judged(stack: RunningStack) -> int:
    """Return how many facts of meters were judged."""
    with psycopg.connect(stack.postgres) as connection:
        row = connection.execute(
            "select coalesce(sum(next_offset), 0)::int from anomaly.progress where worker = 'meter'"
        ).fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize("victim", ["ingest", "metering"])
def test_an_import_that_is_killed_at_every_stage_ends_as_a_calm_one_and_leaves_nothing_when_undone(
    stack: RunningStack, calm: Calm, victim: str, say: Callable[[str], None]
) -> None:
    with Stranger(stack.gateway) as owner, Api(stack.gateway, owner.email, PASSWORD) as api:
        importing.run(api, [calm.first], ignored, commit=True)
        comes_to_stand_as(stack, owner.tenant_id, calm.after_first)

        path = f"/imports/{api.upload(calm.second, unseen)}"
        kill(stack, victim)  # while it is queued
        until(api, path, lambda one: one["state"] != "queued")
        kill(stack, victim)  # while it is compared with what stands
        seen = until(api, path, lambda one: one["state"] == "preview")
        kill(stack, victim)  # while a person looks
        dies_on_the_way(
            stack, api, path, victim, lambda: api.post(f"{path}/commit", {"preview": seen["preview"]})
        )
        taken = until(api, path, lambda one: one["state"] == "completed")
        assert (taken["done"], taken["counts"]["created"]) == (ROWS, ROWS)
        comes_to_stand_as(stack, owner.tenant_id, calm.after_second)

        dies_on_the_way(stack, api, path, victim, lambda: api.post(f"{path}/undo", {}))
        until(api, path, lambda one: one["state"] == "undone")
        comes_to_stand_as(stack, owner.tenant_id, calm.after_first)
    say(f"import of {ROWS} rows, {victim}: 5 kills, then the same state by hash as without")


def dies_on_the_way(stack: RunningStack, api: Api, path: str, victim: str, ask: Callable[[], Any]) -> None:
    """Ask for something, and kill a service once some of it is done, before everything is."""
    pid = pid_of(stack, victim)
    ask()
    until(api, path, lambda one: one["done"] >= KILL_AT)
    os.kill(pid, signal.SIGKILL)
    assert done(stack, path) < ROWS, "killed too late to prove anything"
    back(stack, victim)
