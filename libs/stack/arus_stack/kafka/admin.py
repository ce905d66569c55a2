"""What the stack sets in a broker: topics, users and rights, brought to what the catalogue says.

confluent-kafka does this because aiokafka's administrator has neither users nor rights, and Kafka's own
tools take two seconds of Java for each call.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (confluent-kafka carries no types; what leaves this module is typed)

import time
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import certifi
from arus_runtime.catalogue import Topic
from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialDeletion,
    UserScramCredentialUpsertion,
)

from arus_stack import ports
from arus_stack.errors import Refused, ServerFailed
from arus_stack.kafka.rights import Right

TIMEOUT_S = 20.0
CONNECT_S = 5.0
RETRY_MS = 100  # a broker that is about to start is soon noticed
PATIENCE_S = 0.2  # how long a first answer is waited for before refusals are looked for
POLL_S = 0.02
REFUSED = KafkaError._AUTHENTICATION  # noqa: SLF001 - librdkafka's public name for it
REPLICAS = 3
NEEDED = ("CREATE", "ALTER", "DESCRIBE", "ALTER_CONFIGS")
AID = {
    KafkaError.SECURITY_DISABLED: "The broker keeps no access lists: set its authorizer.class.name.",
    KafkaError.UNSUPPORTED_VERSION: "The broker is too old: Arus is tried with Kafka 4.3.",
    KafkaError._UNSUPPORTED_FEATURE: "The broker is too old: Arus is tried with Kafka 4.3.",  # noqa: SLF001 - as above
}


@dataclass(frozen=True, slots=True)
class KafkaAccess:
    """How one user reaches the broker. An empty ca means plain SASL."""

    bootstrap: str
    user: str
    password: str
    ca: str = ""

    @classmethod
    def from_url(cls, url: str) -> "KafkaAccess":
        """Read kafka://user:password@host:port[,host:port] or kafkas://…?ca=/path/to/ca.pem."""
        parts = urlsplit(url)
        login, _, hosts = parts.netloc.rpartition("@")
        user, _, password = login.partition(":")
        if parts.scheme not in {"kafka", "kafkas"} or not hosts or not user:
            raise Refused(
                f"not a Kafka URL: {parts.scheme}://…@{hosts}",
                "Write kafka://user:password@host:port, or kafkas://…?ca=/path/to/ca.pem for TLS.",
            )
        ca = parts.query.removeprefix("ca=") or certifi.where() if parts.scheme == "kafkas" else ""
        return cls(hosts, unquote(user), unquote(password), unquote(ca))

    @property
    def url(self) -> str:
        """Return the URL that from_url reads."""
        login = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}"
        return (
            f"kafkas://{login}@{self.bootstrap}?ca={quote(self.ca)}"
            if self.ca
            else f"kafka://{login}@{self.bootstrap}"
        )

    @property
    def client(self) -> dict[str, str | int]:
        """Return librdkafka's settings for this user."""
        security = {"security.protocol": "SASL_SSL", "ssl.ca.location": self.ca} if self.ca else {}
        return {
            "bootstrap.servers": self.bootstrap,
            "security.protocol": "SASL_PLAINTEXT",
            "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.username": self.user,
            "sasl.password": self.password,
            "log_level": 0,
            **security,
        }

    def as_user(self, user: str, password: str) -> "KafkaAccess":
        """Return the same broker seen by another user."""
        return KafkaAccess(self.bootstrap, user, password, self.ca)

    def answers(self, timeout_s: float = 2.0) -> bool:
        """Tell whether the broker lets this user in: soon where it refuses, in time where it is away.

        It is asked for its topics, not for its cluster: a broker that stops may know of no broker, itself
        included, and librdkafka 2.12 ends the process that hears this when it asked for the cluster.
        """
        errors: list[Any] = []
        watched = {"reconnect.backoff.max.ms": RETRY_MS, "error_cb": errors.append}
        client = AdminClient({**self.client, **watched})
        deadline, patience_s = time.monotonic() + timeout_s, PATIENCE_S
        while (left_s := deadline - time.monotonic()) > 0:
            try:
                if client.list_topics(timeout=min(patience_s, left_s)).brokers:
                    return True
                time.sleep(POLL_S)
            except KafkaException:
                patience_s *= 2  # a busy broker answers late, and each call asks anew
            client.poll(0)
            if any(error.code() == REFUSED for error in errors):
                return False
        return False


class Admin:
    """A broker's administrator."""

    def __init__(self, access: KafkaAccess) -> None:
        self._access = access
        self._client = AdminClient(access.client)

    def refuse_unless_able(self) -> None:
        """Raise Refused when the broker does not answer, or its user may not do what the others do here."""
        user, place = self._access.user, self._access.bootstrap
        if not self._access.answers(CONNECT_S):
            first = place.partition(",")[0]
            host, _, port = first.rpartition(":")
            listens = ports.answers(int(port), host) if port.isdigit() else False
            said = f"does not let {user} in" if listens else "does not answer"
            raise Refused(
                f"Kafka at {place} {said}",
                "Check ARUS_KAFKA_URL: kafka://user:password@host:9092, or kafkas://…?ca=FILE for TLS.",
            )
        may = self._client.describe_cluster(include_authorized_operations=True).result(TIMEOUT_S)
        missing = [name for name in NEEDED if AclOperation[name] not in (may.authorized_operations or ())]
        if missing:
            raise Refused(
                f"Kafka: {user} may not {', '.join(missing)} the cluster, which sets topics, users, rights",
                f"Make {user} a super user of the broker, or grant it these operations.",
            )

    @property
    def replicas(self) -> int:
        """Return how many copies of a topic there should be: three, where there are as many brokers."""
        return min(REPLICAS, len(self._client.list_topics(timeout=TIMEOUT_S).brokers))

    def topic_names(self) -> frozenset[str]:
        """Return every topic that exists, internal ones left out."""
        found = self._client.list_topics(timeout=TIMEOUT_S).topics
        return frozenset(name for name in found if not name.startswith("__"))

    def create_topics(self, wanted: Mapping[str, tuple[int, Mapping[str, str]]]) -> None:
        """Create topics by name from (partitions, settings); raises KafkaException when one exists."""
        replicas = self.replicas
        # One broker may be away without a fact being lost or a write being refused.
        safe = {"min.insync.replicas": "2"} if replicas == REPLICAS else {}
        new = [
            NewTopic(name, partitions, replicas, config={**safe, **config})
            for name, (partitions, config) in wanted.items()
        ]
        if new:
            _finish(self._client.create_topics(new, operation_timeout=TIMEOUT_S))

    def delete_topic(self, name: str) -> None:
        """Delete a topic and return when it is gone."""
        _finish(self._client.delete_topics([name], operation_timeout=TIMEOUT_S))
        while name in self.topic_names():
            time.sleep(0.05)

    def apply_topics(self, topics: Mapping[str, Topic]) -> frozenset[str]:
        """Bring topics and their dead-letter topics to what the catalogue says; return the names created.

        Partitions only grow, and a topic that left the catalogue stays: both would lose facts otherwise.
        """
        wanted = settings_of(topics)
        existing = self._client.list_topics(timeout=TIMEOUT_S).topics
        missing = {name: settings for name, settings in wanted.items() if name not in existing}
        self.create_topics(missing)
        present = {name: settings for name, settings in wanted.items() if name in existing}
        grown = [
            NewPartitions(name, partitions)
            for name, (partitions, _) in present.items()
            if len(existing[name].partitions) < partitions
        ]
        if grown:
            _finish(self._client.create_partitions(grown))
        self.set_topics({name: config for name, (_, config) in present.items()})
        return frozenset(missing)

    def set_topics(self, wanted: Mapping[str, Mapping[str, str]]) -> None:
        """Set these settings of topics that exist; their others stay."""
        resources = [
            ConfigResource(
                ConfigResource.Type.TOPIC,
                name,
                incremental_configs=[
                    ConfigEntry(key, value, incremental_operation=AlterConfigOpType.SET)
                    for key, value in config.items()
                ],
            )
            for name, config in wanted.items()
        ]
        if resources:
            _finish(self._client.incremental_alter_configs(resources))

    def set_users(self, passwords: Mapping[str, str]) -> None:
        """Create users, or give existing ones these passwords; return when the broker lets them in."""
        info = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 8192)
        _finish(
            self._client.alter_user_scram_credentials(
                [
                    UserScramCredentialUpsertion(name, info, secret.encode())
                    for name, secret in passwords.items()
                ]
            )
        )
        # The broker hears of users in order, a moment after the answer: who knows the last knows all.
        for name, secret in [*passwords.items()][-1:]:
            deadline = time.monotonic() + TIMEOUT_S
            while not self._access.as_user(name, secret).answers():
                if time.monotonic() > deadline:
                    raise ServerFailed(f"Kafka does not let {name} in {TIMEOUT_S:.0f} s after it was made")
                time.sleep(0.05)

    def remove_user(self, name: str) -> None:
        """Take a user and all its rights away; connections that stand may do nothing from then on."""
        self.set_rights({name}, frozenset())
        gone = UserScramCredentialDeletion(name, ScramMechanism.SCRAM_SHA_512)
        _finish(self._client.alter_user_scram_credentials([gone]))

    def users_with_rights(self) -> frozenset[str]:
        """Return who may do anything."""
        return frozenset(_user(binding) for binding in self._bindings())

    def _bindings(self) -> list[AclBinding]:
        everything = AclBindingFilter(
            ResourceType.ANY,
            None,
            ResourcePatternType.ANY,
            None,
            None,
            AclOperation.ANY,
            AclPermissionType.ANY,
        )
        return self._client.describe_acls(everything).result(TIMEOUT_S)

    def set_rights(self, users: AbstractSet[str], rights: AbstractSet[Right]) -> None:
        """Bring all rights of these users to exactly the given ones; others' rights stay."""
        wanted = {_binding(right) for right in rights}
        present = {binding for binding in self._bindings() if _user(binding) in users}
        if wanted - present:
            _finish(self._client.create_acls(list(wanted - present)))
        stale = [
            AclBindingFilter(
                old.restype, old.name, old.resource_pattern_type, old.principal, old.host, old.operation,
                old.permission_type,
            )
            for old in present - wanted
        ]  # fmt: skip
        if stale:
            _finish(self._client.delete_acls(stale))


def settings_of(topics: Mapping[str, Topic]) -> dict[str, tuple[int, dict[str, str]]]:
    """Return partitions and settings of every topic of the catalogue and its dead-letter topic."""
    found: dict[str, tuple[int, dict[str, str]]] = {}
    for topic in topics.values():
        found[topic.name] = (topic.partitions, topic.config)
        found[topic.dlq] = (1, {**topic.config, "cleanup.policy": "delete"})
    return found


def _binding(right: Right) -> AclBinding:
    return AclBinding(
        ResourceType.TOPIC if right.resource == "topic" else ResourceType.GROUP,
        right.name,
        ResourcePatternType.PREFIXED if right.prefix else ResourcePatternType.LITERAL,
        f"User:{right.user}",
        "*",
        AclOperation[right.operation],
        AclPermissionType.ALLOW,
    )


def _user(binding: AclBinding) -> str:
    return binding.principal.removeprefix("User:")


def _finish(futures: Mapping[Any, Future[Any]]) -> None:
    for subject, future in futures.items():
        try:
            future.result(TIMEOUT_S)
        except KafkaException as error:
            found = error.args[0]
            raise ServerFailed(
                f"Kafka refused {subject}: {found.str()}", AID.get(found.code(), "")
            ) from error
