"""Who may do what on the broker, as data derived from the catalogue.

A service writes the topics it owns, reads those it consumes, parks what it cannot take in their dead-letter
topics, sees how many of those went back, and keeps its offsets in groups that begin with `arus.<service>.`.
Nobody else may do anything.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from arus_runtime.catalogue import REDRIVE_GROUP, Topic

from arus_stack.errors import Refused

SERVICE_GROUPS = "arus"
"""What the services' groups of readers begin with."""


@dataclass(frozen=True, slots=True, order=True)
class Right:
    """One permission: user may do operation on the topic or group called name (or beginning with it)."""

    user: str
    resource: Literal["topic", "group"]
    name: str
    operation: Literal["READ", "WRITE", "DESCRIBE"]
    prefix: bool = False


def services(topics: Mapping[str, Topic]) -> frozenset[str]:
    """Return every service that owns or consumes a topic."""
    return frozenset(name for topic in topics.values() for name in (topic.owner, *topic.consumers))


def of_services(topics: Mapping[str, Topic]) -> frozenset[Right]:
    """Return what all services may do."""
    rights: set[Right] = set()
    for topic in topics.values():
        rights |= {Right(topic.owner, "topic", topic.name, "WRITE")}
        for consumer in topic.consumers:
            rights |= {
                Right(consumer, "topic", topic.name, "READ"),
                Right(consumer, "topic", topic.dlq, "WRITE"),
                Right(consumer, "group", REDRIVE_GROUP, "DESCRIBE"),
            }
    rights |= {
        Right(name, "group", f"{SERVICE_GROUPS}.{name}.", "READ", prefix=True) for name in services(topics)
    }
    return frozenset(rights)


def may_name_a_reader(user: str) -> bool:
    """Tell whether a data team's user may be called that.

    Groups are told apart by the name before the first dot: those of `a.b` would lie within those of `a`, and
    whoever were called `arus` could take the services' partitions.
    """
    return user != SERVICE_GROUPS and re.fullmatch(r"[A-Za-z0-9_-]{1,100}", user) is not None


def of_reader(user: str, topics: Mapping[str, Topic], only: Sequence[str] = ()) -> frozenset[Right]:
    """Return what a data team's user may do: read topics without personal data, in groups named after it."""
    unknown = sorted(set(only) - set(topics))
    if unknown:
        raise Refused(f"no such topic: {', '.join(unknown)}", "`arus topics list` shows them all.")
    personal = sorted(name for name in only if topics[name].pii == "personal")
    if personal:
        raise Refused(
            f"personal data rides on {', '.join(personal)}", "Topics with personal data are not granted."
        )
    readable: Iterable[str] = only or (name for name, topic in topics.items() if topic.pii != "personal")
    rights = {Right(user, "topic", name, "READ") for name in readable}
    return frozenset({*rights, Right(user, "group", f"{user}.", "READ", prefix=True)})
