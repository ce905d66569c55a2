"""Which version holds for a fact, what a volume comes to by it, whatever the batches."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from arus.anomaly.v1.events_pb2 import VerdictReached
from arus_anomaly import codec
from arus_anomaly.handlers.fuel import Told
from arus_anomaly.rules.backtest import Backtest, Judged, Tally, position
from arus_anomaly.rules.backtest import Known as Tried
from arus_anomaly.rules.feedback import NO_ANSWERS
from arus_anomaly.rules.fuel import Status, assess, usual
from arus_anomaly.rules.thresholds import (
    DEFAULTS,
    NO_VERSIONS,
    Scope,
    Thresholds,
    Version,
    Versions,
    holding,
    reaches,
    with_versions,
)
from arus_anomaly.state import Fact, FuelHistory, Window, new_history
from arus_runtime.side_inputs import Known
from arus_runtime.worker import Pages
from hypothesis import given, settings
from hypothesis import strategies as st
from ulid import ULID

from .test_handlers import FOR_EVER_MS, batch, meta, recording, told

L = 1_000_000
DAY = date(2025, 1, 6).toordinal()  # a Monday
PLACE, ANYWHERE = Scope("L", "P"), Scope("", "")
STRICT = Thresholds("strict", 1_100_000, 1_300_000, 500_000, 1, by_weekday=False)
WEEKDAY = STRICT._replace(version_id="weekday", by_weekday=True)


def at(ms: int) -> bytes:
    return ms.to_bytes(6, "big")


def fact_at(ms: int) -> str:
    return str(ULID.from_timestamp(ms))


def set_at(ms: int, scope: Scope, by: Thresholds | None, version_id: str = "v") -> Version:
    return Version(at(ms), version_id, scope, by and by._replace(version_id=version_id))


def versions(*of: Version, tenant: str = "T") -> Versions:
    return with_versions(NO_VERSIONS, [(tenant, version) for version in of])


def known(*of: Version) -> Known[Told]:
    return Known(Told(versions(*of), NO_ANSWERS), FOR_EVER_MS)


def holds(ms: int, *of: Version, location: str = "L", product: str = "P") -> str:
    return holding(versions(*of)["T"], location, product, ULID.from_str(fact_at(ms)).bytes).version_id


def test_the_narrowest_scope_counts() -> None:
    everywhere = [
        set_at(5, Scope("L", "P"), STRICT, "product at location"),
        set_at(6, Scope("", "P"), STRICT, "product"),
        set_at(7, Scope("L", ""), STRICT, "location"),
        set_at(8, Scope("", ""), STRICT, "organisation"),
    ]
    assert holds(9, *everywhere) == "product at location"
    assert holds(9, *everywhere[1:]) == "product"
    assert holds(9, *everywhere[2:]) == "location"
    assert holds(9, *everywhere[3:]) == "organisation"
    assert holds(9, *everywhere, location="other") == "product"
    assert holds(9, *everywhere, location="other", product="other") == "organisation"


def test_a_version_holds_from_its_millisecond_on() -> None:
    version = set_at(1_000, ANYWHERE, STRICT)
    assert [holds(ms, version) for ms in (999, 1_000, 1_001)] == ["", "v", "v"]


def test_the_newest_counts_and_of_equal_times_the_highest_id() -> None:
    one, two = set_at(5, PLACE, STRICT, "1"), set_at(5, PLACE, STRICT, "2")
    assert holds(9, two, one) == holds(9, one, two) == "2"
    assert holds(9, two, set_at(6, PLACE, STRICT, "0")) == "0"
    assert holds(5, two, set_at(6, PLACE, STRICT, "0")) == "2"


def test_a_version_that_inherits_lets_the_wider_scope_hold_again() -> None:
    wide, near = set_at(1, ANYWHERE, STRICT, "wide"), set_at(1, PLACE, STRICT, "near")
    gone = set_at(5, PLACE, None, "gone")
    assert [holds(ms, wide, near, gone) for ms in (4, 5)] == ["near", "wide"]
    assert holds(5, near, gone) == ""
    assert holds(5, near, set_at(5, ANYWHERE, None)) == "near"


def test_adding_versions_changes_no_earlier_view() -> None:
    first = versions(set_at(1, PLACE, STRICT))
    more = with_versions(first, [("T", set_at(2, PLACE, STRICT, "w")), ("U", set_at(1, PLACE, STRICT))])
    assert [len(first["T"][PLACE]), len(more["T"][PLACE])] == [1, 2]
    assert "U" not in first


@pytest.mark.parametrize(
    ("volume_ul", "by", "expected"),
    [
        (110 * L - 1, STRICT, (Status.NORMAL, "FUEL_NORMAL")),
        (110 * L, STRICT, (Status.WASPADA, "FUEL_WASPADA")),
        (130 * L, STRICT, (Status.WASPADA, "FUEL_WASPADA")),
        (130 * L + 1, STRICT, (Status.ANOMALI, "FUEL_ANOMALI")),
        (50 * L, STRICT, (Status.NORMAL, "FUEL_NORMAL")),
        (50 * L - 1, STRICT, (Status.WASPADA, "RENDAH")),
        (1, DEFAULTS, (Status.NORMAL, "FUEL_NORMAL")),
        (999 * L, STRICT._replace(facts_needed=4), (Status.NORMAL, "BASELINE_KURANG")),
        # 0.0001 % decides exactly.
        (120_000_100, STRICT._replace(waspada_ppm=1_200_001), (Status.WASPADA, "FUEL_WASPADA")),
        (120_000_099, STRICT._replace(waspada_ppm=1_200_001), (Status.NORMAL, "FUEL_NORMAL")),
    ],
)
def test_boundaries_are_where_they_were_set(
    volume_ul: int, by: Thresholds, expected: tuple[Status, str]
) -> None:
    assert assess(volume_ul, Window(300 * L, 3), by) == expected


def _limits(low: int, more: int, most: int, needed: int) -> Thresholds:
    return Thresholds("v", low + more, low + more + most, low, needed, by_weekday=False)


limits = st.builds(
    _limits, st.integers(0, 10**8), st.integers(1, 10**8), st.integers(0, 10**8), st.integers(1, 30)
)


@given(st.integers(1, 10**12), st.lists(st.integers(1, 10**12), min_size=1, max_size=30), limits)
def test_the_status_follows_the_exact_fraction(volume_ul: int, past: list[int], by: Thresholds) -> None:
    status, _ = assess(volume_ul, Window(sum(past), len(past)), by)
    ppm = Fraction(volume_ul * len(past) * 1_000_000, sum(past))
    expected = (
        Status.NORMAL if len(past) < by.facts_needed
        else Status.WASPADA if ppm < by.low_ppm
        else Status.NORMAL if ppm < by.waspada_ppm
        else Status.WASPADA if ppm <= by.anomali_ppm
        else Status.ANOMALI
    )  # fmt: skip
    assert status is expected


def test_a_weekday_is_compared_with_its_own_kind_where_there_are_enough() -> None:
    days, volumes_ul = [DAY, DAY + 1, DAY + 7, DAY + 8], [10, 70, 30, 80]
    plain = Window(190, 4)
    monday, tuesday, sunday = DAY + 14, DAY + 15, DAY + 13
    by = WEEKDAY._replace(facts_needed=2)
    assert usual(days, volumes_ul, monday, by) == Window(40, 2)
    assert usual(days, volumes_ul, tuesday, by) == Window(150, 2)
    assert usual(days, volumes_ul, sunday, by) == plain
    assert usual(days, volumes_ul, monday, by._replace(facts_needed=3)) == plain
    assert usual(days, volumes_ul, monday, STRICT) == plain


def test_a_verdict_says_what_it_was_judged_by() -> None:
    view = known(set_at(1_000, PLACE, STRICT))
    events = [(recording(fact_at(ms), f"2025-01-{day:02}", 100), meta()) for ms, day in ((1, 1), (2_000, 2))]
    _, effects = batch(new_history(Pages()), *events, known=view)
    before, after = told(effects)
    assert isinstance(before, VerdictReached)
    assert isinstance(after, VerdictReached)
    assert (before.thresholds_id, before.history_needed, before.reason_code) == ("", 0, "BASELINE_KURANG")
    assert (after.thresholds_id, after.history_needed, after.reason_code) == ("v", 1, "FUEL_NORMAL")


def test_a_change_much_later_is_judged_by_the_version_of_the_fact() -> None:
    """A late fact moves the windows of facts recorded long before the version; theirs stays what it was."""
    view = known(set_at(500, PLACE, STRICT))
    first = [(recording(fact_at(ms), f"2025-01-{ms:02}", 100), meta()) for ms in range(10, 14)]
    history, _ = batch(new_history(Pages()), *first, known=view)
    _, effects = batch(history, (recording(fact_at(900), "2025-01-01", 400), meta()), known=view)
    said = {message.business_date: message.thresholds_id for message in told(effects)}  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]
    assert said == {"2025-01-01": "v", **{f"2025-01-{day}": "" for day in range(10, 14)}}


marks = st.lists(
    st.tuples(
        st.integers(0, 100),
        st.sampled_from([Scope("L", "P"), Scope("", "P"), Scope("L", ""), ANYWHERE]),
        st.sampled_from([STRICT, WEEKDAY, WEEKDAY._replace(facts_needed=3), None]),
    ),
    max_size=5,
)
records = st.lists(
    st.tuples(st.integers(0, 100), st.integers(0, 60), st.integers(1, 9)), min_size=1, max_size=60
)


@given(marks, records, st.lists(st.integers(1, 60), max_size=8))
@settings(max_examples=150, deadline=None)
def test_the_same_verdicts_whatever_the_batches(
    set_: list[tuple[int, Scope, Thresholds | None]],
    facts: list[tuple[int, int, int]],
    cuts: list[int],
) -> None:
    view = known(*(set_at(ms, scope, by, f"v{n}") for n, (ms, scope, by) in enumerate(set_)))
    events = [
        (recording(fact_at(ms), date.fromordinal(DAY + day).isoformat(), volume * L), meta())
        for ms, day, volume in facts
    ]

    def standing(ends: Sequence[int]) -> dict[str, bytes]:
        history: FuelHistory = new_history(Pages())
        said: dict[str, bytes] = {}
        start = 0
        for end in sorted({min(end, len(events)) for end in ends} | {len(events)}):
            history, effects = batch(history, *events[start:end], known=view)
            start = end
            for message in told(effects):
                assert isinstance(message, VerdictReached)
                said[message.fact_id] = message.SerializeToString()
        return said

    one_by_one = standing(range(len(events)))
    assert standing(cuts) == one_by_one
    of = view.at(bytes(6)).versions.get("T", {})
    for value in one_by_one.values():
        message = VerdictReached.FromString(value)
        expected = holding(of, "L", "P", codec.ulid_bytes(message.fact_id))
        assert message.thresholds_id == expected.version_id


@given(marks, records)
@settings(max_examples=100, deadline=None)
def test_a_back_test_says_what_the_worker_says_once_the_draft_holds(
    set_: list[tuple[int, Scope, Thresholds | None]], facts: list[tuple[int, int, int]]
) -> None:
    """Facts recorded under a draft that holds come out as the back-test of it says of the same facts."""
    earlier = [set_at(ms, scope, by, f"v{n}") for n, (ms, scope, by) in enumerate(set_)]
    draft = set_at(101, Scope("", "P"), WEEKDAY._replace(facts_needed=2), "draft")
    of = versions(*earlier, draft)["T"]
    events = [
        (recording(fact_at(200 + n), date.fromordinal(DAY + day).isoformat(), volume * L), meta())
        for n, (_, day, volume) in enumerate(facts)
    ]
    _, effects = batch(new_history(Pages()), *events, known=known(*earlier, draft))
    live: dict[bytes, VerdictReached] = {}
    for message in told(effects):
        assert isinstance(message, VerdictReached)
        live[codec.ulid_bytes(message.fact_id)] = message
    judged = [
        Judged(
            "L",
            "P",
            Fact(date.fromisoformat(one.business_date).toordinal(), fact_id, one.volume_ul),
            Status.NORMAL,
        )
        for fact_id, one in live.items()
    ]
    trials = list(
        Backtest(Tried(of, {}), draft.scope, at(300), 0).tried(sorted(judged, key=lambda one: one.fact))
    )
    if not reaches(of, draft.scope, "L", "P", at(300)):
        assert trials == []
        return
    assert len(trials) == len(live)
    for trial in trials:
        told_live = live[trial.judged.fact.id]
        assert (trial.status, trial.reason_code) == (Status(told_live.status), told_live.reason_code)
        assert trial.window == (told_live.history_sum_ul, told_live.history_count)


def test_a_back_test_looks_back_before_its_first_day_and_counts_from_it() -> None:
    facts = [Judged("L", "P", Fact(DAY + n, at(n) + bytes(10), 100 + n), Status.NORMAL) for n in range(6)]
    draft = set_at(0, PLACE, STRICT)
    trials = list(Backtest(Tried(versions(draft)["T"], {}), PLACE, at(9), DAY + 4).tried(facts))
    assert [(trial.judged.fact.day - DAY, trial.window) for trial in trials] == [
        (4, Window(406, 4)),
        (5, Window(510, 5)),
    ]


def test_a_draft_does_not_reach_where_a_narrower_version_holds() -> None:
    of = versions(set_at(1, PLACE, STRICT), set_at(5, ANYWHERE, WEEKDAY))["T"]
    facts = [
        Judged("L", product, Fact(DAY, product.encode() * 16, 5), Status.NORMAL) for product in ("P", "Q")
    ]
    trials = list(Backtest(Tried(of, {}), ANYWHERE, at(9), 0).tried(facts))
    assert [trial.judged.product_id for trial in trials] == ["Q"]


def test_changed_verdicts_are_kept_page_by_page_and_counted_whole() -> None:
    facts = [
        Judged(location, "P", Fact(DAY + n, at(n) + bytes(10), 100 if n < 3 else 120), Status.NORMAL)
        for location in ("A", "B")
        for n in range(5)
    ]
    draft = set_at(0, ANYWHERE, STRICT)

    def tally(most: int, after: Tally | None = None) -> Tally:
        found = Tally(most, after and position(after.changes[-1]))
        found.count(Backtest(Tried(versions(draft)["T"], {}), ANYWHERE, at(9), 0).tried(facts))
        return found

    first = tally(3)
    second = tally(3, first)
    for one in (first, second):
        assert one.changed == Counter(A=2, B=2)
        assert one.after["A"] == Counter({Status.NORMAL: 3, Status.WASPADA: 2})
        assert one.before["B"] == Counter({Status.NORMAL: 5})
    assert [position(trial)[:2] for trial in first.changes] == [
        ("A", DAY + 3),
        ("A", DAY + 4),
        ("B", DAY + 3),
    ]
    assert [position(trial)[:2] for trial in second.changes] == [("B", DAY + 4)]


def test_percentages_and_times_are_whole_or_refused() -> None:
    assert codec.ppm(Decimal("120.0001")) == 1_200_001
    assert codec.percent(1_200_001) == Decimal("120.0001")
    with pytest.raises(ValueError, match="<= 4 decimal places"):
        codec.ppm(Decimal("120.00001"))
    assert codec.ulid_start(datetime(2025, 1, 1, 0, 0, 0, 1_000, UTC)) == at(1_735_689_600_001)
