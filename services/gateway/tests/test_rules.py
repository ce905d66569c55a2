"""Rules of people, roles and secrets."""

import pytest
from arus_gateway import rules


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
        ("auth/me", None),
        ("", None),
    ],
)
def test_a_path_belongs_to_a_resource(path: str, resource: str | None):
    assert rules.resource_of(path) == resource


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
