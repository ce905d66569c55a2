"""Files of register reads through the whole house: read, stored, judged; beside COPY and pandas' to_sql.

csv    a text file of one period: every customer's first read
xlsx   a workbook of the next period: reads that have one before them
A file goes in through the gateway as anybody's does. COPY takes the very rows that the books then hold, made
beforehand, into a table with their primary key alone; pandas reads the same file and writes it with to_sql.
"""

# pyright: reportUnknownMemberType=false
# xlsxwriter says little of its types.

from __future__ import annotations

import csv
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import httpx
import psutil
import psycopg
from arus_stack.testing import until
from ground import measured
from harness import HERE, Benchmark, Length, Report, Result, Table, Target, said
from house import NO_CONSOLE, UNLIMITED, House, house, newcomer

ROWS: Final = {Length.FULL: 1_000_000, Length.QUICK: 50_000}
CHUNK_ROWS: Final = 500
PERIODS: Final = {"csv": "2025-11", "xlsx": "2025-12"}
HEADERS: Final = (
    "Nomen", "Nama", "Rayon", "PCEZ", "No Meter", "Stand Awal", "Stand Akhir", "Pemakaian", "Read Method",
    "Petugas", "Tgl Baca",
)  # fmt: skip
SERVICES: Final = ("gateway", "ingest", "metering", "anomaly")
WORKERS: Final = {"stored": ("metering", "imports"), "judged": ("anomaly", "meter")}
WATCHED_EVERY_S: Final = 0.1
PATIENCE_S: Final = 3_600
SHOWN_US: Final = 1.0
_PLACES: Final = "select coalesce(sum(next_offset), 0)::bigint from {}.progress where worker = %s"
_COPIED: Final = """
drop table if exists public.copied;
create table public.copied (like metering.meter_readings including defaults);
alter table public.copied add primary key (tenant_id, key, number, line);
"""
Cells = Sequence[str | int]


def measure(length: Length) -> Result:
    """Import both files, one after the other, and let the peers have each right after."""
    rows = ROWS[length]
    with (
        TemporaryDirectory(prefix="arus-bench-") as folder,
        house({**UNLIMITED, **NO_CONSOLE}) as of,
        psycopg.connect(of.stack.postgres, autocommit=True) as database,
    ):
        headers = newcomer(of.gateway, 0, 0).headers
        files = {"csv": Path(folder) / "SBRS_34_NOV25.csv", "xlsx": Path(folder) / "SBRS_34_DES25.xlsx"}
        _WRITERS["csv"](files["csv"], _reads(rows, PERIODS["csv"], 1))
        _WRITERS["xlsx"](files["xlsx"], _reads(rows, PERIODS["xlsx"], 2))
        found: dict[str, dict[str, float]] = {}
        spent: dict[str, Mapping[str, float]] = {}
        for kind, file in files.items():
            before = of.cpu_s()
            with _watched(of) as peak_mb:
                found[kind] = _imported(of, database, headers, file, rows)
            spent[kind] = {
                name: round((now - before[name]) / rows * 1e6, 1) for name, now in of.cpu_s().items()
            }
            pandas = measured(_pandas(file, of.stack.postgres))
            found[kind] |= {
                "copy_s": _copied(database, file.with_suffix(".copy"), rows),
                "to_sql_s": pandas["took_s"],
                "to_sql_mb": pandas["peak_mb"],
                "peak_mb": max(peak_mb.values()),
            }
            said(f"{kind}: {found[kind]}")
            said(f"{kind}: {peak_mb} {spent[kind]}")
    ways = {kind: _with_shares(rows, one) for kind, one in found.items()}
    return {
        "rows": rows,
        "stored_of_copy": min(one["stored_of_copy"] for one in ways.values()),
        "over_to_sql": min(one["over_to_sql"] for one in ways.values()),
        "peak_mb": max(one["peak_mb"] for one in ways.values()),
        "ways": ways,
        "cpu_us": spent,
    }


def _with_shares(rows: int, one: Mapping[str, float]) -> dict[str, float]:
    total_s = one["read_s"] + one["stored_s"] + one["judged_s"]
    figures = {
        **one,
        "total_s": total_s,
        "rows_per_s": rows / total_s,
        "read_of_copy": one["copy_s"] / one["read_s"],
        "stored_of_copy": one["copy_s"] / one["stored_s"],
        "judged_of_copy": one["copy_s"] / one["judged_s"],
        "over_to_sql": one["to_sql_s"] / total_s,
    }
    return {name: round(value, 3) for name, value in figures.items()}


def _imported(
    of: House, database: psycopg.Connection[Any], headers: Mapping[str, str], file: Path, rows: int
) -> dict[str, float]:
    """Return how long a file took to be read and compared, then until it was stored, then until judged."""
    with httpx.Client(base_url=f"{of.gateway}/api/v1", headers=headers, timeout=300) as http:
        wanted = {
            "stored": _place(database, "stored") + -(-rows // CHUNK_ROWS),
            "judged": _place(database, "judged") + rows,
        }
        began = time.monotonic()
        with file.open("rb") as content:
            answer = http.post("/imports", files=[("files", (file.name, content))]).raise_for_status()
        path = f"/imports/{answer.json()['items'][0]['id']}"
        seen = until_it(http, path, lambda one: one["state"] not in {"queued", "analysed"})
        if seen["state"] != "preview" or seen["counts"]["created"] != rows:
            raise RuntimeError(f"{file.name} must be {rows} new rows, got {seen}")
        read = time.monotonic()
        http.post(f"{path}/commit", json={"preview": seen["preview"]}).raise_for_status()
        ended: dict[str, float] = {}
        for what, place in wanted.items():
            until(lambda what=what, place=place: _place(database, what) >= place, what, PATIENCE_S)
            ended[what] = time.monotonic()
        done = until_it(http, path, lambda one: one["state"] != "committing")
        if done["state"] != "completed":
            raise RuntimeError(f"{file.name} must be completed, got {done}")
    return {
        "read_s": read - began,
        "stored_s": ended["stored"] - read,
        "judged_s": ended["judged"] - ended["stored"],
    }


def until_it(http: httpx.Client, path: str, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Return an import as soon as something holds of it."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds(one := http.get(path).raise_for_status().json()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{path} must go on within {PATIENCE_S} s, is {one}")
        time.sleep(0.2)
    return one


def _place(database: psycopg.Connection[Any], what: str) -> int:
    schema, worker = WORKERS[what]
    row = database.execute(_PLACES.format(schema).encode(), (worker,)).fetchone()
    assert row is not None
    return row[0]


def _copied(database: psycopg.Connection[Any], file: Path, rows: int) -> float:
    """Return how long COPY takes for the rows that were stored last."""
    newest = f"select * from metering.meter_readings order by number desc limit {rows}"
    with (
        file.open("wb") as out,
        database.cursor().copy(f"copy ({newest}) to stdout (format binary)".encode()) as rest,
    ):
        for block in rest:
            out.write(block)
    database.execute(_COPIED.encode())
    content = file.read_bytes()
    began = time.monotonic()
    with database.cursor().copy(b"copy public.copied from stdin (format binary)") as copy:
        copy.write(content)
    return time.monotonic() - began


def _pandas(file: Path, url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "pandas_peer.py", str(file)],
        cwd=HERE,
        env={**os.environ, "ARUS_BENCH_DB": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def _watched(of: House) -> Generator[dict[str, float]]:
    """Give the most memory that each process took, in MB; those that a service starts are counted apart."""
    most: dict[str, float] = {}
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(WATCHED_EVERY_S):
            for name in SERVICES:
                for process, called in _family(of.pids[name], name):
                    most[called] = max(most.get(called, 0.0), _resident_mb(process))

    watching = threading.Thread(target=look)
    watching.start()
    try:
        yield most
    finally:
        ended.set()
        watching.join()


def _family(pid: int, name: str) -> Iterator[tuple[psutil.Process, str]]:
    try:
        own = psutil.Process(pid)
        yield own, name
        for child in own.children(recursive=True):
            yield child, f"{name}'s reader"
    except psutil.NoSuchProcess:
        return


def _resident_mb(process: psutil.Process) -> float:
    try:
        return process.memory_info().rss / 2**20
    except psutil.NoSuchProcess:
        return 0.0


def _reads(rows: int, period: str, month: int) -> Iterator[Cells]:
    """Yield register reads of so many customers, in the order of a walk."""
    year, of = period.split("-")
    for number in range(rows):
        used = 10 + number % 23
        begin = 100 + number % 9_000 + used * (month - 1)
        yield (
            f"34{number:08d}", f"Pelanggan {number}", "34", f"PC{number % 97:03d}", f"MT{number:08d}", begin,
            begin + used, used, "ACTUAL", f"Petugas {number % 40:02d}", f"{1 + number % 28:02d}/{of}/{year}",
        )  # fmt: skip


def _csv(path: Path, rows: Iterator[Cells]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, delimiter=";")
        out.writerow(HEADERS)
        out.writerows(rows)


def _xlsx(path: Path, rows: Iterator[Cells]) -> None:
    import xlsxwriter  # noqa: PLC0415 - slow to import

    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("SBRS")
        sheet.write_row(0, 0, HEADERS)
        for at, row in enumerate(rows, 1):
            for place, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(at, place, cell)
                else:
                    sheet.write_number(at, place, cell)


_WRITERS: Final = {"csv": _csv, "xlsx": _xlsx}


def report(result: Result) -> Report:
    """Return seconds, shares and memory by kind of file."""
    ways: Mapping[str, Mapping[str, float]] = result["ways"]
    kinds = list(ways)
    lines = (
        ("received, read and compared with what stands, s", "read_s"),
        ("analysed → stored, s", "stored_s"),
        ("stored → judged, s more", "judged_s"),
        ("in all, s", "total_s"),
        ("rows a second in all", "rows_per_s"),
        ("raw COPY of the stored rows, s", "copy_s"),
        ("pandas + `to_sql` of the same file, s", "to_sql_s"),
        ("analysed → stored, of COPY's rate", "stored_of_copy"),
        ("stored → judged, of COPY's rate", "judged_of_copy"),
        ("times `to_sql` in all", "over_to_sql"),
        ("most memory of a process, MB", "peak_mb"),
        ("pandas' memory, MB", "to_sql_mb"),
    )
    return Report(
        (
            Table(
                (f"{result['rows']:,} register reads", *map(str.upper, kinds)),
                [(says, *(ways[kind][figure] for kind in kinds)) for says, figure in lines],
            ),
        ),
        notes=(
            *(
                f"CPU µs a row, {kind.upper()}: "
                + ", ".join(f"{name} {spent:g}" for name, spent in of_kind.items() if spent >= SHOWN_US)
                + "."
                for kind, of_kind in result["cpu_us"].items()
            ),
            (
                "One run of each. The text file holds every customer's first read, the workbook the next one."
                " Kafka, PostgreSQL, four services and who asks share the cores."
            ),
            "pandas checks nothing, judges nothing, and keeps the whole file in memory.",
        ),
    )


BENCHMARK: Final = Benchmark(
    "imports",
    measure,
    report,
    (
        Target("over_to_sql", ">=", 1.5, "times pandas + `to_sql`, read, stored and judged"),
        Target("stored_of_copy", ">=", 0.25, "analysed → stored, of raw COPY's rate"),
        Target("peak_mb", "<=", 500, "most memory of a process, MB", by_the_clock=False),
    ),
)
