"""A guarantee's line, what stands there instead, and the tests that must notice: one list by subject."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mutation:
    """In a package's file, old is replaced by new; the tests that -k chooses of a suite must notice."""

    promise: str
    file: str
    old: str
    new: str
    suite: str
    tests: str
    package: str = "arus_runtime"

    @property
    def is_real(self) -> bool:
        """Tell whether the tests need servers."""
        return "memory" not in self.tests


HEART = "libs/runtime/tests/heart/test_conformance.py"
SIDES = "libs/runtime/tests/heart/test_side_inputs.py"
LANES = "libs/runtime/tests/heart/test_lanes.py"
RELAY = "libs/runtime/tests/heart/test_relay.py"
LOG = "libs/runtime/tests/heart/test_log.py"
JOBS = "libs/runtime/tests/shell/test_jobs.py"
SCHEDULES = "libs/runtime/tests/shell/test_schedules.py"
OPINIONS = "services/anomaly/tests/test_opinions.py"
TELLING = "services/notify/tests/notifying/test_handlers.py"
COMMANDS = "libs/runtime/tests/shell/test_commands.py"

_EXACTLY_ONCE = [
    Mutation(
        "the fence compares the epoch",
        "store/postgres.py",
        "  and p.epoch = v.epoch and p.next_offset = v.start", "  and p.next_offset = v.start",
        HEART, "overtaken and real",
    ),
    Mutation(
        "the fence compares the offset",
        "store/postgres.py", "  and p.epoch = v.epoch and p.next_offset = v.start", "  and p.epoch = v.epoch",
        HEART, "overtaken and real",
    ),
    Mutation(
        "a fenced batch is refused",
        "store/postgres.py", "if cursor.rowcount != len(parts):", "if False:",
        HEART, "overtaken and real",
    ),
    Mutation(
        "a takeover ends the backend of the old holder",
        "store/postgres.py", "connection.execute(_END_HOLDER, (self._worker, *at))", "pass",
        LANES, "a_holder_stopped",
    ),
    Mutation(
        "a takeover bumps the epoch",
        "store/postgres.py", "  set epoch = p.epoch + 1,", "  set epoch = p.epoch,",
        HEART, "overtaken and real",
    ),
    Mutation(
        "states that another holder touched are read anew",
        "engine.py", "origin = warm.origin if warm and untouched else", "origin = warm.origin if warm else",
        HEART, "somebody_else_touched and memory",
    ),
    Mutation(
        "the offset stands in the batch's transaction",
        "store/postgres.py", "            self._advance(cursor, parts)\n", "",
        HEART, "after_a_restart and real",
    ),
    Mutation(
        "all of a batch stands in one transaction",
        "store/postgres.py",
        "with _away(), connection.transaction(), connection.cursor", "with _away(), connection.cursor",
        HEART, "refuses_stops and real",
    ),
    Mutation(
        "records are written behind the fence",
        "store/postgres.py",
        "            self._advance(cursor, parts)\n            followed", "            followed",
        HEART, "writes_no_records and real",
    ),
    Mutation(
        "what follows from a write is sent",
        "store/postgres.py", "in part.outgoing), *followed])", "in part.outgoing)])",
        HEART, "books_records and real",
    ),
    Mutation(
        "states are saved with the batch",
        "store/postgres.py", "            self._remember(cursor, parts)\n", "",
        HEART, "states_are_remembered and real",
    ),
    Mutation(
        "what was current is superseded",
        "store/postgres.py", "            if superseded:\n", "            if False:\n",
        HEART, "one_row_of_an_entity and real",
    ),
    Mutation(
        "a page that changed is saved",
        "engine.py", "states += [(key, name, paged.dump_page(page))", "[(key, name, paged.dump_page(page))",
        HEART, "pages_are_loaded and memory",
    ),
    Mutation(
        "how far a worker is, Kafka is told afterwards",
        "engine.py",
        "await self._consumer.commit({at: lease.committed for at, lease in self._leases.items()})",
        "pass",
        HEART, "a_dashboard and real",
    ),
]  # fmt: skip

_REPEATS = [
    Mutation(
        "repeats are dropped by origin and sequence",
        "fold.py", "            if -1 < sequence <= ", "            if False and sequence <= ",
        HEART, "a_repeat_is_dropped and memory",
    ),
    Mutation(
        "origins are kept with the batch in memory",
        "memory.py", "database.seen.setdefault((name, part.at), {}).update(part.seen)", "pass",
        HEART, "repeats_are_known and memory",
    ),
    Mutation(
        "origins are kept with the batch",
        "store/postgres.py", "        if seen:\n", "        if False:\n",
        HEART, "repeats_are_known and real",
    ),
]  # fmt: skip

_ERRORS = [
    Mutation(
        "a rejected record is parked",
        "fold.py", "done.outgoing.append(dlq.parked(record, self.name, tenant, reason, detail))", "pass",
        HEART, "a_rejected_record and memory",
    ),
    Mutation(
        "what is parked leaves with the batch",
        "store/postgres.py", "            self._send(cursor, [*", "            ([*",
        HEART, "a_rejected_record and real",
    ),
    Mutation(
        "a bad deploy stops the partition",
        "fold.py", ">= BAD_DEPLOY_TENANTS", "< 0",
        HEART, "a_bad_deploy and memory",
    ),
    Mutation(
        "a bad deploy takes three tenants",
        "fold.py", "BAD_DEPLOY_TENANTS: Final = 3", "BAD_DEPLOY_TENANTS: Final = 2",
        HEART, "a_bad_deploy and memory",
    ),
    Mutation(
        "Later holds the records behind it",
        "fold.py", "                    done.hold = Hold(record.offset, error)\n                    break\n",
        "                    continue\n",
        HEART, "later_keeps_the_order and memory",
    ),
    Mutation(
        "Later is no error of ours",
        "engine.py", "        if isinstance(cause, Later):\n", "        if False:\n",
        HEART, "later_keeps_the_order and memory",
    ),
    Mutation(
        "an error of ours is tried again twice",
        "engine.py", "RETRIES = 2", "RETRIES = 0",
        HEART, "an_error_of_ours and memory",
    ),
    Mutation(
        "an error of ours stops its partition then",
        "engine.py", "        self.stopped[at] = cause\n", "",
        HEART, "an_error_of_ours and memory",
    ),
    Mutation(
        "a partition at fault is found by committing alone",
        "engine.py", "if self._doubted else [polled]", "if False else [polled]",
        HEART, "refuses_stops and memory",
    ),
    Mutation(
        "a conclusion that fails is drawn after each event",
        "fold.py", "origin, careful | {failed}))", "origin, careful))",
        HEART, "a_conclusion_that_fails and memory",
    ),
    Mutation(
        "a batch concludes once per key",
        "fold.py", "                    elif key in careful:\n", "                    elif True:\n",
        HEART, "a_batch_concludes and memory",
    ),
]  # fmt: skip

_RELAY = [
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
        "await cursor.execute(_NUMBER, ([row[1] for row in rows], numbers), prepare=True)", "pass",
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
        "lanes.py", "where name = %s and epoch = %s\nreturning last_seq",
        "where name = %s and epoch >= %s\nreturning last_seq",
        LANES, "lost_its_lease",
    ),
    Mutation(
        "a relay is woken in its process",
        "relay.py", "            self._woken.set()\n        else:", "            pass\n        else:",
        RELAY, "a_call_wakes",
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
        "relay.py", "IDLE_POLL_S = 0.25", "IDLE_POLL_S = POLL_S = 3600.0",
        RELAY, "nobody_announced",
    ),
    Mutation(
        "a producer goes on after a refusal",
        "log/aio.py", "                await self.stop()\n                raise PublishFailed",
        "                raise PublishFailed",
        LOG, "a_refused_message and aiokafka",
    ),
]  # fmt: skip

_CONFLUENT = [
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

_JOBS = [
    Mutation(
        "a job is leased by one",
        "jobs.py", "    for update of jobs skip locked\n", "",
        JOBS, "two_runners",
    ),
    Mutation(
        "a lease that ran out is taken over",
        "jobs.py", "or (state = 'running' and lease_until < now())", "",
        JOBS, "kills_its_process",
    ),
    Mutation(
        "who lost the lease writes nothing",
        "jobs.py", "rowcount != 1:\n        raise _Lost", "rowcount < 0:\n        raise _Lost",
        JOBS, "who_lost",
    ),
    Mutation(
        "a heartbeat keeps the lease",
        "jobs.py", "asyncio.ensure_future(self._beat(work))", "asyncio.ensure_future(asyncio.sleep(3600))",
        JOBS, "a_heartbeat",
    ),
    Mutation(
        "an answer is written in the transaction that ends the job",
        "jobs.py", "                await job.finish(tx, work, answer)\n",
        "            async with self._db.system() as tx:\n"
        "                await job.finish(tx, work, answer)\n",
        JOBS, "cannot_be_written",
    ),
    Mutation(
        "attempts are counted",
        "jobs.py", "if work.failures + 1 >= job.attempts:", "if False:",
        JOBS, "tried_again_and_then",
    ),
    Mutation(
        "deaths are counted as attempts",
        "jobs.py", "    failures = failures + (state = 'running')::int\n", "    failures = failures\n",
        JOBS, "kills_its_process",
    ),
    Mutation(
        "tenants take turns",
        "jobs.py", "order by served_at nulls first, run_after", "order by run_after",
        JOBS, "take_turns",
    ),
    Mutation(
        "time is limited",
        "jobs.py", "timeout=job.time_limit_s, ", "",
        JOBS, "beyond_its_time_limit",
    ),
    Mutation(
        "memory is limited",
        "isolated.py", "    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))\n", "",
        JOBS, "fails_by_name and devour",
    ),
    Mutation(
        "what runs over its time is killed",
        "isolated.py", "                child.kill()\n", "                pass\n",
        JOBS, "beyond_its_time_is_killed",
    ),
    Mutation(
        "a child dies with its parent",
        "isolated.py", "    threading.Thread(target=_leave_with_parent, daemon=True).start()\n", "",
        JOBS, "dies_with_a_killed_parent",
    ),
    Mutation(
        "progress is told",
        "isolated.py", 'work.progress, work.note = message["progress"], message["note"]', "pass",
        JOBS, "answers_and_reports",
    ),
    Mutation(
        "a job is cancelled while it runs",
        "jobs.py", '            if row["cancel_requested"]:\n', "            if False:\n",
        JOBS, "is_cancelled",
    ),
    Mutation(
        "a job that is refused is not tried again",
        "jobs.py",
        "        except Refused as error:\n            return await self._fail(job, work, str(error))\n",
        "",
        JOBS, "refused_work",
    ),
    Mutation(
        "a job goes back when its process stops",
        "jobs.py", "            await self._give_back(work)\n", "            pass\n",
        JOBS, "gives_its_job_back",
    ),
    Mutation(
        "two replicas fire a schedule once",
        "schedules.py", ", job_id=job_id)", ")",
        SCHEDULES, "two_replicas",
    ),
    Mutation(
        "a schedule's hour is the tenant's own",
        "schedules.py",
        "local = now.astimezone(ZoneInfo(zone))", 'local = now.astimezone(ZoneInfo("Asia/Jakarta"))',
        SCHEDULES, "indonesias_zones",
    ),
    Mutation(
        "a time missed by long is left out",
        "schedules.py", " if now - newest <= late_at_most else None", "",
        SCHEDULES, "too_late",
    ),
]  # fmt: skip

_COMMANDS = [
    Mutation(
        "the same key gets the stored answer",
        "commands.py", "                await self._claim(tx, self._key)\n", "                pass\n",
        COMMANDS, "stored_answer",
    ),
    Mutation(
        "an answer is kept in the command's transaction",
        "commands.py", "        if self._key is not None:\n            again, told",
        "        if False:\n            again, told",
        COMMANDS, "stored_answer",
    ),
    Mutation(
        "the same key with another body is refused",
        "commands.py", 'if bytes(row["body_hash"]) != self._body_hash:', "if False:",
        COMMANDS, "another_body",
    ),
    Mutation(
        "of the same key at once one runs",
        "commands.py", 'if lock is None or not lock["mine"]:', "if False:",
        COMMANDS, "while_the_first_is_running",
    ),
    Mutation(
        "a key belongs to its caller",
        "commands.py", "(principal.tenant_id, principal.user_id, path)", '(principal.tenant_id, "", path)',
        COMMANDS, "its_caller",
    ),
    Mutation(
        "a key is forgotten after a day",
        "commands.py", "KEPT_HOURS: Final = 24", "KEPT_HOURS: Final = 48",
        COMMANDS, "after_a_day",
    ),
    Mutation(
        "a book's event is added under its record's lock",
        "store.py", "where id = %s for update", "where id = %s",
        "services/inventory/tests/test_catalogue.py", "edits_of_one_record", package="arus_inventory",
    ),
    Mutation(
        "a fact's event is added under its lock",
        "store/fuel.py", "where id = %s for update", "where id = %s",
        "services/ingest/tests/test_at_once.py", "corrections_of_one_fact", package="arus_ingest",
    ),
    Mutation(
        "a correction holds the keys it stands under",
        "commands/fuel.py", "    await store.hold_keys(tx, principal.tenant_id, {old.key, entry.key})\n", "",
        "services/ingest/tests/test_at_once.py", "waits_for_who_records", package="arus_ingest",
    ),
    Mutation(
        "a worker gives up a line that fell silent",
        "store/postgres.py", "timeout=self.answer_s if timeout is None else timeout", "timeout=timeout",
        LANES, "falls_silent",
    ),
    Mutation(
        "a silent database is given up",
        "postgres.py", "timeout=self.answer_s if timeout is None else timeout", "timeout=timeout",
        "services/ingest/tests/test_alone.py", "mute",
    ),
]  # fmt: skip

_SIDE_INPUTS = [
    Mutation(
        "a fact later than what is known has it read again",
        "side_inputs.py", "        if ulid > self._until:\n", "        if self._until == bytes(6):\n",
        SIDES, "a_fact_meets_the_version and memory",
    ),
    Mutation(
        "what is known ends two seconds after it was read",
        "side_inputs.py", "KNOWN_AHEAD_MS: Final = 2_000", "KNOWN_AHEAD_MS: Final = 600_000",
        SIDES, "a_fact_meets_the_version and memory",
    ),
    Mutation(
        "a version begins after what others know",
        "side_inputs.py", "interval '5 seconds'", "interval '0 seconds'",
        SIDES, "a_fact_meets_the_version and real",
    ),
    Mutation(
        "no version is being inserted while versions are read",
        "store/postgres.py",
        """                connection.execute(sql.SQL("lock table {} in share mode").format(tables))\n""", "",
        SIDES, "a_version_that_is_being_inserted",
    ),
]  # fmt: skip

_SECOND_OPINION = [
    Mutation(
        "a late fact is judged as if it had come in time",
        "handlers/learned.py", "if watch.change is None and watch.follows(fact):", "if True:",
        OPINIONS, "a_late_fact_is_judged", package="arus_anomaly",
    ),
    Mutation(
        "a corrected alarm takes its incident back",
        "rules/alarms.py", "            yield Turn.WITHDRAWN, incident\n", "            pass\n",
        OPINIONS, "takes_its_incident_back", package="arus_anomaly",
    ),
    Mutation(
        "a voided fact keeps no opinion",
        "handlers/learned.py", "        effects += _taken_back(fact_id, key)\n", "        pass\n",
        OPINIONS, "a_voided_fact", package="arus_anomaly",
    ),
    Mutation(
        "what was said before is superseded",
        "handlers/learned.py",
        "effects.append(Supersede(OPINIONS, [_entity(key, one.fact.id) for one in said]))", "pass",
        OPINIONS, "a_late_fact_is_judged", package="arus_anomaly",
    ),
    Mutation(
        "a false alarm raises the bar",
        "handlers/learned.py", "return Basis(side, cut, since, ", "return Basis(side, 0.0, 0, ",
        OPINIONS, "a_false_alarm_raises", package="arus_anomaly",
    ),
    Mutation(
        "a confirmed anomaly is left out of what is learned",
        "rules/opinions.py", "    here = basis.confirmed & ids\n", "    here = NOTHING\n",
        OPINIONS, "a_confirmed_anomaly", package="arus_anomaly",
    ),
    Mutation(
        "a verdict under another's key is parked",
        "handlers/learned.py", "key, fact = codec.key_of(event, meta.key), wire.seen(event)",
        "key, fact = codec.key(meta.key), wire.seen(event)",
        OPINIONS, "under_another_key", package="arus_anomaly",
    ),
    Mutation(
        "a calibration says how often honest facts of each history surprise",
        "rules/learned/calibration.py", "bisect_right(HISTORY_BUCKETS, facts) - 1", "0",
        "services/anomaly/tests/test_learned_properties.py", "the_same_bits", package="arus_anomaly",
    ),
    Mutation(
        "learning keys alarm nobody",
        "rules/learned/detector.py", "    if facts < side.profile.learning_facts:\n", "    if False:\n",
        "services/anomaly/tests/test_learned.py", "twenty_facts_alarm_nobody", package="arus_anomaly",
    ),
]  # fmt: skip

_TELLING = [
    Mutation(
        "people are told of an incident once for each severity",
        "rules.py", ">= severity:\n        return None", "> severity:\n        return None",
        "services/notify/tests/notifying/test_rules.py", "once_and_again", package="arus_notify",
    ),
    Mutation(
        "an import is told in one summary",
        "handlers.py", 'named_id(f"{SUMMARISE}/{alert.group_id}")',
        'named_id(f"{SUMMARISE}/{alert.incident_id}")',
        TELLING, "one_summary", package="arus_notify",
    ),
    Mutation(
        "a summary waits until its import is through",
        "handlers.py", "alert.occurred_at + rules.SETTLES_AFTER", "alert.occurred_at",
        TELLING, "one_summary", package="arus_notify",
    ),
    Mutation(
        "an incident under another's key is parked",
        "codec.py", "if key != meta.key or not", "if not",
        TELLING, "under_anothers_key", package="arus_notify",
    ),
]  # fmt: skip

MUTATIONS = [
    *_EXACTLY_ONCE,
    *_SIDE_INPUTS,
    *_REPEATS,
    *_ERRORS,
    *_RELAY,
    *_CONFLUENT,
    *_JOBS,
    *_COMMANDS,
    *_SECOND_OPINION,
    *_TELLING,
]
