"""Processes of this machine: what they weigh, and the end of those that nobody looks after any more."""

import json
import os
import signal
from collections.abc import Iterable, Mapping
from contextlib import suppress

import psutil

from arus_stack.home import Home

GROUND = ("postgres", "kafka", "mqtt")
"""What services stand on: they lose work, or wait for nothing, when it ends before them."""
PATIENCE_S = 15


def rss_mb(pid: int) -> float | None:
    """Return the resident memory of a process in MB, with what its children do not share."""
    try:
        process = psutil.Process(pid)
        total = process.memory_info().rss
        for child in process.children(recursive=True):
            with suppress(psutil.Error):
                total += child.memory_full_info().uss
    except psutil.Error:
        return None
    return round(total / 2**20, 1)


def born(pid: int) -> float:
    """Return when a process began: its id alone may be another's by now. 0.0 when it is gone."""
    try:
        return psutil.Process(pid).create_time()
    except psutil.Error:
        return 0.0


def kill_group(pid: int) -> None:
    """Kill a process and everything it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def children(home: Home) -> Mapping[str, tuple[int, float]]:
    """Return the children that a supervisor recorded last: process and when it began, by name."""
    try:
        return json.loads(home.state.read_text(encoding="utf-8")).get("children", {})
    except (FileNotFoundError, ValueError):
        return {}


def end_orphans(home: Home) -> list[str]:
    """End children that a killed supervisor left behind, services first; return their names."""
    orphans: dict[str, psutil.Process] = {}
    for name, (pid, began) in children(home).items():
        with suppress(psutil.Error):
            process = psutil.Process(pid)
            if abs(process.create_time() - began) < 1:
                orphans[name] = process
    _end({name: process for name, process in orphans.items() if name not in GROUND})
    _end({name: process for name, process in orphans.items() if name in GROUND})
    home.state.unlink(missing_ok=True)
    return list(orphans)


def _end(processes: Mapping[str, psutil.Process]) -> None:
    for name, process in processes.items():
        with suppress(psutil.Error):
            process.send_signal(signal.SIGINT if name == "postgres" else signal.SIGTERM)
    _kill(psutil.wait_procs(list(processes.values()), timeout=PATIENCE_S)[1])


def _kill(stubborn: Iterable[psutil.Process]) -> None:
    for process in stubborn:
        kill_group(process.pid)
