"""The manifests of deploy/ are valid and speak of every service; metrics they name exist."""

import importlib
import importlib.util
import re
import runpy
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import kubernetes_validate  # pyright: ignore[reportMissingTypeStubs]
import pytest
import yaml
from arus_ingest.settings import IngestSettings
from arus_runtime import observe
from arus_runtime.catalogue import topics
from arus_runtime.context import Service
from arus_runtime.service import GRACE_S
from arus_runtime.settings import Settings
from arus_stack import cluster, house, prometheus
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
        K8S / "components/setup/shell.yaml",
        K8S / "components/monitoring/network.yaml",
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


def test_the_ingress_lets_in_what_the_gateway_does() -> None:
    ingress = MANIFESTS["ingress/Ingress/gateway"]["metadata"]["annotations"]
    most: str = ingress["nginx.ingress.kubernetes.io/proxy-body-size"]
    assert int(most.removesuffix("m")) * 2**20 >= Settings.model_fields["max_upload_bytes"].default
    assert ingress["nginx.ingress.kubernetes.io/proxy-request-buffering"] == "off"


def service_of(name: str) -> Service:
    """Return a service as its code declares it."""
    for module in (f"arus_{name}.service", f"arus_{name}.__main__"):
        if importlib.util.find_spec(module):
            return cast("Service", importlib.import_module(module).SERVICE)
    raise AssertionError(name)


def connections(replicas: Mapping[str, int]) -> int:
    """Return the most connections that so many replicas of each service open, as docs/OPERATIONS.md says."""
    pool = int(Settings.model_fields["db_pool"].default)
    services = {name: service_of(name) for name in SERVICES}
    return sum(replicas[name] * (pool + 4 + 2 * len(one.workers) + 2) for name, one in services.items())


def test_the_database_has_a_connection_for_all_that_may_be_started() -> None:
    doors = [one for name, one in MANIFESTS.items() if name.startswith("doors/")]
    most = {one["metadata"]["name"]: one["spec"]["maxReplicas"] for one in doors} | {
        one["metadata"]["name"]: one["spec"]["maxReplicaCount"]
        for one in SCALING
        if one["kind"] == "ScaledObject"
    }
    standing = {name: MANIFESTS[f"{name}/Deployment/{name}"]["spec"]["replicas"] for name in SERVICES}
    for cluster_, replicas in (
        (K8S / "components/postgres/cluster.yaml", most),
        (K8S / "overlays/dev/small-postgres.yaml", standing),
    ):
        parameters = documents(cluster_)[0]["spec"]["postgresql"]["parameters"]
        # Some are left to its operator, the set-up job and people.
        assert int(parameters["max_connections"]) >= connections(replicas) + 20
    command: list[str] = documents(ROOT / "docker-compose.yml")[0]["services"]["postgres"]["command"]
    [most_of_compose] = re.findall(r"max_connections=(\d+)", " ".join(command))
    assert int(most_of_compose) >= connections(dict.fromkeys(SERVICES, 1)) + 20


SERVICE_MB = 512
"""What a service may need itself."""


@pytest.mark.parametrize("name", ["ingest", "anomaly", "gateway"])
def test_a_pod_has_room_for_the_work_that_it_may_do_at_once(name: str) -> None:
    of_each: int = importlib.import_module(f"arus_{name}.jobs").MEMORY_MB
    [container] = MANIFESTS[f"{name}/Deployment/{name}"]["spec"]["template"]["spec"]["containers"]
    memory: str = container["resources"]["limits"]["memory"]
    assert int(memory.removesuffix("Mi")) >= SERVICE_MB + service_of(name).job_slots * of_each


SCRATCH = {"ingest": {"sizeLimit": "512Mi"}}
"""Whose temporary files lie on a disk of their own, and what the others have."""


def test_an_imported_file_of_the_largest_size_has_room_to_be_put_together() -> None:
    """Two copies, and as much for the jobs that read another."""

    def room_gib(container: dict[str, Any]) -> int:
        [scratch] = [volume for volume in container["volumes"] if volume["name"] == "temporary"]
        storage: str = scratch["ephemeral"]["volumeClaimTemplate"]["spec"]["resources"]["requests"]["storage"]
        return int(storage.removesuffix("Gi"))

    dev = K8S / "overlays/dev"
    small = int(documents(dev / "small-config.yaml")[0]["data"]["ARUS_IMPORT_MAX_BYTES"])
    most = int(IngestSettings.model_fields["import_max_bytes"].default)
    base = MANIFESTS["ingest/Deployment/ingest"]["spec"]["template"]["spec"]
    assert room_gib(base) * 2**30 >= 4 * most
    assert room_gib(documents(dev / "small-ingest.yaml")[0]["spec"]["template"]["spec"]) * 2**30 >= 4 * small


def test_a_shell_knows_what_the_setup_job_knows_and_starts_only_when_asked_for() -> None:
    shell = MANIFESTS["shell/CronJob/shell"]["spec"]

    def known(job: dict[str, Any]) -> dict[str, Any]:
        pod = dict(job["template"]["spec"])
        pod["containers"] = [
            {k: v for k, v in each.items() if k not in {"name", "command"}} for each in pod["containers"]
        ]
        return {k: v for k, v in pod.items() if k not in {"restartPolicy", "terminationGracePeriodSeconds"}}

    assert shell["suspend"]
    assert shell["jobTemplate"]["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] == 1
    assert known(shell["jobTemplate"]["spec"]) == known(MANIFESTS["migrate/Job/migrate"]["spec"])


def test_a_disk_of_one_pod_is_let_go_of_before_the_next_pod_takes_it() -> None:
    dev = K8S / "overlays/dev"
    claimed = {claim["metadata"]["name"] for claim in documents(dev / "files.yaml")}
    for path in dev.glob("small-*.yaml"):
        [patch] = documents(path)
        volumes = patch["spec"]["template"]["spec"]["volumes"] if patch["kind"] == "Deployment" else ()
        taken = {volume.get("persistentVolumeClaim", {}).get("claimName") for volume in volumes} & claimed
        if taken:
            assert patch["spec"]["strategy"] == {"type": "Recreate"}
        claimed -= taken
    assert not claimed


@pytest.mark.parametrize("config", ["dev/small-config.yaml", "prod/public.yaml"])
def test_an_overlay_says_where_links_in_mails_lead(config: str) -> None:
    [patch] = documents(K8S / "overlays" / config)
    assert patch["data"]["ARUS_PUBLIC_URL"].startswith("http")


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_is_restricted_alike(service: str) -> None:
    """What kube-score asks for too, in `make k8s-check`, which is not run every time."""

    def restrictions(name: str) -> Any:
        pod = MANIFESTS[f"{name}/Deployment/{name}"]["spec"]["template"]["spec"]
        [container] = pod["containers"]
        resources = {kind: sorted(amounts) for kind, amounts in container["resources"].items()}
        folders = {volume["name"]: volume.get("emptyDir") for volume in pod["volumes"]}
        home, temporary = folders["home"], folders["temporary"] or SCRATCH.get(name)
        return (
            pod["securityContext"],
            container["securityContext"],
            resources,
            home,
            temporary,
            "affinity" in pod,
        )

    assert restrictions(service) == restrictions("inventory")


@pytest.mark.parametrize("service", SERVICES)
def test_a_pod_that_ends_answers_until_nobody_sends_it_requests_any_more(
    service: str,
) -> None:
    pod = MANIFESTS[f"{service}/Deployment/{service}"]["spec"]["template"]["spec"]
    [container] = pod["containers"]
    pause_s: int = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert pause_s > 0
    assert pod["terminationGracePeriodSeconds"] > pause_s + GRACE_S


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
BY_FILE = {"PGPASSFILE", "ARUS_KAFKA_PASSWORD_FILE", "ARUS_FIELD_KEYS_FILE"}
"""What a rollout replaces in a cluster may change under an embedded service, so it is in files there."""
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
    assert container["envFrom"] == [  # so a line of the config map reaches every service
        {"configMapRef": {"name": "arus"}},
        {"secretRef": {"name": f"arus-{source.name}"}},
    ]
    assert set(embedded.environment(source)) - BY_WHO_INSTALLS - BY_FILE <= given
    assert [name for name in BY_WHO_INSTALLS if name not in INSTALLING] == []


def test_the_keys_of_an_object_store_reach_who_keeps_files_and_nobody_unasked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "kunci-toko")
    monkeypatch.delenv("ARUS_FILES_URL", raising=False)

    def holding() -> set[str]:
        system = System.to_start(StackSettings(home=tmp_path, gateway_port=0), Home(tmp_path))
        items = cluster.secrets(system)["items"]
        return {item["metadata"]["name"] for item in items if "AWS_ACCESS_KEY_ID" in item["stringData"]}

    assert holding() == set()
    monkeypatch.setenv("ARUS_FILES_URL", "s3://berkas")
    assert holding() == {"arus-ingest", "arus-anomaly"}


@pytest.mark.parametrize("service", SERVICES)
def test_prometheus_scrapes_every_service(service: str) -> None:
    [scrape] = documents(ROOT / "deploy/prometheus/prometheus.yml")[0]["scrape_configs"]
    assert service in [target["labels"]["service"] for target in scrape["static_configs"]]


def test_an_alert_tells_of_every_service_that_nobody_scrapes() -> None:
    absent = re.findall(r'absent\(up\{job="arus",service="(\w+)"\}\)', ALERTS["ServiceIsDown"]["expr"])
    assert sorted(absent) == SERVICES


def test_a_stack_without_containers_is_watched_alike_with_and_without_tls() -> None:
    services = {"gateway": "https://depot.example:8080", "ingest": "http://127.0.0.1:7001"}
    [job] = yaml.safe_load(prometheus.config(services, Path("ca.pem")))["scrape_configs"]
    assert job["job_name"] == "arus"
    assert job["static_configs"] == [
        {"targets": ["depot.example:8080"], "labels": {"service": "gateway", "__scheme__": "https"}},
        {"targets": ["127.0.0.1:7001"], "labels": {"service": "ingest", "__scheme__": "http"}},
    ]
    assert job["tls_config"] == {"ca_file": "ca.pem"}


MONITORING = K8S / "components/monitoring"


@pytest.mark.parametrize("service", SERVICES)
def test_a_cluster_s_prometheus_gives_the_labels_that_rules_ask_for(service: str) -> None:
    [monitor] = documents(MONITORING / "pods.yaml")
    pod = MANIFESTS[f"{service}/Deployment/{service}"]["spec"]["template"]
    [endpoint] = monitor["spec"]["podMetricsEndpoints"]
    found = {
        f"__meta_kubernetes_pod_label_{re.sub(r'[^a-z0-9]', '_', k)}": v
        for k, v in pod["metadata"]["labels"].items()
    }
    labels = {
        rule["targetLabel"]: rule.get("replacement") or "".join(found[name] for name in rule["sourceLabels"])
        for rule in endpoint["relabelings"]
    }
    assert labels == {"job": "arus", "service": service}
    assert monitor["spec"]["selector"]["matchLabels"].items() <= pod["metadata"]["labels"].items()
    assert endpoint["port"] in [port["name"] for port in pod["spec"]["containers"][0]["ports"]]


def test_a_cluster_has_every_rule_and_lets_spans_out() -> None:
    [rules] = documents(MONITORING / "rules.yaml")
    assert [rule for group in rules["spec"]["groups"] for rule in group["rules"]] == RULES
    [policy] = documents(MONITORING / "network.yaml")
    [egress] = policy["spec"]["egress"]
    assert egress["ports"] == [{"port": 4318}]


RULES = [
    rule
    for path in sorted((ROOT / "deploy/prometheus/rules").glob("*.yaml"))
    for group in documents(path)[0]["groups"]
    for rule in group["rules"]
]
RECORDED = {rule["record"] for rule in RULES if "record" in rule}
ALERTS = {rule["alert"]: rule for rule in RULES if "alert" in rule}
BOARDS = runpy.run_path(str(ROOT / "deploy/grafana/dashboards.py"))


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
    panels = [panel.expression for board in BOARDS["BOARDS"] for panel in board.panels]
    text = "\n".join([*panels, *(rule["expr"] for rule in RULES)])
    recorded = set(re.findall(r"\b[a-z]+:arus_[a-z_]+:[a-z0-9_]+", text))
    assert recorded <= RECORDED
    assert set(re.findall(r"(?<![:\w])arus_[a-z_]+", text)) <= known


def test_dashboards_are_what_their_code_says() -> None:
    written = {path: path.read_text("utf-8") for path in (ROOT / "deploy/grafana/dashboards").glob("*.json")}
    assert written == {Path(path): text for path, text in BOARDS["files"]().items()}


def test_every_rule_has_a_unit_test() -> None:
    [tests] = documents(ROOT / "deploy/prometheus/tests/alerts.yaml")
    spoken = {
        case["alertname"]
        for test in tests["tests"]
        for case in test.get("alert_rule_test", ())
        if case.get("exp_alerts")
    }
    asked = " ".join(case["expr"] for test in tests["tests"] for case in test.get("promql_expr_test", ()))
    assert spoken == set(ALERTS)
    assert [name for name in RECORDED if name not in asked] == []


PAGE = (ROOT / "docs/runbooks.md").read_text("utf-8")
RUNBOOKS = dict(re.findall(r"^## (\w+)\n(.+?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))


def test_every_alert_has_its_runbook_and_no_runbook_is_left_over() -> None:
    assert set(RUNBOOKS) == set(ALERTS)
    for name, rule in ALERTS.items():
        assert rule["annotations"]["runbook"] == f"docs/runbooks.md#{name.lower()}"


@pytest.mark.parametrize("name", RUNBOOKS)
def test_a_runbook_says_symptom_cause_and_what_to_do(name: str) -> None:
    said = RUNBOOKS[name]
    assert re.findall(r"^\*\*(\w+)\.\*\*", said, re.MULTILINE) == ["Symptom", "Cause", "Do"]
    assert "`arus " in said.partition("**Do.**")[2]
