"""A calibration says how often honest facts surprise: also of keys and draws it was not fitted on."""

import numpy as np
import pytest
from arus_anomaly import calibrate
from arus_anomaly.bench.measures import observed_over_nominal
from arus_anomaly.rules.learned import fitting, many
from arus_anomaly.rules.learned.calibration import HISTORY_BUCKETS
from arus_anomaly.rules.learned.columns import Memories
from arus_anomaly.rules.learned.detector import SideInputs
from arus_anomaly.rules.learned.profile import FUEL, PROFILES

NOMINAL = (0.05, 0.01)


@pytest.mark.parametrize("domain", PROFILES)
def test_other_keys_surprise_as_often_as_it_says(domain: str) -> None:
    profile = PROFILES[domain]
    fitted_on, judged = (
        calibrate.simulated(profile, calibrate.DOMAINS[domain], seed)[:300] for seed in (7, 8)
    )
    side = SideInputs(profile, calibrate.own("own", profile, fitted_on))
    keys = np.repeat(np.arange(len(judged)), [len(one.days) for one in judged])
    facts = np.concatenate([np.arange(len(one.days)) for one in judged])
    days = np.concatenate([one.days for one in judged])
    values = np.concatenate([one.values for one in judged])
    _, said = many.score(Memories.new(len(judged)), keys, days, values, side)
    told = (values > 0.0) & (facts >= profile.learning_facts)
    decades, buckets = said.decades[told], np.searchsorted(HISTORY_BUCKETS, facts[told], side="right") - 1
    assert len(np.unique(buckets)) >= 3
    for bucket in map(int, np.unique(buckets)):
        for nominal in NOMINAL:
            ratio = observed_over_nominal(decades[buckets == bucket], nominal)
            least = HISTORY_BUCKETS[bucket]
            assert 0.8 <= ratio <= 1.25, f"history of {least} and more, p <= {nominal}: {ratio:.2f}"


def test_a_bucket_of_few_facts_is_drawn_to_all_and_one_of_many_stands_alone() -> None:
    chance = np.random.default_rng(5)
    young, old = 3.0 * chance.normal(size=200), chance.normal(size=40_000)
    facts = np.repeat([30, 200], [len(young), len(old)])
    one = fitting.fitted("own", 0.15, np.concatenate((young, old)), facts, FUEL)
    by_history = dict(zip(HISTORY_BUCKETS, one.knots, strict=True))
    one_in_100 = {least: knots[-1] for least, knots in by_history.items()}
    assert one_in_100[120] == pytest.approx(2.58, rel=0.05)
    assert one_in_100[120] < one_in_100[56] < one_in_100[21] < 3 * one_in_100[120]
    assert one_in_100[56] == one_in_100[0], "nothing is known of them but what is known of all"
    middle = fitting.KNOTS // 4
    assert by_history[21][middle] > 2 * by_history[120][middle], "many facts lie beyond: it speaks for itself"


def test_facts_that_are_all_alike_make_no_calibration() -> None:
    with pytest.raises(ValueError, match="must be >= 1, got 0"):
        fitting.fitted("own", 0.15, np.zeros(2_000), np.full(2_000, 60), FUEL)


def test_anomalies_teach_the_memory_and_not_the_calibration() -> None:
    honest = calibrate.simulated(FUEL, calibrate.DOMAINS["fuel"], 7)[:40]
    marks = np.arange(len(honest[0].days)) % 30 == 29
    spoiled = [one._replace(values=np.where(marks, 9.0, 1.0) * one.values) for one in honest]
    marked = [one._replace(is_anomaly=marks) for one in spoiled]
    counted, aside = calibrate.own("own", FUEL, spoiled), calibrate.own("own", FUEL, marked)
    assert counted.usual_scale == aside.usual_scale, "the memory has seen them"
    assert counted.knots[-1][-1] > 1.5 * aside.knots[-1][-1]


def test_too_few_honest_facts_make_no_calibration() -> None:
    few = calibrate.simulated(FUEL, calibrate.DOMAINS["fuel"], 7)[:3]
    with pytest.raises(ValueError, match="facts of keys that know enough must be >= 1000, got 837"):
        calibrate.own("own", FUEL, few)
