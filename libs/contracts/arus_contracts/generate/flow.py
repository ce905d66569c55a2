"""The flow diagram and the table of topics, as one page."""

from arus_contracts.generate.catalogue import Topic, services_of

HEAD = """<!-- Generated from protos/topics.yaml by `make protos`; do not edit. -->
# How events flow

Services are boxes, topics are cylinders. An arrow into a topic comes from its one owner; an arrow out of it
goes to a reader. The schemas are in [`protos/`](../protos) and, with every header, in
[asyncapi.yaml](asyncapi.yaml).

"""


def render(topics: list[Topic]) -> str:
    """Return docs/flow.md."""
    return HEAD + diagram(topics) + "\n" + table(topics)


def diagram(topics: list[Topic]) -> str:
    lines = ["```mermaid", "flowchart LR"]
    lines += [f"  {name}[{name}]" for name in services_of(topics)]
    lines += [f'  {node(topic)}[("{topic.name}")]' for topic in topics]
    for topic in topics:
        lines += [f"  {topic.owner} --> {node(topic)}"]
        lines += [f"  {node(topic)} --> {consumer}" for consumer in topic.consumers]
    return "\n".join([*lines, "```", ""])


def node(topic: Topic) -> str:
    return topic.name.replace(".", "_").replace("-", "_")


def table(topics: list[Topic]) -> str:
    columns = ("topic", "owner", "readers", "key", "messages", "kept", "personal data", "about")
    rows = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    rows += [
        " | ".join(
            [
                f"| `{topic.name}`",
                topic.owner,
                ", ".join(topic.consumers) or "–",
                f"`{topic.key}`",
                ", ".join(f"`{name.rpartition('.')[2]}`" for name in topic.messages),
                kept(topic),
                topic.pii,
                f"{topic.about} |",
            ]
        )
        for topic in topics
    ]
    return "\n".join([*rows, ""])


def kept(topic: Topic) -> str:
    if topic.cleanup == "compact":
        return "newest per key"
    return "for ever" if topic.retention_days is None else f"{topic.retention_days} days"
