"""The topic catalogue, read strictly: an unknown or missing entry is an error."""

from dataclasses import dataclass
from typing import Any, Literal, cast

import yaml

from arus_contracts.generate.paths import PROTOS


@dataclass(frozen=True, slots=True)
class Topic:
    """One entry of protos/topics.yaml."""

    name: str
    owner: str
    key: str
    messages: tuple[str, ...]
    partitions: int
    cleanup: Literal["delete", "compact"]
    pii: Literal["none", "pseudonymous", "personal"]
    consumers: tuple[str, ...]
    about: str
    retention_days: int | None = None

    @property
    def services(self) -> tuple[str, ...]:
        """The owner, then the consumers."""
        return (self.owner, *self.consumers)


def services_of(topics: list[Topic]) -> list[str]:
    """Return every service that writes or reads a topic, in alphabetical order."""
    return sorted({service for topic in topics for service in topic.services})


def read_topics() -> list[Topic]:
    """Return the catalogue in its written order; raise TypeError on an unknown or missing entry."""
    document = yaml.safe_load((PROTOS / "topics.yaml").read_text("utf-8"))
    entries = cast("dict[str, dict[str, Any]]", document["topics"])
    return [topic(name, entry) for name, entry in entries.items()]


def topic(name: str, entry: dict[str, Any]) -> Topic:
    lists: dict[str, Any] = {field: tuple(entry[field]) for field in ("messages", "consumers")}
    return Topic(name=name, **(entry | lists))
