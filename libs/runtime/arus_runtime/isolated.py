"""Work that may eat memory, crash or never end runs in a process of its own, with limits.

The parent (``isolated``) and the child (``python -m arus_runtime.isolated module:function``) talk over
pipes: params go in as one JSON line, progress and the answer come out as JSON lines. The child dies with its
parent: it leaves as soon as its input closes.
"""

import asyncio
import importlib
import os
import resource
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import orjson

if TYPE_CHECKING:  # the child stays light: it loads nothing of the service but the work itself
    from arus_runtime.context import Context
    from arus_runtime.jobs import Run, Work

Report = Callable[[float, str], None]
"""Tell how far the work is, 0 to 1, and what it is at."""

_LINE_LIMIT: Final = 64 * 1024 * 1024
_ERROR_TAIL: Final = 2_000


class Refused(Exception):  # noqa: N818 — an outcome, as in the workers
    """Work that can never succeed: it fails now, without another attempt."""


class WorkFailed(Exception):  # noqa: N818 — named for what it says
    """The child raised, ran out of memory or died."""


def isolated(function: str, *, memory_limit_mb: int = 1024, cpu_limit_s: int = 3600) -> "Run":
    """Return a job's run that calls ``module:function`` in a process of its own.

    memory_limit_mb bounds what the child may allocate; cpu_limit_s ends a child that spins while nobody
    watches. The job's own time_limit_s kills it through its parent.
    """

    async def run(context: "Context", work: "Work") -> Any:
        del context
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "arus_runtime.isolated", function, str(memory_limit_mb), str(cpu_limit_s)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=_LINE_LIMIT,
            start_new_session=True,
        )
        try:
            return await _conversation(child, work)
        finally:
            if child.returncode is None:
                child.kill()
            await child.wait()

    return run


async def _conversation(child: asyncio.subprocess.Process, work: "Work") -> Any:
    if child.stdin is None or child.stdout is None or child.stderr is None:
        raise RuntimeError("the child was started without pipes")
    errors = asyncio.ensure_future(child.stderr.read())
    child.stdin.write(orjson.dumps(dict(work.params)) + b"\n")
    async for line in child.stdout:
        message = orjson.loads(line)
        match message["is"]:
            case "progress":
                work.progress, work.note = message["progress"], message["note"]
            case "answer":
                return message["answer"]
            case "refused":
                raise Refused(message["reason"])
            case _:
                raise WorkFailed(message["reason"])
    code = await child.wait()
    tail = (await errors)[-_ERROR_TAIL:].decode(errors="replace")
    raise WorkFailed(f"the process ended with {code}: {tail}".strip())


def main(function: str, memory_limit_mb: str, cpu_limit_s: str) -> None:
    """Be the child: one function, one answer."""
    # What the work prints must not mix with what is said to the parent.
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    memory, cpu_s = int(memory_limit_mb) * 1_048_576, int(cpu_limit_s)
    # Private writable memory; limiting the address space would also count mapped libraries and thread stacks.
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    params = orjson.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_leave_with_parent, daemon=True).start()

    def say(kind: str, **message: Any) -> None:
        out.write(orjson.dumps({"is": kind, **message}) + b"\n")

    def report(progress: float, note: str = "") -> None:
        say("progress", progress=progress, note=note)

    module, _, name = function.partition(":")
    try:
        answer = getattr(importlib.import_module(module), name)(params, report)
    except Refused as error:
        say("refused", reason=str(error))
    except MemoryError:
        say("failed", reason=f"memory limit of {memory_limit_mb} MB")
    except Exception as error:  # noqa: BLE001 — told to the parent, which tries again
        say("failed", reason=f"{type(error).__name__}: {error}")
    else:
        say("answer", answer=answer)


def _leave_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


if __name__ == "__main__":
    # Not this copy of the module, called __main__: the work raises the Refused of the imported one.
    importlib.import_module("arus_runtime.isolated").main(*sys.argv[1:])
