"""The whole local system as parts: which servers, on which ports, with which environment."""

import asyncio
import json
import os
import ssl
import sys
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_bytes, token_hex
from signal import SIGINT
from typing import Any

from arus_runtime import presence
from arus_runtime.catalogue import topics
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from arus_stack import certs, console, credentials, house, schemas
from arus_stack.address import LOOPBACK, Address
from arus_stack.certs import Certificates
from arus_stack.errors import NotRunning, PortTaken, Refused
from arus_stack.home import Home, write_private
from arus_stack.house import ServiceSource
from arus_stack.kafka import jars, rights
from arus_stack.kafka.admin import Admin, KafkaAccess
from arus_stack.kafka.broker import Kafka, Tls
from arus_stack.mqtt import Mqtt, installed_broker
from arus_stack.parts import Part, Report, Server, Step
from arus_stack.postgres import Postgres, is_ready
from arus_stack.settings import StackSettings, dotenv

GATEWAY_PORT = 8080
GRPC_PORT = 50051
MQTT_PORT = 1883
ADMIN_EMAIL = "admin@arus.localdomain"
KNOWING_PEOPLE = ("gateway", "notify")
"""Who shares the secret by which notify learns whom to tell."""


@dataclass(frozen=True, slots=True)
class FirstAdmin:
    """The first administrator, as long as nobody has seen the password; given: by the settings."""

    email: str
    password: str
    given: bool


class System:
    """One local system: made from settings and what ARUS_HOME remembers; making it starts nothing."""

    @classmethod
    def to_start(cls, settings: StackSettings, home: Home) -> "System":
        """Return the system that can be started now: on the remembered ports where they are still free."""
        Address.of(settings.host).refuse_unless_usable()
        system = cls(settings, home, home.ports.free_port)
        home.served.put("host", settings.host)
        home.served.put("tls", settings.tls)
        return system

    @classmethod
    def as_it_is(cls, settings: StackSettings, home: Home) -> "System":
        """Return the system as it was started last, perhaps running now."""
        return cls(settings.model_copy(update=home.served.all()), home, home.ports.known_port)

    def __init__(self, settings: StackSettings, home: Home, port: Callable[[str, int, str], int]) -> None:
        self.settings = settings
        self.home = home
        home.create()
        self._presence_key = token_hex()
        self._address = Address.of(settings.host)
        if not self._address.is_loopback and not settings.tls:
            raise Refused(
                f"{settings.host} is reachable by others, and the stack would speak in plain text there",
                "Add --tls, or keep to 127.0.0.1.",
            )
        self.certificates = (
            certs.ensure(home.tls, {LOOPBACK, self._address.inside, self._address.name})
            if settings.tls
            else None
        )
        self._choose_ports(port)

    # --- where things are

    @property
    def gateway_url(self) -> str:
        """Return where people and clients go."""
        return self._gateway_at(self._address.name)

    @property
    def grpc_address(self) -> str:
        """Return where gRPC clients go."""
        return f"{self._address.name}:{self.grpc_port}"

    @property
    def facts(self) -> dict[str, Any]:
        """Return the addresses of everything, without secrets."""
        return {
            "gateway": self.gateway_url,
            "grpc": self.grpc_address,
            "kafka": self.kafka_access.bootstrap,
            "mqtt": _without_login(self.settings.mqtt_url.get_secret_value()) or self._mqtt.url,
            "postgres": _without_login(self.postgres_url),
            "home": str(self.home.path.resolve()),
            "tls_ca": str(self.certificates.ca) if self.certificates else None,
        }

    @property
    def postgres_url(self) -> str:
        """Return the administrator's URL."""
        return self.settings.postgres_url.get_secret_value() or self._postgres.url()

    @property
    def kafka_access(self) -> KafkaAccess:
        """Return how the administrator reaches the broker."""
        url = self.settings.kafka_url.get_secret_value()
        return KafkaAccess.from_url(url) if url else self._kafka.access

    @property
    def runs_kafka(self) -> bool:
        """Tell whether the broker is one of the parts, or somebody else's."""
        return not self.settings.kafka_url.get_secret_value()

    def database_password(self, role: str) -> str:
        """Return the password of a database role."""
        return self.home.secrets.secret(f"postgres.{role}")

    def kafka_password(self, user: str) -> str:
        """Return the password of a Kafka user."""
        return self.home.secrets.secret(f"kafka.{user}")

    # --- the first administrator

    @property
    def first_admin(self) -> FirstAdmin | None:
        """Return the administrator to create and show, or None when that was done on an earlier start."""
        password = self.settings.admin_password.get_secret_value()
        if not password and self.home.secrets.all().get("admin.shown"):
            return None
        email = self.settings.admin_email or ADMIN_EMAIL
        made_up = password or self.home.secrets.secret("admin.password")
        return FirstAdmin(email, made_up, given=bool(password))

    # --- the parts

    def parts(self) -> Sequence[Part]:
        """Return every part of the system, in the order of their starts."""
        services = [source for source in house.sources() if source.runs]
        host = self._address.host
        parts: list[Part] = []
        if not self.settings.postgres_url.get_secret_value():
            parts.append(
                Server(
                    "postgres",
                    self._postgres.command,
                    _threaded(self._postgres.ready),
                    prepare=self._postgres.prepare,
                    stop_with=SIGINT,  # PostgreSQL's fast shutdown: SIGTERM would wait for clients
                    listens=((LOOPBACK, self._postgres.port),),
                )
            )
        if self.runs_kafka:
            parts.append(Step("kafka jars", self._fetch_jars))
            parts.append(
                Server(
                    "kafka",
                    self._kafka.command,
                    _threaded(self._kafka.ready),
                    after=("kafka jars",),
                    prepare=self._kafka.prepare,
                    stop_s=30,
                    listens=((host, self._kafka.port), (LOOPBACK, self._kafka.controller_port)),
                )
            )
        parts.append(Step("schemas", self.migrate, after=("postgres",)))
        parts.append(Step("topics", self.apply_topics, after=("kafka",)))
        if not self.settings.mqtt_url.get_secret_value():
            parts.append(
                Server(
                    "mqtt",
                    self._mqtt.command,
                    _threaded(self._mqtt.ready),
                    prepare=self._mqtt.prepare,
                    listens=((host, self._mqtt.port),),
                )
            )
        if self.settings.console:
            parts.append(
                Step("console", lambda report: console.build(self.home.logs / "console.log", report))
            )
        parts += [self._service(source) for source in services]
        present = {part.name for part in parts}
        return [_keeping_only(part, present) for part in parts]

    def migrate(self, report: Report) -> None:
        """Bring roles, schemas and grants to what the services expect."""
        services = [source for source in house.sources() if source.migrates]
        report("creating roles and schemas")
        schemas.create_database(self.postgres_url)
        schemas.provision(self.postgres_url, [source.name for source in services], self.database_password)
        report("running migrations")
        schemas.migrate(self.postgres_url, services, self.database_password)
        report(f"{len(services)} schemas are current")

    def refuse_unless_postgres_answers(self) -> None:
        """Raise NotRunning where no PostgreSQL can be asked."""
        if not is_ready(schemas.with_database(self.postgres_url, "postgres")):
            raise NotRunning("PostgreSQL does not answer", "`arus up` starts it, or check ARUS_POSTGRES_URL.")

    def migrate_one(self, name: str) -> None:
        """Bring one service's schema to its newest migration; who has none needs no PostgreSQL."""
        found = [source for source in house.sources() if source.migrates and source.name == name]
        if found:
            self.refuse_unless_postgres_answers()
            schemas.migrate(self.postgres_url, found, self.database_password)

    def apply_topics(self, report: Report) -> None:
        """Bring topics, users and rights to what the catalogue says."""
        admin = Admin(self.kafka_access)
        admin.refuse_unless_able()
        created = admin.apply_topics(topics())
        users = rights.services(topics())
        admin.set_users({user: self.kafka_password(user) for user in users})
        admin.set_rights(users, rights.of_services(topics()))
        report(f"{len(created)} topics created" if created else f"{len(topics())} topics are current")

    def credentials(self) -> dict[str, dict[str, str]]:
        """Return what each service logs in with, by service and variable."""
        return {source.name: self._credentials(source.name) for source in house.sources() if source.migrates}

    def _credentials(self, service: str) -> dict[str, str]:
        urls = schemas.role_urls(self.postgres_url, service, self.database_password)
        return {
            "ARUS_DB_API_URL": urls["api"],
            "ARUS_DB_WORKER_URL": urls["worker"],
            "ARUS_KAFKA_USER": service,
            "ARUS_KAFKA_PASSWORD": self.kafka_password(service),
            "ARUS_FIELD_KEYS": os.environ.get("ARUS_FIELD_KEYS") or self.field_keys,
        } | ({"ARUS_PEOPLE_SECRET": self.home.secrets.secret("people")} if service in KNOWING_PEOPLE else {})

    def write_credentials(self, service: str) -> dict[str, str]:
        """Write what a service logs in with into files, and return what tells it where they are."""
        folder = self.home.path.resolve() / "credentials" / service
        return credentials.written(self._credentials(service), folder)

    def environment(self, source: ServiceSource) -> Mapping[str, str]:
        """Return what a service process must know."""
        http, grpc = self._service_ports[source.name]
        access = self.kafka_access
        env = {
            **dotenv(),
            "ARUS_SERVICE": source.name,
            "ARUS_HOME": str(self.home.path.resolve()),
            "ARUS_HTTP_HOST": LOOPBACK,
            "ARUS_HTTP_PORT": str(http),
            "ARUS_GRPC_PORT": str(grpc),
            **self.write_credentials(source.name),
            "ARUS_KAFKA_BOOTSTRAP": access.bootstrap,
            "ARUS_KAFKA_CA": access.ca,
            "ARUS_JWKS_URL": f"{self._gateway_at(self._address.inside)}/.well-known/jwks.json",
            "ARUS_PEERS": json.dumps(self.peers),
            "ARUS_PUBLIC_URL": os.environ.get("ARUS_PUBLIC_URL") or self.gateway_url,
        }
        if self.certificates:
            env["SSL_CERT_FILE"] = str(self.certificates.trusted)
        if source.name == "gateway":
            env |= self._gateway_environment()
        return env

    def _gateway_environment(self) -> Mapping[str, str]:
        env = {
            "ARUS_HTTP_HOST": self._address.host,
            "ARUS_SIGNING_KEY_FILE": str(_signing_key(self.home.path / "signing-key.pem")),
            "ARUS_WEB_DIST": str(console.dist()),
        }
        if self.certificates:
            env |= {
                "ARUS_TLS_CERT": str(self.certificates.certificate),
                "ARUS_TLS_KEY": str(self.certificates.key),
            }
        if admin := self.first_admin:
            env |= {"ARUS_ADMIN_EMAIL": admin.email, "ARUS_ADMIN_PASSWORD": admin.password}
        return env

    def _service(self, source: ServiceSource) -> Server:
        after = ("schemas", "topics")
        if source.name == "gateway":
            after = (*after, "console", "mqtt")
        http, grpc = self._service_ports[source.name]
        host = self._address.host if source.name == "gateway" else LOOPBACK
        place = (
            self._gateway_at(self._address.inside)
            if source.name == "gateway"
            else f"http://{LOOPBACK}:{http}"
        )
        url = f"{place}/readyz"
        return Server(
            source.name,
            lambda: [sys.executable, "-m", source.module],
            lambda: _answers_ready(url, self.certificates, self._presence_key),
            trouble=lambda: _trouble(url, self.certificates, self._presence_key),
            after=after,
            env={**self.environment(source), "ARUS_PRESENCE_KEY": self._presence_key},
            listens=((host, http), (host, grpc)),
        )

    @property
    def peers(self) -> dict[str, dict[str, str]]:
        """Return where services reach each other, by service: http and grpc."""
        peers = {
            name: {"http": f"http://{LOOPBACK}:{http}", "grpc": f"{LOOPBACK}:{grpc}"}
            for name, (http, grpc) in self._service_ports.items()
        }
        if "gateway" in peers:
            peers["gateway"]["http"] = self._gateway_at(self._address.inside)
            peers["gateway"]["grpc"] = f"{self._address.inside}:{self.grpc_port}"
        return peers

    def _gateway_at(self, host: str) -> str:
        return f"{'https' if self.settings.tls else 'http'}://{host}:{self.gateway_port}"

    @property
    def field_keys(self) -> str:
        """Return the keys of encrypted fields, newest first."""
        secrets = self.home.secrets
        found = secrets.all().get("field-keys")
        if found is None:
            found = f"k1:{b64encode(token_bytes(32)).decode()}"
            secrets.put("field-keys", found)
        return str(found)

    def _fetch_jars(self, report: Report) -> None:
        jars.ensure(lambda done, total: report(f"{done} of {total} fetched"))

    # --- ports

    def _choose_ports(self, port: Callable[[str, int, str], int]) -> None:
        wanted, host = self.settings.gateway_port, self._address.host
        if wanted:
            self.home.ports.put("gateway", wanted)
        self.gateway_port = port("gateway", 0 if wanted == 0 else GATEWAY_PORT, host)
        if wanted and self.gateway_port != wanted:
            raise PortTaken(
                f"port {wanted} is in use by another program",
                "Leave ARUS_GATEWAY_PORT and --port out and the next free port is taken, or choose another.",
            )
        elsewhere = 0 if wanted == 0 else 1  # 0: a stack among many, as in tests, takes no well-known port
        self.grpc_port = port("grpc", GRPC_PORT * elsewhere, host)
        mqtt_port = port("mqtt", MQTT_PORT * elsewhere, host)
        self._service_ports = {
            source.name: (port(f"{source.name}.http", 0, LOOPBACK), port(f"{source.name}.grpc", 0, LOOPBACK))
            for source in house.sources()
            if source.runs and source.name != "gateway"
        }
        self._service_ports["gateway"] = (self.gateway_port, self.grpc_port)
        self._postgres = Postgres(
            self.home.path / "postgres" / "data",
            port("postgres", 0, LOOPBACK),
            self.home.secrets.secret("postgres.superuser"),
        )
        files = self.certificates
        self._kafka = Kafka(
            self.home.path / "kafka",
            port("kafka", 0, host),
            port("kafka.controller", 0, LOOPBACK),
            self.home.secrets.secret("kafka.admin"),
            host=host,
            advertised=self._address.name,
            tls=Tls(files.key_and_chain, files.ca) if files else None,
        )
        self._mqtt = Mqtt(
            self.home.path / "mqtt",
            mqtt_port,
            self.home.secrets.secret("mqtt.arus"),
            self.settings.mqtt_broker or installed_broker(),
            host=host,
            advertised=self._address.name,
            tls=files,
        )


def _without_login(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}" if rest else ""


def _keeping_only(part: Part, present: set[str]) -> Part:
    """Return the part without predecessors that are not ours to start."""
    return replace(part, after=tuple(name for name in part.after if name in present))


def _threaded(ask: Callable[[], bool]) -> "Callable[[], Any]":
    return lambda: asyncio.to_thread(ask)


async def _answers_ready(url: str, certificates: Certificates | None, key: str) -> bool:
    said = await _readiness(url, certificates, key)
    return said is not None and said.get("status") in {"ready", "degraded"}


async def _trouble(url: str, certificates: Certificates | None, key: str) -> str:
    """Return what a service says waits for a person, or why it is not ready; "" for nothing."""
    said = await _readiness(url, certificates, key) or {}
    if "detail" in said:
        return said["detail"]
    return "; ".join(f"{part}: {what}" for part, what in said.get("trouble", {}).items())


async def _readiness(url: str, certificates: Certificates | None, key: str) -> dict[str, Any] | None:
    """Return what /readyz answers, None when it is silent; a problem's document when not ready.

    What another program on that port says is that it is another program.
    """
    import httpx  # noqa: PLC0415 - slow to import, and most commands ask nobody

    # Without TLS nothing is verified, and the usual authorities take 25 ms to read, at every question.
    verify = ssl.create_default_context(cafile=str(certificates.ca)) if certificates else False
    asked = token_hex()
    async with httpx.AsyncClient(verify=verify, timeout=3, trust_env=False) as client:
        try:
            answer = await client.get(url, headers={presence.ASKED: asked})
        except httpx.HTTPError:
            return None
    is_json = answer.headers.get("content-type", "").endswith("json")
    if answer.is_success and not presence.is_proven(key, asked, answer.headers.get(presence.PROVEN, "")):
        return {"detail": "another program answers on its port"}
    return answer.json() if is_json else None


def _signing_key(path: Path) -> Path:
    if not path.exists():
        key = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        write_private(path, key.decode())
    return path
