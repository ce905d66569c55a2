"""What every way of telling somebody is, and how it fails."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, Literal, Protocol

from arus_runtime.words import Language

TIMEOUT_S: Final = 10.0
LONGEST_WAIT_S: Final = 3600.0
"""A counterpart that wants to be left alone for longer is tried again after this."""

Reason = Literal[
    "away", "busy", "failed", "forbidden_address", "gone", "no_address", "no_longer_allowed", "not_set_up",
    "refused", "withdrawn",
]  # fmt: skip
"""Why a delivery has not arrived; the console has a sentence for each."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message in every form that a channel may need.

    id: the delivery's, the same in each attempt. headline: what; lines: why, first the most telling; link:
    where to look. event: the same for machines.
    """

    id: str
    language: Language
    headline: str
    lines: tuple[str, ...]
    link: str
    footer: str
    event: Mapping[str, Any]


class Undelivered(Exception):  # noqa: N818 — an outcome
    """The letter did not arrive. for_good: another attempt is no use; after_s: none sooner."""

    def __init__(self, reason: Reason, detail: str, *, for_good: bool = False, after_s: float = 0.0) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason: Reason = reason
        self.detail = detail
        self.for_good = for_good
        self.after_s = after_s


class Channel(Protocol):
    """One way to one address."""

    async def send(self, letter: Letter) -> str:
        """Hand the letter over and return what the other side calls it, or ""; raises Undelivered."""
        ...


def retry_after_s(header: str | None, now: datetime | None = None) -> float:
    """Return the seconds a Retry-After header asks for, within bounds; 0 without one (RFC 9110, 10.2.3)."""
    text = (header or "").strip()
    if text.isdecimal():
        wanted = float(text)
    else:
        try:
            at = parsedate_to_datetime(text)
        except ValueError:
            return 0.0
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        wanted = (at - (now or datetime.now(UTC))).total_seconds()
    return min(max(wanted, 0.0), LONGEST_WAIT_S)
