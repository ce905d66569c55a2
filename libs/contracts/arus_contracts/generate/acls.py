"""Who may do what on the broker: an owner writes; a consumer reads, and parks what it cannot judge."""

import yaml

from arus_contracts.generate.catalogue import Topic, services_of

HEAD = "# Generated from protos/topics.yaml by `make protos`; do not edit.\n"
Rule = dict[str, str | list[str]]


def render(topics: list[Topic]) -> str:
    """Return the access list as YAML: per service, operations on topics and groups."""
    access = {name: rules(name, topics) for name in services_of(topics)}
    return HEAD + yaml.safe_dump(access, sort_keys=False, width=120)


def rules(service: str, topics: list[Topic]) -> list[Rule]:
    owned = [topic.name for topic in topics if topic.owner == service]
    read = [topic.name for topic in topics if service in topic.consumers]
    writes = [on_topic(name, "Write") for name in owned]
    reads = [rule for name in read for rule in (on_topic(name, "Read"), on_topic(f"{name}.dlq", "Write"))]
    return writes + reads + ([own_groups(service)] if read else [])


def on_topic(name: str, operation: str) -> Rule:
    return {"topic": name, "pattern": "literal", "operations": [operation, "Describe"]}


def own_groups(service: str) -> Rule:
    return {"group": f"arus.{service}.", "pattern": "prefixed", "operations": ["Read", "Describe"]}
