"""The Dockerfile is built without an engine, and what it makes serves beside the running house.

`make image-test` builds ingest; `make image-test IMAGES=ingest,gateway` builds those.
"""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from secrets import token_hex
from typing import Any

import httpx
import pytest
from arus_stack import house, ports
from arus_stack.home import Home
from arus_stack.settings import StackSettings
from arus_stack.system import System
from arus_stack.testing import RunningStack, until

ROOT = Path(__file__).resolve().parents[2]
BASE = "python:3.11-slim"
IMAGES = os.environ.get("IMAGES", "ingest").split(",")
PASSWORD = "Rahasia-panjang-7"
OF_THIS_MACHINE = {"ARUS_HOME", "ARUS_HTTP_HOST", "ARUS_SIGNING_KEY_FILE", "ARUS_WEB_DIST"}

pytestmark = [pytest.mark.images, pytest.mark.timeout(1800)]


def said(*words: str | Path) -> str:
    """Run a command in the checkout and return what it said."""
    done = subprocess.run([*map(str, words)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words[:3]}: {done.stdout[-3000:]}{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def base() -> str:
    """Give the Dockerfile's base: pulled, or made of Debian's packages where no registry answers."""
    if shutil.which("buildah") is None:
        pytest.fail("needs buildah: apt install buildah mmdebstrap")
    official = ("buildah", "pull", "--quiet", f"docker.io/library/{BASE}")
    if subprocess.run(official, capture_output=True, timeout=300, check=False).returncode:
        local = ("buildah", "inspect", "--type", "image", f"localhost/{BASE}")
        if subprocess.run(local, capture_output=True, check=False).returncode:
            said("sh", "deploy/docker/local_base.sh")
    return BASE


class Image:
    """A built image and a container of it."""

    def __init__(self, name: str) -> None:
        self.name = name
        tag = f"localhost/arus/{name}:test"
        said(
            *("buildah", "bud", "--isolation", "chroot", "--network", "host", "--pull-never", "--layers"),
            *("--format", "docker", "--build-arg", f"SERVICE={name}", "-t", tag),
            *("-f", "deploy/docker/python.Dockerfile", "."),
        )
        self.config: dict[str, Any] = json.loads(said("buildah", "inspect", "--type", "image", tag))[
            "Docker"
        ]["config"]
        self.container = said("buildah", "from", "--pull-never", tag).strip()

    def command(self, *words: str, env: Mapping[str, str] | None = None) -> list[str]:
        """Return what runs words in the container as its user."""
        variables = [f"--env={name}={value}" for name, value in (env or {}).items()]
        run = ["buildah", "run", "--isolation", "chroot", "--network", "host", *variables]
        return [*run, self.container, "--", *words]

    def is_well(self, env: Mapping[str, str]) -> bool:
        """Tell whether the image's own health check passes."""
        kind, *words = self.config["Healthcheck"]["Test"]
        assert kind == "CMD"
        done = subprocess.run(self.command(*words, env=env), capture_output=True, check=False)
        return done.returncode == 0

    @contextmanager
    def running(self, env: Mapping[str, str], log: Path) -> Generator[None]:
        """Run the image's command until the block ends; it is well when the block begins."""
        with log.open("wb") as output:
            process = subprocess.Popen(
                self.command(*self.config["Cmd"], env=env),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            until(
                lambda: process.poll() is not None or self.is_well(env),
                f"{self.name}: {log.read_text()[-2000:]}",
            )
            assert process.poll() is None, log.read_text()[-2000:]
            yield
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)

    def close(self) -> None:
        """Remove the container; the image stays, for the next build's layers."""
        said("buildah", "rm", self.container)


@pytest.fixture(scope="module", params=IMAGES)
def image(request: pytest.FixtureRequest, base: str) -> Iterator[Image]:
    made = Image(request.param)
    yield made
    made.close()


@pytest.fixture
def env(image: Image, stack: RunningStack) -> dict[str, str]:
    """Give what the running house tells a service, with ports of this replica's own."""
    [source] = [source for source in house.sources() if source.name == image.name]
    system = System.as_it_is(StackSettings(home=stack.home, gateway_port=0), Home(stack.home))
    told = {
        name: value
        for name, value in system.environment(source).items()
        if name.startswith("ARUS_") and name not in OF_THIS_MACHINE
    }
    http = ports.free_port()
    return told | {"ARUS_HTTP_PORT": str(http), "ARUS_GRPC_PORT": str(ports.free_port({http}))}


def test_the_image_holds_the_service_and_no_root(image: Image) -> None:
    who = subprocess.run(image.command("id", "-u"), capture_output=True, text=True, check=True).stdout
    assert who.strip() == "10001"
    document = subprocess.run(
        image.command("python", "-m", f"arus_{image.name}", "openapi"), capture_output=True, check=True
    ).stdout
    assert json.loads(document) == json.loads((ROOT / f"services/{image.name}/openapi.json").read_bytes())


def test_the_image_serves_beside_the_house(
    image: Image, env: dict[str, str], stack: RunningStack, tmp_path: Path
) -> None:
    own = f"http://127.0.0.1:{env['ARUS_HTTP_PORT']}"
    with image.running(env, tmp_path / "image.txt"):
        assert httpx.get(f"{own}/readyz").json()["status"] == "ready"
        if image.name == "ingest":
            judged = verdict_of_a_fact_recorded_at(own, stack.gateway)
            assert judged["status"] == "NORMAL"


def verdict_of_a_fact_recorded_at(door: str, gateway: str) -> dict[str, Any]:
    """Record a fuel transaction at a door and return the verdict that the house reaches."""
    login = {"email": f"{token_hex(6)}@example.org", "password": PASSWORD}
    with httpx.Client(base_url=f"{gateway}/api/v1", timeout=30) as client:
        client.post("/auth/register", json=login | {"name": "Wadah"}).raise_for_status()
        token = client.post("/auth/login", json=login).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        solar = {"code": "SOLAR", "name": "Solar", "kind": "fuel", "unit": "L"}
        product_id = client.post("/products", json=solar).json()["id"]
        location_id = client.post("/locations", json={"name": "A", "type": "depot"}).json()["id"]
        fact = {
            "date": date(2026, 1, 2).isoformat(),
            "location_id": location_id,
            "product_id": product_id,
            "volume_l": "300",
        }
        answer = httpx.post(f"{door}/api/v1/fuel/transactions", json=fact, headers=client.headers, timeout=30)
        assert answer.status_code == 201, answer.text
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            found = client.get("/anomalies", params={"location_id": location_id}).json()["items"]
            if found:
                return found[0]
            time.sleep(0.1)
    return pytest.fail("no verdict within 60 s")
