"""Ports on this machine."""

import socket
from collections.abc import Iterable

from arus_stack.address import LOOPBACK, Address


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Tell whether a server could listen on host:port now."""
    if answers(port, Address(host).inside):
        return False  # BSD systems let a second server bind beside one that listens on every address
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def answers(port: int, host: str = LOOPBACK, timeout_s: float = 0.5) -> bool:
    """Tell whether something accepts connections on host:port."""
    try:
        with socket.create_connection((host, port), timeout_s):
            return True
    except OSError:
        return False


class Kept:
    """Ports that look taken until their server starts: minutes may pass, and others choose theirs."""

    def __init__(self) -> None:
        self._holders: dict[str, list[socket.socket]] = {}

    def keep(self, name: str, listens: Iterable[tuple[str, int]]) -> None:
        """Keep a server's hosts and ports for it, but for those somebody has already."""
        for place in listens:
            holder = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            try:
                holder.bind(place)  # without SO_REUSEADDR, so that no other may bind beside it
            except OSError:
                holder.close()
            else:
                self._holders.setdefault(name, []).append(holder)

    def give(self, name: str) -> None:
        """Let a server have its ports."""
        for holder in self._holders.pop(name, ()):
            holder.close()

    def give_all(self) -> None:
        """Let everybody have them."""
        for name in tuple(self._holders):
            self.give(name)


def free_port(avoid: Iterable[int] = (), host: str = LOOPBACK) -> int:
    """Return a port nobody listens on, chosen by the system and not in avoid."""
    taken = set(avoid)
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.bind((host, 0))
            port = int(probe.getsockname()[1])
        if port not in taken:
            return port


def next_free_port(first: int, avoid: Iterable[int] = (), host: str = LOOPBACK) -> int:
    """Return the first free port from first upwards."""
    taken = set(avoid)
    for port in range(first, 65536):
        if port not in taken and is_free(port, host):
            return port
    return free_port(taken, host)
