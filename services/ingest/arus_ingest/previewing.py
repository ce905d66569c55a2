"""What carrying out a file's rows would do: compared with what stands, counted, and some of them shown."""

import asyncio
import gzip
import time
from collections import Counter
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import orjson
from arus_runtime.auth import Principal
from arus_runtime.context import Context
from arus_runtime.files import files_of
from arus_runtime.jobs import Work

from arus_ingest import rules
from arus_ingest.commands import comparing, fuel_rows, imports
from arus_ingest.state import Import, ImportedRow, StandingRow
from arus_ingest.store import imports as store

SAMPLES: Final = 5
LOOKED_UP: Final = 5_000
TOLD_EVERY_S: Final = 1.0
COUNTED: Final = ("created", "updated", "unchanged")


@dataclass(slots=True)
class Preview:
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
class Telling:
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


def to_write(
    of: Import, preview: Preview, sound: int, refused: Sequence[Mapping[str, Any]], at: datetime
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


async def compared(telling: Telling, of: Import, rows: Path, sound: int) -> Preview:
    """Say of every sound row what carrying it out would do now, unless what stands is not theirs to see."""
    context, work = telling.context, telling.work
    preview = Preview(Counter(), {})
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
    principal = principal_of(work.tenant_id, of.uploaded_by, of.locations)
    seen = 0
    async for batch in batches(rows, of, LOOKED_UP, 0):
        async with context.db.tenant(work.tenant_id) as tx:
            if of.type == fuel_rows.TYPE:
                judged, _ = await fuel_rows.judge(tx, principal, of.id, batch, datetime.now(UTC))
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
                    changes = before is not None and rules.would_change(before, row)
                    outcome = "created" if before is None else "updated" if changes else "unchanged"
                    preview.take(outcome, row, standing=before)
        seen += len(batch)
        await telling.reached(0.8 + 0.2 * seen / max(of.rows, 1))
    for import_id in {import_id for import_id, _ in preview.before}:
        await _say_before(context, work.tenant_id, import_id, preview)
    return preview


async def _say_before(context: Context, tenant_id: str, import_id: str, preview: Preview) -> None:
    """Write beside samples what the rows of an earlier import said, as long as its file is kept."""
    async with context.db.tenant(tenant_id) as tx:
        of = await store.one(tx, import_id)
    if of is None:
        return
    asked = {number: one for (earlier, number), one in preview.before.items() if earlier == import_id}
    try:
        async with (
            files_of(context).local(imports.rows_key(tenant_id, of)) as rows,
            aclosing(batches(rows, of, LOOKED_UP, 0)) as read,
        ):
            async for batch in read:
                for row in batch:
                    if one := asked.pop(row.number, None):
                        said = one["fields"] if of.type in rules.LASTING else row.fields
                        one["before"] = {name: value for name, value in row.fields.items() if name in said}
                if not asked:
                    return
    except FileNotFoundError:
        return  # only the samples say less


async def batches(path: Path, of: Import, size: int, skipped: int) -> AsyncGenerator[list[ImportedRow]]:
    """Yield the sound rows of a file, so many at a time, after so many rows; read in a thread."""
    read = _read_batches(path, of, size, skipped)
    while batch := await asyncio.to_thread(next, read, None):
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


def principal_of(tenant_id: str, user_id: str, locations: Sequence[str] | None) -> Principal:
    """Return in whose name a job acts: what they may do was checked when they asked for it."""
    within = None if locations is None else frozenset(locations)
    return Principal(user_id, tenant_id, frozenset(), within, "id", "")


def _text(params: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in params.items()}
