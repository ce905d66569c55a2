"""The examples of docs/data-teams.md run as written, with a user that may only read."""
# pyright: reportUnknownMemberType=false
# (aiokafka carries no types)

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import TopicAuthorizationFailedError
from arus.anomaly.v1.events_pb2 import VerdictReached, VerdictWithdrawn
from arus_stack.java import java
from arus_stack.kafka import jars
from arus_stack.kafka.admin import KafkaAccess
from arus_stack.kafka.jars import Jar
from arus_stack.testing import RunningStack
from google.protobuf import json_format

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples/data-teams"
TOPIC = "anomaly.verdict.v1"
DEADLINE_S = 60
COMPILER = Jar(
    "org.eclipse.jdt", "ecj", "3.45.0", "c8f5e66787ea6e4e0394ba3051c86a4edc50683ce9850f71739646529a99a2d7"
)
PROTOBUF = Jar(
    "com.google.protobuf",
    "protobuf-java",
    "4.36.2",
    "0773e72eaf375e1285df330575bfec5bda5da674d544d0e142a17f89c8f754da",
)

MESSAGES = {message.DESCRIPTOR.full_name: message for message in (VerdictReached, VerdictWithdrawn)}


@pytest.fixture
def reader(stack: RunningStack) -> KafkaAccess:
    """Give a data team's user."""
    granted = json.loads(stack.arus("topics", "grant", f"riset-{token_hex(3)}", "--json").stdout)
    return stack.kafka.as_user(granted["user"], granted["password"])


@asynccontextmanager
async def producer(access: KafkaAccess) -> AsyncGenerator[AIOKafkaProducer]:
    made = AIOKafkaProducer(
        bootstrap_servers=access.bootstrap,
        security_protocol="SASL_PLAINTEXT",
        sasl_mechanism="SCRAM-SHA-512",
        sasl_plain_username=access.user,
        sasl_plain_password=access.password,
    )
    async with made:
        yield made


def golden(label: str) -> dict[str, Any]:
    return json.loads((ROOT / f"protos/examples/{TOPIC}/{label}.json").read_text("utf-8"))


@pytest.fixture
async def facts(stack: RunningStack) -> tuple[str, str]:
    """Publish two verdicts, the first twice as after a killed relay, a withdrawal, and an unknown type."""
    first, last, source = token_hex(13), token_hex(13), f"/arus/anomaly/fuel/{token_hex(3)}"
    verdict, withdrawn = golden("golden-520-l-is-anomali"), golden("withdrawn")
    async with producer(stack.kafka) as log:
        records: list[tuple[int, dict[str, Any], str]] = [
            (1, verdict, first),
            (1, verdict, first),
            (2, withdrawn, first),
            (3, verdict | {"type": "arus.anomaly.v1.NotYetInvented"}, first),
            (4, verdict, last),
        ]
        for sequence, record, fact in records:
            message = json_format.ParseDict(
                record["value"] | {"fact_id": fact}, MESSAGES[record["headers"]["ce_type"]]()
            )
            headers = record["headers"] | {
                "ce_type": record["type"],
                "ce_source": source,
                "ce_sequence": str(sequence),
            }
            await log.send_and_wait(
                TOPIC,
                key=record["key"].encode(),
                value=message.SerializeToString(),
                headers=[(name, text.encode()) for name, text in headers.items()],
            )
    return first, last


@asynccontextmanager
async def running(
    command: Sequence[str | Path], access: KafkaAccess, folder: Path
) -> AsyncGenerator[Callable[[str], Awaitable[list[str]]]]:
    """Run an example and give a function that reads its lines up to the first one that holds a text."""
    environment = os.environ | {
        "ARUS_BOOTSTRAP": access.bootstrap,
        "ARUS_USER": access.user,
        "ARUS_PASSWORD": access.password,
    }
    process = await asyncio.create_subprocess_exec(
        *map(str, command), cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert process.stdout is not None
    output = process.stdout

    async def lines_until(text: str) -> list[str]:
        seen: list[str] = []
        while not seen or text not in seen[-1]:
            seen.append((await asyncio.wait_for(output.readline(), DEADLINE_S)).decode())
            assert seen[-1], "the example ended: " + "".join(seen[-40:])
        return seen

    try:
        yield lines_until
    finally:
        process.kill()
        await process.communicate()


async def test_python_prints_each_verdict_once(
    reader: KafkaAccess, facts: tuple[str, str], tmp_path: Path
) -> None:
    async with running([sys.executable, EXAMPLES / "python/verdicts.py"], reader, tmp_path) as lines_until:
        [line] = [line for line in await lines_until(facts[1]) if facts[0] in line]
    assert json.loads(line) == {
        "date": "2025-01-10",
        "fact": facts[0],
        "volume_l": "520",
        "baseline_l": "300.00",
        "score_pct": "173.3333",
        "status": "ANOMALI",
    }


async def test_java_prints_each_verdict_once(
    reader: KafkaAccess, facts: tuple[str, str], java_example: list[str | Path], tmp_path: Path
) -> None:
    async with running(java_example, reader, tmp_path) as lines_until:
        [line] = [line for line in await lines_until(facts[1]) if facts[0] in line]
    assert line.split() == ["2025-01-10", facts[0], "520", "ANOMALI"]


async def test_faust_counts_verdicts_by_status(
    reader: KafkaAccess, facts: tuple[str, str], tmp_path: Path
) -> None:
    command = [sys.executable, EXAMPLES / "faust/verdicts.py", "worker", "--without-web", "--loglevel=warn"]
    async with running(command, reader, tmp_path) as lines_until:
        *_, counts = await lines_until('"ANOMALI": 2')
    counts = counts[counts.index("{") :]  # faust logs what is printed
    assert set(json.loads(counts)) <= {"NORMAL", "WASPADA", "ANOMALI"}, facts


async def test_a_reader_may_not_write(reader: KafkaAccess) -> None:
    async with producer(reader) as kafka_producer:
        with pytest.raises(TopicAuthorizationFailedError):
            await kafka_producer.send_and_wait(TOPIC, b"forged")


@pytest.fixture(scope="session")
def java_example(tmp_path_factory: pytest.TempPathFactory) -> list[str | Path]:
    """Compile the Java example and give the command that runs it."""
    build = tmp_path_factory.mktemp("java")
    descriptors = build / "arus.binpb"
    subprocess.run(
        [Path(sys.executable).parent / "buf", "build", ROOT / "protos", "-o", descriptors], check=True
    )
    compiler = jars.ensure(jars=[COMPILER]) / COMPILER.file_name
    libraries = [*jars.ensure().glob("kafka-clients-*.jar"), *jars.ensure().glob("slf4j-api-*.jar")]
    libraries += jars.ensure(jars=[PROTOBUF]).glob("*.jar")
    path = os.pathsep.join(map(str, [build, *libraries]))
    source = EXAMPLES / "java/Verdicts.java"
    command = [java(), "-jar", compiler, "-17", "-d", build, "-cp", path, source]
    subprocess.run([*map(str, command)], check=True)
    return [java(), "-cp", path, "Verdicts", descriptors]
