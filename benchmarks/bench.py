"""Measure what is promised: python benchmarks/bench.py [--quick] [--page] [NAME ...].

Each benchmark is a module with a ``BENCHMARK``, and has an entry in BENCHMARKS below. Results go to
results/<name>.json, tables and charts into docs/performance.md. --page: measure nothing, write the page anew
from the results that lie there.
"""

from __future__ import annotations

import argparse
import signal
import sys
from types import FrameType
from typing import Final

import anatomy
import backtest
import console
import detect
import exports
import gateway
import growth
import imports
import latency
import learned
import log
import search
import soak
import stream
from harness import Benchmark, Length, Result, on_this_machine, read, said, write
from page import put

BENCHMARKS: Final[tuple[Benchmark, ...]] = (
    stream.BENCHMARK,
    anatomy.BENCHMARK,
    learned.BENCHMARK,
    latency.BENCHMARK,
    gateway.BENCHMARK,
    growth.BENCHMARK,
    soak.BENCHMARK,
    log.BENCHMARK,
    backtest.BENCHMARK,
    exports.BENCHMARK,
    console.BENCHMARK,
    imports.BENCHMARK,
    detect.BENCHMARK,
    search.BENCHMARK,
)


def run(benchmark: Benchmark, length: Length) -> Result:
    """Measure, write the result down, and say which promises it keeps."""
    said(f"{benchmark.name} ({length})")
    found: Result = {"length": str(length)}
    with on_this_machine(found):
        found |= benchmark.measure(length)
    return found


def _end(signum: int, _: FrameType | None) -> None:
    """End in good order: servers are stopped on the way out."""
    sys.exit(128 + signum)


def main() -> None:
    """Run what is asked for, everything when nothing is named."""
    names = [benchmark.name for benchmark in BENCHMARKS]
    parser = argparse.ArgumentParser(description="Measure what is promised.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(names))
    parser.add_argument("--quick", action="store_true", help="the short form of each, minutes in all")
    parser.add_argument("--page", action="store_true", help="write the page from the results that lie there")
    given = parser.parse_args()
    if unknown := set(given.names) - set(names):
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    signal.signal(signal.SIGTERM, _end)
    length = Length.QUICK if given.quick else Length.FULL
    for benchmark in BENCHMARKS:
        if benchmark.name not in given.names and (given.names or (given.quick and not benchmark.in_quick)):
            continue
        result = read(benchmark.name) if given.page else run(benchmark, length)
        if result is None:
            continue
        write(benchmark.name, result)
        for target in benchmark.targets:
            bound = f"{target.relation} {target.bound:g}"
            said(f"{target.says}: {result.get(target.figure)} ({bound}): {target.verdict(result)}")
    put(BENCHMARKS)


if __name__ == "__main__":
    main()
