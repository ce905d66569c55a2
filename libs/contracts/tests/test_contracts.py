"""The contracts agree with each other: catalogue, messages, golden records, words, rights, AsyncAPI."""

import json
import re
import string
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import arus_contracts
import pytest
import yaml
from google.protobuf import json_format, message_factory
from google.protobuf.descriptor_pool import Default
from google.protobuf.message import Message
from jsonschema import ValidationError, validate

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = sorted((ROOT / "protos/examples").glob("*/*.json"))
HEADERS = [
    "ce_id",
    "ce_type",
    "ce_time",
    "ce_source",
    "ce_sequence",
    "ce_tenant",
    "ce_subject",
    "ce_specversion",
    "ce_dataschema",
    "content-type",
    "traceparent",
]

# npm @asyncapi/specs 6.11.1, schemas/3.0.0-without-$id.json, Apache-2.0; only its white space was taken out.
OFFICIAL = json.loads((Path(__file__).parent / "asyncapi-3.0.0.schema.json").read_text("utf-8"))


def load(path: Path) -> dict[str, Any]:
    return cast("dict[str, Any]", yaml.safe_load(path.read_text("utf-8")))


TOPICS: dict[str, dict[str, Any]] = load(ROOT / "protos/topics.yaml")["topics"]
SERVICES = sorted(path.parent.name for path in ROOT.glob("services/*/pyproject.toml"))


def message_of(full_name: str) -> type[Message]:
    module = full_name.rpartition(".")[0] + ".events_pb2"
    __import__(module)
    return message_factory.GetMessageClass(Default().FindMessageTypeByName(full_name))


@pytest.mark.parametrize("name", TOPICS)
def test_a_topic_is_named_and_described_as_the_catalogue_demands(name: str) -> None:
    topic = TOPICS[name]
    optional = {"retention_days"}
    required = {"owner", "key", "messages", "partitions", "cleanup", "pii", "consumers", "about"}
    assert required <= topic.keys() <= required | optional
    assert re.fullmatch(r"[a-z]+(\.[a-z-]+)+\.v[0-9]+", name)
    assert topic["cleanup"] in {"delete", "compact"}
    assert topic["pii"] in {"none", "pseudonymous", "personal"}
    assert topic["pii"] != "personal" or topic["retention_days"], "personal data needs a bounded retention"
    assert topic["partitions"] > 0


@pytest.mark.parametrize("name", TOPICS)
def test_owner_and_consumers_are_services(name: str) -> None:
    assert {TOPICS[name]["owner"], *TOPICS[name]["consumers"]} <= set(SERVICES)


@pytest.mark.parametrize("name", TOPICS)
def test_every_message_exists_and_holds_the_fields_of_its_key(name: str) -> None:
    fields = {field for _, field, _, _ in string.Formatter().parse(TOPICS[name]["key"]) if field}
    for full_name in TOPICS[name]["messages"]:
        assert fields <= set(message_of(full_name).DESCRIPTOR.fields_by_name)


def test_every_event_of_the_protos_rides_exactly_one_topic() -> None:
    events = [
        f"{'.'.join(path.parent.relative_to(ROOT / 'protos').parts)}.{name}"
        for path in sorted((ROOT / "protos/arus").glob("*/v1/events.proto"))
        for name in re.findall(r"^message (\w+)", path.read_text("utf-8"), re.MULTILINE)
    ]
    assert sorted(events) == sorted(name for topic in TOPICS.values() for name in topic["messages"])


def test_every_message_type_of_every_topic_has_a_golden_record() -> None:
    shown = {(path.parent.name, json.loads(path.read_text("utf-8"))["type"]) for path in EXAMPLES}
    assert shown == {(topic, name) for topic, entry in TOPICS.items() for name in entry["messages"]}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_golden_record_is_what_the_wire_carries(path: Path) -> None:
    record = json.loads(path.read_text("utf-8"))
    message = message_of(record["type"])()
    json_format.ParseDict(record["value"], message)
    assert json_format.MessageToDict(message, preserving_proto_field_name=True) == record["value"]
    assert record["key"] == TOPICS[path.parent.name]["key"].format(**record["value"])
    headers = record["headers"]
    assert list(headers) == HEADERS
    assert headers["ce_type"] == record["type"]
    assert headers["ce_subject"] == record["key"]
    assert headers["ce_tenant"] == record["value"]["tenant_id"]
    assert headers["ce_time"] == datetime.fromisoformat(headers["ce_time"]).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert headers["ce_source"].split("/")[2] == TOPICS[path.parent.name]["owner"]
    assert (ROOT / headers["ce_dataschema"]).exists()


@pytest.mark.parametrize(("code", "texts"), load(ROOT / "protos/reasons.yaml").items())
def test_a_reason_says_the_same_in_both_languages(code: str, texts: dict[str, str]) -> None:
    assert re.fullmatch(r"[A-Z][A-Z0-9_]*", code)
    assert texts.keys() == {"id", "en"}
    holes = [{field for _, field, _, _ in string.Formatter().parse(text) if field} for text in texts.values()]
    assert holes[0] == holes[1]


def test_permissions_name_known_actions_only() -> None:
    for role, grants in load(ROOT / "protos/permissions.yaml")["roles"].items():
        for resource, actions in grants.items():
            assert actions == "*" or set(actions) <= set("crud"), (role, resource)


def test_an_operator_records_and_reads_what_its_form_and_monitoring_need() -> None:
    operator = load(ROOT / "protos/permissions.yaml")["roles"]["operator"]
    assert operator == {
        "fuel.transactions": "c",
        "anomalies": "r",
        "incidents": "r",
        "locations": "r",
        "products": "r",
    }


def test_the_package_holds_the_catalogue_as_written() -> None:
    package = Path(arus_contracts.__file__).parent
    for name in ("permissions.yaml", "reasons.yaml", "topics.yaml"):
        assert (package / name).read_text("utf-8") == (ROOT / "protos" / name).read_text("utf-8")


def test_the_asyncapi_document_follows_the_official_schema() -> None:
    document = load(ROOT / "docs/asyncapi.yaml")
    validate(document, OFFICIAL)
    assert document["channels"].keys() == TOPICS.keys()


def test_the_official_schema_would_notice_a_mistake() -> None:
    document = load(ROOT / "docs/asyncapi.yaml")
    document["operations"]["ingest_sends_fuel_transaction_v1"]["action"] = "shout"
    with pytest.raises(ValidationError):
        validate(document, OFFICIAL)
