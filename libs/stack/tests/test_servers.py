# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownLambdaType=false
# (confluent-kafka carries no types)

import subprocess
from collections.abc import Sequence
from pathlib import Path

import psycopg
import pytest
from arus_runtime.catalogue import topics
from arus_stack.kafka import archive, jars
from arus_stack.kafka.admin import Admin, KafkaAccess
from arus_stack.kafka.broker import Kafka
from arus_stack.testing import KafkaServer, PostgresServer
from confluent_kafka import Producer

pytestmark = pytest.mark.integration


def test_postgres_lets_the_superuser_in(postgres: PostgresServer) -> None:
    with psycopg.connect(postgres.url) as connection:
        assert connection.execute("select current_user").fetchone() == ("arus",)


def test_every_topic_of_the_catalogue_and_its_dead_letters_exist(kafka: KafkaServer) -> None:
    found = Admin(kafka.access).topic_names()
    assert {name for topic in topics().values() for name in (topic.name, topic.dlq)} <= found


def test_a_service_writes_its_own_topic_and_no_other(kafka: KafkaServer) -> None:
    ingest = kafka.service("ingest")
    assert published(ingest, "fuel.transaction.v1") is None
    assert "AUTHORIZATION_FAILED" in str(published(ingest, "anomaly.verdict.v1"))


def test_a_wrong_password_is_refused_without_waiting_for_another_answer(kafka: KafkaServer) -> None:
    assert not kafka.access.as_user("ingest", "wrong").answers(timeout_s=3_600)


def test_java_takes_classes_from_the_archive_and_does_without_a_broken_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.make()
    made = jars.archive()
    assert made is not None, "the wheel's Java can make an archive"
    assert not archive.is_missing()
    java = Kafka(tmp_path, 1, 2, "unused").command()[:-2]
    assert f"-XX:AOTCache={made}" in java
    assert said([*java, "-XX:AOTMode=on"]) == 0

    broken = tmp_path / "broken.aot"
    broken.write_bytes(made.read_bytes()[:1_000_000])
    monkeypatch.setattr(jars, "archive", lambda: broken)
    java = Kafka(tmp_path, 1, 2, "unused").command()[:-2]
    assert said([*java, "-XX:AOTMode=on"]) != 0
    assert said(java) == 0


def said(java: Sequence[str]) -> int:
    """Run a small program of Kafka's and return how it ended."""
    return subprocess.run(
        [*java, "kafka.tools.StorageTool", "random-uuid"], capture_output=True, check=False
    ).returncode


def published(access: KafkaAccess, topic: str) -> object:
    """Publish one record and return the error it met."""
    errors: list[object] = []
    producer = Producer({**access.client, "message.timeout.ms": 10_000})
    producer.produce(topic, b"x", on_delivery=lambda error, _: errors.append(error and error.name()))
    producer.flush(15)
    return errors[0]
