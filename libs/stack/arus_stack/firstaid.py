"""What to do about a failure, from what it said: one sentence a person can act on."""

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

LOW_DISK_MB = 500

_SENTENCES: Sequence[tuple[str, str]] = (
    (
        r"address already in use|errno 98|errno 48|could not bind",
        "Another program took the port meanwhile: `arus down`, then start again, and a free one is chosen.",
    ),
    (
        r"no space left on device|errno 28|disk full|disk quota exceeded",
        "The disk is full: free some space, or set ARUS_HOME to a folder on a larger disk.",
    ),
    (
        r"lock file .* already exists|lock file .* is empty|failed to acquire lock on file",
        "A server of an earlier run still holds its data: run `arus down`, then start again.",
    ),
    (
        r"certificate verify failed|self.signed certificate",
        "TLS was refused: set SSL_CERT_FILE to your site's CA file, then start again.",
    ),
    (
        r"not known|name resolution|unreachable|max retries|\be(notfound|ai_again|conn\w+|timedout)\b|proxy",
        "The network is away, and a first start downloads about 60 MB. Check HTTPS_PROXY.",
    ),
    (
        r"outofmemoryerror|cannot allocate memory|could not reserve enough space",
        "There is too little memory: about 1 GB must be free. Close something, then start again.",
    ),
    (
        r"permission denied|operation not permitted",
        "A file or folder may not be used: is ARUS_HOME yours, and was it made by another user before?",
    ),
    (
        r"database files are incompatible|unsupported version of metadata|incompatible metadata",
        "The data were made by another version: move the folder aside, or use a new ARUS_HOME.",
    ),
    (
        r"could not write lock file|read-only file system",
        "ARUS_HOME cannot be written: set it to a folder of your own.",
    ),
    (
        r"password authentication failed|authentication failed",
        "A password does not fit: secrets.json in ARUS_HOME belongs to the data beside it; restore it.",
    ),
    (
        r"\.venv/\S*: (not found|no such file)|bad interpreter",
        "The folder was moved after it was set up: run `make clean`, then start again.",
    ),
    (
        r"modulenotfounderror|importerror|no module named",
        "The Python environment is incomplete: run `uv sync --locked`.",
    ),
    (
        r"logbehind|factsexpired",
        "Kafka does not hold what comes next: `arus topics mend --dry-run` lists where; see its runbook.",
    ),
    (
        r"^(?!.*stopped by).*\] locked by somebody else",
        "Another session of PostgreSQL holds it (pg_stat_activity): it goes on by itself when that one ends.",
    ),
)


def sentence(text: str) -> str:
    """Return the sentence for a message or the end of a log; empty when nothing is recognised."""
    lowered = text.lower()
    return next((aid for pattern, aid in _SENTENCES if re.search(pattern, lowered)), "")


def for_crash(name: str, log: Path, since: int = 0) -> str:
    """Return the sentence for a process that ended by itself; its output is log from byte since."""
    known = sentence(tail(log, since)) or disk(log.parent)
    return known or f"`arus logs {name}` shows what it said last; `arus doctor` looks at this machine."


def disk(folder: Path) -> str:
    """Return the sentence for a full disk, or nothing."""
    free_mb = shutil.disk_usage(folder).free // 2**20
    return (
        f"Only {free_mb} MB are free on the disk of {folder}: free some space."
        if free_mb < LOW_DISK_MB
        else ""
    )


def tail(log: Path, since: int = 0) -> str:
    """Return the last few thousand characters of a log, none from before byte since."""
    try:
        with log.open("rb") as file:
            end = log.stat().st_size
            file.seek(max(since if since <= end else 0, end - 4000))
            return file.read().decode(errors="replace")
    except OSError:
        return ""
