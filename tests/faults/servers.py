"""A server of a test's own, which the test kills and starts again at the same address."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE_S = 90.0


@dataclass
class Server:
    """command runs it in the foreground, ready tells whether it answers."""

    command: Sequence[str]
    ready: Callable[[], bool]
    log: Path
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    process: subprocess.Popen[bytes] | None = None
    kills: int = 0

    def start(self) -> None:
        """Start, and return when it answers.

        What a killed server leaves behind (PostgreSQL's processes, which hold its memory for a moment) may
        make a start fail: then it is tried again.
        """
        deadline = time.monotonic() + PATIENCE_S
        while not self.ready():
            if self.process is None or self.process.poll() is not None:
                with self.log.open("ab") as output:
                    self.process = subprocess.Popen(
                        self.command,
                        env={**os.environ, **self.env},
                        stdout=output,
                        stderr=subprocess.STDOUT,
                    )
            assert time.monotonic() < deadline, self.log.read_text()[-2000:]
            time.sleep(0.05)

    def kill(self) -> None:
        """Kill -9."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self.kills += 1

    def close(self) -> None:
        """End it."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
