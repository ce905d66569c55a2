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
