"""One client of Kafka behind the port, in a process of its own: python log_peer.py CLIENT WAY COUNT.

CLIENT: aiokafka, confluent.
publish    facts by the relay's batches of 2,000, each batch safe before the next
consume    a group's member polls 2,000 at a time and touches each record's value and headers
Prints when it began and ended, the CPU seconds of this process between, and its peak memory.
"""

from __future__ import annotations

import os
import sys

import uvloop
from arus_runtime.log import AiokafkaLog, Log, Security
from arus_runtime.log.confluent import ConfluentLog
from ground import TOPIC, FromTheStart, facts
from peers import Clock

BATCH = 2_000
SECURITY = Security(*(os.environ[f"ARUS_BENCH_{name}"] for name in ("KAFKA", "USER", "PASSWORD")))
CLIENTS = {"aiokafka": AiokafkaLog, "confluent": ConfluentLog}


async def publish(log: Log, count: int) -> None:
    messages = list(facts(count))
    producer, clock = log.producer(), Clock()
    await producer.start()
    clock.start()
    for start in range(0, count, BATCH):
        await producer.publish(messages[start : start + BATCH])
    clock.stop(count)
    await producer.stop()


async def consume(log: Log, count: int) -> None:
    clock, taken, size, listener = Clock(), 0, 0, FromTheStart()
    listener.consumer = consumer = log.consumer([TOPIC], f"bench.log.{os.getpid()}", listener)
    await consumer.start()
    while taken < count:
        for records in (await consumer.poll(BATCH, 0.2)).values():
            clock.start()
            for record in records:
                size += len(record.value or b"") + len(record.headers)
            taken += len(records)
    clock.stop(taken)
    await consumer.stop()


if __name__ == "__main__":
    name, way, number = sys.argv[1:]
    uvloop.run({"publish": publish, "consume": consume}[way](CLIENTS[name](SECURITY), int(number)))
