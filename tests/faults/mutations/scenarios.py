"""Of the scenarios: with a guarantee's line out, each must report differences."""

from __future__ import annotations

from .mutation import Mutation

KILLED = "tests/faults/test_faults.py"
SERVERS = "tests/faults/test_servers_killed.py"
SERVICES = "tests/faults/test_services_killed.py"
LINES = "tests/faults/test_lines.py"
RECORDS = "tests/faults/test_records.py"

_BATCH = (
    "store/postgres.py",
    "with _away(), connection.transaction(), connection.cursor", "with _away(), connection.cursor",
)  # fmt: skip
"""The offset is committed apart from what the batch wrote."""
_ANSWERED = "log/aio.py", "            enable_idempotence=True,\n", "            acks=0,\n"
"""What the broker never took is ticked off too."""

IN_CI = [
    Mutation("the offset in the batch's transaction, careless senders", *_BATCH, RECORDS, "twice_late"),
    Mutation(
        "the fence, a worker stopped",
        "store/postgres.py", "if cursor.rowcount != len(parts):", "if False:",
        KILLED, "a_worker_stopped",
    ),
]  # fmt: skip
MUTATIONS = [
    *IN_CI,
    *(
        Mutation(f"the offset in the batch's transaction, {what}", *_BATCH, suite, tests)
        for what, suite, tests in (
            ("a worker killed", KILLED, "a_worker_killed"),
            ("the fuel worker killed", SERVICES, "anomaly/fuel"),
            ("the learned worker killed", SERVICES, "anomaly/learned"),
            ("the meter worker killed", SERVICES, "anomaly/meter"),
            ("the books' worker killed", SERVICES, "metering/imports"),
            ("the alerts' worker killed", SERVICES, "notify/incidents"),
            ("the database killed", SERVERS, "a_database_killed"),
            ("a silent line", SERVERS, "a_worker_whose_line"),
            ("a broken line to the database", LINES, "a_line_to_the_database"),
        )
    ),
    *(
        Mutation(f"the tick after the broker's answer, {what}", *_ANSWERED, suite, tests)
        for what, suite, tests in (
            ("the broker killed", SERVERS, "a_broker_killed and aiokafka"),
            ("a broken line to the broker", LINES, "a_line_to_the_broker"),
        )
    ),
    Mutation(
        "the dropping of repeats, careless senders",
        "fold.py", "            if -1 < sequence <= ", "            if False and sequence <= ",
        RECORDS, "twice_late",
    ),
    Mutation(
        "the sequence of an event, a relay killed",
        "lanes.py", "offset << INDEX_BITS | index))", '__import__("time").time_ns()))',
        KILLED, "a_relay_killed",
    ),
    Mutation(
        "the deletion of what was published only, an outbox of 16 writers",
        "lanes.py", "where id = any(%s)", "where id <= (select max(v) from unnest(%s::bigint[]) v)",
        KILLED, "an_outbox_of",
    ),
    Mutation(
        "the reading of what the cache let go, a cold cache",
        "engine.py", "stored = await asyncio.to_thread(self._store.load, at, absent)", "stored = {}",
        SERVERS, "more_keys_than",
    ),
]  # fmt: skip
