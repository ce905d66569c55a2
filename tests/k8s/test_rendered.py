"""What kustomize makes of base and overlays is valid, restricted and judged well; no cluster is needed.

`make k8s-check`: minutes the first time, while the tools are built.
"""

import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any, cast

import kubernetes_validate  # pyright: ignore[reportMissingTypeStubs]
import pytest
import yaml
from arus_stack import house

from .tools import run, tool

pytestmark = [pytest.mark.k8s, pytest.mark.timeout(3600)]

ROOT = Path(__file__).resolve().parents[2]
KUBERNETES = "1.36"
WAYS = ("base", "overlays/dev", "overlays/prod")
SERVICES = [source.name for source in house.sources()]
OF_OTHERS = ("kafka.strimzi.io/", "postgresql.cnpg.io/", "keda.sh/", "monitoring.coreos.com/")
"""Resources of operators: Kubernetes' own schemas do not know them, `make k8s-real` asks a server."""

# A limit on CPU throttles a burst that the node could serve; memory is limited.
# Pulling at every start would make the registry part of every restart; production fixes the tags.
LET_BE = ("--ignore-container-cpu-limit", "--ignore-test=container-image-pull-policy")
NO_TAGS = "--ignore-test=container-image-tag"  # latest, until an overlay says which
FEW_REPLICAS = "--ignore-test=deployment-replicas"  # one of each, or a number that KEDA sets
RECREATED = "--ignore-test=deployment-strategy"  # their disk is let go of before the next pod takes it
ALSO_LET_BE = {
    "base": (NO_TAGS,),
    "overlays/dev": (NO_TAGS, FEW_REPLICAS, RECREATED),
    "overlays/prod": (FEW_REPLICAS,),
}


@cache
def rendered(way: str) -> str:
    """Return what kustomize makes."""
    return run(tool("kubectl"), "kustomize", ROOT / "deploy/k8s" / way)


def documents(way: str) -> list[dict[str, Any]]:
    return [cast("dict[str, Any]", document) for document in yaml.safe_load_all(rendered(way))]


def known(way: str) -> list[dict[str, Any]]:
    return [document for document in documents(way) if not document["apiVersion"].startswith(OF_OTHERS)]


@pytest.mark.parametrize("way", WAYS)
def test_everything_follows_the_schemas_of_kubernetes(way: str) -> None:
    for document in known(way):
        kubernetes_validate.validate(document, KUBERNETES, strict=True)  # pyright: ignore[reportUnknownMemberType]


@pytest.mark.parametrize("way", WAYS)
def test_kube_score_finds_nothing_to_blame(way: str) -> None:
    done = subprocess.run(
        [tool("kube-score"), "score", "--output-format", "ci", *LET_BE, *ALSO_LET_BE[way], "-"],
        input=yaml.safe_dump_all(known(way)), capture_output=True, text=True, check=False,
    )  # fmt: skip
    blamed = [line for line in done.stdout.splitlines() if not line.startswith(("[OK]", "[SKIPPED]"))]
    assert blamed == [], "\n".join(blamed)
    assert "[OK]" in done.stdout


@pytest.mark.parametrize("way", WAYS)
def test_every_service_is_deployed_and_no_secret_is_told(way: str) -> None:
    found = {(document["kind"], document["metadata"]["name"]) for document in documents(way)}
    for name in SERVICES:
        assert {("Deployment", name), ("Service", name), ("PodDisruptionBudget", name)} <= found
    assert [name for kind, name in found if kind == "Secret"] == []


def test_monitoring_is_added_to_an_overlay_as_a_component(tmp_path: Path) -> None:
    def from_here(folder: str) -> str:
        return os.path.relpath(ROOT / "deploy/k8s" / folder, tmp_path)

    overlay = {"resources": [from_here("base")], "components": [from_here("components/monitoring")]}
    (tmp_path / "kustomization.yaml").write_text(yaml.safe_dump(overlay), "utf-8")
    made = list(yaml.safe_load_all(run(tool("kubectl"), "kustomize", tmp_path)))
    kinds = {document["kind"] for document in made} - {document["kind"] for document in documents("base")}
    assert kinds == {"PodMonitor", "PrometheusRule"}
    assert "spans" in [document["metadata"]["name"] for document in made]


def test_in_production_the_number_of_replicas_is_left_to_who_grows_them() -> None:
    deployments = [d for d in documents("overlays/prod") if d["kind"] == "Deployment"]
    assert deployments
    assert [d["metadata"]["name"] for d in deployments if "replicas" in d["spec"]] == []
