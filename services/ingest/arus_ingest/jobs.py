"""Slow work of imports: reading a file, carrying out what was previewed, taking it back, hearing its book."""

import asyncio
import gzip
import time
from collections import Counter
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import orjson
from arus_runtime import observe, outbox
from arus_runtime.auth import Principal
from arus_runtime.context import Context
from arus_runtime.files import files_of
from arus_runtime.isolated import isolated
from arus_runtime.jobs import Away, Job, Work
from arus_runtime.outbox import Pending
from arus_runtime.postgres import Tx

from arus_ingest import codec, rules
from arus_ingest.commands import comparing, fuel_rows, imports
from arus_ingest.handlers import SETTLE
from arus_ingest.state import Import, ImportedRow, Outcomes, StandingRow, Trouble
from arus_ingest.store import imports as store

SAMPLES: Final = 5
LOOKED_UP: Final = 5_000
CHUNKS_AT_ONCE: Final = 4
"""Go to their book in one transaction: each of them waits for the disk."""
MEMORY_MB: Final = 1_024
"""Of one file's analysis; a pod has room for as many as it has slots."""
TOLD_EVERY_S: Final = 1.0
COUNTED: Final = ("created", "updated", "unchanged")
_read: Final = isolated("arus_ingest.analysing:analyse", memory_limit_mb=MEMORY_MB)


@dataclass(slots=True)
class _Preview:
    """What carrying out would do, counted, with samples of each outcome."""

    counts: Counter[str]
    samples: dict[str, list[dict[str, Any]]]
    before: dict[tuple[str, int], dict[str, Any]] = field(
        default_factory=dict[tuple[str, int], dict[str, Any]]
    )
    """Samples that change a fact, by the import and the row that brought what stands."""

    def take(
        self,
        outcome: str,
        row: ImportedRow,
        trouble: Mapping[str, Any] | None = None,
        standing: StandingRow | None = None,
    ) -> None:
        self.counts[outcome] += 1
        shown = self.samples.setdefault(outcome, [])
        if len(shown) < SAMPLES:
            errors = [dict(trouble)] if trouble else []
            one = {"number": row.number, "key": row.key, "fields": dict(row.fields), "errors": errors}
            shown.append(one)
            if outcome == "updated" and standing:
                self.before[standing.import_id, standing.number] = one


@dataclass(slots=True)
class _Telling:
    """How far the reading of a file is: the job's progress at once, told to everybody once a second."""

    context: Context
    work: Work
    of: Import
    told_at_s: float = field(default_factory=time.monotonic)

    async def reached(self, share: float) -> None:
        self.work.progress = share
        if time.monotonic() < self.told_at_s + TOLD_EVERY_S:
            return
        self.told_at_s = time.monotonic()
        async with self.context.db.tenant(self.work.tenant_id) as tx:
            await imports.tell(tx, self.work.tenant_id, self.of, share)
        self.context.committed()


async def _analyse(context: Context, work: Work) -> None:
    """Find out what an import's sheets hold, and what carrying it out would do."""
    async with context.db.tenant(work.tenant_id) as tx:
        of = await store.one(tx, work.params["import_id"])
        mappings = await store.mappings(tx)
        taken = await store.taken(tx, of.sha256, of.id) if of else {}
    if of is None or of.version != work.params["version"]:
        return
    found = await _found(context, work, of, mappings, taken)
    async with context.db.tenant(work.tenant_id) as tx:
        await imports.previewed(tx, work.tenant_id, of.id, found, of.version)
    context.committed()
    observe.IMPORTS.labels(found["state"]).inc()


async def _found(
    context: Context,
    work: Work,
    of: Import,
    mappings: Mapping[str, Mapping[str, str]],
    taken: Mapping[str, str],
) -> dict[str, Any]:
    """Return what to write of an import. taken: sheets of the same file → the imports that brought them."""
    with TemporaryDirectory(prefix="arus-import-") as folder:
        path, rows = Path(folder) / "file", Path(folder) / "rows.jsonl.gz"
        await files_of(context).fetch(imports.source_key(work.tenant_id, of.id), path)
        params = {
            "path": str(path),
            "name": of.file_name,
            "rows": str(rows),
            "type": of.said.type,
            "period": of.said.period,
            "sheet": of.said.sheet,
            "mappings": mappings,
            "meanings": dict(of.said.columns),
            "answers": dict(of.said.answers),
            "taken": list(taken),
        }
        found = await _watched(_Telling(context, work, of), replace(work, params=params))
        if "unreadable" in found:
            return {"state": "failed", "blocks": [Trouble(**found["unreadable"])], "ended_at": _now()}
        meant = found["detections"][found["sheet"]]
        known = {
            "detections": found["detections"],
            "sheet": found["sheet"],
            "type": meant["type"] or "",
            "period": meant["period"] or "",
            "repeats": taken.get(meant["sheet"] or ""),
        }
        if "rows" not in found:
            return {"state": "needs_mapping", "rows": meant["rows"], **known}
        async with context.db.tenant(work.tenant_id) as tx:
            analysed = await store.analysed(tx, of.id, found["detections"], found["rows"])
            await imports.tell(tx, work.tenant_id, analysed, 0.8)
        context.committed()
        as_read = replace(of, **known, rows=found["rows"])
        blocks = await _blocks(context, work, as_read, params, found["left_out"])
        as_read = replace(as_read, preview_hash=rules.preview_hash(as_read))
        at = _now()
        preview = await _compared(_Telling(context, work, analysed), as_read, rows, found["sound"])
        await files_of(context).put(imports.rows_key(work.tenant_id, as_read), rows)
    return {
        "state": "preview",
        **known,
        "rows": found["rows"],
        "chunks": rules.chunks_of(found["sound"]),
        "preview_hash": as_read.preview_hash,
        "blocks": blocks,
        **_shown(as_read, preview, found["sound"], found["samples"][: SAMPLES * 4], at),
    }


def _shown(
    of: Import, preview: _Preview, sound: int, refused: Sequence[Mapping[str, Any]], at: datetime
) -> dict[str, Any]:
    """Return what to write of a comparison that began then. refused: samples of rows that cannot be read."""
    counts = {name: preview.counts[name] for name in COUNTED}
    return {
        **counts,
        "rejected": preview.counts["rejected"] + of.rows - sound,
        "done": of.rows,
        "preview": {
            "sound": sound,
            "samples": preview.samples | {"error": list(refused)},
            "counts": counts,
            "at": at.isoformat(),
        },
    }


async def _watched(telling: _Telling, reading: Work) -> dict[str, Any]:
    """Read the file in a process of its own, and tell how far it is as the progress of the job itself."""
    running = asyncio.ensure_future(_read(telling.context, reading))
    try:
        while not running.done():
            await asyncio.wait((running,), timeout=0.5)
            telling.work.note = reading.note
            await telling.reached(reading.progress * 0.8)
        return running.result()
    finally:
        running.cancel()


async def _blocks(
    context: Context,
    work: Work,
    of: Import,
    params: Mapping[str, Any],
    left_out: Sequence[tuple[str, int]],
) -> list[Trouble]:
    """Return why what was previewed must not be carried out as it is. left_out: names and rows of sheets."""
    blocks: list[Trouble] = []
    if imports.beyond(of.type, of.locations):
        blocks.append(Trouble("limited_to_locations"))
    if of.repeats and not of.said.anyway:
        blocks.append(Trouble("file_repeats", {"value": of.repeats}))
    if left_out and not of.said.confirmed:
        value = ", ".join(f"{name} ({number})" for name, number in left_out)
        blocks.append(Trouble("sheets_left_out", {"value": value, "number": len(left_out)}))
    if of.said.type or of.said.period:
        alone = replace(work, params={**params, "type": None, "period": None, "rows": None})
        found = await _read(context, alone)
        name = of.detections[of.sheet]["sheet"]
        for itself in found.get("detections", ()):
            blocks += rules.disagreements(of, itself) if itself["sheet"] == name else ()
    return blocks


async def _compared(telling: _Telling, of: Import, rows: Path, sound: int) -> _Preview:
    """Say of every sound row what carrying it out would do now, unless what stands is not theirs to see."""
    context, work = telling.context, telling.work
    preview = _Preview(Counter(), {})
    if imports.beyond(of.type, of.locations):
        return preview
    if of.type != fuel_rows.TYPE:
        async with context.db.tenant(work.tenant_id) as tx:
            is_first = await store.is_first(tx, of, of_any_month=of.type in rules.DATED)
        if is_first:
            no_rows: list[ImportedRow] = []
            for row in await asyncio.to_thread(next, _read_batches(rows, of, SAMPLES, 0), no_rows):
                preview.take("created", row)
            preview.counts["created"] = sound
            return preview
    principal = _principal(work.tenant_id, of.uploaded_by, of.locations)
    seen = 0
    async for batch in _batches(rows, of, LOOKED_UP, 0):
        async with context.db.tenant(work.tenant_id) as tx:
            if of.type == fuel_rows.TYPE:
                judged, _ = await fuel_rows.judge(tx, principal, of.id, batch, _now())
                for one in judged:
                    flaw = one.flaw
                    preview.take(
                        one.outcome,
                        one.row,
                        flaw and {"field": flaw.field, "code": flaw.code, "params": _text(flaw.params)},
                    )
            else:
                standing = await comparing.standing(tx, of.type, of.id, batch)
                for row in batch:
                    before = standing.get(row.id)
                    same = before is not None and before.hash == row.hash
                    outcome = "created" if before is None else "unchanged" if same else "updated"
                    preview.take(outcome, row, standing=before)
        seen += len(batch)
        await telling.reached(0.8 + 0.2 * seen / max(of.rows, 1))
    for import_id in {import_id for import_id, _ in preview.before}:
        await _say_before(context, work.tenant_id, import_id, preview)
    return preview


async def _say_before(context: Context, tenant_id: str, import_id: str, preview: _Preview) -> None:
    """Write beside samples what the rows of an earlier import said, as long as its file is kept."""
    async with context.db.tenant(tenant_id) as tx:
        of = await store.one(tx, import_id)
    if of is None:
        return
    asked = {number: one for (earlier, number), one in preview.before.items() if earlier == import_id}
    try:
        async with (
            files_of(context).local(imports.rows_key(tenant_id, of)) as rows,
            aclosing(_batches(rows, of, LOOKED_UP, 0)) as batches,
        ):
            async for batch in batches:
                for row in batch:
                    if one := asked.pop(row.number, None):
                        one["before"] = dict(row.fields)
                if not asked:
                    return
    except FileNotFoundError:
        return  # only the samples say less


async def _failed(tx: Tx, work: Work, reason: str) -> None:
    del reason  # for the log; people are told what they can do
    await imports.fail(tx, work.tenant_id, work.params["import_id"], Trouble("import_failed"))
    observe.IMPORTS.labels("failed").inc()


async def _commit(context: Context, work: Work) -> None:
    """Carry out what was previewed, some chunks a transaction: what was killed goes on behind them."""
    async with context.db.tenant(work.tenant_id) as tx:
        of = await store.one(tx, work.params["import_id"])
    if of is None or of.state != "committing":
        return
    async with files_of(context).local(imports.rows_key(work.tenant_id, of)) as rows:
        if not of.sent and await _overtaken(context, work, of, rows):
            return
        sent = of.sent
        size = rules.CHUNK_ROWS * (1 if of.type == fuel_rows.TYPE else CHUNKS_AT_ONCE)
        async for batch in _batches(rows, of, size, sent * rules.CHUNK_ROWS):
            async with context.db.tenant(work.tenant_id) as tx:
                held = await store.hold(tx, of.id)
                if held is None or held.state != "committing" or held.sent != sent:
                    return  # another process carries it out by now
                sent = await _carry_out(tx, work.tenant_id, held, batch)
            context.committed()
            work.progress = sent / max(of.chunks, 1)
    if of.type == fuel_rows.TYPE or not of.chunks:
        async with context.db.tenant(work.tenant_id) as tx:
            await imports.settle(tx, work.tenant_id, of.id, _now())
        context.committed()


async def _overtaken(context: Context, work: Work, of: Import, rows: Path) -> bool:
    """Say whether it would do other than was previewed, as other imports came or went since: then ask again.

    Rows of this service's own facts are compared when they are recorded.
    """
    if of.type == fuel_rows.TYPE or "at" not in of.preview:
        return False
    async with context.db.tenant(work.tenant_id) as tx:
        since = await store.since(tx, of, of.preview["at"], of_any_month=of.type in rules.DATED)
    if since.is_sending:
        raise Away("rows of an import that was committed before are on their way")
    if not since.number:
        return False
    at, told = _now(), _Telling(context, work, of)
    preview = await _compared(told, of, rows, of.preview["sound"])
    found = _shown(of, preview, of.preview["sound"], of.preview["samples"]["error"], at)
    if found["preview"]["counts"] == of.preview["counts"]:
        return False
    again = replace(of, preview_hash=rules.hash_again(of, found["preview"]))
    await files_of(context).put(imports.rows_key(work.tenant_id, again), rows)
    async with context.db.tenant(work.tenant_id) as tx:
        await imports.ask_again(tx, work.tenant_id, of, {**found, "preview_hash": again.preview_hash})
    context.committed()
    return True


async def _carry_out(tx: Tx, tenant_id: str, of: Import, rows: Sequence[ImportedRow]) -> int:
    """Record the rows that come next, or send them to their book; return how many chunks are done by then."""
    at = _now()
    if of.type == fuel_rows.TYPE:
        principal = _principal(tenant_id, of.committed_by or of.uploaded_by, of.locations)
        outcomes = await fuel_rows.record(tx, principal, of.id, rows, at)
        sent = of.sent + 1
        await store.add_chunk(tx, tenant_id, of.id, sent, outcomes)
        _, so_far = await store.answered(tx, of.id)
        await store.change(tx, of.id, sent=sent, month_in_keys=of.type not in rules.DATED)
        await imports.further(tx, tenant_id, of, so_far, at, is_last=False)
        _count(outcomes)
        return sent
    starts = range(0, len(rows), rules.CHUNK_ROWS)
    sent = of.sent + len(starts)
    await store.change(tx, of.id, sent=sent, month_in_keys=of.type not in rules.DATED)
    await store.add_rows(tx, tenant_id, of.id, rows, [(None, None, None, None)] * len(rows))
    key = codec.import_key(tenant_id, of.id)
    chunks = [
        Pending(
            codec.chunk(tenant_id, of, chunk, rows[start : start + rules.CHUNK_ROWS]),
            key,
            of.id,
            f"chunk {chunk}",
        )
        for chunk, start in enumerate(starts, of.sent + 1)
    ]
    await outbox.add_all(tx, chunks, tenant_id=tenant_id, at=at, import_id=of.id)
    return sent


async def _undo(context: Context, work: Work) -> None:
    """Take back what an import of this service's own facts did, some hundred rows a transaction."""
    after = 0
    while True:
        async with context.db.tenant(work.tenant_id) as tx:
            of = await store.hold(tx, work.params["import_id"])
            if of is None or of.state != "undoing":
                return
            rows = await store.kept_rows(tx, of.id, after, rules.CHUNK_ROWS)
            principal = _principal(work.tenant_id, of.undone_by or of.uploaded_by, None)
            await fuel_rows.take_back(tx, principal, of.id, rows, _now())
            done = not rows
            new = await store.change(
                tx,
                of.id,
                done=of.rows if done else of.done + len(rows),
                state="undone" if done else "undoing",
            )
            await imports.tell(tx, work.tenant_id, new)
        context.committed()
        if done:
            observe.IMPORTS.labels("undone").inc()
            return
        after = rows[-1].number
        work.progress = min(new.done / max(of.rows, 1), 1.0)


async def _settle(context: Context, work: Work) -> None:
    async with context.db.tenant(work.tenant_id) as tx:
        of = await imports.settle(tx, work.tenant_id, work.params["import_id"], _now())
    context.committed()
    if of and of.ended_at and of.state in imports.DONE:
        observe.IMPORTS.labels(of.state).inc()


async def _batches(path: Path, of: Import, size: int, skipped: int) -> AsyncGenerator[list[ImportedRow]]:
    """Yield the sound rows of a file, so many at a time, after so many rows; read in a thread."""
    batches = _read_batches(path, of, size, skipped)
    while batch := await asyncio.to_thread(next, batches, None):
        yield batch


def _read_batches(path: Path, of: Import, size: int, skipped: int) -> Iterator[list[ImportedRow]]:
    row_ids = rules.row_ids_of(of.id)
    batch: list[ImportedRow] = []
    place = 0
    with gzip.open(path, "rb") as lines:
        for text in lines:
            line = orjson.loads(text)
            if "f" not in line:
                continue
            place += 1
            if place <= skipped:
                continue
            batch.append(
                rules.imported_row(
                    row_ids,
                    of.type,
                    of.period,
                    number=line["n"],
                    key=line["k"],
                    which=line["i"],
                    fields=line["f"],
                )
            )
            if len(batch) == size:
                yield batch
                batch = []
    if batch:
        yield batch


def _principal(tenant_id: str, user_id: str, locations: Sequence[str] | None) -> Principal:
    """Return in whose name a job acts: what they may do was checked when they asked for it."""
    within = None if locations is None else frozenset(locations)
    return Principal(user_id, tenant_id, frozenset(), within, "id", "")


def _text(params: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in params.items()}


def _count(outcomes: Outcomes) -> None:
    for name in ("created", "updated", "unchanged", "rejected"):
        observe.IMPORT_ROWS.labels(name).inc(getattr(outcomes, name))


def _now() -> datetime:
    return datetime.now(UTC)


JOBS: Final = (
    Job(imports.ANALYSE, _analyse, failed=_failed, time_limit_s=1_800),
    Job(imports.COMMIT, _commit, failed=_failed, time_limit_s=7_200, attempts=10),
    Job(imports.UNDO, _undo, time_limit_s=7_200, attempts=10),
    Job(SETTLE, _settle, attempts=10, backoff_s=1.0),
)
