"""The broker's users as Strimzi's resources: its operator takes away what it was not told of."""

from collections.abc import Iterable, Mapping
from typing import Any

import yaml
from arus_runtime.catalogue import Topic

from arus_stack.kafka.rights import Right, of_services

ADMIN = "arus-admin"
_ABOUT = "# Derived from protos/topics.yaml by `make openapi`: the rights that `arus migrate` grants.\n"


def users(topics: Mapping[str, Topic]) -> str:
    """Return one KafkaUser a service, with its rights, and the administrator's, as YAML."""
    rights = of_services(topics)
    services = sorted({right.user for right in rights})
    documents = [_admin(), *(_service(name, (r for r in rights if r.user == name)) for name in services)]
    return _ABOUT + yaml.safe_dump_all(documents, sort_keys=False)


def _admin() -> dict[str, Any]:
    # A super user of the cluster (cluster.yaml) needs no rights; Strimzi makes up its password.
    return _user(ADMIN, {"authentication": {"type": "scram-sha-512"}})


def _service(name: str, rights: Iterable[Right]) -> dict[str, Any]:
    password = {"secretKeyRef": {"name": f"arus-{name}", "key": "ARUS_KAFKA_PASSWORD"}}
    return _user(
        name,
        {
            "authentication": {"type": "scram-sha-512", "password": {"valueFrom": password}},
            "authorization": {"type": "simple", "acls": [_acl(right) for right in sorted(rights)]},
        },
    )


def _user(name: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "kafka.strimzi.io/v1",
        "kind": "KafkaUser",
        "metadata": {"name": name, "labels": {"strimzi.io/cluster": "arus"}},
        "spec": spec,
    }


def _acl(right: Right) -> dict[str, Any]:
    pattern = "prefix" if right.prefix else "literal"
    return {
        "resource": {"type": right.resource, "name": right.name, "patternType": pattern},
        "operations": [right.operation.capitalize()],
        "host": "*",
    }
