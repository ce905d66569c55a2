"""Servers for tests as containers, where an engine answers and holds the images; nothing is pulled."""

import os
import socket
from collections.abc import Generator
from contextlib import contextmanager
from urllib.parse import urlsplit

import docker
from docker.errors import DockerException
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer

from arus_stack import house, ports
from arus_stack.kafka.admin import KafkaAccess

POSTGRES_IMAGE = "postgres:18"
KAFKA_IMAGE = "apache/kafka:4.3.1"


def available() -> bool:
    """Tell whether an engine answers that holds both images (ARUS_TEST_CONTAINERS=false says no)."""
    if os.environ.get("ARUS_TEST_CONTAINERS") == "false" or not _listens():
        return False
    try:
        engine = docker.from_env(timeout=3)
    except DockerException:
        return False
    try:
        for image in (POSTGRES_IMAGE, KAFKA_IMAGE):
            engine.images.get(image)
    except DockerException:
        return False
    finally:
        engine.close()
    return True


def _listens() -> bool:
    """Tell whether somebody listens where the engine should; its own client leaves a socket open when not."""
    address = urlsplit(os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock")
    if address.scheme != "unix":
        return ports.answers(address.port or 2375, address.hostname or "127.0.0.1")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        return probe.connect_ex(address.path) == 0


@contextmanager
def postgres(password: str) -> Generator[str]:
    """Give the superuser's URL of a PostgreSQL container that may still be starting."""
    port = ports.free_port()
    container = (
        _container(POSTGRES_IMAGE)
        .with_env("POSTGRES_USER", "arus")
        .with_env("POSTGRES_DB", "arus")
        .with_env("POSTGRES_PASSWORD", password)
        .with_bind_ports(5432, port)
    )
    with container:
        yield f"postgresql://arus:{password}@{container.get_container_host_ip()}:{port}/arus"


@contextmanager
def kafka(password: str) -> Generator[KafkaAccess]:
    """Give the administrator's access to a Kafka container that may still be starting."""
    port = ports.free_port()
    script = house.root() / "deploy" / "docker" / "kafka.sh"
    container = _container(KAFKA_IMAGE)
    host = container.get_docker_client().host()
    container = (
        container.with_env("KAFKA_ADMIN_PASSWORD", password)
        .with_env("KAFKA_ADVERTISED", f"{host}:{port}")
        .with_volume_mapping(str(script), "/etc/arus/kafka.sh", "ro")
        .with_kwargs(entrypoint=["bash", "/etc/arus/kafka.sh"])
        .with_bind_ports(9092, port)
    )
    with container:
        yield KafkaAccess(f"{host}:{port}", "admin", password)


def _container(image: str) -> DockerContainer:
    testcontainers_config.ryuk_disabled = True  # its image may not be here; the fixtures stop what they start
    return DockerContainer(image)
