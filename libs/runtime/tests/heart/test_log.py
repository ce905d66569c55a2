"""What every adapter of the log promises, on the fake and on real Kafka through each client."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Collection, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import accumulate, groupby, pairwise, product
from pathlib import Path
from secrets import token_hex

import pytest
from arus_runtime.log import (
    AiokafkaLog,
    Bounds,
    Consumer,
    Log,
    LogAway,
    MemoryLog,
    Message,
    PublishFailed,
    Record,
    Security,
    TopicPartition,
    confluent,
)
from arus_runtime.log.confluent import ConfluentLog
from arus_runtime.log.partitioner import partition_of
from arus_runtime.testing import until
from arus_stack import certs, ports
from arus_stack.kafka.broker import Kafka, Tls
from arus_stack.testing import KafkaServer, running

PARTITIONS = 3
POLL_S = 0.05
PATIENCE_S = 20.0
CLIENTS = {"aiokafka": AiokafkaLog, "confluent": ConfluentLog}
REAL = [pytest.param(name, marks=pytest.mark.integration) for name in CLIENTS]
Connect = Callable[[str], Log]


@pytest.fixture(params=["memory", *REAL])
def client(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def connect(client: str, request: pytest.FixtureRequest) -> Connect:
    """Return what makes the log of a client by its name."""
    if client == "memory":
        memory = MemoryLog(PARTITIONS)
        return lambda _: memory
    kafka: KafkaServer = request.getfixturevalue("kafka")
    return lambda name: CLIENTS[name](
        Security(kafka.bootstrap, kafka.user, kafka.password, kafka.ca), session_timeout_ms=6_000
    )


@pytest.fixture
def log(client: str, connect: Connect) -> Log:
    return connect(client)


@pytest.fixture
def topic(client: str, request: pytest.FixtureRequest) -> str:
    if client == "memory":
        return "test"
    kafka: KafkaServer = request.getfixturevalue("kafka")
    return kafka.create_topic(partitions=PARTITIONS, config={"max.message.bytes": "600000"})


@dataclass
class Heard:
    """A listener that remembers, and begins what it is given where asked."""

    begin_at: int | None = None
    consumer: Consumer | None = None
    held: set[TopicPartition] = field(default_factory=set[TopicPartition])
    told: list[tuple[str, str, TopicPartition]] = field(default_factory=list[tuple[str, str, TopicPartition]])
    name: str = "only"
    lingers_s: float = 0.0
    """How long giving up takes."""

    async def assigned(self, partitions: Collection[TopicPartition]) -> None:
        self.told += [("assigned", self.name, at) for at in partitions]
        self.held |= set(partitions)
        if self.begin_at is not None and self.consumer is not None:
            for at in partitions:
                self.consumer.begin(at, self.begin_at)

    async def revoked(self, partitions: Collection[TopicPartition]) -> None:
        await asyncio.sleep(self.lingers_s)
        self.told += [("revoked", self.name, at) for at in partitions]
        self.held = self.held - set(partitions)


@asynccontextmanager
async def member(log: Log, topic: str, heard: Heard, group: str = "") -> AsyncGenerator[Consumer]:
    consumer = log.consumer([topic], group or f"group.{token_hex(4)}", heard)
    heard.consumer = consumer
    await consumer.start()
    try:
        yield consumer
    finally:
        await heard.revoked(heard.held)  # as an engine does; not every client says it when it leaves
        await consumer.stop()


async def publish(log: Log, *messages: Message) -> None:
    producer = log.producer()
    await producer.start()
    try:
        await producer.publish(messages)
    finally:
        await producer.stop()


async def read(consumer: Consumer, enough: Callable[[], bool] | int, limit: int = 500) -> list[Record]:
    """Poll until enough records have come."""
    found: list[Record] = []
    async with asyncio.timeout(PATIENCE_S):
        while len(found) < enough if isinstance(enough, int) else not enough():
            for records in (await consumer.poll(limit, POLL_S)).values():
                found += records
    return found


def numbered(topic: str, count: int, key: bytes | None = b"k") -> list[Message]:
    return [Message(topic, key, b"%d" % number, []) for number in range(count)]


async def test_what_was_published_is_read_as_it_was(log: Log, topic: str) -> None:
    sent = [
        Message(topic, b"a", b"value", [("ce_id", b"1"), ("größe", "µL".encode()), ("ce_id", b"")]),
        Message(topic, b"b", None, [("only", b"\0\xff")]),
        Message(topic, None, b"no key", []),
    ]
    await publish(log, *sent)
    async with member(log, topic, Heard(begin_at=0)) as consumer:
        records = await read(consumer, 3)
    found = {record.key: record for record in records}
    for key, value, headers in ((message.key, message.value, message.headers) for message in sent):
        assert (found[key].topic, found[key].value) == (topic, value)
        assert list(found[key].headers) == list(headers)
    assert found[None].partition == 0


async def test_every_client_gives_a_key_the_same_partition(log: Log, topic: str) -> None:
    keys = [f"t{number % 7}:k{number}".encode() for number in range(200)]
    await publish(log, *(Message(topic, key, b"", []) for key in keys))
    async with member(log, topic, Heard(begin_at=0)) as consumer:
        records = await read(consumer, len(keys))
    assert {record.key: record.partition for record in records} == {
        key: partition_of(key, PARTITIONS) for key in keys
    }


async def test_records_of_a_partition_come_in_order_and_at_most_as_many_as_asked_for(
    log: Log, topic: str
) -> None:
    await publish(log, *numbered(topic, 1_000))
    heard, values = Heard(begin_at=0), list[bytes | None]()
    async with member(log, topic, heard) as consumer, asyncio.timeout(PATIENCE_S):
        while len(values) < 1_000:
            polled = await consumer.poll(70, POLL_S)
            assert sum(map(len, polled.values())) <= 70
            values += [record.value for records in polled.values() for record in records]
    assert values == [b"%d" % number for number in range(1_000)]


async def test_a_partition_is_silent_until_it_is_begun_and_after_a_pause(log: Log, topic: str) -> None:
    heard, at = Heard(), TopicPartition(topic, partition_of(b"k", PARTITIONS))
    other = TopicPartition(topic, (at.partition + 1) % PARTITIONS)
    key = next(
        key for key in (b"%d" % n for n in range(99)) if partition_of(key, PARTITIONS) == other.partition
    )
    await publish(log, *numbered(topic, 10), *numbered(topic, 10, key))
    async with member(log, topic, heard) as consumer:
        assert await read(consumer, lambda: len(heard.held) == PARTITIONS) == []
        consumer.begin(other, 0)
        assert {record.partition for record in await read(consumer, 10)} == {other.partition}
        consumer.begin(at, 0)
        assert {record.partition for record in await read(consumer, 10)} == {at.partition}
        consumer.pause(at)
        await publish(log, *numbered(topic, 5), *numbered(topic, 5, key))
        assert {record.partition for record in await read(consumer, 5)} == {other.partition}


@pytest.mark.parametrize("pauses", [False, True], ids=["at_once", "after_a_pause"])
async def test_a_partition_begun_again_is_read_from_there_without_a_gap(
    log: Log, topic: str, pauses: bool
) -> None:
    heard, at = Heard(), TopicPartition(topic, partition_of(b"k", PARTITIONS))
    await publish(log, *numbered(topic, 3_000))
    async with member(log, topic, heard) as consumer:
        await read(consumer, lambda: at in heard.held)
        for offset in (0, 2_900, 7, 1_500, 1_501, 0):
            if pauses:
                consumer.pause(at)
                await consumer.poll(10, POLL_S)
            consumer.begin(at, offset)
            records = await read(consumer, 100, limit=100)
            assert [record.offset for record in records] == list(range(offset, offset + len(records)))


async def test_a_consumer_is_told_what_partitions_hold(
    log: Log, topic: str, client: str, request: pytest.FixtureRequest
) -> None:
    heard, at = Heard(), TopicPartition(topic, partition_of(b"k", PARTITIONS))
    other = TopicPartition(topic, (at.partition + 1) % PARTITIONS)
    await publish(log, *numbered(topic, 10))
    async with member(log, topic, heard) as consumer:
        await read(consumer, lambda: at in heard.held)
        assert await consumer.bounds([at, other]) == {at: Bounds(0, 10), other: Bounds(0, 0)}
        if isinstance(log, MemoryLog):
            log.expire(at, 7)
        else:
            kafka: KafkaServer = request.getfixturevalue("kafka")
            await asyncio.to_thread(kafka.let_go, at, 7)
        await publish(log, *numbered(topic, 2))
        assert await consumer.bounds([at]) == {at: Bounds(7, 12)}
        for nowhere in (3, 99):
            consumer.begin(at, nowhere)
            assert [record.offset for record in await read(consumer, 5)] == [7, 8, 9, 10, 11]


@pytest.mark.parametrize("client", REAL[1:], indirect=True)
async def test_an_order_given_while_a_poll_is_under_way_makes_its_records_stale(log: Log, topic: str) -> None:
    heard, at = Heard(), TopicPartition(topic, partition_of(b"k", PARTITIONS))
    await publish(log, *numbered(topic, 300))
    async with member(log, topic, heard) as consumer:
        await read(consumer, lambda: at in heard.held)
        consumer.begin(at, 100)
        under_way = asyncio.create_task(consumer.poll(50, 5.0))
        await asyncio.sleep(0)  # it has begun, and has not ended
        consumer.begin(at, 10)
        first = (await under_way).get(at, [])
        assert [record.offset for record in first] == list(range(10, 10 + len(first)))
        following = await read(consumer, 50)
        assert following[0].offset == 10 + len(first)


@pytest.mark.parametrize(
    ("client", "join"),
    [
        ("memory", "memory"),
        *(pytest.param(*pair, marks=pytest.mark.integration) for pair in product(CLIENTS, repeat=2)),
    ],
    indirect=["client"],
)
async def test_an_heir_gets_a_partition_only_after_it_was_given_up(
    connect: Connect, client: str, join: str, topic: str
) -> None:
    group, told = f"group.{token_hex(4)}", list[tuple[str, str, TopicPartition]]()
    first = Heard(begin_at=0, name="first", told=told, lingers_s=0.2)
    second = Heard(begin_at=0, name="second", told=told)
    await publish(connect(client), *(Message(topic, b"%d" % n, b"", []) for n in range(100)))
    async with member(connect(client), topic, first, group) as one, poll_beside(one):
        await until(lambda: len(first.held) == PARTITIONS, PATIENCE_S)
        async with member(connect(join), topic, second, group) as two:
            records = await read(
                two, lambda: bool(first.held and second.held) and len(first.held | second.held) == PARTITIONS
            )
            assert {record.partition for record in records} <= {at.partition for at in second.held}
            assert not first.held & second.held
        await until(lambda: len(first.held) == PARTITIONS, PATIENCE_S)
    for at in (TopicPartition(topic, n) for n in range(PARTITIONS)):
        story = [(what, who) for what, who, which in told if which == at]
        assert all(
            (before, after) != ("assigned", "assigned") for (before, _), (after, _) in pairwise(story)
        ), story
        assert all(who == whose for (_, whose), (what, who) in pairwise(story) if what == "revoked"), story


@asynccontextmanager
async def poll_beside(consumer: Consumer) -> AsyncGenerator[None]:
    """Poll while inside."""
    inside = True

    async def poll() -> None:
        while inside:
            await consumer.poll(500, POLL_S)

    polling = asyncio.create_task(poll())
    try:
        yield
    finally:
        inside = False
        await polling


@pytest.mark.parametrize("client", REAL, indirect=True)
async def test_a_refused_message_leaves_no_later_one_behind_it_and_the_next_call_goes_on(
    log: Log, topic: str
) -> None:
    producer = log.producer()
    await producer.start()
    messages = [  # of many batches
        each._replace(value=b"%b%5000s" % (each.value, b"")) for each in numbered(topic, 400)
    ]
    too_large = messages[200]._replace(value=b"200%900000s" % b"")
    try:
        await producer.publish(messages[:10])
        with pytest.raises(PublishFailed):
            await producer.publish([*messages[10:200], too_large, *messages[201:]])
        await producer.publish([Message(topic, b"k", b"-1", [])])
        await producer.publish(messages[10:])
    finally:
        await producer.stop()
    seen: list[int] = []
    async with member(log, topic, Heard(begin_at=0)) as consumer, asyncio.timeout(PATIENCE_S):
        while not seen or seen[-1] < len(messages) - 1:
            for records in (await consumer.poll(500, POLL_S)).values():
                seen += [int(record.value or b"") for record in records]
    before = seen[: seen.index(-1)]
    assert before == list(range(len(before)))
    assert 10 <= len(before) <= 200
    highest = list(accumulate(seen, max))  # what a reader has that keeps the highest sequence
    assert [number for number, _ in groupby(highest)] == list(range(len(messages)))


async def test_calls_at_once_are_each_safe(log: Log, topic: str) -> None:
    producer = log.producer()
    await producer.start()
    try:
        await asyncio.gather(
            *(
                producer.publish([Message(topic, b"%d" % n, b"%d" % m, []) for m in range(20)])
                for n in range(10)
            )
        )
    finally:
        await producer.stop()
    async with member(log, topic, Heard(begin_at=0)) as consumer:
        records = await read(consumer, 200)
    assert Counter(record.key for record in records) == {b"%d" % n: 20 for n in range(10)}
    for n in range(10):
        values = [int(record.value or b"") for record in records if record.key == b"%d" % n]
        assert values == list(range(20))


@pytest.fixture(scope="module")
def behind_tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Security]:
    """Give the administrator's way into a broker that speaks TLS only."""
    folder = tmp_path_factory.mktemp("kafka-tls")
    files = certs.ensure(folder / "certificates")
    server = Kafka(
        folder, ports.free_port(), ports.free_port(), "s3cret_-", tls=Tls(files.key_and_chain, files.ca)
    )
    server.prepare()
    with running(server.command(), folder / "log.txt", server.ready):
        access = server.access
        KafkaServer(access).create_topic("guarded")
        yield Security(access.bootstrap, access.user, access.password, access.ca)


@pytest.mark.integration
@pytest.mark.parametrize("client", CLIENTS)
async def test_a_broker_behind_tls_lets_in_who_knows_the_password(client: str, behind_tls: Security) -> None:
    log = CLIENTS[client](behind_tls)
    await publish(log, *numbered("guarded", 10))
    async with member(log, "guarded", Heard(begin_at=0)) as consumer:
        assert len(await read(consumer, 10)) >= 10


@pytest.mark.integration
@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("wrong", ["password", "ca_file"])
async def test_a_broker_behind_tls_keeps_others_out(
    client: str, wrong: str, behind_tls: Security, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confluent, "REACH_S", 2.0)
    other = str(certs.ensure(tmp_path).ca) if wrong == "ca_file" else "wrong"
    log = CLIENTS[client](replace(behind_tls, **{wrong: other}))
    with pytest.raises(LogAway):
        await publish(log, *numbered("guarded", 1))
    with pytest.raises(LogAway):
        async with member(log, "guarded", Heard(begin_at=0)):
            pass
