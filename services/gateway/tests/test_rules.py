"""Rules of people, roles and secrets."""

import json
from pathlib import Path

import pytest
from arus_gateway import rules
from arus_runtime.auth import roles

DOCUMENT = Path(__file__).parents[3] / "web" / "openapi.json"


def test_only_owners_make_owners():
    assert rules.may_grant(frozenset(("owner",)), "owner")
    assert rules.may_grant(frozenset(("admin",)), "admin")
    assert not rules.may_grant(frozenset(("admin",)), "owner")


@pytest.mark.parametrize(
    ("held", "given", "within"),
    [
        (None, None, True),
        (None, ["a"], True),
        (["a"], None, False),
        (["a"], ["a"], True),
        (["a"], ["a", "b"], False),
        (["a"], [], True),
    ],
)
def test_a_scope_is_given_from_within_ones_own(held: list[str] | None, given: list[str] | None, within: bool):
    assert rules.lies_within(held, given) is within


@pytest.mark.parametrize(
    ("path", "resource"),
    [
        ("fuel/transactions", "fuel.transactions"),
        ("fuel/transactions/batch", "fuel.transactions"),
        ("fuel/deliveries/1", "fuel.deliveries"),
        ("fuel", None),
        ("anomalies/summary", "anomalies"),
        ("live", "anomalies"),
        ("imports/1/undo", "imports"),
        ("auth/me", None),
        ("", None),
    ],
)
def test_a_path_belongs_to_a_resource(path: str, resource: str | None):
    assert rules.resource_of(path) == resource


def test_keys_can_be_limited_to_what_any_route_is_about_except_ones_own_account():
    paths = [path.removeprefix("/api/v1/") for path in json.loads(DOCUMENT.read_text("utf-8"))["paths"]]
    of_nothing = {path for path in paths if rules.resource_of(path) is None}
    assert of_nothing == {path for path in paths if path.startswith("auth/")}


def test_keys_can_be_limited_to_whatever_a_machine_may_do():
    assert set(roles()["service"]) <= rules.KEY_RESOURCES


@pytest.mark.parametrize(
    ("method", "path", "reaches"),
    [
        ("POST", "fuel/transactions", True),
        ("GET", "fuel/transactions", False),
        ("DELETE", "fuel/transactions/1", False),
        ("TRACE", "fuel/transactions", False),
        ("POST", "locations", False),
    ],
)
def test_a_limited_key_reaches_what_it_names(method: str, path: str, reaches: bool):
    assert rules.key_reaches({"fuel.transactions": "c"}, method, path) is reaches
    assert rules.key_reaches(None, method, path)


def test_a_key_that_may_change_reaches_what_is_changed_by_post():
    assert rules.key_reaches({"notifications": "ru"}, "POST", "notifications/n1/read")
    assert not rules.key_reaches({"notifications": "r"}, "POST", "notifications/n1/read")


@pytest.mark.parametrize(
    ("text", "each_s", "chunk"), [("120/minute", 0.5, 2), ("6000/minute", 0.01, 120), ("3/day", 28_800, 1)]
)
def test_a_rate_is_read_and_taken_in_chunks(text: str, each_s: float, chunk: int):
    rate = rules.rate(text)
    assert (rate.each_s, rate.chunk) == (each_s, chunk)


@pytest.mark.parametrize(
    ("address", "counted_as", "neighbourhood"),
    [
        ("203.0.113.7", "203.0.113.7/32", "203.0.113.0/24"),
        ("::ffff:203.0.113.7", "203.0.113.7/32", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("", "", ""),
    ],
)
def test_addresses_of_one_customer_are_one(address: str, counted_as: str, neighbourhood: str):
    assert rules.counted_as(address) == counted_as
    assert rules.neighbourhood(address) == neighbourhood


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("10.42.0.7", True),
        ("fd00::7", True),
        ("::ffff:192.168.1.2", True),
        ("8.8.8.8", False),
        ("::ffff:8.8.8.8", False),
        ("2606:4700::1111", False),
        ("", False),
    ],
)
def test_what_the_internet_does_not_reach_lies_inside(address: str, inside: bool):
    assert rules.lies_inside(address) is inside


@pytest.mark.parametrize(
    ("failures", "delay_s"), [(0, 0), (9, 0), (10, 1), (11, 2), (19, 512), (20, 900), (10_000, 900)]
)
def test_the_delay_after_failures_doubles_up_to_a_quarter_of_an_hour(failures: int, delay_s: int):
    assert rules.guess_delay_s(failures) == delay_s
