"""What the stack is made of, as data: steps that end, and servers that stay."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from signal import SIGTERM, Signals

Report = Callable[[str], None]
"""Tells people what a step is doing now."""


class State(StrEnum):
    """Where a part stands."""

    WAITING = "waiting"
    WORKING = "working"
    STARTING = "starting"
    READY = "ready"
    DONE = "done"
    CRASHED = "crashed"
    FAILED = "failed"
    STOPPING = "stopping"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do once per start, in a thread, when the parts it comes after are ready."""

    name: str
    does: Callable[[Report], None]
    after: Sequence[str] = ()


async def _no_trouble() -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Server:
    """A process that stays. Ready is asked again and again; prepare runs before the first start only.

    trouble: what of a ready server waits for a person, or why it is not ready; "" for nothing.
    listens: host and port of what it will listen on; nobody else is given them until it starts.
    """

    name: str
    command: Callable[[], Sequence[str]]
    ready: Callable[[], Awaitable[bool]]
    after: Sequence[str] = ()
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    prepare: Callable[[], None] = lambda: None
    trouble: Callable[[], Awaitable[str]] = _no_trouble
    listens: Sequence[tuple[str, int]] = ()
    stop_with: Signals = SIGTERM
    stop_s: float = 20
    start_s: float = 90


Part = Step | Server


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that happened to one part."""

    part: str
    state: State
    detail: str = ""
    first_aid: str = ""

    def as_json(self) -> dict[str, str]:
        """Return the notice as one JSON line's object."""
        found = {
            "part": self.part,
            "state": self.state.value,
            "detail": self.detail,
            "first_aid": self.first_aid,
        }
        return {name: value for name, value in found.items() if value}

    @classmethod
    def from_json(cls, found: Mapping[str, str]) -> "Notice":
        """Read what as_json wrote."""
        return cls(found["part"], State(found["state"]), found.get("detail", ""), found.get("first_aid", ""))
