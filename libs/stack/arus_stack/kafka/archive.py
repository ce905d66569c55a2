"""Java's classes as a start of the broker wants them, kept in one file: later starts load them at once.

Made once per user, from a broker that runs for nothing else, and used by every ARUS_HOME. As a program
(`python -m arus_stack.kafka.archive`) this makes it, at the lowest priority.
"""

import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from arus_stack import ports
from arus_stack.errors import ServerFailed
from arus_stack.kafka import jars
from arus_stack.kafka.broker import Kafka

START_S: Final = 240
WRITE_S: Final = 600
POLL_S: Final = 0.5


def is_missing() -> bool:
    """Tell whether there is none yet, and this Java can make one."""
    path = jars.archive()
    return path is not None and not path.exists()


def make() -> None:
    """Make the archive unless it is there, or somebody makes it now."""
    path = jars.archive()
    if path is None:
        return
    try:
        with FileLock(f"{path}.lock", timeout=0):
            if not path.exists():
                folder = Path(f"{path}.making")
                shutil.rmtree(folder, ignore_errors=True)  # of one that was killed
                _recorded(folder).rename(path)
                shutil.rmtree(folder)
    except Timeout:
        return


def _recorded(folder: Path) -> Path:
    """Return what Java writes when a broker that became ready ends."""
    made = folder / "classes.aot"
    broker = Kafka(folder / "kafka", ports.free_port(), ports.free_port(), "of-nobody", records=made)
    broker.prepare()
    process = subprocess.Popen(  # noqa: S603
        broker.command(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + START_S
        while not broker.ready():
            if process.poll() is not None or time.monotonic() > deadline:
                raise ServerFailed("a broker to learn Java's classes from did not become ready")
            time.sleep(POLL_S)
        process.terminate()
        process.wait(WRITE_S)
    finally:
        process.kill()
        process.wait()
    return made


if __name__ == "__main__":
    os.nice(19)
    make()
