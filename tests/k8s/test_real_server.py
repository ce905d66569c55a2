"""The overlays are taken by a real API server, scheduled by the real scheduler and rolled out.

etcd, kube-apiserver, kube-controller-manager and kube-scheduler run for real; kwok plays the nodes, so no
container runs and no operator acts. `make k8s-real`: the first time minutes go into building. CloudNativePG's
types are on no registry, so its one resource is stored without a look inside.
"""

import json
import secrets
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from arus_stack import ports
from arus_stack.testing import need, running, until
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from .test_rendered import ROOT, SERVICES, documents
from .tools import definitions, kwok_stages, run, tool

pytestmark = [pytest.mark.k8s, pytest.mark.timeout(3600)]

STORED = (
    "Kafka", "KafkaNodePool", "KafkaUser", "Cluster", "PodDisruptionBudget",
    "HorizontalPodAutoscaler", "ScaledObject", "Ingress",
)  # fmt: skip
NODES = 3
DISKS = 24  # every pod of an overlay takes a new one, and both overlays follow each other
ROLLOUT_S = 120
OPEN = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
CLOUDNATIVEPG = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "clusters.postgresql.cnpg.io"},
    "spec": {
        "group": "postgresql.cnpg.io",
        "names": {"kind": "Cluster", "plural": "clusters"},
        "scope": "Namespaced",
        "versions": [
            {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": OPEN}},
        ],
    },
}


@dataclass(frozen=True, slots=True)
class Cluster:
    """A control plane with nodes, and kubectl as its administrator."""

    kubeconfig: Path

    def kubectl(self, *words: str | Path, given: str = "") -> "subprocess.CompletedProcess[str]":
        """Run kubectl."""
        return subprocess.run(
            [tool("kubectl"), "--kubeconfig", self.kubeconfig, *words],
            input=given, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def said(self, *words: str | Path, given: str = "") -> str:
        """Run kubectl and return what it said; AssertionError when it was refused."""
        done = self.kubectl(*words, given=given)
        assert done.returncode == 0, f"{words}: {done.stderr[-4000:]}"
        return done.stdout

    def knows_all_kinds(self) -> bool:
        """Tell whether every custom resource definition is in force."""
        found: list[dict[str, Any]] = json.loads(self.said("get", "crd", "-o", "json"))["items"]
        return all(is_established(definition["status"].get("conditions") or []) for definition in found)

    def items(self, kind: str) -> list[dict[str, Any]]:
        """Return the objects of a kind in the namespace."""
        return json.loads(self.said("-n", "arus", "get", kind, "-o", "json"))["items"]


def is_established(conditions: list[dict[str, str]]) -> bool:
    return any(each["type"] == "Established" and each["status"] == "True" for each in conditions)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    with ExitStack() as servers:
        kubeconfig = control_plane(folder, servers)
        made = Cluster(kubeconfig)
        nodes(made, folder, servers)
        disks(made)
        made.said("create", "-f", str(definitions()))
        made.said("create", "-f", "-", given=json.dumps(CLOUDNATIVEPG))
        until(made.knows_all_kinds, "the custom resources", 60)
        yield made


def control_plane(folder: Path, servers: ExitStack) -> Path:
    """Start etcd, API server, controllers and scheduler; return the administrator's kubeconfig."""
    client, peer, secure, controllers, scheduler = taken = [0] * 5
    for n in range(len(taken)):
        taken[n] = ports.free_port(set(taken))
    client, peer, secure, controllers, scheduler = taken
    token = secrets.token_hex(16)
    (folder / "tokens.csv").write_text(f"{token},admin,admin,system:masters\n", "ascii")
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "accounts.pem").write_bytes(key)
    kubeconfig = folder / "kubeconfig"
    kubeconfig.write_text(
        yaml.safe_dump(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "current-context": "arus",
                "clusters": [
                    {
                        "name": "arus",
                        "cluster": {
                            "server": f"https://127.0.0.1:{secure}",
                            "certificate-authority": str(folder / "certificates/apiserver.crt"),
                        },
                    }
                ],
                "users": [{"name": "admin", "user": {"token": token}}],
                "contexts": [{"name": "arus", "context": {"cluster": "arus", "user": "admin"}}],
            }
        ),
        "utf-8",
    )

    def answers(url: str) -> bool:
        try:
            return httpx.get(url, verify=False, headers={"Authorization": f"Bearer {token}"}).is_success
        except httpx.TransportError:
            return False

    at = f"http://127.0.0.1:{client}"
    servers.enter_context(
        running(
            [
                need("etcd"), "--data-dir", str(folder / "etcd"), "--listen-client-urls", at,
                "--advertise-client-urls", at, "--listen-peer-urls", f"http://127.0.0.1:{peer}",
                "--initial-advertise-peer-urls", f"http://127.0.0.1:{peer}",
                "--initial-cluster", f"default=http://127.0.0.1:{peer}", "--unsafe-no-fsync",
            ],
            folder / "etcd.txt",
            lambda: answers(f"{at}/health"),
        )
    )  # fmt: skip
    servers.enter_context(
        running(
            [
                str(tool("kube-apiserver")), "--etcd-servers", at, "--secure-port", str(secure),
                "--bind-address", "127.0.0.1", "--advertise-address", "127.0.0.1",
                "--cert-dir", str(folder / "certificates"), "--token-auth-file", str(folder / "tokens.csv"),
                "--service-account-issuer", "https://arus.local", "--authorization-mode", "RBAC",
                "--service-account-key-file", str(folder / "accounts.pem"),
                "--service-account-signing-key-file", str(folder / "accounts.pem"),
                "--service-cluster-ip-range", "10.96.0.0/16",
            ],
            folder / "apiserver.txt",
            lambda: answers(f"https://127.0.0.1:{secure}/readyz"),
        )
    )  # fmt: skip
    for name, port, more in (
        (
            "kube-controller-manager",
            controllers,
            (
                "--service-account-private-key-file",
                str(folder / "accounts.pem"),
                "--use-service-account-credentials=false",
            ),
        ),
        ("kube-scheduler", scheduler, ()),
    ):
        servers.enter_context(
            running(
                [
                    str(tool(name)), "--kubeconfig", str(kubeconfig), "--leader-elect=false",
                    "--bind-address", "127.0.0.1", "--secure-port", str(port),
                    "--cert-dir", str(folder / name), *more,
                ],
                folder / f"{name}.txt",
                lambda port=port: answers(f"https://127.0.0.1:{port}/healthz"),
            )
        )  # fmt: skip
    return kubeconfig


def nodes(cluster: Cluster, folder: Path, servers: ExitStack) -> None:
    """Start kwok and register nodes; it answers for their pods."""
    stages = [
        path for kind in ("node", "pod") for path in sorted((kwok_stages() / kind / "fast").glob("*-*.yaml"))
    ]
    assert stages
    config = folder / "kwok.yaml"
    config.write_text("---\n".join(path.read_text("utf-8") for path in stages), "utf-8")
    for number in range(NODES):
        node = {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {
                "name": f"node-{number}",
                "annotations": {"kwok.x-k8s.io/node": "fake"},
                "labels": {"kubernetes.io/hostname": f"node-{number}"},
            },
            "status": {
                amount: {"cpu": "8", "memory": "16Gi", "pods": "60", "ephemeral-storage": "100Gi"}
                for amount in ("allocatable", "capacity")
            },
        }
        cluster.said("create", "-f", "-", given=json.dumps(node))
    command = [str(tool("kwok")), "--kubeconfig", str(cluster.kubeconfig), "--config", str(config)]
    command += [
        "--manage-all-nodes=true",
        "--node-lease-duration-seconds=40",
        "--server-address",
        "127.0.0.1:0",
    ]

    def ready() -> bool:
        found = json.loads(cluster.said("get", "nodes", "-o", "json"))["items"]
        conditions = [
            c for node in found for c in node["status"].get("conditions", []) if c["type"] == "Ready"
        ]
        return len(conditions) == NODES and all(c["status"] == "True" for c in conditions)

    servers.enter_context(running(command, folder / "kwok.txt", ready))


def disks(cluster: Cluster) -> None:
    """Make what a storage class would: disks that wait for whoever asks for one."""
    made = [
        {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {"name": f"disk-{number}"},
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "capacity": {"storage": "10Gi"},
                "hostPath": {"path": f"/disks/{number}"},
            },
        }
        for number in range(DISKS)
    ]
    cluster.said("create", "-f", "-", given=json.dumps({"apiVersion": "v1", "kind": "List", "items": made}))


@pytest.fixture
def told(tmp_path: Path) -> str:
    """Give the secrets as an installer makes them."""
    env = {
        "ARUS_HOME": str(tmp_path),
        "ARUS_POSTGRES_URL": "postgresql://arus-postgres-rw:5432/arus",
        "ARUS_KAFKA_URL": "kafkas://arus-admin@arus-kafka-bootstrap:9093",
    }
    return run(sys.executable, "-m", "arus_stack.cli", "credentials", "--secrets", env=env)


@pytest.mark.parametrize("overlay", ["dev", "prod"])
def test_an_overlay_is_taken_and_every_rollout_ends(cluster: Cluster, overlay: str, told: str) -> None:
    place = ROOT / "deploy/k8s/overlays" / overlay
    said = cluster.said("apply", "--server-side", "-k", place)
    assert "Warning" not in said
    cluster.said("-n", "arus", "apply", "--server-side", "-f", "-", given=told)
    for name in SERVICES:
        cluster.said("-n", "arus", "rollout", "status", f"deployment/{name}", f"--timeout={ROLLOUT_S}s")
    cluster.said("-n", "arus", "wait", "--for=condition=Complete", "job/migrate", f"--timeout={ROLLOUT_S}s")
    asked = Counter(document["kind"] for document in documents(f"overlays/{overlay}"))
    assert asked["KafkaUser"] == len(SERVICES) + 1
    assert {kind: len(cluster.items(kind)) for kind in STORED} == {kind: asked[kind] for kind in STORED}
    cluster.said("-n", "arus", "delete", "job", "migrate")  # an upgrade, as docs/DEPLOYMENT.md has it
    cluster.said("apply", "--server-side", "-k", place, "-l", "app.kubernetes.io/name=migrate")
    cluster.said("-n", "arus", "wait", "--for=condition=Complete", "job/migrate", f"--timeout={ROLLOUT_S}s")
    cluster.said("apply", "--server-side", "-k", place)
    cluster.said("delete", "--wait", "--timeout=120s", "-k", place)


def test_the_namespace_refuses_what_is_not_restricted(cluster: Cluster) -> None:
    cluster.said("apply", "--server-side", "-f", ROOT / "deploy/k8s/base/namespace.yaml")
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "root", "namespace": "arus"},
        "spec": {"containers": [{"name": "root", "image": "busybox"}]},
    }
    deadline = time.monotonic() + 30  # the namespace's account is made a moment after it
    while "serviceaccount" in (done := cluster.kubectl("create", "-f", "-", given=json.dumps(pod))).stderr:
        assert time.monotonic() < deadline, done.stderr
        time.sleep(0.1)
    assert 'violates PodSecurity "restricted' in done.stderr
