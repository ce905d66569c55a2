"""Of a worker's batches: each event counts once, a bad one harms no other."""

from __future__ import annotations

from .mutation import ENGINE, HEART, LANES, POSITIONS, SIDES, Mutation

MUTATIONS = [
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
        "a partition that somebody keeps locked keeps no other waiting",
        "store/postgres.py",
        "except psycopg.errors.LockNotAvailable:\n            return None\n        return Grant",
        "except ZeroDivisionError:\n            return None\n        return Grant",
        LANES, "locked_by_somebody_else",
    ),
    Mutation(
        "who keeps a partition locked has time to end its batch",
        "engine.py", "if now - since >= LOCKED_S}", "}",
        ENGINE, "half_a_second and memory",
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
        "partitions are taken only after the commit under way",
        "engine.py", "        await self._settle()  # taking uses", "        # taking uses",
        ENGINE, "under_way and memory",
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
        "await self._consumer.commit(news)", "pass",
        HEART, "a_dashboard and real",
    ),
    Mutation(
        "what Kafka refused to hear in a rebalance it is told again",
        "engine.py", "            self._told = {}", "            pass",
        ENGINE, "what_moved and memory",
    ),
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
        "engine.py", "if not self._doubted and not self._sieves:", "if not self._sieves:",
        HEART, "refuses_stops and memory",
    ),
    Mutation(
        "a conclusion that fails is drawn after each event",
        "fold.py", "unstorable, careful | {failed}))", "unstorable, careful))",
        HEART, "a_conclusion_that_fails and memory",
    ),
    Mutation(
        "a batch concludes once per key",
        "fold.py", "                    elif key in careful:\n", "                    elif True:\n",
        HEART, "a_batch_concludes and memory",
    ),
    Mutation(
        "a log that ends before what was read of it is not read",
        "positions.py", "    if position > log.end:\n", "    if False:\n",
        POSITIONS, "that_was_lost and memory",
    ),
    Mutation(
        "that a log was too short is remembered when it has grown",
        "engine.py", "known._replace(end=log_end)", "known",
        POSITIONS, "that_was_lost and memory",
    ),
    Mutation(
        "that a log was too short stands in the database",
        "store/postgres.py", "execute(_FOUND_BEHIND, (log_end, ", "execute(_FOUND_BEHIND, (None, ",
        POSITIONS, "that_was_lost and real",
    ),
    Mutation(
        "who lost a partition says nothing of its log",
        "store/postgres.py", ' and partition = %s and epoch = %s\n"""\n_RELEASE',
        ' and partition = %s and epoch <> -%s\n"""\n_RELEASE',
        POSITIONS, "only_who_holds and real",
    ),
    Mutation(
        "a log that is lost under a worker is noticed",
        "positions.py", "    if came < position:\n", "    if False:\n",
        POSITIONS, "lost_under_a_worker and memory",
    ),
    Mutation(
        "records that expired unread stop their partition",
        "positions.py", "    if 0 < position < log.first:\n", "    if False:\n",
        POSITIONS, "begins_after and memory",
    ),
    Mutation(
        "records that expire unread under a worker are noticed",
        "positions.py", "    if came > position:\n", "    if False:\n",
        POSITIONS, "expire_unread and memory",
    ),
]  # fmt: skip
