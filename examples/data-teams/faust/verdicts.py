"""Count verdicts by status with faust-streaming and print the counts as JSON after each one.

Run as `python verdicts.py worker --without-web`. Reads ARUS_BOOTSTRAP, ARUS_USER, ARUS_PASSWORD and, for TLS,
ARUS_CA. Counts live in memory: a reader may not create the changelog topic that a faust table needs. Faust
may count an event twice after a crash, so use it where that does no harm.
"""

import json
import os
import ssl
from collections import Counter

import faust
from arus.anomaly.v1.events_pb2 import Status, VerdictReached

USER = os.environ["ARUS_USER"]
ca = os.environ.get("ARUS_CA")

app = faust.App(
    f"{USER}.status-counts",  # also the consumer group, so it begins with the user's name
    broker=f"kafka://{os.environ['ARUS_BOOTSTRAP']}",
    broker_credentials=faust.SASLCredentials(
        username=USER,
        password=os.environ["ARUS_PASSWORD"],
        mechanism="SCRAM-SHA-512",
        ssl_context=ssl.create_default_context(cafile=ca) if ca else None,
    ),
    broker_session_timeout=10,
    topic_disable_leader=True,  # a reader may not create faust's own topic
    topic_allow_declare=False,
    consumer_auto_offset_reset="earliest",
)
verdicts = app.topic("anomaly.verdict.v1", key_serializer="raw", value_serializer="raw")
counts: Counter[str] = Counter()


@app.agent(verdicts)
async def count(stream: faust.StreamT[bytes]) -> None:
    """Count what VerdictReached says; other types of the topic are skipped."""
    async for event in stream.events():
        if event.headers["ce_type"].decode() != VerdictReached.DESCRIPTOR.full_name:
            continue
        verdict = VerdictReached.FromString(event.value)
        counts[Status.Name(verdict.status).removeprefix("STATUS_")] += 1
        print(json.dumps(counts), flush=True)


if __name__ == "__main__":
    app.main()
