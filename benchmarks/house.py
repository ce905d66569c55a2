"""The whole house, running: a system of its own from `arus up`, and the owner of an organisation in it."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import Any, Final

import httpx
from arus_stack.testing import RunningStack, arus, running_stack
from harness import cpu_s, spent_detached

PASSWORD: Final = "Rahasia-patokan-7"
UNLIMITED: Final = {
    "ARUS_RATE_AUTH": "1000000/second",
    "ARUS_RATE_ACCOUNT": "1000000/second",
    "ARUS_ACCESS_TOKEN_MINUTES": "1440",
}
NO_CONSOLE: Final = {"ARUS_CONSOLE": "false"}


@dataclass(frozen=True, slots=True)
class House:
    """A running system, and its process ids by name."""

    stack: RunningStack
    pids: Mapping[str, int]
    home: Path

    def direct(self, service: str) -> str:
        """Return where a service itself answers."""
        return (
            f"http://127.0.0.1:{json.loads((self.home / 'ports.json').read_text('utf-8'))[f'{service}.http']}"
        )

    @property
    def gateway(self) -> str:
        """Return where the gateway answers."""
        return self.stack.gateway

    def cpu_s(self) -> dict[str, float]:
        """Return the CPU seconds that each process of the house has spent."""
        return {name: cpu_s(pid) for name, pid in self.pids.items()}


@contextmanager
def house(env: Mapping[str, str]) -> Generator[House]:
    """Give a system of its own; env: settings of it."""
    with TemporaryDirectory(prefix="arus-bench-") as folder:
        home = Path(folder)
        try:
            started = arus(home, "up", "--detach", "--wait", timeout_s=900, env=env)
            if started.returncode != 0:
                raise SystemExit(started.stderr)
            stack = running_stack(home)
            of = House(stack, {name: one["pid"] for name, one in stack.services().items()}, home)
            yield of
            spent_detached(sum(of.cpu_s().values()))
        finally:
            arus(home, "down")


@dataclass(frozen=True, slots=True)
class Owner:
    """The owner of an organisation, and what was put into its catalogue."""

    headers: Mapping[str, str]
    locations: Sequence[str]
    products: Sequence[str]


def newcomer(gateway: str, locations: int, products: int) -> Owner:
    """Register someone, sign in, and fill the catalogue."""
    body = {"email": f"{token_hex(6)}@example.org", "password": PASSWORD, "name": "Patokan"}
    with httpx.Client(base_url=f"{gateway}/api/v1", timeout=30) as http:

        def made(path: str, new: Mapping[str, Any]) -> dict[str, Any]:
            return http.post(path, json=new).raise_for_status().json()

        made("/auth/register", body)
        token = made("/auth/login", {"email": body["email"], "password": PASSWORD})["access_token"]
        http.headers["Authorization"] = f"Bearer {token}"
        fuel = {"kind": "fuel", "unit": "L"}
        return Owner(
            {"Authorization": f"Bearer {token}"},
            [made("/locations", {"name": f"Depot {n}", "type": "depot"})["id"] for n in range(locations)],
            [
                made("/products", {"code": f"BBM{n}", "name": f"BBM {n}", **fuel})["id"]
                for n in range(products)
            ],
        )
