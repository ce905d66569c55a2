"""Where this machine serves: the address servers bind to, and by what it is reached."""

import ipaddress
import socket
from dataclasses import dataclass

from arus_stack.errors import Refused

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Address:
    """An IPv4 address of this machine, or 0.0.0.0 for all of them."""

    host: str

    @classmethod
    def of(cls, host: str) -> "Address":
        """Read a setting; raises Refused for what no server here can bind to."""
        if host == "localhost":
            return cls(LOOPBACK)
        try:
            found = ipaddress.ip_address(host)
        except ValueError:
            raise Refused(
                f"{host} is not an IP address", "Bind to an address of this machine, e.g. 0.0.0.0."
            ) from None
        if found.version != 4:
            raise Refused(f"{host} is an IPv6 address", "The stack serves IPv4: bind to such an address.")
        return cls(host)

    @property
    def is_loopback(self) -> bool:
        """Tell whether only programs of this machine reach it."""
        return ipaddress.ip_address(self.host).is_loopback

    @property
    def name(self) -> str:
        """Return the name or address by which clients reach this machine."""
        return socket.gethostname() if self._is_every else self.host

    @property
    def inside(self) -> str:
        """Return the address by which programs of this machine reach what is bound here."""
        return LOOPBACK if self._is_every else self.host

    def refuse_unless_usable(self) -> None:
        """Raise Refused when nothing can bind here, or the name does not lead here."""
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            try:
                probe.bind((self.host, 0))
            except OSError as error:
                raise Refused(
                    f"{self.host} is not an address of this machine ({error.strerror})",
                    "`ip address` or `ifconfig` shows this machine's addresses; 0.0.0.0 means all of them.",
                ) from None
        try:
            socket.getaddrinfo(self.name, None, socket.AF_INET)
        except OSError:
            raise Refused(
                f"the name of this machine, {self.name}, leads nowhere",
                "Bind to the address that others use for it, e.g. `--host 192.168.1.10`.",
            ) from None

    @property
    def _is_every(self) -> bool:
        return ipaddress.ip_address(self.host).is_unspecified
