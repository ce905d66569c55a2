"""Of jobs, schedules and commands."""

from __future__ import annotations

from .mutation import ALONE, COMMANDS, DESK, JOBS, LANES, POOL, SCHEDULES, TOGETHER, Mutation

MUTATIONS = [
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
        "        except Refused as error:\n            return await self._fail(job, work, _text(error))\n",
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
        "who waits for a connection is bounded in number",
        "postgres.py", "            max_waiting=WAITING_AT_MOST,\n", "",
        ALONE, "does_not_grow",
    ),
    Mutation(
        "a server that was given up is asked again",
        "postgres.py", "            reconnect_failed=_again,\n", "",
        POOL, "given_up_is_found",
    ),
    Mutation(
        "a silent database is given up",
        "postgres.py", "timeout=self.answer_s if timeout is None else timeout", "timeout=timeout",
        ALONE, "mute",
    ),
    Mutation(
        "who asks meanwhile goes with the others in one turn",
        "together.py", "waiting[:MOST], waiting[MOST:]", "waiting[:1], waiting[1:]",
        TOGETHER, "go_together",
    ),
    Mutation(
        "a turn of requests has an end",
        "together.py", "waiting[:MOST], waiting[MOST:]", "waiting, []",
        TOGETHER, "a_turn_has_an_end",
    ),
    Mutation(
        "more requests than may wait are sent away",
        "together.py", "if len(self._waiting[key]) >= WAITING_AT_MOST:", "if False:",
        TOGETHER, "more_than_may_wait",
    ),
    Mutation(
        "what failed for several requests is tried for each alone",
        "together.py",
        "                await self._turn(key, [asked])\n", "                asked.fail(error)\n",
        TOGETHER, "nobody_fails",
    ),
    Mutation(
        "all requests are told at once that the database is away",
        "together.py", "            if is_away(error):\n", "            if False:\n",
        TOGETHER, "told_at_once",
    ),
    Mutation(
        "who goes away keeps nobody from an answer",
        "together.py", "            if not asked.answer.done():\n", "            if True:\n",
        TOGETHER, "who_goes_away",
    ),
    Mutation(
        "a fact is recorded while nobody else may under its key",
        "commands/fuel.py", "{entry.key for entry in sound} | set(besides)", "set(besides)",
        "services/ingest/tests/test_at_once.py", "recording_waits", package="arus_ingest",
    ),
    Mutation(
        "who records holds the keys that it changes besides",
        "commands/fuel.py", "{entry.key for entry in sound} | set(besides)", "{entry.key for entry in sound}",
        "services/ingest/tests/test_at_once.py", "changes_besides", package="arus_ingest",
    ),
    Mutation(
        "a fact that stands already is warned of",
        "commands/fuel.py", "if same in standing else ()", "if False else ()",
        DESK, "as_if_it_had_come_alone", package="arus_ingest",
    ),
    Mutation(
        "of the same twice in one transaction the second is warned of",
        "commands/fuel.py", "        standing.add(same)\n", "",
        DESK, "as_if_it_had_come_alone", package="arus_ingest",
    ),
    Mutation(
        "facts of one transaction keep their own callers",
        "commands/fuel.py", "_fact(entry, timezone, one.principal.user_id, at)",
        "_fact(entry, timezone, asked[0].principal.user_id, at)",
        DESK, "as_if_it_had_come_alone", package="arus_ingest",
    ),
    Mutation(
        "facts of one transaction keep their own traces",
        "commands/fuel.py", 'told, "recorded", one.traceparent)', 'told, "recorded", "")',
        DESK, "as_if_it_had_come_alone", package="arus_ingest",
    ),
    Mutation(
        "a fact is told in the transaction that records it",
        "commands/fuel.py",
        "await outbox.add_all(tx, events, tenant_id=tenant_id, at=at, import_id=import_id)", "pass",
        DESK, "as_if_it_had_come_alone", package="arus_ingest",
    ),
]  # fmt: skip
