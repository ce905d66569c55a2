"""Runs one worker: polls, folds, commits, with exactly-once effect.

While one batch is committed in a thread the next one folds on top of it. Nothing folded counts until its
commit; when a commit fails, everything folded on top is dropped and the partitions begin again from what the
database says.

A partition is assigned by the group, then *taken* (epoch bumped, states forgotten, offset read), then read.
It can wait (``Later``), or stop (an error that is ours), until it is assigned anew.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import structlog

from arus_runtime import tracing
from arus_runtime.fold import Folded, Folder, Origin, PageRequest
from arus_runtime.lease import Batch, Lease, Sieve
from arus_runtime.log.port import Bounds, Log, LogAway, Record, TopicPartition
from arus_runtime.observe import (
    BATCH_SECONDS,
    EVENT_LAG_SECONDS,
    EVENTS,
    PARTITIONS_BEHIND,
    PARTITIONS_STOPPED,
)
from arus_runtime.positions import FactsExpired, LogBehind, lost_meanwhile, misfit
from arus_runtime.side_inputs import Watched
from arus_runtime.store import Away, Fenced, Part, Store, Unstorable
from arus_runtime.worker import AnyWorker, Later, PagedState, Pages

BATCH_RECORDS = 2_000
POLL_S = 0.2
RETRIES = 2
BACKOFF_S = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
LOCKED_S = 0.5  # a holder in the middle of a batch has as long to end it
FENCED_WAIT_S = 10.0  # long enough for the group to tell a member that it was put out
REPORT_OFFSETS_S = 1.0
REPORT_ALL_S = 30.0  # a broker that refused one in a rebalance knows it again by then
BOUNDS_S = 5.0
CACHED_KEYS = 50_000  # of a partition
CACHED_BYTES = 32 * 2**20  # of all partitions, as written down; in memory a state takes some five times that
# A batch makes a hundred thousand objects that die with it. At the usual threshold the collector walks the
# cached states for them again and again, which doubles the time of reading. Where little happens that many
# never come together, so cycles are swept by the clock: an idle process grew for hours before.
GC_THRESHOLD = (1_000_000, 20, 100)
SWEEP_S = 10.0


class Engine:
    """One worker of a service at work. committed is called after every commit (to wake a relay)."""

    def __init__(
        self,
        service: str,
        worker: AnyWorker,
        log: Log,
        store: Store,
        *,
        committed: Callable[[], None] = lambda: None,
        batch_records: int = BATCH_RECORDS,
    ) -> None:
        self.worker = worker
        self.stopped: dict[TopicPartition, Exception] = {}
        """Partitions that wait for a person, and why."""
        self.waiting: dict[TopicPartition, float] = {}
        """Partitions that wait for the world (``Later``), and when they go on."""
        self._folder = Folder(service, worker, store)
        self._watched = None if worker.side is None else Watched(worker.side, worker.side.empty)
        self._store = store
        self.group = f"arus.{service}.{worker.name}"
        self._consumer = log.consumer(worker.topics, self.group, self)
        self._committed = committed
        self._batch_records = batch_records
        self._log = structlog.get_logger(__name__).bind(worker=self._folder.name)
        self._leases: dict[TopicPartition, Lease] = {}
        self._wanted: dict[TopicPartition, float] = {}  # assigned but not taken: when to try
        self._locked: dict[TopicPartition, float] = {}  # wanted, but somebody keeps them locked: since when
        self._parked: dict[TopicPartition, Lease] = {}  # given up in good order; warm if it comes untouched
        self._doubted: dict[TopicPartition, int] = {}  # a commit failed: how often
        self._sieves: dict[TopicPartition, Sieve] = {}  # a commit was refused for a value of some record
        self._pending: tuple[Batch, asyncio.Task[None]] | None = None
        self._turn = asyncio.Lock()  # a rebalance waits for the batch at hand
        self._joined = False
        self._reported = 0.0
        self._reported_all = 0.0
        self._told: dict[TopicPartition, int] = {}
        self._swept = 0.0
        self._count_stopped()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until stop is set; then commit what is under way and leave the group."""
        gc.set_threshold(*GC_THRESHOLD)
        await self._consumer.start()
        self._joined = True
        try:
            while not stop.is_set():
                async with self._turn:
                    await self._begin_partitions()
                polled = await self._consumer.poll(self._batch_records, POLL_S)
                async with self._turn:
                    await self._step(polled)
                await self._report()
                self._sweep()
        finally:
            self._joined = False
            await self.revoked({*self._leases, *self._wanted, *self.stopped})
            await self._consumer.stop()
            await asyncio.to_thread(self._store.close)

    @property
    def unready(self) -> str:
        """Why the worker is not ready: outside of the group, or a partition not asked for yet."""
        if not self._joined:
            return "waiting for Kafka"
        return "" if self._wanted.keys() <= self._locked.keys() else "waiting for the database or Kafka"

    @property
    def reached(self) -> Mapping[TopicPartition, int]:
        """How far the partitions we hold are committed."""
        return {at: lease.committed for at, lease in self._leases.items()}

    @property
    def held_up(self) -> Collection[TopicPartition]:
        """Partitions we should read and could not take: somebody keeps them locked, or the world is away."""
        return self._wanted.keys()

    @property
    def trouble(self) -> str:
        """Which partitions are not read; what they met is in the log, which strangers do not read."""
        why = {at: f"stopped by {type(cause).__name__}" for at, cause in self.stopped.items()}
        why |= dict.fromkeys(self._locked, "locked by somebody else")
        return ", ".join(f"{at.topic}[{at.partition}] {why[at]}" for at in sorted(why))

    # What the group says

    async def assigned(self, partitions: Collection[TopicPartition]) -> None:
        """Want the partitions; they are taken before the next poll."""
        self._wanted |= dict.fromkeys(partitions, 0.0)

    async def revoked(self, partitions: Collection[TopicPartition]) -> None:
        """Commit what is under way, then give the partitions up."""
        async with self._turn:
            await self._settle()
            for at in partitions:
                for waiting in (self._wanted, self._locked, self.waiting, self._doubted, self._sieves):
                    waiting.pop(at, None)
                self.stopped.pop(at, None)
            self._count_stopped()
            given_up = {at: lease for at in partitions if (lease := self._leases.pop(at, None))}
            self._parked = {at: lease for at, lease in given_up.items() if lease.position == lease.committed}
            try:
                await asyncio.to_thread(self._store.release, given_up)
            except Away:
                self._parked = {}

    # Taking partitions

    async def _begin_partitions(self) -> None:
        now = time.monotonic()
        for at in [at for at, when in self.waiting.items() if when <= now]:
            del self.waiting[at]
            self._consumer.begin(at, self._leases[at].position)
        due = [at for at, when in self._wanted.items() if when <= now]
        if not due:
            return
        await self._settle()  # taking uses the connection that a commit under way is using
        stuck = {at for at, since in self._locked.items() if now - since >= LOCKED_S}
        try:
            grants = await asyncio.to_thread(self._store.take, due, stuck)
        except Away as away:
            self._log.warning("database away", detail=str(away))
            self._locked.clear()
            self._want(due, BACKOFF_S[3])
            return
        for at in grants:
            self._locked.pop(at, None)
        self._ask_again([at for at in due if at not in grants])
        bounds = await asyncio.gather(*map(self._bounds, grants))
        for (at, (epoch, next_offset, seen, log_end)), known in zip(grants.items(), bounds, strict=True):
            if known is None:
                self._want([at], BACKOFF_S[-1])
                continue
            log = known if log_end is None else known._replace(end=log_end)
            if lost := misfit(at, next_offset, log):
                await self._lose(at, epoch, lost)
                continue
            warm = self._parked.pop(at, None)
            untouched = warm is not None and (warm.epoch, warm.committed) == (epoch - 1, next_offset)
            origin = warm.origin if warm and untouched else Origin(seen=seen)
            self._leases[at] = Lease(epoch, next_offset, next_offset, origin)
            self._wanted.pop(at, None)
            self._consumer.begin(at, next_offset)

    def _ask_again(self, locked: Collection[TopicPartition]) -> None:
        """Ask later for what somebody keeps locked; it is said once."""
        if new := [at for at in locked if at not in self._locked]:
            self._log.warning("partitions locked by somebody else", partitions=new)
            self._locked |= dict.fromkeys(new, time.monotonic())
        self._want(locked, LOCKED_S)

    async def _bounds(self, at: TopicPartition) -> Bounds | None:
        """Return what a partition holds; None: nobody leads it now, and the others do not wait for it."""
        try:
            return (await asyncio.wait_for(self._consumer.bounds([at]), BOUNDS_S))[at]
        except (LogAway, TimeoutError) as away:
            self._log.warning("partition away", partition=at, detail=str(away))
            return None

    async def _lose(self, at: TopicPartition, epoch: int, lost: LogBehind | FactsExpired) -> None:
        """Stop at a log that does not hold what comes next; that it was too short is remembered."""
        self._wanted.pop(at, None)
        if isinstance(lost, LogBehind):
            try:
                await asyncio.to_thread(self._store.found_behind, at, epoch, lost.end)
            except Away as away:
                self._log.warning("database away", detail=str(away))
                self._want([at], BACKOFF_S[3])
                return
        self._stop(at, lost)

    def _want(self, partitions: Iterable[TopicPartition], after_s: float) -> None:
        """Let go of partitions that are still assigned to us, and take them again later."""
        for at in partitions:
            self._consumer.pause(at)
            self._leases.pop(at, None)
            self.waiting.pop(at, None)
            if at not in self.stopped:
                self._wanted[at] = time.monotonic() + after_s

    # Working

    async def _step(self, polled: Mapping[TopicPartition, Sequence[Record]]) -> None:
        """Fold what was polled; commit it after what is under way."""
        if self._pending and self._pending[1].done():
            await self._settle()
        for part in self._slices(polled):
            batch = await self._fold(part)
            if not await self._settle():
                # What was just folded stood on a commit that failed, and what comes behind it was polled.
                self._want([at for at in polled if at in self._leases], 0.0)
                return
            if batch.parts:
                self._pending = (batch, asyncio.create_task(self._commit(batch)))
            if self._doubted or self._sieves:
                await self._settle()

    def _slices(
        self, polled: Mapping[TopicPartition, Sequence[Record]]
    ) -> Sequence[Mapping[TopicPartition, Sequence[Record]]]:
        """Return what goes into one commit each.

        After a failed commit each partition goes alone, in parts where a record is looked for, so that the
        one at fault is found and the others go on.
        """
        if not self._doubted and not self._sieves:
            return [polled]
        sizes = {at: sieve.size for at, sieve in self._sieves.items()}
        return [
            {at: records[start : start + size]}
            for at, records in polled.items()
            for size in (sizes.get(at, len(records) or 1),)
            for start in range(0, len(records), size)
        ]

    async def _fold(self, polled: Mapping[TopicPartition, Sequence[Record]]) -> Batch:
        batch = Batch([], [])
        for at, records in polled.items():
            lease = self._leases.get(at)
            if lease is None or not records or at in self.waiting or at in self.stopped:
                continue
            if lost := await lost_meanwhile(self._consumer, at, lease.position, records[0].offset):
                await self._lose(at, lease.epoch, lost)
                continue
            try:
                folded = await self._fold_partition(at, lease, records)
                part = self._part(at, lease, folded)
            except Away as away:
                self._log.warning("database away", detail=str(away))
                await self._settle()
                self._want([at], BACKOFF_S[3])
                continue
            except Exception as error:  # noqa: BLE001 - ours: a state that cannot be loaded or dumped
                self._stop(at, error)
                continue
            if folded.next_offset > lease.position:
                batch.parts.append(part)
                batch.folded.append(folded)
                batch.records += len(records)
                batch.kept |= tracing.kept_of(records)
                lease.position = folded.next_offset
                if folded.taken:
                    lease.failures = 0
            if folded.hold:
                self._hold(at, lease, folded.hold.cause)
        return batch

    async def _fold_partition(self, at: TopicPartition, lease: Lease, records: Sequence[Record]) -> Folded:
        await self._load(at, lease.origin.states, records)
        folded = await self._fold_once(at, lease, records)
        for _ in range(RETRIES):
            if folded.hold is None or isinstance(folded.hold.cause, Later):
                break
            folded = await self._fold_once(at, lease, records)
        return folded

    async def _fold_once(self, at: TopicPartition, lease: Lease, records: Sequence[Record]) -> Folded:
        sieve = self._sieves.get(at)
        fold = self._folder.fold(records, lease.position, lease.origin, sieve.found if sieve else {})
        try:
            request = next(fold)
            while True:
                page = None
                if isinstance(request, PageRequest):
                    page = await asyncio.to_thread(self._store.load_page, at, request.key, request.page)
                else:
                    await self._read_side()
                request = fold.send(page)
        except StopIteration as end:
            return end.value

    async def _read_side(self) -> None:
        """Let handlers know the side input as it now is, unless somebody is changing it."""
        assert self._watched is not None
        reading = await asyncio.to_thread(self._store.read_side, self._watched.side, self._watched.last)
        if reading is not None:
            self._folder.side = (self._watched.known(reading),)

    async def _load(self, at: TopicPartition, cached: dict[str, Any], records: Iterable[Record]) -> None:
        """Bring the states of the records' keys into the cache: one query for all that are not there."""
        state = self.worker.state
        if state is None:
            return
        keys = {record.key for record in records if record.key}
        absent = [key for key in map(_text, keys) if key not in cached]
        if not absent:
            return
        stored = await asyncio.to_thread(self._store.load, at, absent)
        for key in absent:
            value = stored.get(key)
            if isinstance(state, PagedState):
                cached[key] = state.new(Pages()) if value is None else state.load(value, Pages())
            else:
                cached[key] = state.new() if value is None else state.load(value)

    def _part(self, at: TopicPartition, lease: Lease, folded: Folded) -> Part:
        """Return what the store writes, and let the cache hold what was folded."""
        state, origin = self.worker.state, lease.origin
        states: list[tuple[str, str, bytes]] = []
        if state is not None:
            cached, dump = origin.states, state.dump
            paged = state if isinstance(state, PagedState) else None
            for key, value in folded.states.items():
                states.append((key, "", dump(value)))
                cached.pop(key, None)  # so that the key moves to the young end
                if paged is None or (pages := paged.pages(value)).untouched:
                    cached[key] = value
                    continue
                states += [(key, name, paged.dump_page(page)) for name, page in pages.changed.items()]
                cached[key] = paged.with_pages(value, pages.saved())
            young = len(folded.states) + lease.keys  # of this batch and the one under way: not committed yet
            origin.keep(states, CACHED_KEYS, CACHED_BYTES // len(self._leases), young)
            lease.keys = len(folded.states)
        origin.seen |= folded.seen
        origin.suspects |= folded.suspects
        return Part(
            at, lease.epoch, lease.position, folded.next_offset, states, folded.seen,
            folded.rows, folded.superseded, folded.upserts, folded.outgoing, folded.writes,
        )  # fmt: skip

    def _hold(self, at: TopicPartition, lease: Lease, cause: Exception) -> None:
        """Keep the order: nothing of this partition is read until it goes on at the held record."""
        self._consumer.pause(at)
        if isinstance(cause, Later):
            wait_s = BACKOFF_S[min(lease.failures, len(BACKOFF_S) - 1)]
            lease.failures += 1
            self.waiting[at] = time.monotonic() + wait_s
            self._log.warning("later", partition=at, offset=lease.position, wait_s=wait_s, detail=str(cause))
        else:
            self._stop(at, cause)

    def _stop(self, at: TopicPartition, cause: Exception) -> None:
        self.stopped[at] = cause
        self._consumer.pause(at)
        self._count_stopped()
        self._sieves.pop(at, None)
        lease = self._leases.pop(at, None)
        self._log.error("partition stopped", partition=at, offset=lease and lease.position, exc_info=cause)

    def _count_stopped(self) -> None:
        PARTITIONS_STOPPED.labels(self.worker.name).set(len(self.stopped))
        behind = sum(isinstance(cause, LogBehind) for cause in self.stopped.values())
        PARTITIONS_BEHIND.labels(self.worker.name).set(behind)

    # Committing

    async def _commit(self, batch: Batch) -> None:
        await asyncio.to_thread(self._store.commit, batch.parts)
        topic = batch.parts[0].at.topic
        tracing.add_batch(f"worker {self._folder.name}", "CONSUMER", batch.kept, batch.began_ns, topic)
        self._committed()
        seconds = time.perf_counter() - batch.began
        name = self.worker.name
        BATCH_SECONDS.labels(name).observe(seconds)
        for outcome in ("taken", "repeats", "parked"):
            EVENTS.labels(name, outcome).inc(sum(getattr(folded, outcome) for folded in batch.folded))
        now = datetime.now(UTC)
        for folded in batch.folded:
            if folded.first_at:
                EVENT_LAG_SECONDS.labels(name).observe(max(0.0, (now - folded.first_at).total_seconds()))

    async def _settle(self) -> bool:
        """Wait for the commit under way; False when it failed and everything after it must be folded anew."""
        if self._pending is None:
            return True
        batch, task = self._pending
        self._pending = None
        partitions = [part.at for part in batch.parts]
        try:
            await task
        except Fenced as fenced:
            self._log.warning("fenced", detail=str(fenced))
            self._want(partitions, FENCED_WAIT_S)
        except Away as away:
            self._log.warning("database away", detail=str(away))
            self._want(self._leases.copy(), BACKOFF_S[3])
        except Unstorable as refusal:
            self._sift(batch, refusal)
        except Exception as error:  # noqa: BLE001 - ours
            self._doubt(partitions, error)
        else:
            for part in batch.parts:
                if lease := self._leases.get(part.at):
                    lease.committed = part.next_offset
                self._doubted.pop(part.at, None)
                if (sieve := self._sieves.get(part.at)) and part.next_offset >= sieve.end:
                    del self._sieves[part.at]
            return True
        return False

    def _sift(self, batch: Batch, refusal: Unstorable) -> None:
        """Try again in halves; the record that is refused alone is parked by the next fold."""
        for part in batch.parts:
            sieve = self._sieves.setdefault(part.at, Sieve(part.next_offset, 0))
            sieve.end = max(sieve.end, part.next_offset)
            offset = part.next_offset - 1
            if batch.records > 1:
                sieve.size = (batch.records + 1) // 2
            elif offset not in sieve.found:
                sieve.found[offset] = str(refusal)
                sieve.size = sieve.end - offset  # there may be no other
            else:  # what is parked is refused, too
                self._stop(part.at, refusal)
        self._want([part.at for part in batch.parts if part.at not in self.stopped], 0.0)

    def _doubt(self, partitions: Sequence[TopicPartition], error: Exception) -> None:
        """Try each partition again alone, twice; then the one at fault stops."""
        for at in partitions:
            self._doubted[at] = self._doubted.get(at, 0) + (len(partitions) == 1)
            if self._doubted[at] > RETRIES:
                del self._doubted[at]
                self._stop(at, error)
        self._want([at for at in partitions if at not in self.stopped], 0.0)

    async def _report(self) -> None:
        """Tell Kafka once a second what moved, and now and then everything; PostgreSQL is what counts."""
        now = time.monotonic()
        if now - self._reported < REPORT_OFFSETS_S:
            return
        self._reported = now
        if now - self._reported_all >= REPORT_ALL_S:
            self._reported_all = now
            self._told = {}
        reached = dict(self.reached)
        if news := {at: offset for at, offset in reached.items() if self._told.get(at) != offset}:
            await self._consumer.commit(news)
        self._told = reached

    def _sweep(self) -> None:
        """Free cycles that were made lately; what has lived through this once is not looked at again."""
        if time.monotonic() - self._swept >= SWEEP_S:
            gc.collect(1)
            self._swept = time.monotonic()


def _text(key: bytes) -> str:
    """Return a record key as text; what is no text belongs to a record that will be parked."""
    return key.decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
