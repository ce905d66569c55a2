"""What is said of sensors, and that it depends on nothing but their reports in order."""

from math import log10

import numpy as np
import pytest
from arus_anomaly.rules.learned.incidents import Incident
from arus_anomaly.rules.learned.stream import (
    GREATEST,
    HORIZON,
    LEARNING_REPORTS,
    StreamAssessment,
    StreamMemory,
    dump,
    load,
    score,
)
from hypothesis import given, settings
from hypothesis import strategies as st

FIVE_MINUTES_S = 300


def told(values: list[float], stored_every: int = 0) -> tuple[StreamMemory, list[StreamAssessment]]:
    memory, said = StreamMemory(), list[StreamAssessment]()
    for at, value in enumerate(values):
        if stored_every and at % stored_every == 0:
            memory = load(dump(memory))
        memory, one = score(memory, at * FIVE_MINUTES_S, value)
        said.append(one)
    return memory, said


def days(count: int, seed: int = 1) -> list[float]:
    """Return tank temperatures: warm at noon, with some noise."""
    at = np.arange(count * 288)
    noise = np.random.default_rng(seed).normal(0, 0.3, len(at))
    return (25 + 5 * np.sin(2 * np.pi * at / 288) + noise).tolist()


def test_a_spike_alarms_once_and_its_incident_closes() -> None:
    values = days(8)
    values[2000] += 12
    _, said = told(values)
    assert said[2000].incident is Incident.OPENED
    openings = [at for at, one in enumerate(said) if one.incident is Incident.OPENED and at >= 1500]
    assert openings == [2000]
    assert Incident.CLOSED in [one.incident for one in said[2000:]]


def test_what_is_usual_at_noon_is_not_usual_at_midnight() -> None:
    values = days(8)
    noon, midnight = 7 * 288 + 72, 7 * 288 + 216
    assert values[noon] > 29
    values[midnight] = values[noon]
    _, said = told(values)
    assert not said[noon].is_alarm
    assert said[midnight].is_alarm


def test_a_small_excess_that_stays_shows_too() -> None:
    values = days(10)
    for at in range(2500, 2700):
        values[at] += 0.8
    _, said = told(values)
    assert not any(one.is_alarm for one in said[2400:2500])
    assert any(one.is_alarm for one in said[2500:2600])


def test_the_first_reports_alarm_nobody() -> None:
    _, said = told([20.0] * (LEARNING_REPORTS - 1) + [9000.0])
    assert all(one.decades == 0.0 and not one.is_alarm for one in said)


def test_surprise_is_the_rank_among_all_residuals_seen() -> None:
    chance = np.random.default_rng(5)
    sizes = chance.permutation(np.arange(1.0, 401.0))
    memory, said = StreamMemory(), list[float]()
    for size in sizes.tolist():
        memory = memory._replace(recent=(0.0,), slot_reports=(0,) * 48, means=(0.0, 0.0))
        before = memory
        memory, one = score(memory, 0, size)
        said.append(one.decades)
        seen = sorted((abs(value) for value in sizes[: before.reports].tolist()), reverse=True)[:GREATEST]
        assert list(before.greatest[0]) == seen
    last, others = float(sizes[-1]), sizes[:-1]
    rank = 1 + min(int((others >= last).sum()), GREATEST)
    assert said[-1] == pytest.approx(max(-log10(rank / 400) - log10(3), 0.0))


def test_an_endless_stream_keeps_half_of_its_records_at_the_horizon() -> None:
    memory, _ = told(days(1))
    memory = memory._replace(ranked=2 * HORIZON - 1)
    halved, _ = score(memory, 0, 25.0)
    assert halved.ranked == HORIZON
    assert set(halved.greatest[0]) < set(memory.greatest[0]) | {abs(25.0 - memory.slots[0])}
    assert len(halved.greatest[0]) == GREATEST // 2


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6, allow_subnormal=False), min_size=1, max_size=150), st.integers(1, 40))
def test_storing_changes_no_bit(values: list[float], stored_every: int) -> None:
    assert told(values, stored_every) == told(values)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000), st.integers(-20, 20))
def test_the_unit_does_not_matter(seed: int, power: int) -> None:
    values = days(1, seed)
    scaled = [value * 2.0**power for value in values]
    assert [one.decades for one in told(scaled)[1]] == pytest.approx([one.decades for one in told(values)[1]])


def test_a_memory_is_small() -> None:
    assert len(dump(told(days(8))[0])) <= 1_700
