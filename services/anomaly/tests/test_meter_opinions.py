"""The second opinion on use: the customer's own past and its peers, beside the rule and never over it."""

from collections.abc import Sequence
from datetime import date
from math import exp, log, sin

import pytest
from arus_anomaly.codec import meter as codec
from arus_anomaly.rules.learned.shipped import CALIBRATIONS
from arus_anomaly.rules.meter import judge
from arus_anomaly.rules.meter.opinions import PEERS_NEEDED, Movements, Opinion, Seen, levels, opinions, reason
from arus_anomaly.state.meter import Period, Read
from arus_runtime.words import render

FIRST_DAY = date(2024, 1, 25).toordinal()
STEADY = [20_000 + (n * 37) % 11 * 400 for n in range(23)]


def seen(uses_l: Sequence[int]) -> list[Seen]:
    return [Seen(24_000 + n, FIRST_DAY + 30 * n, use) for n, use in enumerate(uses_l)]


def last(uses_l: Sequence[int], moved: Sequence[float] = ()) -> Opinion:
    said = opinions(
        seen(uses_l), {24_000 + n: level for n, level in enumerate(moved)}, lambda _: CALIBRATIONS["meter"]
    )
    return said[24_000 + len(uses_l) - 1]


def sentence(opinion: Opinion, use30_l: int) -> tuple[str, str]:
    why = reason(opinion, use30_l)
    return why.code, render(why.code, why.params, "id")


def test_a_use_far_beyond_the_customers_own_surprises_and_one_like_the_others_does_not() -> None:
    usual, wild = last([*STEADY, 21_000]), last([*STEADY, 90_000])
    assert usual.said.severity.name == "NONE"
    assert 20 < usual.said.expected < 24
    assert usual.said.low < 21 < usual.said.high < 90
    assert (wild.said.severity.name, wild.facts, wild.calibration) == ("CRITICAL", 23, "meter-simulated-2")
    assert wild.said.expected == usual.said.expected, "what is expected is known beforehand"
    code, text = sentence(wild, 90_000)
    assert code == "METER_LEARNED_HIGH"
    assert text.startswith("Di atas pola: 90 m³ sebulan, perkiraan 2")
    assert sentence(last([*STEADY, 2_000]), 2_000)[0] == "METER_LEARNED_LOW"


def test_where_all_peers_use_as_much_more_the_same_use_surprises_nobody() -> None:
    season = [*[0.0] * 23, log(3.0)]
    alone, with_peers = last([*STEADY, 63_000]), last([*STEADY, 63_000], season)
    assert alone.said.severity > with_peers.said.severity
    assert with_peers.said.severity.name == "NONE"
    assert with_peers.said.expected == pytest.approx(3 * alone.said.expected)
    assert with_peers.said.low < 63 < with_peers.said.high
    stayed = last([*STEADY, 12_000], season)
    assert stayed.said.z < alone.said.z, "who does not go with the others is seen below them"


def test_a_customer_with_fewer_than_12_uses_is_being_learned_and_nothing_alarms() -> None:
    young = last([*STEADY[:11], 900_000])
    assert (young.said.stage.name, young.said.severity.name) == ("LEARNING", "NONE")
    assert sentence(young, 900_000) == (
        "METER_LEARNED_LEARNING",
        "Pola pelanggan ini belum dikenal: baru 11 pemakaian. Pendapat kedua ada setelah 12 pemakaian.",
    )


def test_a_first_use_and_a_use_of_nothing_get_no_opinion() -> None:
    told = opinions(seen([20_000, 0, 21_000]), {}, lambda _: CALIBRATIONS["meter"])
    assert list(told) == [24_002]


def test_levels_follow_a_season_from_how_peers_moved_against_their_three_uses_before() -> None:
    season = [0.3 * sin(n / 2) for n in range(36)]
    movements = {
        n: log(exp(season[n]) / (sum(exp(level) for level in season[n - 3 : n]) / 3)) for n in range(3, 36)
    }
    found = levels(movements)
    # The level of the first three is not known; what counts is that later ones differ as the season does.
    drift = [found[n] - season[n] for n in range(10, 36)]
    assert max(drift) - min(drift) < 0.15
    assert levels({}) == {}


def test_a_median_of_too_few_peers_is_none() -> None:
    movements = Movements()
    for n in range(PEERS_NEEDED):
        movements.add(1, n / 100)
        if n:
            movements.add(2, 0.5)
    assert movements.medians() == {1: 0.095}


def test_what_was_not_read_rightly_is_no_use_to_learn_from() -> None:
    stands = (1000, 1020, 1040, 1060, 1050, 1070, 1090)
    methods = ("ACTUAL", "ACTUAL", "ACTUAL", "ESTIMATED", "ACTUAL", "ACTUAL", "ACTUAL")
    periods = [
        Period(24_000 + n, (Read(b"r", FIRST_DAY + 30 * n, stand * 1_000, "A", method),))
        for n, (stand, method) in enumerate(zip(stands, methods, strict=True))
    ]
    judged = judge(periods)
    verdicts = [codec.meter_verdict(codec.reached(one, "t", "1", "34").value) for one in judged]
    # The first read is a baseline, the fourth an estimate; the fifth, read at last, is spread over both.
    assert [bool(codec.seen(verdict)) for verdict in verdicts] == [False, True, True, False, True, True, True]
    assert [one.movement is not None for one in judged] == [False, False, True, False, True, True, True]
