"""Kill processes for real; the end must be what a calm run leaves, row for row."""

from __future__ import annotations

import signal
from collections import Counter, defaultdict
from collections.abc import Callable

import pytest
from arus_runtime.testing import decoded

from .checks import differences, facts_told_wrongly, once, results, verdicts_told_wrongly
from .conftest import Ground
from .workers import IN, OUT

pytestmark = [pytest.mark.faults, pytest.mark.integration]
FACTS = 20_000
Say = Callable[[str], None]
IN_TRANSACTION = """
select count(*) from pg_stat_activity a join progress p on p.backend_pid = a.pid
where p.worker = %s and a.state like '%%in transaction%%'
"""


async def test_a_worker_killed_again_and_again_leaves_what_a_calm_one_does(ground: Ground, say: Say) -> None:
    await ground.publish(FACTS)
    ground.start("worker", "calm")
    await ground.kill_while(lambda: ground.progress("killed"), ["worker", "killed"], kills=6, step=1_500)
    await ground.until(lambda: ground.progress("calm") == ground.progress("killed") == FACTS)
    say(f"worker: 6 kills, {FACTS} events, {differences(ground, 'killed', 'calm')} differences")
    assert results(ground, "killed") == results(ground, "calm")
    assert ground.query("select count(*) from killed") == [FACTS]


async def test_a_worker_stopped_in_a_transaction_is_overtaken_and_then_harmless(
    ground: Ground, say: Say
) -> None:
    await ground.publish(FACTS)
    zombie = ground.start("worker", "stopped")
    await ground.until(lambda: ground.progress("stopped") > 1_000)
    zombie.send_signal(signal.SIGSTOP)
    while ground.query(IN_TRANSACTION, "stopped") == [0]:
        zombie.send_signal(signal.SIGCONT)
        before = ground.progress("stopped")
        await ground.until(lambda at=before: ground.progress("stopped") > at)
        zombie.send_signal(signal.SIGSTOP)
    stopped_at = ground.progress("stopped")
    assert stopped_at < FACTS
    ground.start("worker", "stopped")
    await ground.until(lambda: ground.progress("stopped") > stopped_at)
    zombie.send_signal(signal.SIGCONT)
    ground.start("worker", "calm")
    await ground.until(lambda: ground.progress("calm") == ground.progress("stopped") == FACTS)
    wrong = differences(ground, "stopped", "calm")
    say(f"zombie: stopped once inside a transaction, {FACTS} events, {wrong} differences")
    assert results(ground, "stopped") == results(ground, "calm")


async def test_a_relay_killed_before_it_ticks_off_shows_each_event_once(ground: Ground, say: Say) -> None:
    await ground.publish(FACTS // 2)
    ground.start("worker", "relayed")
    for publications in (1, 2, 3):
        ground.start("relay", "relayed", ARUS_FAULT_DIE_BEFORE_SENT=str(publications)).wait(60)
    reached = (
        "select coalesce(sum((select count(*) from relayed r where r.src_part = p.partition and"
        " (r.src_off, r.src_idx) <= (p.src_off, p.src_idx))), 0)::int from published p"
    )
    await ground.kill_while(lambda: ground.query(reached)[0], ["relay", "relayed"], kills=2, step=500)
    await ground.until(lambda: ground.query(reached) == [FACTS // 2])

    events = await ground.records(OUT)
    assert len(events) > FACTS // 2, "no kill fell between publishing and ticking off"
    kept = once(events)
    repeats, wrong = len(events) - len(kept), await verdicts_told_wrongly(ground, "relayed")
    say(f"relay: 5 kills, {FACTS // 2} events, {repeats} repeats dropped by readers, {wrong} differences")
    assert Counter(decoded(event).fact_id for event in kept) == Counter(f"f{n}" for n in range(FACTS // 2))
    places: dict[bytes | None, list[int]] = defaultdict(list)
    for event in kept:
        places[event.key].append(decoded(event).history_count)
    assert all(counts == list(range(1, len(counts) + 1)) for counts in places.values())


async def test_an_outbox_of_sixteen_writers_skips_nothing_and_keeps_each_aggregate_in_order(
    ground: Ground, say: Say
) -> None:
    def facts() -> int:
        return ground.query("select count(*) from facts")[0]

    for publications in (3, 5, 8):
        door = ground.start("door", "16")
        relay = ground.start("relay", ARUS_FAULT_DIE_BEFORE_SENT=str(publications))
        before = facts()
        await ground.until(lambda at=before: facts() > at + 300)
        assert relay.wait(60) == -signal.SIGKILL, ground.said()
        door.kill()
        door.wait()
    await ground.kill_while(facts, ["door", "16"], kills=2, step=200)
    last_door = ground.processes[-1]
    ground.start("relay")
    await ground.until(lambda: facts() > 2_000)
    last_door.kill()
    last_door.wait()
    await ground.until(lambda: ground.query("select count(*) from outbox") == [0])

    events = await ground.records(IN)
    assert len(events) > facts(), "no kill fell between publishing and ticking off"
    kept = once(events)
    wrong = await facts_told_wrongly(ground)
    say(f"outbox of 16 writers: 5 kills, {facts()} events, {wrong} differences")
    told = [(event.transaction_id, event.volume_ul) for event in map(decoded, kept)]
    assert Counter(told) == Counter(ground.query("select id, version from facts"))
    versions: dict[bytes | None, list[int]] = defaultdict(list)
    for event in kept:
        versions[event.key].append(decoded(event).volume_ul)
    assert all(of == list(range(1, len(of) + 1)) for of in versions.values())
