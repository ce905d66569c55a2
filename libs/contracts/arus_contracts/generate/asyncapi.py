"""The AsyncAPI 3 document: what a data team may read, with schemas, headers and golden examples."""

import json
from typing import Any

import yaml

from arus_contracts.generate.catalogue import Topic
from arus_contracts.generate.descriptors import Descriptors
from arus_contracts.generate.paths import PROTOS

HEAD = "# Generated from protos/ by `make protos`; do not edit.\n"
ABOUT = (
    "Every topic of Arus. A record's value is one protobuf message, named by the header ce_type; "
    "the other CloudEvents attributes are headers too (binary mode)."
)
DAY_MS = 86_400_000
Node = dict[str, Any]  # a JSON tree whose shape the AsyncAPI schema checks


def render(topics: list[Topic], descriptors: Descriptors) -> str:
    """Return the AsyncAPI document as YAML."""
    document: Node = {
        "asyncapi": "3.0.0",
        "id": "urn:arus:events",
        "info": {
            "title": "Arus events",
            "version": "1.0.0",
            "description": ABOUT,
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/protobuf",
        "servers": {
            "kafka": {
                "host": "{bootstrap}",
                "protocol": "kafka-secure",
                "description": "SASL/SCRAM-SHA-512; ask for a read-only user with `arus topics grant`.",
                "variables": {"bootstrap": {"default": "localhost:9092", "description": "host:port"}},
                "security": [{"$ref": "#/components/securitySchemes/scram"}],
            }
        },
        "channels": {topic.name: channel(topic) for topic in topics},
        "operations": {name: operation for topic in topics for name, operation in operations(topic).items()},
        "components": {
            "messages": {
                name: message(name, topic, descriptors) for topic in topics for name in topic.messages
            },
            "schemas": {"EventHeaders": headers()},
            "securitySchemes": {"scram": {"type": "scramSha512"}},
        },
    }
    return HEAD + yaml.dump(document, Dumper=Plain, sort_keys=False, allow_unicode=True, width=120)


class Plain(yaml.SafeDumper):
    """Write long texts as blocks and repeat nodes instead of naming them."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 yaml's signature
        return True


def text(_: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    node = yaml.ScalarNode("tag:yaml.org,2002:str", value)
    node.style = "|" if "\n" in value else None
    return node


Plain.add_representer(str, text)


def channel(topic: Topic) -> Node:
    configuration: Node = {"cleanup.policy": [topic.cleanup]}
    if topic.cleanup == "delete":
        configuration["retention.ms"] = -1 if topic.retention_days is None else topic.retention_days * DAY_MS
    return {
        "address": topic.name,
        "description": f"{topic.about} Key: {topic.key}. Personal data: {topic.pii}.",
        "messages": {short(name): {"$ref": f"#/components/messages/{name}"} for name in topic.messages},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": configuration,
                "bindingVersion": "0.5.0",
            }
        },
    }


def operations(topic: Topic) -> dict[str, Node]:
    where = {"$ref": f"#/channels/{topic.name}"}
    label = topic.name.replace(".", "_").replace("-", "_")
    sends: Node = {"action": "send", "channel": where, "summary": f"{topic.owner} owns this topic."}
    receives = {
        f"{reader}_receives_{label}": {
            "action": "receive",
            "channel": where,
            "summary": f"{reader} reads it.",
        }
        for reader in topic.consumers
    }
    return {f"{topic.owner}_sends_{label}": sends} | receives


def message(full_name: str, topic: Topic, descriptors: Descriptors) -> Node:
    node: Node = {
        "name": full_name,
        "title": short(full_name),
        "summary": descriptors.comment(full_name),
        "contentType": "application/protobuf",
        "headers": {"$ref": "#/components/schemas/EventHeaders"},
        "payload": {
            "schemaFormat": "application/vnd.google.protobuf;version=3",
            "schema": (PROTOS / descriptors.file(full_name)).read_text("utf-8"),
        },
        "bindings": {
            "kafka": {"key": {"type": "string", "description": topic.key}, "bindingVersion": "0.5.0"},
        },
    }
    examples = golden(topic.name, full_name)
    return node | {"examples": examples} if examples else node


def golden(topic: str, full_name: str) -> list[Node]:
    """Return the golden records of one message type, as AsyncAPI examples."""
    paths = sorted((PROTOS / "examples" / topic).glob("*.json"))
    records = [(path, json.loads(path.read_text("utf-8"))) for path in paths]
    return [
        {"name": path.stem, "headers": record["headers"], "payload": record["value"]}
        for path, record in records
        if record["type"] == full_name
    ]


def headers() -> Node:
    words = {
        "ce_id": "Same event, same id, however often it is sent.",
        "ce_type": "Full name of the protobuf message in the value.",
        "ce_time": "When it was recorded: RFC 3339, UTC, microseconds. When it happened is in the value.",
        "ce_source": "Who said it: /arus/<service>, or /arus/<service>/<worker>/<partition>.",
        "ce_sequence": "Rising integer per ce_source and partition: drop what is not above the highest seen.",
        "ce_tenant": "The organisation it belongs to.",
        "ce_subject": "The record's key.",
        "ce_specversion": "CloudEvents version, 1.0.",
        "ce_dataschema": "Where the message's schema is.",
        "content-type": "application/protobuf",
        "traceparent": "W3C trace context.",
        "ce_importid": "The import that caused it; absent otherwise.",
    }
    return {
        "type": "object",
        "required": [name for name in words if name not in {"ce_importid", "traceparent"}],
        "properties": {name: {"type": "string", "description": said} for name, said in words.items()},
    }


def short(full_name: str) -> str:
    return full_name.rpartition(".")[2]
