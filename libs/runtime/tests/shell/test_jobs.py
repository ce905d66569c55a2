"""Slow work is done once it is done, whoever dies on the way, and no tenant waits for another's backlog."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import psutil
import psycopg
import pytest
from arus_runtime import jobs
from arus_runtime.context import Context
from arus_runtime.isolated import Refused, WorkFailed, isolated
from arus_runtime.jobs import AWAY_MOST_S, Away, Job, Jobs, Postponed, Run, Work
from arus_runtime.postgres import Tx
from arus_runtime.worker import Upsert
from arus_stack.testing import ServiceDatabase

pytestmark = pytest.mark.integration

SAMPLES = "job_samples"
DEADLINE_S = 20


async def note(tx: Tx, work: Work, answer: Any) -> None:
    await tx.execute("insert into notes values (%s, %s, %s)", (work.tenant_id, work.id, str(answer)))


def kind(run: Run, **options: Any) -> Job:
    return replace(Job("count", run, finish=note, backoff_s=0.0), **options)


def runner(context: Context, job: Job, **options: Any) -> Jobs:
    made = Jobs({job.kind: job}, context, slots=1, beat_s=0.05, poll_s=0.02)
    for name, value in options.items():
        setattr(made, name, value)
    return made


async def enqueue(context: Context, *tenants: str, **params: Any) -> None:
    for number, tenant in enumerate(tenants):
        async with context.db.tenant(tenant) as tx:
            await jobs.enqueue(tx, "count", params, tenant_id=tenant, job_id=f"job-{number}")


async def rows(context: Context, query: str = "select * from jobs order by id") -> list[dict[str, Any]]:
    async with context.worker_db.system() as tx:
        return [dict(row) for row in await (await tx.execute(query.encode())).fetchall()]


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while not await condition():  # noqa: ASYNC110 — the condition lies in the database
            await asyncio.sleep(0.02)


async def drain(context: Context, job: Job, **options: Any) -> None:
    """Run jobs until none is left to do."""

    async def settled() -> bool:
        return not await rows(context, "select 1 from jobs where state in ('waiting', 'running')")

    stop = asyncio.Event()
    running = asyncio.ensure_future(runner(context, job, **options).run(stop))
    try:
        await until(settled)
    finally:
        stop.set()
        await running


class Script:
    """Work that fails in the given ways, one after the other, and then answers."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.done: list[str] = []

    async def __call__(self, _: Context, work: Work) -> int:
        if self.failures:
            raise self.failures.pop(0)
        self.done.append(work.tenant_id)
        return 7


class Endless:
    """Work that never ends and remembers how it was ended."""

    def __init__(self) -> None:
        self.started = asyncio.Event()
        self.ended = asyncio.Event()

    async def __call__(self, _: Context, __: Work) -> None:
        self.started.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.ended.set()


async def test_a_job_is_done_and_its_answer_written_once(context: Context) -> None:
    await enqueue(context, "a")
    await drain(context, kind(Script()))
    await enqueue(context, "a")
    await drain(context, kind(Script()))
    assert [row["state"] for row in await rows(context)] == ["done"]
    assert [row["body"] for row in await rows(context, "select body from notes")] == ["7"]


async def test_a_failure_is_tried_again_and_then_given_up_aloud(context: Context) -> None:
    told: list[str] = []

    async def failed(tx: Tx, work: Work, reason: str) -> None:
        told.append(reason)

    await enqueue(context, "a")
    await drain(context, kind(Script(OSError("one"), OSError("two")), attempts=3))
    assert (await rows(context))[0]["state"] == "done"
    await enqueue(context, "b")
    await drain(context, kind(Script(*[OSError("again")] * 3), attempts=3, failed=failed))
    assert told == ["OSError: again"]
    assert [row["error"] for row in await rows(context) if row["tenant_id"] == "b"] == ["OSError: again"]


async def test_a_job_whose_failure_cannot_be_told_ends_all_the_same_and_others_go_on(
    context: Context,
) -> None:
    async def failed(tx: Tx, work: Work, reason: str) -> None:
        await note(tx, work, reason)
        raise KeyError(reason)

    await enqueue(context, "a", "b")
    await drain(context, kind(Script(OSError("n\0l")), attempts=1, failed=failed))
    found = [(row["tenant_id"], row["state"], row["error"]) for row in await rows(context)]
    assert sorted(found) == [("a", "failed", "OSError: n\ufffdl"), ("b", "done", None)]
    assert [row["tenant_id"] for row in await rows(context, "select tenant_id from notes")] == ["b"]


async def test_a_connection_lost_while_a_job_is_settled_ends_nothing_but_this_attempt(
    context: Context,
) -> None:
    told: list[str] = []

    async def failed(tx: Tx, work: Work, reason: str) -> None:
        told.append(reason)
        if len(told) == 1:
            raise psycopg.InterfaceError("the connection is closed")

    await enqueue(context, "a")
    await drain(context, kind(Script(OSError("one")), attempts=1, failed=failed), lease_s=0.2)
    assert (await rows(context))[0]["state"] == "failed"
    assert told == ["OSError: one", "the process running it died"]


async def test_refused_work_is_not_tried_again(context: Context) -> None:
    await enqueue(context, "a")
    await drain(context, kind(Script(Refused("unreadable")), attempts=3))
    row = (await rows(context))[0]
    assert (row["state"], row["error"], row["claim"]) == ("failed", "unreadable", 1)


async def test_an_answer_that_cannot_be_written_leaves_no_trace(context: Context) -> None:
    async def finish(tx: Tx, work: Work, answer: Any) -> None:
        await note(tx, work, answer)
        if work.failures == 0:
            raise ValueError("not yet")

    await enqueue(context, "a")
    await drain(context, kind(Script(), finish=finish))
    assert len(await rows(context, "select 1 from notes")) == 1


async def test_tenants_take_turns_whatever_their_backlog(context: Context) -> None:
    script = Script()
    await enqueue(context, "big", "big", "big", "big", "small", "big", "small")
    await drain(context, kind(script))
    assert script.done == ["big", "small", "big", "small", "big", "big", "big"]


async def test_two_runners_never_hold_the_same_job(context: Context) -> None:
    job = kind(Script())
    await enqueue(context, *["a"] * 8)
    claims = await asyncio.gather(*(runner(context, job).claim() for _ in range(4)))
    claims += await asyncio.gather(*(runner(context, job).claim() for _ in range(8)))
    held = [work.id for work in claims if work]
    assert len(held) == len(set(held)) == 8


async def test_who_lost_the_lease_writes_nothing(context: Context) -> None:
    """A process that was stopped for long comes back after another one has taken its job."""
    job = kind(Script())
    await enqueue(context, "a")
    stalled = runner(context, job, lease_s=0.0, beat_s=60.0)
    work = await stalled.claim()
    assert work is not None
    other = await runner(context, job).claim()
    assert other is not None
    await stalled.attempt(work, asyncio.Event())
    assert await rows(context, "select 1 from notes") == []
    await runner(context, job).attempt(other, asyncio.Event())
    assert len(await rows(context, "select 1 from notes")) == 1


async def test_a_heartbeat_keeps_the_lease_of_long_work(context: Context) -> None:
    endless = Endless()
    await enqueue(context, "a")
    stop = asyncio.Event()
    holder = asyncio.ensure_future(runner(context, kind(endless), lease_s=1.0).run(stop))
    await asyncio.wait_for(endless.started.wait(), DEADLINE_S)
    first = (await rows(context))[0]["lease_until"]

    async def renewed() -> bool:
        return (await rows(context))[0]["lease_until"] > first

    await until(renewed)
    assert await runner(context, kind(Script())).claim() is None
    stop.set()
    await holder


async def test_a_job_that_kills_its_process_is_given_up_after_its_attempts(context: Context) -> None:
    await enqueue(context, "a")
    job = kind(Script(), attempts=2)
    for _ in range(2):
        assert await runner(context, job, lease_s=0.0).claim() is not None
    await drain(context, job)
    assert (await rows(context))[0]["error"] == "the process running it died"


async def test_a_running_job_is_cancelled_within_a_heartbeat(context: Context) -> None:
    endless = Endless()
    await enqueue(context, "a", "b")
    stop = asyncio.Event()
    running = asyncio.ensure_future(runner(context, kind(endless)).run(stop))
    await asyncio.wait_for(endless.started.wait(), DEADLINE_S)
    for tenant, job_id in (("a", "job-0"), ("b", "job-1")):
        async with context.db.tenant(tenant) as tx:
            assert await jobs.cancel(tx, tenant, job_id)

    async def cancelled() -> bool:
        return [row["state"] for row in await rows(context)] == ["cancelled"] * 2

    await until(cancelled)
    assert endless.ended.is_set()
    stop.set()
    await running
    async with context.db.tenant("a") as tx:
        assert not await jobs.cancel(tx, "a", "job-0")


async def test_a_stopping_process_gives_its_job_back_at_once_and_at_no_cost(context: Context) -> None:
    endless = Endless()
    await enqueue(context, "a")
    stop = asyncio.Event()
    running = asyncio.ensure_future(runner(context, kind(endless, attempts=1)).run(stop))
    await asyncio.wait_for(endless.started.wait(), DEADLINE_S)
    stop.set()
    await running
    row = (await rows(context))[0]
    assert (row["state"], row["failures"], endless.ended.is_set()) == ("waiting", 0, True)


async def test_work_beyond_its_time_limit_is_ended(context: Context) -> None:
    endless = Endless()
    await enqueue(context, "a")
    await drain(context, kind(endless, attempts=1, time_limit_s=0.1))
    assert (await rows(context))[0]["error"] == "TimeoutError: time limit of 0.1 s"
    assert endless.ended.is_set()


async def test_jobs_of_another_kind_are_left_alone(context: Context) -> None:
    await enqueue(context, "a")
    assert await runner(context, replace(kind(Script()), kind="other")).claim() is None


async def test_a_tenant_sees_its_own_jobs_only(context: Context) -> None:
    await enqueue(context, "a", "b")
    async with context.db.tenant("a") as tx:
        seen = await (await tx.execute("select tenant_id from jobs")).fetchall()
    assert seen == [{"tenant_id": "a"}]


async def test_a_database_that_was_away_costs_no_job(context: Context, database: ServiceDatabase) -> None:
    stop = asyncio.Event()
    script = Script()
    running = asyncio.ensure_future(runner(context, kind(script)).run(stop))
    with psycopg.connect(database.superuser_url, autocommit=True) as admin:
        admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'shell_worker'")
    await enqueue(context, "a")

    async def done() -> bool:
        return [row["state"] for row in await rows(context)] == ["done"]

    await until(done)
    stop.set()
    await running


@pytest.fixture
def samples(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    monkeypatch.setenv("PYTHONPATH", str(request.path.parent), prepend=os.pathsep)
    return SAMPLES


def work(**params: Any) -> Work:
    return Work("a", "1", "count", params, claim=1, failures=0)


async def test_isolated_work_answers_and_reports(context: Context, samples: str) -> None:
    attempt = work(number=21)
    assert await isolated(f"{samples}:double")(context, attempt) == 42
    assert (attempt.progress, attempt.note) == (0.5, "halfway")


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("refuse", Refused, "no such series"),
        ("fail", WorkFailed, "ValueError: not today"),
        ("devour", WorkFailed, "memory limit of 200 MB"),
        ("crash", WorkFailed, "ended with -6"),
        ("nowhere", WorkFailed, "AttributeError"),
    ],
)
async def test_isolated_work_fails_by_name(
    context: Context, samples: str, name: str, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        await isolated(f"{samples}:{name}", memory_limit_mb=200)(context, work())


async def test_isolated_work_beyond_its_time_is_killed(context: Context, samples: str) -> None:
    await enqueue(context, "a")
    job = kind(isolated(f"{samples}:hang"), attempts=1, time_limit_s=3.0)
    await drain(context, job)
    row = (await rows(context))[0]
    assert row["error"] == "TimeoutError: time limit of 3 s"
    pid = int(row["note"])
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


PARENT = """
import asyncio
from arus_runtime.isolated import isolated
from arus_runtime.jobs import Work

async def main():
    work = Work("a", "1", "count", {}, 1, 0)
    running = asyncio.ensure_future(isolated("job_samples:hang")(None, work))
    while not work.note:
        await asyncio.sleep(0.01)
    print(work.note, flush=True)
    await running

asyncio.run(main())
"""


@pytest.mark.usefixtures("samples")
async def test_isolated_work_dies_with_a_killed_parent() -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    child = int(await asyncio.wait_for(parent.stdout.readline(), DEADLINE_S))
    parent.kill()
    await parent.wait()

    async def gone() -> bool:
        try:
            return psutil.Process(child).status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True

    await until(gone)


async def test_a_counterpart_that_names_a_time_is_left_alone_until_then(context: Context) -> None:
    await enqueue(context, "a")
    script = Script(Postponed("busy", 600.0))
    work = await runner(context, kind(script)).claim()
    assert work is not None
    await runner(context, kind(script)).attempt(work, asyncio.Event())
    [row] = await rows(
        context, "select failures, state, run_after > now() + interval '590 seconds' as later from jobs"
    )
    assert row == {"failures": 1, "state": "waiting", "later": True}


async def test_who_waits_for_a_counterpart_spends_no_attempt_and_asks_ever_more_rarely(
    context: Context,
) -> None:
    await enqueue(context, "a")
    job = kind(Script(*(Away("not there") for _ in range(4))), attempts=1, backoff_s=2.0)
    for age_s, pause_s in ((0, 2), (60, 60), (86_400, AWAY_MOST_S)):
        async with context.worker_db.system() as tx:
            await tx.execute(
                "update jobs set run_after = now(), created_at = now() - make_interval(secs => %s)", (age_s,)
            )
        work = await runner(context, job).claim()
        assert work is not None
        await runner(context, job).attempt(work, asyncio.Event())
        [row] = await rows(
            context,
            "select failures, state, error, extract(epoch from run_after - now())::float8 as pause_s"
            " from jobs",
        )
        assert (row["failures"], row["state"], row["error"]) == (0, "waiting", "not there")
        assert row["pause_s"] == pytest.approx(pause_s, abs=2)


async def test_who_waits_goes_on_when_told_so_also_while_it_looks(context: Context) -> None:
    async def let_go_on(*_: Any) -> None:
        async with context.db.tenant("a") as tx:
            await jobs.let_go_on(tx, "count", {"n": 1}, tenant_id="a")

    async def too_early(context: Context, work: Work) -> None:
        await let_go_on()
        raise Away("not there")

    await enqueue(context, "a", n=1, of="a thing")
    job = kind(Script(Away("not there")), backoff_s=60.0)
    for run in (job.run, too_early):
        work = await runner(context, job).claim()
        assert work is not None
        assert await runner(context, job).claim() is None
        await runner(context, replace(job, run=run)).attempt(work, asyncio.Event())
        if run is job.run:
            assert await runner(context, job).claim() is None, "it is not told yet"
            await let_go_on()
    await drain(context, job)
    [row] = await rows(context)
    assert (row["state"], row["failures"]) == ("done", 0)


async def apply(context: Context, effect: Upsert) -> None:
    """Write the effect as the worker's store does."""
    names = [column.name for column in effect.table.columns]
    changes = ", ".join(f"{name} = excluded.{name}" for name in names if name not in effect.table.key)
    async with context.worker_db.system() as tx:
        await tx.execute(
            f"""insert into jobs ({", ".join(names)}) values ({", ".join(["%s"] * len(names))})
                on conflict (tenant_id, id) do update set {changes}""".encode(),
            effect.values,
        )


async def test_a_handler_asks_for_a_job_and_asked_again_it_runs_again(context: Context) -> None:
    asked = jobs.asked("count", {"n": 1}, tenant_id="a", job_id="j", run_after=datetime.now(UTC))
    await apply(context, asked)
    script = Script()
    for _ in range(2):
        await apply(context, asked)
        await drain(context, Job("count", script))
    assert script.done == ["a", "a"]
    assert [row["state"] for row in await rows(context)] == ["done"]


async def test_an_attempt_under_way_when_its_job_is_asked_for_again_counts_for_nothing(
    context: Context,
) -> None:
    asked = jobs.asked("count", {}, tenant_id="a", job_id="j", run_after=datetime.now(UTC))
    await apply(context, asked)

    async def overtaken(_: Context, work: Work) -> int:
        await apply(context, asked)
        return 0

    work = await runner(context, kind(overtaken)).claim()
    assert work is not None
    await runner(context, kind(overtaken)).attempt(work, asyncio.Event())
    assert await rows(context, "select * from notes") == []
    assert [row["state"] for row in await rows(context)] == ["waiting"]
