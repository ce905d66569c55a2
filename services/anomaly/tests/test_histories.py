"""Whatever happened, in whatever batches: what we say is what the plain rule says."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from random import Random
from typing import Literal, NamedTuple, TypeVar

import pytest
from arus_anomaly import codec, state
from arus_anomaly.rules.fuel import conclude
from arus_anomaly.state import CONTENTS, PAGE_MAX, Fact, FuelHistory, Rows, Window, new_history
from arus_runtime.worker import Missing, Pages
from hypothesis import given, settings
from hypothesis import strategies as st

T = TypeVar("T")
DAY = 738_000


class Event(NamedTuple):
    kind: Literal["record", "correct", "void"]
    number: int
    day: int = 0
    volume_ul: int = 1


class Key:
    """One key's history as the engine keeps it: as bytes, each page apart and loaded when asked for.

    warm: the history also stays in memory from batch to batch.
    """

    def __init__(self, *, warm: bool = False) -> None:
        self.warm = warm
        self.history: FuelHistory | None = None
        self.head: bytes | None = None
        self.stored: dict[str, bytes] = {}
        self.loads = 0
        self.writes = 0
        self.written: set[str] = set()
        """The pages that the last batch wrote."""
        self.said: dict[bytes, tuple[Fact, Window]] = {}

    def batch(self, events: Sequence[Event]) -> None:
        """Fold the events and say what follows from them."""
        history = self.history or new_history(Pages())
        if self.head is not None and not self.warm:
            history = codec.load_history(self.head, Pages())
        for event in events:
            history = self._loading(
                history, lambda event=event, history=history: self._applied(history, event)
            )
        judged, withdrawn = self._loading(history, lambda: conclude(history))
        for fact, window, _, _, replaces, _ in judged:
            said = self.said.get(fact.id)
            assert (said is not None) == replaces
            assert said != (fact, window), "an identical verdict was said again"
            self.said[fact.id] = (fact, window)
        for fact in withdrawn:
            del self.said[fact.id]
        self.writes += len(judged) + len(withdrawn)
        history = history.concluded()
        self.written = set(history.archive.pages.changed)
        self.stored |= {name: codec.dump_rows(page) for name, page in history.archive.pages.changed.items()}
        self.head = codec.dump_history(history)
        self.history = history.with_pages(history.archive.pages.saved())
        check_layout(history, {name: codec.load_rows(page) for name, page in self.stored.items()})

    def _applied(self, history: FuelHistory, event: Event) -> FuelHistory:
        """Take an event in as the handlers do: what is the newest fact is judged at once."""
        fact = Fact(DAY + event.day, fact_id(event.number), event.volume_ul)
        standing = history.find(fact.id)
        match event.kind:
            case "record" if standing is None:
                newest = history.followed_by(fact)
                if newest is None:
                    return history.recorded(fact)
                history, window = newest
                assert fact.id not in self.said
                self.said[fact.id] = (fact, window)
                self.writes += 1
                return history
            case "correct" if standing:
                return history.corrected(standing, fact)
            case "void" if standing:
                return history.voided(standing)
            case _:
                return history

    def _loading(self, history: FuelHistory, step: Callable[[], T]) -> T:
        while True:
            try:
                return step()
            except Missing as missing:
                value = self.stored.get(missing.page)
                page = None if value is None else codec.load_rows(value)
                history.archive.pages.loaded(missing.page, page)
                self.loads += 1


def fact_id(number: int) -> bytes:
    return number.to_bytes(16, "big")


def standing_after(events: Sequence[Event]) -> list[Fact]:
    standing: dict[int, Fact] = {}
    for kind, number, day, volume_ul in events:
        if kind == "void":
            standing.pop(number, None)
        elif (kind == "record") == (number not in standing):
            standing[number] = Fact(DAY + day, fact_id(number), volume_ul)
    return sorted(standing.values())


def plainly(facts: Sequence[Fact]) -> dict[bytes, tuple[Fact, Window]]:
    """Say the rule as plainly as possible: no pages, no batches, no running sums."""
    said: dict[bytes, tuple[Fact, Window]] = {}
    for position, fact in enumerate(facts):
        near = [other for other in facts[:position] if fact.day - other.day <= 180][-30:]
        said[fact.id] = fact, Window(sum(other.volume_ul for other in near), len(near))
    return said


def check_layout(history: FuelHistory, stored: dict[str, Rows]) -> None:
    """Check what the fast path relies on."""
    hot = history.hot
    assert len(hot) <= state.HOT_MAX
    assert history.window_sum_ul == sum(
        fact.volume_ul for fact in hot.between(history.window_start, len(hot))
    )
    contents = stored.get(CONTENTS) or Rows.empty()
    assert len(hot) > state.WINDOW_FACTS or not contents
    pages = [stored[str(contents.value(position))] for position in range(len(contents))]
    assert all(0 < len(page) <= PAGE_MAX for page in pages)
    ordered = [page[position] for page in [*pages, hot] for position in range(len(page))]
    assert all(earlier < later for earlier, later in pairwise(ordered))
    assert all(contents[position][:2] <= page[0][:2] for position, page in enumerate(pages) if position)


def batches(events: Sequence[Event], cuts: Sequence[int]) -> list[Sequence[Event]]:
    ends = sorted({min(cut, len(events)) for cut in cuts} | {len(events)})
    return [events[start:end] for start, end in pairwise([0, *ends])]


ids = st.integers(0, 400)
days = st.one_of(st.integers(0, 5), st.integers(0, 400), st.integers(0, 2_000))
volumes = st.integers(1, 10**12)
anything = st.builds(Event, st.sampled_from(["record", "record", "correct", "void"]), ids, days, volumes)
cuts = st.lists(st.integers(1, 300), max_size=12)


@st.composite
def long_histories(draw: st.DrawFn) -> list[Event]:
    """A long run in order, one fact every few days; then anything, anywhere; then order again."""
    step = draw(st.integers(0, 9))
    count = draw(st.integers(0, 400))
    run = [Event("record", number, number * step // 4, 1 + number % 7) for number in range(count)]
    reach_days = count * step // 4 + 41
    late = st.builds(
        Event,
        st.sampled_from(["record", "correct", "correct", "void"]),
        st.integers(0, count + 60),
        st.integers(0, reach_days),
        volumes,
    )
    more = range(1_000, 1_000 + draw(st.sampled_from([0, 1, 40, 80])))
    tail = [Event("record", number, reach_days + number - 1_000, 1 + number % 5) for number in more]
    return run + draw(st.lists(late, max_size=60)) + tail


@st.composite
def sparse_histories(draw: st.DrawFn) -> list[Event]:
    """Facts half a year apart, and changes that stand exactly on the edge of what they reach."""
    apart = draw(st.sampled_from([45, 60, 90, 180]))
    near = st.sampled_from([place * apart + off for place in range(25) for off in (0, 0, 0, 1, -1)])
    changes = st.builds(
        Event, st.sampled_from(["record", "correct", "void"]), st.integers(0, 40), near, volumes
    )
    run = [Event("record", number, number * apart, 1 + number % 7) for number in range(20)]
    return run + draw(st.lists(changes, max_size=25))


@given(sparse_histories(), st.lists(st.integers(1, 45), max_size=6))
@settings(max_examples=150, deadline=None)
def test_changes_reach_exactly_180_days(events: list[Event], cuts: list[int]) -> None:
    key = Key()
    for batch in batches(events, cuts):
        key.batch(batch)
    assert key.said == plainly(standing_after(events))


@given(st.lists(anything, max_size=120), cuts, st.booleans())
@settings(max_examples=150, deadline=None)
def test_any_events_in_any_batches_end_in_the_plain_verdicts(
    events: list[Event], cuts: list[int], warm: bool
) -> None:
    key = Key(warm=warm)
    for batch in batches(events, cuts):
        key.batch(batch)
    assert key.said == plainly(standing_after(events))


@given(long_histories(), st.lists(st.integers(1, 460), max_size=12), st.booleans())
@settings(max_examples=150, deadline=None)
def test_late_changes_of_long_histories_end_in_the_plain_verdicts(
    events: list[Event], cuts: list[int], warm: bool
) -> None:
    key = Key(warm=warm)
    for batch in batches(events, cuts):
        key.batch(batch)
    assert key.said == plainly(standing_after(events))


@given(st.randoms(use_true_random=False), st.integers(100, 700))
@settings(max_examples=20, deadline=None)
def test_voiding_everything_leaves_nothing(random: Random, count: int) -> None:
    events = [Event("record", number, number // 3) for number in range(count)]
    random.shuffle(events)
    voids = [Event("void", number) for number in range(count)]
    random.shuffle(voids)
    key = Key()
    for start in range(0, 2 * count, 97):
        key.batch([*events, *voids][start : start + 97])
    assert key.said == {}
    key.batch(events)
    assert key.said == plainly(standing_after(events))


@pytest.mark.parametrize(("warm", "most_loads"), [(True, 0), (False, 2 * 2_000 // 16)])
def test_a_history_in_order_reads_its_archive_only_to_add_to_it_from_a_cold_start(
    warm: bool, most_loads: int
) -> None:
    key = Key(warm=warm)
    for number in range(2_000):
        key.batch([Event("record", number, number // 2, 100)])
    assert key.loads <= most_loads
    assert key.writes == 2_000


def test_what_is_kept_per_key_is_bounded_however_long_its_history() -> None:
    key = Key()
    key.batch([Event("record", number, number // 2, 100) for number in range(5_000)])
    sizes = {name: len(value) for name, value in key.stored.items() if name != CONTENTS}
    assert key.head is not None
    assert max(len(key.head), *sizes.values()) < 2_000


def test_one_late_fact_judges_again_only_what_it_reaches() -> None:
    key = Key()
    key.batch([Event("record", number, number, 100) for number in range(1_000)])
    writes = key.writes
    key.batch([Event("record", 5_000, 500, 100)])
    # Same volume as all others: windows that stay 30 x 100 stay as they were.
    assert key.writes == writes + 1
    key.batch([Event("record", 5_001, 500, 700)])
    assert key.writes == writes + 1 + 31


def test_a_change_taken_back_within_a_batch_says_nothing() -> None:
    key = Key()
    key.batch([Event("record", number, number, 100) for number in range(10)])
    writes = key.writes
    key.batch(
        [Event("correct", 4, 4, 300), Event("correct", 4, 4, 100), Event("record", 77, 2), Event("void", 77)]
    )
    assert key.writes == writes


@pytest.mark.parametrize("gap_days", [180, 181])
def test_a_fact_is_looked_back_on_for_180_days(gap_days: int) -> None:
    key = Key()
    key.batch([Event("record", 1, 0), Event("record", 2, gap_days)])
    assert key.said[fact_id(2)][1].size == (1 if gap_days == 180 else 0)


def test_a_fact_in_order_after_a_change_looks_back_on_thirty() -> None:
    events = [Event("record", number, number, 100 + number) for number in range(50)]
    change, newest = Event("void", 40), Event("record", 60, 60, 5)
    key = Key()
    for batch in (events, [change], [newest]):
        key.batch(batch)
    assert key.said[fact_id(60)][1].size == 30
    assert key.said == plainly(standing_after([*events, change, newest]))


def test_rows_that_share_their_columns_do_not_change_each_other() -> None:
    facts = [Fact(DAY + number, fact_id(number), number) for number in range(6)]
    first = Rows.empty().followed_by(facts[0]).followed_by(facts[1])
    one, other = first.followed_by(facts[2]), first.followed_by(facts[3])
    longer = one.followed_by(facts[4])
    for rows, expected in ((first, facts[:2]), (one, facts[:3]), (other, [*facts[:2], facts[3]])):
        assert list(rows.between(0, len(rows))) == expected
        assert codec.load_rows(codec.dump_rows(rows)).columns() == rows.columns()
        assert rows.find(fact_id(4)) is None
        assert rows.place(facts[5]) == len(rows)
        assert rows.sum(0) == sum(fact.volume_ul for fact in expected)
    assert list(longer.between(0, 4)) == [*facts[:3], facts[4]]


@pytest.mark.parametrize("backwards", [False, True], ids=["forwards", "backwards"])
def test_facts_before_everything_in_the_archive_come_to_stand_there_in_order(backwards: bool) -> None:
    run = [Event("record", number, 1_000 + number, 1 + number % 7) for number in range(150)]
    early = [Event("record", 1_000 + number, number, 1 + number % 5) for number in range(300)]
    early = early[::-1] if backwards else early
    changes = [Event("correct", 1_000 + number, number, 9) for number in range(0, 300, 7)]
    changes += [Event("void", 1_000 + number) for number in range(3, 300, 7)]
    key = Key()
    for batch in (run, *(early[start : start + 50] for start in range(0, 300, 50)), changes):
        key.batch(batch)
    assert key.said == plainly(standing_after([*run, *early, *changes]))


def test_a_change_within_a_page_writes_this_page_only() -> None:
    key = Key()
    key.batch([Event("record", number, 2 * number) for number in range(400)])
    contents = codec.load_rows(key.stored[CONTENTS])
    first = contents[len(contents) // 2]
    number = int.from_bytes(first.id, "big")
    changes = [
        [Event("correct", number + 3, first.day - DAY + 6, 300)],
        [Event("record", 1_000, first.day - DAY + 7)],
        [Event("correct", number, first.day - DAY, 200)],
        [Event("void", number)],
        [Event("void", number + 1)],
    ]
    for change in changes:
        key.batch(change)
        assert key.written == {str(first.volume_ul)}, change
