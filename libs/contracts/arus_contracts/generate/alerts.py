"""Prometheus alerts on how far each reader is behind, one per topic and reader."""

import yaml

from arus_contracts.generate.catalogue import Topic

HEAD = "# Generated from protos/topics.yaml by `make protos`; do not edit.\n"
LATE_S = 30


def render(topics: list[Topic]) -> str:
    """Return Prometheus rules that speak when a reader has been late for five minutes."""
    rules = [late(topic, reader) for topic in topics for reader in topic.consumers]
    return HEAD + yaml.safe_dump(
        {"groups": [{"name": "arus-lag", "rules": rules}]}, sort_keys=False, width=120
    )


def late(topic: Topic, reader: str) -> dict[str, object]:
    return {
        "alert": "ReaderIsLate",
        "expr": f'max(arus_worker_lag_seconds{{service="{reader}",topic="{topic.name}"}}) > {LATE_S}',
        "for": "5m",
        "labels": {"severity": "warning", "service": reader, "topic": topic.name},
        "annotations": {
            "summary": f"{reader} is more than {LATE_S} s behind on {topic.name}",
            "runbook": "docs/OPERATIONS.md#a-reader-is-late",
        },
    }
