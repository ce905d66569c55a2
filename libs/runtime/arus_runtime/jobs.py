"""Slow or impure work: a queue in the service's own schema, leased, repeated, fair between tenants,
cancellable.

    FIT = Job("forecast.fit", isolated("arus_forecast.jobs:fit", memory_limit_mb=800), finish=publish)

    await jobs.enqueue(tx, "forecast.fit", {"series": "…"}, tenant_id=…)  # in the command's own transaction

A handler asks with ``asked``, an effect. ``run`` does the work, outside any transaction. ``finish`` writes
its answer (rows, outbox events) in the transaction that ends the job: it happens exactly once, though ``run``
may happen again. A handler or a fold never waits for a job.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import orjson
import structlog
from psycopg.types.json import Jsonb

from arus_runtime import observe, tasks
from arus_runtime.context import Context
from arus_runtime.ids import new_ulid
from arus_runtime.isolated import Refused
from arus_runtime.postgres import UNANSWERED, Database, Tx
from arus_runtime.worker import Column, Table, Upsert

LEASE_S: Final = 30.0
BEAT_S: Final = 5.0
POLL_S: Final = 0.5
KEPT_DAYS: Final = 30
AWAY_MOST_S: Final = 300.0
"""How long a job that waits for a counterpart waits at most before it asks again."""

_log: Final = structlog.get_logger(__name__)


@dataclass(slots=True)
class Work:
    """One attempt at one job. progress (0 to 1) and note are stored with the next heartbeat.

    claim: fencing token of the lease. failures: how many attempts went wrong before this one.
    """

    tenant_id: str
    id: str
    kind: str
    params: Mapping[str, Any]
    claim: int
    failures: int
    progress: float = 0.0
    note: str = ""


Run = Callable[[Context, Work], Awaitable[Any]]
"""The work itself: returns the answer that ``finish`` gets. Any exception but Refused: another attempt."""


class Postponed(Exception):  # noqa: N818 — a request
    """Raised by a job whose counterpart said when to come back: the next attempt is no sooner."""

    def __init__(self, why: str, after_s: float) -> None:
        super().__init__(why)
        self.after_s = after_s


class Away(Exception):  # noqa: N818 — a state of the world
    """Raised by a job that can do nothing until a counterpart is back: no attempt is spent, nothing given up.

    The next attempt comes when the counterpart says so (`let_go_on`), or after as long as the job has
    existed, AWAY_MOST_S at most.
    """


async def _nothing_to_write(tx: Tx, work: Work, answer: Any) -> None:
    del tx, work, answer


@dataclass(frozen=True, slots=True)
class Job:
    """A kind of work. The pause after the n-th failure is backoff_s · 2ⁿ⁻¹.

    failed: told in the transaction that gives a job up, for a row or an event that says so.
    """

    kind: str
    run: Run
    finish: Callable[[Tx, Work, Any], Awaitable[None]] = _nothing_to_write
    failed: Callable[[Tx, Work, str], Awaitable[None]] = _nothing_to_write
    attempts: int = 3
    backoff_s: float = 5.0
    time_limit_s: float = 300.0


_ENQUEUE: Final = """
insert into jobs (tenant_id, id, kind, params, run_after)
values (%s, %s, %s, %s, now() + make_interval(secs => %s))
on conflict (tenant_id, id) do nothing
"""
# Whoever was served longest ago is next; within a tenant, the oldest. A lease that ran out is work like any
# other.
_CLAIM: Final = """
with next as (
    select jobs.tenant_id, jobs.id
    from jobs left join job_turns using (tenant_id)
    where kind = any(%s) and (
        (state = 'waiting' and run_after <= now()) or (state = 'running' and lease_until < now())
    )
    order by served_at nulls first, run_after, jobs.id
    limit 1
    for update of jobs skip locked
), turn as (
    insert into job_turns select tenant_id, clock_timestamp() from next
    on conflict (tenant_id) do update set served_at = excluded.served_at
)
update jobs set
    state = 'running', claim = claim + 1, lease_until = now() + make_interval(secs => %s), started_at = now(),
    failures = failures + (state = 'running')::int
from next where jobs.tenant_id = next.tenant_id and jobs.id = next.id
returning jobs.tenant_id, jobs.id, kind, params, claim, failures
"""
# Every statement below acts only for who still holds the lease.
_MINE: Final = "tenant_id = %s and id = %s and claim = %s and state = 'running'"
_BEAT: Final = f"""
update jobs set lease_until = now() + make_interval(secs => %s), progress = %s, note = %s
where {_MINE} returning cancel_requested
"""  # noqa: S608 — a constant of this module, as below
_END: Final = f"""
update jobs set state = %s, error = %s, progress = %s, lease_until = null, ended_at = now() where {_MINE}
"""  # noqa: S608
_RETRY: Final = f"""
update jobs set state = 'waiting', failures = failures + 1, error = %s, lease_until = null,
    run_after = now() + make_interval(secs => %s)
where {_MINE}
"""  # noqa: S608
_AWAY: Final = f"""
update jobs set state = 'waiting', error = %s, lease_until = null,
    run_after = case when run_after > started_at then run_after else now() + greatest(
        make_interval(secs => %s), least(now() - created_at, make_interval(secs => %s))
    ) end
where {_MINE}
"""  # noqa: S608
# Of an attempt under way it says that the attempt may have looked too early.
_GO_ON: Final = """
update jobs set run_after = clock_timestamp()
where tenant_id = %s and kind = %s and params @> %s and state in ('waiting', 'running')
"""
_GIVE_BACK: Final = f"update jobs set state = 'waiting', lease_until = null where {_MINE}"  # noqa: S608
_CANCEL: Final = """
update jobs set
    cancel_requested = true,
    state = case when state = 'waiting' then 'cancelled' else state end,
    ended_at = case when state = 'waiting' then now() end
where tenant_id = %s and id = %s and state in ('waiting', 'running')
"""
_WAITING: Final = """
select kind, count(*) as jobs from jobs where state = 'waiting' and run_after <= now() group by kind
"""
_FORGET: Final = "delete from jobs where ended_at < now() - make_interval(days => %s)"


TABLE: Final = Table(
    "jobs",
    (
        Column("tenant_id", "text"),
        Column("id", "text"),
        Column("kind", "text"),
        Column("params", "jsonb"),
        Column("state", "text"),
        Column("failures", "int4"),
        Column("run_after", "timestamptz"),
        Column("ended_at", "timestamptz", nullable=True),
    ),
    key=("tenant_id", "id"),
)
"""The queue as a worker's table, for workers whose handlers ask for jobs."""


def asked(
    kind: str, params: Mapping[str, Any], *, tenant_id: str, job_id: str, run_after: datetime
) -> Upsert:
    """Return the effect that asks for a job; asked for again under its id, it runs again, at the newer time.

    An attempt under way when it is asked for again counts for nothing.
    """
    text = orjson.dumps(dict(params)).decode()
    return Upsert(TABLE, (tenant_id, job_id, kind, text, "waiting", 0, run_after, None))


async def enqueue(
    tx: Tx,
    kind: str,
    params: Mapping[str, Any],
    *,
    tenant_id: str,
    job_id: str | None = None,
    after_s: float = 0.0,
) -> str:
    """Add a job to the transaction and return its id; the same job_id again changes nothing."""
    job_id = job_id or new_ulid()
    await tx.execute(_ENQUEUE, (tenant_id, job_id, kind, Jsonb(dict(params)), after_s))
    return job_id


async def cancel(tx: Tx, tenant_id: str, job_id: str) -> bool:
    """Cancel a job that has not ended, a running one within a heartbeat; say whether there was one."""
    return (await tx.execute(_CANCEL, (tenant_id, job_id))).rowcount == 1


async def let_go_on(tx: Tx, kind: str, params: Mapping[str, Any], *, tenant_id: str) -> None:
    """Have jobs of a kind with these parameters go on at once: what they wait for is there."""
    await tx.execute(_GO_ON, (tenant_id, kind, Jsonb(dict(params))))


async def forget_ended(tx: Tx) -> int:
    """Delete jobs that ended more than 30 days ago and return how many; worker role."""
    return (await tx.execute(_FORGET, (KEPT_DAYS,))).rowcount


async def measure(tx: Tx, kinds: Iterable[str]) -> None:
    """Show how many jobs of each kind could run and do not; worker role."""
    rows = await (await tx.execute(_WAITING)).fetchall()
    waiting = dict.fromkeys(kinds, 0) | {row["kind"]: row["jobs"] for row in rows}
    for kind, number in waiting.items():
        observe.JOBS_WAITING.labels(kind).set(number)


class _Lost(Exception):  # noqa: N818 — an outcome
    """Another process holds the lease by now; what this attempt did counts for nothing."""


class _Cancelled(Exception):  # noqa: N818 — an outcome
    """Somebody asked for the job to be cancelled."""


@dataclass(slots=True)
class Jobs:
    """Runs the jobs of a service, several at a time."""

    kinds: Mapping[str, Job]
    context: Context
    slots: int = 2
    lease_s: float = LEASE_S
    beat_s: float = BEAT_S
    poll_s: float = POLL_S
    _db: Database = field(init=False)

    def __post_init__(self) -> None:
        self._db = self.context.worker_db

    async def run(self, stop: asyncio.Event) -> None:
        """Take jobs until stop is set; a job still running then goes back to the queue at once.

        However many slots there are, one question at a time is asked of the database.
        """
        free = asyncio.Semaphore(self.slots)
        for kind in self.kinds:
            observe.JOBS.labels(kind, "failed")  # stands at 0, so that the first failure is seen to be one
        async with asyncio.TaskGroup() as group:
            while not stop.is_set():
                await free.acquire()
                work = await self._next()
                if work is None:
                    free.release()
                    await wait_for(stop, self.poll_s)
                else:
                    group.create_task(self._slot(work, stop, free))

    async def _next(self) -> Work | None:
        try:
            return await self.claim()
        except UNANSWERED as error:
            _log.warning("no jobs for now: the database is away", reason=str(error))
            return None

    async def _slot(self, work: Work, stop: asyncio.Event, free: asyncio.Semaphore) -> None:
        try:
            await self.attempt(work, stop)
        finally:
            free.release()

    async def claim(self) -> Work | None:
        """Lease the next job, None when none is ready."""
        async with self._db.system() as tx:
            row = await (await tx.execute(_CLAIM, (list(self.kinds), self.lease_s))).fetchone()
        return Work(**row) if row else None

    async def attempt(self, work: Work, stop: asyncio.Event) -> None:
        """Do one attempt and settle it: done, put off, failed, cancelled, or given back when stopping."""
        job = self.kinds[work.kind]
        log = _log.bind(job=work.id, kind=work.kind, tenant=work.tenant_id, failures=work.failures)
        started = time.perf_counter()
        outcome = "lost"
        try:
            outcome = await self._settle(job, work, stop)
        except _Lost:
            log.warning("the lease went to another process")
        except UNANSWERED as error:
            log.warning("could not be settled, the lease will run out", reason=str(error))
        except Exception:  # ours, but other jobs need not end for it
            log.exception("could not be settled, the lease will run out")
        observe.JOBS.labels(work.kind, outcome).inc()
        observe.JOB_SECONDS.labels(work.kind).observe(time.perf_counter() - started)
        log.info("job", outcome=outcome)

    async def _settle(self, job: Job, work: Work, stop: asyncio.Event) -> str:
        if work.failures >= job.attempts:
            # Its last holder died without a word, perhaps because of this very job.
            return await self._fail(job, work, "the process running it died")
        try:
            answer = await self._guarded(job, work, stop)
            async with self._db.system() as tx:
                await _must_hold(tx, _END, ("done", None, 1.0, *_at(work)))
                await job.finish(tx, work, answer)
        except (_Lost, *UNANSWERED):
            raise
        except _Cancelled:
            async with self._db.system() as tx:
                await _must_hold(tx, _END, ("cancelled", None, work.progress, *_at(work)))
            return "cancelled"
        except asyncio.CancelledError:
            await self._give_back(work)
            return "given_back"
        except Refused as error:
            return await self._fail(job, work, _text(error))
        except Away as error:
            async with self._db.system() as tx:
                await _must_hold(tx, _AWAY, (_text(error), job.backoff_s, AWAY_MOST_S, *_at(work)))
            return "away"
        except Exception as error:  # noqa: BLE001 — whatever a job raises, it is tried again
            reason = f"{type(error).__name__}: {_text(error)}"
            if work.failures + 1 >= job.attempts:
                return await self._fail(job, work, reason)
            asked_s = error.after_s if isinstance(error, Postponed) else 0.0
            pause_s = max(job.backoff_s * 2**work.failures, asked_s)
            async with self._db.system() as tx:
                await _must_hold(tx, _RETRY, (reason, pause_s, *_at(work)))
            return "retried"
        return "done"

    async def _guarded(self, job: Job, work: Work, stop: asyncio.Event) -> Any:
        """Return the job's answer; ends early with the time limit, a cancellation, a lost lease or a stop."""
        running = asyncio.ensure_future(job.run(self.context, work))
        beating = asyncio.ensure_future(self._beat(work))
        stopping = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait(
                (running, beating, stopping), timeout=job.time_limit_s, return_when=asyncio.FIRST_COMPLETED
            )
            if running.done():
                return running.result()
            if beating.done():
                beating.result()
            if stop.is_set():
                raise asyncio.CancelledError
            raise TimeoutError(f"time limit of {job.time_limit_s:g} s")
        finally:
            await tasks.end(running, beating, stopping)

    async def _beat(self, work: Work) -> None:
        """Keep the lease; raises _Lost or _Cancelled when there is no use in going on."""
        while True:
            await asyncio.sleep(self.beat_s)
            try:
                async with self._db.system() as tx:
                    beat = await tx.execute(_BEAT, (self.lease_s, work.progress, work.note, *_at(work)))
                    row = await beat.fetchone()
            except UNANSWERED as error:
                _log.warning("missed a heartbeat", job=work.id, reason=str(error))
                continue
            if row is None:
                raise _Lost
            if row["cancel_requested"]:
                raise _Cancelled

    async def _fail(self, job: Job, work: Work, reason: str) -> str:
        """End a job as failed, also when the sequel of that fails: else it would fail for ever."""
        async with self._db.system() as tx:
            await _must_hold(tx, _END, ("failed", reason, work.progress, *_at(work)))
            try:
                async with tx.transaction():
                    await job.failed(tx, work, reason)
            except UNANSWERED:
                raise
            except Exception as error:  # noqa: BLE001 — whatever it raises
                _log.error("nobody was told that a job failed", job=work.id, exc_info=error)
        _log.error("job failed for good", job=work.id, kind=work.kind, reason=reason)
        return "failed"

    async def _give_back(self, work: Work) -> None:
        async with self._db.system() as tx:
            await _must_hold(tx, _GIVE_BACK, _at(work))


def _text(error: Exception) -> str:
    """Return what an error says as PostgreSQL can keep it."""
    return str(error).replace("\0", "\N{REPLACEMENT CHARACTER}")


def _at(work: Work) -> tuple[str, str, int]:
    return work.tenant_id, work.id, work.claim


async def _must_hold(tx: Tx, statement: Any, values: Sequence[Any]) -> None:
    if (await tx.execute(statement, values)).rowcount != 1:
        raise _Lost


async def wait_for(event: asyncio.Event, timeout_s: float) -> None:
    """Return when the event is set or the time is over."""
    try:
        await asyncio.wait_for(event.wait(), timeout_s)
    except TimeoutError:
        return
