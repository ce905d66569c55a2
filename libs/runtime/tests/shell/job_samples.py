"""Work that the tests of isolated jobs run in a process of its own."""

import os
import time
from collections.abc import Mapping
from typing import Any

from arus_runtime.isolated import Refused, Report


def double(params: Mapping[str, Any], report: Report) -> int:
    report(0.5, "halfway")
    print("printed text does not disturb the answer")  # noqa: T201 — that is what is tested
    return 2 * params["number"]


def refuse(params: Mapping[str, Any], report: Report) -> None:
    raise Refused("no such series")


def fail(params: Mapping[str, Any], report: Report) -> None:
    raise ValueError("not today")


def devour(params: Mapping[str, Any], report: Report) -> int:
    return len(bytearray(512 * 1024 * 1024))


def crash(params: Mapping[str, Any], report: Report) -> None:
    os.abort()


def hang(params: Mapping[str, Any], report: Report) -> None:
    report(0.1, str(os.getpid()))
    time.sleep(600)
