"""How long a search for a customer takes, by part of a number, a name or an address, through the gateway."""

from __future__ import annotations

import csv
import random
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import httpx
from harness import Benchmark, Length, Report, Result, Table, Target
from house import NO_CONSOLE, UNLIMITED, house, newcomer
from imports import until_it

CUSTOMERS: Final = {Length.FULL: 100_000, Length.QUICK: 20_000}
SEARCHES: Final = {Length.FULL: 1_000, Length.QUICK: 200}
HEADERS: Final = ("NOMEN", "NAMA_PEL", "ALM1_PEL", "RAYON", "TARIF", "NOMET", "KUBIK", "NOMINAL", "PERIODE")
FIRST: Final = (
    "Sari",
    "Budi",
    "Agus",
    "Dewi",
    "Siti",
    "Joko",
    "Rina",
    "Hendra",
    "Wati",
    "Eko",
    "Putri",
    "Adi",
)
LAST: Final = (
    "Wulandari",
    "Santoso",
    "Pratama",
    "Lestari",
    "Nugroho",
    "Saputra",
    "Hidayat",
    "Kusuma",
    "Halim",
)
STREETS: Final = (
    "Mawar",
    "Melati",
    "Sunter Agung",
    "Danau Sunter",
    "Kemayoran",
    "Anggrek",
    "Kenanga",
    "Ancol",
)
KINDS: Final = {
    "number": "part of a number, four digits",
    "name": "part of a first and a last name",
    "address": "street and house",
    "absent": "what nobody is called",
}


def measure(length: Length) -> Result:
    """Import customers, then search, each kind in turn."""
    customers, chance = CUSTOMERS[length], random.Random(3)
    with TemporaryDirectory(prefix="arus-bench-") as folder, house({**UNLIMITED, **NO_CONSOLE}) as of:
        file = Path(folder) / "MC_DES25.csv"
        _write(file, customers)
        headers = newcomer(of.gateway, 0, 0).headers
        with httpx.Client(base_url=f"{of.gateway}/api/v1", headers=headers, timeout=300) as http:
            _import(http, file)
            waits: dict[str, list[float]] = {kind: [] for kind in KINDS}
            for _ in range(SEARCHES[length]):
                for kind in KINDS:
                    began = time.monotonic()
                    http.get(
                        "/customers/search", params={"q": _asked(kind, customers, chance)}
                    ).raise_for_status()
                    waits[kind].append(1e3 * (time.monotonic() - began))
    ways = {
        kind: {name: _at(of_kind, share) for name, share in _SHARES.items()}
        for kind, of_kind in waits.items()
    }
    return {
        "customers": customers,
        "searches": SEARCHES[length],
        "p95_ms": _at([wait for of_kind in waits.values() for wait in of_kind], 0.95),
        "ways": ways,
    }


_SHARES: Final = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


def _at(waits: list[float], share: float) -> float:
    return round(sorted(waits)[min(len(waits) - 1, int(len(waits) * share))], 1)


def _asked(kind: str, customers: int, chance: random.Random) -> str:
    number = chance.randrange(customers)
    match kind:
        case "number":
            return f"{number:06d}"[-4:]
        case "name":
            return f"{FIRST[number % len(FIRST)][1:]} {LAST[number % len(LAST)][:4]}"
        case "address":
            return f"{STREETS[number % len(STREETS)]} {number % 400}"
        case _:
            return f"zxq{number}"


def _write(path: Path, customers: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, delimiter=";")
        out.writerow(HEADERS)
        for number in range(customers):
            out.writerow(
                (
                    f"34{number:06d}",
                    f"{FIRST[number % len(FIRST)]} {LAST[number % len(LAST)]}",
                    f"Jl. {STREETS[number % len(STREETS)]} {number % 400} RT {number % 17:02d}",
                    34 + number % 2,
                    "2A",
                    f"MT{number:06d}",
                    10 + number % 30,
                    50_000 + 1_000 * (number % 90),
                    "2025-12",
                )
            )


def _import(http: httpx.Client, file: Path) -> None:
    with file.open("rb") as content:
        answer = http.post("/imports", files=[("files", (file.name, content))]).raise_for_status()
    path = f"/imports/{answer.json()['items'][0]['id']}"
    seen = until_it(http, path, lambda one: one["state"] not in {"queued", "analysed"})
    http.post(f"{path}/commit", json={"preview": seen["preview"]}).raise_for_status()
    done = until_it(http, path, lambda one: one["state"] != "committing")
    if done["state"] != "completed":
        raise RuntimeError(f"{file.name} must be completed, got {done}")


def report(result: Result) -> Report:
    """Return waits by what is searched for."""
    ways: Mapping[str, Mapping[str, float]] = result["ways"]
    return Report(
        (
            Table(
                ("searched for", "p50 ms", "p95 ms", "p99 ms"),
                [(says, *ways[kind].values()) for kind, says in KINDS.items()],
            ),
        ),
        notes=(
            f"{result['customers']:,} customers, {result['searches']} searches of each kind, one at a time.",
        ),
    )


BENCHMARK: Final = Benchmark(
    "search", measure, report, (Target("p95_ms", "<=", 50, "p95 of a search for a customer, ms"),)
)
