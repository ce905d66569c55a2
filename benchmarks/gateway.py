"""What the gateway costs: a list through it, from the service itself, and from a bare FastAPI endpoint."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Final

import aiohttp
import httpx
import uvloop
from arus_stack import ports
from arus_stack.testing import until
from harness import (
    HERE,
    Benchmark,
    Length,
    Report,
    Result,
    Table,
    Target,
    cpu_s,
    in_turn,
    median,
    percentiles,
    spread,
)
from house import NO_CONSOLE, UNLIMITED, House, house, newcomer

CONNECTIONS: Final = (1, 4, 16, 64)
ROUNDS: Final = {Length.FULL: 5, Length.QUICK: 2}
SECONDS: Final = {Length.FULL: 10.0, Length.QUICK: 2.0}
LOCATIONS: Final = 40
PATH: Final = "/api/v1/locations?limit=20"
WAYS: Final = {
    "bare": "bare FastAPI endpoint, the same query",
    "direct": "the service itself, which verifies the token",
    "gateway": "through the gateway",
}
SERVERS: Final = {"direct": ("inventory",), "gateway": ("gateway", "inventory")}


def measure(length: Length) -> Result:
    """Ask each way in turn with more and more connections."""
    with house({**UNLIMITED, **NO_CONSOLE}) as of:
        owner = newcomer(of.gateway, LOCATIONS, 1)
        with bare(of) as (pid, url):
            bases = {"bare": url, "direct": of.direct("inventory"), "gateway": of.gateway}

            def one(way: str, connections: int) -> Mapping[str, float]:
                pids = [of.pids[name] for name in SERVERS[way]] if way in SERVERS else [pid]
                before = sum(map(cpu_s, pids))
                waits = uvloop.run(_ask(bases[way] + PATH, owner.headers, connections, SECONDS[length]))
                spent = sum(map(cpu_s, pids)) - before
                return {
                    **percentiles(waits, 3),
                    "requests_per_s": len(waits) / SECONDS[length],
                    "cpu_ms": 1e3 * spent / len(waits),
                }

            rounds = in_turn(
                ROUNDS[length],
                {
                    f"{way} {connections}": lambda way=way, connections=connections: one(way, connections)
                    for connections in CONNECTIONS
                    for way in WAYS
                },
            )

    def over(connections: int, way: str) -> float:
        return round(
            median(
                [one[f"{way} {connections}"]["p50"] / one[f"bare {connections}"]["p50"] for one in rounds]
            ),
            2,
        )

    return {
        "seconds": SECONDS[length],
        "rounds": ROUNDS[length],
        "gateway_over_bare_at_16": over(16, "gateway"),
        "over_bare": {way: {str(n): over(n, way) for n in CONNECTIONS} for way in WAYS if way != "bare"},
        "ways": {
            name: {what: spread([one[name][what] for one in rounds]) for what in rounds[0][name]}
            for name in rounds[0]
        },
    }


@contextmanager
def bare(of: House) -> Generator[tuple[int, str]]:
    """Give the bare endpoint's process and address."""
    port = ports.free_port()
    server = subprocess.Popen(
        [sys.executable, "gateway_peer.py", str(port)],
        cwd=HERE,
        env={**os.environ, "ARUS_BENCH_DB": of.stack.postgres},
    )
    url = f"http://127.0.0.1:{port}"
    try:
        until(lambda: _answers(url + PATH), "the bare endpoint")
        yield server.pid, url
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url).is_success
    except httpx.TransportError:
        return False


async def _ask(url: str, headers: Mapping[str, str], connections: int, seconds: float) -> list[float]:
    """Return the waits in ms of connections that ask again as soon as they are answered."""
    waits: list[float] = []
    connector = aiohttp.TCPConnector(limit=connections)
    async with aiohttp.ClientSession(connector=connector, headers=headers) as http:
        ends = time.monotonic() + seconds

        async def asking() -> None:
            while (began := time.monotonic()) < ends:
                async with http.get(url) as answer:
                    answer.raise_for_status()
                    await answer.read()
                waits.append(1e3 * (time.monotonic() - began))

        async with asyncio.TaskGroup() as tasks:
            for _ in range(connections):
                tasks.create_task(asking())
    return waits


def report(result: Result) -> Report:
    """Return waits and costs by connections."""
    ways = result["ways"]
    waits = Table(
        ("p50 in ms (p99)", *(f"{n} connections" for n in CONNECTIONS)),
        [
            (says, *(f"{ways[f'{way} {n}']['p50']['median']:.2f} ({ways[f'{way} {n}']['p99']['median']:.1f})"
                     for n in CONNECTIONS))
            for way, says in WAYS.items()
        ],
    )  # fmt: skip
    ratios = Table(
        ("p50 over the bare endpoint's", *(f"{n} connections" for n in CONNECTIONS)),
        [(WAYS[way], *(of[str(n)] for n in CONNECTIONS)) for way, of in result["over_bare"].items()],
    )
    costs = Table(
        ("at 16 connections", "requests/s", "CPU ms a request, of all its servers"),
        [
            (says, ways[f"{way} 16"]["requests_per_s"], ways[f"{way} 16"]["cpu_ms"])
            for way, says in WAYS.items()
        ],
    )
    return Report(
        (waits, ratios, costs),
        notes=(
            (
                f"{result['rounds']} rounds of {result['seconds']:g} s each, in turn: `GET {PATH}`,"
                f" {LOCATIONS} locations in the table; each connection asks again as soon as it is answered."
            ),
            (
                "Who asks runs on the same cores. The bare endpoint knows nobody: no token, no tenant,"
                " no limits, no trace, no log, no metrics."
            ),
        ),
    )


BENCHMARK: Final = Benchmark(
    "gateway",
    measure,
    report,
    (Target("gateway_over_bare_at_16", "<=", 2.5, "p50 over bare FastAPI's at 16 connections"),),
)
