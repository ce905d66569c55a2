"""The second opinion: the learned detector on every fact that was judged, and the incidents that follow.

A fact that comes in order is looked at once. One that comes late, is corrected or voided makes the facts
behind it be looked at again, as if it had always stood there: at most the last 60, because what lies further
back is in the memory and cannot be taken out of it.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import takewhile
from typing import Any, Final, NamedTuple

from arus_runtime.tuples import new

from arus_anomaly.rules import alarms
from arus_anomaly.rules.alarms import Step, Turn
from arus_anomaly.rules.feedback import NOTHING
from arus_anomaly.rules.fuel import Status
from arus_anomaly.rules.learned import counterfactual, detector
from arus_anomaly.rules.learned.causes import Hint, hints
from arus_anomaly.rules.learned.detector import REBUILT_FACTS, Assessment, Fact, SideInputs, Stage
from arus_anomaly.rules.learned.incidents import Incident
from arus_anomaly.rules.learned.severity import Severity
from arus_anomaly.state import (
    PAGE_FACTS,
    Change,
    OpenIncident,
    Rows,
    Seen,
    Trail,
    Watch,
    all_seen,
    row,
    seen,
)
from arus_anomaly.state import Fact as Row
from arus_anomaly.state.memory import Memory

UL_PER_L: Final = 1_000_000
ALL_FACTS: Final = 1 << 30


class Basis(NamedTuple):
    """What a fact is looked at by, beside the memory."""

    side: SideInputs
    cut: float = 0.0
    """By how many decades people's dismissals have raised the key's bar, on ``cut_day``."""
    cut_day: int = 0
    confirmed: frozenset[bytes] = NOTHING


BasisOf = Callable[[bytes, int], Basis]
"""What the fact with this id and day is looked at by."""


class Opinion(NamedTuple):
    """What the second opinion says of a fact. memory: what was known before it."""

    fact: Seen
    memory: Memory
    side: SideInputs
    assessment: Assessment
    alarm: Severity
    step: Step

    @property
    def incident_id(self) -> bytes | None:
        """The incident that the fact belongs to."""
        return self.step.incident.id if self.alarm and self.step.incident else None

    def says(self) -> tuple[Any, ...]:
        """Return what makes it another opinion when it differs: all that telling it reads."""
        return self.fact, self.memory, self.side, self.assessment, self.alarm, self.incident_id


def next_one(watch: Watch, fact: Seen, basis_of: BasisOf) -> tuple[Watch, Opinion]:
    """Look at a fact that stands behind all others."""
    basis, trail = basis_of(fact.id, fact.day), watch.trail
    if basis.confirmed or trail.left_out:
        rows = _last(watch, REBUILT_FACTS).now
        trail = _without(trail, rows.part(max(len(rows) - REBUILT_FACTS, 0)), basis)
    trail, opinion = _looked_at(trail, fact, basis)
    return watch.followed_by(fact, trail), opinion


def changed(watch: Watch, fact: Seen) -> Watch | None:
    """Take in what is said of a fact that does not stand behind all others; None when nothing changes.

    What 60 facts or more stand behind is too late: it gets no opinion, and a known fact keeps the one it has.
    """
    change = _last(watch, REBUILT_FACTS + 1)  # where it stood counts no more
    now, new = change.now, row(fact)
    standing = now.find(fact.id)
    if standing is None and now.place(new) >= _reach(now):
        change = _last(watch, ALL_FACTS)
        now = change.now
        standing = now.find(fact.id)
    highest_id = max(watch.highest_id, fact.id)
    if standing is not None:
        if new == standing or now.place(standing) < _reach(now):
            return None
        now = now.without(standing)
    is_in_reach = now.place(new) >= _reach(now)
    if not is_in_reach and standing is None:
        return None if highest_id == watch.highest_id else watch._replace(highest_id=highest_id)
    gone = change.gone - {fact.id} if is_in_reach else change.gone | {fact.id}
    change = change._replace(now=now.with_(new) if is_in_reach else now, gone=gone)
    return watch._replace(highest_id=highest_id, change=change)


def voided(watch: Watch, fact_id: bytes) -> Watch:
    """Take in that a fact stands no more.

    What 60 facts or more stand behind stays in the memory, but nothing is said of it any more.
    """
    change = _last(watch, REBUILT_FACTS)
    if change.now.find(fact_id) is None:
        change = _last(watch, ALL_FACTS)
    now = change.now
    standing = now.find(fact_id)
    if standing is not None:
        is_in_reach = now.place(standing) >= _reach(now)
        now = now.without(standing)
        if not is_in_reach:
            now = now.with_(row(seen(standing)._replace(status=Status.WITHDRAWN)))
    return watch._replace(change=change._replace(now=now, gone=change.gone | {fact_id}))


def _reach(rows: Rows) -> int:
    """Return the first place that fewer than 60 facts stand behind."""
    return max(len(rows) - REBUILT_FACTS + 1, 0)


def _last(watch: Watch, count: int) -> Change:
    """Return the change of the running batch with the last so many facts, as many as are kept."""
    newest = watch.newest.rows
    change = watch.change or Change(watch.last_page + 1, newest, newest)
    first, older = watch.before(change.first, count - len(change.now))
    return change._replace(first=first, was=older.joined(change.was), now=older.joined(change.now))


class Conclusion(NamedTuple):
    """What was said before a batch's late changes and is no more, what is said instead, and of incidents."""

    gone: Sequence[bytes]
    """Facts that no longer stand."""
    said: Sequence[Opinion]
    turns: Sequence[tuple[Turn, OpenIncident]]


def conclude(watch: Watch, basis_of: BasisOf) -> tuple[Watch, Conclusion]:
    """Look at the facts behind the batch's first change again."""
    change = watch.change
    if change is None:
        return watch, Conclusion((), (), ())
    same = sum(
        1
        for _ in takewhile(
            lambda pair: pair[0] == pair[1], zip(_all(change.was), _all(change.now), strict=False)
        )
    )
    skipped = min(same // PAGE_FACTS, watch.last_page + 1 - change.first)
    first, start = change.first + skipped, skipped * PAGE_FACTS
    trail = watch.page(first).before
    preceding = partial(_preceding, watch, first)
    _, was = _all_looked_at(trail, change.was.part(start), preceding, basis_of)
    trails, now = _all_looked_at(trail, change.now.part(start), preceding, basis_of)
    before = {one.fact.id: one for one in was if one.fact.status}
    standing = {one.fact.id for one in now if one.fact.status}
    said = [
        one
        for one in now
        if one.fact.status and (one.fact.id not in before or before[one.fact.id].says() != one.says())
    ]
    return watch.rewritten(first, trails, change.now.part(start)), Conclusion(
        sorted((before.keys() | change.gone) - standing),
        said,
        [
            *alarms.turns(
                *(alarms.standing(trail.incident, (one.step for one in all_)) for all_ in (was, now))
            )
        ],
    )


def milder(opinion: Opinion) -> tuple[Severity, int] | None:
    """Return the last volume (µL) that would have been judged milder, and how; None when nothing is."""
    severity = opinion.assessment.severity
    if severity is Severity.NONE:
        return None
    judge = counterfactual.severity_of(opinion.memory, opinion.fact.day, opinion.side, UL_PER_L)
    usual_ul = round(opinion.assessment.expected * UL_PER_L)
    last_ul = counterfactual.last_milder(judge, usual_ul, opinion.fact.volume_ul)
    return judge(last_ul), last_ul


def likely_causes(opinion: Opinion) -> Sequence[Hint]:
    """Return what a fact that alarms or surprises looks like, likeliest first."""
    said = opinion.assessment
    if said.stage is Stage.LEARNING or not (opinion.alarm or said.severity):
        return ()
    fact = Fact(opinion.fact.day, opinion.fact.volume_ul / UL_PER_L)
    return hints(opinion.memory, fact, detector.expectation(opinion.memory, fact.day, opinion.side))


def _all(rows: Rows) -> Iterator[Row]:
    return rows.between(0, len(rows))


def _preceding(watch: Watch, first: int) -> Rows:
    """Return the last 60 facts before a page, or as many as are kept."""
    _, rows = watch.before(first, REBUILT_FACTS)
    return rows.part(max(len(rows) - REBUILT_FACTS, 0))


def _all_looked_at(
    trail: Trail, rows: Rows, preceding: Callable[[], Rows], basis_of: BasisOf
) -> tuple[Sequence[Trail], Sequence[Opinion]]:
    """Look at facts in order; return what is remembered before each and after all, and what is said."""
    trails, opinions = [trail], list[Opinion]()
    for place, fact in enumerate(all_seen(rows)):
        basis = basis_of(fact.id, fact.day)
        if basis.confirmed or trail.left_out:
            behind = rows.part(max(place - REBUILT_FACTS, 0), place)
            if place < REBUILT_FACTS:
                older = preceding()
                behind = older.part(max(len(older) + place - REBUILT_FACTS, 0)).joined(behind)
            trail = _without(trail, behind, basis)
        trail, opinion = _looked_at(trail, fact, basis)
        trails.append(trail)
        opinions.append(opinion)
    return trails, opinions


def _looked_at(trail: Trail, fact: Seen, basis: Basis) -> tuple[Trail, Opinion]:
    side, cut, cut_day, _ = basis
    memory = trail.memory
    if (memory.cut, memory.cut_day) != (cut, cut_day):
        memory = memory._replace(cut=cut, cut_day=cut_day)
    after, assessment = detector.score(memory, Fact(fact.day, fact.volume_ul / UL_PER_L), side)
    severity = alarms.alarm(fact.status, assessment)
    step = alarms.stepped(trail.incident, fact, severity)
    open_ = None if step.did is Incident.CLOSED else step.incident
    opinion = new(Opinion, (fact, memory, side, assessment, severity, step))
    return new(Trail, (after, open_, trail.left_out)), opinion


def _without(trail: Trail, behind: Rows, basis: Basis) -> Trail:
    """Return what is remembered with the confirmed anomalies among the last 60 facts left out."""
    ids = {fact.id for fact in _all(behind)}
    here = basis.confirmed & ids
    if here == trail.left_out & ids:
        return trail._replace(left_out=here)
    facts = [Fact(fact.day, fact.volume_ul / UL_PER_L) for fact in all_seen(behind) if fact.id not in here]
    return trail._replace(memory=detector.rebuilt(facts, basis.side), left_out=here)
