"""The catalogue of topics as data: who owns each, what rides on it, how it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final, Literal

import yaml

DLQ_SUFFIX: Final = ".dlq"
REDRIVE_GROUP: Final = "arus.dlq.redrive"
"""The consumer group whose offsets say up to where parked records went back."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic of the catalogue. retention_days None keeps everything."""

    name: str
    owner: str
    key: str
    messages: tuple[str, ...]
    partitions: int
    cleanup: Literal["delete", "compact"]
    retention_days: int | None
    pii: Literal["none", "pseudonymous", "personal"]
    consumers: tuple[str, ...]
    about: str

    @property
    def dlq(self) -> str:
        """Name of the topic that parks what could not be taken from this one."""
        return self.name + DLQ_SUFFIX

    @property
    def config(self) -> dict[str, str]:
        """Kafka's settings of this topic."""
        kept_ms = -1 if self.retention_days is None else self.retention_days * 86_400_000
        return {
            "cleanup.policy": self.cleanup,
            "retention.ms": str(kept_ms),
            # By the sender's clock a record could be refused (more than an hour ahead of the broker's), or
            # deleted before anybody reads it (further back than is kept).
            "message.timestamp.type": "LogAppendTime",
        }


def contract(name: str) -> Mapping[str, Any]:
    """Return one YAML file of the contracts: topics, permissions or reasons."""
    return yaml.safe_load(files("arus_contracts").joinpath(f"{name}.yaml").read_text("utf-8"))


@cache
def topics() -> Mapping[str, Topic]:
    """Return every topic by name."""
    return MappingProxyType(
        {name: _topic(name, entry) for name, entry in contract("topics")["topics"].items()}
    )


def topic_of(message_type: str) -> Topic:
    """Return the topic a message type (full protobuf name) rides on; raises LookupError when none does."""
    topic = _by_message().get(message_type)
    if topic is None:
        raise LookupError(f"no topic of the catalogue carries {message_type}")
    return topic


@cache
def _by_message() -> Mapping[str, Topic]:
    return {message: topic for topic in topics().values() for message in topic.messages}


def _topic(name: str, entry: Mapping[str, Any]) -> Topic:
    return Topic(
        name=name,
        owner=entry["owner"],
        key=entry["key"],
        messages=tuple(entry["messages"]),
        partitions=entry["partitions"],
        cleanup=entry["cleanup"],
        retention_days=entry.get("retention_days"),
        pii=entry["pii"],
        consumers=tuple(entry["consumers"]),
        about=entry["about"],
    )
