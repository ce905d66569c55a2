"""What holds for people, roles and secrets; no clock, no wire, no disk."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from ipaddress import ip_address, ip_network
from typing import Any, Final, Literal

from arus_runtime.auth import allowed, roles
from arus_runtime.periods import moved, started

SESSION_LIFE: Final = timedelta(days=30)
"""How long a session lives after it was last renewed (R-08)."""
INVITATION_LIFE: Final = timedelta(days=7)
VERIFICATION_LIFE: Final = timedelta(days=3)
RESET_LIFE: Final = timedelta(hours=1)

OWNER: Final = "owner"
MACHINES: Final = frozenset(("device", "service"))
"""Roles of API keys alone."""
PASSWORD_MIN: Final = 8
PASSWORD_MAX: Final = 256
# The guesses every attacker starts with; longer lists belong to a breach service, not to a door.
GUESSED_FIRST: Final = frozenset(
    (
        "12345678", "123456789", "1234567890", "11111111", "00000000", "password", "password1", "passw0rd",
        "qwertyui", "qwerty123", "iloveyou", "sayangku", "bismillah", "indonesia", "rahasia1",
    )
)  # fmt: skip

ACTIONS_OF_METHOD: Final[Mapping[str, str]] = {
    "GET": "r", "HEAD": "r", "OPTIONS": "r", "POST": "cu", "PUT": "u", "PATCH": "u", "DELETE": "d",
}  # fmt: skip
"""What a request may turn out to do; which of it a route does, the route itself asks for (``require``)."""

RESOURCE_OF_PATH: Final[Mapping[str, str]] = {
    "fuel/transactions": "fuel.transactions",
    "fuel/deliveries": "fuel.deliveries",
    "fuel/trends": "fuel.transactions",
    "imports": "imports",
    "anomalies": "anomalies",
    "incidents": "incidents",
    "cases": "cases",
    "live": "anomalies",
    "thresholds": "thresholds",
    "notifications": "notifications",
    "notifications/webhooks": "webhooks",
    "locations": "locations",
    "products": "products",
    "customers": "customers",
    "collections": "collections",
    "meters": "meters",
    "kpi": "kpi",
    "views": "views",
    "reports": "reports",
    "users": "users",
    "organisations": "organisations",
    "keys": "keys",
    "audit": "audit",
}
"""Path below /api/v1 → resource, for keys that are limited to some resources."""
KEY_RESOURCES: Final = frozenset((*RESOURCE_OF_PATH.values(), "locations.details"))
"""What a key may be limited to: what has a path of its own, and what is told of locations beyond names."""

CHOSEN_MOST: Final = 100
"""How many tables and how many saved views a member may have in an organisation."""

CHUNKS: Final = 50
RATE_PATTERN: Final = r"^[1-9][0-9]{0,8}/(second|minute|hour|day)$"
_PERIODS_S: Final = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}

GUESSES_FREE: Final = 10
LONGEST_GUESS_DELAY_S: Final = 15 * 60
GUESSES_REMEMBERED: Final = timedelta(days=1)
"""How long after the last failed sign-in the failures before it still count."""
FAMILIAR_FOR: Final = timedelta(days=90)
"""How long a network from which somebody signed in to an account is judged by its own failures alone."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How many requests a bucket holds, and in how many seconds it fills."""

    requests: int
    period_s: int

    @property
    def each_s(self) -> float:
        """Seconds in which one more is allowed."""
        return self.period_s / self.requests

    @property
    def chunk(self) -> int:
        """How many a replica takes at a time: few of a small share, so that replicas hold little back."""
        return max(1, self.requests // CHUNKS)


def rate(text: str) -> Rate:
    """Return the rate written as, for example, "120/minute" (RATE_PATTERN)."""
    requests, _, period = text.partition("/")
    return Rate(int(requests), _PERIODS_S[period])


def counted_as(address: str) -> str:
    """Return what an IP address is counted as: itself, or the /64 that one IPv6 customer has to play with."""
    return _network(address, 32, 64)


def neighbourhood(address: str) -> str:
    """Return the network that sign-ins from the address are remembered by: /24 of IPv4, /48 of IPv6.

    Wide enough that a phone whose provider gives it another address tomorrow is still familiar.
    """
    return _network(address, 24, 48)


def lies_inside(address: str) -> bool:
    """Say whether the IP address is this machine's own, or of a network that the internet does not reach."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return not (getattr(parsed, "ipv4_mapped", None) or parsed).is_global


def _network(address: str, ipv4_bits: int, ipv6_bits: int) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address  # a socket without an address
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    bits = ipv4_bits if parsed.version == 4 else ipv6_bits
    return str(ip_network((parsed, bits), strict=False))


def guess_delay_s(failures: int) -> int:
    """Return how long after that many failed sign-ins the next may be tried: free at first, then doubling."""
    if failures < GUESSES_FREE:
        return 0
    return min(1 << min(failures - GUESSES_FREE, 20), LONGEST_GUESS_DELAY_S)


def password_fault(password: str, email: str) -> str | None:
    """Return the code of what is wrong with a new password, None when it may be used."""
    if len(password) < PASSWORD_MIN:
        return "password_short"
    if len(password) > PASSWORD_MAX:
        return "password_long"
    lowered = password.lower()
    if lowered in GUESSED_FIRST or lowered == email.lower() or len(set(password)) == 1:
        return "password_guessable"
    return None


def may_grant(held: frozenset[str], role: str) -> bool:
    """Say whether holders of these roles may give, change or take away the role: only owners make owners."""
    return role != OWNER or OWNER in held


def persons() -> list[str]:
    """Return the roles that people may have."""
    return [role for role in roles() if role not in MACHINES]


def may_be_told(role: str, resource: str) -> bool:
    """Say whether people of the role are told of the resource: who may read it and switch the telling off."""
    held = frozenset((role,))
    return allowed(held, resource, "r") and allowed(held, "notifications", "u")


def may_change(role: str, resource: str) -> bool:
    """Say whether people of the role may change the resource, and so be given work on it."""
    return allowed(frozenset((role,)), resource, "u")


def lies_within(held: Collection[str] | None, given: Collection[str] | None) -> bool:
    """Say whether somebody scoped to the locations held may give the others; None is everywhere."""
    return held is None or (given is not None and set(given) <= set(held))


def both(first: tuple[str, ...] | None, second: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """Return the locations that lie in both scopes; None is everywhere."""
    if first is None or second is None:
        return second if first is None else first
    return tuple(place for place in first if place in second)


def loses_last_owner(*, was: str, becomes: str | None, owners: int) -> bool:
    """Say whether the change would leave an organisation of that many active owners without one."""
    return was == OWNER and becomes != OWNER and owners <= 1


def may_get_reports(role: str) -> bool:
    """Say whether people of the role may read reports, and so get them by mail."""
    return allowed(frozenset((role,)), "reports", "r")


def report_readers() -> list[str]:
    """Return the roles that may read reports."""
    return [role for role in roles() if may_get_reports(role)]


def may_ground_reports(role: str) -> bool:
    """Say whether a report can be made for people of the role: they may read all that it shows."""
    held = frozenset((role,))
    return all(
        allowed(held, resource, "r")
        for resource in ("reports", "fuel.transactions", "anomalies", "incidents")
    )


def chosen(known: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Return preferences as they are after a change: tables by name, views by page and name.

    A table's None and the None of a view's search remove them; what is not named stays as another device
    left it.
    """
    tables = {**known.get("tables", {}), **change["tables"]}
    views = {(view["page"], view["name"]): view for view in (*known.get("views", ()), *change["views"])}
    return {
        "tables": {name: look for name, look in tables.items() if look is not None},
        "views": [view for view in views.values() if view["search"] is not None],
    }


def latest_whole(period: Literal["month", "week"], today: date) -> tuple[date, date]:
    """Return the first and last date of the newest period that is over."""
    this = started(period, today)
    return moved(period, this, -1), this - timedelta(days=1)


def resource_of(path: str) -> str | None:
    """Return the resource behind a path below /api/v1, None when keys limited to resources never reach it."""
    parts = path.strip("/").split("/")
    return RESOURCE_OF_PATH.get("/".join(parts[:2])) or RESOURCE_OF_PATH.get(parts[0])


def key_reaches(resources: Mapping[str, str] | None, method: str, path: str) -> bool:
    """Say whether a key limited to resources (resource → actions) may send the request; None is no limit."""
    if resources is None:
        return True
    resource = resource_of(path)
    held = resources.get(resource, "") if resource else ""
    return any(action in held for action in ACTIONS_OF_METHOD.get(method, ""))
