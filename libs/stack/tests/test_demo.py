"""The made-up organisation is believable, repeatable, and holds what is to be found."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from statistics import mean

from arus_stack.demo import organisation, public
from arus_stack.demo.organisation import DEPOTS, FUELS, IDUL_FITRI
from arus_stack.demo.rest import in_batches

LAST = date(2026, 11, 20)
USES = list(organisation.uses(LAST))


def history(depot: str, fuel: str) -> dict[date, float]:
    return {use.date: float(use.volume_l) for use in USES if (use.depot, use.fuel) == (depot, fuel)}


def ratio(use: dict[date, float], day: date) -> float:
    """Return the use of a day over the mean of the 30 records before it, as the contract rule does."""
    past = [volume for earlier, volume in sorted(use.items()) if earlier < day][-30:]
    return use[day] / mean(past)


def test_the_same_seed_and_date_give_the_same_records() -> None:
    assert list(organisation.uses(LAST)) == USES
    assert list(organisation.uses(LAST, seed=2)) != USES


def test_two_years_of_five_depots_and_four_fuels_are_about_fourteen_thousand_records() -> None:
    assert 13_500 < len(USES) < 14_600
    assert {use.depot for use in USES} == {depot.code for depot in DEPOTS}
    assert {use.fuel for use in USES} == {fuel.code for fuel in FUELS}
    assert {depot.timezone for depot in DEPOTS} == {"Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"}
    assert (USES[0].date, USES[-1].date) == (LAST - timedelta(days=729), LAST)
    assert max(Counter((use.date, use.depot, use.fuel) for use in USES).values()) == 1
    assert all(use.date.weekday() != 6 for use in USES if use.depot == "DEMO-BPN")


def test_every_volume_is_one_the_door_accepts() -> None:
    for use in [*USES, *organisation.deliveries(LAST)]:
        assert Decimal(0) < use.volume_l <= 1_000_000
        assert use.volume_l == round(use.volume_l, 1)


def test_a_later_run_continues_an_earlier_one_whose_causes_have_ended() -> None:
    week = timedelta(days=7)
    later = list(organisation.uses(LAST + week, planted=LAST))
    assert [use for use in later if use.date <= LAST] == [use for use in USES if use.date >= later[0].date]
    spotless = list(organisation.uses(LAST + week, planted=date(2001, 1, 1)))
    assert [use for use in later if use.date > LAST] == [use for use in spotless if use.date > LAST]


def test_diesel_falls_silent_after_idul_fitri() -> None:
    use = history("DEMO-TPK", "SOLAR")
    feast = next(day for day in IDUL_FITRI if LAST - timedelta(days=700) < day < LAST)
    week = mean(use[feast + timedelta(days=n)] for n in range(7))
    before = mean(use[feast - timedelta(days=n)] for n in range(10, 31))
    assert week < 0.7 * before


def test_each_planted_cause_stands_out_where_it_was_planted_and_little_else_does() -> None:
    for cause in organisation.causes(LAST):
        use = history(cause.depot, cause.fuel)
        since = [day for day in use if cause.first <= day <= cause.last]
        assert any(ratio(use, day) > 1.2 for day in since), cause
    spotless = history("DEMO-TPK", "PERTAMAX")
    flagged = [day for day in list(spotless)[60:] if ratio(spotless, day) > 1.5]
    assert flagged == []
    cautions = [day for day in list(spotless)[60:] if ratio(spotless, day) > 1.2]
    assert len(cautions) < 0.05 * len(spotless)


def test_batches_keep_a_date_together() -> None:
    items = [{"date": str(n // 3)} for n in range(20)]
    batches = in_batches(items, 4)
    assert [item for batch in batches for item in batch] == items
    assert [len(batch) for batch in batches] == [6, 6, 6, 2]
    assert in_batches([], 4) == []


def test_the_public_series_are_there_and_acceptable() -> None:
    found = public.series()
    assert [len(one.volumes_l) for one in found] == [678, 820, 820, 776, 820, 779]
    assert len({one.code for one in found}) == 6
    for one in found:
        for (day, volume), (later, _) in zip(one.volumes_l, one.volumes_l[1:], strict=False):
            assert day < later
            assert 0 < volume <= 1_000_000
            assert volume == round(volume, 6)
