"""Counterfactuals: the exact value at which an answer would have been another one."""

from collections.abc import Callable
from math import log

from arus_anomaly.rules.learned.detector import SideInputs, expectation, judged
from arus_anomaly.rules.learned.severity import Severity
from arus_anomaly.state.memory import Memory


def last_milder(judge: Callable[[int], int], mild: int, severe: int) -> int:
    """Return the last value, on the way from mild to severe, that is judged milder than severe.

    judge: grows, or stays, on the way from mild to severe. Raises ValueError when mild is not judged milder.
    """
    bound = judge(severe)
    if judge(mild) >= bound:
        raise ValueError(f"{mild} must be judged milder than {severe}, both are {bound}")
    while abs(severe - mild) > 1:
        middle = (mild + severe) // 2
        if judge(middle) < bound:
            mild = middle
        else:
            severe = middle
    return mild


def severity_of(memory: Memory, day: int, side: SideInputs, per_unit: int) -> Callable[[int], Severity]:
    """Return what the next fact of a key would be judged, by its whole number of units.

    per_unit: how many such units make one unit of the detector's values: 1,000,000 for microlitres in litres.
    """
    if not memory.values:
        return lambda _: Severity.NONE
    expected = expectation(memory, day, side)

    def judge(units: int) -> Severity:
        if units <= 0:
            return Severity.NONE
        z = (log(units / per_unit) - expected.log_value) / expected.sigma
        return judged(memory, day, z, expected, side)[1]

    return judge
