"""Both workers, one behind the other: facts in any order, opinions whatever the batches."""

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from arus_anomaly.state import Rows, new_history
from arus_runtime.worker import Pages
from ulid import ULID

from .conftest import Place
from .test_handlers import batch, meta, told
from .test_opinions import FIRST_MS, Desk

PLACE = Place(tenant="T", location="L", product="P")


def verdicts(chance: Random) -> tuple[list[Any], set[str]]:
    """Return what the rule says of facts that come late, are corrected or voided, and which stand."""
    pages: dict[str, Rows | None] = {"contents": None, **dict.fromkeys(map(str, range(50)))}
    history, said, standing = new_history(Pages(pages)), list[Any](), list[str]()
    for start in range(0, 150, 10):
        events: list[Any] = []
        for number in range(start, start + 10):
            day = date(2024, 1, 1) + timedelta(days=number * 2 - chance.choice((0, 0, 0, 30, 170)))
            at = (FIRST_MS + number).to_bytes(6, "big") + number.to_bytes(10, "big")
            standing.append(str(ULID.from_bytes(at)))
            events.append(PLACE.recorded(day, chance.randint(50, 500), standing[-1]))
            if chance.random() < 0.2:
                events.append(PLACE.corrected(chance.choice(standing), day, chance.randint(50, 500)))
            if chance.random() < 0.1:
                events.append(PLACE.voided(standing.pop(chance.randrange(len(standing)))))
        history, effects = batch(history, *((event, meta()) for event in events))
        said += told(effects)
    return said, set(standing)


@pytest.mark.parametrize("seed", range(12))
def test_a_standing_fact_has_the_opinion_that_any_batches_give(seed: int) -> None:
    chance = Random(seed)
    said, standing = verdicts(chance)
    one_by_one = Desk()
    for verdict in said:
        one_by_one.take(verdict)
    assert set(one_by_one.opinions) <= standing
    for _ in range(2):
        desk, start = Desk(), 0
        while start < len(said):
            size = chance.choice((1, 3, 20, 100, 1000))
            desk.take(*said[start : start + size])
            start += size
        assert desk.standing() == one_by_one.standing()
