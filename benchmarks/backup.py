"""How long a backup and a restore take: the demonstration organisation, backed up, destroyed, brought back.

Run it on a quiet machine with `make bench-backup`. Writes results/backup.json and the table of
docs/OPERATIONS.md between its markers.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
from arus_stack.home import Home
from arus_stack.settings import StackSettings
from arus_stack.system import System

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "benchmarks/results/backup.json"
PAGE = ROOT / "docs/OPERATIONS.md"
MARKERS = ("<!-- backup: made by `make bench-backup` -->\n", "<!-- end of backup -->\n")
QUIET_S = 120


def main() -> None:
    """Measure, and write down what came out."""
    with tempfile.TemporaryDirectory(prefix="arus-backup-") as place:
        found = measured(Path(place))
    RESULT.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    PAGE.write_text(with_table(PAGE.read_text("utf-8"), found), encoding="utf-8")
    print(table(found))


def measured(place: Path) -> dict[str, Any]:
    """Return what one drill took, in seconds."""
    home, folder, load = place / "home", place / "backup", os.getloadavg()[0]
    try:
        arus(home, "up", "--detach", "--wait")
        arus(home, "demo", "--json")
        wait_until_quiet(home)
        taken = json.loads(arus(home, "backup", str(folder), "--json"))
        arus(home, "down")
        shutil.rmtree(home)
        restored = json.loads(arus(home, "restore", str(folder), "--verify", "--json"))
        began = time.perf_counter()
        arus(home, "up", "--detach", "--wait")
        up_s = round(time.perf_counter() - began, 1)
    finally:
        arus(home, "down")
    return {
        "rows": taken["rows"],
        "records": taken["records"],
        "bytes": taken["bytes"],
        "backup_s": taken["seconds"],
        "restore_s": restored["seconds"],
        "differences": len(restored["differences"]),
        "up_s": up_s,
        "cpus": os.cpu_count(),
        "load_before": round(load, 2),
    }


def wait_until_quiet(home: Path) -> None:
    """Return when every event has left and every fact is judged."""
    url = System.as_it_is(StackSettings(home=home, gateway_port=0), Home(home)).postgres_url
    query = "select (select count(*) from anomaly.verdicts), (select count(*) from ingest.outbox)"
    before: Any = None
    deadline = time.monotonic() + QUIET_S
    with psycopg.connect(url, autocommit=True) as connection:
        while (now := connection.execute(query).fetchone()) != before or not now or now[1] > 0:
            if time.monotonic() > deadline:
                sys.exit(f"not quiet after {QUIET_S} s: {now}")
            before = now
            time.sleep(3)


def arus(home: Path, *words: str) -> str:
    """Return what an arus command wrote to standard output."""
    env: Mapping[str, str] = {
        **os.environ,
        "ARUS_HOME": str(home),
        "ARUS_GATEWAY_PORT": "0",
        "ARUS_CONSOLE": "false",
        "ARUS_ADMIN_PASSWORD": "Rahasia-panjang-7",
    }
    command = [sys.executable, "-m", "arus_stack.cli", *words]
    return subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout


def with_table(page: str, found: Mapping[str, Any]) -> str:
    """Return the page with a new table between the markers."""
    head, _, rest = page.partition(MARKERS[0])
    return head + MARKERS[0] + table(found) + MARKERS[1] + rest.partition(MARKERS[1])[2]


def table(found: Mapping[str, Any]) -> str:
    """Return what was measured as a Markdown table."""
    size = f"{found['rows']:,} rows and {found['records']:,} records, {found['bytes'] / 2**20:.1f} MB"
    compared = f"{found['differences']} differences"
    rows = [
        f"On {found['cpus']} cores, load {found['load_before']:.1f} before it began; {size} as a backup:",
        "",
        "| what | seconds |",
        "|---|---|",
        f"| `arus backup`, while everything runs | {found['backup_s']:.1f} |",
        f"| `arus restore --verify` into an empty folder: {compared} | {found['restore_s']:.1f} |",
        f"| `arus up` until everything answers | {found['up_s']:.1f} |",
        f"| **recovery time**, from an empty folder | {found['restore_s'] + found['up_s']:.1f} |",
    ]
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    main()
