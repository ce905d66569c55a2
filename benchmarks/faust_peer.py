"""faust-streaming as its manual shows it: take and COPY. Run: python faust_peer.py worker --without-web."""

from __future__ import annotations

import asyncio
import os
from tempfile import mkdtemp
from typing import Any

import faust
import psycopg
from arus.fuel.v1.events_pb2 import FuelTransactionRecorded
from peers import BATCH, COPY_PLAIN, Clock, prepared

COUNT = int(os.environ["ARUS_BENCH_COUNT"])
app: Any = faust.App(
    f"bench.faust.{os.getpid()}",  # a group of its own: offsets outlive a round
    broker=f"kafka://{os.environ['ARUS_BENCH_KAFKA']}",
    broker_credentials=faust.SASLCredentials(
        username=os.environ["ARUS_BENCH_USER"],
        password=os.environ["ARUS_BENCH_PASSWORD"],
        mechanism="SCRAM-SHA-512",
    ),
    broker_session_timeout=10,
    topic_disable_leader=True,
    topic_allow_declare=False,
    consumer_auto_offset_reset="earliest",
    stream_buffer_maxsize=BATCH * 2,
    worker_redirect_stdouts=False,
    datadir=mkdtemp(),
)
topic = app.topic("fuel.transaction.v1", key_serializer="raw", value_serializer="raw")


def write(connection: psycopg.Connection[Any], events: Any) -> None:
    with connection.transaction(), connection.cursor() as cursor, cursor.copy(COPY_PLAIN) as into:
        for event in events:
            FuelTransactionRecorded.FromString(event.value)
            into.write_row((event.message.partition, event.message.offset, event.message.key, event.value))


@app.agent(topic)
async def store(stream: Any) -> None:
    clock, taken, connection = Clock(), 0, prepared()
    async for events in stream.take_events(BATCH, within=0.2):
        if taken == 0:
            clock.start()
        await asyncio.to_thread(write, connection, events)
        taken += len(events)
        if taken >= COUNT:
            clock.stop(taken)
            os._exit(0)


if __name__ == "__main__":
    app.main()
