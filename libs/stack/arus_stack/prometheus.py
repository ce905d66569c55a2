"""Prometheus' rules as a resource of its operator, for clusters."""

from pathlib import Path
from typing import Any

import yaml

from arus_stack import house

_ABOUT = "# Derived from deploy/prometheus/rules by `make openapi`.\n"


def rules() -> str:
    """Return all rules as one PrometheusRule, as YAML."""
    groups: list[Any] = []
    for path in sorted((_folder() / "rules").glob("*.yaml")):
        groups += yaml.safe_load(path.read_text("utf-8"))["groups"]
    resource = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "arus", "labels": {"app.kubernetes.io/part-of": "arus"}},
        "spec": {"groups": groups},
    }
    return _ABOUT + yaml.safe_dump(resource, sort_keys=False, allow_unicode=True)


def _folder() -> Path:
    return house.root() / "deploy/prometheus"
