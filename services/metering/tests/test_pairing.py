"""Which payments of two lists are the same: one of each with one of the other, whatever comes first."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import count
from random import Random
from typing import Final, NamedTuple

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .conftest import Imports

pytestmark = pytest.mark.integration
ORGANISATIONS: Final = (f"pairing-{number}" for number in count(1))
ON_ONE_DATABASE: Final = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class Paid(NamedTuple):
    """What a row says; bill and receipt "": it says none."""

    source: str
    day: int
    amount: int
    bill: str = ""
    receipt: str = ""
    penalty: int = 0
    nomen: str = "1"
    period: str = "2025-12"

    def fields(self, place: int) -> dict[str, str]:
        said = {
            "nomen": self.nomen, "payment_date": f"2025-12-{self.day:02}", "amount": f"{self.amount}",
            "bill_period": self.period, "bill_number": self.bill, "receipt_number": self.receipt,
            "penalty": f"{self.penalty}", "key": f"{place:03}",
        }  # fmt: skip
        return {name: value for name, value in said.items() if value}


def sign(amount: int) -> int:
    return (amount > 0) - (amount < 0)


def names(paid: Paid, amount: int) -> tuple[object, ...]:
    """Return what a payment of that amount may be known by, the surest first."""
    bill, receipt = paid.bill, paid.receipt
    return (
        receipt and (receipt, amount),
        receipt and (receipt, sign(paid.amount)),
        bill and (bill, paid.day, amount),
        bill and (bill, amount),
        bill and (bill, paid.day, sign(paid.amount)),
        (paid.day, amount),
    )


def full(paid: Paid) -> int:
    return paid.amount + (paid.penalty if paid.source == "MB" else 0)


def bare(paid: Paid) -> int:
    return paid.amount


def repeats(payments: Sequence[Paid]) -> set[int]:
    """Return the places of MB's payments that the daily list has, one after the other as people would."""
    of_period: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, paid in enumerate(payments):
        of_period[paid.nomen, paid.period].append(place)
    found: set[int] = set()
    for places in of_period.values():
        places.sort(key=lambda place: (payments[place].day, -abs(payments[place].amount), place))
        daily: list[int] = [place for place in places if payments[place].source != "MB"]
        master: list[int] = [place for place in places if payments[place].source == "MB"]
        for bill in {payments[place].bill for place in places} - {""}:
            of_daily = [place for place in daily if payments[place].bill == bill]
            of_master = [place for place in master if payments[place].bill == bill]
            said = sum(payments[place].amount for place in of_daily)
            sums = (sum(amount_of(payments[place]) for place in of_master) for amount_of in (full, bare))
            if of_daily and of_master and said in sums:
                found |= {*of_master}
                daily = [place for place in daily if place not in of_daily]
                master = [place for place in master if place not in of_master]
        for way in range(6):
            held = parts(payments, daily, master, way) if way in {1, 4} else set[int]()
            for amount_of in (full, bare):

                def name(place: int, amount_of: Callable[[Paid], int] = amount_of, way: int = way) -> object:
                    return names(payments[place], amount_of(payments[place]))[way]

                for one in list(master):
                    same = (place for place in daily if name(place) == name(one))
                    if name(one) and (other := next(same, None)) is not None:
                        found.add(one)
                        master.remove(one)
                        daily.remove(other)
            found |= held
            master = [place for place in master if place not in held]
    return found


def parts(payments: Sequence[Paid], daily: Sequence[int], master: Sequence[int], way: int) -> set[int]:
    """Return those of MB whose sum, one after the other, what the daily list says of the same name holds."""
    left: dict[object, int] = defaultdict(int)
    for place in daily:
        left[names(payments[place], 0)[way]] += abs(payments[place].amount)
    held: set[int] = set()
    for place in master:
        name = names(payments[place], 0)[way]
        if name and name in left:
            left[name] -= abs(payments[place].amount)
            held |= {place} if left[name] >= 0 else set()
    return held


def settled(files: Imports, payments: Sequence[Paid], order: Sequence[int]) -> set[int]:
    """Return what the books say of payments that came in that order, some rows of a list at a time."""
    into = Imports(files.url, next(ORGANISATIONS))
    parts: list[list[int]] = []
    for place in order:
        if parts and len(parts[-1]) < 3 and payments[parts[-1][-1]].source == payments[place].source:
            parts[-1].append(place)
        else:
            parts.append([place])
    for part in parts:
        into.take(
            into.file(payments[part[0]].source, "2025-12", *(payments[place].fields(place) for place in part))
        )
    with psycopg.connect(files.url, options="-c search_path=metering") as books:
        rows = books.execute(
            "select key from collections where tenant_id = %s and is_current and is_repeat", (into.tenant,)
        ).fetchall()
    return {int(key.rpartition("/")[2]) for (key,) in rows}


def counted(payments: Sequence[Paid], not_counted: set[int]) -> int:
    return sum(paid.amount for place, paid in enumerate(payments) if place not in not_counted)


AMOUNTS = st.sampled_from([40, 60, 100, 102, 110, -100])
PAYMENTS = st.lists(
    st.builds(
        Paid,
        st.sampled_from(["COLLECTION", "MB"]),
        st.integers(1, 3),
        AMOUNTS,
        st.sampled_from(["", "A", "B"]),
        st.sampled_from(["", "", "K"]),
        st.sampled_from([0, 10]),
        st.sampled_from(["1", "1", "2"]),
        st.sampled_from(["2025-12", "2025-12", "2025-11"]),
    ),
    max_size=9,
)


@ON_ONE_DATABASE
@given(PAYMENTS, st.randoms(use_true_random=False))
def test_the_books_pair_payments_as_one_would_by_hand(
    files: Imports, payments: list[Paid], chance: Random
) -> None:
    order = list(range(len(payments)))
    chance.shuffle(order)
    assert settled(files, payments, order) == repeats(payments)


@ON_ONE_DATABASE
@given(
    st.lists(st.tuples(st.integers(1, 5), AMOUNTS, st.sampled_from("ABC")), max_size=8),
    st.sets(st.integers(0, 7)),
    st.booleans(),
)
def test_what_one_list_has_of_the_other_counts_once(
    files: Imports, payments: list[tuple[int, int, str]], left_out: set[int], daily_has_all: bool
) -> None:
    """Also where the list that leaves some out has the others a day later."""
    whole, part = ("COLLECTION", "MB") if daily_has_all else ("MB", "COLLECTION")
    both = [Paid(whole, *said) for said in payments]
    both += [
        Paid(part, day + 1, amount, bill)
        for place, (day, amount, bill) in enumerate(payments)
        if place not in left_out
    ]
    paid = sum(amount for _, amount, _ in payments)
    assert counted(both, settled(files, both, range(len(both)))) == paid


@pytest.mark.parametrize(
    ("daily", "master", "paid"),
    [
        ([(2, 100, "B")], [(2, 100, "B"), (2, -100, "B")], 0),
        ([(2, 100)], [(2, 100), (2, -100)], 0),
        ([(2, 100, "B"), (3, -100, "B")], [(2, 100, "B")], 0),
        ([(2, 100, "B")], [(2, -100, "B")], 0),
        ([(2, 40, "B")], [(2, 40, "B"), (2, 60, "B")], 100),
        ([(2, 40, "B"), (9, 60, "B")], [(9, 100, "B")], 100),
        ([(2, 100, "B")], [(2, 40, "B"), (3, 60, "B")], 100),
        ([(2, 100, "B")], [(3, 100, "B")], 100),
        ([(2, 110, "B")], [(9, 100, "B", "", 10)], 110),
        ([(2, 102, "B")], [(2, 100, "B")], 102),
        ([(2, 102, "B")], [(3, 100, "B")], 202),
        ([(2, 102, "B")], [(2, 60, "B"), (2, 40, "B")], 102),
        ([(2, 102, "", "K")], [(2, 40, "", "K"), (3, 60, "", "K")], 102),
        ([(2, 102, "B")], [(2, 60, "B"), (2, 70, "B")], 162),
        ([(2, 102, "B")], [(2, 70, "B"), (2, 60, "B")], 162),
        ([(2, -102, "B")], [(2, -60, "B"), (2, -40, "B")], -102),
        ([(2, 100)], [(3, 100)], 200),
        ([(2, 100, "A")], [(3, 100, "B")], 200),
        ([(2, 100, "B", "K")], [(2, 90, "B", "K"), (2, 100, "B", "K")], 190),
    ],
    ids=[
        "given_back", "given_back_without_a_number", "given_back_by_the_daily_list", "only_given_back",
        "another_part", "parts_of_a_whole", "a_whole_in_parts", "booked_a_day_later",
        "with_its_penalty_later", "with_a_fee", "another_amount_later",
        "parts_with_a_fee", "parts_of_a_receipt", "more_than_the_fee", "whatever_comes_first",
        "parts_given_back", "another_day_without_a_number",
        "another_bill_later", "the_nearest_of_a_receipt",
    ],
)  # fmt: skip
def test_payments_of_a_bill_in_two_lists(
    files: Imports,
    daily: list[tuple[int, int, str, str, int]],
    master: list[tuple[int, int, str, str, int]],
    paid: int,
) -> None:
    said = [*(Paid("COLLECTION", *one) for one in daily), *(Paid("MB", *one) for one in master)]
    there, back = range(len(said)), range(len(said) - 1, -1, -1)
    for order in (there, back):
        assert counted(said, settled(files, said, order)) == paid
