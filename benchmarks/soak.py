"""An hour at half of what the house can take: does anything grow, lag, or leak?"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import psutil
import psycopg
import uvloop
from harness import Benchmark, Length, Report, Result, Table, Target, percentiles, said
from house import NO_CONSOLE, UNLIMITED, House, Owner, house, newcomer
from load import Load, Rate, Seen, send, watched

SECONDS: Final = {Length.FULL: 3_600.0, Length.QUICK: 300.0}
BURST_S: Final = 8.0
BURST: Final = Rate(20_000, facts_per_request=50)
PER_REQUEST: Final = 10
BURST_UNTIL: Final = date(2015, 12, 31)
DAYS: Final = 730
"""Days that the soak's facts tell of, in order: two years of history grow while it runs."""
SAMPLES: Final = 60
WARM_UP: Final = 0.25
"""Of the time: what comes before is not compared."""
LOCATIONS: Final = 60
PRODUCTS: Final = 4


@dataclass(slots=True)
class Watch:
    """What was seen at regular times: memory in MB by process, connections to PostgreSQL."""

    memory: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    connections: list[float] = field(default_factory=list[float])


def measure(length: Length) -> Result:
    """Find out what the house can take, then give it half of that for long."""
    seconds = SECONDS[length]
    with house({**UNLIMITED, **NO_CONSOLE}) as of:
        owner = newcomer(of.gateway, LOCATIONS, PRODUCTS)
        capacity = uvloop.run(_capacity(of, owner))
        rate = Rate(max(PER_REQUEST, round(capacity / 2 / PER_REQUEST) * PER_REQUEST), PER_REQUEST)
        said(f"capacity {capacity:.0f}/s; {rate.facts_per_s}/s for {seconds:g} s")
        watch, seen = Watch(), Seen()
        before = sum(of.cpu_s().values())
        uvloop.run(_soak(of, owner, Load(rate, seconds, DAYS), watch, seen))
        cpu_ms = 1e3 * (sum(of.cpu_s().values()) - before) / len(seen.due)
    growth = {name: _growth(values) for name, values in watch.memory.items()}
    total = [sum(values) for values in zip(*watch.memory.values(), strict=True)]
    return {
        "seconds": seconds,
        "capacity_per_s": round(capacity),
        "facts_per_s": rate.facts_per_s,
        "facts": len(seen.due),
        "memory_growth_percent": _growth(total),
        "visible_p999_ms": percentiles(seen.waits_ms("visible"))["p999"],
        "visible_p99_ms": percentiles(seen.waits_ms("visible"))["p99"],
        "never_visible": seen.missing("visible"),
        "requests_refused": seen.refused,
        "connections_more": _more(watch.connections),
        "connections": watch.connections[-1],
        "cpu_ms": round(cpu_ms, 2),
        "memory_mb": {name: round(values[-1]) for name, values in watch.memory.items()},
        "memory_growth_percent_by_process": growth,
        "memory_mb_over_time": {
            name: [round(value) for value in values] for name, values in watch.memory.items()
        },
    }


async def _capacity(of: House, owner: Owner) -> float:
    """Return how many facts a second become visible when far too many are sent."""
    seen = Seen()
    async with watched(of, owner, seen):
        began = time.monotonic()
        await send(of, owner, Load(BURST, BURST_S, until=BURST_UNTIL), seen)
        return len(seen.at["visible"]) / (max(seen.at["visible"].values()) - began)


async def _soak(of: House, owner: Owner, load: Load, watch: Watch, seen: Seen) -> None:
    async def look() -> None:
        async with await psycopg.AsyncConnection.connect(of.stack.postgres, autocommit=True) as connection:
            while True:
                for name, pid in of.pids.items():
                    watch.memory.setdefault(name, []).append(_memory_mb(pid))
                row = await (await connection.execute(_CONNECTIONS)).fetchone()
                watch.connections.append(row[0] if row else 0)
                await asyncio.sleep(load.seconds / SAMPLES)

    async with watched(of, owner, seen):
        looking = asyncio.create_task(look())
        try:
            await send(of, owner, load, seen)
        finally:
            looking.cancel()


_CONNECTIONS: Final = b"select count(*) from pg_stat_activity where backend_type = 'client backend'"


def _memory_mb(pid: int) -> float:
    """Return what a process and its children hold that nobody else does."""
    root = psutil.Process(pid)
    total = 0
    for process in (root, *root.children(recursive=True)):
        try:
            total += process.memory_full_info().uss
        except psutil.NoSuchProcess:
            continue
    return total / 2**20


def _growth(values: Sequence[float]) -> float:
    """Return by how many percent the last fifth exceeds the first fifth after the warm-up."""
    kept = values[int(len(values) * WARM_UP) :]
    fifth = max(1, len(kept) // 5)
    early, late = kept[:fifth], kept[-fifth:]
    return round(100 * (sum(late) / sum(early) - 1), 1)


def _more(values: Sequence[float]) -> float:
    """Return how many connections there are more at the end than after the warm-up."""
    kept = values[int(len(values) * WARM_UP) :]
    return max(kept[-3:]) - max(kept[: max(1, len(kept) // 5)])


def report(result: Result) -> Report:
    """Return growth by process."""
    growth = result["memory_growth_percent_by_process"]
    table = Table(
        ("process", "MB at the end", "growth after the warm-up, %"),
        [(name, mb, f"{growth[name]:+.1f}") for name, mb in result["memory_mb"].items()],
    )
    return Report(
        (table,),
        notes=(
            (
                f"{result['facts']:,} facts in {result['seconds']:g} s at {result['facts_per_s']}/s, half"
                f" of what became visible a second when far more were sent. CPU {result['cpu_ms']} ms a fact."
            ),
            (
                f"Visible on the live feed after p99 {result['visible_p99_ms']:g} ms,"
                f" p99.9 {result['visible_p999_ms']:g} ms; never: {result['never_visible']};"
                f" requests refused: {result['requests_refused']}."
            ),
            (
                "Memory is what a process and its children hold alone (USS). The first quarter is warm-up;"
                " compared are the first and the last fifth of what follows."
            ),
        ),
    )


BENCHMARK: Final = Benchmark(
    "soak",
    measure,
    report,
    (
        Target(
            "memory_growth_percent",
            "<=",
            5,
            "growth of the house's memory after the warm-up, %",
            by_the_clock=False,
        ),
        Target("visible_p999_ms", "<=", 1_000, "lag: request → live feed, p99.9 in ms"),
        Target("never_visible", "<=", 0, "facts that never became visible", by_the_clock=False),
        Target(
            "connections_more", "<=", 0, "connections to PostgreSQL that were not there after the warm-up"
        ),
    ),
)
