"""Of relays and of the clients of Kafka: what is committed is published, once and in order."""

from __future__ import annotations

from .mutation import HEART, LANES, LOG, RELAY, Mutation

MUTATIONS = [
    Mutation(
        "a relay continues after its watermark",
        "lanes.py", " and (src_off, src_idx) > (coalesce(w.src_off, -1), coalesce(w.src_idx, -1))", "",
        HEART, "each_event_counts_once and real",
    ),
    Mutation(
        "a watermark moves only when its events are safe",
        "relay.py", "                    await self._producer.publish(messages)\n", "",
        HEART, "each_event_counts_once and real",
    ),
    Mutation(
        "numbers of outbox events are kept",
        "lanes.py",
        "set pub_seq = held.last_seq - %s + v.place", "set pub_seq = null::bigint + %s + v.place",
        LANES, "numbers_outlive",
    ),
    Mutation(
        "numbered events of a relay before are published first",
        "lanes.py", "self._unfinished = True  # a", "self._unfinished = False  # a",
        LANES, "numbers_outlive",
    ),
    Mutation(
        "exactly the published ids are deleted",
        "lanes.py", "where id = any(%s)", "where id <= (select max(v) from unnest(%s::bigint[]) v)",
        LANES, "becomes_visible_late",
    ),
    Mutation(
        "what becomes visible late is not skipped",
        "lanes.py", "where pub_seq is null order by id limit",
        "where pub_seq is null and id > (select last_value - 1 from outbox_id_seq) order by id limit",
        LANES, "becomes_visible_late",
    ),
    Mutation(
        "one relay holds the lanes",
        "lanes.py", "if alive and not silent and not ours:", "if False:",
        LANES, "while_a_relay_lives",
    ),
    Mutation(
        "a silent relay is replaced",
        "lanes.py",
        "r.beat_at < clock_timestamp() - make_interval(secs => %s)", "r.beat_at is null or %s < 0",
        LANES, "a_silent_relay",
    ),
    Mutation(
        "the backend of a silent relay is ended",
        "lanes.py", 'await connection.execute("select pg_terminate_backend(%s, 5000)", (pid,))', "pass",
        LANES, "a_silent_relay",
    ),
    Mutation(
        "a relay that lost its lease deletes nothing",
        "lanes.py", "where name = %s and epoch = %s\n  returning {}",
        "where name = %s and epoch >= %s\n  returning {}",
        LANES, "lost_its_lease",
    ),
    Mutation(
        "a relay is woken in its process",
        "relay.py", "            self._woken.set()\n        else:", "            pass\n        else:",
        RELAY, "a_call_wakes",
    ),
    Mutation(
        "a relay gives up a line that fell silent",
        "lanes.py", "await Bounded[Any].connect(", "await psycopg.AsyncConnection[Any].connect(",
        LANES, "a_lone_relay",
    ),
    Mutation(
        "a bell gives up a line that fell silent",
        "bell.py", "await Connection.connect(", "await psycopg.AsyncConnection[Any].connect(",
        RELAY, "a_bell_whose_line",
    ),
    Mutation(
        "a relay listens",
        "lanes.py",
        'await connection.execute(sql.SQL("listen {}").format(sql.Identifier(channel(self._service))))',
        "pass",
        RELAY, "a_bell_wakes",
    ),
    Mutation(
        "a bell notifies",
        "bell.py", "select pg_notify(%s, '')", "select length(%s)",
        RELAY, "a_bell_wakes",
    ),
    Mutation(
        "a relay watches its connection while it rests",
        "lanes.py", "        loop.add_reader(descriptor, readable)\n", "",
        RELAY, "a_bell_wakes",
    ),
    Mutation(
        "a relay looks by itself",
        "relay.py", "IDLE_POLL_S = 1.0", "IDLE_POLL_S = POLL_S = 3600.0",
        RELAY, "nobody_announced",
    ),
    Mutation(
        "a producer goes on after a refusal",
        "log/aio.py", "                await self.stop()\n                raise PublishFailed",
        "                raise PublishFailed",
        LOG, "a_refused_message and aiokafka",
    ),
    Mutation(
        "confluent's producer goes on after a refusal",
        "log/confluent.py", "            self._client = None\n            client.purge()\n",
        "            client.purge()\n",
        LOG, "a_refused_message and confluent",
    ),
    Mutation(
        "confluent's producer leaves no gap",
        "log/confluent.py", '"enable.gapless.guarantee": True', '"enable.gapless.guarantee": False',
        LOG, "a_refused_message and confluent",
    ),
    Mutation(
        "confluent's rebalance waits for what is under way",
        "log/confluent.py", "            hear(self._give_up(theirs))\n",
        "            asyncio.run_coroutine_threadsafe(self._give_up(theirs), loop)\n",
        LOG, "an_heir and confluent",
    ),
    Mutation(
        "confluent's consumer drops what an order made stale",
        "log/confluent.py", "if self._begun.get(at) is begun[at]}", "if True}",
        LOG, "an_order_given",
    ),
    Mutation(
        "confluent's partition begins where it is told",
        "log/confluent.py", "            self._client.seek(_at(at, offset))\n", "            pass\n",
        LOG, "begun_again and confluent",
    ),
    Mutation(
        "confluent's keys go where everybody's go",
        "log/confluent.py", '"partitioner": "murmur2"', '"partitioner": "consistent"',
        LOG, "same_partition and confluent",
    ),
]  # fmt: skip
