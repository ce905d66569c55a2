"""Programs that refuse to be root, or should not be."""

import os
import shutil
import subprocess
from functools import cache

from arus_stack.errors import ServerFailed


@cache
def unprivileged() -> tuple[str, ...]:
    """Return the words to put before a program that must not be root.

    As root the program runs in a user namespace where it is somebody else; the files stay root's.
    """
    if os.geteuid() != 0:
        return ()
    wrap = ("unshare", "-U", "--map-user=1000", "--map-group=1000")
    if shutil.which("unshare"):
        tried = subprocess.run([*wrap, "true"], capture_output=True, check=False)  # noqa: S603
        if tried.returncode == 0:
            return wrap
    raise ServerFailed(
        "PostgreSQL and mosquitto do not run as root, and user namespaces are switched off here",
        "Start as an ordinary user, or point ARUS_POSTGRES_URL and ARUS_MQTT_URL at existing servers.",
    )
