"""The manifests of deploy/ are valid and speak of every service; metrics they name exist."""

import importlib
import json
import re
from pathlib import Path
from typing import Any, cast

import kubernetes_validate  # pyright: ignore[reportMissingTypeStubs]
import pytest
import yaml
from arus_runtime import observe
from arus_runtime.catalogue import topics
from arus_stack import house
from arus_stack.home import Home
from arus_stack.house import ServiceSource
from arus_stack.settings import StackSettings
from arus_stack.system import System
from prometheus_client import REGISTRY

ROOT = Path(__file__).resolve().parents[1]
K8S = ROOT / "deploy/k8s"
BASE = K8S / "base"
SERVICES = sorted(path.parent.name for path in ROOT.glob("services/*/pyproject.toml"))
KUBERNETES = "1.36"


def documents(path: Path) -> list[dict[str, Any]]:
    return [cast("dict[str, Any]", document) for document in yaml.safe_load_all(path.read_text("utf-8"))]


MANIFESTS = {
    f"{path.stem}/{document['kind']}/{document['metadata']['name']}": document
    for path in (
        *sorted(BASE.glob("*.yaml")),
        K8S / "components/setup/migrate.yaml",
        K8S / "components/autoscaling/doors.yaml",
        K8S / "overlays/prod/ingress.yaml",
    )
    if path.name != "kustomization.yaml"
    for document in documents(path)
}
SCALING = documents(K8S / "components/autoscaling/workers.yaml")


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_manifest_follows_the_schema_of_kubernetes(name: str) -> None:
    kubernetes_validate.validate(MANIFESTS[name], KUBERNETES, strict=True)  # pyright: ignore[reportUnknownMemberType]


def test_the_base_names_every_file_and_every_service() -> None:
    [kustomization] = documents(BASE / "kustomization.yaml")
    files = {path.name for path in BASE.glob("*.yaml")} - {"kustomization.yaml"}
    assert set(kustomization["resources"]) == files
    assert {f"{service}.yaml" for service in SERVICES} <= files


@pytest.mark.parametrize(
    "path", sorted(K8S.glob("*/*/kustomization.yaml")), ids=lambda path: path.parent.name
)
def test_an_overlay_or_component_names_files_that_are_there(path: Path) -> None:
    [kustomization] = documents(path)
    named = [*kustomization.get("resources", []), *kustomization.get("components", [])]
    named += [patch["path"] for patch in kustomization.get("patches", []) if "path" in patch]
    assert [name for name in named if not (path.parent / name).exists()] == []
    assert {file.name for file in path.parent.glob("*.yaml")} - {"kustomization.yaml"} <= set(named)


def test_workers_grow_by_the_lag_of_readers_that_exist_and_not_past_their_partitions() -> None:
    scaled = [document["spec"] for document in SCALING if document["kind"] == "ScaledObject"]
    assert scaled
    for spec in scaled:
        service = spec["scaleTargetRef"]["name"]
        source = importlib.import_module(f"arus_{service}.__main__")
        found = {worker.name: worker for worker in source.SERVICE.workers}
        asked = [trigger["metadata"] for trigger in spec["triggers"]]
        for trigger in asked:
            reader = found[trigger["consumerGroup"].removeprefix(f"arus.{service}.")]
            assert trigger["topic"] in reader.topics
        assert spec["maxReplicaCount"] <= max(topics()[trigger["topic"]].partitions for trigger in asked)


def test_every_service_grows_by_its_requests_or_by_its_lag() -> None:
    grown = [
        document["spec"]["scaleTargetRef"]["name"]
        for document in (*SCALING, *documents(K8S / "components/autoscaling/doors.yaml"))
        if "scaleTargetRef" in document["spec"]
    ]
    assert sorted(grown) == SERVICES


def test_releases_of_every_image_are_set_in_production() -> None:
    [kustomization] = documents(K8S / "overlays/prod/kustomization.yaml")
    assert {image["name"] for image in kustomization["images"]} == {
        f"arus/{name}" for name in (*SERVICES, "stack")
    }


IMAGE = set(re.findall(r"(ARUS_[A-Z_]+)=", (ROOT / "deploy/docker/python.Dockerfile").read_text("utf-8")))

INSTALLING = (ROOT / "docs/DEPLOYMENT.md").read_text("utf-8")
BY_WHO_INSTALLS = {"ARUS_PUBLIC_URL", "ARUS_ADMIN_EMAIL", "ARUS_ADMIN_PASSWORD"}


@pytest.mark.parametrize("source", house.sources(), ids=lambda source: source.name)
def test_a_deployed_service_is_told_what_the_embedded_one_is_told(
    tmp_path: Path, source: ServiceSource
) -> None:
    embedded = System.to_start(StackSettings(home=tmp_path, gateway_port=0), Home(tmp_path))
    [container] = MANIFESTS[f"{source.name}/Deployment/{source.name}"]["spec"]["template"]["spec"][
        "containers"
    ]
    config = MANIFESTS["config/ConfigMap/arus"]["data"]
    own = {variable["name"] for variable in container.get("env", [])}
    secret = set(embedded.credentials()[source.name])
    given = {*config, *own, *secret, *IMAGE}
    assert {"secretRef": {"name": f"arus-{source.name}"}} in container["envFrom"]
    assert set(embedded.environment(source)) - BY_WHO_INSTALLS <= given
    assert [name for name in BY_WHO_INSTALLS if name not in INSTALLING] == []


@pytest.mark.parametrize("service", SERVICES)
def test_prometheus_scrapes_every_service(service: str) -> None:
    [scrape] = documents(ROOT / "deploy/prometheus/prometheus.yml")[0]["scrape_configs"]
    assert service in [target["labels"]["service"] for target in scrape["static_configs"]]


def expressions() -> list[str]:
    rules = [
        rule["expr"]
        for path in sorted((ROOT / "deploy/prometheus/rules").glob("*.yaml"))
        for group in documents(path)[0]["groups"]
        for rule in group["rules"]
    ]
    board = json.loads((ROOT / "deploy/grafana/dashboards/house.json").read_text("utf-8"))
    return rules + [target["expr"] for panel in board["panels"] for target in panel["targets"]]


def test_alerts_and_panels_ask_for_metrics_that_exist() -> None:
    assert observe.EVENTS
    known = {
        name
        for metric in REGISTRY.collect()
        for name in (
            metric.name,
            *(metric.name + suffix for suffix in ("_total", "_count", "_sum", "_bucket")),
        )
    }
    asked = {name for expression in expressions() for name in re.findall(r"\barus_[a-z_]+", expression)}
    assert asked <= known


def test_every_alert_names_a_runbook_that_is_written() -> None:
    page = (ROOT / "docs/OPERATIONS.md").read_text("utf-8")
    headings = {heading.lower().replace(" ", "-") for heading in re.findall(r"^#+ (.+)$", page, re.MULTILINE)}
    for path in sorted((ROOT / "deploy/prometheus/rules").glob("*.yaml")):
        for group in documents(path)[0]["groups"]:
            for rule in group["rules"]:
                assert rule["annotations"]["runbook"].partition("#")[2] in headings
