"""Whatever the facts: the detector's answers do not depend on how they are cut, stored or counted."""

from random import Random

import numpy as np
import pytest
from arus_anomaly.rules.fuel import assess
from arus_anomaly.rules.learned import many
from arus_anomaly.rules.learned.columns import Memories
from arus_anomaly.rules.learned.counterfactual import last_milder, severity_of
from arus_anomaly.rules.learned.detector import Assessment, Fact, SideInputs, score
from arus_anomaly.rules.learned.profile import FUEL, SPEND
from arus_anomaly.rules.learned.severity import Severity, cut_of
from arus_anomaly.rules.learned.shipped import CALIBRATIONS
from arus_anomaly.state import Window
from arus_anomaly.state.memory import Memory, dump, load
from hypothesis import assume, given, settings
from hypothesis import strategies as st

SIDES = (SideInputs(FUEL, CALIBRATIONS["fuel"]), SideInputs(SPEND, CALIBRATIONS["spend"]))
FIRST_DAY = 739_300  # reaches over a Lebaran
UL = 1_000_000


def values(seed: int, size: int) -> list[float]:
    """Return a history with outliers, zeros and a shift, in whole microlitres."""
    chance = np.random.default_rng(seed)
    log_values = 6 + 0.2 * chance.standard_t(4, size) + 0.5 * (np.arange(size) > chance.integers(10, 200))
    spoiled = np.exp(log_values) * chance.choice([1.0, 1.0, 1.0, 1.0, 1.0, 10.0, 0.1], size)
    kept = np.where(chance.random(size) < chance.choice([0.0, 0.02, 0.4]), 0.0, spoiled)
    return [round(value * UL) / UL for value in kept.tolist()]


def folded(facts: list[Fact], side: SideInputs) -> tuple[Memory, list[Assessment]]:
    memory, said = Memory(), list[Assessment]()
    for fact in facts:
        memory, one = score(memory, fact, side)
        said.append(one)
    return memory, said


seeds = st.integers(0, 2**32 - 1)
sides = st.sampled_from(SIDES)
OFF = st.floats(0.5, 6) | st.floats(1, 6) | st.floats(-6, -1)
"""Decades beside the expectation; mostly above, where lumpy keys surprise too."""


@settings(max_examples=30, deadline=None)
@given(
    seeds,
    st.integers(1, 8) | st.integers(30, 70),
    st.integers(1, 60),
    sides,
    st.randoms(use_true_random=False),
)
def test_many_keys_at_once_give_the_same_bits(
    seed: int, keys: int, size: int, side: SideInputs, chance: Random
) -> None:
    facts = [
        (key, Fact(FIRST_DAY + at, value))
        for key in range(keys)
        for at, value in enumerate(values(seed + key, size))
    ]
    turns = [key for key, _ in facts]
    chance.shuffle(turns)
    waiting = {key: iter([fact for one, fact in facts if one == key]) for key in range(keys)}
    mixed = [(key, next(waiting[key])) for key in turns]
    cut = len(mixed) // 3
    memories, said = Memories.new(keys), list[Assessment]()
    for batch in (mixed[:cut], mixed[cut:]):
        memories, told = many.score(
            memories,
            np.array([key for key, _ in batch], np.int64),
            np.array([fact.day for _, fact in batch], np.int64),
            np.array([fact.value for _, fact in batch], np.float64),
            side,
        )
        said += [told.row(at) for at in range(len(batch))]
    alone = {key: folded([fact for one, fact in facts if one == key], side) for key in range(keys)}
    answers = {key: iter(one[1]) for key, one in alone.items()}
    assert said == [next(answers[key]) for key, _ in mixed]
    assert [dump(memories.row(key)) for key in range(keys)] == [dump(alone[key][0]) for key in range(keys)]


@settings(max_examples=40, deadline=None)
@given(seeds, sides, st.lists(st.booleans(), min_size=60, max_size=60))
def test_storing_between_batches_changes_no_bit(seed: int, side: SideInputs, stored: list[bool]) -> None:
    facts = [Fact(FIRST_DAY + at, value) for at, value in enumerate(values(seed, len(stored)))]
    memory, said = Memory(), list[Assessment]()
    for fact, is_stored in zip(facts, stored, strict=True):
        memory, one = score(load(dump(memory)) if is_stored else memory, fact, side)
        said.append(one)
    assert (memory, said) == folded(facts, side)


@settings(max_examples=60, deadline=None)
@given(seeds, st.integers(25, 120), sides, OFF, st.integers(0, 4))
def test_the_answer_flips_exactly_at_the_counterfactual(
    seed: int, size: int, side: SideInputs, decades_off: float, dismissals: int
) -> None:
    memory, _ = folded([Fact(FIRST_DAY + at, value) for at, value in enumerate(values(seed, size))], side)
    day = FIRST_DAY + size
    cut, cut_day = cut_of([day] * dismissals)
    memory = memory._replace(cut=cut, cut_day=cut_day)
    judge = severity_of(memory, day, side, UL)
    expected = score(memory, Fact(day, 1.0), side)[1].expected
    volume_ul = max(round(expected * 10.0**decades_off * UL), 1)
    live = score(memory, Fact(day, volume_ul / UL), side)[1]
    assert judge(volume_ul) == live.severity, "the counterfactual asks what the detector answers"
    assume(live.severity > Severity.NONE)
    flip = last_milder(judge, round(expected * UL), volume_ul)
    toward = 1 if volume_ul > flip else -1
    milder = score(memory, Fact(day, flip / UL), side)[1].severity
    as_severe = score(memory, Fact(day, (flip + toward) / UL), side)[1].severity
    assert milder < live.severity == as_severe


@given(st.integers(1, 10**12), st.lists(st.integers(1, 10**12), min_size=3, max_size=30))
def test_the_contracts_answer_flips_exactly_too(volume_ul: int, history_ul: list[int]) -> None:
    window = Window(sum(history_ul), len(history_ul))
    status = assess(volume_ul, window)[0]
    assume(status > assess(0, window)[0])
    flip = last_milder(lambda ul: assess(ul, window)[0], 0, volume_ul)
    assert assess(flip, window)[0] < status == assess(flip + 1, window)[0]


def test_waspada_if_at_most_450_litres() -> None:
    window = Window(900 * UL, 3)
    assert last_milder(lambda ul: assess(ul, window)[0], 0, 520 * UL) == 450 * UL


def test_what_is_no_milder_has_no_flip() -> None:
    with pytest.raises(ValueError, match="300 must be judged milder than 300, both are 0"):
        last_milder(lambda _: 0, 300, 300)
