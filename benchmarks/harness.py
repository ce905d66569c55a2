"""What every benchmark is made of: repetitions in turn, medians with their spread, and the machine it ran on.

A benchmark is a module with a ``BENCHMARK``; ``bench.py`` keeps the list of them and runs them, ``page.py``
writes down what came out.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import statistics
import sys
import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Literal

import psutil

HERE: Final = Path(__file__).parent
RESULTS: Final = HERE / "results"

QUIET_PERCENT: Final = 25
"""Others may take so much of the CPU before rates and waits say nothing of us."""

Result = dict[str, Any]
"""What a benchmark found, as it goes into its JSON file."""
Spread = Mapping[str, float]
"""The median of some rounds, and their lowest and highest."""
Cell = str | float | Spread | None


class Length(StrEnum):
    """How long a benchmark may take: hours together, or minutes."""

    FULL = "full"
    QUICK = "quick"


@dataclass(frozen=True, slots=True)
class Target:
    """A promise about one figure of a result."""

    figure: str
    relation: Literal["<=", ">="]
    bound: float
    says: str
    """What the figure is, with its unit."""
    by_the_clock: bool = True
    """It hangs on rates or waits, which mean nothing where others take the CPU."""

    def verdict(self, result: Result) -> str:
        """Say whether the result keeps the promise, or why that cannot be said."""
        value = median_of(result.get(self.figure))
        if value is None:
            return "not measured"
        if self.by_the_clock and result["machine"]["others_cpu_percent"] > QUIET_PERCENT:
            return "not judged: no quiet machine"
        kept = value <= self.bound if self.relation == "<=" else value >= self.bound
        return "kept" if kept else "**missed**"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; a number is written short, a spread with its lowest and highest."""

    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Chart:
    """One bar per name."""

    title: str
    bars: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Report:
    """What the page shows of a result. notes: sentences under the tables."""

    tables: Sequence[Table]
    chart: Chart | None = None
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One question, how it is measured, and what of the answer the page shows."""

    name: str
    measure: Callable[[Length], Result]
    report: Callable[[Result], Report] | None = None
    """None: another page shows it."""
    targets: tuple[Target, ...] = ()
    in_quick: bool = True


def said(what: str) -> None:
    """Tell a person what happens."""
    sys.stderr.write(f"{what}\n")


def median(values: Iterable[float]) -> float:
    """Return the median."""
    return statistics.median(values)


def spread(values: Iterable[float], digits: int = 2) -> Spread:
    """Return the median of some rounds with their lowest and highest."""
    found = list(values)
    return {
        "median": round(median(found), digits),
        "low": round(min(found), digits),
        "high": round(max(found), digits),
    }


def median_of(figure: Cell) -> float | None:
    """Return a figure's median, or the figure itself where it was measured once."""
    if isinstance(figure, Mapping):
        return figure["median"]
    return figure if isinstance(figure, int | float) else None


def in_turn(
    rounds: int, ways: Mapping[str, Callable[[], Mapping[str, float]]]
) -> list[dict[str, Mapping[str, float]]]:
    """Run every way once a round, so that a noisy neighbour meets them all."""
    found: list[dict[str, Mapping[str, float]]] = []
    for number in range(rounds):
        measured: dict[str, Mapping[str, float]] = {}
        for name, way in ways.items():
            measured[name] = way()
            figures = ", ".join(f"{what} {value:.4g}" for what, value in measured[name].items())
            said(f"round {number + 1}, {name}: {figures}")
        found.append(measured)
    return found


def percentiles(values: Sequence[float], digits: int = 1) -> dict[str, float]:
    """Return the median and the tail of what was measured often."""
    ordered = sorted(values)
    most = len(ordered) - 1
    named = {"p50": 0.5, "p99": 0.99, "p999": 0.999}
    return {name: round(ordered[min(most, int(len(ordered) * part))], digits) for name, part in named.items()}


def cpu_s(pid: int) -> float:
    """Return the CPU seconds a process and its children have spent, those that have ended included."""
    try:
        root = psutil.Process(pid)
        family = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    return sum(map(_own_cpu_s, family))


def _own_cpu_s(process: psutil.Process) -> float:
    try:
        return sum(process.cpu_times()[:4])
    except psutil.NoSuchProcess:
        return 0.0


@contextmanager
def on_this_machine(result: Result) -> Generator[None]:
    """Write into the result what machine this is, and how much of it others used meanwhile."""
    load, began, busy, ours = os.getloadavg()[0], time.monotonic(), _busy_s(), _ours_s()
    yield
    took = time.monotonic() - began
    others = max(0.0, _busy_s() - busy - (_ours_s() - ours))
    cores = os.cpu_count() or 1
    result["machine"] = {
        "cores": cores,
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load_before": round(load, 1),
        "others_cpu_percent": round(100 * others / took / cores),
    }
    result["took_s"] = round(took)
    result["measured_on"] = time.strftime("%Y-%m-%d", time.gmtime())


def _busy_s() -> float:
    times = psutil.cpu_times()
    return times.user + times.nice + times.system


def _ours_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used) + sum(_detached_s)


_detached_s: Final[list[float]] = []


def spent_detached(seconds: float) -> None:
    """Count CPU seconds as the benchmark's own: of processes it started that are no children of its."""
    _detached_s.append(seconds)


def path_of(name: str) -> Path:
    """Return where a benchmark's result lies."""
    return RESULTS / f"{name}.json"


def write(name: str, result: Result) -> None:
    """Write a result file."""
    RESULTS.mkdir(exist_ok=True)
    path_of(name).write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def read(name: str) -> Result | None:
    """Return what was last found, None when a benchmark never ran."""
    path = path_of(name)
    return json.loads(path.read_text("utf-8")) if path.exists() else None
