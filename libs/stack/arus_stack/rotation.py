"""Logs that begin anew when they are large, and a few earlier ones."""

import os
from dataclasses import dataclass
from pathlib import Path

COPY_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class Rotation:
    """When a log begins anew, and how many earlier files it keeps."""

    bytes: int = 20 * 2**20
    kept: int = 3


def rotate(log: Path, kept: int) -> None:
    """Keep a log's content aside and empty it; its writer appends, so it goes on at the start.

    What is written while the last bytes are copied comes along; only a line written between that and the
    emptying, which follow each other at once, is lost. Raises OSError where there is no room; then nothing
    has changed.
    """
    staging = log.with_suffix(".log.new")
    try:
        with log.open("rb") as source, staging.open("wb") as target:
            while chunk := source.read(COPY_BYTES):
                target.write(chunk)
            target.flush()
            os.truncate(log, 0)
    except OSError:
        staging.unlink(missing_ok=True)
        raise
    for number in range(kept, 1, -1):
        older = log.with_suffix(f".log.{number - 1}")
        if older.exists():
            older.replace(log.with_suffix(f".log.{number}"))
    staging.replace(log.with_suffix(".log.1"))
