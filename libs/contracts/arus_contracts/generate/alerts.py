"""Prometheus alerts on how far each reader is behind, one per topic and reader."""

import yaml

from arus_contracts.generate.catalogue import Topic

HEAD = """\
# Generated from protos/topics.yaml by `make protos`; do not edit.
# Workers tell Kafka once a second how far they are; kafka_exporter (Strimzi brings it) shows that as lag.
"""
BEHIND_RECORDS = 1_000


def render(topics: list[Topic]) -> str:
    """Return Prometheus rules that speak when a reader has been behind for five minutes."""
    rules = [late(topic, reader) for topic in topics for reader in topic.consumers]
    groups = [{"name": "arus-lag", "rules": rules}]
    return HEAD + yaml.safe_dump({"groups": groups}, sort_keys=False, width=120)


def late(topic: Topic, reader: str) -> dict[str, object]:
    lag = f'kafka_consumergroup_lag{{consumergroup=~"arus[.]{reader}[.].+",topic="{topic.name}"}}'
    return {
        "alert": "ReaderIsLate",
        "expr": f"sum by (consumergroup, topic) ({lag}) > {BEHIND_RECORDS}",
        "for": "5m",
        "labels": {"severity": "warning", "service": reader, "topic": topic.name},
        "annotations": {
            "summary": f"{reader} is more than {BEHIND_RECORDS:,} records behind on {topic.name}",
            "runbook": "docs/OPERATIONS.md#a-reader-is-late",
        },
    }
