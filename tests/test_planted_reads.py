"""A made-up town's files, read, told and judged by what does so with real ones: against its key."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from arus.metering.v1.events_pb2 import RegisterReadRecorded
from arus_anomaly.codec import meter
from arus_anomaly.rules.meter import judge
from arus_anomaly.state.meter import KnownPeriod, MeterHistory
from arus_metering import codec
from arus_metering.rules import rows
from arus_metering.rules.billing import Bill, correction
from arus_metering.state import Fact
from arus_stack.demo.water import Town, town
from arus_stack.demo.water.families import facts

AT = datetime(2026, 1, 5, 2, tzinfo=UTC)
Said = dict[tuple[str, str], tuple[str, ...]]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_was_planted_is_found_and_nothing_else(seed: int) -> None:
    made = town(60, 12, seed)
    planted: Said = {(one.nomen, one.period): one.kinds for one in made.planted if one.kinds}
    assert len({kind for kinds in planted.values() for kind in kinds}) == 7
    assert judged(made) == planted


def judged(made: Town) -> Said:
    """Return the kinds of every read of a town that has any."""
    histories: defaultdict[str, MeterHistory] = defaultdict(lambda: MeterHistory({}))
    for period in made.periods:
        # A service of which no master says anything is active, as the books settle it.
        masters = {
            of: {**values, "is_active": values["is_active"] is not False}
            for of, (values,) in by_customer(made, "MC", period).items()
        }
        bills = by_customer(made, "MAINBILL", period)
        for nomen, reads in by_customer(made, "SBRS", period).items():
            event = codec.reads_stand("t", nomen, period, reads, masters.get(nomen))
            assert isinstance(event, RegisterReadRecorded)
            made_of = [Bill(one["volume_l"], one["amount_minor"], is_current=True) for one in bills[nomen]]
            rebilled = codec.rebilled("t", nomen, period, correction(made_of), None)
            known = KnownPeriod(meter.reads(event, AT), meter.rebilling(rebilled))
            histories[nomen] = histories[nomen].with_period(meter.number(period), known)
    return {
        (nomen, meter.period(one.period)): one.kinds
        for nomen, history in histories.items()
        for one in judge(history.periods())
        if one.kinds
    }


def by_customer(made: Town, family: str, period: str) -> dict[str, Sequence[dict[str, Any]]]:
    """Return what the books take of a family's file, by customer."""
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for line, told in enumerate(facts(made, family, period).lines, 2):
        fields = {name: str(value) for name, value in told.items() if value not in (None, "")}
        fact = rows.fact(family, period, fields)
        assert isinstance(fact, Fact), fact
        found[fact.nomen].append({**fact.values, "row_id": f"{period}/{line}", "recorded_at": AT})
    return dict(found)
