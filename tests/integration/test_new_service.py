"""`make new-service` gives a service that is typed, layered, tested, and works."""
# pyright: reportUnknownMemberType=false
# (aiokafka carries no types)

import json
import os
import subprocess
import sys
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import jwt
import pytest
from aiokafka import AIOKafkaProducer
from arus.fuel.v1.events_pb2 import FuelTransactionRecorded
from arus_stack import ports, schemas
from arus_stack.house import ServiceSource, root
from arus_stack.kafka.admin import Admin
from arus_stack.kafka.rights import Right
from arus_stack.testing import TEST_PASSWORD, KafkaServer, PostgresServer, running
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from google.protobuf import json_format

pytestmark = pytest.mark.integration

NAME = "weather"
KEY = Ed25519PrivateKey.generate()
RIGHTS = {
    Right(NAME, "topic", "fuel.transaction.v1", "READ"),
    Right(NAME, "topic", "fuel.transaction.v1.dlq", "WRITE"),
    Right(NAME, "group", f"arus.{NAME}.", "READ", prefix=True),
}
LISTS = ("tests/test_catalogue.py", "tests/test_containers.py", "tests/test_deployments.py")
RECORD = "protos/examples/fuel.transaction.v1/2025-01-10-520-l.json"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy what is committed, and make a service in the copy."""
    copy = tmp_path_factory.mktemp("checkout")
    listed = subprocess.run(
        ["git", "-C", root(), "ls-files", "-z"], capture_output=True, check=True, text=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (root() / name).exists():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes((root() / name).read_bytes())
    run(copy, "-m", "arus_stack.new_service", NAME, "--root", str(copy))
    run(copy, "-m", "arus_contracts.generate")
    return copy


def environment(checkout: Path) -> dict[str, str]:
    """Return an environment in which the copy's packages stand before the installed ones."""
    packages = [*checkout.glob("libs/*"), *checkout.glob("services/*")]
    return os.environ | {"PYTHONPATH": os.pathsep.join(map(str, packages))}


def run(checkout: Path, *words: str) -> str:
    command = [sys.executable, *words]
    done = subprocess.run(
        command, cwd=checkout, env=environment(checkout), capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_follows_the_style(checkout: Path) -> None:
    run(checkout, "-m", "ruff", "check", f"services/{NAME}")
    run(checkout, "-m", "ruff", "format", "--check", f"services/{NAME}")


def test_it_is_typed(checkout: Path) -> None:
    packages = [
        str(path.relative_to(checkout)) for path in (*checkout.glob("libs/*"), *checkout.glob("services/*"))
    ]
    settings = {"typeCheckingMode": "strict", "pythonVersion": "3.11", "extraPaths": packages}
    (checkout / "pyrightconfig.json").write_text(
        json.dumps(settings | {"include": [f"services/{NAME}"]}), "utf-8"
    )
    run(checkout, "-m", "pyright", "--pythonpath", sys.executable)


def test_its_arrows_point_down(checkout: Path) -> None:
    assert f"arus_{NAME}" in (checkout / ".importlinter").read_text("utf-8")
    run(checkout, str(Path(sys.executable).parent / "lint-imports"), "--no-cache")


def test_its_own_tests_pass(checkout: Path) -> None:
    run(checkout, "-m", "pytest", "-q", f"services/{NAME}")


def test_it_is_entered_wherever_services_are_listed(checkout: Path) -> None:
    assert f'"{NAME}": "{NAME}"' in (checkout / "services/gateway/arus_gateway/proxy.py").read_text("utf-8")
    assert f"arus-{NAME} = {{ workspace = true }}" in (checkout / "pyproject.toml").read_text("utf-8")
    run(checkout, "-m", "pytest", "-q", "libs/contracts/tests/test_contracts.py", *LISTS)


@pytest.mark.parametrize("name", ["inventory", "Weather", "we", "weather-station"])
def test_a_name_that_is_taken_or_no_word_is_refused(checkout: Path, name: str) -> None:
    with pytest.raises(AssertionError, match="name"):
        run(checkout, "-m", "arus_stack.new_service", name, "--root", str(checkout))


@pytest.fixture
def jwks() -> Iterator[str]:
    """Serve the key that signs this test's tokens."""
    public = urlsafe_b64encode(KEY.public_key().public_bytes_raw()).rstrip(b"=").decode()
    key = {"kty": "OKP", "crv": "Ed25519", "x": public, "kid": "test"}
    document = json.dumps({"keys": [key]}).encode()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(document)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the base class's name
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/jwks.json"
        server.shutdown()


async def test_it_works(
    checkout: Path, postgres: PostgresServer, kafka: KafkaServer, jwks: str, tmp_path: Path
) -> None:
    record = json.loads((root() / RECORD).read_text("utf-8"))
    await publish(kafka, record)
    admin = Admin(kafka.access)
    admin.set_users({NAME: TEST_PASSWORD})
    admin.set_rights({NAME}, RIGHTS)
    url = postgres.create_database()
    schemas.provision(url, [NAME], lambda _: TEST_PASSWORD)
    schemas.migrate(url, [ServiceSource(NAME, checkout / "services" / NAME)], lambda _: TEST_PASSWORD)
    roles = schemas.role_urls(url, NAME, lambda _: TEST_PASSWORD)
    address = f"http://127.0.0.1:{(port := ports.free_port())}"
    settings = {
        "ARUS_SERVICE": NAME,
        "ARUS_HTTP_PORT": str(port),
        "ARUS_DB_API_URL": roles["api"],
        "ARUS_DB_WORKER_URL": roles["worker"],
        "ARUS_KAFKA_BOOTSTRAP": kafka.bootstrap,
        "ARUS_KAFKA_USER": NAME,
        "ARUS_KAFKA_PASSWORD": TEST_PASSWORD,
        "ARUS_JWKS_URL": jwks,
        "ARUS_HOME": str(tmp_path),
    }
    command = ["env", *(f"{name}={value}" for name, value in (environment(checkout) | settings).items())]
    with running(
        [*command, sys.executable, "-m", f"arus_{NAME}"], tmp_path / "log", lambda: answers(address)
    ):
        tallies = wait_for_tallies(address, record["value"]["tenant_id"])
    assert tallies == [
        {
            "location_id": record["value"]["location_id"],
            "product_id": record["value"]["product_id"],
            "facts": 1,
            "volume_l": "520",
        }
    ]
    postgres.drop_database(url)


async def publish(kafka: KafkaServer, record: dict[str, dict[str, str]]) -> None:
    access = kafka.service("ingest")
    producer = AIOKafkaProducer(
        bootstrap_servers=access.bootstrap,
        security_protocol="SASL_PLAINTEXT",
        sasl_mechanism="SCRAM-SHA-512",
        sasl_plain_username=access.user,
        sasl_plain_password=access.password,
    )
    event = json_format.ParseDict(record["value"], FuelTransactionRecorded())
    headers = [(name, text.encode()) for name, text in record["headers"].items()]
    async with producer:
        await producer.send_and_wait(
            "fuel.transaction.v1", event.SerializeToString(), str(record["key"]).encode(), headers=headers
        )


def answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/readyz").status_code == 200
    except httpx.TransportError:
        return False


def wait_for_tallies(address: str, tenant: str) -> list[dict[str, object]]:
    claims = {
        "iss": "arus",
        "aud": "arus",
        "sub": "u",
        "org": tenant,
        "roles": ["owner"],
        "exp": int(time.time()) + 600,
    }
    token = jwt.encode(claims, KEY, "EdDSA", {"kid": "test"})
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        answer = httpx.get(f"{address}/api/v1/{NAME}/tallies", headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 200, answer.text
        if items := answer.json()["items"]:
            return items
        time.sleep(0.05)
    raise AssertionError("no tally within 60 s")
