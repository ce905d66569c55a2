"""Kill the database and the broker under everything; let disk be slow, line silent, cache cold."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from arus_stack import ports, schemas
from arus_stack.kafka.broker import Kafka
from arus_stack.line import Line
from arus_stack.postgres import Postgres
from arus_stack.testing import KafkaServer, PostgresServer, set_up_kafka

from .checks import differences, facts_told_wrongly, unlike_calm, verdicts_told_wrongly
from .conftest import Ground, ground_on
from .servers import Server
from .sizes import Size, size

pytestmark = [pytest.mark.faults, pytest.mark.integration]
Say = Callable[[str], None]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[tuple[Server, str]]:
    """Give a database server that waits for its disk, and the URL of an empty database."""
    postgres = Postgres(tmp_path / "postgres" / "data", ports.free_port(), "s3cret_-")
    postgres.prepare()
    server = Server(postgres.command(), postgres.ready, tmp_path / "postgres.txt")
    server.start()
    schemas.create_database(postgres.url())
    yield server, postgres.url()
    server.close()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[tuple[Server, KafkaServer]]:
    """Give a broker with the catalogue's topics."""
    kafka = Kafka(tmp_path / "kafka", ports.free_port(), ports.free_port(), "s3cret_-")
    kafka.prepare()
    server = Server(kafka.command(), kafka.ready, tmp_path / "kafka.txt")
    server.start()
    set_up_kafka(kafka.access)
    yield server, KafkaServer(kafka.access)
    server.close()


async def kill_under_everything(
    ground: Ground, server: Server, size: Size, **env: str
) -> tuple[int, list[int]]:
    """Kill a server each time after worker, relay and door moved on, and start it again.

    Returns how many events there were in the end, and how much is wrong: with the worker's results beside
    those of a calm one, with what the door's events tell, with what the worker's do.
    """

    def moved() -> tuple[int, int, int]:
        (facts,) = ground.query("select count(*) from facts")
        (published,) = ground.query("select coalesce(sum(src_off), 0)::bigint from published")
        return facts, published, ground.progress("killed")

    steps = (30, 1, size.step(6))
    await ground.publish(size.events)
    ground.start("worker", "killed", **env)
    ground.start("relay", "killed", **env)
    door = ground.start("door", "4")
    for _ in range(size.times):
        before = moved()
        await ground.until(
            lambda at=before: all(
                now >= then + step for now, then, step in zip(moved(), at, steps, strict=True)
            )
        )
        server.kill()
        server.start()
    return await unlike_calm(ground, "killed", door)


async def test_a_database_killed_under_everything_leaves_what_a_calm_one_does(
    kafka: KafkaServer, database: tuple[Server, str], tmp_path: Path, say: Say
) -> None:
    server, url = database
    async with ground_on(kafka, url, tmp_path) as ground:
        events, wrong = await kill_under_everything(ground, server, size("database"))
    say(f"database: {server.kills} kills, {events} events, {sum(wrong)} differences")
    assert wrong == [0, 0, 0]


@pytest.mark.parametrize("client", ["aiokafka", "confluent"])
async def test_a_broker_killed_under_everything_leaves_what_a_calm_one_does(
    client: str, broker: tuple[Server, KafkaServer], postgres: PostgresServer, tmp_path: Path, say: Say
) -> None:
    server, kafka = broker
    url = postgres.create_database()
    async with ground_on(kafka, url, tmp_path) as ground:
        events, wrong = await kill_under_everything(ground, server, size("broker"), ARUS_FAULT_CLIENT=client)
    say(f"broker, {client}: {server.kills} kills, {events} events, {sum(wrong)} differences")
    assert wrong == [0, 0, 0]
    postgres.drop_database(url)


@pytest.fixture
async def line(ground: Ground) -> AsyncGenerator[Line]:
    """Give a line to the ground's database."""
    parts = urlsplit(ground.url)
    with Line(parts.hostname or "", parts.port or 5432) as made:
        yield made


async def test_a_slow_disk_changes_nothing_but_the_time(ground: Ground, line: Line, say: Say) -> None:
    line.delay_s, events = 0.05, size("slow disk").events
    await ground.publish(events)
    ground.start("worker", "slow", ARUS_FAULT_DB=line.url(ground.url))
    ground.start("relay", "slow", ARUS_FAULT_DB=line.url(ground.url))
    ground.start("worker", "calm")
    await ground.until(lambda: ground.progress("calm") == ground.progress("slow") == events)
    await ground.until(lambda: ground.unpublished("slow") == 0)
    wrong = [differences(ground, "slow", "calm"), await verdicts_told_wrongly(ground, "slow")]
    say(f"slow disk: answers late by up to 50 ms, {events} events, {sum(wrong)} differences")
    assert wrong == [0, 0]
    assert ground.query("select max(epoch) from progress where worker = 'slow'") == [1]


async def test_a_relay_whose_database_falls_silent_is_replaced_and_then_harmless(
    ground: Ground, line: Line, say: Say
) -> None:
    epoch = "select epoch from relay"
    door = ground.start("door", "4")
    ground.start("relay", ARUS_FAULT_DB=line.url(ground.url))
    await ground.until(
        lambda: ground.query(epoch) == [1] and ground.query("select 1 from facts limit 1") == [1]
    )
    line.mute()
    ground.start("relay")
    await ground.until(lambda: ground.query(epoch) == [2])
    line.mend()
    told = ground.query("select last_seq from relay")[0]
    await ground.until(lambda: ground.query("select last_seq from relay")[0] > told + 100)
    door.kill()
    door.wait()
    await ground.until(lambda: ground.query("select count(*) from outbox") == [0])
    wrong = await facts_told_wrongly(ground)
    say(f"silent database: 1 takeover, {await ground.wanted()} events, {wrong} differences")
    assert wrong == 0
    assert ground.query(epoch) == [2]


async def test_a_worker_whose_line_falls_silent_takes_another(ground: Ground, line: Line, say: Say) -> None:
    silences, events = size("silent line")
    line.delay_s = 0.01  # or all is over before it falls silent
    await ground.publish(events)
    ground.start("worker", "slow", ARUS_FAULT_DB=line.url(ground.url), ARUS_FAULT_ANSWER_S="1")
    for silence in range(1, silences + 1):
        await ground.until(lambda at=silence: ground.progress("slow") > at * events // (2 * silences + 4))
        line.strand()
    ground.start("worker", "calm")
    await ground.until(lambda: ground.progress("calm") == ground.progress("slow") == events)
    wrong = differences(ground, "slow", "calm")
    say(f"silent line: {silences} silences, {events} events, {wrong} differences")
    assert wrong == 0
    assert ground.query("select max(epoch) > 1 from progress where worker = 'slow'") == [True]


async def test_more_keys_than_the_cache_holds_change_nothing(ground: Ground, say: Say) -> None:
    events = size("cold cache").events
    keys, cached = events // 4, events // 24
    await ground.publish(events, keys)
    ground.start("worker", "cold", ARUS_FAULT_CACHED_KEYS=str(cached))
    ground.start("worker", "calm")
    await ground.until(lambda: ground.progress("calm") == ground.progress("cold") == events)
    wrong = differences(ground, "cold", "calm")
    say(f"cold cache: {keys} keys, {cached} cached, {events} events, {wrong} differences")
    assert wrong == 0
