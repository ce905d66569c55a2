"""The second opinion on verdicts and the incidents that follow, whatever the order and the batches."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import exp
from random import Random
from typing import Any

import pytest
from arus.anomaly.v1.events_pb2 import (
    CAUSE_SALAH_CATAT,
    INCIDENT_CHANGE_CLOSED,
    INCIDENT_CHANGE_ESCALATED,
    INCIDENT_CHANGE_OPENED,
    INCIDENT_CHANGE_UPDATED,
    INCIDENT_CHANGE_WITHDRAWN,
    SEVERITY_CRITICAL,
    SEVERITY_NONE,
    SEVERITY_WARNING,
    STAGE_JUDGED,
    STAGE_LEARNING,
    STATUS_ANOMALI,
    STATUS_NORMAL,
    IncidentChanged,
    OpinionReached,
    OpinionWithdrawn,
    VerdictReached,
    VerdictWithdrawn,
)
from arus_anomaly import codec
from arus_anomaly.handlers import INCIDENTS, OPINIONS, learned
from arus_anomaly.handlers.learned import CLOSED, OPEN, TOLD, WITHDRAWN, Told
from arus_anomaly.rules import feedback
from arus_anomaly.rules.feedback import NO_ANSWERS, Answer, Given, with_answers
from arus_anomaly.rules.learned.calibrations import NO_CALIBRATIONS
from arus_anomaly.state import Watch, new_history, new_watch
from arus_runtime.side_inputs import Known
from arus_runtime.worker import Emit, Pages, Reject, Row, Supersede, Upsert
from hypothesis import given, settings
from hypothesis import strategies as st
from ulid import ULID

from .test_handlers import FOR_EVER_MS, GOLDEN, batch, example, meta, told

MONDAY = date(2025, 1, 6).toordinal()
DAY_MS = 86_400_000
FIRST_MS = 1_736_121_600_000  # 2025-01-06
UL = 1_000_000
BUILT_IN = Known(TOLD.empty, FOR_EVER_MS)


def name(day: int, late: int = 0) -> str:
    """Return the id of the fact of a day, recorded so many days later."""
    at = FIRST_MS + (day + late) * DAY_MS + 1
    return str(ULID.from_bytes(at.to_bytes(6, "big") + bytes([0] * 8 + [day % 256, 1])))


def verdict(day: int, litres: float, status: Any = STATUS_NORMAL, fact_id: str = "") -> VerdictReached:
    return VerdictReached(
        tenant_id="T",
        domain="fuel",
        fact_id=fact_id or name(day),
        location_id="L",
        product_id="P",
        business_date=date.fromordinal(MONDAY + day).isoformat(),
        status=status,
        volume_ul=round(litres * UL),
        reason_code="FUEL_NORMAL",
    )


def withdrawal(fact_id: str) -> VerdictWithdrawn:
    return VerdictWithdrawn(tenant_id="T", domain="fuel", fact_id=fact_id, location_id="L", product_id="P")


@dataclass
class Desk:
    """One key's watch, and what lies in the tables after its effects."""

    known: Known[Told] = BUILT_IN
    watch: Watch = field(default_factory=lambda: new_watch(Pages()))
    opinions: dict[str, OpinionReached] = field(default_factory=dict[str, OpinionReached])
    incidents: dict[str, tuple[Any, ...]] = field(default_factory=dict[str, tuple[Any, ...]])
    told: list[IncidentChanged] = field(default_factory=list[IncidentChanged])
    written: int = 0

    def take(self, *events: VerdictReached | VerdictWithdrawn) -> "Desk":
        """Fold one batch, then write the state down and read it back."""
        asks = False
        for event in events:
            outcome = learned.handlers[type(event)](self.watch, event, meta(), self.known)
            if isinstance(outcome, Watch):
                self.watch, asks = outcome, True
            else:
                self.watch = outcome[0]
                self._apply(outcome[1])
        if asks:
            assert learned.conclusion is not None
            self.watch, effects = learned.conclusion(self.watch, meta(), self.known)
            self._apply(effects)
        stored = {name: codec.dump_stretch(page) for name, page in self.watch.pages.changed.items()}
        held = Pages({}, {name: codec.load_stretch(value) for name, value in stored.items()})
        self.watch = codec.load_watch(codec.dump_watch(self.watch), held)
        return self

    def _apply(self, effects: Iterable[Any]) -> None:
        for effect in effects:
            if isinstance(effect, Supersede):
                for _, fact_id, *_ in effect.entities:
                    self.opinions.pop(fact_id, None)
            elif isinstance(effect, Row):
                assert effect.table is OPINIONS
                self.written += 1
                fact_id = effect.values[1]
                assert fact_id not in self.opinions, "two current opinions on one fact"
                if isinstance(effect.event, OpinionReached):
                    self.opinions[fact_id] = effect.event
                else:
                    assert isinstance(effect.event, OpinionWithdrawn)
                    self.opinions[fact_id] = OpinionReached()
            elif isinstance(effect, Upsert):
                assert effect.table is INCIDENTS
                self.incidents[effect.values[1]] = effect.values
            else:
                assert isinstance(effect, Emit)
                assert isinstance(effect.event, IncidentChanged)
                self.told.append(effect.event)

    def standing(self) -> tuple[Any, Any]:
        """Return current opinions, and incidents that stand."""
        standing = {key: row for key, row in self.incidents.items() if row[5] != WITHDRAWN}
        return self.opinions, {key: row[:-1] for key, row in standing.items()}


def test_the_golden_verdict_opens_the_golden_incident() -> None:
    _, effects = batch(new_history(Pages()), *GOLDEN)
    _, source = example("anomaly.verdict.v1/golden-520-l-is-anomali")
    watch, events = new_watch(Pages()), list[Any]()
    for event in told(effects):
        watch, said = learned.handlers[VerdictReached](watch, event, source, BUILT_IN)
        events = [effect.event for effect in said if isinstance(effect, Row | Emit)]
    opinion, _ = example("anomaly.opinion.v1/golden-520-l-is-still-learned-from")
    incident, _ = example("anomaly.incident.v1/golden-520-l-opens-an-incident")
    assert events == [opinion, incident]
    void, source = example("anomaly.verdict.v1/withdrawn")
    watch = learned.handlers[VerdictWithdrawn](watch, void, source, BUILT_IN)
    _, said = learned.conclusion(watch, source, BUILT_IN) if learned.conclusion else (None, ())
    assert [effect.event for effect in said if isinstance(effect, Row | Emit)] == [
        example("anomaly.opinion.v1/withdrawn")[0], example("anomaly.incident.v1/withdrawn")[0],
    ]  # fmt: skip


def usual(days: int, seed: int = 7, scale: float = 0.08) -> list[VerdictReached]:
    chance = Random(seed)
    return [verdict(day, 300.0 * exp(chance.gauss(0.0, scale))) for day in range(days)]


def test_a_key_with_few_facts_is_still_being_learned() -> None:
    desk = Desk().take(*usual(21))
    assert {one.stage for one in desk.opinions.values()} == {STAGE_LEARNING}
    assert desk.take(usual(22)[-1]).opinions[name(21)].stage == STAGE_JUDGED


def test_an_opinion_tells_what_was_expected_and_what_would_have_been_normal() -> None:
    desk = Desk().take(*usual(40), verdict(40, 900.0, STATUS_ANOMALI))
    said = desk.opinions[name(40)]
    assert said.low_ul < said.expected_ul < said.high_ul < said.volume_ul
    assert abs(said.expected_ul - 300 * UL) < 30 * UL
    assert (said.severity, said.p < 1e-4, said.history_count) == (SEVERITY_CRITICAL, True, 40)
    assert said.milder == SEVERITY_WARNING
    assert said.high_ul < said.milder_ul < said.volume_ul
    assert (said.detector, said.calibration) == ("learned/2", "fuel-simulated-2")
    assert desk.opinions[name(30)].severity == SEVERITY_NONE


def test_a_moved_point_looks_like_a_recording_error() -> None:
    desk = Desk().take(*usual(40), verdict(40, 3000.0, STATUS_ANOMALI))
    assert desk.opinions[name(40)].hints[0].cause == CAUSE_SALAH_CATAT
    assert desk.told[-1].cause == CAUSE_SALAH_CATAT


def test_an_incident_opens_is_updated_and_closes_after_three_quiet_facts() -> None:
    desk = Desk().take(*usual(40))
    assert desk.told == []
    for day, litres in enumerate((900.0, 950.0, 300.0, 300.0, 300.0), 40):
        desk.take(verdict(day, litres, STATUS_ANOMALI if litres > 500 else STATUS_NORMAL))
    assert [one.change for one in desk.told] == [
        INCIDENT_CHANGE_OPENED, INCIDENT_CHANGE_UPDATED, INCIDENT_CHANGE_CLOSED,
    ]  # fmt: skip
    (row,) = desk.incidents.values()
    assert (row[1], row[5], row[6], row[9], row[10]) == (name(40), CLOSED, 3, 2, name(41))
    assert desk.opinions[name(40)].incident_id == desk.opinions[name(41)].incident_id == name(40)
    assert desk.opinions[name(42)].incident_id == ""


def test_what_the_rule_calls_anomali_opens_an_incident_even_where_the_detector_still_learns() -> None:
    desk = Desk().take(*usual(3), verdict(3, 520.0, STATUS_ANOMALI))
    (told,) = desk.told
    assert (told.change, told.severity, told.volume_ul, told.facts) == (
        INCIDENT_CHANGE_OPENED, SEVERITY_WARNING, 520 * UL, 1,
    )  # fmt: skip


def test_the_detector_softens_an_anomali_that_it_finds_usual_and_escalates_one_that_it_does_not() -> None:
    wide = usual(60, scale=0.35)
    desk = Desk().take(*wide, verdict(60, 480.0, STATUS_ANOMALI))
    assert desk.told[-1].severity < SEVERITY_WARNING
    desk.take(verdict(61, 3000.0, STATUS_ANOMALI))
    assert (desk.told[-1].change, desk.told[-1].severity) == (INCIDENT_CHANGE_ESCALATED, SEVERITY_CRITICAL)


def test_a_late_fact_is_judged_as_if_it_had_come_in_time() -> None:
    facts = usual(50)
    calm = Desk().take(*facts)
    desk = Desk().take(*facts[:35], *facts[36:])
    desk.take(facts[35])
    assert desk.standing() == calm.standing()
    assert desk.opinions[name(35)].stage == STAGE_JUDGED


def test_a_corrected_alarm_takes_its_incident_back() -> None:
    desk = Desk().take(*usual(40), verdict(40, 900.0, STATUS_ANOMALI), *usual(42)[41:])
    assert [row[5] for row in desk.incidents.values()] == [OPEN]
    desk.take(verdict(40, 300.0))
    assert desk.told[-1].change == INCIDENT_CHANGE_WITHDRAWN
    assert [row[5] for row in desk.incidents.values()] == [WITHDRAWN]
    assert desk.opinions[name(40)].severity == SEVERITY_NONE


def test_a_voided_fact_leaves_no_opinion_and_teaches_nothing() -> None:
    facts = usual(50)
    desk = Desk().take(*facts[:45], verdict(45, 900.0, STATUS_ANOMALI), *facts[46:])
    desk.take(withdrawal(name(45)))
    calm = Desk().take(*facts[:45], *facts[46:])
    assert name(45) not in desk.opinions
    assert desk.standing() == calm.standing()


def test_a_fact_that_sixty_stand_behind_is_too_late_for_an_opinion() -> None:
    facts = usual(100)
    desk = Desk().take(*facts[:30], *facts[31:])
    before = dict(desk.opinions)
    late = verdict(30, 310.0, fact_id=name(30, late=80))
    assert desk.take(late).opinions == before
    assert desk.take(late, withdrawal(late.fact_id)).opinions == before


def test_another_status_alone_changes_no_opinion_but_may_open_an_incident() -> None:
    facts = usual(40)
    desk = Desk().take(*facts)
    before = desk.written
    desk.take(facts[38], facts[39])
    assert desk.written == before
    desk.take(verdict(39, facts[39].volume_ul / UL, STATUS_ANOMALI))
    assert desk.told[-1].change == INCIDENT_CHANGE_OPENED


@pytest.mark.parametrize("kind", [VerdictReached, VerdictWithdrawn])
def test_a_verdict_under_another_key_is_parked(kind: Any) -> None:
    with pytest.raises(Reject, match="record key must be"):
        Desk().take(kind(domain="fuel", tenant_id="T", location_id="X", product_id="P"))


def answer(
    kind: Answer, day: int, *facts: str, answer_id: str = "a", reverts: str = "", of: str = ""
) -> Given:
    ids = frozenset(map(codec.ulid_bytes, facts))
    since = (FIRST_MS + day * DAY_MS).to_bytes(6, "big")
    return Given(since, answer_id, kind, MONDAY + day, reverts, ids, MONDAY + day, of or answer_id)


def knowing(*answers: Given) -> Known[Told]:
    told = with_answers(NO_ANSWERS, [("T", ("L", "P"), one) for one in answers])
    return Known(Told(told, NO_CALIBRATIONS), FOR_EVER_MS)


def test_a_false_alarm_raises_the_bar_of_what_is_recorded_later_until_it_is_taken_back() -> None:
    facts = [*usual(40), verdict(40, 430.0), verdict(41, 430.0)]
    strict = Desk().take(*facts)
    dismissed = [answer(Answer.FALSE_POSITIVE, 41, answer_id=f"a{n}") for n in range(8)]
    lenient = Desk(knowing(*dismissed)).take(*facts)
    assert lenient.opinions[name(40)] == strict.opinions[name(40)]
    assert lenient.opinions[name(41)].p == strict.opinions[name(41)].p
    assert lenient.opinions[name(41)].severity < strict.opinions[name(41)].severity
    reverts = [answer(Answer.REVERTED, 41, answer_id=f"r{n}", reverts=f"a{n}") for n in range(8)]
    assert Desk(knowing(*dismissed, *reverts)).take(*facts).standing() == strict.standing()


def test_a_confirmed_anomaly_is_no_part_of_what_is_learned_from_then_on() -> None:
    odd = [verdict(day, 1200.0, STATUS_ANOMALI) for day in (40, 41, 42)]
    facts = [*usual(40), *odd, *usual(60)[43:]]
    never = Desk().take(*usual(40), *usual(60)[43:])
    learned_of = Desk().take(*facts)
    kept_out = Desk(knowing(answer(Answer.CONFIRMED, 43, *(one.fact_id for one in odd)))).take(*facts)
    of = [desk.opinions[name(45)].expected_ul for desk in (never, kept_out, learned_of)]
    assert abs(of[1] - of[0]) < abs(of[2] - of[0])
    assert kept_out.opinions[name(42)] == learned_of.opinions[name(42)]


def test_the_last_answer_of_an_incident_is_the_one_that_counts() -> None:
    odd = name(3)

    def after(*said: Given) -> tuple[frozenset[bytes], Sequence[int]]:
        [of] = with_answers(NO_ANSWERS, [("T", ("L", "P"), one) for one in said])["T"].values()
        return feedback.now_confirmed(of), feedback.dismissal_days(of, feedback.END)

    yes = answer(Answer.CONFIRMED, 4, odd, answer_id="a1", of="i")
    no = answer(Answer.FALSE_POSITIVE, 5, odd, answer_id="a2", of="i")
    seen = answer(Answer.ACKNOWLEDGED, 6, odd, answer_id="a3", of="i")
    assert after(yes) == ({codec.ulid_bytes(odd)}, [])
    assert after(yes, no) == (frozenset(), [no.day])
    assert after(yes, no, seen) == (frozenset(), [])
    back = answer(Answer.REVERTED, 7, answer_id="a4", reverts="a2", of="i")
    assert after(yes, no, back) == after(yes)
    other = answer(Answer.FALSE_POSITIVE, 6, answer_id="a5", of="j")
    assert after(yes, other) == ({codec.ulid_bytes(odd)}, [other.day])
    again = answer(Answer.FALSE_POSITIVE, 8, answer_id="a6", of="i")
    assert after(no, yes._replace(valid_from=seen.valid_from), again)[1] == [again.day]


steps = st.lists(
    st.tuples(st.sampled_from(["late", "void", "correct", "status"]), st.integers(0, 40), st.integers(0, 60)),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 220), steps, st.lists(st.booleans(), min_size=400, max_size=400), st.integers(0, 9))
def test_the_end_is_what_a_calm_run_says_whatever_the_order_and_the_batches(
    size: int, changes: list[tuple[str, int, int]], cuts: list[bool], said: int
) -> None:
    facts = dict(enumerate(usual(size + 41, seed=size, scale=0.25)))
    known = BUILT_IN
    if said > 4:
        confirmed = [name(day) for day in range(max(0, size - said), size + 20, 3)]
        known = knowing(
            answer(Answer.CONFIRMED, size + 5, *confirmed),
            answer(Answer.FALSE_POSITIVE, size + 9, answer_id="b"),
        )
    kept_back = {size + at for kind, at, _ in changes if kind == "late"}
    first: list[Any] = [one for day, one in facts.items() if day not in kept_back]
    then: list[Any] = []
    for kind, at, litres in changes:
        day = size + at
        if kind == "late":
            then.append(facts[day])
        elif day in kept_back:
            continue
        elif kind == "void" and day in facts:
            del facts[day]
            then.append(withdrawal(name(day)))
        elif kind == "correct" and day in facts:
            facts[day] = verdict(day, 200.0 + 10 * litres)
            then.append(facts[day])
        elif kind == "status" and day in facts:
            facts[day] = verdict(day, facts[day].volume_ul / UL, STATUS_ANOMALI)
            then.append(facts[day])
    calm, desk = Desk(known).take(*facts.values()), Desk(known)
    batch: list[Any] = []
    for event, is_cut in zip([*first, *then], cuts, strict=False):
        batch.append(event)
        if is_cut:
            desk.take(*batch)
            batch = []
    desk.take(*batch)
    assert desk.standing() == calm.standing()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["record", "record", "void", "correct"]), st.integers(0, 1 << 30)),
        min_size=60, max_size=260,
    ),
    st.lists(st.integers(1, 60), min_size=5, max_size=40),
)  # fmt: skip
def test_where_batches_end_changes_nothing(changes: list[tuple[str, int]], sizes: list[int]) -> None:
    """Facts come in any order, up to a year late; what came too late is among them."""
    events: list[Any] = []
    known: list[str] = []
    for number, (kind, draw) in enumerate(changes):
        late = (0, 0, 0, 0, 5, 40, 170, 365)[draw % 8]
        litres = 200.0 + draw % 200
        if kind == "record" or not known:
            at = FIRST_MS + number * DAY_MS + 1
            known.append(str(ULID.from_bytes(at.to_bytes(6, "big") + number.to_bytes(10, "big"))))
            events.append(verdict(400 + number - late, litres, fact_id=known[-1]))
        elif kind == "void":
            events.append(withdrawal(known.pop(draw % len(known))))
        else:
            events.append(verdict(400 + number - late, litres, fact_id=known[draw % len(known)]))
    one_by_one, desk = Desk(), Desk()
    for event in events:
        one_by_one.take(event)
    start = 0
    while start < len(events):
        size = sizes[start % len(sizes)]
        desk.take(*events[start : start + size])
        start += size
    assert desk.standing() == one_by_one.standing()
