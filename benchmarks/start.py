"""How long starts take and what an idle system weighs: a clean clone with empty caches, then warm ones.

Run it on a quiet machine with `make bench-start`. It clones the last commit into a folder of its own, with a
HOME of its own, so nothing that this machine fetched before helps. Writes results/start.json and the tables
of docs/OPERATIONS.md between their markers.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "benchmarks/results/start.json"
PAGE = ROOT / "docs/OPERATIONS.md"
MARKERS = ("<!-- start: made by `make bench-start` -->\n", "<!-- end of start -->\n")
WARM_STARTS = 3
SETTLE_S = 15
IDLE_S = 30
KEPT = ("PATH", "LANG", "TERM", "TMPDIR")
"""Of the environment, with whatever leads to a registry: proxies, authorities, indexes."""


def main() -> None:
    """Measure, and write down what came out."""
    with tempfile.TemporaryDirectory(prefix="arus-start-") as place:
        found = measured(Path(place))
    RESULT.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    PAGE.write_text(with_tables(PAGE.read_text("utf-8"), found), encoding="utf-8")
    print(tables(found))


def measured(place: Path) -> dict[str, Any]:
    """Return every time in seconds and every weight in MB."""
    checkout, env = place / "arus", environment(place / "home")
    began = os.getloadavg()[0]
    clone(checkout)
    cold = {"setup_s": took(["make", "setup"], checkout, env), "up_s": up(checkout, env)}
    try:
        time.sleep(SETTLE_S)
        services = idle(checkout, env)
    finally:
        arus(checkout, env, "down")
    warm: list[float] = []
    for _ in range(WARM_STARTS):
        warm.append(up(checkout, env))
        arus(checkout, env, "down")
    return {
        "cold": cold,
        "warm_up_s": round(median(warm), 1),
        "idle": services,
        "idle_rss_mb": round(sum(one["rss_mb"] for one in services.values()), 1),
        "idle_share_mb": round(sum(one["share_mb"] for one in services.values()), 1),
        "idle_cpu_percent": round(sum(one["cpu_percent"] for one in services.values()), 2),
        "cpus": os.cpu_count(),
        "load_before": round(began, 2),
    }


def environment(home: Path) -> dict[str, str]:
    """Return an environment in which nothing was fetched before."""
    home.mkdir(parents=True)
    leads = ("_PROXY", "_CERT", "_CERTS", "_CERT_FILE", "_INDEX_URL", "_FIND_LINKS", "_REGISTRY")
    kept = {n: v for n, v in os.environ.items() if n in KEPT or n.upper().endswith(leads)}
    return {**kept, "HOME": str(home), "ARUS_GATEWAY_PORT": "0", "ARUS_ADMIN_PASSWORD": "Rahasia-panjang-7"}


def clone(checkout: Path) -> None:
    """Clone the last commit."""
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", ROOT, checkout], check=True)


def took(command: Sequence[str], checkout: Path, env: Mapping[str, str]) -> float:
    """Return how long a command took, in seconds; what it says is shown when it fails."""
    began = time.perf_counter()
    done = subprocess.run(command, cwd=checkout, env=env, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return round(time.perf_counter() - began, 1)


def up(checkout: Path, env: Mapping[str, str]) -> float:
    """Start everything and return how long that took, in seconds."""
    return took([".venv/bin/arus", "up", "--detach", "--wait"], checkout, env)


def arus(checkout: Path, env: Mapping[str, str], *words: str) -> str:
    """Return what an arus command wrote to standard output."""
    command = [".venv/bin/arus", *words]
    return subprocess.run(
        command,
        cwd=checkout,
        env=env,
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ).stdout


def idle(checkout: Path, env: Mapping[str, str]) -> dict[str, dict[str, float]]:
    """Return each server's memory, and its share of one core over half a minute in which nothing happens.

    share_mb: what it holds of the machine's memory, pages that several processes map divided among them;
    rss_mb, as `arus status` says it, counts a library in each process that has loaded it.
    """
    services = json.loads(arus(checkout, env, "status", "--json"))["services"]
    supervisor = json.loads((checkout / ".arus/run/state.json").read_text("utf-8"))["pid"]
    pids = {one["name"]: one["pid"] for one in services} | {"supervisor": supervisor}
    families = {name: family(pid, alone=name == "supervisor") for name, pid in pids.items()}
    before = {name: cpu_s(of) for name, of in families.items()}
    time.sleep(IDLE_S)
    used = {name: cpu_s(of) - before[name] for name, of in families.items()}
    rss = {one["name"]: one["rss_mb"] for one in services}
    rss["supervisor"] = round(psutil.Process(supervisor).memory_info().rss / 2**20, 1)
    return {
        name: {
            "rss_mb": rss[name],
            "share_mb": round(sum(one.memory_full_info().pss for one in families[name]) / 2**20, 1),
            "cpu_percent": round(100 * used[name] / IDLE_S, 2),
        }
        for name in sorted(pids)
    }


def family(pid: int, *, alone: bool) -> list[psutil.Process]:
    """Return a process, with its children unless alone."""
    process = psutil.Process(pid)
    return [process] if alone else [process, *process.children(recursive=True)]


def cpu_s(processes: Sequence[psutil.Process]) -> float:
    """Return the CPU time that processes have used."""
    return sum(one.cpu_times().user + one.cpu_times().system for one in processes)


def with_tables(page: str, found: Mapping[str, Any]) -> str:
    """Return the page with new tables between the markers."""
    head, _, rest = page.partition(MARKERS[0])
    return head + MARKERS[0] + tables(found) + MARKERS[1] + rest.partition(MARKERS[1])[2]


def tables(found: Mapping[str, Any]) -> str:
    """Return what was measured as two Markdown tables."""
    cold = found["cold"]
    rows = [
        f"On {found['cpus']} cores, load {found['load_before']:.1f} before it began:",
        "",
        "| what | seconds |",
        "|---|---|",
        f"| clean clone, nothing cached: `make setup` (from the registries) | {cold['setup_s']:.0f} |",
        f"| then the first `arus up` (jars, database, console's packages and build) | {cold['up_s']:.0f} |",
        f"| warm start: `arus up` after `arus down`, median of {WARM_STARTS} | {found['warm_up_s']:.0f} |",
        "",
        "| process, idle | resident memory, MB | of the machine's memory, MB | share of one core, % |",
        "|---|---|---|---|",
    ]
    rows += [
        f"| {name} | {one['rss_mb']:.0f} | {one['share_mb']:.0f} | {one['cpu_percent']:.1f} |"
        for name, one in found["idle"].items()
    ]
    rows.append(
        f"| **together** | {found['idle_rss_mb']:.0f} | {found['idle_share_mb']:.0f}"
        f" | {found['idle_cpu_percent']:.1f} |"
    )
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    main()
