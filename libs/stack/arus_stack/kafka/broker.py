"""One broker in KRaft mode with SCRAM-SHA-512 and ACLs on, as the production cluster has them."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from arus_stack.errors import ServerFailed
from arus_stack.java import java
from arus_stack.kafka import jars
from arus_stack.kafka.admin import KafkaAccess

ADMIN = "admin"
HEAP = "256m"


@dataclass(frozen=True, slots=True)
class Tls:
    """PEM files of a server: its key with certificate chain in one file, and the CA that signed it."""

    key_and_chain: Path
    ca: Path


@dataclass(frozen=True, slots=True)
class Kafka:
    """An embedded broker: its folder, ports and first user."""

    folder: Path
    port: int
    controller_port: int
    password: str
    host: str = "127.0.0.1"
    advertised: str = "127.0.0.1"
    tls: Tls | None = None
    records: Path | None = None
    """Where Java writes which classes it needed, when the broker ends."""

    @property
    def access(self) -> KafkaAccess:
        """Return how the administrator reaches the broker."""
        ca = str(self.tls.ca) if self.tls else ""
        return KafkaAccess(f"{self.advertised}:{self.port}", ADMIN, self.password, ca)

    def prepare(self) -> None:
        """Write the configuration, and format the storage unless it is there."""
        self.folder.mkdir(parents=True, exist_ok=True)
        properties = self.folder / "server.properties"
        properties.touch(mode=0o600)
        properties.write_text(self.properties(), encoding="utf-8")
        logging = resources.files("arus_stack.kafka").joinpath("log4j2.yaml").read_text(encoding="utf-8")
        (self.folder / "log4j2.yaml").write_text(logging, encoding="utf-8")
        if (self.folder / "data" / "meta.properties").exists():
            return
        done = subprocess.run(  # noqa: S603
            [
                *self._java(_archived()), "kafka.tools.StorageTool", "format", "--standalone",
                "-t", "YXJ1cy1sb2NhbC1rYWZrYQ", "-c", str(properties),
                "--add-scram", f"SCRAM-SHA-512=[name={ADMIN},password={self.password}]",
            ],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            said = [
                line for line in (done.stderr + done.stdout).splitlines() if line and line[0] not in "\t "
            ]
            raise ServerFailed(
                f"Kafka's storage could not be formatted: {said[-1] if said else 'no word why'}"
            )

    def command(self) -> Sequence[str]:
        """Return the command that runs the broker in the foreground."""
        classes = _archived() if self.records is None else _aot(f"Output={self.records}")
        return [*self._java(classes), "kafka.Kafka", str(self.folder / "server.properties")]

    def ready(self) -> bool:
        """Tell whether the broker lets the administrator in and knows its cluster."""
        return self.access.answers()

    def _java(self, classes: Sequence[str]) -> Sequence[str]:
        folder = jars.ensure()
        return [
            str(java()), *classes, f"-Xmx{HEAP}", f"-Xms{64}m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
            "-XX:+ExitOnOutOfMemoryError", "-XX:-UsePerfData",
            f"-Dlog4j2.configurationFile={self.folder / 'log4j2.yaml'}",
            "-cp", f"{folder}/*",
        ]  # fmt: skip

    def properties(self) -> str:
        """Return the server.properties this broker runs with."""
        protocol = "SASL_SSL" if self.tls else "SASL_PLAINTEXT"
        login = "org.apache.kafka.common.security"
        lines = {
            "process.roles": "broker,controller",
            "node.id": "1",
            "controller.quorum.bootstrap.servers": f"127.0.0.1:{self.controller_port}",
            "listeners": f"CLIENT://{self.host}:{self.port},CONTROLLER://127.0.0.1:{self.controller_port}",
            "advertised.listeners": f"CLIENT://{self.advertised}:{self.port}",
            "listener.security.protocol.map": f"CLIENT:{protocol},CONTROLLER:SASL_PLAINTEXT",
            "controller.listener.names": "CONTROLLER",
            "inter.broker.listener.name": "CLIENT",
            "sasl.enabled.mechanisms": "SCRAM-SHA-512",
            "sasl.mechanism.inter.broker.protocol": "SCRAM-SHA-512",
            "sasl.mechanism.controller.protocol": "PLAIN",
            "listener.name.client.scram-sha-512.sasl.jaas.config": (
                f'{login}.scram.ScramLoginModule required username="{ADMIN}" password="{self.password}";'
            ),
            "listener.name.controller.sasl.enabled.mechanisms": "PLAIN",
            "listener.name.controller.plain.sasl.jaas.config": (
                f'{login}.plain.PlainLoginModule required username="{ADMIN}" password="{self.password}" '
                f'user_{ADMIN}="{self.password}";'
            ),
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": f"User:{ADMIN}",
            "allow.everyone.if.no.acl.found": "false",
            "log.dirs": str(self.folder / "data"),
            "auto.create.topics.enable": "false",
            "group.initial.rebalance.delay.ms": "0",
            "offsets.topic.replication.factor": "1",
            "offsets.topic.num.partitions": "8",
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1",
            "share.coordinator.state.topic.replication.factor": "1",
            "share.coordinator.state.topic.min.isr": "1",
            "log.cleaner.dedupe.buffer.size": "8388608",
            # Nobody follows this controller: what it writes twice a second while nothing changes is for them.
            "metadata.max.idle.interval.ms": "0",
            "message.max.bytes": "1048588",
        }
        if self.tls:
            lines |= {
                "ssl.keystore.type": "PEM",
                "ssl.keystore.location": str(self.tls.key_and_chain),
                "ssl.truststore.type": "PEM",
                "ssl.truststore.location": str(self.tls.ca),
                "ssl.client.auth": "none",
            }
        return "".join(f"{name}={value}\n" for name, value in lines.items())


def _archived() -> Sequence[str]:
    """Return what lets Java take classes from the archive, once it is there."""
    path = jars.archive()
    return _aot(f"={path}") if path and path.exists() else ()


def _aot(cache: str) -> Sequence[str]:
    # Code of adapters is found by a hash that several share: Java 25 then warns, and makes it anew.
    return f"-XX:AOTCache{cache}", "-XX:+UnlockDiagnosticVMOptions", "-XX:-AOTAdapterCaching"
