"""docker-compose.yml and the Dockerfile speak of the services, files and settings that exist."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from arus_runtime.settings import Settings
from arus_stack import house
from arus_stack.generated import own_settings
from arus_stack.kafka.broker import Kafka
from arus_stack.settings import StackSettings

ROOT = Path(__file__).resolve().parents[1]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
DOCKERFILE = (ROOT / "deploy/docker/python.Dockerfile").read_text("utf-8")
INSTRUCTIONS = {"FROM", "ARG", "ENV", "RUN", "COPY", "WORKDIR", "USER", "EXPOSE", "HEALTHCHECK", "CMD"}
OURS = [source.name for source in house.sources()]


@pytest.mark.parametrize("name", OURS)
def test_every_service_is_composed_from_the_one_dockerfile(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["build"]["args"] == {"SERVICE": name}
    assert (ROOT / service["build"]["dockerfile"]).exists()
    assert name in service["environment"]["ARUS_PEERS"]


def test_variables_given_to_services_are_settings() -> None:
    known = {
        f"ARUS_{name.upper()}"
        for model in (StackSettings, Settings, *own_settings())
        for name in model.model_fields
    }
    given = {
        name
        for service in ("setup", *OURS)
        for name in COMPOSE["services"][service]["environment"]
        if name.startswith("ARUS_")
    }
    assert given <= known


def test_files_mounted_into_containers_exist() -> None:
    mounted = [
        volume.split(":")[0]
        for service in COMPOSE["services"].values()
        for volume in service.get("volumes", [])
        if volume.startswith("./")
    ]
    assert mounted
    assert [path for path in mounted if not (ROOT / path).exists()] == []


def test_the_dockerfile_uses_known_instructions_and_copies_what_exists() -> None:
    lines = re.sub(r"\\\n", " ", DOCKERFILE).splitlines()
    statements = [line.split() for line in lines if line and not line.startswith("#")]
    assert {words[0] for words in statements} <= INSTRUCTIONS
    copied = [
        path
        for words in statements
        if words[0] == "COPY" and not words[1].startswith("--from")
        for path in words[1:-1]
    ]
    assert [path for path in copied if not (ROOT / path).exists()] == []


def test_the_composed_broker_is_set_up_as_the_embedded_one(tmp_path: Path) -> None:
    def names(text: str) -> set[str]:
        return set(re.findall(r"^([a-z][a-z0-9.-]+)=", text, re.MULTILINE))

    composed = (ROOT / "deploy/docker/kafka.sh").read_text("utf-8")
    embedded = Kafka(tmp_path, 9092, 9093, "secret").properties()
    assert names(composed) - {"login"} == names(embedded)
