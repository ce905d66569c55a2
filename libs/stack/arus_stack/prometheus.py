"""What Prometheus must know to watch a stack, and its rules as a resource of its operator, for clusters."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from arus_stack import house

FILE = "prometheus.yml"
"""In ARUS_HOME: `prometheus --config.file=…` watches this stack."""
_ABOUT = "# Derived from deploy/prometheus/rules by `make openapi`.\n"


def config(services: Mapping[str, str], ca: Path | None) -> str:
    """Return the deployed configuration, with these services' URLs in the place of containers' names."""
    settings = yaml.safe_load((_folder() / FILE).read_text("utf-8"))
    settings["rule_files"] = [str(_folder() / "rules/*.yaml")]
    [job] = settings["scrape_configs"]
    job["static_configs"] = [_target(service, url) for service, url in services.items()]
    if ca:
        job["tls_config"] = {"ca_file": str(ca)}
    return yaml.safe_dump(settings, sort_keys=False)


def rules(root: Path) -> str:
    """Return all rules of a checkout as one PrometheusRule, as YAML."""
    groups: list[Any] = []
    for path in sorted((root / "deploy/prometheus/rules").glob("*.yaml")):
        groups += yaml.safe_load(path.read_text("utf-8"))["groups"]
    resource = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "arus", "labels": {"app.kubernetes.io/part-of": "arus"}},
        "spec": {"groups": groups},
    }
    return _ABOUT + yaml.safe_dump(resource, sort_keys=False, allow_unicode=True)


def _target(service: str, url: str) -> dict[str, Any]:
    scheme, _, address = url.partition("://")
    return {"targets": [address], "labels": {"service": service, "__scheme__": scheme}}


def _folder() -> Path:
    return house.root() / "deploy/prometheus"
