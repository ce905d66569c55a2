# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownLambdaType=false
# (confluent-kafka carries no types)

import psycopg
import pytest
from arus_runtime.catalogue import topics
from arus_stack.kafka.admin import Admin, KafkaAccess
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


def published(access: KafkaAccess, topic: str) -> object:
    """Publish one record and return the error it met."""
    errors: list[object] = []
    producer = Producer({**access.client, "message.timeout.ms": 10_000})
    producer.produce(topic, b"x", on_delivery=lambda error, _: errors.append(error and error.name()))
    producer.flush(15)
    return errors[0]
