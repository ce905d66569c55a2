"""A calibration says how often honest facts surprise: also of keys and draws it was not fitted on."""

import numpy as np
import pytest
from arus_anomaly import calibrate
from arus_anomaly.rules.learned import fitting, many
from arus_anomaly.rules.learned.columns import Memories
from arus_anomaly.rules.learned.detector import SideInputs
from arus_anomaly.rules.learned.profile import FUEL, PROFILES

NOMINAL = 0.05


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
    rows = fitting.observed_over_nominal(said.decades[told], facts[told], NOMINAL)
    assert len(rows) >= 2
    for least, _, ratio in rows:
        assert 0.8 <= ratio <= 1.25, f"history of {least} and more: {ratio:.2f}"


def test_too_few_honest_facts_make_no_calibration() -> None:
    few = calibrate.simulated(FUEL, calibrate.DOMAINS["fuel"], 7)[:3]
    with pytest.raises(ValueError, match="facts of keys that know enough must be >= 1000, got 837"):
        calibrate.own("own", FUEL, few)
