"""A list as a file: the export of verdicts at as many rows as a file may hold, each in a process of its own.

seconds    from the question to the last byte
cpu_s      of the process; the database's is left out
memory_mb  by how much the process grew beyond its size after a small file; it holds the file it asked for
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Final

import psutil
from arus_runtime.sheets import Format
from arus_runtime.web.exports import MOST_ROWS
from backtest import TENANT, fill, reader
from ground import ground
from harness import Benchmark, Length, Report, Result, Table, in_turn, spread

ROUNDS: Final = {Length.FULL: 3, Length.QUICK: 1}
FACTS: Final = {Length.FULL: 100_000, Length.QUICK: 20_000}
KINDS: Final[tuple[Format, ...]] = ("csv", "xlsx", "pdf")
DAYS_OF_PDF: Final = 100
"""Forty verdicts a day are fewer than its bound."""
MB: Final = 1_000_000


def measure(length: Length) -> Result:
    """Fill a database, and ask for files."""
    facts = FACTS[length]
    with ground() as on:
        url = on.database("anomaly")
        fill(url, facts)
        rounds = in_turn(ROUNDS[length], {kind: lambda kind=kind: _alone(url, kind) for kind in KINDS})
    return {
        "facts": facts,
        "rounds": ROUNDS[length],
        "files": {
            kind: {what: spread([one[kind][what] for one in rounds]) for what in rounds[0][kind]}
            for kind in KINDS
        },
    }


def _alone(url: str, kind: Format) -> Mapping[str, float]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_measured, url, TENANT, kind).result()


def _measured(url: str, tenant: str, kind: Format) -> Mapping[str, float]:
    return asyncio.run(_exported(url, tenant, kind))


async def _exported(url: str, tenant: str, kind: Format) -> Mapping[str, float]:
    async with reader(url, tenant) as client:
        small = {"format": kind, "from": _days_ago(2)}
        (await client.get("/anomalies/export", params=small)).raise_for_status()  # libraries are loaded now
        sizes = [_mb()]
        watching = asyncio.create_task(_watch(sizes))
        cpu, began = time.process_time(), time.perf_counter()
        asked = {"format": kind, **({"from": _days_ago(DAYS_OF_PDF)} if kind == "pdf" else {})}
        file = (await client.get("/anomalies/export", params=asked)).raise_for_status().content
        found = {"seconds": time.perf_counter() - began, "cpu_s": time.process_time() - cpu}
        watching.cancel()
        return {**found, "file_mb": len(file) / MB, "memory_mb": max(sizes) - sizes[0]}


def _days_ago(days: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() - days * 86_400))


async def _watch(sizes: list[float]) -> None:
    while True:
        sizes.append(_mb())
        await asyncio.sleep(0.02)


def _mb() -> float:
    return psutil.Process().memory_info().rss / MB


def report(result: Result) -> Report:
    """Return what each format costs."""
    files = result["files"]
    rows = [
        (kind.upper(), one["seconds"], one["cpu_s"], one["file_mb"], one["memory_mb"])
        for kind, one in files.items()
    ]
    head = ("format", "seconds", "CPU s of the service", "MB of the file", "memory, MB more")
    notes = (
        f"{result['facts']:,} verdicts with their reasons in words; of PDF the newest {DAYS_OF_PDF} days.",
        f"Rounds: {result['rounds']}, each in a process of its own. PDF holds {MOST_ROWS['pdf']:,} at most.",
    )
    return Report((Table(head, rows),), notes=notes)


BENCHMARK: Final = Benchmark("exports", measure, report)
