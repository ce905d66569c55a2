"""Of jobs, schedules and commands."""

from __future__ import annotations

from .mutation import ALONE, COMMANDS, JOBS, LANES, POOL, SCHEDULES, Mutation

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
]  # fmt: skip
