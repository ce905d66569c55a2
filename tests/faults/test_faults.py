"""Kill processes for real; the end must be what a calm run leaves, row for row."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter, defaultdict
from collections.abc import Callable
from subprocess import Popen

import pytest
from arus_runtime.testing import decoded

from .checks import differences, facts_told_wrongly, once, verdicts_told_wrongly
from .conftest import Ground
from .sizes import size
from .workers import IN, OUT, WOKEN

pytestmark = [pytest.mark.faults, pytest.mark.integration]
Say = Callable[[str], None]
HOLDERS = "select backend_pid from progress where worker = %s"
IN_TRANSACTION = """
select count(distinct a.pid) from pg_stat_activity a join progress p on p.backend_pid = a.pid
where p.worker = %s and a.state like '%%in transaction%%'
"""


async def test_a_worker_killed_again_and_again_leaves_what_a_calm_one_does(ground: Ground, say: Say) -> None:
    times, events = size("worker")
    await ground.publish(events)
    ground.start("worker", "calm")
    await ground.kill_while(
        lambda: ground.progress("killed"), ["worker", "killed"], kills=times, step=size("worker").step()
    )
    await ground.until(lambda: ground.progress("calm") == ground.progress("killed") == events)
    wrong = differences(ground, "killed", "calm")
    say(f"worker: {times} kills, {events} events, {wrong} differences")
    assert wrong == 0
    assert ground.query("select count(*) from killed") == [events]


async def test_a_worker_stopped_inside_and_outside_a_transaction_is_overtaken_and_then_harmless(
    ground: Ground, say: Say
) -> None:
    """Outside, what it has folded is still to be committed: only the fence keeps that out."""
    times, events = size("zombie")
    share = events // times
    holder = ground.start("worker", "stopped")
    for turn in range(times):
        before = ground.progress("stopped")
        await ground.publish(share, first=turn * share)
        await ground.until(lambda at=before: ground.progress("stopped") > at)
        outside = turn % 2
        await (stopped_before_commit(holder) if outside else stopped_in_transaction(ground, holder))
        before = ground.progress("stopped")
        assert before < (turn + 1) * share
        known = set(ground.query(HOLDERS, "stopped"))
        heir = ground.start("worker", "stopped")
        await ground.until(lambda held=known: held.isdisjoint(ground.query(HOLDERS, "stopped")))
        await ground.until(lambda at=before: ground.progress("stopped") > at)
        holder.send_signal(signal.SIGCONT)
        further = min(ground.progress("stopped") + share // 4, (turn + 1) * share)
        await ground.until(lambda to=further: ground.progress("stopped") >= to)
        if outside:
            await ground.until(lambda zombie=holder: WOKEN in ground.said_by(zombie))
        holder.kill()
        holder.wait()
        holder = heir
    ground.start("worker", "calm")
    await ground.until(lambda: ground.progress("calm") == ground.progress("stopped") == events)
    wrong = differences(ground, "stopped", "calm")
    say(f"zombie: stopped {times} times, in a transaction or before it, {events} events, {wrong} differences")
    assert wrong == 0


async def stopped_in_transaction(ground: Ground, worker: Popen[bytes]) -> None:
    """Stop a worker while a transaction of its is open."""
    worker.send_signal(signal.SIGSTOP)
    while ground.query(IN_TRANSACTION, "stopped") != [1]:
        worker.send_signal(signal.SIGCONT)
        await asyncio.sleep(0.005 * ground.chance.random())  # a few events further
        worker.send_signal(signal.SIGSTOP)


async def stopped_before_commit(worker: Popen[bytes]) -> None:
    """Let a worker stop itself when it has folded a batch and committed nothing of it."""
    worker.send_signal(signal.SIGUSR1)
    _, status = await asyncio.to_thread(os.waitpid, worker.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)


async def test_a_relay_killed_before_it_ticks_off_shows_each_event_once(ground: Ground, say: Say) -> None:
    times, wanted = size("relay")
    await ground.publish(wanted)
    ground.start("worker", "relayed")
    gated = times * 2 // 5
    for turn in range(times - gated):
        ground.start("relay", "relayed", ARUS_FAULT_DIE_BEFORE_SENT=str(1 + turn % 3)).wait(60)
    reached = (
        "select coalesce(sum((select count(*) from relayed r where r.src_part = p.partition and"
        " (r.src_off, r.src_idx) <= (p.src_off, p.src_idx))), 0)::int from published p"
    )
    await ground.kill_while(lambda: ground.query(reached)[0], ["relay", "relayed"], kills=gated, step=500)
    await ground.until(lambda: ground.query(reached) == [wanted])

    events = await ground.records(OUT)
    assert len(events) > wanted, "no kill fell between publishing and ticking off"
    kept = once(events)
    repeats, wrong = len(events) - len(kept), await verdicts_told_wrongly(ground, "relayed")
    say(f"relay: {times} kills, {wanted} events, {repeats} repeats dropped by readers, {wrong} differences")
    assert Counter(decoded(event).fact_id for event in kept) == Counter(f"f{n}" for n in range(wanted))
    places: dict[bytes | None, list[int]] = defaultdict(list)
    for event in kept:
        places[event.key].append(decoded(event).history_count)
    assert all(counts == list(range(1, len(counts) + 1)) for counts in places.values())


async def test_an_outbox_of_sixteen_writers_skips_nothing_and_keeps_each_aggregate_in_order(
    ground: Ground, say: Say
) -> None:
    def facts() -> int:
        return ground.query("select count(*) from facts")[0]

    times, wanted = size("outbox")
    gated = times * 2 // 5
    for turn in range(times - gated):
        door = ground.start("door", "16")
        relay = ground.start("relay", ARUS_FAULT_DIE_BEFORE_SENT=str((3, 5, 8)[turn % 3]))
        before = facts()
        await ground.until(lambda at=before: facts() > at + 300)
        assert relay.wait(60) == -signal.SIGKILL, ground.said()
        door.kill()
        door.wait()
    await ground.kill_while(facts, ["door", "16"], kills=gated, step=200)
    last_door = ground.processes[-1]
    ground.start("relay")
    await ground.until(lambda: facts() > wanted)
    last_door.kill()
    last_door.wait()
    await ground.until(lambda: ground.query("select count(*) from outbox") == [0])

    events = await ground.records(IN)
    kept = once(events)
    wrong = await facts_told_wrongly(ground)
    say(f"outbox of 16 writers: {times} kills, {facts()} events, {wrong} differences")
    assert len(events) > facts(), "no kill fell between publishing and ticking off"
    told = [(event.transaction_id, event.volume_ul) for event in map(decoded, kept)]
    assert Counter(told) == Counter(ground.query("select id, version from facts"))
    versions: dict[bytes | None, list[int]] = defaultdict(list)
    for event in kept:
        versions[event.key].append(decoded(event).volume_ul)
    assert all(of == list(range(1, len(of) + 1)) for of in versions.values())
