"""Slow work of imports: reading a file, carrying out what was previewed, taking it back, hearing its book."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from arus_runtime import observe, outbox
from arus_runtime.context import Context
from arus_runtime.files import files_of
from arus_runtime.isolated import isolated
from arus_runtime.jobs import Away, Job, Work
from arus_runtime.outbox import Pending
from arus_runtime.postgres import Tx

from arus_ingest import codec, rules
from arus_ingest.commands import fuel_rows, imports
from arus_ingest.handlers import SETTLE
from arus_ingest.previewing import SAMPLES, Telling, batches, compared, principal_of, to_write
from arus_ingest.state import Import, ImportedRow, ImportState, Outcomes, Trouble
from arus_ingest.store import imports as store

CHUNKS_AT_ONCE: Final = 4
"""Go to their book in one transaction: each of them waits for the disk."""
MEMORY_MB: Final = 1_024
"""Of one file's analysis; a pod has room for as many as it has slots."""
_OUTCOMES: Final = ("created", "updated", "unchanged", "rejected")
observe.stand_at_zero(
    observe.IMPORTS, *((state,) for state in ("needs_mapping", "preview", *imports.DONE, "failed", "undone"))
)
observe.stand_at_zero(observe.IMPORT_ROWS, *((name,) for name in _OUTCOMES))
_read: Final = isolated("arus_ingest.analysing:analyse", memory_limit_mb=MEMORY_MB)


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
        found = await _watched(Telling(context, work, of), replace(work, params=params))
        if "unreadable" in found:
            return {"state": "failed", "blocks": [Trouble(**found["unreadable"])], "ended_at": _now()}
        meant = found["detections"][found["sheet"]]
        known = {
            "detections": found["detections"],
            "sheet": found["sheet"],
            "type": "" if meant["is_guess"] else meant["type"] or "",
            "period": meant["period"] or "",
            "repeats": taken.get(meant["sheet"] or ""),
        }
        if "rows" not in found:
            return {"state": "needs_mapping", "rows": meant["rows"], **known}
        known["months"] = found["months"]
        async with context.db.tenant(work.tenant_id) as tx:
            analysed = await store.analysed(tx, of.id, found["detections"], found["rows"])
            await imports.tell(tx, work.tenant_id, analysed, 0.8)
        context.committed()
        as_read = replace(of, **known, rows=found["rows"])
        blocks = await _blocks(context, work, as_read, params, found["left_out"])
        as_read = replace(as_read, preview_hash=rules.preview_hash(as_read))
        at = _now()
        preview = await compared(Telling(context, work, analysed), as_read, rows, found["sound"])
        await files_of(context).put(imports.rows_key(work.tenant_id, as_read), rows)
    return {
        "state": "preview",
        **known,
        "rows": found["rows"],
        "chunks": rules.chunks_of(found["sound"]),
        "preview_hash": as_read.preview_hash,
        "blocks": blocks,
        **to_write(as_read, preview, found["sound"], found["samples"][: SAMPLES * 4], at),
    }


async def _watched(telling: Telling, reading: Work) -> dict[str, Any]:
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
    blocks += rules.months_disagree(of)
    if of.said.type or of.said.period:
        alone = replace(work, params={**params, "type": None, "period": None, "rows": None})
        found = await _read(context, alone)
        name = of.detections[of.sheet]["sheet"]
        for itself in found.get("detections", ()):
            blocks += rules.disagreements(of, itself) if itself["sheet"] == name else ()
    return blocks


async def _unread(tx: Tx, work: Work, reason: str) -> None:
    await _failed(tx, work, reason, ("queued", "analysed"))


async def _left(tx: Tx, work: Work, reason: str) -> None:
    await _failed(tx, work, reason, ("committing",))


async def _failed(tx: Tx, work: Work, reason: str, working: Collection[ImportState]) -> None:
    del reason  # for the log; people are told what they can do
    await imports.fail(tx, work.tenant_id, work.params["import_id"], Trouble("import_failed"), working)
    observe.IMPORTS.labels("failed").inc()


async def _commit(context: Context, work: Work) -> None:
    """Carry out what was previewed, some chunks a transaction: what was killed goes on behind them."""
    async with context.db.tenant(work.tenant_id) as tx:
        of = await store.one(tx, work.params["import_id"])
    if of is None or of.state != "committing":
        return
    others = None if of.sent else await _others(context, work, of)
    async with files_of(context).local(imports.rows_key(work.tenant_id, of)) as rows:
        if others and await _overtaken(context, work, of, rows):
            return
        sent = of.sent
        size = rules.CHUNK_ROWS * (1 if of.type == fuel_rows.TYPE else CHUNKS_AT_ONCE)
        async for batch in batches(rows, of, size, sent * rules.CHUNK_ROWS):
            async with context.db.tenant(work.tenant_id) as tx:
                held = await store.hold(tx, of.id)
                if held is None or held.state != "committing" or held.sent != sent:
                    return  # another process carries it out by now
                sent = await _carry_out(tx, work.tenant_id, held, batch)
            context.committed()
            work.progress = sent / max(of.chunks, 1)
    async with context.db.tenant(work.tenant_id) as tx:
        await imports.settle(tx, work.tenant_id, of.id, _now())
        if not of.chunks:  # no rows go out, after which the next one would be told
            await imports.let_next_go_on(tx, work.tenant_id, of)
    context.committed()


async def _others(context: Context, work: Work, of: Import) -> int:
    """Return how many imports came or went since the preview; waits for those committed before.

    Rows of this service's own facts are compared when they are recorded.
    """
    if of.type == fuel_rows.TYPE or "at" not in of.preview:
        return 0
    async with context.db.tenant(work.tenant_id) as tx:
        since = await store.since(tx, of, of.preview["at"], of_any_month=of.type in rules.DATED)
    if since.is_sending:
        raise Away("rows of an import that was committed before are on their way")
    return since.number


async def _overtaken(context: Context, work: Work, of: Import, rows: Path) -> bool:
    """Say whether it would do other than was previewed, as others came or went since: then ask again."""
    at, told = _now(), Telling(context, work, of)
    preview = await compared(told, of, rows, of.preview["sound"])
    found = to_write(of, preview, of.preview["sound"], of.preview["samples"]["error"], at)
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
        principal = principal_of(tenant_id, of.committed_by or of.uploaded_by, of.locations)
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
    if sent == of.chunks:
        await imports.let_next_go_on(tx, tenant_id, of)
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
            principal = principal_of(work.tenant_id, of.undone_by or of.uploaded_by, None)
            await fuel_rows.take_back(tx, principal, of.id, rows, _now())
            done = not rows
            new = await store.change(
                tx,
                of.id,
                done=of.rows if done else min(of.done + len(rows), of.rows),
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


def _count(outcomes: Outcomes) -> None:
    for name in _OUTCOMES:
        observe.IMPORT_ROWS.labels(name).inc(getattr(outcomes, name))


def _now() -> datetime:
    return datetime.now(UTC)


JOBS: Final = (
    Job(imports.ANALYSE, _analyse, failed=_unread, time_limit_s=1_800),
    Job(imports.COMMIT, _commit, failed=_left, time_limit_s=7_200, attempts=10),
    Job(imports.UNDO, _undo, time_limit_s=7_200, attempts=10),
    Job(SETTLE, _settle, attempts=10, backoff_s=1.0),
)
