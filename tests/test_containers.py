"""docker-compose.yml and the Dockerfile speak of the services, files and settings that exist."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from arus_runtime.catalogue import topics
from arus_runtime.settings import Settings
from arus_stack import credentials, house
from arus_stack.generated import own_settings
from arus_stack.home import Home
from arus_stack.house import ServiceSource
from arus_stack.kafka.broker import Kafka
from arus_stack.parts import Server, Step
from arus_stack.settings import StackSettings
from arus_stack.system import GATEWAY_PORT, GRPC_PORT, System

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


TELLING = {"ARUS_SMTP_URL", "ARUS_MAIL_FROM"}
"""A mail server's login is for those who send mail."""
DECIDED = {
    # what compose itself decides
    "ARUS_SERVICE", "ARUS_HTTP_HOST", "ARUS_HTTP_PORT", "ARUS_GRPC_PORT", "ARUS_ROLES", "ARUS_INSTANCE",
    "ARUS_KAFKA_CA", "ARUS_TLS_CERT", "ARUS_TLS_KEY", "ARUS_WEB_DIST", "ARUS_HOME", "ARUS_SIGNING_KEY_FILE",
    "ARUS_KAFKA_BOOTSTRAP", "ARUS_JWKS_URL", "ARUS_PEERS",
    # what `arus up` makes for the processes that it starts
    "ARUS_PRESENCE_KEY",
    # what `arus credentials` writes
    "ARUS_DB_API_URL", "ARUS_DB_WORKER_URL", "ARUS_DB_OWNER_URL", "ARUS_KAFKA_USER", "ARUS_KAFKA_PASSWORD",
    "ARUS_KAFKA_PASSWORD_FILE", "ARUS_FIELD_KEYS", "ARUS_FIELD_KEYS_FILE", "ARUS_PEOPLE_SECRET",
}  # fmt: skip


@pytest.mark.parametrize("name", OURS)
def test_a_line_of_dotenv_reaches_the_service_that_reads_it(name: str) -> None:
    service = COMPOSE["services"][name]["environment"]
    own = [model for model in own_settings() if model.__module__ == f"arus_{name}.settings"]
    read = {f"ARUS_{field.upper()}" for model in (Settings, *own) for field in model.model_fields} - DECIDED
    if name not in {"gateway", "notify"}:
        read -= TELLING
    if name not in {"ingest", "anomaly"}:
        read -= {"ARUS_FILES_URL"}
    assert read <= set(service)
    assert [name for name in read if f"${{{name}:-" not in service[name]] == []


STORE: dict[str, Any] = yaml.safe_load((ROOT / "deploy/docker/object-store.yml").read_text("utf-8"))


def test_an_object_store_is_given_to_those_who_keep_files() -> None:
    given = {name: part["environment"] for name, part in STORE["services"].items() if name in OURS}
    assert sorted(given) == ["anomaly", "ingest"]
    for name, environment in given.items():
        assert set(environment) <= set(COMPOSE["services"][name]["environment"])
        waits = STORE["services"][name]["depends_on"]
        assert list(waits) == ["bucket"]
    bucket = given["ingest"]["ARUS_FILES_URL"].removeprefix("s3://")
    assert STORE["services"]["bucket"]["entrypoint"][-1] == f"store/{bucket}"


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> System:
    """Give the stack as `arus up` would start it; nothing is started."""
    home = tmp_path_factory.mktemp("arus")
    return System.to_start(StackSettings(home=home, gateway_port=0), Home(home))


IMAGE = set(re.findall(r"(ARUS_[A-Z_]+)=", DOCKERFILE))
NOT_IN_CONTAINERS = {
    "ARUS_KAFKA_CA",  # compose's broker speaks plain text inside its own network
    "ARUS_SIGNING_KEY_FILE",  # made in ARUS_HOME, a volume of the gateway's
    # a container is told the secrets themselves; with files they would change without a new start
    "PGPASSFILE",
    *(f"{name}_FILE" for name in credentials.FILES),
}


def test_compose_runs_the_servers_of_the_stack_and_no_other(embedded: System) -> None:
    servers = {part.name for part in embedded.parts() if isinstance(part, Server)}
    composed = {name for name, service in COMPOSE["services"].items() if not service.get("profiles")}
    assert composed == {*servers, "setup"}


def test_more_than_the_core_is_asked_for_by_profile() -> None:
    profiles = {
        name: service["profiles"] for name, service in COMPOSE["services"].items() if "profiles" in service
    }
    assert profiles == {
        "prometheus": ["observability"],
        "grafana": ["observability"],
        "registry": ["registry"],
        "backup": ["backup"],
    }


def test_the_page_names_every_service_that_learns_changed_passwords_at_its_start() -> None:
    page = (ROOT / "docs/OPERATIONS.md").read_text("utf-8")
    [restarted] = re.findall(r"^docker compose restart (.+)$", page, re.MULTILINE)
    assert sorted(restarted.split()) == sorted(OURS)
    assert "credentials:/run/arus" in COMPOSE["services"]["setup"]["volumes"]
    assert "-v arus_gateway:/var/lib/arus/parts/gateway setup" in page
    assert (COMPOSE["name"], "gateway" in COMPOSE["volumes"]) == ("arus", True)


TOOLS = {"setup", "backup"}
"""What ends when its work is done."""


@pytest.mark.parametrize("name", [name for name in COMPOSE["services"] if name not in TOOLS])
def test_a_composed_server_says_whether_it_is_healthy(name: str) -> None:
    service = COMPOSE["services"][name]
    asked = service.get("healthcheck", {}).get("test")
    assert asked or ("build" in service and "HEALTHCHECK" in DOCKERFILE)
    assert service["restart"] == "unless-stopped"


def test_nothing_of_another_is_an_image_without_a_version() -> None:
    images = [service["image"] for service in COMPOSE["services"].values() if "build" not in service]
    assert [image for image in images if not re.search(r":v?\d", image)] == []


def test_every_topic_has_its_owner_and_its_consumers_composed() -> None:
    named = {name for topic in topics().values() for name in (topic.owner, *topic.consumers)}
    assert named <= set(COMPOSE["services"])


@pytest.mark.parametrize("source", house.sources(), ids=lambda source: source.name)
def test_a_composed_service_is_told_what_the_embedded_one_is_told(
    embedded: System, source: ServiceSource
) -> None:
    composed = set(COMPOSE["services"][source.name]["environment"])
    secrets = set(embedded.credentials()[source.name])
    told = set(embedded.environment(source)) - NOT_IN_CONTAINERS
    assert told <= composed | secrets | IMAGE


def test_setup_does_in_compose_what_the_steps_of_the_stack_do(embedded: System) -> None:
    steps = {part.name for part in embedded.parts() if isinstance(part, Step)}
    assert steps == {"kafka jars", "schemas", "topics", "console"}  # jars: image; console: built into it
    command = " ".join(COMPOSE["services"]["setup"]["command"])
    assert "arus migrate" in command
    assert "arus credentials --to /run/arus" in command
    for name in OURS:
        waits = COMPOSE["services"][name]["depends_on"]
        assert waits["setup"] == {"condition": "service_completed_successfully"}


@pytest.mark.parametrize("name", OURS)
def test_a_service_is_given_its_own_passwords_and_nobody_else_s(name: str) -> None:
    given = [volume for volume in COMPOSE["services"][name]["volumes"] if "credentials" in str(volume)]
    assert given == [
        {
            "type": "volume",
            "source": "credentials",
            "target": "/run/arus",
            "read_only": True,
            "volume": {"subpath": name},
        }
    ]
    assert " /run/arus/env;" in DOCKERFILE


def test_only_the_gateway_is_published_and_on_loopback_only() -> None:
    published = {
        name: service["ports"]
        for name, service in COMPOSE["services"].items()
        if service.get("ports") and not service.get("profiles")
    }
    assert published == {
        "gateway": [f"127.0.0.1:{GATEWAY_PORT}:8080", f"127.0.0.1:{GRPC_PORT}:50051"],
    }


def test_files_mounted_into_containers_exist() -> None:
    mounted = [
        volume.split(":")[0]
        for service in COMPOSE["services"].values()
        for volume in service.get("volumes", [])
        if isinstance(volume, str) and volume.startswith("./")
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
