"""quixstreams with a sink as its manual shows it, and COPY. Run: python quix_peer.py COUNT."""

from __future__ import annotations

import os
import sys
from tempfile import mkdtemp
from typing import Any

from arus.fuel.v1.events_pb2 import FuelTransactionRecorded
from peers import BATCH, COPY_PLAIN, LOG, Clock, prepared
from pydantic import SecretStr
from quixstreams import Application
from quixstreams.kafka.configuration import ConnectionConfig
from quixstreams.sinks import BatchingSink, SinkBatch

COUNT = int(sys.argv[1])
CLOCK = Clock()


class IntoPostgres(BatchingSink):
    def __init__(self) -> None:
        super().__init__()
        self._connection = prepared()
        self._taken = 0

    def setup(self) -> None:
        pass

    def write(self, batch: SinkBatch) -> None:
        with (
            self._connection.transaction(),
            self._connection.cursor() as cursor,
            cursor.copy(COPY_PLAIN) as into,
        ):
            for item in batch:
                value: Any = item.value
                FuelTransactionRecorded.FromString(value)
                into.write_row((batch.partition, item.offset, item.key, value))
        self._taken += batch.size
        if self._taken >= COUNT:
            CLOCK.stop(self._taken)
            os._exit(0)


def started(_: object) -> None:
    CLOCK.start()


if __name__ == "__main__":
    security = LOG.security
    app: Any = Application(
        broker_address=ConnectionConfig(
            bootstrap_servers=security.bootstrap,
            security_protocol="sasl_plaintext",
            sasl_mechanism="SCRAM-SHA-512",
            sasl_username=security.user,
            sasl_password=SecretStr(security.password),
        ),
        consumer_group=f"bench.quix.{os.getpid()}",  # a group of its own: offsets outlive a round
        auto_offset_reset="earliest",
        auto_create_topics=False,
        commit_every=BATCH,
        state_dir=mkdtemp(),
        loglevel="ERROR",
    )
    topic = app.topic("fuel.transaction.v1", value_deserializer="bytes", key_deserializer="bytes")
    app.dataframe(topic).update(started).sink(IntoPostgres())
    app.run()
